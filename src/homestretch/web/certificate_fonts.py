"""The fonts of the pages as a PDF can hold them: one weight each, made from the variable fonts of the wheel.

In: the built web fonts. Out: font data by name, and which characters each has. Only this file and its neighbour
``certificate_pdf`` know the optional packages.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Final, NamedTuple

from homestretch.web.assets import STATIC

FACES: Final[dict[str, tuple[str, dict[str, float]]]] = {
    "plain": ("atkinson-hyperlegible-next-{}-wght-normal-*.woff2", {"wght": 400}),
    "bold": ("atkinson-hyperlegible-next-{}-wght-normal-*.woff2", {"wght": 700}),
    "story": ("newsreader-{}-500-normal-*.woff2", {}),
}
"""name -> the file, and where on its axes, if it has any"""
PARTS: Final = ("latin", "latin-ext")


class Face(NamedTuple):
    """A part of a font at one weight: its name in a PDF, TrueType data, the characters that it has."""

    name: str
    data: bytes
    characters: frozenset[int]


@cache
def list_faces(name: str) -> tuple[Face, ...]:
    """The parts of a font, Latin first. Takes some tenths of a second, once for each name."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    pattern, where = FACES[name]
    found = []
    for part in PARTS:
        (path,) = (STATIC / "fonts").glob(pattern.format(part))
        font = TTFont(path)
        font.flavor = None
        if where:
            font = instantiateVariableFont(font, where)
        for name_id in (1, 4, 6):  # a PDF tells fonts apart by these
            font["name"].setName(f"{name}-{part}", name_id, 3, 1, 0x409)
        data = io.BytesIO()
        font.save(data)
        found.append(Face(f"{name}-{part}", data.getvalue(), frozenset(font.getBestCmap())))
    return tuple(found)
