"""Hostile files: each is refused with a clear answer, or read as the picture that it is."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from homestretch.photos.opening import LONGEST_SIDE, PhotoRefused, open_photo
from tests.photos.bib_pictures import as_jpeg
from tests.photos.two_colours import TWO_COLOURS

PLAIN = np.full((300, 400, 3), 120, np.uint8)


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    packed = zlib.compress(b"\0" * 1000)
    data = b"IDAT" + packed
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(packed)) + data + struct.pack(">I", zlib.crc32(data))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no JPEG"),
        (b"%PDF-1.7 not a picture", "no JPEG"),
        (b"GIF89a" + b"\0" * 100, "no JPEG"),
        (b"PK\x03\x04" + as_jpeg(PLAIN), "no JPEG"),
        (png_header(60_000, 60_000), "more pixels than any camera"),
        (png_header(13_000, 12_000), "13000 × 12000 pixels"),
        (as_jpeg(PLAIN)[:900], "cut off or damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "cut off or damaged"),
        (as_jpeg(PLAIN[:40, :40]), "only 40 × 40"),
        (png_header(400, 300), "cut off or damaged"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 64, "cut off or damaged"),
    ],
    ids=["nothing", "svg", "pdf", "gif", "zip in front", "bomb", "large", "cut off", "jpeg head", "tiny", "empty png", "heic head"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_reason_and_a_hint(data: bytes, said: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        open_photo(data)
    assert said in refused.value.what
    assert refused.value.hint


def test_a_picture_with_something_behind_it_is_read_as_the_picture() -> None:
    opened = open_photo(as_jpeg(PLAIN) + b"PK\x03\x04 a zip behind <script>")
    assert opened.pixels.shape == PLAIN.shape


def test_what_it_is_says_the_file_and_never_its_name() -> None:
    held = io.BytesIO()
    Image.fromarray(PLAIN).save(held, "PNG")
    assert open_photo(held.getvalue()).format == "PNG"


def test_time_camera_and_position_are_read_and_a_turned_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "Snap 3", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:10:11 13:05:07"
    exif.get_ifd(0x8769)[0x9011] = "+02:00"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 30.0, 0.0), 3: "E", 4: (151.0, 0.0, 36.0)})
    opened = open_photo(as_jpeg(PLAIN, exif=exif.tobytes()))
    assert opened.origin.taken == "2026:10:11 13:05:07"
    assert opened.origin.offset == "+02:00"
    assert opened.origin.camera == "Acme Snap 3"
    assert opened.origin.position == pytest.approx((-33.5, 151.01))
    assert opened.pixels.shape == (400, 300, 3)


def test_a_phone_s_heic_is_opened_with_its_time_camera_and_position() -> None:
    opened = open_photo(TWO_COLOURS)
    assert (opened.format, opened.size) == ("HEIF", (128, 96))
    assert opened.origin.taken == "2026:10:11 13:05:07"
    assert opened.origin.camera == "Acme Phone 7"
    assert opened.origin.position == pytest.approx((41.875, -87.62))
    red, blue = opened.pixels[48, 20].astype(int), opened.pixels[48, 100].astype(int)
    assert np.abs(red - (200, 40, 40)).max() <= 12
    assert np.abs(blue - (40, 60, 190)).max() <= 12
    with pytest.raises(PhotoRefused, match="cut off or damaged"):
        open_photo(TWO_COLOURS[:460])


def test_a_large_picture_is_made_smaller_while_it_is_read() -> None:
    large = np.full((3000, 4500, 3), 90, np.uint8)
    opened = open_photo(as_jpeg(large))
    assert max(opened.pixels.shape) <= LONGEST_SIDE
    assert opened.size == (4500, 3000)
