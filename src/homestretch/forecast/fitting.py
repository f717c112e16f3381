"""Fits the mixture: EM over people, most of whom miss no mat and some of whom miss several.

A person is a row of variables: sex and age (both may be unknown), then the logarithm of the average pace
(log s/m) at each knot. Source of the formulae: Ghahramani and Jordan, "Supervised learning from incomplete
data via an EM approach" (1994). Everything starts from bands of pace, so a fit is the same every time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.state.snapshot import Bools, Floats

COVARIATES = 2
"""Sex (1 woman, 0 man) and age (in units of ten years from 40) come before the knots."""
FLOOR_PACE, FLOOR_PERSON = 1e-6, 0.03
"""Least variance of a log pace, and of sex and age: no component stands for one single kind of person."""
UNKNOWN = (0.5, 0.0)
"""Sex and age where a pool says them of nobody: the same in every component, so they tell nothing."""
LEAST_ROWS = 100
"""People who miss a set of mats that fewer miss are left out: too few to pay for their own matrices."""


class Mixture(NamedTuple):
    """Shares (k,), means (k, v) and covariances (k, v, v) of Gaussians over v variables."""

    shares: Floats
    means: Floats
    covariances: Floats


def person_rows(times: Floats, knots_m: Floats, woman: Floats, age: Floats) -> Floats:
    """(n, 2 + knots) variables of people from net times (n, knots) in s, 0/1 (n,) and years (n,).

    NaN is unknown. A time that is no progress, or a leg that nobody runs or walks, is taken out with both
    of its neighbours' shares of doubt: the time itself and the one before it.
    """
    clean = without_wrong_times(times, knots_m)
    return np.column_stack([woman, (age - 40.0) / 10.0, np.log(clean / knots_m)])


def without_wrong_times(times: Floats, knots_m: Floats) -> Floats:
    """The times without those between which nobody can have run or walked (0.13 to 2.5 s/m)."""
    clean = np.where(times > 0.0, times, np.nan)
    last_t, last_m = np.zeros(len(clean)), np.zeros(len(clean))
    for column, metres in enumerate(knots_m):
        pace = (clean[:, column] - last_t) / (metres - last_m)
        wrong = (pace < 0.13) | (pace > 2.5)
        clean[wrong, column] = np.nan
        known = np.isfinite(clean[:, column])
        last_t = np.where(known, clean[:, column], last_t)
        last_m = np.where(known, metres, last_m)
    return clean


def fit_mixture(rows: Floats, components: int, rounds: int, weight: Floats) -> Mixture:
    """The mixture after so many rounds of EM; ``rows`` (n, v) with NaN where unknown, ``weight`` (n,)."""
    groups = _by_pattern(rows, weight)
    mixture = _start(rows, components, weight)
    for _ in range(rounds):
        mixture = _round(groups, mixture)
    order = np.argsort(mixture.means[:, -1])
    return Mixture(*(part[order] for part in mixture))


class _Group(NamedTuple):
    """People who are known at the same variables: which (v,), their values (n, known), weights (n,)."""

    known: Bools
    values: Floats
    weight: Floats


def _by_pattern(rows: Floats, weight: Floats) -> list[_Group]:
    known = np.isfinite(rows)
    code = known @ (1 << np.arange(rows.shape[1]))
    found = []
    for value, count in zip(*np.unique(code, return_counts=True), strict=True):
        if count >= LEAST_ROWS:
            mine = code == value
            columns = known[mine][0]
            found.append(_Group(columns, rows[mine][:, columns], weight[mine]))
    return found


def _start(rows: Floats, components: int, weight: Floats) -> Mixture:
    """Bands of the last pace, each in two halves by how much was lost since the first."""
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    usual = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(count, 1)
    usual[: len(UNKNOWN)] = np.where(count[: len(UNKNOWN)] > 0, usual[: len(UNKNOWN)], UNKNOWN)
    filled = np.where(known, rows, usual)
    last, lost = filled[:, -1], filled[:, -1] - filled[:, COVARIATES]
    bands = components // 2
    band = np.searchsorted(np.quantile(last, np.arange(1, bands) / bands), last)
    which = band * 2 + (lost > np.median(lost))
    means, covariances, shares = [], [], []
    for component in range(2 * bands):
        mine = which == component
        means.append(np.average(filled[mine], axis=0, weights=weight[mine]))
        covariances.append(np.cov(filled[mine].T, aweights=weight[mine]) + _floor(rows.shape[1]))
        shares.append(weight[mine].sum())
    return Mixture(np.array(shares) / weight.sum(), np.array(means), np.array(covariances))


def _floor(variables: int) -> Floats:
    least = np.full(variables, FLOOR_PACE)
    least[:COVARIATES] = FLOOR_PERSON
    return np.diag(least)


def _round(groups: list[_Group], mixture: Mixture) -> Mixture:
    """One round: who belongs where, what the unknown values would be, then shares, means, covariances."""
    components, variables = mixture.means.shape
    mass = np.zeros(components)
    first = np.zeros((components, variables))
    second = np.zeros((components, variables, variables))
    for group in groups:
        belongs = _belongs(group, mixture)
        o, h = group.known, ~group.known
        for c in range(components):
            w = belongs[:, c]
            covariance = mixture.covariances[c]
            off = group.values - mixture.means[c, o]
            total, weighted = w.sum(), off * w[:, None]
            sums, squares = weighted.sum(axis=0), weighted.T @ off
            # An unknown value is a linear function of the known ones, and has a variance of its own.
            fill = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, h)])
            whole = np.zeros((o.sum(), variables))
            whole[:, o], whole[:, h] = np.eye(o.sum()), fill
            mass[c] += total
            first[c] += sums @ whole
            second[c] += whole.T @ squares @ whole
            rest = covariance[np.ix_(h, h)] - covariance[np.ix_(h, o)] @ fill
            second[c][np.ix_(h, h)] += total * rest
    shift = first / mass[:, None]
    covariances = second / mass[:, None, None] - shift[:, :, None] * shift[:, None, :]
    return Mixture(mass / mass.sum(), mixture.means + shift, covariances + _floor(variables))


def _belongs(group: _Group, mixture: Mixture) -> Floats:
    """(n, k) weight of each person in each component."""
    o = group.known
    logs = np.empty((len(group.values), len(mixture.shares)))
    for c, share in enumerate(mixture.shares):
        factor = np.linalg.cholesky(mixture.covariances[c][np.ix_(o, o)])
        z = np.linalg.solve(factor, (group.values - mixture.means[c, o]).T)
        logs[:, c] = np.log(share) - 0.5 * (z * z).sum(axis=0) - np.log(np.diag(factor)).sum()
    logs -= logs.max(axis=1, keepdims=True)
    belongs = np.exp(logs)
    shares: Floats = belongs * (group.weight / belongs.sum(axis=1))[:, None]
    return shares


def fit_wander(times: Floats, knots_m: Floats) -> float:
    """Metres: the variance of the relative deviation from an even pace between two knots, times metres.

    Between a and b the time at d strays from the straight line like a Brownian bridge, with variance
    wander pace^2 (d - a) (b - d) / (b - a). Taken from knots as if they had not been read; the median over
    people, so that who stopped does not stand for all.
    """
    found = []
    for a, d, b in zip(knots_m[:-2], knots_m[1:-1], knots_m[2:], strict=True):
        i, j, k = (int(np.flatnonzero(knots_m == metres)[0]) for metres in (a, d, b))
        pace = (times[:, k] - times[:, i]) / (b - a)
        off = (times[:, j] - times[:, i] - pace * (d - a)) / pace
        spread = 1.4826 * np.nanmedian(np.abs(off - np.nanmedian(off)))
        found.append(spread**2 * (b - a) / ((d - a) * (b - d)))
    return float(np.median(found))
