"""Words in a drawing that never overlap: each is placed, moved aside or left out.

All widths are in em of the drawing's font; a drawing is laid out for its narrowest width, so that on
anything wider the words only move apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

EM_PER_CHARACTER = 0.58
"""generous mean width of a character of the pages' font, tabular figures included"""
GAP, POLE = 0.7, 0.15
EDGE = 0.5
"""so far words may reach over the edge of a drawing, whose card has more room than that"""
MINOR = "is-minor"
"""a kind of name that is placed last, where there is room"""
NUDGE = 1.2
"""so far (em) a name may stand off its dot to find room beside another"""

Anchor = Literal["start", "middle", "end"]
_SIDES: tuple[Anchor, Anchor] = ("end", "start")


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be placed at ``x`` (0 to 1 of the width); ``kind`` becomes their class."""

    words: str
    x: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Words with their place: ``lane`` 0 is the uppermost; ``dx`` (em) moves them aside."""

    words: str
    x: float
    anchor: Anchor
    lane: int = 0
    kind: str = ""
    dx: float = 0.0


def width_em(words: str) -> float:
    """A generous estimate of the width of words."""
    return EM_PER_CHARACTER * len(words)


def span(words: str, x: float, anchor: Anchor, width: float) -> tuple[float, float]:
    """From where to where (em) the words reach when anchored at ``x`` of a drawing of that width."""
    wide, at = width_em(words), x * width
    if anchor == "start":
        return at, at + wide
    return (at - wide, at) if anchor == "end" else (at - wide / 2, at + wide / 2)


def place_along(wanted: Sequence[Words], width: float, lanes: int = 1) -> tuple[Placed, ...]:
    """Names under a road: the two ends first, then the last before the finish, where people wait, then
    whatever is farthest from the rest; under its dot, else a little aside, else one lane lower.

    What finds no room is left out; its dot stays.
    """
    placed: list[tuple[float, float, Placed]] = []
    major = [label for label in wanted if label.kind != MINOR]
    for label in (*_by_need(major), *(label for label in wanted if label.kind == MINOR)):
        found = next(
            (
                (low, high, way)
                for lane in range(lanes)
                for way in _ways(label, width, lane, placed)
                for low, high in [_span(way, width)]
                if low >= -EDGE and high <= width + EDGE and _is_free(low, high, lane, placed)
            ),
            None,
        )
        if found is not None:
            placed.append(found)
    return tuple(entry[2] for entry in sorted(placed, key=lambda entry: entry[0]))


def _span(label: Placed, width: float) -> tuple[float, float]:
    low, high = span(label.words, label.x, label.anchor, width)
    return low + label.dx, high + label.dx


def _is_free(
    low: float, high: float, lane: int, placed: Sequence[tuple[float, float, Placed]]
) -> bool:
    return all(
        other.lane != lane or high + GAP <= other_low or low >= other_high + GAP
        for other_low, other_high, other in placed
    )


def _ways(
    label: Words, width: float, lane: int, placed: Sequence[tuple[float, float, Placed]]
) -> Iterator[Placed]:
    """Under the dot, left and right of it, and up to NUDGE beside whoever stands in the way."""
    for anchor in (*_anchors(label, width), *_SIDES):
        yield Placed(label.words, label.x, anchor, lane, label.kind)
    at = label.x * width
    for low, high, other in placed:
        if other.lane != lane:
            continue
        for anchor, edge in ((_SIDES[0], low - GAP), (_SIDES[1], high + GAP)):
            if abs(edge - at) <= NUDGE:
                yield Placed(label.words, label.x, anchor, lane, label.kind, edge - at)


def _by_need(wanted: Sequence[Words]) -> list[Words]:
    rest = sorted(wanted, key=lambda label: label.x)
    if len(rest) < 3:
        return rest
    chosen = [rest.pop(0), rest.pop(), rest.pop()]
    while rest:
        farthest = max(rest, key=lambda label: min(abs(label.x - other.x) for other in chosen))
        rest.remove(farthest)
        chosen.append(farthest)
    return chosen


def _anchors(label: Words, width: float) -> tuple[Anchor, ...]:
    low, high = span(label.words, label.x, "middle", width)
    if low < -EDGE:
        return ("start",)
    return ("end",) if high > width + EDGE else ("middle",)


def place_flags(wanted: Sequence[Words], width: float) -> tuple[Placed, ...]:
    """Words on poles over a road, in as many lanes as there are words: no word covers another word or
    another's pole. Of all ways the one with the fewest lanes and the words on their outer sides is taken.
    """
    if not wanted:
        return ()
    lanes = range(len(wanted))
    sides: tuple[Anchor, ...] = ("middle", "start", "end")
    options = [
        [
            Placed(label.words, label.x, anchor, lane, label.kind)
            for lane, anchor in product(lanes, sides)
            if _is_inside(label, anchor, width)
        ]
        or [_pushed_in(label, lane, width) for lane in lanes]
        for label in wanted
    ]
    return _find_least([[_stand(one, width) for one in ways] for ways in options])


class _Standing(NamedTuple):
    """A way to write words: from where to where they reach and where their pole is (em), what it costs by itself."""

    placed: Placed
    low: float
    high: float
    pole: float
    cost: int


def _stand(label: Placed, width: float) -> _Standing:
    cost = 3 * label.lane + (label.anchor != "middle")
    return _Standing(label, *_span(label, width), label.x * width, cost)


def _find_least(options: Sequence[Sequence[_Standing]]) -> tuple[Placed, ...]:
    """Of each label one way, together the least cost; among equals the first. What costs as much as the best
    before all words stand is not gone on with: every page has a ribbon, and there are hundreds of ways for three."""
    best: list[_Standing] = []
    least = math.inf

    def go_on(chosen: list[_Standing], cost: int) -> None:
        nonlocal best, least
        if cost >= least:
            return
        if len(chosen) == len(options):
            best, least = chosen, cost
            return
        for way in options[len(chosen)]:
            go_on([*chosen, way], cost + way.cost + sum(_collide(way, one) for one in chosen))

    go_on([], 0)
    return tuple(way.placed for way in best)


def _collide(one: _Standing, other: _Standing) -> int:
    """What it costs that one covers the other, or its pole."""
    if one.placed.lane == other.placed.lane:
        return 200 * (one.low < other.high + GAP and other.low < one.high + GAP)
    high, low = (one, other) if one.placed.lane > other.placed.lane else (other, one)
    return 100 * (high.low - POLE < low.pole < high.high + POLE)


def _pushed_in(label: Words, lane: int, width: float) -> Placed:
    """Words that are too long to stand on any side of their pole: moved until they are in the drawing."""
    anchor: Anchor = "start" if label.x < 0.5 else "end"
    low, high = span(label.words, label.x, anchor, width)
    dx = max(0.0, -low) if anchor == "end" else min(0.0, width - high)
    return Placed(label.words, label.x, anchor, lane, label.kind, dx)


def _is_inside(label: Words, anchor: Anchor, width: float) -> bool:
    low, high = span(label.words, label.x, anchor, width)
    return low >= 0 and high <= width
