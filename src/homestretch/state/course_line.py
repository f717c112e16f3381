"""The course of a race as pieces of the one line that the plan has, and where along it a position is.

The line is that of the longest race. Another race is on it as far as the points say that both share: where
two of them are equally far apart for both, the way between is the same; where they are not, the other race
leaves the line somewhere behind the first and is back before the second.
"""

from __future__ import annotations

import math
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
        self._scale = (METRES_PER_DEGREE, float(east))
        nodes, metres = np.stack([lat, lon], axis=1) * self._scale, np.array(course.distance_m)
        step, length_m = np.diff(nodes, axis=0), np.diff(metres)
        parts = []
        for from_m, to_m, shift_m in pieces:
            on = np.flatnonzero((metres[1:] >= from_m) & (metres[:-1] <= to_m) & (length_m > 0))
            first = np.clip((from_m - metres[on]) / length_m[on], 0.0, 1.0)
            last = np.clip((to_m - metres[on]) / length_m[on], first, 1.0)
            along = metres[on] - shift_m
            parts.append(np.column_stack([nodes[on], step[on], along, length_m[on], first, last]))
        table = np.ascontiguousarray(np.concatenate(parts).T)
        self._north, self._east, self._to_north, self._to_east = table[:4]
        self._along_m, self._length_m, self._first, self._last = table[4:]
        self._squared: Floats = np.maximum(self._to_north**2 + self._to_east**2, 1e-9)

    def near(self, lat: float, lon: float) -> tuple[Floats, Floats]:
        """(segments,) metres along the race of the place on each segment that is nearest to a position, and
        (segments,) how far off the position is, metres."""
        north = lat * self._scale[0] - self._north
        east = lon * self._scale[1] - self._east
        share = (north * self._to_north + east * self._to_east) / self._squared
        share = np.minimum(np.maximum(share, self._first), self._last)
        off = np.hypot(north - share * self._to_north, east - share * self._to_east)
        return self._along_m + share * self._length_m, off

    def apart_m(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """Metres between two positions (lat, lon)."""
        north, east = ((a - b) * scale for a, b, scale in zip(one, other, self._scale, strict=True))
        return math.hypot(north, east)
