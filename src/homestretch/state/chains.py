"""Legs that nobody can run: which passings of a row hold when they contradict each other.

With the fastest plausible pace f, ``u = t - d f`` never decreases along a real course (t the passing, d
the distance). Where it does, at least one read is wrong: a chip in a bag on a truck, a swapped chip, a
clock. The largest set of passings that can be true together is kept; of equal ones the earliest; of
equally early ones (a read at a place that the course passes twice) the one nearest to the runner's pace.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from homestretch.state.kernels import FAR
from homestretch.state.snapshot import Bools, Floats, Ints


@njit(cache=True)
def longest_chains(
    row: Ints,
    metres: Floats,
    run_m: Floats,
    at: Ints,
    miss: Floats,
    pace_ms: Floats,
    ahead_at: Ints,
) -> Bools:
    """(k,) which candidates hold, of candidates sorted by (row, metres, at).

    ``run_m`` how far along the course they must have run; ``at`` milliseconds after base; ``miss`` how far each is from the runner's own pace; ``pace_ms`` the
    fastest plausible pace, milliseconds a metre; ``ahead_at`` when a vehicle carried the row ahead (FAR:
    never), after which only the order of the course counts.
    """
    k = len(row)
    holds = np.zeros(k, np.bool_)
    length, total, previous = np.zeros(k, np.int64), np.zeros(k, np.int64), np.zeros(k, np.int64)
    missed = np.zeros(k, np.float64)
    begin = 0
    while begin < k:
        end, best = begin, begin
        while end < k and row[end] == row[begin]:
            i, end = end, end + 1
            length[i], total[i], missed[i], previous[i] = 1, at[i], miss[i], -1
            for j in range(begin, i):
                apart_ms = at[i] - at[j]
                if metres[i] <= metres[j] or apart_ms <= 0:
                    continue
                least_ms = np.floor((run_m[i] - run_m[j]) * pace_ms[i])
                if apart_ms < least_ms and at[i] <= ahead_at[i]:
                    continue
                if (length[j] + 1, -total[j] - at[i], -missed[j] - miss[i]) > (
                    length[i],
                    -total[i],
                    -missed[i],
                ):
                    length[i], total[i] = length[j] + 1, total[j] + at[i]
                    missed[i], previous[i] = missed[j] + miss[i], j
            if (length[i], -total[i], -missed[i]) > (length[best], -total[best], -missed[best]):
                best = i
        while best >= 0:
            holds[best] = True
            best = previous[best]
        begin = end
    return holds


__all__ = ["FAR", "longest_chains"]
