"""A step of a clock during the day: everybody suddenly late at one mat, and as suddenly early on the way out.

The lateness of the passings just before a moment is compared with those just after it, over several lengths
at once: a clock's step stands in all of them, a hill, a wind or walkers who follow runners only in some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from homestretch.clocks.expected import FIRST, LAST, SECOND, Lateness
from homestretch.clocks.robust import CLIP, huber_level
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints


class Look(NamedTuple):
    """How many passings are compared before and after a moment; a step must exceed ``floor_s`` seconds and
    ``share`` spreads at every one of these lengths."""

    lengths: tuple[int, ...]
    floor_s: float
    share: float


LOOKS: Final = (
    Look((125, 250, 450), 3.0, 0.5),
    Look((250, 500, 900), 4.0, 0.33),
    Look((500, 1000, 1500, 2700), 1.5, 0.25),
)
LOOKS_SECOND: Final = (
    Look((125, 250, 450), 4.0, 0.68),
    Look((250, 500, 900), 5.4, 0.45),
    Look((500, 1000, 1500, 2700), 2.4, 0.43),
)
LOOKS_FIRST: Final = (Look((500, 1000, 1500, 2700), 4.0, 1.8),)
"""Set by what the undisturbed real day shows, with a third more (docs/clocks.md): the crowd of a start moves
by waves, and the next mat feels it."""
LOOKS_LAST: Final = (
    Look((125, 250, 450), 2.4, 0.4),
    Look((250, 500, 900), 3.2, 0.27),
    Look((500, 1000, 1500, 2700), 1.2, 0.2),
)
"""At a finish to which people come in waves an honest day shows less; for others there is ``GOAL_S``."""
LOOKS_OF: Final = {FIRST: LOOKS_FIRST, SECOND: LOOKS_SECOND, LAST: LOOKS_LAST}
LEAP_BLOCK, LEAP_BLOCKS = 125, 4
LEAP_S, LEAP_SPREADS = 12.0, 1.5
"""A leap is more than so many seconds and spreads (median absolute deviations)."""
GOAL_S: Final = 45.0
"""So much faster run those who can still beat a round time than those who cannot any more."""
EVERY: Final = 25
"""A step is looked for before every 25th passing."""
LEAST_ACTIVE: Final = 0.2
AROUND: Final = 2700
"""Passings on each side in which the moment of a step is looked for."""
LEVEL_OF: Final = 1000
"""Passings on each side from which its size is taken: more would take in the drift of the day."""
ZONE: Final = 4.0
CAP: Final = 9.0
P90: Final = 1.645
SYSTEMATIC_S, SYSTEMATIC = 0.6, 0.12
"""What the lateness of an undisturbed day wanders over a thousand passings, and what the choice of the
clearest moment adds: seconds, and spreads."""
CONFIDENCE: Final = 2.7
"""Twice the log likelihood by which a 90 % interval of one quantity falls off."""


class Jump(NamedTuple):
    """The most step-like place of a mat: index in the lateness, size (s), and how far it exceeds what an
    honest day shows (1: just as much)."""

    place: int
    size_s: float
    ratio: float


NO_JUMP: Final = Jump(0, 0.0, 0.0)


def find_jump(lateness: Lateness, near: int | None = None) -> Jump:
    """The place at which a step stands out most (of those near another place)."""
    looks = LOOKS_OF.get(lateness.rank, LOOKS)
    found = [_look(lateness, look, near) for look in looks]
    return max(found, key=lambda jump: jump.ratio)


def find_leap(lateness: Lateness) -> Jump:
    """A step so large that it stands in the plain times.

    Such a step spoils what passes for usual and hides itself: here nothing is taken away before. Medians of
    blocks, and of several blocks on each side, need no spread. Not at a start: waves are leaps.
    """
    blocks = len(lateness.off_s) // LEAP_BLOCK
    if blocks < 2 * LEAP_BLOCKS or lateness.rank == FIRST:
        return NO_JUMP
    off = lateness.off_s[: blocks * LEAP_BLOCK].reshape(blocks, LEAP_BLOCK)
    middle = np.median(off, axis=1)
    noise = np.median(np.abs(off - middle[:, None]), axis=1)
    runs = np.lib.stride_tricks.sliding_window_view(middle, LEAP_BLOCKS)
    leap = np.median(runs[LEAP_BLOCKS:], axis=1) - np.median(runs[:-LEAP_BLOCKS], axis=1)
    typical = np.median(np.lib.stride_tricks.sliding_window_view(noise, 2 * LEAP_BLOCKS), axis=1)
    floor = LEAP_S + (GOAL_S if lateness.in_step else 0.0)
    ratio = np.abs(leap) / (floor + LEAP_SPREADS * typical)
    best = int(ratio.argmax())
    return Jump((best + LEAP_BLOCKS) * LEAP_BLOCK, float(leap[best]), float(ratio[best]))


def find_floor(lateness: Lateness, share: float, around: float) -> tuple[float, float]:
    """(seconds, seconds): what a step must exceed to be seen where a share of the passings are over, and the
    largest that stands there, within ``around`` (a share) of it, at the same lengths. On an undisturbed day
    that is nobody's clock. NaN where too few have passed."""
    looks = LOOKS_OF.get(lateness.rank, LOOKS)
    found = []
    for look in looks:
        compared = _compare(lateness, look, None)
        near = np.abs(compared.place / len(lateness.row) - share)
        if len(near) and near.min() <= around:
            stands = compared.least[near <= around].max()
            found.append((float(compared.limit[near.argmin()]), float(stands)))
    return min(found, default=(np.nan, np.nan))


def _look(lateness: Lateness, look: Look, near: int | None) -> Jump:
    compared = _compare(lateness, look, near)
    if not len(compared.place):
        return NO_JUMP
    ratio = compared.least / compared.limit
    best = int(ratio.argmax())
    return Jump(int(compared.place[best]), float(compared.middle[best]), float(ratio[best]))


class _Compared(NamedTuple):
    """Before and after some places (k,): the smallest step that stands at every length of a look, 0 where
    they contradict each other, the one of the middle length (with its sign), and what a step must exceed."""

    place: Ints
    least: Floats
    middle: Floats
    limit: Floats


def _compare(lateness: Lateness, look: Look, near: int | None) -> _Compared:
    k, longest = len(lateness.row), look.lengths[-1]
    place: Ints = np.arange(longest, k - longest + 1, EVERY)
    if near is not None:
        place = place[np.abs(place - near) <= AROUND // 2]
    weight = 1.0 / lateness.spread_s**2
    z = lateness.late_s / lateness.spread_s
    psi = _running(np.clip(z, -CLIP, CLIP) / lateness.spread_s)
    active = _running(np.where(np.abs(z) < CLIP, weight, LEAST_ACTIVE * weight))
    steps = np.array(
        [
            _mean(psi, active, place, place + length) - _mean(psi, active, place - length, place)
            for length in look.lengths
        ]
    )
    least = np.abs(steps).min(axis=0)
    least[(np.sign(steps) != np.sign(steps[0])).any(axis=0)] = 0.0
    weights = _running(weight)
    spread = np.sqrt(2 * longest / (weights[place + longest] - weights[place - longest]))
    floor = look.floor_s + (GOAL_S if lateness.in_step else 0.0)
    return _Compared(place, least, steps[len(look.lengths) // 2], floor + look.share * spread)


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _mean(psi: Floats, active: Floats, begin: Ints, end: Ints) -> Floats:
    mean: Floats = (psi[end] - psi[begin]) / (active[end] - active[begin])
    return mean


@dataclass(slots=True)
class Step:
    """A step of one mat's clock; times and sizes in seconds of the sheet."""

    point: int
    size_s: float
    error_s: float
    """90 %: of the clearest step, on a day whose lateness wanders as a big field's does"""
    drift_s: float
    """how much of the size the drift of the day around it may be"""
    from_s: float
    """as the device says it: a read from then on is after the step"""
    from_error_s: float
    basis: int
    mixed: int
    """passings recorded while the clock said the same times twice"""
    after: Bools
    """(n,) whose passing was recorded after the step"""
    rival: int = NEVER
    """another mat whose clock would explain it nearly as well"""


def place_step(lateness: Lateness, point: int, jump: Jump, at_s: Floats) -> Step:
    """When and how large a step is, from the mat's own times ``at_s`` (n,)."""
    near = slice(max(0, jump.place - AROUND), jump.place + AROUND)
    row, spread = lateness.row[near], lateness.spread_s[near]
    late, middle = lateness.late_s[near], jump.place - near.start
    before = huber_level(
        late[max(0, middle - LEVEL_OF) : middle], spread[max(0, middle - LEVEL_OF) : middle]
    )
    after = huber_level(late[middle : middle + LEVEL_OF], spread[middle : middle + LEVEL_OF])
    size = after - before
    late = late - before
    # A clock that went back records after the step what it had recorded before it: by their lateness most
    # passings say on which side they are.
    is_late = np.abs(late - size) < np.abs(late)
    true_s = at_s[row] - np.where(is_late, size, 0.0)
    order = np.argsort(true_s, kind="stable")
    row, late, spread, true_s = row[order], late[order], spread[order], true_s[order]
    cut, low, high = _cut(late, size, spread)
    step_s = float(true_s[cut])
    known_s = max(step_s - float(true_s[low]), float(true_s[high]) - step_s)
    size, error, drift, basis = _size(late, spread, true_s, cut, size)
    from_s = step_s + size / 2 if size > -300.0 else step_s
    mixed = np.abs(at_s - (step_s + size / 2)) < -size / 2
    after_rows: Bools = at_s >= from_s
    after_rows[row] = np.arange(len(row)) >= cut
    # Who is far from the moment needs no statistics.
    far = np.abs(at_s[lateness.row] - step_s)
    sure = (far > 2 * abs(size) + 600.0) | ~np.isin(lateness.row, row)
    after_rows[lateness.row[sure]] = lateness.expected_s[sure] >= lateness.expected_s[jump.place]
    from_error = known_s + abs(size) / 2 if abs(size) <= 300.0 else known_s
    mixed_count = int(mixed.sum())
    return Step(point, size, error, drift, from_s, from_error, basis, mixed_count, after_rows)


def _cut(late: Floats, size: float, spread: Floats) -> tuple[int, int, int]:
    """The first passing after the step, and between which ones it lies at 90 %."""
    unshifted = np.minimum((late / spread) ** 2, CAP)
    shifted = np.minimum(((late - size) / spread) ** 2, CAP)
    cost = _running(unshifted - shifted)[:-1]
    cut = int(cost.argmin())
    likely = np.flatnonzero(cost <= cost[cut] + 2 * CONFIDENCE)
    return cut, int(likely[0]), int(likely[-1])


def _size(
    late: Floats, spread: Floats, true_s: Floats, cut: int, size: float
) -> tuple[float, float, float, int]:
    """Size, its 90 % error, the drift around it, and how many passings it rests on; those within the zone of
    doubt are left out."""
    doubt = min(abs(size), ZONE * float(np.median(spread)))
    before = np.flatnonzero(true_s < true_s[cut] - doubt)[-LEVEL_OF:]
    after = np.flatnonzero(true_s > true_s[cut] + doubt)[:LEVEL_OF]
    if min(len(before), len(after)) < 50:
        before, after = np.arange(cut)[-LEVEL_OF:], np.arange(cut, len(late))[:LEVEL_OF]
    levels = [
        huber_level(late[group], spread[group]) if len(group) else 0.0 for group in (before, after)
    ]
    typical = float(np.median(spread))
    sampling = typical**2 * sum(1.0 / max(len(group), 1) for group in (before, after))
    error = P90 * float(np.hypot(np.sqrt(sampling), SYSTEMATIC_S + SYSTEMATIC * typical))
    drift = max(_drift(late[group], spread[group]) for group in (before, after))
    return levels[1] - levels[0], error, drift, len(before) + len(after)


def _drift(late: Floats, spread: Floats) -> float:
    """How much an even drift over some passings alters a step beside them: twice the difference between
    their halves. In a small field a thousand passings are a day."""
    half = len(late) // 2
    if not half:
        return 0.0
    first, second = (
        huber_level(late[part], spread[part]) for part in (slice(half), slice(half, None))
    )
    return 2.0 * abs(second - first)
