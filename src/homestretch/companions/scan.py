"""Candidates: pairs that cross a mat and the next mat that read both within a few seconds of each other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from homestretch.companions.values import Bools, Floats, Ints

NEAR_S: Final = 3.0
"""Wider finds the same pairs with several times the work."""
MOST_SECONDS: Final = 500_000
"""Times that are farther apart than days are sorted in the common way."""


@njit(cache=True)
def first_near(a: Floats, b: Floats, near_s: float) -> int:
    """The first mat at which two rows (m,) are near and near again at their next common mat; -1 for none."""
    before = -1
    was_near = False
    for mat in range(len(a)):
        gap = b[mat] - a[mat]
        if np.isnan(gap):
            continue
        near = abs(gap) <= near_s
        if near and was_near:
            return before
        before, was_near = mat, near
    return -1


@njit(cache=True)
def near_again(times_s: Floats, i: int, j: int, mat: int, near_s: float) -> bool:
    """Whether two who are near at a mat are so at their next common one."""
    for later in range(mat + 1, times_s.shape[1]):
        gap = abs(times_s[j, later] - times_s[i, later])
        if not np.isnan(gap):
            return bool(gap <= near_s)
    return False


@njit(cache=True)
def near_beside(times_s: Floats, i: int, j: int, mat: int, near_s: float) -> bool:
    """Whether two who are near at a mat are so at their common mat before it or behind it."""
    for earlier in range(mat - 1, -1, -1):
        gap = abs(times_s[j, earlier] - times_s[i, earlier])
        if not np.isnan(gap):
            if gap <= near_s:
                return True
            break
    return near_again(times_s, i, j, mat, near_s)


@njit(cache=True)
def _is_first(mats_s: Floats, i: int, j: int, mat: int, near_s: float) -> bool:
    """Whether two who are near at a mat are so at their next common one, and were not at two in a row up to it;
    ``mats_s`` (m, n)."""
    near = True
    for earlier in range(mat - 1, -1, -1):
        gap = abs(mats_s[earlier, j] - mats_s[earlier, i])
        if not np.isnan(gap):
            if gap <= near_s and near:
                return False
            near = gap <= near_s
    for later in range(mat + 1, len(mats_s)):
        gap = abs(mats_s[later, j] - mats_s[later, i])
        if not np.isnan(gap):
            return bool(gap <= near_s)
    return False


@njit(cache=True)
def in_order(at_s: Floats, rows: Ints) -> int:
    """Fills ``rows`` with those of times (n,) that are known, in their order, the first rows first among equals;
    returns how many. By counting seconds, as times of one day lie as close as that."""
    known, low, high = 0, np.inf, -np.inf
    for i in range(len(at_s)):
        if not np.isnan(at_s[i]):
            known += 1
            low, high = min(low, at_s[i]), max(high, at_s[i])
    if known == 0:
        return 0
    if high - low > MOST_SECONDS:
        rows[:known] = np.argsort(at_s, kind="mergesort")[:known]  # NaN comes last
        return known
    ends = np.zeros(int(high - low) + 2, dtype=np.int64)
    for i in range(len(at_s)):
        if not np.isnan(at_s[i]):
            ends[int(at_s[i] - low) + 1] += 1
    starts = np.cumsum(ends)
    ends = starts.copy()
    for i in range(len(at_s)):
        if np.isnan(at_s[i]):
            continue
        second = int(at_s[i] - low)
        at = ends[second]
        ends[second] += 1
        while at > starts[second] and at_s[rows[at - 1]] > at_s[i]:  # within the second
            rows[at] = rows[at - 1]
            at -= 1
        rows[at] = i
    return known


@njit(cache=True, nogil=True)
def _scan(mats_s: Floats, near_s: float, sides: Bools, across: bool, rows: Ints, out: Ints) -> int:
    """Fills ``out`` (k, 2) with ``rows`` as far as it goes, and returns how many pairs there are."""
    found = 0
    mats, n = mats_s.shape
    order, halves = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    read_s, next_s = np.empty(n), np.empty(n)
    for mat in range(mats - 1):
        count = in_order(mats_s[mat], order)
        for at in range(count):
            read_s[at], next_s[at] = mats_s[mat, order[at]], mats_s[mat + 1, order[at]]
        if across:
            for at in range(count):
                halves[at] = sides[order[at]]
        end = 0
        for at in range(count):
            while end < count and read_s[end] - read_s[at] <= near_s:
                end += 1
            own_s = next_s[at]
            for then in range(at + 1, end):
                # Nearly all are told apart by the next mat; NaN is no answer.
                if abs(next_s[then] - own_s) > near_s or (across and halves[at] == halves[then]):
                    continue
                i, j = order[at], order[then]
                if _is_first(mats_s, i, j, mat, near_s):
                    if found < len(out):
                        out[found, 0] = min(rows[i], rows[j])
                        out[found, 1] = max(rows[i], rows[j])
                    found += 1
    return found


@njit(cache=True, nogil=True)
def _nearby(times_s: Floats) -> tuple[Ints, Floats]:
    """Rows in the order of the middle mat, and their times by mat (m, n): who is near at one mat is mostly near at
    the others, so they lie side by side in memory, too."""
    n, mats = times_s.shape
    rows = np.empty(n, dtype=np.int64)
    count = in_order(times_s[:, mats // 2].copy(), rows)
    for i in range(n):
        if np.isnan(times_s[i, mats // 2]):
            rows[count] = i
            count += 1
    mats_s = np.empty((mats, n))
    for at in range(n):
        for mat in range(mats):
            mats_s[mat, at] = times_s[rows[at], mat]
    return rows, mats_s


def candidates(times_s: Floats, near_s: float = NEAR_S, sides: Bools | None = None) -> Ints:
    """(k, 2) rows i < j, each pair once; with ``sides`` (n,) only pairs of both sides."""
    rows, mats_s = _nearby(times_s)
    across = sides is not None
    halves = sides[rows] if sides is not None else np.zeros(0, dtype=np.bool_)
    out = np.empty((8 * len(rows) + 64, 2), dtype=np.int64)
    while True:
        found = _scan(mats_s, near_s, halves, across, rows, out)
        if found <= len(out):
            return out[:found]
        out = np.empty((found, 2), dtype=np.int64)
