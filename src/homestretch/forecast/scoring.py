"""How good forecasts were: after each mat, for all and for the slowest tenth, beside what is simpler.

What is simpler stands in ``simple``. Errors are minutes of the finish time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from homestretch.forecast.past import Replay, scores_of
from homestretch.forecast.simple import NEAR_M, SCORES, STEPS, simple_forecasts
from homestretch.forecast.values import LEVEL_SCORES, below
from homestretch.state.snapshot import Bools, Floats

MIDDLE = 9
INTERVALS = {"coverage_50": (4, 14), "coverage_80": (1, 17), "coverage_90": (0, 18)}
SLOWEST = 0.9

Score = dict[str, float]
"""people; mae, rmse, pinball in minutes; within_1, within_2, within_5, coverage_50, coverage_80, coverage_90 as
shares. Of a method that names one time and no distribution: no coverage."""


def name_of(metres: float) -> str:
    """``half``, ``30k``, ``finish``: what a mat is called in tables and JSON."""
    if abs(metres - 21_097.5) < NEAR_M:
        return "half"
    return "finish" if abs(metres - 42_195.0) < NEAR_M else f"{metres / 1000:g}k"


def score(forecast_s: Floats, actual_s: Floats) -> Score:
    """The figures of forecasts (n, 1) or (n, 19) in s against what happened (n,)."""
    middle = forecast_s[:, MIDDLE] if forecast_s.shape[1] > 1 else forecast_s[:, 0]
    off_min = np.abs(middle - actual_s) / 60.0
    steps = forecast_s if forecast_s.shape[1] > 1 else np.tile(forecast_s, (1, len(STEPS)))
    short = (actual_s[:, None] - steps) / 60.0
    pinball = np.where(short >= 0, STEPS * short, (STEPS - 1.0) * short)
    found = {
        "people": float(len(actual_s)),
        "mae": float(off_min.mean()),
        "rmse": float(np.sqrt((off_min**2).mean())),
        **{f"within_{k}": float((off_min <= k).mean()) for k in (1, 2, 5)},
        "pinball": float(pinball.mean()),
    }
    if forecast_s.shape[1] > 1:
        for name, (low, high) in INTERVALS.items():
            inside = (actual_s >= forecast_s[:, low]) & (actual_s <= forecast_s[:, high])
            found[name] = float(inside.mean())
    return found


def score_edition(replay: Replay) -> dict[str, dict[str, dict[str, Score]]]:
    """mat -> all or slowest_tenth -> method -> figures, after every mat of an edition.

    Every method is judged on the same people: those for whom all of them have a forecast that have any.
    """
    edition, found = replay.edition, {}
    actual_s = edition.times[:, -1]
    for mat, metres in enumerate(edition.sites_m[:-1]):
        ours = np.exp(replay.after(mat, SCORES)[:, -1])
        methods = {"homestretch": ours, **simple_forecasts(edition, mat, replay.model.regressions)}
        judged: Bools = np.isfinite(actual_s)
        for forecasts in methods.values():
            there = np.isfinite(forecasts).all(axis=1)
            judged = judged & (there | ~there.any())
        here_s = edition.times[:, mat]
        slow = judged & (here_s >= np.quantile(here_s[judged], SLOWEST))
        found[name_of(metres)] = {
            group: {name: score(table[rows], actual_s[rows]) for name, table in methods.items()}
            for group, rows in (("all", judged), ("slowest_tenth", slow))
        }
    return found


class Limit(NamedTuple):
    """Who misses a limit, found after a mat: shares, and the chance in tenths against what happened."""

    mat: str
    limit_h: float
    positives: int
    recall: float
    precision: float
    recall_constant: float
    precision_constant: float
    worst_tenth: float
    """points by which the chance is off in the worst tenth with at least ``LEAST_TENTH`` people"""
    best_precision: float
    """of the threshold that is best here, of all that find ``GOAL`` of them: known only afterwards; NaN where
    nobody was too late"""


FLAGGED = 0.2
GOAL = 0.95
LEAST_TENTH = 200


class Chances(NamedTuple):
    """Of some people after a mat: the chance to miss a limit (k,), who did (k,), and whom constant pace
    would have named (k,)."""

    mat: str
    limit_h: float
    p: Floats
    late: Bools
    flat: Bools


def chances_of_limits(replay: Replay, limits_h: Sequence[float], from_m: float) -> list[Chances]:
    """After each mat from some metres on, for each limit."""
    edition, found = replay.edition, []
    finish_s = edition.times[:, -1]
    for mat, metres in enumerate(edition.sites_m[:-1]):
        if metres < from_m:
            continue
        table = replay.after(mat)
        known = np.isfinite(table[:, -1, 0]) & np.isfinite(finish_s)
        flat_s = edition.times[known, mat] * edition.sites_m[-1] / metres
        for hours in limits_h:
            limit_s = hours * 3600.0
            p = p_later(table[known, -1], limit_s)
            late, flat = finish_s[known] > limit_s, flat_s > limit_s
            found.append(Chances(name_of(metres), hours, p, late, flat))
    return found


def score_limit(one: Chances) -> Limit:
    """How well who was too late was found."""
    return Limit(
        one.mat,
        one.limit_h,
        int(one.late.sum()),
        *_found(one.p >= FLAGGED, one.late),
        *_found(one.flat, one.late),
        _worst_tenth(one.p, one.late),
        _best_precision(one.p, one.late),
    )


def together(several: Sequence[Chances]) -> list[Chances]:
    """The chances of several editions, those of one mat and limit together."""
    keys = sorted({(one.mat, one.limit_h) for one in several})
    found = []
    for mat, limit_h in keys:
        mine = [one for one in several if (one.mat, one.limit_h) == (mat, limit_h)]
        columns = [np.concatenate(part) for part in zip(*(one[2:] for one in mine), strict=True)]
        found.append(Chances(mat, limit_h, *columns))
    return found


def p_later(table: Floats, limit_s: float) -> Floats:
    """(n,) the chance that log times (n, q) at ``LEVEL_SCORES`` give to being later than a limit."""
    limit = np.full(len(table), np.log(limit_s))
    return 1.0 - below(scores_of(table, LEVEL_SCORES, limit))


def _found(flagged: Bools, late: Bools) -> tuple[float, float]:
    """Recall and precision, NaN where nothing was to be found, or nothing was flagged."""
    hits = float((flagged & late).sum())
    recall = hits / late.sum() if late.any() else np.nan
    return float(recall), float(hits / flagged.sum() if flagged.any() else np.nan)


def _best_precision(p: Floats, late: Bools) -> float:
    """The highest precision of all thresholds that find ``GOAL`` of who was late."""
    if not late.any():
        return np.nan
    order = np.argsort(-p, kind="stable")
    hits, last = np.cumsum(late[order]), np.append(np.diff(p[order]) < 0.0, True)
    enough = last & (hits >= GOAL * hits[-1])
    return float((hits / np.arange(1, len(p) + 1))[enough].max())


def _worst_tenth(p: Floats, late: Bools) -> float:
    """Points by which chances are off in tenths of chance that hold enough people."""
    tenth = np.clip((p * 10).astype(int), 0, 9)
    off = [
        100.0 * abs(float(p[tenth == one].mean()) - float(late[tenth == one].mean()))
        for one in range(10)
        if (tenth == one).sum() >= LEAST_TENTH
    ]
    return max(off, default=np.nan)
