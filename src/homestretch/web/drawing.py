"""Boards' numbers as shapes: the ribbon and the course map, for the templates.

Horizontal places are per cent of the width and heights are em, so that words keep their size on a phone,
a desk and a wall. Two sets of words are laid out, for narrow and for wide; the style sheet shows one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from homestretch.boards.course_map import CourseMap
from homestretch.boards.ribbon import FULL, Dot, Ribbon
from homestretch.boards.words import say_minutes
from homestretch.web.cars import Car, say_car, say_sweep
from homestretch.web.labels import Anchor, Placed, Words, place_along, place_flags, width_em

WIDTHS_EM = {"narrow": 20.0, "wide": 39.0}
"""the narrowest a drawing is laid out for: a phone of 320 px, and whatever is wider than 40 rem"""
INSET = 0.02
LANE_EM = 1.45
ROAD_EM, EMPTY_EM = 0.7, 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """How much room a ribbon takes: the ridge's height (em), and whether points have their names."""

    ridge_em: float
    names: bool = True


SIZES = {"home": Size(9.0), "small": Size(3.0), "wall": Size(7.0)}


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place (``x``, ``y``: per cent or em), moved from there by ``dx`` and ``dy`` (em).

    ``width`` (em) is a generous one, for a frame around them.
    """

    words: str
    x: str
    y: str
    anchor: Anchor
    dx: str = "0em"
    dy: str = "0em"
    kind: str = ""
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Pole:
    """A thin line from a label down to the road."""

    x: str
    top: str
    kind: str


@dataclass(frozen=True, slots=True)
class Lettering:
    """The words of a ribbon for one width."""

    shape: str
    names: tuple[Text, ...]
    flags: tuple[Text, ...]
    poles: tuple[Pole, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot on the road and what it says when pointed at."""

    x: str
    title: str
    hollow: bool


@dataclass(frozen=True, slots=True)
class RibbonDrawing:
    """Everything the template of a ribbon needs."""

    height: str
    ridge_top: str
    ridge_height: str
    ridges: tuple[str, ...]
    steps: int
    full: int
    road: str
    dots: tuple[Mark, ...]
    sweep: str | None
    behind: str | None
    lantern: str | None
    here: str | None
    cars: tuple[Car, ...]
    letterings: tuple[Lettering, ...]


def draw_ribbon(ribbon: Ribbon, size_name: str, units: str) -> RibbonDrawing:
    """The shapes of a ribbon; ``size_name`` is one of SIZES, ``units`` mi or km for the closing pace."""
    size, at = SIZES[size_name], _Along(ribbon.length_m)
    standing = {
        shape: place_flags(_list_flags(ribbon, at, units, shape), width)
        for shape, width in WIDTHS_EM.items()
    }
    lanes = max((label.lane + 1 for labels in standing.values() for label in labels), default=0)
    top = LANE_EM * lanes + 0.4
    ridge_em = size.ridge_em if ribbon.ridges or ribbon.sweep else EMPTY_EM
    road = top + ridge_em + ROAD_EM / 2
    names = [Words(dot.name, at.share(dot.at_m)) for dot in ribbon.dots] if size.names else []
    return RibbonDrawing(
        height=_em(road + ROAD_EM / 2 + (2.0 if size.names else 0.6)),
        ridge_top=_em(top),
        ridge_height=_em(ridge_em),
        ridges=_ridge_paths(ribbon),
        steps=max((len(ridge.heights) for ridge in ribbon.ridges), default=2) - 1,
        full=FULL,
        road=_em(road),
        dots=tuple(
            Mark(at.x(dot.at_m), _say_dot(dot), dot.silent or dot.lifted) for dot in ribbon.dots
        ),
        sweep=at.x(ribbon.sweep.at_m) if ribbon.sweep else None,
        behind=_percent(at.share(ribbon.sweep.at_m) - INSET) if ribbon.sweep else None,
        lantern=at.x(ribbon.lantern.at_m) if ribbon.lantern else None,
        here=at.x(ribbon.here.at_m) if ribbon.here else None,
        cars=tuple(Car(at.x(car.at_m), car.kind, say_car(car)) for car in ribbon.vehicles),
        letterings=tuple(
            Lettering(
                shape=shape,
                names=tuple(_text(label, road + 1.9) for label in place_along(names, width)),
                flags=tuple(
                    _text(label, LANE_EM * (label.lane + 1) - 0.35) for label in standing[shape]
                ),
                poles=tuple(_pole(label) for label in standing[shape]),
            )
            for shape, width in WIDTHS_EM.items()
        ),
    )


class _Along:
    """Metres along the road as a share of the drawing's width."""

    def __init__(self, length_m: float) -> None:
        self._length_m = length_m

    def share(self, at_m: float) -> float:
        return INSET + (1 - 2 * INSET) * min(max(at_m / self._length_m, 0.0), 1.0)

    def x(self, at_m: float) -> str:
        return _percent(self.share(at_m))


def _ridge_paths(ribbon: Ribbon) -> tuple[str, ...]:
    """Silhouettes to be drawn one over the other: all races first, the longest alone last."""
    sums = accumulate(
        (ridge.heights for ridge in ribbon.ridges),
        lambda a, b: tuple(map(sum, zip(a, b, strict=True))),
    )
    paths = []
    for heights in sums:
        points = " ".join(
            f"{step},{FULL - min(height, FULL)}" for step, height in enumerate(heights)
        )
        paths.append(f"M0,{FULL}L{points} {len(heights) - 1},{FULL}Z")
    return tuple(reversed(paths))


def _list_flags(ribbon: Ribbon, at: _Along, units: str, shape: str) -> list[Words]:
    """The car, the lantern and the runner of the page; on a phone in fewer words."""
    flags = []
    if ribbon.sweep:
        words = say_sweep(ribbon.sweep, units)
        flags.append(Words(words, at.share(ribbon.sweep.at_m), "is-sweep"))
    if ribbon.lantern:
        ahead = ribbon.lantern.ahead_min
        margin = "" if ahead is None or shape == "narrow" else f", {say_minutes(ahead)} ahead"
        flags.append(Words(f"last runner{margin}", at.share(ribbon.lantern.at_m), "is-lantern"))
    if ribbon.here:
        flags.append(Words(ribbon.here.label, at.share(ribbon.here.at_m), "is-here"))
    return flags


def _pole(label: Placed) -> Pole:
    return Pole(_percent(label.x), _em(LANE_EM * (label.lane + 1) - 0.1), label.kind)


def _text(label: Placed, y: float) -> Text:
    wide = width_em(label.words)
    return Text(label.words, _percent(label.x), _em(y), label.anchor, kind=label.kind, width=wide)


def _say_dot(dot: Dot) -> str:
    if dot.lifted:
        return f"{dot.name}: mat lifted"
    return f"{dot.name}: silent" if dot.silent else dot.name


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _em(value: float) -> str:
    return f"{value:.2f}em"


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """The course from above: a path in its own units, and words over it in per cent."""

    width: float
    height: float
    path: str
    dots: tuple[tuple[str, str, bool, str], ...]
    letterings: tuple[tuple[str, tuple[Text, ...]], ...]
    sweep: tuple[str, str] | None
    lantern: tuple[str, str] | None


MARGIN = 40.0
"""units of the map around the line, so that dots and names at its edge are whole"""
MAP_EM = {"narrow": 20.0, "wide": 34.0}


def draw_map(course: CourseMap) -> MapDrawing:
    """The shapes of a course map."""
    width, height = course.width + 2 * MARGIN, course.height + 2 * MARGIN
    spots = tuple(
        (spot.name, (spot.x + MARGIN) / width, (spot.y + MARGIN) / height) for spot in course.spots
    )
    line = tuple(((x + MARGIN) / width, (y + MARGIN) / height) for x, y in course.line)
    moving = {
        name: (_percent((spot.x + MARGIN) / width), _percent((spot.y + MARGIN) / height))
        if spot
        else None
        for name, spot in (("sweep", course.sweep), ("lantern", course.lantern))
    }
    path = " ".join(f"{x + MARGIN:.1f},{y + MARGIN:.1f}" for x, y in course.line)
    return MapDrawing(
        width=round(width, 1),
        height=round(height, 1),
        path=f"M{path}",
        dots=tuple(
            (_percent(x), _percent(y), spot.hollow, name)
            for (name, x, y), spot in zip(spots, course.spots, strict=True)
        ),
        letterings=tuple(
            (shape, _name_spots(spots, line, em, em * height / width))
            for shape, em in MAP_EM.items()
        ),
        sweep=moving["sweep"],
        lantern=moving["lantern"],
    )


_AROUND: tuple[tuple[float, float, Anchor], ...] = (
    (0.7, 0.35, "start"),
    (-0.7, 0.35, "end"),
    (0.0, -0.85, "middle"),
    (0.0, 1.55, "middle"),
)


@lru_cache(maxsize=32)
def _name_spots(
    spots: tuple[tuple[str, float, float], ...],
    line: tuple[tuple[float, float], ...],
    width: float,
    height: float,
) -> tuple[Text, ...]:
    """Names beside their dots, off the line where there is room; a name without room is left out."""
    taken = [
        (x * width - 0.4, y * height - 0.4, x * width + 0.4, y * height + 0.4) for _, x, y in spots
    ]
    road = [(x * width, y * height) for x, y in line]
    found = []
    for name, x, y in spots:
        best = None
        for dx, dy, anchor in _AROUND:
            at, wide = x * width + dx, width_em(name)
            left = at - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y * height + dy - 1.0, left + wide, y * height + dy + 0.3)
            outside = box[0] < 0 or box[2] > width or box[1] < 0 or box[3] > height
            if outside or any(_overlap(box, other) for other in taken):
                continue
            crossed = sum(box[0] < a < box[2] and box[1] < b < box[3] for a, b in road)
            if best is None or crossed < best[0]:
                best = (
                    crossed,
                    box,
                    Text(name, _percent(x), _percent(y), anchor, _em(dx), _em(dy)),
                )
        if best is not None:
            taken.append(best[1])
            found.append(best[2])
    return tuple(found)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
