"""The privacy gate: the one form in which an entrant may be shown to a viewer."""

from __future__ import annotations

from typing import Literal

import msgspec

from homestretch.race.entrant import Person
from homestretch.race.saying import said

PRIVATE = said("private entrant")
ADULT_AGE = 18

Role = Literal[
    "public",
    "director",
    "control",
    "medical",
    "station",
    "announcer",
    "desk",
    "sweep",
    "photographer",
    "device",
]
STAFF: frozenset[str] = frozenset(
    {"director", "control", "medical", "station", "announcer", "desk", "sweep"}
)


class Viewer(msgspec.Struct, frozen=True):
    """Who looks at a board: a role and, for a station's key, its point, for a sweep's its vehicle."""

    role: Role = "public"
    station: str = ""


class Shown(msgspec.Struct, frozen=True):
    """How one entrant is shown everywhere: hidden entrants have no bib, name, club or town."""

    name: str
    bib: str
    club: str = ""
    town: str = ""
    hidden: bool = False


HIDDEN = Shown(name=PRIVATE, bib="", hidden=True)


def show(
    person: Person | None,
    bib: str,
    age: int | None,
    viewer: Viewer,
    unless_told: str = "initials",
    *,
    withheld: bool = False,
) -> Shown:
    """The display form of an entrant for a viewer.

    One form for each entrant on every page (a bib counts as a name). An erased person keeps the bib
    only for director, control and medical. ``withheld``: a member of staff has hidden the entrant. Under 18, without a guardian's word, an entrant is hidden from the
    public.
    """
    keeps_ledger = viewer.role in ("director", "control", "medical")
    if person is None:
        return Shown(name=said("name erased"), bib=bib) if keeps_ledger else HIDDEN
    form = person.display or unless_told
    if age is not None and age < ADULT_AGE and not person.guardian:
        form = "hidden"
    form = "hidden" if withheld else form
    if form == "hidden" and not keeps_ledger:
        return HIDDEN
    name = _initials(person) if form == "initials" and not keeps_ledger else _full_name(person)
    return Shown(name=name, bib=bib, club=person.club, town=person.town)


def _full_name(person: Person) -> str:
    return f"{person.first} {person.last}".strip() or said("no name given")


def _initials(person: Person) -> str:
    letters = [part[0].upper() + "." for part in (person.first, person.last) if part]
    return " ".join(letters) or said("no name given")
