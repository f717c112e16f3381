"""What is simpler than the model, to be measured beside it: three rules and a regression.

Constant pace; the pace of the last leg; Riegel's power of 1.06 (Riegel, "Athletic Records and Human
Endurance", 1981); and the regression of finish speed on average speed and speed of the last leg, one for each
mat (Onyejekwe and Gerber, "Quantifying Uncertainty in Live Marathon Finish Time Predictions", 2025), fitted
to the same editions as the model. Its coefficients ship with the model, so that it can stand in every table.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from homestretch.forecast.normal import score_of
from homestretch.forecast.past import Edition
from homestretch.state.snapshot import Floats

RIEGEL = 1.06
STEPS = np.arange(1, 20) / 20.0
"""Chances .05 to .95, at which pinball is taken and between which intervals lie."""
SCORES = np.array([score_of(step) for step in STEPS])
LEAST_LEG_M = 4000.0
NEAR_M = 1.0
SLOWEST_M_S = 0.3
"""No regression forecasts anybody slower than this: it would divide by nothing."""


def simple_forecasts(edition: Edition, mat: int, regressions: Floats) -> dict[str, Floats]:
    """Name -> forecasts of the finish in s: (n, 1), or (n, 19) at ``STEPS`` where there is a distribution.

    ``regressions`` (r, 6) as of ``fit_regressions``; where none is of this mat and leg, ``two_variable`` is NaN.
    """
    sites_m, times = edition.sites_m, edition.times
    end_m, here_m, here_s = sites_m[-1], sites_m[mat], times[:, mat]
    before = leg_before(sites_m, mat)
    average, last = _speeds(times, sites_m, mat, before)
    found = _find(regressions, here_m, sites_m[before] if before >= 0 else 0.0)
    speed = np.column_stack([np.ones(len(times)), average, last]) @ found[:3]
    speeds = np.maximum(speed[:, None] - found[3] * SCORES[None, :], SLOWEST_M_S)
    return {
        "constant_pace": (here_s * end_m / here_m)[:, None],
        "last_leg": (here_s + (end_m - here_m) / last)[:, None],
        "riegel": (here_s * (end_m / here_m) ** RIEGEL)[:, None],
        "two_variable": end_m / speeds,
    }


def fit_regressions(editions: Sequence[Edition]) -> Floats:
    """(r, 6): metres of a mat, metres at which its last leg began, three coefficients of the finish speed (1,
    average speed, speed of the leg; m/s) and the residuals' deviation; for every pair that stood in an edition."""
    sites = np.unique(np.round(np.concatenate([edition.sites_m[:-1] for edition in editions]), 1))
    found = []
    for here_m in sites.tolist():
        for before_m in [0.0, *sites[sites <= here_m - LEAST_LEG_M].tolist()]:
            row = _fit(editions, here_m, before_m)
            if row is not None:
                found.append(row)
    return np.array(found).reshape(-1, 6)


def leg_before(sites_m: Floats, mat: int) -> int:
    """The mat at which the last leg before this one began, -1 for the start: a leg has 4 km or more."""
    earlier = np.flatnonzero(sites_m[:mat] <= sites_m[mat] - LEAST_LEG_M)
    return int(earlier[-1]) if len(earlier) else -1


def _speeds(times: Floats, sites_m: Floats, mat: int, before: int) -> tuple[Floats, Floats]:
    """(n,) average speed up to a mat and speed on the last leg, m/s."""
    since_s = times[:, before] if before >= 0 else np.zeros(len(times))
    since_m = sites_m[before] if before >= 0 else 0.0
    last = (sites_m[mat] - since_m) / (times[:, mat] - since_s)
    return sites_m[mat] / times[:, mat], last


def _fit(editions: Sequence[Edition], here_m: float, before_m: float) -> list[float] | None:
    """One row of ``fit_regressions``; None where no edition has both, or too few people for four figures."""
    rows, goal = [], []
    for edition in editions:
        mat, before = _site(edition, here_m), _site(edition, before_m)
        if mat is None or (before is None and before_m > 0.0):
            continue
        begin = -1 if before is None else before
        average, last = _speeds(edition.times, edition.sites_m, mat, begin)
        speed = edition.sites_m[-1] / edition.times[:, -1]
        fine = np.isfinite(average) & np.isfinite(last) & np.isfinite(speed)
        rows.append(np.column_stack([np.ones(fine.sum()), average[fine], last[fine]]))
        goal.append(speed[fine])
    if sum(len(part) for part in goal) < 10:
        return None
    x, y = np.concatenate(rows), np.concatenate(goal)
    coefficients = np.linalg.lstsq(x.T @ x, x.T @ y, rcond=None)[0]
    return [here_m, before_m, *coefficients.tolist(), float(np.std(y - x @ coefficients))]


def _site(edition: Edition, metres: float) -> int | None:
    near = np.flatnonzero(np.abs(edition.sites_m - metres) < NEAR_M)
    return int(near[0]) if len(near) else None


def _find(regressions: Floats, here_m: float, before_m: float) -> Floats:
    """(4,) coefficients and deviation for a mat and the begin of its last leg, NaN where none was fitted."""
    off = np.abs(regressions[:, :2] - [here_m, before_m])
    found = np.flatnonzero((off < NEAR_M).all(axis=1))
    return regressions[found[0], 2:] if len(found) else np.full(4, np.nan)
