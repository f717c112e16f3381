"""The sweep car along the course, from fixes of a phone: the longest story that its fixes can tell.

A fix may be wrong, by a satellite's fault or on purpose. So fixes are joined into chains that one car can have
driven, and the chain that is supported for the longest time holds. The track follows it, ahead never faster
than a car: whatever is sent within a time, it moves no more than ``FASTEST_M_PER_S`` allows and ``SLACK_M``. A
jump that later fixes contradict for ``CONTRADICTED_MS`` is taken back. All of it follows from the set of
fixes, not from their arrival.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from homestretch.facts import Ping
from homestretch.race.course import Course
from homestretch.race.event import Event, Sweep
from homestretch.race.spelling import place_key
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, Bools, Floats, SweepTrack

METRES_PER_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""
WORST_ACCURACY_M = 100.0
OFF_COURSE_M = 150.0
FASTEST_M_PER_S = 20.0
SLACK_M = 100.0
"""How far a fix may be off along the course: granted once to a chain, and not again at each step."""
FIRST_FIX_M, FIRST_FIX_SHARE = 500.0, 1.5
"""A first fix is near the start, or not more than half as far again as the plan has the car by then: the
course may pass that place again later, and the phone may be on long before the car is on the course."""
SPEAKS_FOR_MS = 60_000
"""A fix supports its chain for the time since the one before it, but not for longer."""
CONTRADICTED_MS = 120_000
"""A chain gives way to another that is supported for so much longer."""
EVERY_MS = 10_000
"""Of one source one fix is looked at in so long, so that nobody is right by sending more."""
EARLY_MS = 12 * 3_600_000
FUTURE_MS = 60_000
LOOKED_BACK = 1000
"""Fixes to which a new one may be joined."""

Fixes: TypeAlias = list[tuple[int, Ping]]
"""(log position, ping) in the order of their times"""

AT, TOP, FLOOR, SUPPORT, COUNT, OFF = range(6)
"""What is known of a chain that ends with a fix at some place: when (UTC ms), the farthest place on it, the
least of its places less what the fastest car drives until then (metres), how long it is supported (ms), its
fixes, and how far off the line they are together (metres)."""


class Step(NamedTuple):
    """The track after one fix: when the last fix that agrees with it was made, where the car is shown, how
    many fixes agree; and what bounds its next steps, as for a chain."""

    at: int
    metres: float
    fixes: int
    floor: float = np.inf


class _End(NamedTuple):
    """A chain that ends with a fix: to which chain the fix was joined, and what is known of it."""

    joined_to: int
    chain: tuple[float, ...]


class _Looked(NamedTuple):
    """After one fix: its log position, how many chains there are, which one holds, the track."""

    seq: int
    chains: int
    best: int
    step: Step


NOWHERE = Step(NEVER, 0.0, 0)


class SweepLine:
    """Fixes of one vehicle on one course. Each fix is looked at once; the track is read off at any now."""

    def __init__(self, course: Course, sweep: Sweep) -> None:
        self._sweep = sweep
        lat, lon = np.array(course.lat), np.array(course.lon)
        self._scale = np.array(
            [METRES_PER_DEGREE, METRES_PER_DEGREE * np.cos(np.radians(lat.mean()))]
        )
        nodes: Floats = np.stack([lat, lon], axis=1) * self._scale
        metres: Floats = np.array(course.distance_m)
        self._start, self._step = nodes[:-1], np.diff(nodes, axis=0)
        self._squared: Floats = np.maximum((self._step**2).sum(axis=1), 1e-9)
        self._start_m, self._step_m = metres[:-1], np.diff(metres)
        self._chains: Floats = np.zeros((6, 64))
        self._looked: list[_Looked] = []
        self._listed: tuple[int, frozenset[int], Fixes] = (-1, frozenset(), [])

    def list_fixes(self, columns: Columns, void: frozenset[int]) -> Fixes:
        """The fixes that are looked at, of all times; listed again only when there are others."""
        count = columns.count(Ping)
        if self._listed[:2] != (count, void):
            self._listed = count, void, list(_thinned(columns, self._sweep, void))
        return self._listed[2]

    def follow(self, fixes: Sequence[tuple[int, Ping]]) -> Step:
        """The track after fixes in the order of their times.

        What was found before is kept as long as the fixes up to there are the same.
        """
        same = 0
        for looked, (seq, _) in zip(self._looked, fixes, strict=False):
            if looked.seq != seq:
                break
            same += 1
        del self._looked[same:]
        for seq, ping in fixes[same:]:
            self._looked.append(self._look(seq, ping))
        return self._looked[-1].step if self._looked else NOWHERE

    def _look(self, seq: int, ping: Ping) -> _Looked:
        before = self._looked[-1] if self._looked else _Looked(NEVER, 0, NEVER, NOWHERE)
        ends = [
            end
            for along, off in self._near(ping)
            if (end := self._join(before, float(ping.seen_at), along, off)) is not None
        ]
        best, chains = before.best, before.chains
        if ends:
            self._store(chains, [end.chain for end in ends])
            best = self._choose(best, chains, ends)
            chains += len(ends)
        return _Looked(seq, chains, best, self._show(before.step, best, ping.seen_at))

    def _choose(self, best: int, chains: int, ends: list[_End]) -> int:
        """Which chain holds: the one that did, gone on, unless another is supported for so much longer."""
        strongest = max(range(len(ends)), key=lambda end: _strength(ends[end].chain))
        if best == NEVER:
            return chains + strongest
        gone_on = [end for end in range(len(ends)) if ends[end].joined_to == best]
        if gone_on:
            best = chains + max(gone_on, key=lambda end: _strength(ends[end].chain))
        longer_ms = ends[strongest].chain[SUPPORT] - self._chains[SUPPORT, best]
        return chains + strongest if longer_ms > CONTRADICTED_MS else best

    def _join(self, before: _Looked, at: float, along: float, off: float) -> _End | None:
        """The chain that goes on to this place: the one that holds, if it can and no other is supported for
        so much longer; else the one supported longest; else a first fix, if it can be one."""
        chains = before.chains
        first = max(0, chains - LOOKED_BACK)
        known = self._chains[:, first:chains]
        driven_m = self._driven_m(at)
        bound = known[FLOOR] + driven_m + SLACK_M
        possible: Bools = (along >= known[TOP] - SLACK_M) & (along <= bound)
        mine = along - driven_m
        if not possible.any():
            if along > FIRST_FIX_M + FIRST_FIX_SHARE * planned_m(self._sweep, int(at)):
                return None
            return _End(NEVER, (at, along, mine, 0.0, 1.0, off))
        support = known[SUPPORT] + np.minimum(at - known[AT], SPEAKS_FOR_MS)
        which = np.flatnonzero(possible)
        order = np.lexsort((known[OFF, which], -known[COUNT, which], -support[which]))
        place, held = int(which[order[0]]), before.best - first
        if held >= 0 and possible[held] and support[held] + CONTRADICTED_MS >= support[place]:
            place = held
        chain = (
            at,
            max(along, float(known[TOP, place])),
            min(mine, float(known[FLOOR, place])),
            float(support[place]),
            float(known[COUNT, place]) + 1.0,
            float(known[OFF, place]) + off,
        )
        return _End(first + place, chain)

    def _store(self, chains: int, new: list[tuple[float, ...]]) -> None:
        needed = chains + len(new)
        if needed > self._chains.shape[1]:
            bigger = np.zeros((6, 2 * needed))
            bigger[:, :chains] = self._chains[:, :chains]
            self._chains = bigger
        self._chains[:, chains:needed] = np.array(new).T

    def _show(self, before: Step, best: int, at: int) -> Step:
        """The track goes to the end of the chain that holds, ahead no faster than a car."""
        if best == NEVER:
            return before
        driven_m = self._driven_m(at)
        metres = min(float(self._chains[TOP, best]), before.floor + driven_m + SLACK_M)
        at_, fixes = int(self._chains[AT, best]), int(self._chains[COUNT, best])
        return Step(at_, metres, fixes, min(before.floor, metres - driven_m))

    def _driven_m(self, at: float) -> float:
        """Metres of the fastest car between the start of the sweep and a moment (UTC ms)."""
        return (at - self._sweep.start_at) / 1000.0 * FASTEST_M_PER_S

    def _near(self, ping: Ping) -> list[tuple[float, float]]:
        """Where the course comes near a fix: distance along it, and how far off the line, metres; one place
        for each time that it passes."""
        here = np.array([ping.lat, ping.lon]) * self._scale
        start, step = self._start, self._step
        share = np.clip(((here - start) * step).sum(axis=1) / self._squared, 0.0, 1.0)
        off = np.hypot(*(start + share[:, None] * step - here).T)
        along = self._start_m + share * self._step_m
        walled = np.concatenate([[np.inf], off, [np.inf]])
        nearest = (off < walled[:-2]) & (off <= walled[2:]) & (off < OFF_COURSE_M)
        return list(zip(along[nearest].tolist(), off[nearest].tolist(), strict=True))


def _strength(chain: tuple[float, ...]) -> tuple[float, ...]:
    """Of the places that one fix may mean the one that is supported longest, by most fixes, is nearest to
    the line, and least far along."""
    return chain[SUPPORT], chain[COUNT], -chain[OFF], -chain[TOP]


def _thinned(columns: Columns, sweep: Sweep, void: frozenset[int]) -> Iterator[tuple[int, Ping]]:
    """A fix that only repeats the position before it is none: a phone that no longer knows where it is goes
    on telling the last place that it knew."""
    taken: set[tuple[str, int]] = set()
    before: dict[str, tuple[float, float]] = {}
    closes = place_key(sweep.vehicle)
    for logged, ping in columns.of_kind(Ping):
        if (
            ping.seen_at < sweep.start_at - EARLY_MS
            or (ping.accuracy_m is not None and ping.accuracy_m > WORST_ACCURACY_M)
            or logged.seq in void
            or place_key(ping.vehicle) != closes
        ):
            continue
        source, here = logged.id.source, (ping.lat, ping.lon)
        if before.get(source) == here:
            continue
        before[source] = here
        turn = (source, ping.seen_at // EVERY_MS)
        if turn not in taken:
            taken.add(turn)
            yield logged.seq, ping


def planned_m(sweep: Sweep, at: int) -> float:
    """Metres that the plan has the car along the course at a moment (UTC ms), beyond the end if late."""
    return max(0, at - sweep.start_at) / sweep.pace_s_per_km


def track_sweep(
    columns: Columns, event: Event, line: SweepLine | None, void: frozenset[int], now: int
) -> SweepTrack | None:
    """Where the sweep is; None when the event has none. The plan's place is said beside the fix."""
    if event.sweep is None:
        return None
    race = event.get_race(event.sweep.race)
    planned = min(planned_m(event.sweep, now), race.distance_m)
    last = NOWHERE
    if line is not None:
        fixes = line.list_fixes(columns, void)
        until = bisect_right(fixes, now + FUTURE_MS, key=lambda fix: fix[1].seen_at)
        last = line.follow(fixes[:until])
    return SweepTrack(
        seen_at=last.at,
        distance_m=last.metres if last.fixes else planned,
        planned_m=planned,
        fixes=last.fixes,
    )
