"""The normal distribution for compiled loops: its share below a score, and the score of a share."""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from statistics import NormalDist

import numpy as np
from numba import njit

_STEPS, _REACH = 4096, 8.0
_TABLE = np.array([NormalDist().cdf(x) for x in np.linspace(-_REACH, _REACH, _STEPS + 1)])
_PER_UNIT = _STEPS / (2.0 * _REACH)
LEAST = 1e-12
"""The smallest share that is told from nothing."""


@njit(cache=True)
def quick_share_below(score: float) -> float:
    """The share of a normal distribution below a score, to 1e-6, by a table."""
    place = (score + _REACH) * _PER_UNIT
    if place <= 0.0:
        return 0.0
    if place >= _STEPS:
        return 1.0
    step = int(place)
    return float(_TABLE[step] + (place - step) * (_TABLE[step + 1] - _TABLE[step]))


@njit(cache=True)
def share_above(score: float) -> float:
    """The share of a normal distribution above a score, exact in the tail."""
    return float(0.5 * erfc(score * 0.7071067811865476))


@njit(cache=True)
def hazard(score: float) -> float:
    """The mean of a standard normal that is known to lie above a score."""
    if score > 8.0:
        return score + 1.0 / score
    return float(0.3989422804014327 * exp(-0.5 * score * score) / share_above(score))


@njit(cache=True)
def score_of(share: float) -> float:
    """The score below which a share lies: Acklam's rational approximation, to 1e-9 of the score."""
    p = min(max(share, LEAST), 1.0 - LEAST)
    if p < 0.02425 or p > 0.97575:
        q = sqrt(-2.0 * log(min(p, 1.0 - p)))
        top = -7.784894002430293e-03 * q - 3.223964580411365e-01
        top = (top * q - 2.400758277161838) * q - 2.549732539343734
        top = (top * q + 4.374664141464968) * q + 2.938163982698783
        low = 7.784695709041462e-03 * q + 3.224671290700398e-01
        low = ((low * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0
        return top / low if p < 0.5 else -top / low
    q = p - 0.5
    r = q * q
    top = -3.969683028665376e01 * r + 2.209460984245205e02
    top = (top * r - 2.759285104469687e02) * r + 1.383577518672690e02
    top = (top * r - 3.066479806614716e01) * r + 2.506628277459239
    low = -5.447609879822406e01 * r + 1.615858368580409e02
    low = (low * r - 1.556989798598866e02) * r + 6.680131188771972e01
    low = (low * r - 1.328068155288572e01) * r + 1.0
    return top * q / low
