"""The sweep car along the course: fixes snapped to the line so that distance never runs backwards."""

from __future__ import annotations

import numpy as np

from homestretch.facts import Ping
from homestretch.race.course import Course
from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Floats, SweepTrack

METRES_PER_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""
WORST_ACCURACY_M = 100.0
OFF_COURSE_M = 150.0
FASTEST_M_PER_S = 20.0
SLACK_M = 100.0


class SweepLine:
    """Fixes of one vehicle on one course. Each fix is projected once; the track is read off at any now."""

    def __init__(self, course: Course) -> None:
        lat, lon = np.array(course.lat), np.array(course.lon)
        self._scale = np.array(
            [METRES_PER_DEGREE, METRES_PER_DEGREE * np.cos(np.radians(lat.mean()))]
        )
        self._nodes: Floats = np.stack([lat, lon], axis=1) * self._scale
        self._metres: Floats = np.array(course.distance_m)
        self._near: dict[int, tuple[Floats, Floats]] = {}

    def near(self, seq: int, ping: Ping) -> tuple[Floats, Floats]:
        """(k,) distances along the course near a fix, and how far off the line each is, metres."""
        if seq not in self._near:
            here = np.array([ping.lat, ping.lon]) * self._scale
            start, step = self._nodes[:-1], np.diff(self._nodes, axis=0)
            squared = np.maximum((step**2).sum(axis=1), 1e-9)
            share = np.clip(((here - start) * step).sum(axis=1) / squared, 0.0, 1.0)
            off = np.hypot(*(start + share[:, None] * step - here).T)
            along = self._metres[:-1] + share * np.diff(self._metres)
            close = off < max(
                OFF_COURSE_M, float(off.min()) + 30.0 if off.min() < OFF_COURSE_M else 0.0
            )
            self._near[seq] = (along[close], off[close])
        return self._near[seq]


def track_sweep(
    columns: Columns, event: Event, line: SweepLine | None, void: frozenset[int], now: int
) -> SweepTrack | None:
    """Where the sweep is; None when the event has none. The plan's place is said beside the fix."""
    if event.sweep is None:
        return None
    race = event.get_race(event.sweep.race)
    rolling_s = max(0, now - event.sweep.start_at) / 1000.0
    planned_m = min(rolling_s / event.sweep.pace_s_per_km * 1000.0, race.distance_m)
    at, metres, fixes = -1, 0.0, 0
    for logged, ping in columns.of_kind(Ping) if line is not None else ():
        if (
            ping.vehicle != event.sweep.vehicle
            or logged.seq in void
            or not 0 <= ping.seen_at <= now + 60_000
        ):
            continue
        if ping.accuracy_m is not None and ping.accuracy_m > WORST_ACCURACY_M:
            continue
        assert line is not None
        along, off = line.near(logged.seq, ping)
        reach = (
            metres
            + SLACK_M
            + (max(0, ping.seen_at - at) / 1000.0 * FASTEST_M_PER_S if fixes else 500.0)
        )
        possible = (along >= metres - SLACK_M) & (
            along <= max(reach, planned_m if not fixes else 0.0)
        )
        if not possible.any():
            continue
        best = int(np.where(possible, off, np.inf).argmin())
        at, metres, fixes = ping.seen_at, max(metres, float(along[best])), fixes + 1
    return SweepTrack(
        seen_at=at, distance_m=metres if fixes else planned_m, planned_m=planned_m, fixes=fixes
    )
