"""Expected arrivals as bars over a road, for the templates: places in per cent, heights in em, as the ribbon."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.boards.station import Arrivals
from homestretch.boards.words import say_count
from homestretch.race.saying import ENGLISH, Speech, said
from homestretch.web.drawing import INSET, ROAD_EM, in_em, in_percent
from homestretch.web.labels import Anchor

BARS_EM, LOW_EM, TOP_EM, GAP = 6.0, 2.2, 1.6, 0.2
"""The tallest bar, the same on a wall, the room above it for its number, and the share of a minute between two bars."""
EVERY_MIN = 10
LEAST = 1.0
"""A minute in which fewer are expected is no full bar, however quiet the others are."""
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute."""

    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time of day (UTC ms) below the road."""

    x: str
    anchor: Anchor
    at: int


@dataclass(frozen=True, slots=True)
class ArrivalsDrawing:
    """Bars, the road under them, times below; ``most`` says what the tallest bar stands for, at ``most_x``."""

    height: str
    road: str
    ticks_y: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    most: str
    most_x: str
    most_y: str
    most_anchor: Anchor


def draw_arrivals(
    arrivals: Arrivals, *, low: bool = False, speech: Speech = ENGLISH
) -> ArrivalsDrawing:
    """The shapes of the next minutes; ``low`` where there is little room."""
    bars_em = LOW_EM if low else BARS_EM
    counts, minutes = arrivals.per_minute, len(arrivals.per_minute)
    full = max(LEAST, *counts)
    step = (1 - 2 * INSET) / minutes
    road = TOP_EM + bars_em + ROAD_EM / 2
    bars = tuple(
        Bar(
            x=in_percent(INSET + step * (minute + GAP / 2)),
            width=in_percent(step * (1 - GAP)),
            y=in_em(TOP_EM + bars_em * (1 - count / full)),
            height=in_em(bars_em * count / full),
        )
        for minute, count in enumerate(counts)
    )
    tallest = counts.index(max(counts))
    x = INSET + step * (tallest + 0.5)
    anchor: Anchor = "start" if x < 0.2 else "end" if x > 0.8 else "middle"
    return ArrivalsDrawing(
        height=in_em(road + ROAD_EM / 2 + 2.0),
        road=in_em(road),
        ticks_y=in_em(road + 1.9),
        bars=bars,
        ticks=tuple(
            Tick(
                x=in_percent(INSET + step * minute),
                anchor="start" if not minute else "end" if minute == minutes else "middle",
                at=arrivals.from_at + minute * MINUTE_MS,
            )
            for minute in range(0, minutes + 1, EVERY_MIN)
        ),
        most=speech.again(_say_most(max(counts))),
        most_x=in_percent(INSET + step * (tallest + {"start": 0, "middle": 0.5, "end": 1}[anchor])),
        most_y=in_em(TOP_EM + bars_em * (1 - max(counts) / full) - 0.5),
        most_anchor=anchor,
    )


def _say_most(count: float) -> str:
    if count < LEAST / 2:
        return ""
    return said("{count} a minute", count=say_count(round(count)))
