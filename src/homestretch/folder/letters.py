"""Bytes of a text file to characters, whatever program saved it; never an exception."""

from __future__ import annotations

import codecs
import re

from homestretch.folder.problem import Findings

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TWICE_ENCODED = re.compile("\u00c3[\u0080-\u00bf]")
_SAMPLE = 2000


def read_letters(data: bytes, findings: Findings) -> str:
    """The text of a file: UTF-8, UTF-16, or line by line UTF-8 else Windows-1252, which is said."""
    text = _decode(data, findings)
    if _CONTROL.search(text):
        for number, line in enumerate(text.split("\n"), 1):
            if _CONTROL.search(line):
                findings.gather(
                    number,
                    "The line has characters that cannot be seen; they were left out.",
                    "Save the file as text in UTF-8.",
                    "warning",
                )
        text = _CONTROL.sub("", text)
    return text


def _decode(data: bytes, findings: Findings) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(data, "utf-16", findings)
    sample = data[:_SAMPLE]
    if len(sample) > 3 and sample.count(0) * 3 > len(sample):
        return _utf16(data, "utf-16-be" if sample[0] == 0 else "utf-16-le", findings)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _line_by_line(data, findings)
    if _TWICE_ENCODED.search(text):
        _say_twice_encoded(text, findings)
    return text


def _utf16(data: bytes, name: str, findings: Findings) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        findings.add(
            0,
            "The file is UTF-16 with broken characters, shown as \ufffd.",
            "Save it again as UTF-8.",
            "warning",
        )
        return data.decode(name, "replace")


def _line_by_line(data: bytes, findings: Findings) -> str:
    lines = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
            findings.gather(
                number,
                "The line is not UTF-8 and was read as Windows-1252.",
                "Look at the accents of its names, or save the file as UTF-8.",
                "note",
            )
    return "\n".join(lines)


def _say_twice_encoded(text: str, findings: Findings) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        found = _TWICE_ENCODED.search(line)
        if found:
            findings.gather(
                number,
                "Letters with accents look twice encoded, such as \u00c3\u00bc for \u00fc.",
                "Export the file again as UTF-8 and do not convert it.",
                "warning",
            )
