"""How names of places and bibs are compared, wherever they come from: a device, the plan, a person."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
"""Signs without a shape that some scripts write with."""


def place_key(name: str) -> str:
    """A place as it is compared: without regard to case; blanks and underscores are dashes."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())


def bib_key(bib: str) -> str:
    """A bib as it is compared: without regard to case, blanks and leading zeros."""
    key = "".join(bib.split()).upper()
    return key.lstrip("0") or key[:1]


def is_word(text: str) -> bool:
    """Whether a text can stand in a line of a page: nothing that ends lines, turns their direction, or has no form."""
    return all(sign in _JOINERS or unicodedata.category(sign)[0] != "C" for sign in text)
