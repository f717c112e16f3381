"""A clock that was wrong since the start: only what hills and measuring cannot explain.

A mat's distance from the straight line between its neighbours, as the difference of pace between the way in
and the way out, is a few per cent on honest days: hills, tiring, a mat that lies a little off. Of 16 editions
of six races the largest honest one was 18 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from homestretch.clocks.expected import FIRST, FRONT, INNER, LAST, SECOND, Beside, off_the_line
from homestretch.clocks.explaining import all_beside
from homestretch.clocks.shape import Shape
from homestretch.clocks.watched import Sheet
from homestretch.state.snapshot import Floats, Ints

HONEST: Final = 0.25
"""Difference of pace from leg to leg that a course may make."""
HONEST_AGAIN: Final = 0.08
"""The same against an earlier edition of the course: days differ in heat and crowd."""
ERROR, ERROR_AGAIN = 0.10, 0.04
"""90 %: what an honest mat lies off."""
FEWEST: Final = 250
QUARTER_S: Final = 900.0
ALL_DAY: Final = 0.95
"""So many passings must show a mistake of an hour for it to be one since the start."""
MOST: Final = 4
AROUND: Final = 125
"""Passings whose median tells how far everybody is off at one time of the day."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A mat that is off since the start, in seconds. ``is_hour``: by whole quarters of an hour."""

    point: int
    size_s: float
    error_s: float
    basis: int
    is_hour: bool
    allowed_s: float
    """up to which it would pass for a hill"""


@dataclass(frozen=True, slots=True)
class _Off:
    """How far a mat is off the line: seconds, as a difference of pace, and seconds for a difference of 1."""

    rank: int
    off_s: float
    difference: float
    scale_s: float
    basis: int
    share: float
    """of the passings that are off by at least half as much"""
    jump_s: float
    """the largest change from one moment of the day to the next"""


def pace_differences(sheet: Sheet, besides: list[list[Beside]]) -> Shape:
    """The median difference of pace between the way in and the way out, where enough were read to tell."""
    shape = {}
    for race, of_race in enumerate(besides):
        of_rows = np.flatnonzero(sheet.race == race)
        for beside in of_race:
            off = _off(sheet, of_rows, beside)
            if off.basis >= FEWEST and beside.rank != FRONT:
                shape[race, beside.point, beside.a, beside.b] = off.difference
    return shape


def _off(sheet: Sheet, of_rows: Ints, beside: Beside) -> _Off:
    _, expected, off, between = off_the_line(sheet, of_rows, beside)
    if not len(off):
        return _Off(beside.rank, 0.0, np.nan, np.inf, 0, 0.0, 0.0)
    legs = {FIRST: abs(beside.share), SECOND: 0.0, INNER: 0.0}.get(beside.rank, beside.share - 1.0)
    scale = (legs or beside.share * (1.0 - beside.share)) * between
    middle = float(np.median(off))
    return _Off(
        beside.rank,
        middle,
        float(np.median(off / scale)),
        float(np.median(scale)),
        len(off),
        float((off / middle > 0.5).mean()) if middle else 1.0,
        _largest_jump(off[np.argsort(expected, kind="stable")]),
    )


def _largest_jump(off: Floats) -> float:
    """The largest change of passings, in the order expected and off by (k,) s, from one moment to the next."""
    blocks = len(off) // AROUND
    if blocks < 3:
        return 0.0
    levels = np.median(off[: blocks * AROUND].reshape(blocks, AROUND), axis=1)
    # A moment within a block spoils that one: the blocks beside it tell.
    return float(np.abs(levels[2:] - levels[:-2]).max())


def find_offsets(sheet: Sheet, earlier: Shape | None, *, only_hours: bool = False) -> list[Offset]:
    """All mats that were off since the start, the clearest first; the sheet is corrected by them.

    ``earlier``: ``pace_differences`` of an earlier edition on the same course.
    """
    besides = all_beside(sheet)
    found: list[Offset] = []
    done: set[int] = set()
    for _ in range(MOST):
        standing = _standing(sheet, besides, earlier)
        tried = {
            point: _without(sheet, besides, earlier, offset)
            for point, offset in standing.items()
            if point not in done and (offset.is_hour or not only_hours)
        }
        if not tried:
            break
        point = min(tried, key=lambda p: (tried[p], -abs(standing[p].size_s)))
        offset = standing[point]
        done.add(point)
        sheet.time_s[:, point] -= offset.size_s
        besides = all_beside(sheet)
        found.append(offset)
    return found


def _standing(
    sheet: Sheet, besides: list[list[Beside]], earlier: Shape | None
) -> dict[int, Offset]:
    """The mats that are further off than honest ones."""
    found: dict[int, Offset] = {}
    for race, of_race in enumerate(besides):
        of_rows = np.flatnonzero(sheet.race == race)
        usual = _usual(race, of_race, earlier or {})
        for beside in of_race:
            off = _off(sheet, of_rows, beside)
            offset = _judge(beside.point, off, usual.get(beside.point, np.nan))
            known = found.get(beside.point)
            if offset is not None and (known is None or known.basis < offset.basis):
                found[beside.point] = offset
    return found


def _usual(race: int, of_race: list[Beside], earlier: Shape) -> dict[int, float]:
    """What the earlier edition showed of mats, by column. Not beside a mat of which it shows nothing: that
    one's clock, which nobody could judge as sharply, would look like theirs."""
    shown = {
        beside.point: earlier[place]
        for beside in of_race
        if (place := (race, beside.point, beside.a, beside.b)) in earlier
    }
    return {
        beside.point: shown[beside.point]
        for beside in of_race
        if {beside.point, beside.a, beside.b} <= shown.keys()
    }


def _judge(point: int, off: _Off, earlier: float) -> Offset | None:
    again = not np.isnan(earlier)
    usual = earlier if again else 0.0
    allowed = (HONEST_AGAIN if again else HONEST) * off.scale_s
    size = off.off_s - usual * off.scale_s
    if off.basis < FEWEST or not abs(size) > allowed:
        return None
    error = (ERROR_AGAIN if again else ERROR) * off.scale_s
    quarters = round(size / QUARTER_S)
    is_hour = quarters != 0 and abs(size - quarters * QUARTER_S) <= min(allowed, QUARTER_S / 3)
    if is_hour and off.share < ALL_DAY:
        return None  # only from a moment on: a step
    if is_hour and off.rank == LAST and off.jump_s > QUARTER_S / 4:
        return None  # a step two mats before, which tiring makes look like a quarter
    if off.rank == FRONT and not is_hour:
        return None  # nobody has come to a mat behind it: the leg alone may be slow
    if is_hour:
        return Offset(point, quarters * QUARTER_S, error, off.basis, True, allowed)
    return Offset(point, size, error, off.basis, False, allowed)


def _without(
    sheet: Sheet, besides: list[list[Beside]], earlier: Shape | None, offset: Offset
) -> float:
    """How far the worst mat is still beyond what is honest when this one is corrected."""
    as_read = sheet.time_s[:, offset.point].copy()
    sheet.time_s[:, offset.point] -= offset.size_s
    left = [abs(one.size_s) / one.allowed_s for one in _standing(sheet, besides, earlier).values()]
    sheet.time_s[:, offset.point] = as_read
    return max(left, default=0.0)
