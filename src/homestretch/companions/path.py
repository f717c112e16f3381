"""The path sum: the odds that two runners were together at any mats, over all ways to meet and to part.

Two states, apart and together, over the mats that read both; never having been together counts 1. With the gap
g at a mat and at the one before it, the own-pace null gives the next gap as Student's t with 4 degrees of
freedom. score = log10(A + T - 1), A and T the sums of all paths that end apart and together.
"""

from __future__ import annotations

from math import exp, log10, sqrt
from typing import Final

import numpy as np
from numba import njit

from homestretch.companions.pace import DENSITY_STEP_S
from homestretch.companions.values import Floats, Ints, Model

P_PART: Final = 0.06
"""Chance to part between two mats."""
P_BEGIN: Final = 0.3
"""How many a runner has that start beside them,"""
P_MEET: Final = 0.03
"""and that join them at a later mat."""
LARGEST: Final = 1e280


@njit(cache=True)
def together_density(gap_s: float) -> float:
    """Density of the gap (s) of two who are together: .88 Laplace(.6) + .09 Laplace(3) + .03 Laplace(30)."""
    g = abs(gap_s)
    return 0.88 / 1.2 * exp(-g / 0.6) + 0.09 / 6.0 * exp(-g / 3.0) + 0.03 / 60.0 * exp(-g / 30.0)


@njit(cache=True)
def t4_density(off_s: float, scale_s: float) -> float:
    """Student's t with 4 degrees of freedom."""
    z = off_s / scale_s
    spread = 1.0 + z * z / 4.0
    density: float = 0.375 / (scale_s * spread * spread * sqrt(spread))
    return density


@njit(cache=True)
def ratios(
    a: Floats, b: Floats, mu_a: Floats, mu_b: Floats, var_a: Floats, var_b: Floats, model: Model,
    enter: Floats, stay: Floats,
) -> int:  # fmt: skip
    """Fills what it is worth (m,) to be together at each mat when apart before, and when together before; 0 where
    one was not read. Returns the number of common mats."""
    common, before = 0, -1
    before_gap = 0.0
    for mat in range(len(a)):
        enter[mat] = stay[mat] = 0.0
        gap = b[mat] - a[mat]
        if np.isnan(gap):
            continue
        f1 = together_density(gap)
        step = int((0.5 * (a[mat] + b[mat]) - model.first_s) / DENSITY_STEP_S + 0.5)
        step = min(max(step, 0), model.density.shape[1] - 1)
        h = P_BEGIN if mat == 0 else P_MEET
        enter[mat] = h * f1 / model.density[mat, step]
        if before >= 0:
            mu, var = before_gap, 0.0
            for leg in range(before, mat):
                mu += mu_b[leg] - mu_a[leg]
                var += var_a[leg] + var_b[leg]
            stay[mat] = (1.0 - P_PART) * f1 / t4_density(gap - mu, sqrt(var))
        before, before_gap = mat, gap
        common += 1
    return common


@njit(cache=True)
def score_pair(
    a: Floats, b: Floats, mu_a: Floats, mu_b: Floats, var_a: Floats, var_b: Floats, model: Model,
    work: Floats,
) -> float:  # fmt: skip
    """Decades of odds that two rows were together anywhere; ``work`` (2, m)."""
    if ratios(a, b, mu_a, mu_b, var_a, var_b, model, work[0], work[1]) == 0:
        return -np.inf
    apart, together = 1.0, 0.0
    for mat in range(len(a)):
        if work[0, mat] > 0.0:
            apart, together = (
                min(apart + P_PART * together, LARGEST),
                min(apart * work[0, mat] + together * work[1, mat], LARGEST),
            )
    return log10(max(apart - 1.0 + together, 1e-300))


@njit(cache=True, nogil=True)
def score_pairs(pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, model: Model) -> Floats:
    """(k,) scores of pairs (k, 2)."""
    out = np.empty(len(pairs))
    work = np.empty((2, times_s.shape[1]))
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        out[k] = score_pair(
            times_s[i], times_s[j], mu_s[i], mu_s[j], var_s2[i], var_s2[j], model, work
        )
    return out


@njit(cache=True)
def p_together(
    a: Floats, b: Floats, mu_a: Floats, mu_b: Floats, var_a: Floats, var_b: Floats, model: Model,
    out: Floats, work: Floats,
) -> None:  # fmt: skip
    """Fills the chance (m,) that two rows were together at each mat, given that they were somewhere: forward and
    backward over the same paths; 0 where one was not read. ``work`` (4, m)."""
    enter, stay, forward, apart_to = work[0], work[1], work[2], work[3]
    out[:] = 0.0
    if ratios(a, b, mu_a, mu_b, var_a, var_b, model, enter, stay) == 0:
        return
    apart, together = 1.0, 0.0
    for mat in range(len(a)):
        if enter[mat] > 0.0:
            apart, together = (
                min(apart + P_PART * together, LARGEST),
                min(apart * enter[mat] + together * stay[mat], LARGEST),
            )
        forward[mat], apart_to[mat] = together, apart
    total = max(apart - 1.0 + together, 1e-300)
    back_apart, back_together = 1.0, 1.0
    for mat in range(len(a) - 1, -1, -1):
        if enter[mat] > 0.0:
            out[mat] = min(forward[mat] / total * back_together, 1.0)
            back_apart, back_together = (
                min(back_apart + enter[mat] * back_together, LARGEST),
                min(P_PART * back_apart + stay[mat] * back_together, LARGEST),
            )


@njit(cache=True, nogil=True)
def together_pairs(
    pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, model: Model
) -> Floats:
    """(k, m) chances that pairs were together at each mat."""
    out = np.zeros((len(pairs), times_s.shape[1]))
    work = np.empty((4, times_s.shape[1]))
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        p_together(
            times_s[i], times_s[j], mu_s[i], mu_s[j], var_s2[i], var_s2[j], model, out[k], work
        )
    return out
