"""How late each passing is against the runner's own pace on the other legs.

A passing at mat k is compared with the straight line between the two mats beside it (at a start or a finish:
with the line through the two nearest mats). What the pace, and its change from leg to leg, explain for
the whole field is taken away: hills, mats that lie a little off, tiring. What stays is the runner, and the
clock. The passing itself takes no part in what is expected of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from homestretch.clocks.robust import CLIP, binned_curve
from homestretch.clocks.watched import Sheet
from homestretch.state.snapshot import Bools, Floats, Ints

FEWEST: Final = 100
"""Passings below which nothing is said of a mat."""
BINS, OF_A_BIN = 24, 150
LEAST_SPREAD_S: Final = 0.5
CHANGE: Final = 0.15
"""A change of pace from leg to leg counts up to so much (of the logarithm)."""


FIRST, SECOND, INNER, LAST, FRONT = range(5)
SETTLED: Final = 4.0
"""At a last mat only those count whom nearly all have followed who were expected with them: so many spreads."""

IN_STEP_S: Final = 300.0
"""Half of those who come to the finish together differ by less in the time they have been under way: then a
round time that many want to beat falls on one moment for all."""


class Beside(NamedTuple):
    """The columns that a mat is compared with: the line through ``a`` and ``b``; ``before`` a and ``behind``
    b tell how the pace changes (-1: no such mat). ``share`` is where the mat lies, a: 0, b: 1."""

    point: int
    a: int
    b: int
    before: int
    behind: int
    share: float
    rank: int
    """what kind of mat: ``FIRST``, ``SECOND``, ``INNER``, ``LAST`` (the end of the race), ``FRONT`` (nobody
    has come to a mat behind it yet)"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The passings (k,) of one mat, in the order in which they were expected; seconds."""

    rank: int
    row: Ints
    expected_s: Floats
    late_s: Floats
    """against expectation"""
    spread_s: Floats
    """of others with that pace"""
    off_s: Floats
    """against the straight line alone"""
    in_step: bool = False
    """at a last mat: those who come at one time have all been under way equally long"""


def list_beside(sheet: Sheet, race: int) -> list[Beside]:
    """For each mat of a race that has been heard, what it is compared with; empty with less than three.

    A mat that has fallen behind the ones after it (silent, delivering late) is left out.
    """
    metres = sheet.metres[race]
    count = (~np.isnan(sheet.time_s[sheet.race == race])).sum(axis=0)
    order = [int(k) for k in np.argsort(metres, kind="stable") if np.isfinite(metres[k])]
    heard = [
        k
        for place, k in enumerate(order)
        if count[k] >= FEWEST and 2 * count[k] >= max(count[j] for j in order[place:])
    ]
    if len(heard) < 3:
        return []
    return [_beside(heard, place, metres, heard[-1] == order[-1]) for place in range(len(heard))]


def _beside(heard: list[int], place: int, metres: Floats, ended: bool) -> Beside:
    last = len(heard) - 1
    if place == 0:
        a, b = 1, 2
    elif place == last:
        a, b = last - 2, last - 1
    else:
        a, b = place - 1, place + 1
    before = heard[a - 1] if a - 1 >= 0 and a - 1 != place else -1
    behind = heard[b + 1] if b + 1 <= last and b + 1 != place else -1
    k, at_a, at_b = metres[[heard[place], heard[a], heard[b]]].tolist()
    at_end = LAST if ended else FRONT
    rank = at_end if place == last else min(place, INNER)
    return Beside(
        heard[place], heard[a], heard[b], before, behind, (k - at_a) / (at_b - at_a), rank
    )


def off_the_line(
    sheet: Sheet, of_race: Ints, beside: Beside
) -> tuple[Ints, Floats, Floats, Floats]:
    """Rows (k,) of those in ``of_race`` who were read at all three mats, when the straight line expects them
    there, how far they are off it (k,) and the time between the two others (k,); seconds."""
    time_s = sheet.time_s
    between = time_s[of_race, beside.b] - time_s[of_race, beside.a]
    expected = time_s[of_race, beside.a] + beside.share * between
    off = time_s[of_race, beside.point] - expected
    with np.errstate(invalid="ignore"):
        usable = ~np.isnan(off) & (between > 0.0)
    return of_race[usable], expected[usable], off[usable], between[usable]


def find_lateness(sheet: Sheet, point: int, besides: list[list[Beside]]) -> Lateness | None:
    """The lateness at one mat over all races that pass it; None where too few were read."""
    parts = []
    for race, of_race in enumerate(besides):
        for beside in of_race:
            if beside.point == point:
                part = _of_race(sheet, race, beside)
                if part is not None:
                    parts.append(part)
    if not parts:
        return None
    row, expected, late, spread, off = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    ranks = [one.rank for of_race in besides for one in of_race if one.point == point]
    order = np.lexsort((late, expected))
    found = Lateness(
        min(ranks), row[order], expected[order], late[order], spread[order], off[order]
    )
    return _at_the_end(sheet, point, found) if found.rank >= LAST else found


def _at_the_end(sheet: Sheet, point: int, lateness: Lateness) -> Lateness:
    """Without those whom some slow ones have yet to follow: without these the newest would look early."""
    newest = np.nanmax(sheet.time_s[:, point])
    kept = lateness.expected_s <= newest - SETTLED * lateness.spread_s
    row = lateness.row[kept]
    under_way = sheet.time_s[row, point] - np.nanmin(sheet.time_s[row], axis=1, initial=np.inf)
    blocks = len(row) // OF_A_BIN
    in_step = False
    if blocks:
        in_blocks = under_way[: blocks * OF_A_BIN].reshape(blocks, OF_A_BIN)
        low, high = np.percentile(in_blocks, (25, 75), axis=1)
        in_step = bool(np.median(high - low) < IN_STEP_S)
    late, spread = lateness.late_s[kept], lateness.spread_s[kept]
    expected, off = lateness.expected_s[kept], lateness.off_s[kept]
    return Lateness(lateness.rank, row, expected, late, spread, off, in_step)


def _of_race(
    sheet: Sheet, race: int, beside: Beside
) -> tuple[Ints, Floats, Floats, Floats, Floats] | None:
    rows, expected, off, between = off_the_line(sheet, np.flatnonzero(sheet.race == race), beside)
    if len(rows) < FEWEST:
        return None
    bins = min(BINS, len(rows) // OF_A_BIN)
    order: Ints = np.argsort(between, kind="stable")
    usual, spread = binned_curve(between, off, order, bins)
    late, spread = off - usual, np.maximum(spread, LEAST_SPREAD_S)
    metres = sheet.metres[race]
    pace = between / (metres[beside.b] - metres[beside.a])
    for one, other in ((beside.before, beside.a), (beside.b, beside.behind)):
        if one >= 0 and other >= 0:
            leg = sheet.time_s[rows, other] - sheet.time_s[rows, one]
            late = _without_change(leg / (metres[other] - metres[one]) / pace, late, spread)
    usual, spread = binned_curve(between, late, order, bins)
    return rows, expected, late - usual, np.maximum(spread, LEAST_SPREAD_S), off


def _without_change(ratio: Floats, late: Floats, spread: Floats) -> Floats:
    """Lateness (k,) less what a change of pace (k,) explains: two steps of a robust regression."""
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.log(ratio)
    known: Bools = np.isfinite(change)
    if not known.any():
        return late
    change = np.clip(np.where(known, change - np.median(change[known]), 0.0), -CHANGE, CHANGE)
    weight = change / spread**2
    square = float((weight * change).sum())
    if square == 0.0:
        return late
    for _ in range(2):
        clipped = np.clip(late / spread, -CLIP, CLIP) * spread
        late = late - float((clipped * weight).sum()) / square * change
    return late
