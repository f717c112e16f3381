"""What a file seems to be that should have been text: a spreadsheet, a PDF, a map in another format."""

from __future__ import annotations

import codecs
import io
import zipfile
from typing import Final

_SAMPLE: Final = 4000
_CONTROLS: Final = bytes(range(9)) + bytes(range(14, 32))
_MANY: Final = 0.1
"""The share of characters that nobody types from which on a file is no text."""
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xd0\xcf\x11\xe0", "an Excel spreadsheet (.xls)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text of a word processor (RTF)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"\x1f\x8b", "a packed file (gzip)"),
)
_PACKED: Final[tuple[tuple[str, str], ...]] = (
    ("xl/", "an Excel spreadsheet (.xlsx)"),
    ("word/", "a text of a word processor (.docx)"),
    ("Index/", "a Numbers spreadsheet"),
)
_ODS: Final = b"opendocument.spreadsheet"
_MARKUP: Final[tuple[tuple[bytes, str], ...]] = (
    (b"<html", "a web page (HTML)"),
    (b"<!doctype html", "a web page (HTML)"),
    (b"<kml", "KML, as Google Earth saves it"),
    (b"<trainingcenterdatabase", "a watch's TCX file"),
)
PACKED: Final = "a packed file (ZIP or KMZ)"
SAVE_AS_CSV: Final = "Open it in a spreadsheet and save it as CSV (UTF-8)."


def find_kind(data: bytes) -> str:
    """What a file seems to be, by its first bytes; empty for what may be a table, GPX or other text."""
    start = data[:_SAMPLE].removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data)
    if data[8:12] == b".FIT":
        return "a watch's FIT file"
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith((b"{", b"[")):
        return "GeoJSON" if b'"coordinates"' in data else "JSON"
    if start.startswith(b"<"):
        return _markup(start.lower())
    return "a binary file" if _is_binary(data[:_SAMPLE]) else ""


def say_no_table(data: bytes) -> str:
    """What is said of a file that is no table saved as text; empty when it may be one."""
    kind = find_kind(data)
    if not kind:
        return ""
    sheet = " This is a spreadsheet, not a table saved as text." if "spreadsheet" in kind else ""
    return f"The file seems to be {kind}.{sheet}"


def _packed(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        names = []
    for folder, kind in _PACKED:
        if any(name.startswith(folder) for name in names):
            return kind
    return "an OpenDocument spreadsheet (.ods)" if _ODS in data[:_SAMPLE] else PACKED


def _markup(start: bytes) -> str:
    found = [(start.find(tag), kind) for tag, kind in _MARKUP if tag in start]
    gpx = start.find(b"<gpx")
    return min(found)[1] if found and not 0 <= gpx < min(found)[0] else ""


def _is_binary(sample: bytes) -> bool:
    """Whether these are no letters: a stray byte may stand in a text, and every other one of UTF-16 is zero."""
    zeros = sample.count(0)
    aside = min(sample[::2].count(0), sample[1::2].count(0))
    utf16 = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if utf16 or (zeros * 3 > len(sample) and aside * 10 <= zeros):
        return False
    return len(sample.translate(None, _CONTROLS)) < len(sample) * (1 - _MANY)
