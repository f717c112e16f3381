"""How names of places are compared, wherever they come from: a device, the plan, a person."""

from __future__ import annotations

import re


def place_key(name: str) -> str:
    """A place as it is compared: without regard to case; blanks and underscores are dashes."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())
