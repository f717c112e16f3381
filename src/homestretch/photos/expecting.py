"""When everybody is, was or will be at the place of a camera, from what the mats have read so far."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from homestretch.photos.camera import Due
from homestretch.state.snapshot import State

READ_S: Final = 15.0
"""A camera beside a mat sees people within so many seconds of their read."""
BETWEEN, AHEAD = 0.05, 0.08
"""Standard deviation as a share of the time between two mats, and of the time since the last one."""


def list_due(state: State, distance_m: NDArray[np.float64]) -> dict[str, Due]:
    """Bib → when its runner is at a place, with a standard deviation. ``distance_m`` (races,) is where the
    place lies in each race, NaN where it does not pass. At a mat the read tells it, between two mats a
    straight line, ahead of the last one the runner's pace; who has not started is nowhere."""
    due: dict[str, Due] = {}
    metres = state.points.distance_m
    for row, bib in enumerate(state.roster.bibs):
        race = int(state.roster.race[row])
        target = float(distance_m[race])
        if np.isnan(target):
            continue
        where, when = _line(metres[race], state.passed_at[row])
        if state.start_at[row] >= 0 and (not len(where) or where[0] > 0):
            where = np.concatenate([[0.0], where])
            when = np.concatenate([[float(state.start_at[row])], when])
        if len(where):
            found = _due(where, when, target, float(state.pace_s_per_km[row]))
            if found is not None:
                due[bib] = found
    return due


def _line(
    metres: NDArray[np.float64], passed_at: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a runner was read, and when, in the order of the course."""
    read = np.flatnonzero((passed_at >= 0) & ~np.isnan(metres))
    order = read[np.argsort(metres[read], kind="stable")]
    return metres[order], passed_at[order].astype(np.float64)


def _due(
    where: NDArray[np.float64], when: NDArray[np.float64], target: float, pace_s_per_km: float
) -> Due | None:
    after = int(np.searchsorted(where, target))
    if after < len(where) and where[after] == target:
        return Due(round(float(when[after])), READ_S)
    if 0 < after < len(where):
        share = (target - where[after - 1]) / (where[after] - where[after - 1])
        span = float(when[after] - when[after - 1])
        at = float(when[after - 1]) + share * span
        return Due(round(at), READ_S + BETWEEN * abs(span) / 1000)
    if after == 0:
        return None
    pace = pace_s_per_km
    if np.isnan(pace) or pace <= 0:
        if len(where) < 2 or where[-1] <= where[-2]:
            return None
        pace = (when[-1] - when[-2]) / (where[-1] - where[-2])
    ahead_s = (target - float(where[-1])) / 1000 * pace
    return Due(round(float(when[-1]) + ahead_s * 1000), READ_S + AHEAD * ahead_s)
