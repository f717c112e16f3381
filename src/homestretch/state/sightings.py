"""Whom people saw where: the sightings that can be, and how many bibs the same hand entered beside each.

A line with two bibs says more than two taps, and a list of many says who was there, not who was with whom: so much
is told of each, what follows from it is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from homestretch.facts import Sighting, TakenOver
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key, place_key
from homestretch.state.columns import Columns
from homestretch.state.places import find_points, points_by_place
from homestretch.state.said import Spans, is_carried
from homestretch.state.seen import Sightings
from homestretch.state.snapshot import NEVER, Ints, Roster

IN_A_ROW_MS: Final = 10_000


class _Said(NamedTuple):
    """One sighting as it was said: by whom (the source), where, when, which bib."""

    hand: str
    place: str
    at: int
    bib: str
    seq: int


class SightingsKept:
    """The sightings of the last fold: they are few beside the reads, and are gone through only when one is new or
    what they mean has changed."""

    def __init__(self) -> None:
        self._of: tuple[int, ...] | None = None
        self._kept: Sightings | None = None

    def find(
        self, columns: Columns, event: Event, roster: Roster, void: frozenset[int], carried: Spans,
        until: int, version: tuple[int, ...],
    ) -> Sightings:  # fmt: skip
        """The sightings up to ``until`` (UTC ms), without what was struck out. ``version`` stands for event, roster
        and what is void."""
        seen = columns.count_until(Sighting, until)
        taken = columns.count_until(TakenOver, until), columns.count(TakenOver)
        of = (*version, seen, columns.count(Sighting), *taken)
        if self._kept is None or self._of != of:
            said = [
                _Said(
                    one.id.source, place_key(fact.place), fact.seen_at, bib_key(fact.bib), one.seq
                )
                for one, fact in columns.of_kind(Sighting)[:seen]
                if one.seq not in void
            ]
            self._kept, self._of = _arrange(said, event, roster, carried), of
        return self._kept


def _arrange(said: list[_Said], event: Event, roster: Roster, carried: Spans) -> Sightings:
    point_of = _points_of(event)
    kept: list[tuple[int, int, int]] = []
    for number, one in enumerate(said):
        row = roster.find_row(one.bib)
        if row is None or one.at < roster.gun_at[row] or is_carried(carried, row, one.at):
            continue
        point = point_of(one.place, int(roster.race[row]))
        if point != NEVER:
            kept.append((number, row, point))
    numbers, rows, points = np.array(kept, np.int64).reshape(-1, 3).T
    in_entry, in_a_row = _count_beside(said)
    return Sightings(
        row=rows,
        point=points,
        at=np.array([one.at for one in said], np.int64)[numbers],
        seq=np.array([one.seq for one in said], np.int64)[numbers],
        in_entry=in_entry[numbers],
        in_a_row=in_a_row[numbers],
    )


def _count_beside(said: list[_Said]) -> tuple[Ints, Ints]:
    """(s,) how many bibs stand in the entry of each, and (s,) how many its hand entered about then. Bibs that nobody
    has, or that were not read whole, are somebody too."""
    in_entry, in_a_row = np.ones((2, len(said)), np.int64)
    hands: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(said):
        hands.setdefault((one.hand, one.place), []).append(number)
    for numbers in hands.values():
        at = np.array([said[number].at for number in numbers], np.int64)  # rising, as the facts are
        for out, within in ((in_entry, 0), (in_a_row, IN_A_ROW_MS)):
            out[numbers] = np.searchsorted(at, at + within, side="right") - np.searchsorted(
                at, at - within, side="left"
            )
    return in_entry, in_a_row


def _points_of(event: Event) -> Callable[[str, int], int]:
    """Which point of a race a place (its key) means, as the position in ``Event.points``; NEVER for a place that
    nobody knows and for one that the race passes twice."""
    known = points_by_place(event)
    mats = [place for place, point in enumerate(event.points) if point.kind == "mat"]
    named = {
        place_key(word): at for at, one in enumerate(event.points) for word in (one.name, one.id)
    }

    @cache
    def point_of(place: str, race: int) -> int:
        meant = [named[place]] if place in named else [mats[c] for c in find_points(known, place)]
        found = [at for at in meant if event.races[race].id in event.points[at].distance_m]
        return found[0] if len(found) == 1 else NEVER

    return point_of
