"""The course and the day: what makes everybody slower or faster on a leg, learnt from the runners ahead.

What is learnt is one curve for each leg between two mats: by how much more (as a share of the leg's time)
people of each pace take than the fitted people do who have come as far in the same way. A curve is given at
nodes of pace and straight between them. Before anybody has run, it is flat at zero, as wide as courses
and days differ; a Bayesian regression on what every runner took more or less than expected narrows it.

Who has not arrived yet says something too, and without them the day looks fast: of those on a leg only the
fast have arrived. They count as taking longer than they have so far (Tobit, 1958), until they are
overdue: then they may have stopped, or the mat may have missed them, and they say nothing. And nobody counts
before the expected time and a tenth has passed: what is assumed of who is still out matters less then.

Everything is a function of the columns and one moment, the end of a closed interval of five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.figures import COVARIATES
from homestretch.forecast.gains import GainsKept
from homestretch.forecast.layout import Layout
from homestretch.forecast.normal import hazard, share_above
from homestretch.forecast.values import P_NOT_READ
from homestretch.state.snapshot import Bools, Floats

CLOSES_MS = 300_000
"""Only whole intervals of so long count: in between nothing changes for everybody."""
NODES = np.log(np.array([200.0, 240.0, 275.0, 310.0, 350.0, 400.0, 470.0, 600.0]) / 1000.0)
"""Log paces (log s/m) at which the curves are given."""
COURSE_LEVEL, COURSE_WALK = 0.03, 0.008
DAY_LEVEL, DAY_WALK, DAY_DRIFT = 0.02, 0.004, 0.004
"""How much courses and days differ, in shares of a leg's time: all together, from node to node, and for those
who come later than who it was learnt from."""
NEXT_LEG = 0.5
"""How much of a day's level one leg has in common with the next."""
MOST = 6000.0
"""So many runners at most are believed: they ran in the same wind."""
SLOWEST = 10.0
"""A log pace that nobody has; what is not known is not below it."""
ENTERS = 1.1
"""Who has set out on a leg counts once this share of the expected time has passed, arrived or not."""
OVERDUE = 1.4
"""Who takes this much longer for a leg than expected says nothing any more."""
WILD = 3.5
"""Who is further off than so many standard deviations counts as this far off: they stopped."""
ROUNDS = 3


class Ahead(NamedTuple):
    """What the regression looks at. n runners, m mats; times in s after some moment, NaN for never."""

    passed_s: Floats
    """(n, m)"""
    start_s: Floats
    """(n,)"""
    pace: Floats
    """(n, m) log average pace at each mat"""
    mean: Floats
    """(n, m) what it was expected to be, given the mats before; NaN where nothing was"""
    sd: Floats
    """(n, m)"""
    counts: Bools
    """(n,) whether the runner says something of the day"""


@dataclass(frozen=True, slots=True)
class Effects:
    """Curves of legs - 1 at nodes, and how sure they are."""

    curve: Floats
    """(legs, nodes) share of the leg's time"""
    covariance: Floats
    """(legs nodes, legs nodes)"""
    seen: Floats
    """(legs,) how many runners have said something"""


def nodes_of(pace: Floats) -> Floats:
    """Where log paces lie between the nodes: 2.25 is a quarter of the way from the third to the fourth."""
    filled = np.nan_to_num(pace, nan=NODES[len(NODES) // 2])
    return np.interp(filled, NODES, np.arange(len(NODES), dtype=np.float64))


def prior(legs: int, known: Effects | None = None) -> Effects:
    """Before anybody has run: a course never seen, or one that earlier editions have shown."""
    if known is not None:
        return Effects(known.curve, known.covariance + _day(legs), np.zeros(legs))
    course = np.kron(np.eye(legs), _over_paces(COURSE_LEVEL, COURSE_WALK))
    return Effects(np.zeros((legs, len(NODES))), course + _day(legs), np.zeros(legs))


def of_earlier_day(shown: Effects) -> Effects:
    """What an earlier edition showed, as knowledge of its course alone: the day it had is unknown."""
    legs = len(shown.curve)
    return Effects(shown.curve, shown.covariance + _day(legs), np.zeros(legs))


def unknown(legs: int) -> Effects:
    """Nothing believed at all: for measuring a whole edition afterwards."""
    wide = np.kron(np.eye(legs), _over_paces(0.1, 0.1)).astype(np.float64)
    return Effects(np.zeros((legs, len(NODES))), wide, np.zeros(legs))


def _day(legs: int) -> Floats:
    """(legs nodes, legs nodes) how far a day of which nothing is known may move the legs."""
    alike = NEXT_LEG ** np.abs(np.subtract.outer(np.arange(legs), np.arange(legs)))
    return np.kron(alike, _over_paces(DAY_LEVEL, DAY_WALK)).astype(np.float64)


def _over_paces(level: float, walk: float) -> Floats:
    """(nodes, nodes) a level that all have, and a random walk away from the middle."""
    off = np.arange(len(NODES)) - len(NODES) // 2
    same_side = off[:, None] * off[None, :] > 0
    together = np.where(same_side, np.minimum(np.abs(off)[:, None], np.abs(off)[None, :]), 0)
    return level**2 + walk**2 * together + 1e-8 * np.eye(len(NODES))


def learn(before: Effects, ahead: Ahead, mats_m: Floats, at_s: float) -> Effects:
    """The effects as everything that happened up to a moment shows them."""
    legs, nodes = before.curve.shape
    place = nodes_of(ahead.pace)
    precision = np.linalg.inv(before.covariance)
    first = precision @ before.curve.reshape(-1)
    curve, covariance, seen = before.curve, before.covariance, before.seen
    squares, sums, seen = _start_sums(legs, nodes)
    for _ in range(ROUNDS):
        squares, sums, seen = _start_sums(legs, nodes)
        _sum_up(ahead, place, mats_m, at_s, curve, squares, sums, seen)
        believed = np.minimum(1.0, MOST / np.maximum(seen, 1.0))
        whole = precision.copy()
        for leg in range(legs):
            block = slice(leg * nodes, (leg + 1) * nodes)
            whole[block, block] += believed[leg] * squares[leg]
        covariance = np.linalg.inv(whole)
        told = first + (believed[:, None] * sums).reshape(-1)
        curve = (covariance @ told).reshape(legs, nodes)
    return Effects(curve, covariance, seen)


def _start_sums(legs: int, nodes: int) -> tuple[Floats, Floats, Floats]:
    return np.zeros((legs, nodes, nodes)), np.zeros((legs, nodes)), np.zeros(legs)


@njit(cache=True)
def _sum_up(
    ahead: Ahead,
    place: Floats,
    mats_m: Floats,
    at_s: float,
    curve: Floats,
    squares: Floats,
    sums: Floats,
    seen: Floats,
) -> None:
    """Adds up the regression's sums (legs, nodes, nodes), (legs, nodes) and (legs,)."""
    last = curve.shape[1] - 2
    for r in range(len(place)):
        if not ahead.counts[r]:
            continue
        for leg in range(len(mats_m) - 1):
            if not ahead.passed_s[r, leg] <= at_s or not ahead.mean[r, leg + 1] < SLOWEST:
                continue
            node = min(int(place[r, leg]), last)
            part = place[r, leg] - node
            day = (1.0 - part) * curve[leg, node] + part * curve[leg, node + 1]
            weight, off = _says(ahead, r, leg, mats_m, at_s, day)
            if weight == 0.0:
                continue
            seen[leg] += 1.0
            squares[leg, node, node] += weight * (1.0 - part) ** 2
            squares[leg, node + 1, node + 1] += weight * part**2
            squares[leg, node, node + 1] += weight * part * (1.0 - part)
            squares[leg, node + 1, node] += weight * part * (1.0 - part)
            sums[leg, node] += weight * (1.0 - part) * off
            sums[leg, node + 1] += weight * part * off


@njit(cache=True)
def _says(
    ahead: Ahead, r: int, leg: int, mats_m: Floats, at_s: float, day: float
) -> tuple[float, float]:
    """What one runner says of one leg: with which weight, and by what share it took longer (0, 0: nothing)."""
    scale = (mats_m[leg + 1] - mats_m[leg]) / mats_m[leg + 1]
    mean, unit = ahead.mean[r, leg + 1], ahead.sd[r, leg + 1] / scale
    began_s, start_s = ahead.passed_s[r, leg], ahead.start_s[r]
    due_s = mats_m[leg + 1] * exp(mean) + start_s - began_s
    gone_s = at_s - began_s
    if gone_s < ENTERS * due_s:
        return 0.0, 0.0
    if ahead.passed_s[r, leg + 1] <= at_s:
        off = (ahead.pace[r, leg + 1] - mean) / scale
        return 1.0 / unit**2, day + min(max(off - day, -WILD * unit), WILD * unit)
    if gone_s > OVERDUE * due_s:
        return 0.0, 0.0
    so_far = log((at_s - start_s) / mats_m[leg + 1])
    score = ((so_far - mean) / scale - day) / unit
    if score < -3.0:
        return 0.0, 0.0
    later, above = share_above(score), hazard(score)
    weight = above * (above - score) / unit**2 * later / (later + P_NOT_READ)
    return weight, day + unit / (above - score)


class Reach:
    """How far an effect reaches: what a leg's curve adds to the log pace at every site behind it."""

    def __init__(self, layout: Layout, gains: GainsKept) -> None:
        self._share = _reach(layout, gains)
        """(1 + s, s, legs, nodes)"""

    def tables(self, effects: Effects) -> tuple[Floats, Floats]:
        """(1 + s, s, nodes) what is added to a log pace, and its variance, by the last site read."""
        legs, nodes = effects.curve.shape
        blocks = effects.covariance.reshape(legs, nodes, legs, nodes)
        own = np.stack([blocks[:, g, :, g] for g in range(nodes)], axis=2)
        own += DAY_DRIFT**2 * np.eye(legs)[:, :, None]
        shift = np.einsum("ksjg,jg->ksg", self._share, effects.curve)
        extra = np.einsum("ksig,ijg,ksjg->ksg", self._share, own, self._share, optimize=True)
        return shift, np.maximum(extra, 0.0)


def _reach(layout: Layout, kept: GainsKept) -> Floats:
    sites = layout.sites_m
    mats = np.flatnonzero(layout.is_mat)
    noise = np.full((1, COVARIATES + len(sites)), np.nan)
    noise[0, COVARIATES + mats] = 0.0
    numbers, gains = kept.find(noise)
    p = int(numbers[0])
    per_unit = gains.gain[p, :, :, : len(mats)] / np.exp(gains.log_scale[p, :, None, : len(mats)])
    belongs = _belongs(layout)
    mats_m = sites[mats]
    share = np.zeros((1 + len(sites), len(sites), len(mats) - 1, len(NODES)))
    for leg in range(len(mats) - 1):
        scale = (mats_m[leg + 1] - mats_m[leg]) / mats_m[leg + 1]
        for k in range(1 + len(sites)):
            from_m = sites[k - 1] if k else 0.0
            left = np.clip((mats_m[leg + 1] - from_m) / (mats_m[leg + 1] - mats_m[leg]), 0.0, 1.0)
            # A site before the leg is not changed by it.
            touched = (sites > max(from_m, mats_m[leg])).astype(np.float64)
            reach = np.einsum("cg,cs->sg", belongs[k], per_unit[:, :, leg + 1])
            share[k, :, leg, :] = left * scale * touched[:, None] * reach
    return share


def _belongs(layout: Layout) -> npt.NDArray[np.float64]:
    """(1 + s, k, nodes) how much somebody belongs to each component who has each pace at each site."""
    mean, variance = (
        layout.means[:, COVARIATES:],
        np.diagonal(layout.covariances, axis1=1, axis2=2)[:, COVARIATES:],
    )
    off = NODES[None, None, :] - mean.T[:, :, None]
    logs = -0.5 * off**2 / variance.T[:, :, None] - 0.5 * np.log(variance.T[:, :, None])
    logs = np.concatenate([np.zeros((1, len(layout.shares), len(NODES))), logs])
    logs += np.log(layout.shares)[None, :, None]
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    belongs: Floats = weights / weights.sum(axis=1, keepdims=True)
    return belongs


def last_closed(at_ms: int) -> int:
    """The end of the last closed interval at a moment (UTC ms)."""
    return at_ms - at_ms % CLOSES_MS
