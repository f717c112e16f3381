"""Who needs us most: an order for people who cheer, and the parts that it was made of, as values.

It is a judgement, and this is the place of it: each part says in how far a runner has it hard, from 0 to 1,
and the parts are added up with the weights below. The sum is never shown, and no part is a diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.forecast.values import Caught, Forecast
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, State

SLOWING_FROM, SLOWING_TO = 0.08, 0.40
"""By how much more slowly than before: what nearly everybody does, and what is very hard."""
LEAST_M = 2_500.0
"""So far must be run since a point before somebody is called slower since then."""
NEAR_M, CROWD = 150.0, 6.0
"""Others within so many metres are company; of so many nobody is alone."""
HOURS_FROM, HOURS_TO = 4.0, 8.0
MINUTES_CLOSE = 20.0
WEIGHTS = {"slowing": 1.0, "alone": 0.5, "sweep": 1.0, "hours": 0.7, "first": 0.3}


@dataclass(frozen=True, slots=True)
class Need:
    """n entrants; what does not hold of somebody is NaN."""

    order: Ints
    """(k,) rows of those on the road, who needs us most first"""
    slower: Floats
    """(n,) by what share their pace since ``since_point`` is slower than before"""
    since_point: Ints
    """(n,) column of the mat since which they are slower, NEVER for none"""
    company: Floats
    """(n,) how many others of the field are within 150 m"""
    margin_s: Floats
    """(n,) time before the sweep, by the median"""
    hours_out: Floats
    first: Bools
    """(n,) first marathon, where that is known"""


def find_need(
    state: State, forecast: Forecast, caught: Caught | None, first: Bools | None = None
) -> Need:
    """The order at the forecast's now. ``first`` (n,) whose first marathon it is, where people said so."""
    n = len(state.status)
    out = np.isfinite(forecast.position_m)
    slower, since = _slower(state)
    company = _company(state, forecast.position_m)
    hours = np.where(out, (forecast.now - state.start_at) / 3_600_000, np.nan)
    margin_s = np.full(n, np.nan) if caught is None else caught.margin_s
    debut = np.zeros(n, np.bool_) if first is None else first
    parts = {
        "slowing": _between(slower, SLOWING_FROM, SLOWING_TO),
        "alone": np.clip(1.0 - company / CROWD, 0.0, 1.0),
        "sweep": np.clip(1.0 - margin_s / (60.0 * MINUTES_CLOSE), 0.0, 1.0),
        "hours": _between(hours, HOURS_FROM, HOURS_TO),
        "first": debut.astype(np.float64),
    }
    total = sum(WEIGHTS[name] * np.nan_to_num(part) for name, part in parts.items())
    rows = np.flatnonzero(out)
    order = rows[np.lexsort((rows, -np.asarray(total)[rows]))]
    return Need(order, slower, since, company, margin_s, hours, debut)


def _between(values: Floats, low: float, high: float) -> Floats:
    part: Floats = np.clip((values - low) / (high - low), 0.0, 1.0)
    return part


def _slower(state: State) -> tuple[Floats, Ints]:
    """(n,) the largest share by which anybody is slower since one of their mats than up to it, and which."""
    metres = state.points.distance_m[state.roster.race]
    elapsed = np.where(state.passed_at >= 0, state.passed_at - state.start_at[:, None], np.nan)
    known = np.isfinite(elapsed) & np.isfinite(metres)
    last_m = np.where(known, metres, 0.0).max(axis=1, initial=0.0)[:, None]
    last_ms = np.where(known, elapsed, 0.0).max(axis=1, initial=0.0)[:, None]
    fine = known & (metres >= LEAST_M) & (last_m - metres >= LEAST_M) & (elapsed > 0)
    before = elapsed / np.where(fine, metres, 1.0)
    after = (last_ms - elapsed) / np.where(fine, last_m - metres, 1.0)
    ratio = np.where(fine, after / np.where(fine, before, 1.0) - 1.0, -np.inf)
    column = ratio.argmax(axis=1)
    most = ratio[np.arange(len(ratio)), column]
    there = np.isfinite(most)
    return np.where(there, most, np.nan), np.where(there & (most > SLOWING_FROM), column, NEVER)


def _company(state: State, position_m: Floats) -> Floats:
    """(n,) others of the same race within ``NEAR_M``, NaN for who is not on the road."""
    company = np.full(len(position_m), np.nan)
    for race in np.unique(state.roster.race):
        rows = np.flatnonzero((state.roster.race == race) & np.isfinite(position_m))
        there = np.sort(position_m[rows])
        ahead = np.searchsorted(there, position_m[rows] + NEAR_M, side="right")
        behind = np.searchsorted(there, position_m[rows] - NEAR_M, side="left")
        company[rows] = ahead - behind - 1
    return company
