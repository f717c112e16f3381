"""From tables of arrivals to what holds now: nobody arrives in the past, and who is not there yet says so.

A table gives log times from the runner's start at ``LEVELS``, as they were to be expected when the runner
was last read. At a later moment the runner has not been read at the next mat. In the normal scores of the
table: the score there lies above some z, has the mean of a cut normal, and carries the scores of all places
behind it with it by their correlation. A mat misses some: the longer nothing comes, the likelier that is.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.normal import hazard, score_of, share_above
from homestretch.forecast.values import FINISH, LEVEL_SCORES, LEVELS, MEDIAN, P_NOT_READ, Coming
from homestretch.state.snapshot import Bools, Floats, Ints

Tables = npt.NDArray[np.float32]

EARLY = -3.0
"""Nobody comes before this score: until then that somebody is not there says nothing."""
LATEST = 7.0
ANY_MINUTE_SHARE, OVERDUE_SHARE = 0.1, 0.01
SOON_S = 60.0
P_STOPS, STOPS_S = 0.02, 1200.0
"""So many stop on a leg, for so long on average: an absence may be that as well as a mat that missed them."""
LONGER = 0.2
"""Who is overdue takes at least this share of their lateness longer, on average: the tails of real days are
heavier than those of any normal."""
_DUE, _ANY, _OVERDUE = int(Coming.DUE), int(Coming.ANY_MINUTE), int(Coming.OVERDUE)
_MAYBE = int(Coming.MAYBE_PASSED)


@njit(cache=True)
def score_at(table: Tables, log_s: float) -> float:
    """The score of a log time in one table (q,)."""
    i = 1
    while i < len(table) - 1 and table[i] < log_s:
        i += 1
    step = max(table[i] - table[i - 1], 1e-7)
    part = (log_s - table[i - 1]) / step
    score = LEVEL_SCORES[i - 1] + part * (LEVEL_SCORES[i] - LEVEL_SCORES[i - 1])
    return float(min(max(score, -LATEST), LATEST))


@njit(cache=True)
def log_at(table: Tables, score: float) -> float:
    """The other way round."""
    i = 1
    while i < len(table) - 1 and LEVEL_SCORES[i] < score:
        i += 1
    part = (score - LEVEL_SCORES[i - 1]) / (LEVEL_SCORES[i] - LEVEL_SCORES[i - 1])
    return float(table[i - 1] + part * (table[i] - table[i - 1]))


@njit(cache=True)
def absence(table: Tables, log_s: float, rho: float) -> tuple[float, float]:
    """What nothing read at a mat says of a place behind it: scores there are these two, offset and factor,
    times the scores before."""
    z = score_at(table, log_s)
    if z < EARLY:
        return 0.0, 1.0
    late_s = exp(log_s) - exp(float(table[MEDIAN]))
    above = share_above(z) + P_STOPS * exp(-max(late_s, 0.0) / STOPS_S)
    believed = above / (above + P_NOT_READ)
    mean = hazard(z)
    narrowed = believed * rho * rho * mean * (mean - z)
    return believed * rho * mean, sqrt(max(1.0 - narrowed, 0.05))


@njit(cache=True)
def hold_now(
    rows: Ints,
    asked: Ints,
    tables: Tables,
    elapsed_s: Floats,
    last: Ints,
    next_site: Ints,
    hears: Bools,
    rho: Floats,
    in_s: npt.NDArray[np.int32],
    coming: npt.NDArray[np.int8],
    p_to_come: npt.NDArray[np.float32],
) -> None:
    """Fills arrivals of rows (k,) at the sites asked for (n, t), -1 for none.

    ``tables`` (n, s, q); ``elapsed_s`` (n,) since the table's beginning; ``last`` and ``next_site`` (n,)
    sites of the newest read and of the next mat that hears, -1 for none; ``hears`` (s,); ``rho``
    (1 + s, s, s) correlation of two sites by the last one read.
    """
    for r in rows:
        log_s = log(max(elapsed_s[r], 1.0))
        near = next_site[r]
        for t in range(asked.shape[1]):
            s = asked[r, t]
            if s <= last[r]:
                continue
            offset, factor = 0.0, 1.0
            if near >= 0 and near < s:
                offset, factor = absence(tables[r, near], log_s, rho[last[r] + 1, near, s])
            above = _arrive(tables[r, s], offset, factor, elapsed_s[r], in_s[r, t])
            p_to_come[r, t] = above / (above + P_NOT_READ * (1.0 - above)) if hears[s] else above
            coming[r, t] = _word(above, hears[s], in_s[r, t, MEDIAN])
        _in_order(asked[r], in_s[r])


@njit(cache=True)
def _arrive(
    table: Tables, offset: float, factor: float, elapsed_s: float, in_s: npt.NDArray[np.int32]
) -> float:
    """Fills arrivals (q,) in s from now, given that there was none yet; returns how likely that was."""
    z = (score_at(table, log(max(elapsed_s, 1.0))) - offset) / factor
    above = share_above(z) if z > EARLY else 1.0
    late_s = 0.0
    if above < OVERDUE_SHARE:
        late_s = LONGER * max(elapsed_s - exp(float(table[MEDIAN])), 0.0)
    for q in range(len(LEVELS)):
        score = LEVEL_SCORES[q]
        if z > EARLY:
            score = -score_of((1.0 - LEVELS[q]) * above)
        left_s = exp(log_at(table, offset + factor * score)) - elapsed_s
        in_s[q] = int(max(left_s, -late_s * log(1.0 - LEVELS[q]), 0.0) + 0.5)
        if q > 0 and in_s[q] < in_s[q - 1]:
            in_s[q] = in_s[q - 1]
    return above


@njit(cache=True)
def _word(above: float, hears: bool, median_s: int) -> int:
    """``Coming`` at a place, by how likely it was not to be there yet."""
    if not hears and above < 0.5:
        return _MAYBE
    if hears and above < OVERDUE_SHARE:
        return _OVERDUE
    return _ANY if above < ANY_MINUTE_SHARE or median_s < SOON_S else _DUE


@njit(cache=True)
def _in_order(asked: Ints, in_s: npt.NDArray[np.int32]) -> None:
    """Nobody is at the end before they are anywhere on the way: of two words the one about the end holds."""
    for t in range(len(asked)):
        if t != FINISH and 0 <= asked[t] < asked[FINISH] and in_s[FINISH, 0] >= 0:
            for q in range(in_s.shape[1]):
                in_s[t, q] = min(in_s[t, q], in_s[FINISH, q])
