"""Candidates: pairs that cross a mat and the next mat that read both within a few seconds of each other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from homestretch.companions.values import Bools, Floats, Ints

NEAR_S: Final = 3.0
"""Wider finds the same pairs with several times the work."""


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
def _near_again(a: Floats, b: Floats, mat: int, near_s: float) -> bool:
    for later in range(mat + 1, len(a)):
        gap = b[later] - a[later]
        if not np.isnan(gap):
            return bool(abs(gap) <= near_s)
    return False


@njit(cache=True)
def _scan(
    times_s: Floats,
    orders: Ints,
    counts: Ints,
    near_s: float,
    sides: Bools,
    across: bool,
    out: Ints,
) -> int:
    """Fills ``out`` (k, 2) as far as it goes, and returns how many there are."""
    found = 0
    read_s, halves = np.empty(len(times_s)), np.zeros(len(times_s), dtype=np.bool_)
    for mat in range(times_s.shape[1] - 1):
        for at in range(counts[mat]):
            read_s[at] = times_s[orders[mat, at], mat]
            halves[at] = across and sides[orders[mat, at]]
        for at in range(counts[mat]):
            i = orders[mat, at]
            for then in range(at + 1, counts[mat]):
                if read_s[then] - read_s[at] > near_s:
                    break
                if across and halves[at] == halves[then]:
                    continue
                j = orders[mat, then]
                if not _near_again(times_s[i], times_s[j], mat, near_s):
                    continue
                if first_near(times_s[i], times_s[j], near_s) != mat:
                    continue
                if found < len(out):
                    out[found, 0], out[found, 1] = i, j
                found += 1
    return found


def candidates(times_s: Floats, near_s: float = NEAR_S, sides: Bools | None = None) -> Ints:
    """(k, 2) rows i < j, each pair once; with ``sides`` (n,) only pairs of both sides."""
    n, m = times_s.shape
    # Who is near at one mat is mostly near at the others: so they lie side by side in memory, too.
    rows = np.argsort(times_s[:, m // 2], kind="stable")
    times_s = np.ascontiguousarray(times_s[rows])
    orders = np.argsort(times_s, axis=0, kind="stable").T.copy()  # NaN comes last
    counts = np.isfinite(times_s).sum(axis=0)
    across = sides is not None
    halves = sides[rows] if sides is not None else np.zeros(0, dtype=np.bool_)
    out = np.empty((8 * n + 64, 2), dtype=np.int64)
    while True:
        found = _scan(times_s, orders, counts, near_s, halves, across, out)
        if found <= len(out):
            return np.sort(rows[out[:found]], axis=1)
        out = np.empty((found, 2), dtype=np.int64)
