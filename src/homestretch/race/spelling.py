"""How names of places and bibs are compared, wherever they come from: a device, the plan, a person."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
"""Signs without a shape that some scripts write with."""

_PLAIN: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
    }
)
"""Casefolded letters that Unicode takes for letters of their own, and many keyboards lack."""


def place_key(name: str) -> str:
    """A place as it is compared: without regard to case; blanks and underscores are dashes."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())


def bib_key(bib: str) -> str:
    """A bib as it is compared: without regard to case, blanks and leading zeros."""
    key = "".join(bib.split()).upper()
    return key.lstrip("0") or key[:1]


def name_key(name: str) -> str:
    """A name or a club as it is looked for: without regard to case and to marks that a keyboard may lack (Łukasz is
    found by lukasz, Óscar by oscar)."""
    if name.isascii():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def is_word(text: str) -> bool:
    """Whether a text can stand in a line of a page: nothing that ends lines, turns their direction, or has no form."""
    return all(sign in _JOINERS or unicodedata.category(sign)[0] != "C" for sign in text)
