"""A clock that jumps by whole quarters of an hour during the day: set to another zone, or to summer time.

So large a jump needs no statistics but counting: each runner for themselves is either on time or off by the
quarters. It is looked for before smaller steps, because it spoils what everybody else is held to.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from homestretch.clocks.expected import Beside, off_the_line
from homestretch.clocks.explaining import all_beside, points_of
from homestretch.clocks.offsets import QUARTER_S
from homestretch.clocks.steps import Step
from homestretch.clocks.watched import Sheet
from homestretch.state.snapshot import Bools, Floats, Ints

NEAR_S: Final = 300.0
"""A passing is off by quarters when it lies so near to them."""
FEWEST: Final = 125
"""Passings before and after the jump."""
STRAYS: Final = 0.15
"""So many passings may stand on the wrong side: the order is the one expected,
which blurs the moment."""
MOST: Final = 3
AROUND: Final = 250
"""Passings on each side of a moment that tell by how much everybody jumped there."""
EXACT_S: Final = 150.0
"""A clock that is set to another zone jumps by quarters to the second; what remains is how the field drifts."""


class _Turn(NamedTuple):
    """A candidate: the rows (k,) in the order expected, from which index on they are off, and by how much."""

    point: int
    row: Ints
    expected_s: Floats
    cut: int
    size_s: float


def find_hours(sheet: Sheet) -> list[Step]:
    """All jumps by whole quarters of an hour during the day; the sheet is corrected by them."""
    found: list[Step] = []
    besides = all_beside(sheet)
    for _ in range(MOST):
        turns = [turn for point in points_of(besides) if (turn := _turn(sheet, besides, point))]
        if not turns:
            break
        as_it_is = _off_by_quarters(sheet, besides)
        tried = [(_tried(sheet, besides, turn), -len(turn.row), turn.point) for turn in turns]
        best = min(range(len(turns)), key=tried.__getitem__)
        if tried[best][0] >= as_it_is:
            break
        step = _step(sheet, turns[best])
        sheet.time_s[step.after, step.point] -= step.size_s
        found.append(step)
    return found


def _offs(sheet: Sheet, besides: list[list[Beside]], point: int) -> tuple[Ints, Floats, Floats]:
    """Rows, when they are expected, and how far they are off (k,), in that order, over all races."""
    parts = [
        off_the_line(sheet, np.flatnonzero(sheet.race == race), beside)[:3]
        for race, of_race in enumerate(besides)
        for beside in of_race
        if beside.point == point
    ]
    row, expected, off = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(expected, kind="stable")
    return row[order], expected[order], off[order]


def _turn(sheet: Sheet, besides: list[list[Beside]], point: int) -> _Turn | None:
    row, expected, off = _offs(sheet, besides, point)
    quarters = np.rint(off / QUARTER_S)
    near = (quarters != 0) & (np.abs(off - quarters * QUARTER_S) < NEAR_S)
    if near.sum() < FEWEST:
        return None
    values, counts = np.unique(quarters[near], return_counts=True)
    size = float(values[counts.argmax()]) * QUARTER_S
    is_off = np.abs(off - size) < NEAR_S
    wrong = np.concatenate([[0], np.cumsum(is_off)]) + np.concatenate(
        [np.cumsum(~is_off[::-1])[::-1], [0]]
    )
    cut = int(wrong.argmin())
    if not FEWEST <= cut <= len(row) - FEWEST or wrong[cut] > STRAYS * min(cut, len(row) - cut):
        return None
    if abs(jump_at(off, cut) - size) > EXACT_S:
        return None  # a mat before it jumps, and tiring does the rest
    return _Turn(point, row, expected, cut, size)


def jump_at(off: Floats, cut: int) -> float:
    """By how much passings, in the order expected and off by (k,) s, change at an index: seconds."""
    before, after = off[max(0, cut - AROUND) : cut], off[cut : cut + AROUND]
    return float(np.median(after) - np.median(before))


def _off_by_quarters(sheet: Sheet, besides: list[list[Beside]]) -> int:
    """How many passings of all mats are off by a quarter of an hour or more."""
    return sum(
        int((np.abs(_offs(sheet, besides, point)[2]) > QUARTER_S - NEAR_S).sum())
        for point in points_of(besides)
    )


def _tried(sheet: Sheet, besides: list[list[Beside]], turn: _Turn) -> int:
    as_read = sheet.time_s[:, turn.point].copy()
    sheet.time_s[_after(sheet, turn), turn.point] -= turn.size_s
    left = _off_by_quarters(sheet, besides)
    sheet.time_s[:, turn.point] = as_read
    return left


def _after(sheet: Sheet, turn: _Turn) -> Bools:
    """(n,) who passed after the jump; who is not expected there, by the time alone."""
    moment = turn.expected_s[turn.cut]
    after: Bools = sheet.time_s[:, turn.point] >= moment + min(turn.size_s, 0.0)
    after[turn.row] = np.arange(len(turn.row)) >= turn.cut
    return after


def _step(sheet: Sheet, turn: _Turn) -> Step:
    after = _after(sheet, turn)
    times = sheet.time_s[:, turn.point]
    moment = float(turn.expected_s[turn.cut])
    from_s = moment + max(turn.size_s, 0.0)
    mixed = (times >= moment + turn.size_s) & (times < moment)
    return Step(
        point=turn.point,
        size_s=turn.size_s,
        error_s=NEAR_S / 10,
        drift_s=0.0,
        from_s=from_s,
        from_error_s=NEAR_S,
        basis=len(turn.row),
        mixed=int(mixed.sum()) if turn.size_s < 0 else 0,
        after=after,
    )
