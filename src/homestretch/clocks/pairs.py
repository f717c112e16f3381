"""Two devices at one point: the chips that both saw tell how far their clocks are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from homestretch.clocks.robust import median_level
from homestretch.clocks.watched import Line
from homestretch.state.snapshot import Floats

FEWEST: Final = 50
"""Chips that both must have seen."""
WORTH_S: Final = 0.35
"""Nearer than that they are as good as together: one antenna lies a step behind the other."""
P90_OF_MEDIAN: Final = 1.645 * 1.2533
"""Times the spread and over the root of the count: the 90 % error of a median."""
LEAST_ERROR_S: Final = 0.02
SPLIT_ERRORS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Apart:
    """Device ``other`` says times that are ``size_s`` later than those of ``line``; since a moment, or all day."""

    line: Line
    other: Line
    size_s: float
    error_s: float
    since_at: int | None
    since_error_ms: int
    """90 %: since the last chip before it that both read"""
    basis: int


def list_apart(lines: list[Line]) -> list[Apart]:
    """All pairs at one point whose clocks are apart, measured against the device that saw most chips."""
    found = []
    for point in sorted({line.point for line in lines}):
        here = sorted(
            (line for line in lines if line.point == point),
            key=lambda line: (-len(line.row), line.source),
        )
        found += [apart for other in here[1:] if (apart := _compare(here[0], other)) is not None]
    return found


def _compare(line: Line, other: Line) -> Apart | None:
    _, mine, theirs = np.intersect1d(line.row, other.row, assume_unique=True, return_indices=True)
    if len(mine) < FEWEST:
        return None
    order = np.argsort(line.at[mine], kind="stable")
    mine, theirs = mine[order], theirs[order]
    later_s = (other.at[theirs] - line.at[mine]) / 1000.0
    cut = _find_cut(later_s)
    part = later_s[cut:]
    level = median_level(part)
    error = max(LEAST_ERROR_S, P90_OF_MEDIAN * level.spread / np.sqrt(len(part)))
    if abs(level.centre) - error < WORTH_S:
        return None
    if not cut:
        return Apart(line, other, level.centre, float(error), None, 0, len(part))
    since = int(other.at[theirs[cut:]].min())
    gap = int(line.at[mine[cut]] - line.at[mine[cut - 1]])
    since_error = gap + round(1000 * abs(level.centre))
    return Apart(line, other, level.centre, float(error), since, since_error, len(part))


def _find_cut(later_s: Floats) -> int:
    """Where the difference (k,) changes for good; 0 when it does not.

    The sum of distances from the medians on both sides is smallest there; looked for in steps.
    """
    k = len(later_s)
    cuts = np.arange(FEWEST, k - FEWEST + 1, max(1, k // 200))
    if not len(cuts):
        return 0
    costs = [_cost(later_s[:cut]) + _cost(later_s[cut:]) for cut in cuts]
    best = int(cuts[int(np.argmin(costs))])
    near = range(max(FEWEST, best - k // 200), min(k - FEWEST, best + k // 200) + 1)
    best = min(near, key=lambda cut: _cost(later_s[:cut]) + _cost(later_s[cut:]))
    before, after = median_level(later_s[:best]), median_level(later_s[best:])
    error = P90_OF_MEDIAN * np.hypot(
        before.spread / np.sqrt(before.basis), after.spread / np.sqrt(after.basis)
    )
    change = abs(after.centre - before.centre)
    return best if change > max(WORTH_S, SPLIT_ERRORS * error) else 0


def _cost(later_s: Floats) -> float:
    return float(np.abs(later_s - np.median(later_s)).sum())
