"""Which clock explains what is seen: a wrong mat disturbs what is expected at the mats around it.

Greedy: of the mats that stand out, the one whose correction leaves the least behind is corrected, and then
everything is looked at again. A hold-up on the way (everybody late from there to the end) is tried too: it is
no clock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from homestretch.clocks.expected import (
    FIRST,
    FRONT,
    INNER,
    LAST,
    SECOND,
    Beside,
    Lateness,
    find_lateness,
    list_beside,
)
from homestretch.clocks.robust import huber_level
from homestretch.clocks.steps import (
    LEVEL_OF,
    NO_JUMP,
    P90,
    SYSTEMATIC,
    SYSTEMATIC_S,
    Jump,
    Step,
    find_jump,
    find_leap,
    place_step,
)
from homestretch.clocks.watched import Sheet
from homestretch.state.snapshot import NEVER

MOST: Final = 6
"""Clocks that step in one day; beyond that something else is wrong."""
TRIED: Final = 3
ROUNDS: Final = 5
TRIAL_ROWS: Final = 5400
MUCH_BETTER: Final = 0.6
"""A hold-up is believed only when it leaves so much less behind than a clock."""
STILL_SURE: Final = 1.6
"""A step must be so many errors large."""


LARGEST_S: Final = 1800.0
"""A larger step that is no whole quarters of an hour is a date, and plain to see."""
NOT_UNDERSTOOD: Final = 3.0
NOT_YET: Final = 0.8
"""A mat that does not stand out itself must leave so much less behind to be believed."""
LEAST_TRIED: Final = 100
NEARLY: Final = 1.3
FEWEST_BESIDE: Final = 100
"""Passings on each side from which a mat beside another may speak against it."""
NEAREST: Final = 200
Seen: TypeAlias = dict[int, tuple[Lateness, Jump]]
_Near: TypeAlias = npt.NDArray[np.intp]


class _Named(NamedTuple):
    """A way to explain a jump: the clock of a mat, or a hold-up before it."""

    point: int
    is_clock: bool
    rival: int = NEVER
    """a mat whose clock would explain it nearly as well"""


def all_beside(sheet: Sheet) -> list[list[Beside]]:
    """For each race what each of its mats is compared with."""
    return [list_beside(sheet, race) for race in range(len(sheet.metres))]


def points_of(besides: list[list[Beside]]) -> list[int]:
    """The columns that can be checked."""
    return sorted({one.point for of_race in besides for one in of_race})


def find_steps(sheet: Sheet, settled: Collection[int] = ()) -> list[Step]:
    """All steps of clocks, the clearest first; the sheet is corrected by them.

    Mats ``settled`` before are left alone. Where what is left still stands out by far, nothing was understood, and nothing is said.
    """
    besides = all_beside(sheet)
    as_read = sheet.time_s.copy(order="F")
    found: list[Step] = []
    dull, refuted = set(settled), set[int]()
    seen = _look(sheet, besides)
    for _ in range(MOST):
        standing = [p for p, (_, jump) in seen.items() if jump.ratio > 1.0 and p not in dull]
        standing.sort(key=lambda p: -seen[p][1].ratio)
        if not standing:
            break
        named = _explain(sheet, besides, seen, standing, refuted)
        if named.point not in standing:  # it cannot be proven yet, and the others are innocent
            dull.add(standing[0])
            continue
        _, jump = seen[named.point]
        step = settle(sheet, besides, named.point, jump)
        step.rival = named.rival
        dull.add(named.point)
        if named.is_clock and _is_refuted(sheet, besides, step):
            sheet.time_s[step.after, named.point] += step.size_s
            refuted.add(named.point)
            continue
        sure = STILL_SURE * step.error_s < abs(step.size_s) <= LARGEST_S
        sure = sure and step.size_s * np.sign(jump.size_s) > abs(jump.size_s) / 2
        if named.is_clock and sure:
            found.append(step)
        else:
            sheet.time_s[step.after, named.point] += step.size_s
            if sure:
                _hold_up(sheet, step, _share(besides, named.point))
        seen = _look(sheet, besides)
    if max((jump.ratio for _, jump in seen.values()), default=0.0) > NOT_UNDERSTOOD:
        sheet.time_s = as_read
        return []
    return found


def _look(sheet: Sheet, besides: list[list[Beside]]) -> Seen:
    """The lateness at each mat that can be judged, and where it is most like a step."""
    seen = {}
    for point in points_of(besides):
        lateness = find_lateness(sheet, point, besides)
        if lateness is not None and lateness.rank != FRONT:
            leap = find_leap(lateness)
            seen[point] = (lateness, leap if leap.ratio > 1.0 else find_jump(lateness))
    return seen


def settle(
    sheet: Sheet, besides: list[list[Beside]], point: int, jump: Jump, *, stays: bool = False
) -> Step:
    """Find out time and size of a step, and take it out of the sheet.

    Again and again: while a part of it stood in the sheet, it passed for the field's usual lateness.
    """
    as_read = sheet.time_s[:, point].copy()
    step: Step | None = None
    for _ in range(ROUNDS):
        lateness = find_lateness(sheet, point, besides)
        assert lateness is not None
        if step is not None:
            late = lateness.late_s + np.where(step.after, step.size_s, 0.0)[lateness.row]
            lateness = replace(lateness, late_s=late)
            moved = NO_JUMP if stays else find_jump(lateness, near=jump.place)
            jump = moved if moved.ratio > 0.0 else jump
        elif find_leap(lateness).ratio > 1.0:
            lateness = replace(lateness, late_s=lateness.off_s)
        if step is not None and abs(step.size_s) > LARGEST_S:
            break
        before, step = step, place_step(lateness, point, jump, as_read)
        sheet.time_s[:, point] = as_read - np.where(step.after, step.size_s, 0.0)
        if before is not None and abs(step.size_s - before.size_s) < 0.1:
            break
    assert step is not None
    return step


def _is_refuted(sheet: Sheet, besides: list[list[Beside]], step: Step) -> bool:
    """Whether a mat beside a start or a finish looks wrong because that one is.

    A wrong clock disturbs what is expected at the mats on both its sides. A start or finish disturbs that of
    one mat alone, and it looks like half a step of that mat's clock; but taken out there, the half of it
    appears at the mat on the other side, which had shown nothing.
    """
    ends = {one.point for of_race in besides for one in of_race if one.rank in (FIRST, LAST)}
    all_beside = [one for of_race in besides for one in of_race]
    own = {one.a for one in all_beside if one.point == step.point}
    own |= {one.b for one in all_beside if one.point == step.point}
    if not own & ends:
        return False
    for one in all_beside:
        if step.point in (one.a, one.b) and one.rank in (SECOND, INNER):
            weight = one.share if step.point == one.b else 1.0 - one.share
            left, error = _left_at(sheet, besides, one.point, step)
            if left * np.sign(step.size_s) > max(weight * abs(step.size_s) / 2, error):
                return True
    return False


def _left_at(
    sheet: Sheet, besides: list[list[Beside]], point: int, step: Step
) -> tuple[float, float]:
    """By how much those after a step are later at another mat than those before it, and its 90 % error; 0
    where they are few."""
    lateness = find_lateness(sheet, point, besides)
    if lateness is None:
        return 0.0, 0.0
    after = step.after[lateness.row]
    groups = (np.flatnonzero(~after)[-LEVEL_OF:], np.flatnonzero(after)[:LEVEL_OF])
    if min(map(len, groups)) < FEWEST_BESIDE:
        return 0.0, 0.0
    late, spread = lateness.late_s, lateness.spread_s
    before, behind = (huber_level(late[group], spread[group]) for group in groups)
    typical = float(np.median(spread[np.concatenate(groups)]))
    return behind - before, P90 * (SYSTEMATIC_S + SYSTEMATIC * typical)


def _share(besides: list[list[Beside]], point: int) -> float:
    return next(one.share for of_race in besides for one in of_race if one.point == point)


def _hold_up(sheet: Sheet, step: Step, share: float) -> None:
    """Take a hold-up out of the sheet: who passed the mat after it is late from there to the end."""
    for race in range(len(sheet.metres)):
        behind = sheet.metres[race] >= sheet.metres[race, step.point]
        rows = np.flatnonzero((sheet.race == race) & step.after)
        sheet.time_s[np.ix_(rows, np.flatnonzero(behind))] -= step.size_s / (1.0 - share)


def _explain(
    sheet: Sheet, besides: list[list[Beside]], seen: Seen, standing: list[int], refuted: set[int]
) -> _Named:
    """Which mat to correct, and whether its clock (not a hold-up on the way to it) explains it best.

    The mats that stand out are tried on the same runners, and the neighbours of the clearest, which may not
    stand out yet; not those that were ``refuted``.
    """
    part, rows = _around(sheet, *seen[standing[0]])
    tried = standing[:TRIED]
    beside = [one for of_race in besides for one in of_race if one.point == standing[0]]
    tried += sorted(
        {p for one in beside for p in (one.a, one.b)} & set(seen) - set(tried) - refuted
    )
    left: dict[_Named, float] = {}
    for point in tried:
        trial = replace(part, time_s=part.time_s.copy(order="F"))
        step = _try(trial, besides, point, rows)
        if step is None:
            continue
        doubt = 1.0 if point in standing else NOT_YET
        if seen[point][0].rank == FIRST:
            doubt = MUCH_BETTER
        left[_Named(point, True)] = _left(trial, besides, rows) / doubt
        if point in standing and seen[point][0].rank in (SECOND, INNER):
            trial = replace(part, time_s=part.time_s.copy(order="F"))
            _hold_up(trial, step, _share(besides, point))
            left[_Named(point, False)] = _left(trial, besides, rows) / MUCH_BETTER
    if not left:
        return _Named(standing[0], True)
    best = min(left, key=lambda name: (left[name], -seen[name.point][1].ratio))
    near = [
        name
        for name in left
        if name.is_clock and name.point != best.point and left[name] < NEARLY * left[best]
    ]
    return best._replace(rival=min(near, key=left.__getitem__).point) if near else best


def _try(trial: Sheet, besides: list[list[Beside]], point: int, rows: _Near) -> Step | None:
    """The step of a mat where these runners pass it, taken out of the sheet; None where they have not yet."""
    lateness = find_lateness(trial, point, besides)
    if lateness is None or np.isnan(trial.time_s[rows, point]).all():
        return None
    jump = find_leap(lateness)
    if jump.ratio <= 1.0:
        place = _place(trial, lateness, point, rows)
        jump = find_jump(lateness, near=place)
        if jump.ratio == 0.0:
            if not LEAST_TRIED <= place <= len(lateness.row) - LEAST_TRIED:
                return None
            return settle(trial, besides, point, Jump(place, 0.0, 0.0), stays=True)
    return settle(trial, besides, point, jump)


def _around(sheet: Sheet, lateness: Lateness, jump: Jump) -> tuple[Sheet, _Near]:
    """The runners around a change, as a sheet of their own, and which of its rows are nearest to it."""
    rows = np.sort(lateness.row[max(0, jump.place - TRIAL_ROWS) : jump.place + TRIAL_ROWS])
    nearest = lateness.row[max(0, jump.place - NEAREST) : jump.place + NEAREST]
    part = replace(sheet, time_s=np.asfortranarray(sheet.time_s[rows]), race=sheet.race[rows])
    return part, np.searchsorted(rows, np.sort(nearest))


def _place(sheet: Sheet, lateness: Lateness, point: int, rows: _Near) -> int:
    """Where in the order of a mat the runners stand who were near a change."""
    times = sheet.time_s[rows, point]
    return int(np.searchsorted(lateness.expected_s, np.nanmedian(times)))


def _left(sheet: Sheet, besides: list[list[Beside]], rows: _Near) -> float:
    """How much any mat still stands out where these runners pass: the root of the squares."""
    squares = 0.0
    for point, (lateness, jump) in _look(sheet, besides).items():
        if np.isnan(sheet.time_s[rows, point]).all():
            continue
        if find_leap(lateness).ratio <= 1.0:
            jump = find_jump(lateness, near=_place(sheet, lateness, point, rows))
        squares += jump.ratio**2
    return float(np.sqrt(squares))
