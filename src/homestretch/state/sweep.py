"""The sweep car along the course: fixes snapped to the line so that distance never runs backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from homestretch.facts import Ping
from homestretch.race.course import Course
from homestretch.race.event import Event, Sweep
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, Floats, SweepTrack

METRES_PER_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""
WORST_ACCURACY_M = 100.0
OFF_COURSE_M = 150.0
FASTEST_M_PER_S = 20.0
SLACK_M = 100.0
FIRST_FIX_M, FIRST_FIX_SHARE = 500.0, 1.5
"""A first fix is near the start, or not more than half as far again as the plan has the car by then: the
course may pass that place again later, and the phone may be on long before the car is on the course."""


class Step(NamedTuple):
    """The track after one fix: its log position, the time and place of the last fix that could be used."""

    seq: int
    at: int
    metres: float
    fixes: int


class SweepLine:
    """Fixes of one vehicle on one course. Each fix is projected once; the track is read off at any now."""

    def __init__(self, course: Course, sweep: Sweep) -> None:
        self._sweep = sweep
        lat, lon = np.array(course.lat), np.array(course.lon)
        self._scale = np.array(
            [METRES_PER_DEGREE, METRES_PER_DEGREE * np.cos(np.radians(lat.mean()))]
        )
        self._nodes: Floats = np.stack([lat, lon], axis=1) * self._scale
        self._metres: Floats = np.array(course.distance_m)
        self._steps: list[Step] = []

    def follow(self, fixes: Sequence[tuple[int, Ping]]) -> Step:
        """The last step of a track through fixes (log position, ping) in the order of their times.

        Steps that were taken before are kept as long as the fixes up to them are the same.
        """
        same = 0
        for same, (step, (seq, _)) in enumerate(zip(self._steps, fixes, strict=False), start=1):
            if step.seq != seq:
                same -= 1
                break
        del self._steps[same:]
        for seq, ping in fixes[same:]:
            before = self._steps[-1] if self._steps else Step(NEVER, NEVER, 0.0, 0)
            self._steps.append(self._step(before, seq, ping))
        return self._steps[-1] if self._steps else Step(NEVER, NEVER, 0.0, 0)

    def _step(self, before: Step, seq: int, ping: Ping) -> Step:
        """One fix: the nearest place on the line that the car can have reached, never backwards."""
        along, off = self._near(ping)
        if before.fixes:
            reach = before.metres + SLACK_M + (ping.seen_at - before.at) / 1000.0 * FASTEST_M_PER_S
            possible = (along >= before.metres - SLACK_M) & (along <= reach)
        else:
            possible = along <= FIRST_FIX_M + FIRST_FIX_SHARE * planned_m(self._sweep, ping.seen_at)
        if not possible.any():
            return before._replace(seq=seq)
        best = float(along[int(np.where(possible, off, np.inf).argmin())])
        return Step(seq, ping.seen_at, max(before.metres, best), before.fixes + 1)

    def _near(self, ping: Ping) -> tuple[Floats, Floats]:
        """(k,) distances along the course near a fix, and how far off the line each is, metres."""
        here = np.array([ping.lat, ping.lon]) * self._scale
        start, step = self._nodes[:-1], np.diff(self._nodes, axis=0)
        squared = np.maximum((step**2).sum(axis=1), 1e-9)
        share = np.clip(((here - start) * step).sum(axis=1) / squared, 0.0, 1.0)
        off = np.hypot(*(start + share[:, None] * step - here).T)
        along = self._metres[:-1] + share * np.diff(self._metres)
        close = off < OFF_COURSE_M
        return along[close], off[close]


def without_repeats(fixes: Iterable[tuple[int, Ping]]) -> Iterator[tuple[int, Ping]]:
    """Fixes that do not only repeat the position before them: a phone that no longer knows where it is goes
    on telling the last place that it knew."""
    before = None
    for seq, ping in fixes:
        here = ping.lat, ping.lon
        if here != before:
            yield seq, ping
        before = here


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
    fixes = [
        (logged.seq, ping)
        for logged, ping in columns.of_kind(Ping)
        if ping.vehicle == event.sweep.vehicle
        and logged.seq not in void
        and ping.seen_at <= now + 60_000
        and (ping.accuracy_m is None or ping.accuracy_m <= WORST_ACCURACY_M)
    ]
    fixes = list(without_repeats(fixes))
    last = line.follow(fixes) if line is not None else Step(NEVER, NEVER, 0.0, 0)
    return SweepTrack(
        seen_at=last.at,
        distance_m=last.metres if last.fixes else planned,
        planned_m=planned,
        fixes=last.fixes,
    )
