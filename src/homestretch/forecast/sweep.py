"""Who is caught: the chance of coming to a site after its road has closed, compiled by numba."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.normal import share_above
from homestretch.forecast.ticking import EARLY, Tables, absence, score_at
from homestretch.forecast.values import MEDIAN, P_NOT_READ
from homestretch.state.snapshot import Bools, Floats, Ints

_SPAN = 2.563
"""Standard deviations between the scores of one in ten and nine in ten."""


@njit(cache=True)
def catch(
    rows: Ints,
    tables: Tables,
    elapsed_s: Floats,
    reached: Ints,
    next_site: Ints,
    hears: Bools,
    rho: Floats,
    closes_s: Floats,
    off_s: Floats,
    p_caught: npt.NDArray[np.float32],
    margin_s: Floats,
) -> None:
    """(n, s) chance of coming to each site ahead after it has closed, NaN behind; and (n,) the least time
    between the median arrival and the closing, in s.

    ``closes_s`` (n, s) after the table's beginning, NaN where nothing closes; the rest as in
    ``ticking.hold_now``.
    """
    for r in rows:
        log_s = log(max(elapsed_s[r], 1.0))
        near = next_site[r]
        for s in range(reached[r] + 1, tables.shape[1]):
            if np.isnan(closes_s[r, s]):
                continue
            table = tables[r, s]
            offset, factor = 0.0, 1.0
            if near >= 0 and near < s:
                offset, factor = absence(tables[r, near], log_s, rho[reached[r] + 1, near, s])
            least = max(exp(log_of_median(table, offset)), elapsed_s[r])
            margin_s[r] = min(margin_s[r], closes_s[r, s] - least)
            sd = max((table[MEDIAN + 2] - table[MEDIAN - 2]) / _SPAN, 1e-4)
            wider = sqrt(1.0 + (off_s[s] / closes_s[r, s] / sd) ** 2)
            z = (score_at(table, log(closes_s[r, s])) - offset) / factor / wider
            if not hears[s]:  # nothing was to be read there: that nothing was says nothing
                p_caught[r, s] = share_above(z)
                continue
            begun = (score_at(table, log_s) - offset) / factor
            left = share_above(begun) if begun > EARLY else 1.0
            late = left if closes_s[r, s] <= elapsed_s[r] else min(share_above(z), left)
            # Who has not been read at a mat may have been missed there: then they were not caught.
            p_caught[r, s] = late / (left + P_NOT_READ * (1.0 - left))


@njit(cache=True)
def log_of_median(table: Tables, offset: float) -> float:
    """The log time at the middle, after what an absence says."""
    i = MEDIAN + 1 if offset >= 0.0 else MEDIAN
    return float(table[MEDIAN] + offset * (table[i] - table[i - 1]) / 0.6744897501960817)
