"""When the road closes: the sweep along its course by its plan and its phone, or the cutoffs of a race.

A car that is behind its plan goes on from where it is at the closing pace; one that is ahead of it waits:
nobody is caught before the planned time. How sure that is: a minute and three hundredths of the time ahead
after a fix, two minutes and as much by the plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.effects import P_NOT_READ
from homestretch.forecast.normal import share_above
from homestretch.forecast.ticking import EARLY, Tables, absence, score_at
from homestretch.forecast.values import MEDIAN
from homestretch.race.event import Sweep
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, SweepTrack

FIX_OFF_S, PLAN_OFF_S, OFF_SHARE = 60.0, 120.0, 0.03
_SPAN = 2.563
"""Standard deviations between the scores of one in ten and nine in ten."""


@dataclass(frozen=True, slots=True)
class Closing:
    """(s,) UTC ms at which the road closes at each site, NEVER where nothing closes it, and how sure (s)."""

    at: Ints
    off_s: Floats


def closing_of_sweep(sweep: Sweep, track: SweepTrack, metres: Floats, now: int) -> Closing:
    """When the sweep comes to these metres of its race (s,); where it has been, when its pace had it there."""
    pace_ms = sweep.pace_s_per_km  # ms a metre and s a km are the same
    planned = sweep.start_at + metres * pace_ms
    if not track.fixes:
        off_s = PLAN_OFF_S + OFF_SHARE * np.maximum(planned - now, 0.0) / 1000.0
        return Closing(planned.astype(np.int64), off_s)
    going_on = track.seen_at + (metres - track.distance_m) * pace_ms
    at = np.where(metres > track.distance_m, np.maximum(planned, going_on), going_on)
    off_s = FIX_OFF_S + OFF_SHARE * np.maximum(at - now, 0.0) / 1000.0
    return Closing(at.astype(np.int64), off_s)


def closing_of_cutoffs(columns: Ints, cutoff_at: Ints) -> Closing:
    """Of a race without a sweep of its own: at its mats (s,) with a cutoff, on the second."""
    at = np.where(columns >= 0, cutoff_at[columns], NEVER)
    return Closing(at, np.zeros(len(at)))


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
