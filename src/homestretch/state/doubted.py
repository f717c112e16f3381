"""Bibs that people wrote down of whom it can hardly be: nobody has the bib, or its reads say that they were elsewhere.

Such a word proves nothing of whom it names, and says that somebody else was there: perhaps another bib was meant.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final, NamedTuple

import numpy as np

from homestretch.facts import Sighting
from homestretch.race.event import Event
from homestretch.race.spelling import place_key
from homestretch.state.columns import Columns
from homestretch.state.entered import Doubted
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.said import was_written_down
from homestretch.state.snapshot import NEVER, Floats, Ints, Roster
from homestretch.store import Logged

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


class _Hands(NamedTuple):
    """k sightings that people wrote down, in the order of the law: whom (row, NEVER: nobody), when, where along their
    course (NaN: it does not pass there), when their gun went off, and the fastest plausible pace (s a km)."""

    words: list[tuple[Logged, Sighting]]
    row: Ints
    at: Ints
    at_m: Floats
    gun_at: Ints
    pace: Floats


class DoubtsKept:
    """The words of the last fold: they are gone through only when one is new or what they mean has changed."""

    def __init__(self) -> None:
        self._of: tuple[int, ...] | None = None
        self._hands: _Hands | None = None

    def find(
        self, columns: Columns, ran: Ran, void: frozenset[int], until: int, version: tuple[int, ...]
    ) -> tuple[Doubted, ...]:
        """Sightings up to ``until`` (UTC ms) that a person wrote down and that can hardly be, in the order of the law.
        ``version`` stands for event, roster and what is void."""
        of = (*version, columns.count_until(Sighting, until), columns.count(Sighting))
        if self._hands is None or self._of != of:
            self._hands, self._of = _list_hands(columns, ran, void, until), of
        return _doubt(self._hands, ran)


def _list_hands(columns: Columns, ran: Ran, void: frozenset[int], until: int) -> _Hands:
    event, roster = ran.event, ran.roster
    named = {place_key(word): point for point in event.points for word in (point.id, point.name)}
    words: list[tuple[Logged, Sighting]] = []
    found: list[tuple[int, int, float, int, float]] = []
    for logged, fact in columns.of_kind(Sighting):
        if logged.seq in void or fact.seen_at > until or not was_written_down(logged, fact.bib):
            continue
        row, point = roster.find_row(fact.bib), named.get(place_key(fact.place))
        if row is None:
            found.append((NEVER, fact.seen_at, np.nan, NEVER, 0.0))
        elif point is not None:
            race = event.races[int(roster.race[row])]
            pace = fastest_s_per_km(race, roster.division[row])
            at_m = point.distance_m.get(race.id, np.nan)
            found.append((row, fact.seen_at, at_m, int(roster.gun_at[row]), pace))
        else:
            continue  # nobody knows where that is
        words.append((logged, fact))
    return _Hands(
        words,
        np.array([one[0] for one in found], np.int64),
        np.array([one[1] for one in found], np.int64),
        np.array([one[2] for one in found], np.float64),
        np.array([one[3] for one in found], np.int64),
        np.array([one[4] for one in found], np.float64),
    )


def _doubt(hands: _Hands, ran: Ran) -> tuple[Doubted, ...]:
    column, read_at = _find_against(hands, ran)
    is_nobody, elsewhere = hands.row == NEVER, np.isnan(hands.at_m)
    early = (hands.at_m > 0) & (hands.at < hands.gun_at - SLACK_MS)
    column[is_nobody | elsewhere | early] = NEVER
    read_at[is_nobody | elsewhere] = NEVER
    read_at[early] = hands.gun_at[early]
    is_carried = np.isin(hands.row, list(ran.carried))
    doubted = is_nobody | ((elsewhere | early | (column != NEVER)) & ~is_carried)
    return tuple(
        Doubted(
            id=logged.id,
            bib=fact.bib,
            row=int(hands.row[k]),
            place=fact.place,
            seen_at=fact.seen_at,
            column=int(column[k]),
            read_at=int(read_at[k]),
        )
        for k in np.flatnonzero(doubted).tolist()
        for logged, fact in (hands.words[k],)
    )


def _find_against(hands: _Hands, ran: Ran) -> tuple[Ints, Ints]:
    """(k,) the nearest read of each that speaks against it, as its column and its time; NEVER where none does."""
    column, read_at = np.full((2, len(hands.row)), NEVER, np.int64)
    of = np.flatnonzero(hands.row != NEVER)
    if not len(of) or not ran.passed_at.shape[1]:
        return column, read_at
    row, at = hands.row[of], hands.at[of, None]
    passed_at, metres = ran.passed_at[row], ran.metres[ran.roster.race[row]]
    way_m = hands.at_m[of, None] - metres
    least_ms = np.abs(way_m) * hands.pace[of, None]
    too_soon = (way_m >= 0) & (at < passed_at + least_ms - SLACK_MS)
    too_late = (way_m < 0) & (at > passed_at - least_ms + SLACK_MS)
    against = (too_soon | too_late) & (passed_at != NEVER)
    nearest = np.where(against, np.abs(way_m), np.inf).argmin(axis=1)
    any_ = against.any(axis=1)
    column[of[any_]] = nearest[any_]
    read_at[of[any_]] = passed_at[any_, nearest[any_]]
    return column, read_at
