"""Bibs that people wrote down of whom it can hardly be: nobody has the bib, or its reads say that they were elsewhere.

Such a word proves nothing of whom it names, and says that somebody else was there: perhaps another bib was meant.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final, NamedTuple

import numpy as np

from homestretch.facts import Sighting
from homestretch.race.event import Event, Point
from homestretch.race.spelling import place_key
from homestretch.state.columns import Columns
from homestretch.state.entered import Doubted
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.said import was_written_down
from homestretch.state.snapshot import NEVER, Floats, Ints, Roster

SLACK_MS: Final = 60_000
"""A phone's clock and a mat's may differ, and a tap comes when a hand is free."""


class Ran(NamedTuple):
    """What the mats say: ``passed_at`` (n, m), ``metres`` (races, m) where they are, NaN behind the end of a course that
    was changed; and ``carried``, the rows that a vehicle had, who may be anywhere."""

    event: Event
    roster: Roster
    passed_at: Ints
    metres: Floats
    carried: Set[int]


def find_doubted(
    columns: Columns, ran: Ran, void: frozenset[int], until: int
) -> tuple[Doubted, ...]:
    """Sightings up to ``until`` (UTC ms) that a person wrote down and that can hardly be, in the order of the law."""
    named = {
        place_key(word): point for point in ran.event.points for word in (point.id, point.name)
    }
    found: list[Doubted] = []
    for logged, fact in columns.of_kind(Sighting):
        if logged.seq in void or fact.seen_at > until or not was_written_down(logged, fact.bib):
            continue
        row = ran.roster.find_row(fact.bib)
        point = named.get(place_key(fact.place))
        against = (NEVER, NEVER) if row is None else _find_against(ran, row, point, fact.seen_at)
        if against is None:
            continue
        found.append(
            Doubted(
                id=logged.id,
                bib=fact.bib,
                row=NEVER if row is None else row,
                place=fact.place,
                seen_at=fact.seen_at,
                column=against[0],
                read_at=against[1],
            )
        )
    return tuple(found)


def _find_against(ran: Ran, row: int, point: Point | None, at: int) -> tuple[int, int] | None:
    """What speaks against that a row was at a point then: (column, time) of a read, (NEVER, time) of its gun,
    (NEVER, NEVER) when its race does not pass there; None when nothing does, or nobody can tell."""
    if point is None or row in ran.carried:
        return None
    number, gun_at = int(ran.roster.race[row]), int(ran.roster.gun_at[row])
    race, metres, passed_at = ran.event.races[number], ran.metres[number], ran.passed_at[row]
    at_m = point.distance_m.get(race.id)
    if at_m is None:
        return NEVER, NEVER
    if at_m > 0 and at < gun_at - SLACK_MS:
        return NEVER, gun_at
    there = np.flatnonzero((passed_at != NEVER) & ~np.isnan(metres))
    read_at, way_m = passed_at[there], at_m - metres[there]
    least_ms = np.abs(way_m) * fastest_s_per_km(race, ran.roster.division[row])
    too_soon = (way_m >= 0) & (at < read_at + least_ms - SLACK_MS)
    too_late = (way_m < 0) & (at > read_at - least_ms + SLACK_MS)
    against = too_soon | too_late
    if not against.any():
        return None
    nearest = int(there[np.where(against, np.abs(way_m), np.inf).argmin()])
    return nearest, int(passed_at[nearest])
