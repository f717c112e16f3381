"""Promises that are kept: what a normal score of the mixture is worth, before the day and on it.

Before the day, from races that were left out of the fit (``Model.normal_to``). On the day, from the runners
ahead: fields and days are steadier or wilder than those races were, nearly alike on the whole course. So one
scale is measured on every leg, of those who have arrived at its end or are overdue, and carried to the legs on
which nobody is yet: by how much the interval that holds four fifths of their surprises is wider than on the
races that were left out (``Model.leg_width``). For the next mat the leg's own surprises count as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from homestretch.forecast.effects import Ahead, nodes_of
from homestretch.forecast.figures import SCORES, Model
from homestretch.forecast.layout import MARATHON_M, Layout
from homestretch.forecast.leaning import closed, is_long
from homestretch.forecast.values import LEVEL_SCORES
from homestretch.state.snapshot import Floats, Ints

BANDS = 8
"""Of pace: nearest to each of the nodes at which effects are given."""
INSIDE = 0.8
USUAL, FEW, OF_FIELD, OF_OTHERS = 50.0, 100.0, 300.0, 300.0
"""So many runners are counted in: who are as surprising as those of other races, to each leg and band; for whom
the day's scale is the usual one; for whom a band's scale is the field's; for whom a leg's is the band's. Chosen
by leaving each race out in turn."""
MOST = 2000.0
"""So many runners of one leg and band at most are believed to speak for other legs."""
EARLY, EARLY_SHARE = 2.0, 0.51
"""Up to half of the way surprises differ so much more between races, in their logarithms, than behind it."""
NARROWEST, WIDEST = 0.5, 2.2
_STEP, _STEPS = 0.05, 120
EDGE = NormalDist().inv_cdf((1.0 + INSIDE) / 2.0)
"""The normal score at the upper end of that interval."""
_USUALLY = np.diff([2.0 * NormalDist().cdf(_STEP * i) - 1.0 for i in range(_STEPS)] + [1.0])
"""(steps,) shares of sizes of a standard normal score; the last step holds whatever is larger."""


@dataclass(frozen=True, slots=True)
class Spread:
    """By how much intervals must be widened (or narrowed), of runners of each band of pace."""

    near: Floats
    """(legs, bands) for the mat at the end of a leg between two mats"""
    end: Floats
    """(bands,) for the end of the course"""

    @staticmethod
    def unknown(legs: int) -> Spread:
        """Before anybody has run."""
        return Spread(np.ones((legs, BANDS)), np.ones(BANDS))

    def bands_of(self, place: Floats) -> Ints:
        """(n,) the bands of positions between nodes of pace (n,)."""
        return np.clip(np.round(place), 0, BANDS - 1).astype(np.int64)


def measure_spread(
    ahead: Ahead, scores: Floats, usual: Floats, mats_m: Floats, at_s: float
) -> Spread:
    """How wide the legs turn out to be, by what had happened up to a moment.

    ``scores`` (n, m) as of ``surprises``. ``usual`` (legs,): how wide they were on other races (``usual_widths``); NaN: nobody knows.
    """
    legs = len(usual)
    if not np.isfinite(usual).all():
        return Spread.unknown(legs)
    found = count_surprises(ahead, scores, mats_m, at_s)
    count = found.sum(axis=2)
    expected = USUAL * _usual_sizes(usual)
    own = np.log(widths(found + expected[:, None]) / usual[:, None])
    whole = np.log(widths(found.sum(axis=1) + expected) / usual)
    length_m = mats_m[-1]
    speaks = is_long(mats_m).astype(np.float64)
    stretched = np.where(mats_m[1:] <= EARLY_SHARE * length_m, EARLY, 1.0)
    weight = np.minimum(count.sum(axis=1), MOST) * speaks
    field = float((weight * whole / stretched).sum() / (weight.sum() + FEW))
    weight = np.minimum(count, MOST) * speaks[:, None]
    band = (weight * own / stretched[:, None]).sum(axis=0) + OF_FIELD * field
    band /= weight.sum(axis=0) + OF_FIELD
    others = (speaks * stretched)[:, None] * band
    near = (count * own + OF_OTHERS * others) / (count + OF_OTHERS)
    return Spread(
        np.clip(np.exp(near), NARROWEST, WIDEST), np.clip(np.exp(band), NARROWEST, WIDEST)
    )


def count_surprises(
    ahead: Ahead, scores: Floats, mats_m: Floats, at_s: float
) -> npt.NDArray[np.int64]:
    """(legs, bands, steps) runners by the size of their score (n, m) on a leg, up to a moment; who has not come
    although overdue has the largest."""
    legs = len(mats_m) - 1
    found = np.zeros((legs, BANDS, _STEPS), np.int64)
    place = nodes_of(ahead.pace)
    for leg in range(legs):
        counts, arrived = closed(ahead, mats_m, leg, at_s)
        rows = np.flatnonzero(counts)
        size = np.where(arrived[rows], np.abs(scores[rows, leg + 1]), np.inf)
        step = np.minimum(size / _STEP, _STEPS - 1.0).astype(np.int64)
        band = np.clip(np.round(place[rows, leg]), 0, BANDS - 1).astype(np.int64)
        counted = np.bincount(band * _STEPS + step, minlength=BANDS * _STEPS)
        found[leg] = counted.reshape(BANDS, _STEPS)
    return found


def widths(counts: Floats) -> Floats:
    """(...) the score within which four fifths of the counts (..., steps) lie, as a share of a normal one's."""
    below = np.cumsum(counts, axis=-1)
    goal = INSIDE * below[..., -1:]
    step = np.minimum((below < goal).sum(axis=-1), _STEPS - 1)
    upto = np.take_along_axis(below, step[..., None], -1)[..., 0]
    inside = np.take_along_axis(np.asarray(counts), step[..., None], -1)[..., 0]
    part = 1.0 - (upto - goal[..., 0]) / np.maximum(inside, 1e-9)
    found: Floats = _STEP * (step + np.clip(part, 0.0, 1.0)) / EDGE
    return found


def _usual_sizes(usual: Floats) -> Floats:
    """(legs, steps) shares of sizes of normal scores that are so much wider."""
    upper = np.append(np.cumsum(_USUALLY)[:-1], 1.0)
    edges = _STEP * np.arange(1, _STEPS)
    below = [np.interp(edges / width, edges, upper[:-1], left=0.0) for width in usual.tolist()]
    shares: Floats = np.diff(np.column_stack([np.zeros(len(usual)), below, np.ones(len(usual))]))
    return np.maximum(shares, 0.0)


def usual_widths(model: Model, layout: Layout, mats_m: Floats) -> Floats:
    """(legs,) how wide surprises were, on races that were left out, behind each mat but the last."""
    share = mats_m[:-1] / layout.length_m
    found: Floats = np.interp(share * MARATHON_M, model.knots_m, model.leg_width)
    return found


def wanted_scores(
    model: Model,
    layout: Layout,
    mats_m: Floats,
    spread: Spread,
    home: Floats,
    levels: Floats = LEVEL_SCORES,
    last: Sequence[int] | None = None,
) -> Floats:
    """(bands, 1 + s, s, q) the mixture's scores that stand for normal scores (q,), by the last site read.

    ``home`` (mats,) as of ``outcomes``: whole ways home widen by it, parts of the way less. ``last``: only behind
    these sites read last (1 + site, 0 for none) is it wanted.
    """
    sites = layout.sites_m
    found = np.tile(levels, (BANDS, 1 + len(sites), len(sites), 1))
    for k in range(1 + len(sites)) if last is None else last:
        from_m = float(sites[k - 1]) if k else 0.0
        near, end = _worth(model, from_m / layout.length_m)
        next_m = min(mats_m[mats_m > from_m], default=layout.length_m)
        for s in np.flatnonzero(sites > from_m):
            span = max(layout.length_m - next_m, 1.0)
            far = float(np.clip((sites[s] - next_m) / span, 0.0, 1.0))
            scale = (1.0 - far) * near + far * end
            worth, middle = np.interp(levels, SCORES, scale), np.interp(0.0, SCORES, scale)
            leg = int(np.searchsorted(mats_m, from_m + 1.0)) - 1
            close = spread.near[leg] if 0 <= leg < len(spread.near) else spread.end
            wider = (1.0 - far) * close + far * spread.end
            if leg >= 0:
                way = (sites[s] - from_m) / (layout.length_m - from_m)
                wider = wider * home[leg] ** way
            found[:, k, s] = middle + wider[:, None] * (worth - middle)
    return found


def _worth(model: Model, share: float) -> Floats:
    """(2, z) what scores are worth after this share of the course: for the next knot and for the end."""
    place = np.interp(share * MARATHON_M, model.knots_m, np.arange(len(model.knots_m)))
    low = min(int(place), len(model.knots_m) - 2)
    part = place - low
    worth: Floats = (1.0 - part) * model.normal_to[low] + part * model.normal_to[low + 1]
    return worth
