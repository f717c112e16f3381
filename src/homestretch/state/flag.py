"""The state of the event: open, delayed, on hold, sheltering, stopped, cancelled, rerouted, shortened, resumed;
race by race."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from homestretch.facts import Flag, FlagState
from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Bools, FlagNow, Floats, Ints

Silences: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""By race: (from, until) of each, UTC ms; one that holds ends far away."""

ENDED: tuple[FlagState, ...] = ("stopped", "cancelled")
"""Whoever comes to the line while one of these holds waits for a ruling."""
QUIET: tuple[FlagState, ...] = ("delayed", "hold", "sheltering", *ENDED)
"""While one of these holds nobody is late: forecasts and cutoffs are silent."""
_GRAVITY: dict[FlagState, int] = {
    "open": 0,
    "resumed": 0,
    "shortened": 1,
    "rerouted": 1,
    "delayed": 2,
    "hold": 3,
    "sheltering": 4,
    "stopped": 5,
    "cancelled": 6,
}


_CONDUCT: tuple[FlagState, ...] = ("open", *QUIET, "resumed")
_ROUTE: tuple[FlagState, ...] = ("open", "rerouted", "shortened")
"""What was said of the running and of the road are two things: neither takes the other back; ``open``
takes back both."""


class Change(NamedTuple):
    """A course was another one from a place on (metres; None: nobody said where), from ``since_at`` until it was
    opened again (UTC ms; far away: never)."""

    since_at: int
    until_at: int
    from_m: float | None


@dataclass(frozen=True, slots=True)
class Flags:
    """What holds, the gravest first; which races are quiet (races,); when each race was stopped or quiet;
    from where on (races,) a course is not as planned, in metres (infinite: as planned), and each change of it,
    race by race; and which races (races,)
    are cancelled: nobody is expected at their start any more."""

    holding: tuple[FlagNow, ...]
    quiet: Bools
    stops: Silences
    silences: Silences
    planned_to_m: Floats
    changes: tuple[tuple[Change, ...], ...]
    cancelled: Bools

    def as_planned(self, metres: Floats) -> Floats:
        """(races, m) the metres, NaN behind what may have been left out of a changed course."""
        return np.where(metres > self.planned_to_m[:, None], np.nan, metres)

    def was_stopped(self, race: Ints, at: Ints) -> Bools:
        """(k,) whether the races (k,) were stopped or cancelled at these moments (k,)."""
        return _was(self.stops, race, at)

    def was_quiet(self, race: Ints, at: Ints) -> Bools:
        """(k,) whether the races (k,) were delayed, on hold or stopped then: no cutoff holds."""
        return _was(self.silences, race, at)


def make_flags(columns: Columns, event: Event, void: frozenset[int], until: int) -> Flags:
    """What was said last of each race, up to ``until``; a race of which nothing was said is open.

    A word about one race changes nothing for the others. A misspelt race means all: it must not swallow a
    stop.
    """
    ids = [race.id for race in event.races]
    said: list[list[Flag]] = [[] for _ in ids]
    for logged, fact in columns.of_kind(Flag):
        if logged.seq not in void and fact.seen_at <= until:
            known = [position for position, race_id in enumerate(ids) if race_id in fact.races]
            for position in known or range(len(ids)):
                said[position].append(fact)
    conduct = [[fact for fact in facts if fact.state in _CONDUCT] for facts in said]
    route = [[fact for fact in facts if fact.state in _ROUTE] for facts in said]
    newest = [facts[-1] if facts else None for facts in conduct]
    return Flags(
        holding=_holding([*newest, *(facts[-1] if facts else None for facts in route)], ids),
        quiet=np.array([fact is not None and fact.state in QUIET for fact in newest], np.bool_),
        stops=tuple(_spans(facts, ENDED) for facts in conduct),
        silences=tuple(_spans(facts, QUIET) for facts in conduct),
        changes=tuple(_changes(facts) for facts in route),
        planned_to_m=np.array([_planned_to_m(facts) for facts in route], np.float64),
        cancelled=np.array(
            [fact is not None and fact.state == "cancelled" for fact in newest], np.bool_
        ),
    )


def _holding(newest: list[Flag | None], ids: list[str]) -> tuple[FlagNow, ...]:
    """Each word that holds once, with the races that it holds for (empty: all of them)."""
    races_of: dict[Flag, list[str]] = {}
    for position, fact in enumerate(newest):
        if fact is not None and fact.state != "open":
            races_of.setdefault(fact, []).append(ids[position % len(ids)])
    order = sorted(races_of, key=lambda fact: (-_GRAVITY[fact.state], -fact.seen_at))
    return tuple(
        FlagNow(
            fact.state,
            fact.seen_at,
            fact.from_m,
            () if len(races_of[fact]) == len(ids) else tuple(races_of[fact]),
            fact.text_ref,
        )
        for fact in order
    )


def _planned_to_m(route: list[Flag]) -> float:
    """How far the course was as planned all day: whoever ran before a change is not asked when."""
    changed = [fact.from_m or 0.0 for fact in route if fact.state != "open"]
    return min(changed, default=float("inf"))


def _changes(route: list[Flag]) -> tuple[Change, ...]:
    """Each word that the course is another one, until the word that it is open again."""
    opened = [fact.seen_at for fact in route if fact.state == "open"]
    far = int(np.iinfo(np.int64).max)
    return tuple(
        Change(
            fact.seen_at, min((at for at in opened if at >= fact.seen_at), default=far), fact.from_m
        )
        for fact in route
        if fact.state != "open"
    )


def _was(silences: Silences, race: Ints, at: Ints) -> Bools:
    found: Bools = np.zeros(len(race), np.bool_)
    for number, spans in enumerate(silences):
        for since, until in spans:
            found |= (race == number) & (at > since) & (at <= until)
    return found


def _spans(facts: list[Flag], states: tuple[FlagState, ...]) -> tuple[tuple[int, int], ...]:
    """When one of these states held; a stop ends when the race goes on, not when it is put on hold."""
    spans: list[tuple[int, int]] = []
    since: int | None = None
    for fact in facts:
        if fact.state in states:
            since = fact.seen_at if since is None else since
        elif since is not None and fact.state not in QUIET:
            spans.append((since, fact.seen_at))
            since = None
    if since is not None:
        spans.append((since, int(np.iinfo(np.int64).max)))
    return tuple(spans)
