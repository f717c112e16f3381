"""The bytes of a picture, opened with care: what it is by its own first bytes, how large, when and where it
was taken. What is no picture, is too large or is cut off is refused with a reason, before its pixels are read.

Pillow decodes JPEG and PNG, pi-heif (which only decodes) the HEIC of phones. A name is never believed.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from homestretch.errors import HomestretchError, MissingExtra
from homestretch.photos.other_kinds import name_other
from homestretch.race.saying import said

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Pixels: TypeAlias = NDArray[np.uint8]
"""Height × width × 3, red green blue."""

MOST_BYTES: Final = 60_000_000
MOST_PIXELS: Final = 120_000_000
"""What a large camera makes (100 megapixels) is below it; a decompression bomb is far above."""
LEAST_SIDE: Final = 64
FORMATS: Final = ("JPEG", "PNG", "HEIF")
LONGEST_SIDE: Final = 2560
"""Pixels beyond this are not needed to read a number, and cost time."""
_HEIF_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_EXIF_SUB, _EXIF_GPS = 0x8769, 0x8825
_TAKEN, _OFFSET, _SERIAL = 0x9003, 0x9011, 0xA431
_MAKE, _MODEL = 0x010F, 0x0110


class PhotoRefused(HomestretchError):
    """This is no picture that can be used; the hint says what to send."""


class Origin(NamedTuple):
    """What a picture says of itself. ``taken`` is the camera's own clock as it shows it, "YYYY:MM:DD
    hh:mm:ss", ``offset`` its zone ("+02:00") where it says one; ``camera`` tells cameras apart;
    ``position`` is (latitude, longitude) in degrees."""

    taken: str = ""
    offset: str = ""
    camera: str = ""
    position: tuple[float, float] | None = None


class Opened(NamedTuple):
    """A picture, upright, at most ``LONGEST_SIDE`` long."""

    pixels: Pixels
    origin: Origin
    format: str
    size: tuple[int, int]
    """Width and height of the original, pixels."""


def kind_of(data: bytes) -> str:
    """JPEG, PNG or HEIF by the first bytes, or nothing."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return ""


def open_photo(data: bytes, longest_side: int = LONGEST_SIDE) -> Opened:
    """Decode a picture; PhotoRefused when it is none, is too large or is cut off."""
    kind = _admitted(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of is checked here
        try:
            image = _header(data, kind)
            size = image.size
            _check_size(size)
            origin = _origin_of(image)
            image.draft("RGB", (longest_side, longest_side))
            pixels = _upright(image, longest_side)
        except (PhotoRefused, MissingExtra):
            raise
        except Exception as error:  # whatever a decoder makes of a damaged file is a refusal
            raise PhotoRefused(
                said("This {kind} cannot be read: it is cut off or damaged.", kind=kind),
                said("Send it again, from the camera's card."),
            ) from error
    return Opened(pixels, origin, kind, size)


def small_jpeg(picture: Pixels) -> bytes:
    """A picture as a JPEG of its own, without EXIF, position or anything else of its original."""
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=80, optimize=True)
    return held.getvalue()


def _admitted(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise PhotoRefused(
            said(
                "This file has {size} MB, a picture at most {most}.",
                size=-(-len(data) // 1_000_000),
                most=MOST_BYTES // 1_000_000,
            ),
            said("Send it as JPEG, not as raw file."),
        )
    kind = kind_of(data)
    if not kind:
        raise PhotoRefused(
            said(
                "This is no JPEG, HEIC or PNG, whatever its name says: it is {what}.",
                what=name_other(data),
            ),
            said("Send pictures as JPEG, HEIC or PNG."),
        )
    return kind


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(said("{width} × {height} pixels", width=width, height=height))
    if min(size) < LEAST_SIDE:
        raise PhotoRefused(
            said(
                "This picture has only {width} × {height} pixels: no number can be read in it.",
                width=width,
                height=height,
            ),
            said("Send the original, not the preview."),
        )


def _too_large(size: str) -> PhotoRefused:
    return PhotoRefused(
        said(
            "This picture says it has {size}; at most {most} million are read.",
            size=size,
            most=MOST_PIXELS // 1_000_000,
        ),
        said("Send it smaller."),
    )


def _header(data: bytes, kind: str) -> Picture:
    """The picture with its header read, by the one decoder that its first bytes name."""
    if kind == "HEIF":
        _learn_heif()
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtra("pillow", "photos", "Reading pictures") from error
    try:
        return Image.open(io.BytesIO(data), formats=[kind])
    except Image.DecompressionBombError as error:
        raise _too_large(said("more pixels than any camera makes")) from error


def _learn_heif() -> None:
    try:
        from pi_heif import register_heif_opener
    except ImportError as error:
        raise MissingExtra("pi-heif", "photos", "Reading pictures of phones (HEIC)") from error
    register_heif_opener(thumbnails=False)


def _upright(image: Picture, longest_side: int) -> Pixels:
    from PIL import Image, ImageOps

    image.load()
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    ImageOps.exif_transpose(image, in_place=True)
    return np.array(image.convert("RGB"))


def _origin_of(image: Picture) -> Origin:
    """EXIF is often absent or wrong, and never a reason to refuse a picture."""
    try:
        exif = image.getexif()
        more, gps = exif.get_ifd(_EXIF_SUB), exif.get_ifd(_EXIF_GPS)
    except Exception:  # noqa: BLE001 - damaged EXIF is no EXIF
        return Origin()
    words = [_word(exif.get(_MAKE)), _word(exif.get(_MODEL)), _word(more.get(_SERIAL))]
    return Origin(
        _word(more.get(_TAKEN)),
        _word(more.get(_OFFSET)),
        " ".join(word for word in words if word),
        _position(gps),
    )


def _word(value: Any) -> str:
    text = value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value or "")
    return "".join(c for c in text if c.isprintable()).strip()[:64]


def _position(gps: dict[int, Any]) -> tuple[float, float] | None:
    try:
        latitude, longitude = _degrees(gps[2]), _degrees(gps[4])
        north, east = _word(gps.get(1)) or "N", _word(gps.get(3)) or "E"
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    latitude, longitude = (
        -latitude if north == "S" else latitude,
        -longitude if east == "W" else longitude,
    )
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not np.isfinite(value):
        raise ValueError
    return value
