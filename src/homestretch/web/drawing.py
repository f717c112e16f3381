"""The ribbon's numbers as shapes, for the templates.

Horizontal places are per cent of the width and heights are em, so that words keep their size on a phone,
a desk and a wall. Words are laid out for several widths; the style sheet shows one set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from homestretch.boards.ribbon import FULL, Dot, Ribbon, Ridge
from homestretch.boards.words import say_minutes
from homestretch.race.saying import ENGLISH, Speech, joined, said
from homestretch.web.cars import Car, say_car, say_sweep
from homestretch.web.labels import Anchor, Placed, Words, place_along, place_flags, width_em

WIDTHS_EM = {"narrow": 20.0, "middle": 39.0, "desk": 64.0}
"""The narrowest a drawing is laid out for: a phone of 320 px, whatever is wider than 40 rem, than 64 rem."""
WALL_EM = WIDTHS_EM | {"desk": 50.0}
"""on a wall all words are larger"""
INSET = 0.02
LANE_EM = 1.45
ROAD_EM, EMPTY_EM = 0.7, 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """How much room a ribbon takes: the ridge's height (em), and whether points have their names, car and
    runners their words."""

    ridge_em: float
    names: bool = True
    flags: bool = True


SIZES = {
    "home": Size(9.0),
    "small": Size(3.0),
    "strip": Size(1.5, names=False, flags=False),
    "wall": Size(4.0),
    "wall-low": Size(1.5, flags=False),
}
DRAWN = 64
"""Ribbons of which ridges and dots are kept: on a hundred runners' pages they are the same."""
NAME_LANES = 2
NAME_LANE_EM = 1.25
CAR_EM, CAR_UP_EM = 2.4, 1.3
"""the car's length, and how far it is lifted off a lantern behind it"""


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
    """The words of a ribbon for one width, whether some names need a lower lane, and the car's height."""

    shape: str
    car_y: str
    lower: bool
    names: tuple[Text, ...]
    flags: tuple[Text, ...]
    poles: tuple[Pole, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot on the road and what it says when pointed at."""

    x: str
    title: str
    hollow: bool
    minor: bool


@dataclass(frozen=True, slots=True)
class RibbonDrawing:
    """Everything the template of a ribbon needs; ``size`` is the name of its size, ``id`` its own on a page."""

    size: str
    id: str
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
    lantern_hollow: bool
    here: str | None
    here_hollow: bool
    cars: tuple[Car, ...]
    letterings: tuple[Lettering, ...]


def draw_ribbon(
    ribbon: Ribbon, size_name: str, units: str, number: int = 0, *, speech: Speech = ENGLISH
) -> RibbonDrawing:
    """The shapes of a ribbon; ``size_name`` is one of SIZES, ``units`` mi or km for the closing pace,
    ``number`` tells ribbons of one size on a page apart."""
    size, at = SIZES[size_name], _Along(ribbon.length_m)
    widths = WALL_EM if size_name.startswith("wall") else WIDTHS_EM
    standing = {
        shape: place_flags(
            _list_flags(ribbon, at, units, shape, speech) if size.flags else [], width
        )
        for shape, width in widths.items()
    }
    lanes = max((label.lane + 1 for labels in standing.values() for label in labels), default=0)
    top = LANE_EM * lanes + 0.4
    ridge_em = size.ridge_em if ribbon.ridges or ribbon.sweep else EMPTY_EM
    road = top + ridge_em + ROAD_EM / 2
    return RibbonDrawing(
        size=size_name,
        id=f"{size_name}-{number}",
        height=in_em(road + ROAD_EM / 2 + (2.0 if size.names else 0.6)),
        ridge_top=in_em(top),
        ridge_height=in_em(ridge_em),
        ridges=_ridge_paths(ribbon.ridges),
        steps=max((len(ridge.heights) for ridge in ribbon.ridges), default=2) - 1,
        full=FULL,
        road=in_em(road),
        dots=_draw_dots(ribbon.dots, ribbon.length_m, speech),
        sweep=at.x(ribbon.sweep.at_m) if ribbon.sweep else None,
        behind=in_percent(at.share(ribbon.sweep.at_m) - INSET) if ribbon.sweep else None,
        lantern=at.x(ribbon.lantern.at_m) if ribbon.lantern else None,
        lantern_hollow=ribbon.lantern is not None and ribbon.lantern.unseen,
        here=at.x(ribbon.here.at_m) if ribbon.here else None,
        here_hollow=ribbon.here is not None and ribbon.here.unseen,
        cars=tuple(
            Car(at.x(car.at_m), car.kind, speech.again(say_car(car))) for car in ribbon.vehicles
        ),
        letterings=tuple(
            _lettering(ribbon, at, shape, width, standing[shape], road, size.names)
            for shape, width in widths.items()
        ),
    )


def _lettering(
    ribbon: Ribbon,
    at: _Along,
    shape: str,
    width: float,
    standing: Sequence[Placed],
    road: float,
    has_names: bool,
) -> Lettering:
    """The words of a ribbon for one width (em), with the flags that stand there."""
    named = _names(ribbon.dots, ribbon.length_m, width, road) if has_names else ()
    return Lettering(
        shape=shape,
        car_y=in_em(road - (_car_up_em(ribbon, at, width) if has_names else 0.0)),
        names=named,
        lower=any(text.y != named[0].y for text in named),
        flags=tuple(_text(label, LANE_EM * (label.lane + 1) - 0.35) for label in standing),
        poles=tuple(_pole(label) for label in standing),
    )


@lru_cache(maxsize=DRAWN)
def _names(dots: tuple[Dot, ...], length_m: float, width: float, road: float) -> tuple[Text, ...]:
    at = _Along(length_m)
    names = [Words(dot.name, at.share(dot.at_m), "is-minor" if dot.race else "") for dot in dots]
    placed = place_along(names, width, NAME_LANES)
    return tuple(_text(label, road + 1.9 + NAME_LANE_EM * label.lane) for label in placed)


@lru_cache(maxsize=DRAWN)
def _draw_dots(dots: tuple[Dot, ...], length_m: float, speech: Speech) -> tuple[Mark, ...]:
    """Where a shorter race passes a shared point is a small dot, below the others."""
    at = _Along(length_m)
    by_weight = sorted(dots, key=lambda dot: not dot.race)
    return tuple(
        Mark(at.x(dot.at_m), speech.again(_say_dot(dot)), dot.silent or dot.lifted, bool(dot.race))
        for dot in by_weight
    )


def _car_up_em(ribbon: Ribbon, at: _Along, width: float) -> float:
    """The car stands on the road unless it would stand on somebody: it is drawn behind its own place."""
    if ribbon.sweep is None:
        return 0.0
    nose = at.share(ribbon.sweep.at_m) * width
    marks = [mark for mark in (ribbon.lantern, ribbon.here) if mark is not None]
    places = [at.share(mark.at_m) * width for mark in marks]
    covers = any(-0.6 < nose - place < CAR_EM + 0.6 for place in places)
    return CAR_UP_EM if covers else 0.0


class _Along:
    """Metres along the road as a share of the drawing's width."""

    def __init__(self, length_m: float) -> None:
        self._length_m = length_m

    def share(self, at_m: float) -> float:
        return INSET + (1 - 2 * INSET) * min(max(at_m / self._length_m, 0.0), 1.0)

    def x(self, at_m: float) -> str:
        return in_percent(self.share(at_m))


@lru_cache(maxsize=DRAWN)
def _ridge_paths(ridges: tuple[Ridge, ...]) -> tuple[str, ...]:
    """Silhouettes to be drawn one over the other: all races first, the longest alone last."""
    sums = accumulate(
        (ridge.heights for ridge in ridges),
        lambda a, b: tuple(map(sum, zip(a, b, strict=True))),
    )
    paths = []
    for heights in sums:
        points = " ".join(
            f"{step},{FULL - min(height, FULL)}" for step, height in enumerate(heights)
        )
        paths.append(f"M0,{FULL}L{points} {len(heights) - 1},{FULL}Z")
    return tuple(reversed(paths))


def _list_flags(ribbon: Ribbon, at: _Along, units: str, shape: str, speech: Speech) -> list[Words]:
    """The car, the lantern and the runner of the page; on a phone in fewer words."""
    flags = []
    if ribbon.sweep:
        words = speech.again(say_sweep(ribbon.sweep, units))
        flags.append(Words(words, at.share(ribbon.sweep.at_m), "is-sweep"))
    if ribbon.lantern:
        ahead = ribbon.lantern.ahead_min
        margins: list[str] = [ribbon.lantern.label]
        if ribbon.lantern.behind_sweep:
            margins.append(said("behind the sweep"))
        elif ahead is not None and shape != "narrow":
            margins.append(said("{time} ahead", time=say_minutes(ahead)))
        words = speech.again(joined(margins, ", "))
        flags.append(Words(words, at.share(ribbon.lantern.at_m), "is-lantern"))
    if ribbon.here:
        flags.append(Words(ribbon.here.label, at.share(ribbon.here.at_m), "is-here"))
    return flags


def _pole(label: Placed) -> Pole:
    return Pole(in_percent(label.x), in_em(LANE_EM * (label.lane + 1) - 0.1), label.kind)


def _text(label: Placed, y: float) -> Text:
    wide = width_em(label.words)
    x, dx = in_percent(label.x), in_em(label.dx)
    return Text(label.words, x, in_em(y), label.anchor, dx, kind=label.kind, width=wide)


def _say_dot(dot: Dot) -> str:
    if dot.lifted:
        return said("{point}: mat lifted", point=dot.name)
    return said("{point}: silent", point=dot.name) if dot.silent else dot.name


def in_percent(share: float) -> str:
    """A share of the width as SVG says it."""
    return f"{100 * share:.2f}%"


def in_em(value: float) -> str:
    """A length in em as SVG says it."""
    return f"{value:.2f}em"
