"""A camera's clock, told by its own pictures.

Each bib that is read whole says when its runner was forecast to be there; the picture says when the camera
thinks it was. The differences of many pictures pile up at what the clock is off, whatever the few wrong reads
among them say: the mode of their density (a Gaussian kernel), then the median of what lies near it. Nothing is
believed by time before that is known.

Pictures of the last minutes say nothing of one that is judged by them: ``known_without`` leaves a picture and
its burst out of its own prior.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from homestretch.photos.deciding import Candidate, Expected
from homestretch.race.saying import said, said_n

ENOUGH: Final = 10
"""Reads from which a clock is believed."""
KERNEL_S: Final = 45.0
NEAR_S: Final = 120.0
"""Reads this near the mode tell the offset."""
AGREE: Final = 0.5
"""Of all reads so many must lie near the mode, or the camera has no one clock."""
LEAST_SPREAD_S: Final = 20.0
WINDOW: Final = 3.0
"""A runner is expected within so many standard deviations of their forecast."""
RIGHT_S: Final = 10.0
"""A clock that is off by less is right, as far as anybody needs it."""
SURE_ALONE: Final = 0.8


class Sample(NamedTuple):
    """One bib that was read whole in one picture. ``taken_at`` is the camera's clock, ``due_at`` the forecast
    (or the passing) at its place, both UTC ms; ``spread_s`` the standard deviation of the latter."""

    photo: str
    taken_at: int
    due_at: int
    spread_s: float


class CameraClock(NamedTuple):
    """What a camera's clock is off: ``behind_s`` is added to its times. ``reads`` lie near that, ``error_s``
    is the standard error of it."""

    behind_s: float
    reads: int
    error_s: float
    of: int

    @property
    def is_known(self) -> bool:
        """Whether times of this camera may be used."""
        return self.reads >= ENOUGH and self.reads >= AGREE * self.of

    @property
    def known_from(self) -> int:
        """Reads that make the clock known; fewer than enough while it is not, however many there are that disagree."""
        return self.reads if self.is_known else min(self.reads, ENOUGH - 1)

    def say(self) -> str:
        """The clock in words."""
        if not self.is_known:
            more = ENOUGH - self.reads
            if more <= 0:
                return said("The clock of this camera is not known yet: its reads disagree.")
            return said_n(
                "The clock of this camera is not known yet: {count} more number must be read.",
                "The clock of this camera is not known yet: {count} more numbers must be read.",
                more,
            )
        off = _say_span(abs(self.behind_s))
        if abs(self.behind_s) < RIGHT_S:
            return said("The clock of this camera is right, from {reads} reads.", reads=self.reads)
        if self.behind_s > 0:
            return said(
                "This camera is {time} behind, from {reads} reads.", time=off, reads=self.reads
            )
        return said("This camera is {time} ahead, from {reads} reads.", time=off, reads=self.reads)


def _say_span(span_s: float) -> str:
    if span_s < 90:
        return said_n("{count} second", "{count} seconds", round(span_s))
    return said_n("{count} minute", "{count} minutes", round(span_s / 60))


def find_clock(samples: Sequence[Sample]) -> CameraClock:
    """The clock that the samples tell; each read of a precise forecast counts more than one of a vague one."""
    if not samples:
        return CameraClock(0.0, 0, float("inf"), 0)
    behind = np.array([(s.due_at - s.taken_at) / 1000 for s in samples])
    width = np.sqrt(KERNEL_S**2 + np.array([s.spread_s for s in samples]) ** 2)
    mode = _mode(behind, width)
    near = np.abs(behind - mode) <= np.maximum(NEAR_S, 2 * width)
    offset = _weighted_median(behind[near], 1 / width[near] ** 2)
    off = 1.4826 * float(np.median(np.abs(behind[near] - offset)))
    count = int(near.sum())
    error = 1.2533 * max(off, 1.0) / np.sqrt(count)
    return CameraClock(round(offset, 1), count, round(float(error), 1), len(samples))


def known_without(samples: Sequence[Sample], photos: Collection[str]) -> CameraClock:
    """The clock as the other pictures tell it, without a picture and its burst."""
    return find_clock([s for s in samples if s.photo not in photos])


def _mode(values: NDArray[np.float64], width: NDArray[np.float64]) -> float:
    """Where the density of the values is highest, at one of the values."""
    apart = (values[:, None] - values[None, :]) / width[None, :]
    density = (np.exp(-0.5 * apart**2) / width[None, :]).sum(axis=1)
    return float(values[int(density.argmax())])


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(reached, reached[-1] / 2))])


class Due(NamedTuple):
    """When somebody is, was or will be at the place of a camera: UTC ms, and its standard deviation."""

    at: int
    spread_s: float


def expect(
    due: Mapping[str, Due], taken_at: int | None, clock: CameraClock, *, known: bool
) -> Expected:
    """Who may be in a picture. With a known clock: everybody by the density of their time there at the
    picture's own. Without one: nobody by time; of the whole start list only what is read whole."""
    everybody = frozenset(due)
    if taken_at is None or not (known or clock.is_known):
        return Expected({}, everybody)
    at = taken_at + round(clock.behind_s * 1000) if clock.is_known else taken_at
    error = clock.error_s if clock.is_known else LEAST_SPREAD_S
    weights: dict[str, float] = {}
    for bib, one in due.items():
        spread = float(np.hypot(max(one.spread_s, LEAST_SPREAD_S), error))
        away = abs(at - one.at) / 1000 / spread
        if away <= WINDOW:
            weights[bib] = float(np.exp(-0.5 * away**2)) / spread
    return Expected(weights, everybody)


def list_samples(
    photo: str, taken_at: int | None, found: Sequence[Candidate], due: Mapping[str, Due]
) -> list[Sample]:
    """What a picture says of its camera's clock: numbers that were read whole and surely, without time."""
    if taken_at is None:
        return []
    return [
        Sample(photo, taken_at, due[one.bib].at, due[one.bib].spread_s)
        for one in found
        if one.bib in due and one.read == one.bib and one.p >= SURE_ALONE
    ]
