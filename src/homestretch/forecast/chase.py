"""Who is caught anywhere ahead: joint samples of whole ways home against the whole way of the sweep.

The samples of all runners share their draws, so that the order of two runners does not change by chance,
and the draws are the same at every moment: a quasi-random sequence (Kronecker's, square roots of primes),
along the directions in which ways home differ most. Ways are looked at in every kilometre.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.forecast.effects import Effects, Reach
from homestretch.forecast.figures import COVARIATES, Model, first_of
from homestretch.forecast.gains import Gains, GainsKept
from homestretch.forecast.kernels import belongs_to, expected_at
from homestretch.forecast.layout import Layout, make_layout
from homestretch.forecast.normal import score_of
from homestretch.forecast.values import P_NOT_READ
from homestretch.state.snapshot import Floats, Ints

SAMPLES, DIRECTIONS = 256, 12
EVERY_M = 1000.0
_PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43])

Drawn = npt.NDArray[np.float32]


def _draws() -> Floats:
    """(samples, 2 + directions) even and without gaps in each column, between 0 and 1."""
    steps = np.arange(1, SAMPLES + 1)[:, None] * np.sqrt(_PRIMES[: 2 + DIRECTIONS])[None, :]
    return np.asarray((steps + 0.5) % 1.0)


class Chase:
    """Samples for one road whose sites are its mats, stations and every kilometre."""

    def __init__(self, model: Model, length_m: float, mats_m: Floats, others_m: Floats) -> None:
        every = np.arange(EVERY_M, length_m, EVERY_M)
        self.layout: Layout = make_layout(
            first_of(model), length_m, mats_m, np.concatenate([others_m, every])
        )
        self._kept = GainsKept(self.layout)
        several = len(mats_m) > 1
        self._reach = Reach(self.layout, self._kept) if several else None
        draws = _draws()
        self._choices = draws[:, 0]
        self._sweep = np.array([score_of(share) for share in draws[:, 1]])
        self._scores = np.array([[score_of(share) for share in row] for row in draws[:, 2:]])
        self._drawn: dict[int, Drawn] = {}

    def run(
        self,
        rows: Floats,
        noise: Floats,
        elapsed_s: Floats,
        reached_m: Floats,
        near_m: Floats,
        place: Floats,
        wider: Floats,
        closes_s: Floats,
        off_s: Floats,
        effects: Effects,
    ) -> Floats:
        """(k,) chances of being caught anywhere ahead.

        ``rows`` and ``noise`` (k, v) of this layout; ``elapsed_s``, ``reached_m`` and ``near_m`` (the next
        mat that hears, NaN for none), ``place`` between nodes of pace and ``wider``, by how much ways home stray
        more than the mixture says (k,); ``closes_s`` (k, s) after the start, ``off_s`` (s,).
        """
        numbers, gains = self._kept.find(noise)
        different, which = np.unique(numbers, return_inverse=True)
        drawn = np.stack([self._draw(int(one), gains) for one in different])
        sites = self.layout.sites_m
        reached = np.searchsorted(sites, reached_m + 1.0) - 1
        near = np.searchsorted(sites, np.nan_to_num(near_m, nan=np.inf) - 1.0)
        if self._reach is None:
            shift = np.zeros((1 + len(sites), len(sites), effects.curve.shape[1]))
        else:
            shift = self._reach.tables(effects)[0]
        p = np.zeros(len(rows))
        _sample(
            rows, numbers, which.reshape(-1), gains, sites, elapsed_s, reached, near, place, wider,
            shift, drawn, self._choices, self._sweep, closes_s, off_s, p,
        )  # fmt: skip
        return p

    def _draw(self, number: int, gains: Gains) -> Drawn:
        """(k, samples, s) deviations of log paces from what is expected, for one pattern."""
        if number not in self._drawn:
            sites = len(self.layout.sites_m)
            found = np.empty((len(self.layout.shares), SAMPLES, sites), np.float32)
            for c, covariance in enumerate(self.layout.covariances):
                gain = gains.gain[number, c]
                left = covariance[COVARIATES:, COVARIATES:] - gain @ gain.T
                factor = _factor(((left + left.T) / 2.0).tobytes(), sites)
                found[c] = self._scores[:, : factor.shape[1]] @ factor.T
            self._drawn[number] = found
        return self._drawn[number]


@lru_cache(maxsize=256)
def _factor(covariance: bytes, sites: int) -> Floats:
    """(s, d) the directions in which a covariance (s, s) is widest, as long as it is wide there. Kept, since days of
    one course meet the same patterns and this takes longest."""
    values, vectors = np.linalg.eigh(np.frombuffer(covariance).reshape(sites, sites))
    most = np.argsort(values)[::-1][:DIRECTIONS]
    turned = vectors[:, most] * np.sign(vectors[-1, most] + 1e-12)
    factor: Floats = turned * np.sqrt(np.maximum(values[most], 0.0))
    return factor


@njit(cache=True)
def _sample(
    rows: Floats,
    numbers: Ints,
    which: Ints,
    gains: Gains,
    sites_m: Floats,
    elapsed_s: Floats,
    reached: Ints,
    near: Ints,
    place: Floats,
    wider: Floats,
    shift: Floats,
    drawn: Drawn,
    choices: Floats,
    sweep: Floats,
    closes_s: Floats,
    off_s: Floats,
    p: Floats,
) -> None:
    """The chance of each row: samples in which some site is reached after it closed, among those in which
    the next mat has not been reached yet (or has missed them)."""
    components, sites = len(gains.log_share), len(sites_m)
    shares = np.empty(components)
    innovation = np.empty((components, rows.shape[1]))
    mean = np.empty((components, sites))
    for r in range(len(rows)):
        count = belongs_to(rows[r], numbers[r], gains, innovation, shares)
        k = reached[r] + 1
        _expect(gains, numbers[r], count, innovation, shift[k], place[r], k, mean)
        whole, caught = 0.0, 0.0
        for sample in range(len(choices)):
            c = _component(shares, choices[sample])
            way = mean[c, k:] + wider[r] * drawn[which[r], c, sample, k:]
            closed_s = closes_s[r, k:] + off_s[k:] * sweep[sample]
            weight, late = _run(way, sites_m[k:], near[r] - k, elapsed_s[r], closed_s)
            whole += weight
            caught += weight * late
        p[r] = caught / whole


@njit(cache=True)
def _expect(
    gains: Gains,
    pattern: int,
    count: int,
    innovation: Floats,
    shift: Floats,
    place: float,
    first: int,
    mean: Floats,
) -> None:
    """Fills log paces (components, sites) from a site on as each component and the day (s, nodes) expect them."""
    node = min(int(place), shift.shape[1] - 2)
    part = place - node
    for s in range(first, mean.shape[1]):
        added = (1.0 - part) * shift[s, node] + part * shift[s, node + 1]
        for c in range(len(mean)):
            mean[c, s] = expected_at(gains, pattern, c, s, count, innovation[c]) + added


@njit(cache=True)
def _component(shares: Floats, choice: float) -> int:
    c, below = 0, shares[0]
    while below < choice and c < len(shares) - 1:
        c += 1
        below += shares[c]
    return c


@njit(cache=True)
def _run(
    way: Floats, sites_m: Floats, near: int, elapsed_s: float, closed_s: Floats
) -> tuple[float, float]:
    """How much one way home counts, and whether (1 or 0) the sweep is first anywhere on it."""
    weight, late = 1.0, 0.0
    for s in range(len(way)):
        at_s = sites_m[s] * exp(way[s])
        if s == near and at_s <= elapsed_s:
            weight = P_NOT_READ
        if at_s > closed_s[s]:
            late = 1.0
            if s >= near:
                break
    return weight, late
