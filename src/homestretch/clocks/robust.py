"""Medians and spreads that a few walkers, stops and strays do not move."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from homestretch.state.snapshot import Floats, Ints

TO_SD: Final = 1.4826
"""A normal standard deviation in median absolute deviations."""
CLIP: Final = 2.0
"""Lateness counts up to so many spreads (Huber's psi)."""


class Level(NamedTuple):
    """A centre, the spread around it and how many values are its basis."""

    centre: float
    spread: float
    basis: int


def median_level(values: Floats) -> Level:
    """Median and scaled median absolute deviation of values (k,)."""
    if not len(values):
        return Level(0.0, np.inf, 0)
    centre = float(np.median(values))
    return Level(centre, TO_SD * float(np.median(np.abs(values - centre))), len(values))


def huber_level(values: Floats, spreads: Floats, rounds: int = 4) -> float:
    """Weighted Huber centre of values (k,) with known spreads (k,), started from their median."""
    centre = float(np.median(values))
    for _ in range(rounds):
        z = (values - centre) / spreads
        within = np.abs(z) < CLIP
        slope = float((within / spreads**2).sum())
        if slope == 0.0:
            break
        centre += float((np.clip(z, -CLIP, CLIP) / spreads).sum()) / slope
    return centre


def binned_curve(x: Floats, y: Floats, order: Ints, bins: int) -> tuple[Floats, Floats]:
    """(k,) median and scaled MAD of y (k,) along x (k,): in bins of equal counts, straight between them.

    ``order`` (k,) sorts x.
    """
    few, more = divmod(len(order), max(1, bins))
    # Bins of one size make a table, whose medians are found at once: of one bin by itself they take longer to ask for
    # than to find.
    middles, centres, spreads = [], [], []
    for part, size in ((order[: more * (few + 1)], few + 1), (order[more * (few + 1) :], few)):
        if not len(part):
            continue
        rows = part.reshape(-1, size)
        values = y[rows]
        centre = np.median(values, axis=1)
        middles.append(x[rows[:, size // 2]])
        centres.append(centre)
        spreads.append(TO_SD * np.median(np.abs(values - centre[:, None]), axis=1))
    at = np.concatenate(middles)
    return np.interp(x, at, np.concatenate(centres)), np.interp(x, at, np.concatenate(spreads))
