"""Lines that become one: minutes ahead over distance, as shapes for the page (per cent and em) and for the card."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homestretch.boards.story_parts import Line, Told
from homestretch.web.drawing import in_em, in_percent
from homestretch.web.labels import Anchor

LEFT, RIGHT = 0.03, 0.03
TOP_EM, HEIGHT_EM, FOOT_EM = 2.2, 13.0, 1.0
APART: Final = {"narrow": 0.2, "wide": 0.085}
"""Names of points stand at least so far apart (shares of the width)."""
FLAT_MIN = 4.0
"""Less than so many minutes between all lines is drawn as nearly nothing: a picture must not make a hill of a second."""
BEHIND_MIN: Final = 0.5
KINDS: Final = ("is-first", "is-second", "is-third")


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece of a line: x1, y1, x2, y2."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Way:
    """One runner's line, with its bends (x, y, what a reader of the screen hears)."""

    kind: str
    name: str
    pieces: tuple[Piece, ...]
    bends: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The name of a point over its thin line."""

    x: str
    name: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class StoryDrawing:
    """Lines over a road: the car's plan (or the even pace) is the road itself."""

    height: str
    road_y: str
    ways: tuple[Way, ...]
    poles: tuple[str, ...]
    narrow: tuple[Place, ...]
    wide: tuple[Place, ...]
    together: tuple[str, str, Anchor] | None
    minutes: tuple[tuple[str, str, bool], ...]
    """heights of whole tens of minutes: y, how many, and whether that is ahead"""
    behind: bool
    """whether somebody was behind the plan somewhere, so that a side of the road needs a name"""


@dataclass(frozen=True, slots=True)
class Scale:
    """From metres and minutes to shares of the width (0 to 1, from the left) and of the height (0 to 1, from above)."""

    length_m: float
    low: float
    high: float

    def x(self, at_m: float) -> float:
        """Share of the width."""
        return LEFT + (1 - LEFT - RIGHT) * min(at_m / max(self.length_m, 1.0), 1.0)

    def y(self, ahead_min: float) -> float:
        """Share of the height."""
        return (self.high - ahead_min) / (self.high - self.low)


def make_scale(told: Told) -> Scale:
    """The scale that holds every bend and, where it is near, the car's plan at zero."""
    ahead = [bend.ahead_min for line in told.lines for bend in line.bends] or [0.0]
    low, high = min(0.0, *ahead), max(0.0, *ahead)
    missing = max(0.0, FLAT_MIN - (high - low))
    return Scale(told.length_m, low, high + missing)


def draw_story(told: Told) -> StoryDrawing:
    """The picture of a story for its page."""
    scale = make_scale(told)

    def y(ahead_min: float) -> str:
        return in_em(TOP_EM + HEIGHT_EM * scale.y(ahead_min))

    points = [(name, scale.x(at_m)) for name, at_m in told.points]
    return StoryDrawing(
        height=in_em(TOP_EM + HEIGHT_EM + FOOT_EM),
        road_y=y(0.0),
        ways=tuple(_way(line, at, scale, y) for at, line in enumerate(told.lines)),
        poles=tuple(in_percent(x) for _, x in points),
        narrow=_places(points, APART["narrow"]),
        wide=_places(points, APART["wide"]),
        together=_together(told, scale),
        minutes=_minutes(scale, y),
        behind=is_behind(told),
    )


def _way(line: Line, at: int, scale: Scale, y: object) -> Way:
    assert callable(y)
    spots = [(in_percent(scale.x(bend.at_m)), y(bend.ahead_min)) for bend in line.bends]
    return Way(
        kind=KINDS[min(at, len(KINDS) - 1)],
        name=line.who.name,
        pieces=tuple(Piece(*one, *other) for one, other in itertools.pairwise(spots)),
        bends=tuple(
            (*spot, f"{line.who.name}, {bend.name}")
            for spot, bend in zip(spots, line.bends, strict=True)
        ),
    )


def _places(points: Sequence[tuple[str, float]], apart: float) -> tuple[Place, ...]:
    """The names that fit: the ends first, then from the left whatever is far enough from those that stand."""
    order = [*points[:1], *points[-1:], *points[1:-1]]
    kept: list[tuple[str, float]] = []
    for name, x in order:
        if all(abs(x - other) >= apart for _, other in kept):
            kept.append((name, x))
    return tuple(
        Place(in_percent(x), name, _anchor(x)) for name, x in sorted(kept, key=lambda one: one[1])
    )


def _anchor(x: float) -> Anchor:
    return "start" if x < 0.08 else "end" if x > 0.92 else "middle"


def _together(told: Told, scale: Scale) -> tuple[str, str, Anchor] | None:
    """Where the words stand that say since when: above the way together, from its beginning on."""
    since = next((at_m for name, at_m in told.points if name == told.since), None)
    if since is None or not since:
        return None
    bends = [bend for line in told.lines for bend in line.bends if bend.at_m >= since]
    if not bends:
        return None
    x, top = scale.x(since), min(scale.y(bend.ahead_min) for bend in bends)
    return in_percent(x), in_em(max(TOP_EM + 0.6, TOP_EM + HEIGHT_EM * top - 0.9)), _side(x)


def _side(x: float) -> Anchor:
    return "end" if x > 0.7 else "start"


def is_behind(told: Told) -> bool:
    """Whether somebody of a story was half a minute or more behind the plan at a point."""
    return any(bend.ahead_min <= -BEHIND_MIN for line in told.lines for bend in line.bends)


def _minutes(scale: Scale, y: object) -> tuple[tuple[str, str, bool], ...]:
    assert callable(y)
    step = 10 if scale.high - scale.low > 14 else 5 if scale.high - scale.low > 6 else 2
    first = int(scale.low // step) * step
    marks = [mark for mark in range(first, int(scale.high) + 1, step) if mark and mark > scale.low]
    return tuple((y(float(mark)), str(abs(mark)), mark > 0) for mark in marks)
