"""A picture, looked at: a pure function from pixels to the numbers in it, for any process.

The whole is read at a size that costs half a second. A picture that is much larger shows people who are farther
away: the strip in which there are any is read once more, larger. Then only who has no number yet is looked at from
nearer: the part below each face, enlarged until a bib is as high as readers like it. Only where nothing at all
was found is the whole read once more, larger.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from homestretch.photos.boxes import merge_seen, quad_of
from homestretch.photos.faces import list_numberless
from homestretch.photos.lattice import Run, find_gap
from homestretch.photos.lines import Corners, Strings, read_lines
from homestretch.photos.margins import find_paper, widened
from homestretch.photos.models import Face, Networks, get_networks
from homestretch.photos.opening import Pixels, open_photo
from homestretch.photos.quads import bounds_of
from homestretch.photos.values import Box, Look, SeenNumber

WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)
FIRST_PX, LARGE_PX = 1024, 1600
"""Longest side of the whole when it is read first, and when it, or a strip of it, is read once more."""
LARGE_FROM: Final = 1.5
"""A picture that is so much larger than it was first read is read larger where people are."""
FACE_HEIGHTS: Final = 5.0
"""So far below the top of a face a bib ends,"""
STRIP_SHARE: Final = 0.12
"""and so much (of the picture's height) above and below whoever was found others may be: who is farther away has the
head at the same height."""
FACES_PX: Final = 1024
FACE_PX: Final = 64.0
"""Height of a face in a part that is looked at from nearer: a bib's digits are half of it."""
GAIN: Final = 1.3
"""So much nearer at least, or there is nothing new to see."""
MOST_ENLARGED: Final = 4.0
MOST_CLOSER: Final = 6
LEAST_FACE_PX: Final = 12.0
"""Below a face that is smaller than that no digit can be read, however much it is enlarged."""
SURE: Final = 0.85
"""From here on a number counts as read by the cascade."""
SHORT, WIDER = 3, 2.2
"""Numbers of so few digits are read once more, with so many digits' widths at both sides."""
EDGE_SHARE: Final = 0.1
"""A line that is so near (in its heights) to the edge of a part is cut off by it."""
LEAST_DOUBTFUL, MOST_DOUBTFUL = 0.3, 6
MORE_DIGITS: Final = 3.0
"""Around a doubtful number so many digits' widths are read at both sides,"""
DIGITS_PX: Final = 56.0
"""at a scale that makes its line so high."""


def look_at(data: bytes) -> Look:
    """The numbers in the picture with these bytes; PhotoRefused when it is none."""
    started = time.process_time()
    found = look(open_photo(data).pixels, get_networks())
    return msgspec.structs.replace(found, cpu_s=time.process_time() - started)


def warm_up() -> None:
    """Load what is loaded once in a process, so that it counts for no picture; and decode beside it
    without threads, since other processes read the next pictures."""
    import cv2

    cv2.setNumThreads(1)
    get_networks()


def look(picture: Pixels, networks: Networks) -> Look:
    """The numbers in an upright picture."""
    sizes = [FIRST_PX]
    seen = _read_part(picture, WHOLE, FIRST_PX, networks)
    faces = networks.find_faces(picture, FACES_PX)
    is_large = max(picture.shape[:2]) >= LARGE_FROM * FIRST_PX
    strip = _find_strip(picture, faces, seen) if is_large else None
    if strip is not None:
        sizes.append(LARGE_PX)
        seen += _read_part(picture, strip, _large_px(picture, strip), networks)
        seen = list(merge_seen(seen))
    parts = _list_parts(picture, faces, seen)
    for part, long_side in parts:
        seen += _read_part(picture, part, long_side, networks)
    if strip != WHOLE and not any(_is_sure(one) for one in seen):
        sizes.append(LARGE_PX)
        seen += _read_part(picture, WHOLE, LARGE_PX, networks)
    for part, long_side in _list_doubtful(picture, merge_seen(seen)):
        seen += _read_part(picture, part, long_side, networks)
    places = tuple(_as_box(face, picture) for face in faces)
    aspect = picture.shape[1] / picture.shape[0]
    return Look(merge_seen(seen), places, tuple(sizes), len(parts), aspect=round(aspect, 4))


def _is_sure(one: SeenNumber) -> bool:
    return len(one.text) >= 2 and one.p_text >= SURE


def _find_strip(picture: Pixels, faces: list[Face], seen: list[SeenNumber]) -> Box:
    """From the highest to the lowest of who was found, over the whole width; the whole where nobody was."""
    height = picture.shape[0]
    numbers = [one.box for one in seen if one.p_text >= LEAST_DOUBTFUL]
    tops = [box.y for box in numbers] + [face.y / height for face in faces]
    ends = [box.y + box.height for box in numbers]
    ends += [(face.y + FACE_HEIGHTS * face.height) / height for face in faces]
    top = max(min(tops, default=0.0) - STRIP_SHARE, 0.0)
    return Box(0.0, top, 1.0, min(max(ends, default=1.0) + STRIP_SHARE, 1.0) - top)


def _large_px(picture: Pixels, strip: Box) -> int:
    """The longest side (pixels) of a strip at which it is as large as in the whole of ``LARGE_PX``."""
    height, width = picture.shape[:2]
    share: float = max(width, strip.height * height) / max(width, height)
    return round(LARGE_PX * share)


def _list_parts(
    picture: Pixels, faces: list[Face], seen: list[SeenNumber]
) -> list[tuple[Box, int]]:
    """Where somebody stands without a number, and the longest side (pixels) at which to read that part."""
    height, width = picture.shape[:2]
    worn = [one.box for one in seen if _is_sure(one)]
    places = [_as_box(face, picture) for face in faces]
    without = [faces[at] for at in list_numberless(places, worn, width / height)]
    parts = []
    for face in sorted(without, key=lambda f: -f.height):
        left, right = face.x - 1.8 * face.width, face.x + 2.8 * face.width
        top, bottom = face.y + 0.8 * face.height, face.y + 6.5 * face.height
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, float(width)), min(bottom, float(height))
        if face.height < LEAST_FACE_PX or right - left < 8 or bottom - top < 8:
            continue
        part = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
        enlarged = min(FACE_PX / face.height, MOST_ENLARGED)
        if enlarged < GAIN * FIRST_PX / max(height, width):
            continue
        parts.append((part, round(enlarged * max(right - left, bottom - top))))
    return parts[:MOST_CLOSER]


def _list_doubtful(picture: Pixels, seen: Sequence[SeenNumber]) -> list[tuple[Box, int]]:
    """Where a number is short, unsure or has a hole, and the longest side at which to read around it: digits may
    stand beside it that were not found as text from far."""
    height, width = picture.shape[:2]
    parts = []
    for one in sorted(seen, key=lambda one: -one.p_text):
        if one.p_text < LEAST_DOUBTFUL or (len(one.text) > SHORT and _is_sure(one) and not one.gap):
            continue
        quad = np.array(quad_of(one)) * (width, height)
        along, down = quad[1] - quad[0], quad[3] - quad[0]
        more = along * MORE_DIGITS / len(one.text)
        corners = [
            quad[0] - more - down,
            quad[1] + more - down,
            quad[2] + more + down,
            quad[3] - more + down,
        ]
        low = np.clip(np.min(corners, axis=0), 0, (width, height))
        high = np.clip(np.max(corners, axis=0), 0, (width, height))
        side = float(max(high - low))
        tall = float(np.linalg.norm(down))
        if tall < 4 or min(high - low) < 8:
            continue
        enlarged = min(DIGITS_PX / tall, MOST_ENLARGED)
        (x, y), (wide, high_) = low / (width, height), (high - low) / (width, height)
        parts.append((Box(float(x), float(y), float(wide), float(high_)), round(enlarged * side)))
    return parts[:MOST_DOUBTFUL]


def _read_part(picture: Pixels, part: Box, long_side: int, networks: Networks) -> list[SeenNumber]:
    """The numbers in a part of a picture, their places in the whole."""
    height, width = picture.shape[:2]
    left, top = round(part.x * width), round(part.y * height)
    cut = picture[top : top + round(part.height * height), left : left + round(part.width * width)]
    where = Placed(np.array([left, top], np.float64), np.array([width, height], np.float64))
    lines_at = networks.find_lines(cut, long_side)
    corners = [quad for quad in lines_at if not where.is_cut_off(quad, cut.shape)]
    found = []
    for quad, lines in zip(corners, read_lines(cut, corners, networks), strict=True):
        for run, strings in lines:
            one = where.number(quad, run, strings)
            found.append(_on_paper(cut, one, where))
    return found + _read_wider(cut, found, where, networks)


def _read_wider(
    cut: Pixels, found: list[SeenNumber], where: Placed, networks: Networks
) -> list[SeenNumber]:
    """Short numbers once more with what stands beside them: behind a hand the number may go on, and a single
    digit is not found as text by itself. Only what says more than before is given back."""
    short = [one for one in found if len(one.text) <= SHORT and one.p_text >= 0.5]
    quads = [
        np.asarray(widened(where.pixels(one), WIDER / len(one.text)), np.float32) for one in short
    ]
    wider = []
    for one, quad, lines in zip(short, quads, read_lines(cut, quads, networks), strict=True):
        for run, strings in lines:
            text, p = strings[0]
            if (
                p >= 0.5
                and len(text) > len(one.text)
                and one.text in (text[: len(one.text)], text[-len(one.text) :])
            ):
                wider.append(_on_paper(cut, where.number(quad, run, strings), where))
    return wider


def _on_paper(cut: Pixels, one: SeenNumber, where: Placed) -> SeenNumber:
    """A number with the paper beside it."""
    paper = find_paper(cut, where.pixels(one), len(one.text))
    return msgspec.structs.replace(one, margins=paper.margins, sheet=paper.sheet)


class Placed(NamedTuple):
    """Where a part that is read stands in its picture: ``origin`` and the ``size`` of the whole, in pixels."""

    origin: NDArray[np.float64]
    size: NDArray[np.float64]

    def pixels(self, one: SeenNumber) -> NDArray[np.float64]:
        """Where a number of the picture stands in the part: four corners, in pixels."""
        return np.asarray(np.array(quad_of(one)) * self.size - self.origin, np.float64)

    def is_cut_off(self, quad: Corners, shape: tuple[int, ...]) -> bool:
        """Whether a line goes on beyond the part, in the picture: what is read of it is not all of it."""
        edge = EDGE_SHARE * float(np.linalg.norm(quad[3] - quad[0]))
        low, high = quad.min(axis=0), quad.max(axis=0)
        extent = np.array([shape[1], shape[0]])
        before = (low < edge) & (self.origin > 0)
        beyond = (high > extent - edge) & (self.origin + extent < self.size)
        return bool(before.any() or beyond.any())

    def number(self, quad: Corners, run: Run, strings: Strings) -> SeenNumber:
        """A run of the line within these corners of the part."""
        top, bottom = quad[1] - quad[0], quad[2] - quad[3]
        corners = np.array([
            quad[0] + run.first * top, quad[0] + run.last * top,
            quad[3] + run.last * bottom, quad[3] + run.first * bottom,
        ], np.float64)  # fmt: skip
        shares = (corners + self.origin) / self.size
        flat = tuple(round(float(value), 5) for value in shares.ravel())
        box = bounds_of([(float(x), float(y)) for x, y in shares])
        return SeenNumber(box, tuple(strings), find_gap(run.lattice), flat, (), run.beside)


def _as_box(face: Face, picture: Pixels) -> Box:
    height, width = picture.shape[:2]
    return Box(face.x / width, face.y / height, face.width / width, face.height / height)
