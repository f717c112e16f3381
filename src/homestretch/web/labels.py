"""Words in a drawing that never overlap: each is placed, moved aside or left out.

All widths are in em of the drawing's font; a drawing is laid out for its narrowest width, so that on
anything wider the words only move apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

EM_PER_CHARACTER = 0.58
"""generous mean width of a character of the pages' font, tabular figures included"""
GAP, POLE = 0.7, 0.15

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be placed at ``x`` (0 to 1 of the width); ``kind`` becomes their class."""

    words: str
    x: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Words with their place: ``lane`` 0 is the uppermost."""

    words: str
    x: float
    anchor: Anchor
    lane: int = 0
    kind: str = ""


def width_em(words: str) -> float:
    """A generous estimate of the width of words."""
    return EM_PER_CHARACTER * len(words)


def span(words: str, x: float, anchor: Anchor, width: float) -> tuple[float, float]:
    """From where to where (em) the words reach when anchored at ``x`` of a drawing of that width."""
    wide, at = width_em(words), x * width
    if anchor == "start":
        return at, at + wide
    return (at - wide, at) if anchor == "end" else (at - wide / 2, at + wide / 2)


def place_along(wanted: Sequence[Words], width: float) -> tuple[Placed, ...]:
    """Names under a road, in one lane: the two ends first, then whatever is farthest from the rest.

    What finds no room is left out; its dot stays.
    """
    placed: list[tuple[float, float, Placed]] = []
    for label in _by_need(wanted):
        for anchor in _anchors(label, width):
            low, high = span(label.words, label.x, anchor, width)
            fits = all(
                high + GAP <= other_low or low >= other_high + GAP
                for other_low, other_high, _ in placed
            )
            if low >= -0.3 and high <= width + 0.3 and fits:
                placed.append((low, high, Placed(label.words, label.x, anchor, 0, label.kind)))
                break
    return tuple(entry[2] for entry in sorted(placed, key=lambda entry: entry[0]))


def _by_need(wanted: Sequence[Words]) -> list[Words]:
    rest = sorted(wanted, key=lambda label: label.x)
    if len(rest) < 3:
        return rest
    chosen = [rest.pop(0), rest.pop()]
    while rest:
        farthest = max(rest, key=lambda label: min(abs(label.x - other.x) for other in chosen))
        rest.remove(farthest)
        chosen.append(farthest)
    return chosen


def _anchors(label: Words, width: float) -> tuple[Anchor, ...]:
    low, high = span(label.words, label.x, "middle", width)
    if low < 0:
        return ("start",)
    return ("end",) if high > width else ("middle",)


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
        or [
            Placed(label.words, label.x, "start" if label.x < 0.5 else "end", lane, label.kind)
            for lane in lanes
        ]
        for label in wanted
    ]
    return min(product(*options), key=lambda way: _cost(way, width))


def _is_inside(label: Words, anchor: Anchor, width: float) -> bool:
    low, high = span(label.words, label.x, anchor, width)
    return low >= 0 and high <= width


def _cost(way: tuple[Placed, ...], width: float) -> float:
    cost = 0.0
    for position, one in enumerate(way):
        cost += 3 * one.lane + (one.anchor != "middle")
        low, high = span(one.words, one.x, one.anchor, width)
        for at, other in enumerate(way):
            if at == position:
                continue
            other_low, other_high = span(other.words, other.x, other.anchor, width)
            if other.lane == one.lane and low < other_high + GAP and other_low < high + GAP:
                cost += 100
            if other.lane < one.lane and low - POLE < other.x * width < high + POLE:
                cost += 100
    return cost
