"""Promises that are kept: what a normal score of the mixture is worth, before the day and on it.

Before the day, from races that were left out of the fit (``Model.normal_to``). On the day, from the runners
ahead: of those who have arrived, or are overdue, at a mat a share lies inside the interval that was to hold
four fifths; where it holds fewer, intervals widen, leg by leg and pace by pace. ``PSEUDO`` runners for whom
it held exactly are counted in, so that few people change little.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from homestretch.forecast.effects import OVERDUE, Ahead, Effects, nodes_of
from homestretch.forecast.figures import SCORES, Model
from homestretch.forecast.layout import MARATHON_M, Layout
from homestretch.forecast.values import LEVEL_SCORES
from homestretch.state.snapshot import Bools, Floats, Ints

PSEUDO = 800.0
BANDS = 8
"""Of pace: nearest to each of the nodes at which effects are given."""
INSIDE = 0.8
_EDGE = NormalDist().inv_cdf((1.0 + INSIDE) / 2.0)
NARROWEST, WIDEST = 0.75, 1.6
_SHARES = np.linspace(0.3, 0.99, 200)
_WIDTHS = np.array([_EDGE / NormalDist().inv_cdf((1.0 + share) / 2.0) for share in _SHARES])


@dataclass(frozen=True, slots=True)
class Spread:
    """(legs, bands) by how much intervals of a leg between two mats must be widened."""

    factor: Floats

    @staticmethod
    def unknown(legs: int) -> Spread:
        """Before anybody has run."""
        return Spread(np.ones((legs, BANDS)))

    def bands_of(self, place: Floats) -> Ints:
        """(n,) the bands of positions between nodes of pace (n,)."""
        return np.clip(np.round(place), 0, BANDS - 1).astype(np.int64)


def measure_spread(
    ahead: Ahead, effects: Effects, edges: Floats, mats_m: Floats, at_s: float
) -> Spread:
    """How wide the legs turn out to be, by what had happened up to a moment.

    ``edges`` (legs, 2): the scores between which four fifths were to lie. Runners count once they would be
    overdue, whether they came or not: of those who have come at once only the fast are known.
    """
    legs = len(edges)
    factor = np.ones((legs, BANDS))
    place = nodes_of(ahead.pace)
    nodes = np.arange(effects.curve.shape[1])
    for leg in range(legs):
        scale = (mats_m[leg + 1] - mats_m[leg]) / mats_m[leg + 1]
        due_s = mats_m[leg + 1] * np.exp(ahead.mean[:, leg + 1]) + ahead.start_s
        passed_s = ahead.passed_s[:, leg]
        closed = passed_s + OVERDUE * (due_s - passed_s) <= at_s
        arrived = ahead.passed_s[:, leg + 1] <= at_s
        later = (ahead.passed_s[:, leg + 2 :] <= at_s).any(axis=1)
        rows = np.flatnonzero(ahead.counts & closed & (arrived | ~later))
        day = np.interp(place[rows, leg], nodes, effects.curve[leg]) * scale
        off = ahead.pace[rows, leg + 1] - ahead.mean[rows, leg + 1] - day
        score = off / ahead.sd[rows, leg + 1]
        inside: Bools = arrived[rows] & (score >= edges[leg, 0]) & (score <= edges[leg, 1])
        band = np.clip(np.round(place[rows, leg]), 0, BANDS - 1).astype(np.int64)
        count = np.bincount(band, minlength=BANDS)
        held = np.bincount(band[inside], minlength=BANDS)
        share = (INSIDE * PSEUDO + held) / (PSEUDO + count)
        factor[leg] = np.clip(np.interp(share, _SHARES, _WIDTHS), NARROWEST, WIDEST)
    return Spread(factor)


def edges_of(model: Model, layout: Layout, mats_m: Floats) -> Floats:
    """(legs, 2) the scores of the mixture between which four fifths lie at the next mat."""
    found = np.empty((len(mats_m) - 1, 2))
    for leg, metres in enumerate(mats_m[:-1]):
        worth = _worth(model, metres / layout.length_m)[0]
        found[leg] = np.interp([-_EDGE, _EDGE], SCORES, worth)
    return found


def wanted_scores(
    model: Model, layout: Layout, mats_m: Floats, spread: Spread, levels: Floats = LEVEL_SCORES
) -> Floats:
    """(bands, 1 + s, s, q) the mixture's scores that stand for normal scores (q,), by the last site read."""
    sites = layout.sites_m
    found = np.tile(levels, (BANDS, 1 + len(sites), len(sites), 1))
    for k in range(1 + len(sites)):
        from_m = float(sites[k - 1]) if k else 0.0
        near, end = _worth(model, from_m / layout.length_m)
        next_m = min(mats_m[mats_m > from_m], default=layout.length_m)
        for s in np.flatnonzero(sites > from_m):
            span = max(layout.length_m - next_m, 1.0)
            far = float(np.clip((sites[s] - next_m) / span, 0.0, 1.0))
            scale = (1.0 - far) * near + far * end
            worth, middle = np.interp(levels, SCORES, scale), np.interp(0.0, SCORES, scale)
            wider = _over_legs(spread, mats_m, from_m, float(sites[s]))
            found[:, k, s] = middle + wider[:, None] * (worth - middle)
    return found


def _worth(model: Model, share: float) -> Floats:
    """(2, z) what scores are worth after this share of the course: for the next knot and for the end."""
    place = np.interp(share * MARATHON_M, model.knots_m, np.arange(len(model.knots_m)))
    low = min(int(place), len(model.knots_m) - 2)
    part = place - low
    worth: Floats = (1.0 - part) * model.normal_to[low] + part * model.normal_to[low + 1]
    return worth


def _over_legs(spread: Spread, mats_m: Floats, from_m: float, to_m: float) -> Floats:
    """(bands,) the widening of all legs on a way together: their squares add up by length."""
    low, high = np.maximum(mats_m[:-1], from_m), np.minimum(mats_m[1:], to_m)
    length = np.maximum(high - low, 0.0)
    if not length.sum():
        return np.ones(BANDS)
    squares: Floats = (length[:, None] * spread.factor**2).sum(axis=0) / length.sum()
    return np.sqrt(squares)
