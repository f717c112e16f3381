"""The course of a race as pieces of the one line that the plan has, and where along it a position is.

The line is that of the longest race. Another race is on it as far as the points say that both share: where
two of them are equally far apart for both, the way between is the same; where they are not, the other race
leaves the line somewhere behind the first and is back before the second.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from homestretch.race.course import Course
from homestretch.race.event import Event, Race
from homestretch.state.snapshot import Floats

METRES_PER_DEGREE = 111_195.0
"""Metres of one degree of latitude on a sphere of 6,371 km."""
SAME_WAY_M = 50.0


class Piece(NamedTuple):
    """From where to where along the line a race runs, and what is taken off for its own metres."""

    from_m: float
    to_m: float
    shift_m: float


def list_pieces(event: Event, race: Race) -> list[Piece]:
    """The pieces of the line on which a race runs, in its order."""
    longest = max(event.races, key=lambda other: other.distance_m)
    both = sorted(
        (point.distance_m[race.id], point.distance_m[longest.id])
        for point in event.points
        if {race.id, longest.id} <= point.distance_m.keys()
    )
    if race is longest or not both:
        return [Piece(0.0, race.distance_m, 0.0)]
    pieces = []
    for (own_m, line_m), (next_m, next_line_m) in pairwise(both):
        run_m = next_m - own_m
        if abs(next_line_m - line_m - run_m) <= SAME_WAY_M:
            pieces.append(Piece(line_m, next_line_m, line_m - own_m))
        elif next_line_m > line_m:
            leaves_m, returns_m = line_m + run_m, next_line_m - run_m
            pieces.append(Piece(line_m, min(leaves_m, next_line_m), line_m - own_m))
            pieces.append(Piece(max(returns_m, line_m), next_line_m, next_line_m - next_m))
    (first_m, first_line_m), (last_m, last_line_m) = both[0], both[-1]
    before = Piece(first_line_m - first_m, first_line_m, first_line_m - first_m)
    after = Piece(last_line_m, last_line_m + race.distance_m - last_m, last_line_m - last_m)
    return [before, *pieces, after]


class CourseLine:
    """The course of one race, flat around its middle: true enough over a few tens of kilometres."""

    def __init__(self, course: Course, pieces: list[Piece]) -> None:
        lat, lon = np.array(course.lat), np.array(course.lon)
        east = METRES_PER_DEGREE * np.cos(np.radians(lat.mean()))
        self._scale: Floats = np.array([METRES_PER_DEGREE, east])
        nodes, metres = np.stack([lat, lon], axis=1) * self._scale, np.array(course.distance_m)
        step, length_m = np.diff(nodes, axis=0), np.diff(metres)
        parts = []
        for from_m, to_m, shift_m in pieces:
            on = np.flatnonzero((metres[1:] >= from_m) & (metres[:-1] <= to_m) & (length_m > 0))
            first = np.clip((from_m - metres[on]) / length_m[on], 0.0, 1.0)
            last = np.clip((to_m - metres[on]) / length_m[on], first, 1.0)
            along = metres[on] - shift_m
            parts.append(np.column_stack([nodes[on], step[on], along, length_m[on], first, last]))
        table = np.concatenate(parts)
        self._start, self._step = table[:, :2], table[:, 2:4]
        self._along_m, self._length_m, self._first, self._last = table[:, 4:].T
        self._squared: Floats = np.maximum((self._step**2).sum(axis=1), 1e-9)

    def near(self, lat: float, lon: float) -> tuple[Floats, Floats]:
        """(segments,) metres along the race of the place on each segment that is nearest to a position, and
        (segments,) how far off the position is, metres."""
        here = np.array([lat, lon]) * self._scale
        share = ((here - self._start) * self._step).sum(axis=1) / self._squared
        share = np.clip(share, self._first, self._last)
        off = np.hypot(*(self._start + share[:, None] * self._step - here).T)
        return self._along_m + share * self._length_m, off

    def apart_m(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """Metres between two positions (lat, lon)."""
        north, east = (np.array(one) - np.array(other)) * self._scale
        return float(np.hypot(north, east))
