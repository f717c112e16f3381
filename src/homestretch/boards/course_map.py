"""The course seen from above: the line of the GPX file, projected and made simple, with its points."""

from __future__ import annotations

from functools import lru_cache

import msgspec
import numpy as np

from homestretch.boards.ribbon import Ribbon
from homestretch.picture import Picture
from homestretch.race.course import Course
from homestretch.race.saying import joined, said
from homestretch.state.snapshot import Bools, Floats

MOST_POINTS = 300
SIDE = 1000.0
"""the longer side of the drawing, in its own units"""
SAME_SPOT = 8.0
"""points nearer than that are one dot with two names (a start that is the finish)"""


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, in the drawing's units from its upper left corner."""

    name: str
    x: float
    y: float
    hollow: bool = False


class CourseMap(msgspec.Struct, frozen=True, kw_only=True):
    """The line as (x, y) in the drawing's units (y grows downwards), about 300 points at most."""

    width: float
    height: float
    line: tuple[tuple[float, float], ...]
    spots: tuple[Spot, ...]
    sweep: Spot | None
    lantern: Spot | None


def make_course_map(picture: Picture, ribbon: Ribbon) -> CourseMap | None:
    """The map with what the ribbon shows, None when the course has no line."""
    if len(picture.course.lat) < 2:
        return None
    drawn, lantern = _project(picture.course), ribbon.lantern
    spots: dict[tuple[int, int], Spot] = {}
    for dot in ribbon.dots:
        if dot.race:
            continue
        x, y = drawn.at(dot.at_m)
        place, names = (round(x / SAME_SPOT), round(y / SAME_SPOT)), [dot.name]
        if place in spots:
            names.insert(0, spots[place].name)
        spots[place] = Spot(name=joined(names, " · "), x=x, y=y, hollow=dot.silent or dot.lifted)
    return CourseMap(
        width=drawn.width,
        height=drawn.height,
        line=drawn.line,
        spots=tuple(spots.values()),
        sweep=_spot(drawn, said("sweep"), ribbon.sweep.at_m if ribbon.sweep else None),
        lantern=_spot(
            drawn,
            said("last runner"),
            lantern.at_m if lantern and lantern.on_longest else None,
            hollow=lantern is not None and lantern.unseen,
        ),
    )


def _spot(drawn: _Drawn, name: str, at_m: float | None, *, hollow: bool = False) -> Spot | None:
    if at_m is None:
        return None
    x, y = drawn.at(at_m)
    return Spot(name=name, x=x, y=y, hollow=hollow)


class _Drawn:
    """A course in the units of its drawing."""

    def __init__(self, x: Floats, y: Floats, distance_m: Floats) -> None:
        self._x, self._y, self._distance_m = x, y, distance_m
        self.width, self.height = round(float(x.max()), 1), round(float(y.max()), 1)
        kept = _simplify(x, y)
        self.line = tuple(
            (round(float(a), 1), round(float(b), 1)) for a, b in zip(x[kept], y[kept], strict=True)
        )

    def at(self, distance_m: float) -> tuple[float, float]:
        """Where a distance along the course lies."""
        x = float(np.interp(distance_m, self._distance_m, self._x))
        y = float(np.interp(distance_m, self._distance_m, self._y))
        return round(x, 1), round(y, 1)


@lru_cache(maxsize=8)
def _project(course: Course) -> _Drawn:
    """Equirectangular around the middle of the course: true enough over a few tens of kilometres."""
    lat, lon = np.radians(course.lat), np.radians(course.lon)
    middle = (lat.max() + lat.min()) / 2
    x, y = (lon - lon.min()) * np.cos(middle), lat.max() - lat
    scale = SIDE / max(float(x.max()), float(y.max()), 1e-9)
    return _Drawn(x * scale, y * scale, np.asarray(course.distance_m, np.float64))


def _simplify(x: Floats, y: Floats) -> Bools:
    """(points,) which points to keep: Douglas and Peucker (1973), coarser until few enough are left."""
    tolerance = 0.5
    while True:
        kept = _douglas_peucker(x, y, tolerance)
        if np.count_nonzero(kept) <= MOST_POINTS:
            return kept
        tolerance *= 1.5


def _douglas_peucker(x: Floats, y: Floats, tolerance: float) -> Bools:
    kept: Bools = np.zeros(len(x), np.bool_)
    kept[[0, -1]] = True
    open_spans = [(0, len(x) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        dx, dy = x[last] - x[first], y[last] - y[first]
        length = float(np.hypot(dx, dy))
        px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
        away = np.abs(px * dy - py * dx) / length if length > 0 else np.hypot(px, py)
        farthest = int(np.argmax(away))
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            kept[middle] = True
            open_spans += [(first, middle), (middle, last)]
    return kept
