"""The path sum: the odds that two runners were together at any mats, over all ways to meet and to part.

Two states, apart and together, over the places where mats read both or people saw both; never having been together
counts 1. With the gap g at a place and at the one before it, the own-pace null gives the next gap as Student's t with
4 degrees of freedom. score = log10(A + T - 1), A and T the sums of all paths that end apart and together. The error
of a sighting widens both what company and what chance would show.
"""

from __future__ import annotations

from math import exp, log10, sqrt
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from homestretch.companions.pace import DENSITY_STEP_S
from homestretch.companions.seen import Nodes, Seen, compare, nobody_seen, room_for
from homestretch.companions.values import Floats, Ints, Model

P_PART: Final = 0.06
"""Chance to part between two mats."""
P_BEGIN: Final = 0.3
"""How many a runner has that start beside them,"""
P_MEET: Final = 0.03
"""and that join them at a later mat."""
LARGEST: Final = 1e280


@njit(cache=True)
def _laplace(gap_s: float, scale_s: float, error_s2: float) -> float:
    scale = sqrt(scale_s * scale_s + error_s2)
    return exp(-gap_s / scale) / (2.0 * scale)


@njit(cache=True)
def together_density(gap_s: float, error_s2: float) -> float:
    """Density of the gap (s) of two who are together: .88 Laplace(.6) + .09 Laplace(3) + .03 Laplace(30), each as
    much wider as the times are wrong: ``error_s2`` is the square of the scale of that error."""
    g = abs(gap_s)
    if error_s2 > 0.0:
        return (
            0.88 * _laplace(g, 0.6, error_s2)
            + 0.09 * _laplace(g, 3.0, error_s2)
            + 0.03 * _laplace(g, 30.0, error_s2)
        )
    return 0.88 / 1.2 * exp(-g / 0.6) + 0.09 / 6.0 * exp(-g / 3.0) + 0.03 / 60.0 * exp(-g / 30.0)


@njit(cache=True)
def t4_density(off_s: float, scale_s: float) -> float:
    """Student's t with 4 degrees of freedom."""
    z = off_s / scale_s
    spread = 1.0 + z * z / 4.0
    density: float = 0.375 / (scale_s * spread * spread * sqrt(spread))
    return density


@njit(cache=True)
def _alone(
    i: int, j: int, nodes: Nodes, at: int, mu_s: Floats, var_s2: Floats
) -> tuple[float, float]:
    """How much the gap is expected to grow from the place before to one, and its variance. Who is off their pace is
    so over the whole leg: on a part of it the deviation is that part."""
    mu, var = 0.0, 0.0
    first, last = nodes.leg[at - 1], nodes.leg[at]
    for leg in range(first, last + 1):
        part = (nodes.part[at] if leg == last else 1.0) - (
            nodes.part[at - 1] if leg == first else 0.0
        )
        if part > 0.0:
            mu += part * (mu_s[j, leg] - mu_s[i, leg])
            var += part * part * (var_s2[i, leg] + var_s2[j, leg])
    return mu, var


@njit(cache=True)
def ratios(
    i: int, j: int, times_s: Floats, mu_s: Floats, var_s2: Floats, seen: Seen, model: Model,
    nodes: Nodes, enter: Floats, stay: Floats,
) -> int:  # fmt: skip
    """Fills the places where both rows were read or seen, and what it is worth to be together at each when apart
    before, and when together before. Returns how many places there are."""
    count = compare(i, j, times_s, seen, nodes)
    for at in range(count):
        leg, part = nodes.leg[at], nodes.part[at]
        f1 = together_density(nodes.gap_s[at], nodes.error_s2[at])
        # As dense as at the mat behind, when they were there.
        there_s = nodes.middle_s[at]
        if part > 0.0:
            there_s -= 0.5 * part * (mu_s[i, leg] + mu_s[j, leg])
        step = int((there_s - model.first_s) / DENSITY_STEP_S + 0.5)
        step = min(max(step, 0), model.density.shape[1] - 1)
        h = P_BEGIN if leg == 0 and part == 0.0 else P_MEET
        enter[at], stay[at] = h * f1 / model.density[leg, step], 0.0
        if at > 0:
            mu, var = _alone(i, j, nodes, at, mu_s, var_s2)
            mu += nodes.gap_s[at - 1]
            # Twice the square of its scale is the variance of Laplace's error.
            var += 2.0 * (nodes.error_s2[at] + nodes.error_s2[at - 1])
            stay[at] = (1.0 - P_PART) * f1 / t4_density(nodes.gap_s[at] - mu, sqrt(var))
    return count


@njit(cache=True)
def score_pair(
    i: int, j: int, times_s: Floats, mu_s: Floats, var_s2: Floats, seen: Seen, model: Model,
    nodes: Nodes, work: Floats,
) -> float:  # fmt: skip
    """Decades of odds that two rows were together anywhere; ``work`` (4, places)."""
    count = ratios(i, j, times_s, mu_s, var_s2, seen, model, nodes, work[0], work[1])
    if count == 0:
        return -np.inf
    apart, together = 1.0, 0.0
    for at in range(count):
        apart, together = (
            min(apart + P_PART * together, LARGEST),
            min(apart * work[0, at] + together * work[1, at], LARGEST),
        )
    return log10(max(apart - 1.0 + together, 1e-300))


@njit(cache=True, nogil=True)
def _score_pairs(
    pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, seen: Seen, model: Model,
    nodes: Nodes,
) -> Floats:  # fmt: skip
    out = np.empty(len(pairs))
    work = np.empty((2, len(nodes.leg)))
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        out[k] = score_pair(i, j, times_s, mu_s, var_s2, seen, model, nodes, work)
    return out


def score_pairs(
    pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, model: Model,
    seen: Seen | None = None,
) -> Floats:  # fmt: skip
    """(k,) scores of pairs (k, 2)."""
    seen = nobody_seen(len(times_s)) if seen is None else seen
    nodes = room_for(times_s.shape[1], seen)
    return _score_pairs(pairs, times_s, mu_s, var_s2, seen, model, nodes)


class Where(NamedTuple):
    """Chances that k pairs were together: at mats, and at places where somebody saw them, each with what was seen
    of the first and of the second, -1 where a mat read one of them."""

    at_mats: Floats
    """(k, m) 0 where mats did not read both"""
    pair: Ints
    """(q,) in the order of the pairs and of the course, as all of these"""
    p: Floats
    gap_s: Floats
    leg: Ints
    part: Floats
    a: Ints
    b: Ints


@njit(cache=True)
def p_together(
    i: int, j: int, times_s: Floats, mu_s: Floats, var_s2: Floats, seen: Seen, model: Model,
    nodes: Nodes, out: Floats, work: Floats,
) -> int:  # fmt: skip
    """Fills the chance (places,) that two rows were together at each place, given that they were somewhere: forward
    and backward over the same paths. Returns how many places there are; ``work`` (4, places)."""
    enter, stay, forward = work[0], work[1], work[2]
    count = ratios(i, j, times_s, mu_s, var_s2, seen, model, nodes, enter, stay)
    apart, together = 1.0, 0.0
    for at in range(count):
        apart, together = (
            min(apart + P_PART * together, LARGEST),
            min(apart * enter[at] + together * stay[at], LARGEST),
        )
        forward[at] = together
    total = max(apart - 1.0 + together, 1e-300)
    back_apart, back_together = 1.0, 1.0
    for at in range(count - 1, -1, -1):
        out[at] = min(forward[at] / total * back_together, 1.0)
        back_apart, back_together = (
            min(back_apart + enter[at] * back_together, LARGEST),
            min(P_PART * back_apart + stay[at] * back_together, LARGEST),
        )
    return count


@njit(cache=True, nogil=True)
def _together_pairs(
    pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, seen: Seen, model: Model,
    nodes: Nodes, at_mats: Floats, where: Ints, what: Floats,
) -> int:  # fmt: skip
    """Fills the chances at mats (k, m), and of places where somebody saw them ``where`` (q, 4): pair, leg, both
    sightings, and ``what`` (q, 3): chance, gap, part; returns how many of these there are."""
    out, work, found = np.empty(len(nodes.leg)), np.empty((3, len(nodes.leg))), 0
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        count = p_together(i, j, times_s, mu_s, var_s2, seen, model, nodes, out, work)
        for at in range(count):
            if nodes.error_s2[at] == 0.0:
                at_mats[k, nodes.leg[at]] = out[at]
            else:
                where[found, 0], where[found, 1] = k, nodes.leg[at]
                where[found, 2], where[found, 3] = nodes.a[at], nodes.b[at]
                what[found, 0], what[found, 1] = out[at], nodes.gap_s[at]
                what[found, 2] = nodes.part[at]
                found += 1
    return found


def together_pairs(
    pairs: Ints, times_s: Floats, mu_s: Floats, var_s2: Floats, model: Model,
    seen: Seen | None = None,
) -> Where:  # fmt: skip
    """Where pairs (k, 2) were together."""
    seen = nobody_seen(len(times_s)) if seen is None else seen
    nodes = room_for(times_s.shape[1], seen)
    counts = np.diff(seen.start)
    most = int(counts[pairs].sum()) if len(pairs) else 0
    at_mats = np.zeros((len(pairs), times_s.shape[1]))
    where, what = np.empty((most, 4), np.int64), np.empty((most, 3))
    found = _together_pairs(pairs, times_s, mu_s, var_s2, seen, model, nodes, at_mats, where, what)
    where, what = where[:found], what[:found]
    return Where(
        at_mats, where[:, 0], what[:, 0], what[:, 1], where[:, 1], what[:, 2], where[:, 2],
        where[:, 3],
    )  # fmt: skip
