"""The line of the course, and where along it a position is."""

from __future__ import annotations

import numpy as np

from homestretch.race.course import Course
from homestretch.race.event import Event
from homestretch.state.snapshot import Floats

METRES_PER_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""


class CourseLine:
    """A stretch of the course (all of it when there is no such stretch), flat around its middle: true enough over a few tens of kilometres."""

    def __init__(self, course: Course, from_m: float = 0.0, to_m: float = np.inf) -> None:
        lat, lon = np.array(course.lat), np.array(course.lon)
        east = METRES_PER_DEGREE * np.cos(np.radians(lat.mean()))
        self.scale: Floats = np.array([METRES_PER_DEGREE, east])
        """metres of a degree of latitude and of longitude here"""
        nodes, metres = np.stack([lat, lon], axis=1) * self.scale, np.array(course.distance_m)
        on = (metres[1:] >= from_m) & (metres[:-1] <= to_m)
        if not on.any():
            on[:] = True
        self.begins_m = max(from_m, 0.0)
        self._start: Floats = nodes[:-1][on]
        self._step: Floats = np.diff(nodes, axis=0)[on]
        self._squared: Floats = np.maximum((self._step**2).sum(axis=1), 1e-9)
        self._from_m: Floats = metres[:-1][on]
        self._length_m: Floats = np.diff(metres)[on]
        whole_m = np.maximum(self._length_m, 1e-9)
        self._first: Floats = np.clip((from_m - self._from_m) / whole_m, 0.0, 1.0)
        self._last: Floats = np.clip((to_m - self._from_m) / whole_m, self._first, 1.0)

    def near(self, lat: float, lon: float) -> tuple[Floats, Floats]:
        """(segments,) metres along the course of the place on each segment that is nearest to a position,
        and (segments,) how far off the position is, metres."""
        here = np.array([lat, lon]) * self.scale
        share = ((here - self._start) * self._step).sum(axis=1) / self._squared
        share = np.clip(share, self._first, self._last)
        off = np.hypot(*(self._start + share[:, None] * self._step - here).T)
        return self._from_m + share * self._length_m, off

    def apart_m(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """Metres between two positions (lat, lon)."""
        north, east = (np.array(one) - np.array(other)) * self.scale
        return float(np.hypot(north, east))


def line_offsets(event: Event, distance_m: Floats) -> tuple[int, tuple[float, ...]]:
    """The longest race, on whose line all races are drawn, and how far along it each race begins.

    ``distance_m`` is (races, points), NaN where a race does not pass. A race that starts elsewhere on the
    longest course is shifted by what their shared points say.
    """
    races = event.races
    longest = max(range(len(races)), key=lambda race: races[race].distance_m)
    offsets = []
    for race in range(len(races)):
        shift = distance_m[longest] - distance_m[race]
        shared = shift[~np.isnan(shift)]
        offsets.append(float(np.median(shared)) if len(shared) else 0.0)
    return longest, tuple(offsets)
