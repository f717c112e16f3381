"""The own-pace null: when a runner who is with nobody comes to the next mat, from the runner's own past alone.

For each leg the log pace is predicted by a robust regression on the last three log paces, their mean so far and
its square; the first leg by when they crossed the first mat. Its scale is 1.4826 times the median absolute
residual in bins of predicted pace, times how even this runner has been so far. Only earlier reads are used, so
that being together does not explain itself.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, log, sqrt
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from homestretch.companions.values import Floats, Ints, Model

TERMS: Final = 6
"""Intercept, last three log paces, mean so far, square of the mean."""
BINS: Final = 24
LEAST_IN_BIN: Final = 60
DEFAULT_SCALE: Final = 0.04
"""Spread of a log pace where too few have run to say: worth as many runners as ``DEFAULT_WEIGHT``."""
DEFAULT_WEIGHT: Final = 20.0
LEAST_SCALE: Final = 0.004
EVEN_WEIGHT: Final = 3.0
"""How many legs of their own a runner must have run before their own evenness counts as much as the field's."""
MOST_Z: Final = 4.0
MEAN_ABS_Z: Final = 0.95
"""Mean of min(|z|, 4) of Student's t with 4 degrees of freedom, scaled to a median absolute value of 0.6745."""
DENSITY_STEP_S: Final = 10.0
DENSITY_S: Final = 30.0
LEAST_DENSITY: Final = 1 / 60.0
"""Runners a second where nobody else was within ``DENSITY_S``."""

LEAST_AHEAD: Final = 0.2
"""Runners a second that are reckoned with where nobody has been read yet."""


class Habits(NamedTuple):
    """What the null knows of habits; its figures say what each is worth."""

    even: float = 0.8
    """power with which a runner's own evenness so far scales their spread; 0: everybody's alike"""
    start_bins: int = 200
    """bins of when they started, each with a first pace of its own; 1: all start alike"""


HABITS: Final = Habits()


@njit(cache=True)
def terms_of(paces: Floats, leg: int, out: Floats) -> None:
    """Fills the terms (c,) of the prediction of one leg from the log paces of the legs before it."""
    out[:] = 0.0
    out[0] = 1.0
    if leg == 0:
        return
    mean = 0.0
    for k in range(leg):
        mean += paces[k]
    mean /= leg
    for back in range(min(leg, 3)):
        out[1 + back] = paces[leg - 1 - back]
    if leg > 3:
        out[4] = mean
    out[5] = mean * mean


@njit(cache=True)
def predicted(paces: Floats, first_s: float, leg: int, model: Model, terms: Floats) -> float:
    """The log pace that a leg is expected to be run at."""
    if leg == 0:
        if np.isnan(first_s):
            middle: float = np.median(model.start_log)
            return middle
        nearest: float = model.start_log[np.searchsorted(model.start_edges, first_s, side="right")]
        return nearest
    terms_of(paces, leg, terms)
    total: float = 0.0
    for c in range(TERMS):
        total += model.weights[leg, c] * terms[c]
    return total


@njit(cache=True)
def run_leg(
    times: Floats, leg: int, expected: float, model: Model, paces: Floats, state: Floats
) -> float:
    """Takes one leg into a runner's past: sets ``paces[leg]`` and ``state`` (3,): last mat read, sum of |z|,
    legs counted. Returns the scale of the log pace as it was before the leg."""
    bin_of = np.searchsorted(model.edges[leg], expected, side="right")
    even = (state[1] + EVEN_WEIGHT * MEAN_ABS_Z) / ((state[2] + EVEN_WEIGHT) * MEAN_ABS_Z)
    scale: float = model.scale[leg, bin_of] * even**model.even
    paces[leg] = expected
    if np.isnan(times[leg + 1]):
        return scale
    last = int(state[0])
    state[0] = leg + 1
    if last < 0 or times[leg + 1] <= times[last]:
        return scale
    planned_s = 0.0
    for k in range(last, leg + 1):
        planned_s += exp(paces[k]) * (model.metres[k + 1] - model.metres[k])
    # Over a mat that did not read the same surprise is laid on every leg.
    surprise = log((times[leg + 1] - times[last]) / planned_s)
    for k in range(last, leg + 1):
        paces[k] += surprise
    if last == leg:
        state[1] += min(abs(surprise) / model.scale[leg, bin_of], MOST_Z)
        state[2] += 1.0
    return scale


@njit(cache=True)
def run_row(times: Floats, model: Model, mu_s: Floats, var_s2: Floats, work: Floats) -> None:
    """Fills the expected seconds (l,) of each leg of one runner and their variances; ``work`` (2, m + c)."""
    legs = len(model.metres) - 1
    paces, terms, state = work[0, :legs], work[1, :TERMS], work[1, TERMS : TERMS + 3]
    state[0] = -1.0 if np.isnan(times[0]) else 0.0
    state[1] = state[2] = 0.0
    for leg in range(legs):
        expected = predicted(paces, times[0], leg, model, terms)
        scale = run_leg(times, leg, expected, model, paces, state)
        mu_s[leg] = exp(expected) * (model.metres[leg + 1] - model.metres[leg])
        var_s2[leg] = (mu_s[leg] * scale) ** 2


@njit(cache=True, nogil=True)
def run_rows(times_s: Floats, model: Model) -> tuple[Floats, Floats]:
    """(n, l) expected seconds of each leg, and their variances."""
    n, m = times_s.shape
    mu_s, var_s2 = np.empty((n, max(m - 1, 0))), np.empty((n, max(m - 1, 0)))
    work = np.empty((2, m + TERMS + 3))
    for i in range(n):
        run_row(times_s[i], model, mu_s[i], var_s2[i], work)
    return mu_s, var_s2


@njit(cache=True, nogil=True)
def _expect_rows(times_s: Floats, leg: int, model: Model, paces: Floats) -> Floats:
    out, terms = np.empty(len(times_s)), np.empty(TERMS)
    for i in range(len(times_s)):
        out[i] = predicted(paces[i], times_s[i, 0], leg, model, terms)
    return out


@njit(cache=True, nogil=True)
def _run_rows_leg(
    times_s: Floats, leg: int, expected: Floats, model: Model, paces: Floats, states: Floats
) -> None:
    for i in range(len(times_s)):
        run_leg(times_s[i], leg, expected[i], model, paces[i], states[i])


@njit(cache=True, nogil=True)
def _terms_rows(paces: Floats, rows: Ints, leg: int) -> Floats:
    out = np.empty((len(rows), TERMS))
    for at in range(len(rows)):
        terms_of(paces[rows[at]], leg, out[at])
    return out


def learn(
    times_s: Floats, metres: Floats, habits: Habits = HABITS, until_s: float | None = None
) -> Model:
    """How this field runs, from all that it has been read at (n, m): leg by leg, each from the legs before.

    ``until_s``: reads come until then so far. How dense it will be is not known, so what comes later counts as
    dense as it has been anywhere: who is beside whom then is worth less rather than more.
    """
    legs = len(metres) - 1
    model = _empty(times_s, metres, habits, until_s)
    n = len(times_s)
    paces = np.zeros((n, max(legs, 1)))
    states = np.zeros((n, 3))
    states[:, 0] = np.where(np.isnan(times_s[:, :1]), -1.0, 0.0).sum(axis=1)
    for leg in range(legs):
        took_s = times_s[:, leg + 1] - times_s[:, leg]
        rows = np.flatnonzero(took_s > 0.0)
        ran = np.log(took_s[rows] / (metres[leg + 1] - metres[leg]))
        if leg == 0:
            model = _learn_start(model, times_s[rows, 0], ran, habits.start_bins)
        else:
            model.weights[leg] = _regress(_terms_rows(paces, rows, leg), ran, leg)
        expected = _expect_rows(times_s, leg, model, paces)
        _learn_scale(model, leg, expected[rows], ran)
        _run_rows_leg(times_s, leg, expected, model, paces, states)
    return model


def _empty(times_s: Floats, metres: Floats, habits: Habits, until_s: float | None) -> Model:
    legs = max(len(metres) - 1, 1)
    first_s, density = _density(times_s)
    if until_s is not None:
        known = max(int((until_s - DENSITY_S - first_s) / DENSITY_STEP_S), 0)
        peak = max(float(density.max()), LEAST_AHEAD)
        density = np.column_stack([density[:, :known], np.full(len(density), peak)])
    return Model(
        metres=np.ascontiguousarray(metres, dtype=np.float64),
        start_edges=np.zeros(0),
        start_log=np.array([log(0.4)]),
        weights=np.zeros((legs, TERMS)),
        edges=np.full((legs, BINS - 1), np.inf),
        scale=np.full((legs, BINS), DEFAULT_SCALE),
        even=habits.even,
        first_s=first_s,
        density=density,
    )


def _density(times_s: Floats) -> tuple[float, Floats]:
    """Runners a second around each step of time at each mat."""
    known = times_s[np.isfinite(times_s)]
    if not len(known):
        return 0.0, np.full((times_s.shape[1], 1), LEAST_DENSITY)
    first_s = float(np.floor(known.min()))
    steps = int((known.max() - first_s) / DENSITY_STEP_S) + 2
    at_s = first_s + DENSITY_STEP_S * np.arange(steps)
    out = np.empty((times_s.shape[1], steps))
    for mat in range(times_s.shape[1]):
        read = np.sort(times_s[np.isfinite(times_s[:, mat]), mat])
        near = np.searchsorted(read, at_s + DENSITY_S) - np.searchsorted(read, at_s - DENSITY_S)
        out[mat] = np.maximum(near / (2.0 * DENSITY_S), LEAST_DENSITY)
    return first_s, out


def _learn_start(model: Model, first_s: Floats, ran: Floats, start_bins: int) -> Model:
    """The model with the log pace of the first leg in bins of when they were at the first mat."""
    if not len(ran):
        return model
    order = np.argsort(first_s, kind="stable")
    bins = max(1, min(start_bins, len(ran) // LEAST_IN_BIN))
    ends = np.linspace(0, len(ran), bins + 1).astype(np.int64)
    middle = [np.median(ran[order[a:b]]) for a, b in pairwise(ends.tolist())]
    return model._replace(start_edges=first_s[order[ends[1:-1]]], start_log=np.array(middle))


def _regress(terms: Floats, ran: Floats, leg: int) -> Floats:
    """(c,) Huber's regression by reweighting, pulled towards "as the leg before"."""
    prior = np.zeros(TERMS)
    prior[1] = 1.0
    if not len(ran):
        return prior
    rest = ran - terms @ prior
    middle = terms.mean(axis=0)
    middle[0] = 0.0
    centred = terms - middle
    used = [0, *range(1, 1 + min(leg, 3)), *([4] if leg > 3 else []), 5]
    x = centred[:, used]
    # So weak that it decides only where the field is too small for as many coefficients.
    ridge = np.diag([0.0] + [1e-2] * (len(used) - 1))
    weight = np.ones(len(ran))
    beta = np.zeros(len(used))
    for _ in range(6):
        beta = np.linalg.solve(x.T @ (x * weight[:, None]) + ridge, x.T @ (weight * rest))
        off = np.abs(rest - x @ beta)
        limit = 1.345 * max(1.4826 * float(np.median(off)), 1e-6)
        weight = np.minimum(1.0, limit / np.maximum(off, 1e-12))
    out = prior.copy()
    out[used] += beta
    out[0] -= float(middle[used] @ beta)
    return out


def _learn_scale(model: Model, leg: int, expected: Floats, ran: Floats) -> None:
    """Spread of the residuals in bins of what was expected."""
    if not len(ran):
        return
    order = np.argsort(expected, kind="stable")
    bins = max(1, min(BINS, len(ran) // LEAST_IN_BIN))
    ends = np.linspace(0, len(ran), bins + 1).astype(np.int64)
    off = np.abs(ran - expected)
    for at in range(bins):
        rows = order[ends[at] : ends[at + 1]]
        mad = 1.4826 * float(np.median(off[rows]))
        known, unknown = len(rows) * mad**2, DEFAULT_WEIGHT * DEFAULT_SCALE**2
        model.scale[leg, at:] = max(
            sqrt((known + unknown) / (len(rows) + DEFAULT_WEIGHT)), LEAST_SCALE
        )
    model.edges[leg, : bins - 1] = expected[order[ends[1:-1]]]
    model.edges[leg, bins - 1 :] = np.inf
