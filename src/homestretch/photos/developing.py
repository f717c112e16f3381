"""A picture for others' eyes, made anew from the original: pixels alone, faces and numbers of others gone, what it says
of itself is who took it. A pure function of bytes and an order, for any process.

Who may be shown is decided before (``showing``): an order names the places that stay. Everything else that looks like
a face is blurred, also what the look had not found: here faces are looked for again, and a small doubt is enough.
Where no face was found above a number that must go, the place of the head goes as a whole.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from homestretch.photos.crediting import Credit, write_iim, write_xmp
from homestretch.photos.faces import area_of
from homestretch.photos.opening import Pixels, open_photo
from homestretch.photos.values import Box

PHONE_PX, PAGE_PX, PRESS_PX = 640, 1280, 2560
"""Longest sides of a public picture."""
ORIGINAL_PX: Final = 16_000
"""As large as the original: for who is in it."""
FACES_PX: Final = 1600
DOUBT: Final = 0.2
"""A place that is a face with this probability is one."""
ROUND: Final = 0.35
"""So much of a face's size is blurred around it: hair and ears know their owner."""
BLOCKS: Final = 5
"""What is left of a face: so many blocks across, then softened; nothing brings it back."""
HEAD_BLOCKS: Final = 3
"""The same of the place of a head, of which the head may fill the most."""
QUALITY: Final = {PHONE_PX: 78, PAGE_PX: 82}
VERSION: Final = 2
"""A change in how pictures are made gives all of them another name."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made of an original (``kept`` is where it lies): faces at the places ``shown`` stay, faces and
    numbers at the places ``hidden`` go, and so does what is at ``heads``, but for the faces that stay; ``sizes`` are
    longest sides in pixels."""

    photo: str
    kept: str
    shown: tuple[Box, ...] = ()
    hidden: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    sizes: tuple[int, ...] = (PHONE_PX, PAGE_PX, PRESS_PX)
    credit: Credit = Credit()

    @property
    def name(self) -> str:
        """By all that makes it what it is: another consent, another credit, another name."""
        said = msgspec.json.encode((VERSION, self))
        return hashlib.blake2b(said, digest_size=10).hexdigest()


def develop(data: bytes, order: Order) -> dict[int, bytes]:
    """Longest side → JPEG. PhotoRefused when the original cannot be opened."""
    from homestretch.photos.models import find_faces

    picture = open_photo(data, max(order.sizes)).pixels
    height, width = picture.shape[:2]
    found = find_faces(picture, FACES_PX, DOUBT)
    faces = [Box(f.x / width, f.y / height, f.width / width, f.height / height) for f in found]
    picture = smear(picture, order.heads, order.shown)
    hidden = blur(picture, [*(one for one in faces if not _stays(one, order.shown)), *order.hidden])
    return {
        px: _as_jpeg(_at_most(hidden, px), order.credit, QUALITY.get(px, 88)) for px in order.sizes
    }


def _stays(face: Box, shown: tuple[Box, ...]) -> bool:
    """Whether a face is one of those that stay: the two are one place, not one within a crowd around it."""
    return any(
        face.holds(one) and one.holds(face) and area_of(face) < 2.5 * area_of(one) for one in shown
    )


def blur(picture: Pixels, places: list[Box]) -> Pixels:
    """The picture with these places made unrecognisable, in rounds that take in what is around."""
    import cv2

    height, width = picture.shape[:2]
    made = picture.copy()
    for place in places:
        left, right = place.x - ROUND * place.width, place.x + (1 + ROUND) * place.width
        top, bottom = place.y - ROUND * place.height, place.y + (1 + ROUND) * place.height
        x0, x1 = max(0, int(left * width)), min(width, int(right * width) + 1)
        y0, y1 = max(0, int(top * height)), min(height, int(bottom * height) + 1)
        if x1 - x0 < 2 or y1 - y0 < 2:
            continue
        part = made[y0:y1, x0:x1]
        soft = _soften(part, BLOCKS)
        mask = np.zeros(part.shape[:2], np.uint8)
        middle, axes = ((x1 - x0) // 2, (y1 - y0) // 2), ((x1 - x0 + 1) // 2, (y1 - y0 + 1) // 2)
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
        part[mask > 0] = soft[mask > 0]
    return made


def smear(picture: Pixels, heads: Sequence[Box], shown: Sequence[Box]) -> Pixels:
    """The picture with these places gone to their edges, all but the faces that stay: where a head is is known less well
    than where a face is."""
    made = picture.copy()
    for x0, y0, x1, y1 in (_pixels_of(picture, one) for one in heads):
        if x1 - x0 >= 2 and y1 - y0 >= 2:
            made[y0:y1, x0:x1] = _soften(made[y0:y1, x0:x1], HEAD_BLOCKS)
    for x0, y0, x1, y1 in (_pixels_of(picture, one) for one in shown):
        made[y0:y1, x0:x1] = picture[y0:y1, x0:x1]
    return made


def _pixels_of(picture: Pixels, place: Box) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a place, within the picture."""
    height, width = picture.shape[:2]
    x0, y0 = max(0, int(place.x * width)), max(0, int(place.y * height))
    x1 = min(width, int((place.x + place.width) * width) + 1)
    y1 = min(height, int((place.y + place.height) * height) + 1)
    return x0, y0, max(x0, x1), max(y0, y1)


def _soften(part: Pixels, across: int) -> Pixels:
    """What is left of a part of a picture: so many blocks across, softened."""
    import cv2

    blocks = cv2.resize(part, (across, across), interpolation=cv2.INTER_AREA)
    size = part.shape[1], part.shape[0]
    return np.asarray(cv2.resize(blocks, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _at_most(picture: Pixels, longest: int) -> Pixels:
    import cv2

    height, width = picture.shape[:2]
    share = longest / max(height, width)
    if share >= 1:
        return picture
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _as_jpeg(picture: Pixels, credit: Credit, quality: int) -> bytes:
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(picture).save(
        held, "JPEG", quality=quality, optimize=True, progressive=True,
        xmp=write_xmp(credit), extra=write_iim(credit),
    )  # fmt: skip
    return held.getvalue()
