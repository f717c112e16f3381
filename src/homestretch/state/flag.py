"""The state of the event: open, delayed, on hold, stopped, rerouted, shortened, resumed; race by race."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.facts import Flag, FlagState
from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, Bools, FlagNow, Ints

QUIET: tuple[FlagState, ...] = ("delayed", "hold", "stopped")
"""While one of these holds nobody is late: forecasts and cutoffs are silent."""
_GRAVITY: dict[FlagState, int] = {
    "open": 0,
    "resumed": 0,
    "shortened": 1,
    "rerouted": 1,
    "delayed": 2,
    "hold": 3,
    "stopped": 4,
}


@dataclass(frozen=True, slots=True)
class Flags:
    """What holds now, which races are quiet (races,), and when each race was stopped."""

    now: FlagNow
    quiet: Bools
    stops: tuple[tuple[tuple[int, int], ...], ...]
    """by race: (from, until) of each stop, UTC ms; a stop that holds ends far away"""

    def was_stopped(self, race: Ints, at: Ints) -> Bools:
        """(k,) whether the races (k,) were stopped at these moments (k,)."""
        found: Bools = np.zeros(len(race), np.bool_)
        for number, spans in enumerate(self.stops):
            for since, until in spans:
                found |= (race == number) & (at > since) & (at <= until)
        return found


def make_flags(columns: Columns, event: Event, void: frozenset[int], until: int) -> Flags:
    """What was said last of each race, up to ``until``; a race of which nothing was said is open.

    A word about one race changes nothing for the others: of what holds for different races the gravest
    is shown, of equally grave words the newest, with the races that it concerns.
    """
    ids = [race.id for race in event.races]
    said: list[list[Flag]] = [[] for _ in ids]
    for logged, fact in columns.of_kind(Flag):
        if logged.seq not in void and fact.seen_at <= until:
            known = [position for position, race_id in enumerate(ids) if race_id in fact.races]
            for position in known or range(len(ids)):  # a misspelt race must not swallow a stop
                said[position].append(fact)
    newest = [facts[-1] if facts else None for facts in said]
    return Flags(
        _gravest(newest, ids),
        np.array([fact is not None and fact.state in QUIET for fact in newest], np.bool_),
        tuple(_stops(facts) for facts in said),
    )


def _gravest(newest: list[Flag | None], ids: list[str]) -> FlagNow:
    shown = max(
        (fact for fact in newest if fact is not None),
        key=lambda fact: (_GRAVITY[fact.state], fact.seen_at),
        default=None,
    )
    if shown is None:
        return FlagNow("open", NEVER)
    of = [fact is not None and fact.state == shown.state for fact in newest]
    races = () if all(of) else tuple(race for race, here in zip(ids, of, strict=True) if here)
    return FlagNow(shown.state, shown.seen_at, shown.from_m, races, shown.text_ref)


def _stops(facts: list[Flag]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    since: int | None = None
    for fact in facts:
        if fact.state == "stopped":
            since = fact.seen_at if since is None else since
        elif since is not None and fact.state not in QUIET:
            spans.append((since, fact.seen_at))
            since = None
    if since is not None:
        spans.append((since, int(np.iinfo(np.int64).max)))
    return tuple(spans)
