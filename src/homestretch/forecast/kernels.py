"""The loops over all runners, compiled by numba: innovations, expected reads, and arrival tables.

Rows are runners, ``y`` (n, v) their log paces (and sex and age), NaN where unknown. See ``gains``.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.figures import COVARIATES
from homestretch.forecast.gains import Gains
from homestretch.forecast.normal import quick_share_below, score_of
from homestretch.state.snapshot import Floats, Ints

_GRID = np.linspace(-4.0, 4.5, 18)
"""Standard deviations from the mean at which the mixture's distribution is looked at."""
_LIGHT = 1e-4
"""A component that a runner belongs to by less is left out."""


@njit(cache=True)
def _innovate(y: Floats, p: int, c: int, count: int, gains: Gains, out: Floats) -> None:
    """(v,) innovations of one runner in one component."""
    for i in range(count):
        total = 0.0
        for j in range(i + 1):
            v = gains.known[p, j]
            total += gains.whiten[p, c, i, j] * (y[v] - gains.means[c, v])
        out[i] = total


@njit(cache=True)
def _count(known: Ints) -> int:
    for i in range(len(known)):
        if known[i] < 0:
            return i
    return len(known)


@njit(cache=True)
def _to_shares(logs: Floats, shares: Floats) -> None:
    top = logs.max()
    total = 0.0
    for c in range(len(logs)):
        shares[c] = exp(logs[c] - top)
        total += shares[c]
    for c in range(len(logs)):
        shares[c] /= total


@njit(cache=True)
def belongs_to(y: Floats, p: int, gains: Gains, innovation: Floats, shares: Floats) -> int:
    """Fills one runner's innovations (k, v) and how much they belong to each component (k,); returns how
    many variables are known."""
    count = _count(gains.known[p])
    logs = gains.log_share.copy()
    for c in range(len(logs)):
        _innovate(y, p, c, count, gains, innovation[c])
        for i in range(count):
            logs[c] -= 0.5 * innovation[c, i] ** 2 + gains.log_scale[p, c, i]
    _to_shares(logs, shares)
    return count


@njit(cache=True)
def expect_reads(y: Floats, pattern: Ints, gains: Gains, mean: Floats, sd: Floats) -> None:
    """(n, v) mean and standard deviation of each known log pace, given those before it on the course.

    Of the component's innovation i the value is (scale times it): its mean before it was known is the value
    less that. NaN stays where nothing is known.
    """
    components = len(gains.log_share)
    variables = y.shape[1]
    innovation = np.empty((components, variables))
    logs, shares = np.empty(components), np.empty(components)
    for r in range(len(y)):
        p = pattern[r]
        count = _count(gains.known[p])
        for c in range(components):
            _innovate(y[r], p, c, count, gains, innovation[c])
            logs[c] = gains.log_share[c]
        for i in range(count):
            v = gains.known[p, i]
            _to_shares(logs, shares)
            first, second = 0.0, 0.0
            for c in range(components):
                scale = exp(gains.log_scale[p, c, i])
                expected = y[r, v] - scale * innovation[c, i]
                first += shares[c] * expected
                second += shares[c] * (scale * scale + expected * expected)
                logs[c] -= 0.5 * innovation[c, i] ** 2 + gains.log_scale[p, c, i]
            mean[r, v] = first
            sd[r, v] = sqrt(max(second - first * first, 1e-12))


@njit(cache=True)
def _moments(shares: Floats, means: Floats, sds: Floats) -> tuple[float, float]:
    first, second = 0.0, 0.0
    for c in range(len(shares)):
        first += shares[c] * means[c]
    for c in range(len(shares)):
        second += shares[c] * (sds[c] ** 2 + (means[c] - first) ** 2)
    return first, sqrt(second)


@njit(cache=True)
def _scores_on_grid(
    shares: Floats, means: Floats, sds: Floats, middle: float, spread: float, out: Floats
) -> None:
    """(g,) normal scores of the mixture's distribution at the grid around its middle."""
    for g in range(len(_GRID)):
        x = middle + spread * _GRID[g]
        below = 0.0
        for c in range(len(shares)):
            if shares[c] > 0.0:
                below += shares[c] * quick_share_below((x - means[c]) / sds[c])
        out[g] = score_of(below)


@njit(cache=True)
def _at_score(scores: Floats, wanted: float) -> float:
    """Standard deviations from the middle at which the mixture has a score; straight beyond the grid."""
    g = 1
    while g < len(scores) - 1 and scores[g] < wanted:
        g += 1
    step = scores[g] - scores[g - 1]
    if step < 1e-9:
        return float(_GRID[g])
    part = (wanted - scores[g - 1]) / step
    return float(_GRID[g - 1] + min(max(part, -6.0), 6.0) * (_GRID[g] - _GRID[g - 1]))


@njit(cache=True)
def expected_at(gains: Gains, p: int, c: int, s: int, count: int, innovation: Floats) -> float:
    """The log pace that one component expects at a site, given a runner's innovations (v,)."""
    total = gains.means[c, COVARIATES + s]
    for i in range(count):
        total += gains.gain[p, c, s, i] * innovation[i]
    return float(total)


@njit(cache=True)
def _at_site(
    gains: Gains,
    p: int,
    s: int,
    count: int,
    innovation: Floats,
    shares: Floats,
    added: float,
    more: float,
    means: Floats,
    sds: Floats,
) -> None:
    """Fills means and deviations (k,) at one site of the components that a runner belongs to."""
    for c in range(len(shares)):
        means[c], sds[c] = 0.0, 1.0
        if shares[c] > 0.0:
            means[c] = expected_at(gains, p, c, s, count, innovation[c]) + added
            sds[c] = sqrt(gains.sd[p, c, s] ** 2 + more)


@njit(cache=True)
def tabulate(
    rows: Ints,
    y: Floats,
    pattern: Ints,
    last: Ints,
    band: Ints,
    gains: Gains,
    sites_m: Floats,
    shift: npt.NDArray[np.float64],
    extra: npt.NDArray[np.float64],
    place: Floats,
    lean: Floats,
    wanted: Floats,
    table: npt.NDArray[np.float32],
) -> None:
    """Log times (n, s, q) at which each of these rows comes to each site ahead, at q levels.

    ``last`` (n,) site of the newest read, -1 for none; ``band`` (n,) of pace; ``shift`` and ``extra``
    (1 + s, s, nodes) what the day adds to a log pace and its variance, by last site, at nodes of pace, of
    which ``place`` (n,) is the runner's own (a position between nodes); ``lean`` (n,) is added to all scores of a row; ``wanted`` (bands, 1 + s, s, q) the
    mixture's score that stands for each level.
    """
    components, sites, nodes = len(gains.log_share), len(sites_m), shift.shape[2]
    innovation = np.empty((components, y.shape[1]))
    shares = np.empty(components)
    means, sds, scores = np.empty(components), np.empty(components), np.empty(len(_GRID))
    for r in rows:
        p, k = pattern[r], last[r] + 1
        count = belongs_to(y[r], p, gains, innovation, shares)
        for c in range(components):
            shares[c] = shares[c] if shares[c] > _LIGHT else 0.0
        shares /= shares.sum()
        node = min(int(place[r]), nodes - 2)
        part = place[r] - node
        for s in range(last[r] + 1, sites):
            added = (1.0 - part) * shift[k, s, node] + part * shift[k, s, node + 1]
            more = (1.0 - part) * extra[k, s, node] + part * extra[k, s, node + 1]
            _at_site(gains, p, s, count, innovation, shares, added, more, means, sds)
            middle, spread = _moments(shares, means, sds)
            _scores_on_grid(shares, means, sds, middle, spread, scores)
            for q in range(table.shape[2]):
                off = _at_score(scores, wanted[band[r], k, s, q] + lean[r])
                table[r, s, q] = log(sites_m[s]) + middle + spread * off


@njit(cache=True)
def expect_site(
    y: Floats, pattern: Ints, site: Ints, gains: Gains, mean: Floats, sd: Floats
) -> None:
    """(n,) mean and standard deviation of the log pace at one site of each row, given all its reads."""
    components = len(gains.log_share)
    innovation = np.empty((components, y.shape[1]))
    shares = np.empty(components)
    means, sds = np.empty(components), np.empty(components)
    for r in range(len(y)):
        p, s = pattern[r], site[r]
        count = belongs_to(y[r], p, gains, innovation, shares)
        for c in range(components):
            means[c] = expected_at(gains, p, c, s, count, innovation[c])
            sds[c] = gains.sd[p, c, s]
        mean[r], sd[r] = _moments(shares, means, sds)
