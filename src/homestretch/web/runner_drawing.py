"""Two small pictures of one runner, for the templates: when the finish is, and the pace along the course. Places in
per cent, heights in em, as the ribbon."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from homestretch.boards.coming_home import FinishAhead, PaceLeg
from homestretch.web.drawing import INSET, in_em, in_percent
from homestretch.web.labels import Anchor

FLAT_S = 20.0
"""Paces (s a km) that differ by less are drawn as nearly even: a picture must not make a hill of a second."""
TOP_EM, HEIGHT_EM = 1.4, 3.6


@dataclass(frozen=True, slots=True)
class FinishDrawing:
    """The way of the time from the left to the right: a thin line for nearly everybody, a band for four of five, a
    darker one for half, a mark in the middle; words below the ends of the band."""

    line: tuple[str, str]
    band: tuple[str, str]
    half: tuple[str, str]
    mark: str
    from_x: str
    until_x: str
    mark_anchor: Anchor


@dataclass(frozen=True, slots=True)
class Step:
    """A leg at its height: x1, x2, y; ``x`` where its words stand."""

    x1: str
    x2: str
    y: str


@dataclass(frozen=True, slots=True)
class PaceDrawing:
    """Legs as steps (the faster, the higher) with the ways between them, over a road."""

    height: str
    road: str
    steps: tuple[Step, ...]
    rises: tuple[tuple[str, str, str], ...]
    fastest: tuple[str, str, Anchor, float]
    slowest: tuple[str, str, Anchor, float]


def draw_finish(finish: FinishAhead) -> FinishDrawing:
    """The spread of the finish; times are spread evenly between the outermost moments."""
    first, last = finish.outermost
    span = max(last - first, 1)

    def at(moment: int) -> float:
        return INSET + (1 - 2 * INSET) * (moment - first) / span

    def way(ends: tuple[int, int]) -> tuple[str, str]:
        low, high = at(ends[0]), at(ends[1])
        return in_percent(low), in_percent(max(high - low, 0.004))

    mark = at(finish.about_at)
    return FinishDrawing(
        line=way(finish.outermost),
        band=way(finish.four_fifths),
        half=way(finish.half),
        mark=in_percent(mark),
        from_x=in_percent(at(finish.four_fifths[0])),
        until_x=in_percent(at(finish.four_fifths[1])),
        mark_anchor="start" if mark < 0.2 else "end" if mark > 0.8 else "middle",
    )


def draw_paces(legs: Sequence[PaceLeg], length_m: float) -> PaceDrawing:
    """The pace of each leg over the course of so many metres; at least one leg."""
    paces = [leg.pace_s_per_km for leg in legs]
    low, high = min(paces), max(paces)
    spread = max(high - low, FLAT_S)

    def x(at_m: float) -> float:
        return INSET + (1 - 2 * INSET) * min(at_m / max(length_m, 1.0), 1.0)

    def y(pace: float) -> str:
        return in_em(TOP_EM + HEIGHT_EM * (pace - low) / spread)

    def words(leg: PaceLeg, off_em: float) -> tuple[str, str, Anchor, float]:
        middle = x((leg.from_m + leg.to_m) / 2)
        anchor: Anchor = "start" if middle < 0.2 else "end" if middle > 0.8 else "middle"
        at = TOP_EM + HEIGHT_EM * (leg.pace_s_per_km - low) / spread + off_em
        return in_percent(middle), in_em(at), anchor, leg.pace_s_per_km

    return PaceDrawing(
        height=in_em(TOP_EM + HEIGHT_EM + 2.6),
        road=in_em(TOP_EM + HEIGHT_EM + 2.1),
        steps=tuple(
            Step(in_percent(x(leg.from_m)), in_percent(x(leg.to_m)), y(leg.pace_s_per_km))
            for leg in legs
        ),
        rises=tuple(
            (in_percent(x(after.from_m)), y(before.pace_s_per_km), y(after.pace_s_per_km))
            for before, after in itertools.pairwise(legs)
        ),
        fastest=words(legs[paces.index(low)], -0.45),
        slowest=words(legs[paces.index(high)], 1.15),
    )
