"""The sites of one course, and what the fitted people are like there.

A site is a distance at which something may be read or asked: mats, stations, the end. Between two knots
of the model the logarithm of the average pace runs straight in distance, and strays from it like a
Brownian bridge. Courses of other lengths are the marathon drawn to their scale, by a rule that is stated in
``_scaled``, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.forecast.figures import COVARIATES, Model
from homestretch.state.snapshot import Floats

MARATHON_M = 42_195.0
RIEGEL = 0.06
"""How much of a length goes into pace: Riegel (1981), time grows like length to the power of 1.06."""
BORROWED_SPREAD = 1.3
"""Paces on a length that no race of the pool has spread wider by this: nobody has checked them."""
SAME_LENGTH = 0.01
SHORTEST_M = 100.0


@dataclass(frozen=True, slots=True)
class Layout:
    """v variables (sex, age, then the sites), k components. All log paces are log s/m from the start."""

    length_m: float
    sites_m: Floats
    """(s,) ascending, greater than 0"""
    is_mat: tuple[bool, ...]
    """(s,) whether a mat reads there"""
    shares: Floats
    """(k,)"""
    means: Floats
    """(k, v)"""
    covariances: Floats
    """(k, v, v)"""
    borrowed: bool
    """no race of this length is in the pool"""


def make_layout(model: Model, length_m: float, mats_m: Floats, others_m: Floats) -> Layout:
    """The layout of a course with mats and other places (metres from the start, in any order)."""
    mats = np.unique(np.maximum(mats_m, SHORTEST_M))
    sites = np.unique(np.concatenate([mats, np.maximum(others_m, SHORTEST_M), [length_m]]))
    knots_m, means, covariances, borrowed = _scaled(model, length_m)
    lines = _lines(knots_m, sites)
    full = np.zeros((COVARIATES + len(sites), COVARIATES + len(knots_m)))
    full[:COVARIATES, :COVARIATES] = np.eye(COVARIATES)
    full[COVARIATES:, COVARIATES:] = lines
    spread = full @ covariances @ full.T
    spread[:, COVARIATES:, COVARIATES:] += model.wander_m * _bridge(knots_m, sites)
    return Layout(
        length_m=length_m,
        sites_m=sites,
        is_mat=tuple(bool(np.isin(site, mats)) for site in sites),
        shares=model.shares,
        means=means @ full.T,
        covariances=spread,
        borrowed=borrowed,
    )


def _scaled(model: Model, length_m: float) -> tuple[Floats, Floats, Floats, bool]:
    """The knots (metres) and the mixture over them for a course of this length.

    The rule for other lengths: the marathon in its own proportions, everybody faster (or slower) by
    Riegel's power of the length; what people lose on the way shrinks with the root of the length, since
    half a marathon does not break people as a marathon does; all spreads widen by ``BORROWED_SPREAD``.
    """
    share = length_m / MARATHON_M
    if abs(share - 1.0) < SAME_LENGTH:
        return model.knots_m * share, model.means, model.covariances, False
    fade = min(np.sqrt(share), 1.0)
    count = len(model.knots_m)
    change = np.eye(COVARIATES + count)
    change[COVARIATES:, COVARIATES:] *= fade
    change[COVARIATES:, COVARIATES] += 1.0 - fade
    means = model.means @ change.T
    means[:, COVARIATES:] += RIEGEL * np.log(share)
    wider = np.ones(COVARIATES + count)
    wider[COVARIATES:] = BORROWED_SPREAD
    covariances = (change @ model.covariances @ change.T) * wider * wider[:, None]
    return model.knots_m * share, means, covariances, True


def _lines(knots_m: Floats, sites_m: Floats) -> Floats:
    """(s, knots) weights of the straight lines between knots; flat outside them."""
    weights = np.zeros((len(sites_m), len(knots_m)))
    for knot in range(len(knots_m)):
        weights[:, knot] = np.interp(sites_m, knots_m, np.eye(len(knots_m))[knot])
    return weights


def _bridge(knots_m: Floats, sites_m: Floats) -> Floats:
    """(s, s) covariance of what strays between knots, for a wander of one metre; 0 at the knots."""
    ends = np.concatenate([[0.0], knots_m])
    gap = np.clip(np.searchsorted(ends, sites_m, side="left"), 1, len(ends) - 1)
    a, b = ends[gap - 1], ends[gap]
    inside = np.clip(sites_m, a, b)
    early = np.minimum(inside[:, None], inside[None, :]) - a[:, None]
    late = b[:, None] - np.maximum(inside[:, None], inside[None, :])
    same = gap[:, None] == gap[None, :]
    strays = np.where(same, early * late / (b - a)[:, None], 0.0)
    return strays / (sites_m[:, None] * sites_m[None, :])
