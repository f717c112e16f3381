"""The field: what follows from plan, entrants and chips alone.

Of a large field this is the slowest of what changes rarely, so it is kept while only guns, flags and strikes of other
facts come: those fall in the middle of a race, when everybody looks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from homestretch.facts import Assigned, Entered, Hidden, Moved, PlanLoaded
from homestretch.facts.identity import Fact
from homestretch.race.event import Event
from homestretch.state.chips import Held, make_held
from homestretch.state.columns import Columns
from homestretch.state.ranking import Rivals, make_rivals
from homestretch.state.roster import Guns, list_twins, make_roster, start_all
from homestretch.state.snapshot import Roster

_KINDS: Final[tuple[type[Fact], ...]] = (PlanLoaded, Entered, Assigned, Moved, Hidden)


class Field(NamedTuple):
    """Who is entered, who competes with whom, whose bib is held twice (row, since when), who was given which chip."""

    roster: Roster
    rivals: Rivals
    twins: list[tuple[int, int]]
    held: Held


class FieldKept:
    """The field that was asked for last, given again while it is the same."""

    def __init__(self) -> None:
        self._key: object = None
        self._guns: dict[tuple[str, int], int] = {}
        self._field: Field | None = None

    def find(
        self, columns: Columns, event: Event, void: frozenset[int], guns: Guns, until: int
    ) -> Field:
        """The field of the plan's ``event``, without the facts at the log positions ``void``, up to ``until`` (UTC ms)."""
        key = _key(columns, void, until)
        if self._field is None or self._key != key:
            roster = make_roster(columns, event, void, guns, until)
            self._field = Field(
                roster,
                make_rivals(event, roster),
                list_twins(columns, roster, void),
                make_held(columns, roster, void),
            )
        elif self._guns != guns.at:
            roster = self._field.roster
            started = replace(roster, gun_at=start_all(event, roster.race, roster.wave, guns))
            self._field = self._field._replace(roster=started)
        self._key, self._guns = key, guns.at
        return self._field


def _key(columns: Columns, void: frozenset[int], until: int) -> object:
    """Facts only come, so their numbers tell whether there are others; whoever strikes one says which."""
    struck = (
        {logged.seq for kind in _KINDS for logged, _ in columns.of_kind(kind) if logged.seq in void}
        if void
        else set()
    )
    said = [columns.count(kind) for kind in (PlanLoaded, Entered, Assigned)]
    return (*said, *(columns.count_until(kind, until) for kind in (Moved, Hidden)), struck)
