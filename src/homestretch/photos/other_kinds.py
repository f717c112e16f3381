"""What a file is that is no picture of a camera, by its first bytes: so that whoever sent it knows what to send."""

from __future__ import annotations

from typing import Final

from homestretch.race.saying import said

LOOKED_AT: Final = 64
"""First bytes that are enough to know."""
_BY_START: Final = (
    (b"%PDF", said("a PDF")),
    (b"GIF8", said("a GIF")),
    (b"BM", said("a bitmap (BMP)")),
    (b"PK\x03\x04", said("a ZIP archive")),
    (b"II*\x00", said("a raw file or a TIFF")),
    (b"MM\x00*", said("a raw file or a TIFF")),
    (b"\x1aE\xdf\xa3", said("a video")),
    (b"MZ", said("a program")),
    (b"\x7fELF", said("a program")),
)
_RIFF: Final = {b"WEBP": said("a WebP"), b"AVI ": said("a video")}


def name_other(data: bytes) -> str:
    """What these first bytes begin, in words with their article; "something else" when nobody knows."""
    if not data:
        return said("empty")
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:LOOKED_AT]
    if data[4:8] == b"ftyp":
        return said("an AVIF") if data[8:12] in (b"avif", b"avis") else said("a video")
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], said("something else"))
    if head[:1] == b"<":
        return said("an SVG drawing") if b"<svg" in data[:1000].lower() else said("a page or XML")
    return next(
        (name for start, name in _BY_START if data.startswith(start)), said("something else")
    )
