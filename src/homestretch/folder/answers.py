"""Words in cells of an entrants file: what people answered, in the few forms that answers have."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

Sex: TypeAlias = Literal["f", "m", "x"]
Display: TypeAlias = Literal["name", "initials", "hidden"]
Role: TypeAlias = Literal["runner", "pacer", "guide", "sweeper", "guest"]

_NOTHING = ("n/a", "na", "#n/a", "none", "null", "nan", "unknown", "undefined")
NOTHING: Final = frozenset(
    ["", "-", "--", "?", ".", "NaN"]
    + [form for word in _NOTHING for form in (word, word.upper(), word.capitalize())]
)
"""Cells that say nothing, except in columns of names; written out so that no cell needs folding."""

SEXES: Final[dict[str, Sex | None]] = {
    **dict.fromkeys(("f", "female", "w", "woman", "women", "girl", "weiblich", "frau", "femme"), "f"),
    **dict.fromkeys(("m", "male", "man", "men", "boy", "männlich", "mann", "homme"), "m"),
    **dict.fromkeys(("x", "nb", "nonbinary", "d", "divers", "diverse", "other", "o", "enby"), "x"),
    **dict.fromkeys(("u", "prefernottosay", "notspecified", "notgiven"), None),
}  # fmt: skip

YES_NO: Final[dict[str, bool]] = {
    **dict.fromkeys(
        ("y", "yes", "true", "t", "1", "x", "ok", "ja", "j", "oui", "si", "sí", "✓"), True
    ),
    **dict.fromkeys(("n", "no", "false", "f", "0", "nein", "non"), False),
}

DISPLAYS: Final[dict[str, Display]] = {
    **dict.fromkeys(("name", "fullname", "full", "public", "all", "yes", "y", "true", "1"), "name"),
    **dict.fromkeys(("initials", "initial", "short"), "initials"),
    **dict.fromkeys(
        ("hidden", "hide", "private", "anonymous", "none", "no", "n", "false", "0"), "hidden"
    ),
}

ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(("runner", "participant", "athlete", "entrant", "walker"), "runner"),
    **dict.fromkeys(("pacer", "pace", "pacemaker", "rabbit", "pacing"), "pacer"),
    **dict.fromkeys(("guide", "guiderunner"), "guide"),
    **dict.fromkeys(("sweeper", "sweep", "tailrunner"), "sweeper"),
    **dict.fromkeys(("guest", "outofcompetition", "ooc", "hc", "horsconcours", "ak"), "guest"),
}

Status: TypeAlias = Literal["", "guest", "dns", "result"]
STATUSES: Final[dict[str, Status]] = {
    **dict.fromkeys(("regular", "active", "confirmed", "registered", "entered", "ok", "paid"), ""),
    **dict.fromkeys(("outofcompetition", "ooc", "hc", "horsconcours", "ak"), "guest"),
    **dict.fromkeys(("dns", "noshow", "didnotstart", "withdrawn", "cancelled", "canceled"), "dns"),
    **dict.fromkeys(("dnf", "dsq", "dq", "disqualified", "didnotfinish", "finished"), "result"),
}
STATUS_NUMBERS: Final[dict[str, Status]] = {
    "0": "", "1": "guest", "2": "result", "3": "result", "4": "dns", "5": "dns",
}  # fmt: skip
"""RACE RESULT: 0 regular, 1 out of competition, 2 DSQ, 3 DNF, 4 DNS, 5 no-show."""


def answer_key(cell: str) -> str:
    """A word as it is compared: ``Non-Binary`` is ``nonbinary``."""
    return re.sub(r"[\W_]+", "", cell.casefold()) or cell.strip()
