"""How names of places and bibs are compared, wherever they come from: a device, the plan, a person."""

from __future__ import annotations

import re


def place_key(name: str) -> str:
    """A place as it is compared: without regard to case; blanks and underscores are dashes."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())


def bib_key(bib: str) -> str:
    """A bib as it is compared: without regard to case, blanks and leading zeros."""
    key = "".join(bib.split()).upper()
    return key.lstrip("0") or key[:1]
