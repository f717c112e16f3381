"""What forecasts were worth as a picture, for the templates: a bar of our error at every point, a dot where
constant pace would have been; places in per cent, heights in em, as the ribbon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from homestretch.boards.calibration import PointRow
from homestretch.race.saying import ENGLISH, Speech, decimal, said
from homestretch.web.drawing import INSET, ROAD_EM, in_em, in_percent

BARS_EM, TOP_EM, WIDTH, DOT_EM = 7.0, 1.8, 0.5, 0.3
"""The tallest, the room above it for its number, a bar's share of its place, and half of a dot."""
KM_M, MILE_M = 1000.0, 1609.344
LEAST_MIN = 0.1


@dataclass(frozen=True, slots=True)
class Bar:
    """One point: a bar, its number above all, the dot of constant pace, the distance below."""

    x: str
    width: str
    y: str
    height: str
    middle: str
    number_y: str
    number: str
    flat_y: str
    below: str
    words: str


@dataclass(frozen=True, slots=True)
class KeptDrawing:
    """Bars on a road; the road and the words below it."""

    height: str
    road: str
    below_y: str
    bars: tuple[Bar, ...]


def draw_kept(
    points: Sequence[PointRow], units: Literal["km", "mi"], *, speech: Speech = ENGLISH
) -> KeptDrawing:
    """The shapes of the points in the order of the course, each with as much room; none without points."""
    step = (1 - 2 * INSET) / max(len(points), 1)
    most = max([LEAST_MIN, *(max(p.everybody.off_min, p.everybody.flat_off_min) for p in points)])
    road = TOP_EM + BARS_EM + ROAD_EM / 2
    return KeptDrawing(
        height=in_em(road + ROAD_EM / 2 + 2.0),
        road=in_em(road),
        below_y=in_em(road + 1.9),
        bars=tuple(
            _bar(point, place, step, most, units, speech) for place, point in enumerate(points)
        ),
    )


def _bar(
    point: PointRow,
    place: int,
    step: float,
    most: float,
    units: Literal["km", "mi"],
    speech: Speech,
) -> Bar:
    one = point.everybody
    x = INSET + step * place
    top = TOP_EM + BARS_EM * (1 - one.off_min / most)
    flat = TOP_EM + BARS_EM * (1 - one.flat_off_min / most)
    metres = point.metres / (KM_M if units == "km" else MILE_M)
    return Bar(
        x=in_percent(x + step * (1 - WIDTH) / 2),
        width=in_percent(step * WIDTH),
        y=in_em(top),
        height=in_em(BARS_EM * one.off_min / most),
        middle=in_percent(x + step / 2),
        number_y=in_em(min(top, flat - DOT_EM) - 0.4),
        number=speech.again(decimal(one.off_min, 1)),
        flat_y=in_em(flat),
        below=speech.number(f"{metres:.1f}".removesuffix(".0")),
        words=speech.again(
            said(
                "{point}: {minutes} minutes, constant pace {flat}",
                point=point.point,
                minutes=decimal(one.off_min, 1),
                flat=decimal(one.flat_off_min, 1),
            )
        ),
    )
