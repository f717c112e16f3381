"""What is known at some sites says what is to be expected at all: the gains, once for each set of sites.

For each component the covariance of what is known is factored in the order of the course (Cholesky). A
person's innovations are then a triangular product, and everything that follows (how well the component fits,
the next read given those before it, all sites given all reads) is a sum over innovations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from homestretch.forecast.figures import COVARIATES
from homestretch.forecast.layout import Layout
from homestretch.state.snapshot import Floats, Ints

READ_VARIANCE = 1e-7
"""Of the log of a time that a mat has read: a second in an hour."""
SOFT_S = 60.0
"""How far the moment is off in which a person says to have seen somebody (one standard deviation)."""


class Gains(NamedTuple):
    """p patterns, k components, v variables at most, s sites."""

    known: npt.NDArray[np.int64]
    """(p, v) which variables are known, in order, -1 behind the last"""
    whiten: Floats
    """(p, k, v, v) innovations = whiten @ (known - mean), each of variance 1"""
    log_scale: Floats
    """(p, k, v) log of each innovation's standard deviation"""
    gain: Floats
    """(p, k, s, v) mean at a site = mean + gain @ innovations"""
    sd: Floats
    """(p, k, s) standard deviation there, given all that is known"""
    log_share: Floats
    """(k,)"""
    means: Floats
    """(k, v)"""


class GainsKept:
    """Makes the gains of a pattern when it is first met, and keeps them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._number: dict[tuple[int, ...], int] = {}
        self._made: list[tuple[npt.NDArray[np.int64], Floats, Floats, Floats, Floats]] = []
        self._stacked: Gains | None = None

    def find(self, noise: Floats) -> tuple[Ints, Gains]:
        """(n,) the number of each row's pattern, and the gains of all patterns met so far.

        ``noise`` (n, v): standard deviation in s of each value beside the mats' own; NaN: not known.
        """
        kinds = np.where(np.isnan(noise), -1, np.round(noise)).astype(np.int64)
        # A sum with odd weights stands for a row: rows are told apart as by comparing them, and much sooner.
        told = (kinds + 2) @ _weights(kinds.shape[1])
        _, first, inverse = np.unique(told, return_index=True, return_inverse=True)
        numbers = np.array([self._find(tuple(kind)) for kind in kinds[first].tolist()], np.int64)
        if self._stacked is None or len(self._stacked.known) < len(self._made):
            parts = [np.stack(part) for part in zip(*self._made, strict=True)]
            shares = np.log(self._layout.shares)
            self._stacked = Gains(
                parts[0], parts[1], parts[2], parts[3], parts[4], shares, self._layout.means
            )
        return numbers[inverse.reshape(-1)], self._stacked

    def _find(self, kind: tuple[int, ...]) -> int:
        if kind not in self._number:
            self._number[kind] = len(self._made)
            self._made.append(_make(self._layout, np.array(kind)))
        return self._number[kind]


def _weights(variables: int) -> Ints:
    """(v,) large odd numbers, the same every time."""
    return np.random.default_rng(9).integers(2**60, 2**62, variables) * 2 + 1


def _make(
    layout: Layout, kind: Ints
) -> tuple[npt.NDArray[np.int64], Floats, Floats, Floats, Floats]:
    """The parts of ``Gains`` for one pattern."""
    known = np.flatnonzero(kind >= 0)
    count, (components, variables) = len(known), layout.means.shape
    sites = variables - COVARIATES
    padded = np.full(variables, -1, np.int64)
    padded[:count] = known
    whiten = np.zeros((components, variables, variables))
    log_scale = np.zeros((components, variables))
    gain = np.zeros((components, sites, variables))
    if count:
        own = _noise(layout, kind)[:, known]
        of_known = layout.covariances[:, known[:, None], known] + own[:, None, :] * np.eye(count)
        factor = np.linalg.cholesky(of_known)
        inverse = np.linalg.inv(factor)
        with_sites = layout.covariances[:, COVARIATES:, known]
        gain[:, :, :count] = with_sites @ inverse.transpose(0, 2, 1)
        whiten[:, :count, :count] = np.tril(inverse)
        log_scale[:, :count] = np.log(np.diagonal(factor, axis1=1, axis2=2))
    prior = np.diagonal(layout.covariances, axis1=1, axis2=2)[:, COVARIATES:]
    sd = np.sqrt(np.maximum(prior - (gain**2).sum(axis=2), READ_VARIANCE))
    return padded, whiten, log_scale, gain, sd


def _noise(layout: Layout, kind: Ints) -> Floats:
    """(k, v) variance of each value that is not the person's own doing: of seconds, as a share of the time
    that each component takes to get there."""
    times = layout.sites_m * np.exp(layout.means[:, COVARIATES:])
    variance = np.full(layout.means.shape, READ_VARIANCE)
    variance[:, COVARIATES:] += (np.maximum(kind[COVARIATES:], 0) / times) ** 2
    return variance
