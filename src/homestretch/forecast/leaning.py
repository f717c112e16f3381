"""Who was just slower than expected is often slower again: how much of a surprise returns on the way ahead.

The mixture forgets a surprise sooner than people do, on some courses and days more than on others. A part of
the score at the newest mat is therefore added to the scores of everything behind it. How large a part is known
from races that were left out (``Model.lean``), and learnt on the day from who has passed the next mat.
"""

from __future__ import annotations

import numpy as np

from homestretch.forecast.effects import OVERDUE, Ahead, Effects, nodes_of
from homestretch.forecast.figures import Model
from homestretch.forecast.layout import MARATHON_M, Layout
from homestretch.state.snapshot import Bools, Floats

FARTHEST = 2.0
"""Larger surprises return no more than this one: who stopped for ten minutes does not stop at every leg."""
MIDDLE, WALKS, FASTEST = 3.0, 6.0, 1.5
"""At the node of pace in the middle the whole part returns, behind the node of those who walk nothing, straight
between them, and at most so many times the part of those who are faster: so it was on all races of the pool."""
COUNTED = 2.5
SHORT_SHARE = 0.035
"""Of the course."""
USUAL = 500.0
"""So many runners are counted in for whom it is as on other races."""


def surprises(ahead: Ahead, effects: Effects, mats_m: Floats) -> Floats:
    """(n, m) scores of each read given the mats before it and what course and day do; NaN where none is."""
    found = np.full(ahead.pace.shape, np.nan)
    for mat in range(1, len(mats_m)):
        expected = ahead.mean[:, mat], ahead.sd[:, mat]
        found[:, mat] = surprise(ahead.pace[:, mat - 1 : mat + 1], *expected, effects, mats_m, mat)
    return found


def surprise(
    pace: Floats, mean: Floats, sd: Floats, effects: Effects, mats_m: Floats, mat: int
) -> Floats:
    """(k,) scores of reads at one mat behind the first: ``pace`` (k, 2) log paces at the mat before and here,
    ``mean`` and ``sd`` (k,) what was expected here."""
    leg = mat - 1
    nodes = np.arange(effects.curve.shape[1])
    share = (mats_m[mat] - mats_m[leg]) / mats_m[mat]
    day = np.interp(nodes_of(pace[:, 0]), nodes, effects.curve[leg]) * share
    found: Floats = (pace[:, 1] - mean - day) / sd
    return found


def closed(ahead: Ahead, mats_m: Floats, leg: int, at_s: float) -> tuple[Bools, Bools]:
    """(n,) who counts on a leg: they would be overdue by then, whether they came or not; and who came.

    Of those who have come at once only the fast are known.
    """
    due_s = mats_m[leg + 1] * np.exp(ahead.mean[:, leg + 1]) + ahead.start_s
    passed_s = ahead.passed_s[:, leg]
    over = passed_s + OVERDUE * (due_s - passed_s) <= at_s
    arrived = ahead.passed_s[:, leg + 1] <= at_s
    later = (ahead.passed_s[:, leg + 2 :] <= at_s).any(axis=1)
    counts: Bools = ahead.counts & over & (arrived | ~later)
    return counts, arrived


def learn_lean(
    ahead: Ahead, scores: Floats, usual: Floats, mats_m: Floats, at_s: float, few: float = USUAL
) -> Floats:
    """(m,) the part of a surprise at each mat that returns behind it, by what had happened up to a moment.

    ``scores`` (n, m) as of ``surprises``; ``usual`` (m,) on other races, for which ``few`` runners count.
    """
    found = usual.copy()
    long = is_long(mats_m)
    for mat in (np.flatnonzero(long[:-1] & long[1:]) + 1).tolist():
        counts, arrived = closed(ahead, mats_m, mat, at_s)
        before, after = scores[:, mat], scores[:, mat + 1]
        rows = counts & arrived & np.isfinite(before) & np.isfinite(after)
        x = lean_of(before[rows], 1.0, ahead.pace[rows, mat])
        y = np.clip(after[rows], -COUNTED, COUNTED)
        found[mat] = (x @ y + few * usual[mat]) / (x @ x + max(few, 1e-9))
    return found


def usual_lean(model: Model, layout: Layout, mats_m: Floats) -> Floats:
    """(m,) on races that were left out."""
    share = mats_m / layout.length_m
    found: Floats = np.interp(share * MARATHON_M, model.knots_m, model.lean)
    found[1:][~is_long(mats_m)] = 0.0
    return found


def is_long(mats_m: Floats) -> Bools:
    """(legs,) whether a leg is long enough to tell people by it: on a short one seconds weigh too much, and where
    its mats really stood."""
    long: Bools = np.diff(mats_m) > SHORT_SHARE * mats_m[-1]
    return long


def lean_of(scores: Floats, lean: float, pace: Floats) -> Floats:
    """(k,) what is added to the scores ahead of runners whose newest score is (k,), at a mat with this part and
    their log average pace there (k,)."""
    by_pace = np.clip((WALKS - nodes_of(pace)) / (WALKS - MIDDLE), 0.0, FASTEST)
    added: Floats = np.clip(np.nan_to_num(scores), -FARTHEST, FARTHEST) * lean * by_pace
    return added
