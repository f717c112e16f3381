"""People who came ahead together as no legs of theirs did before: perhaps in a vehicle. A question for control.

One stretch between two reads of a runner is odd when it was run much faster than any leg of theirs before, faster
than the field itself is there (a way downhill is faster for all). One such stretch may be a wrong read or a short
cut; several people who came so to one mat within seconds may have sat in one car.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from homestretch.companions.values import Bools, Floats, Ints

FASTER: Final = 0.75
"""So small a part of the time that their best pace so far would have taken,"""
GAIN_S: Final = 120.0
"""and so much less of it: a short last leg is sprinted."""
TOGETHER_S: Final = 30.0
"""Who sits in one vehicle comes to a mat within so many seconds of the next one."""
SPREADS: Final = 3.5
"""The step down from their best log pace is so many times what their own legs have strayed so far: who walks and runs by
turns is fast at times."""
USUAL_SPREAD, USUAL_LEGS = 0.05, 3.0
"""Spread of somebody's log paces before they are known, worth so many legs."""
SEATS: Final = 60
"""A bus has no more; more who came so one behind the other are a wrong clock."""
LEGS_BEFORE: Final = 2
MOST_SHARE: Final = 0.2
"""If more of those who came to a mat are odd there, it is its clock."""
LEAST_FIELD: Final = 20
"""So many must have run a leg before it is known how fast it is."""


class Ride(NamedTuple):
    """People who may have been in one vehicle. Rows of the field, from which mat each to which mat together."""

    rows: tuple[int, ...]
    since: tuple[int, ...]
    """the last mat that each passed before"""
    until: int
    pace_s_per_m: tuple[float, ...]
    best_s_per_m: tuple[float, ...]
    """the fastest leg of each before it"""
    spread_s: float
    """between the first and the last of them at the mat"""


def find_rides(times_s: Floats, metres: Floats) -> tuple[Ride, ...]:
    """Every group of a field (n, m) with mats at ``metres`` (m,), along the course and by time."""
    shares = leg_shares(times_s, metres)
    read = np.isfinite(times_s)
    n, m = times_s.shape
    last, best, past = np.full(n, -1), np.full(n, np.inf), np.zeros((3, n))
    found: list[Ride] = []
    for mat in range(m):
        rows = np.flatnonzero(read[:, mat] & (last >= 0))
        length_m = metres[mat] - metres[last[rows]]
        took_s = times_s[rows, mat] - times_s[rows, last[rows]]
        usual_m = np.concatenate([[0.0], np.cumsum(np.diff(metres) * shares)])
        usual_s = best[rows] * (usual_m[mat] - usual_m[last[rows]])
        odd = (took_s > 0.0) & (took_s <= FASTER * usual_s) & (took_s <= usual_s - GAIN_S)
        odd &= (past[0, rows] >= LEGS_BEFORE) & np.isfinite(usual_s)
        pace = took_s / length_m
        with np.errstate(divide="ignore", invalid="ignore"):
            odd &= np.log(usual_s / took_s) >= SPREADS * _spread(past[:, rows])
        if odd.sum() > MOST_SHARE * len(rows):
            odd[:] = False
        found += _group(times_s[:, mat], mat, rows[odd], last, pace[odd], best)
        # Who was carried once has no pace of their own from it.
        own = (took_s > 0.0) & ~odd
        ran, log_pace = rows[own], np.log(pace[own])
        best[ran] = np.minimum(best[ran], pace[own])
        past[:, ran] += np.stack([np.ones(len(ran)), log_pace, log_pace**2])
        last[read[:, mat]] = mat
    return tuple(found)


def _spread(past: Floats) -> Floats:
    """(k,) how much log paces have strayed; ``past`` (3, k): how many there were, their sum, the sum of squares."""
    legs, total, squares = past
    strayed = np.maximum(squares - total**2 / np.maximum(legs, 1.0), 0.0)
    usual = USUAL_LEGS * USUAL_SPREAD**2
    return np.asarray(np.sqrt((strayed + usual) / (np.maximum(legs - 1.0, 0.0) + USUAL_LEGS)))


def leg_shares(times_s: Floats, metres: Floats) -> Floats:
    """(l,) what the field's middle takes of its own best pace before on each leg, at most 1; NaN where too few have
    run it to say."""
    paces = np.diff(times_s, axis=1) / np.diff(metres)
    paces = np.where(paces > 0.0, paces, np.nan)
    best = np.fmin.accumulate(np.where(np.isnan(paces), np.inf, paces), axis=1)
    out = np.ones(paces.shape[1])
    for leg in range(1, paces.shape[1]):
        share = paces[:, leg] / best[:, leg - 1]
        share = share[np.isfinite(share) & (best[:, leg - 1] < np.inf)]
        out[leg] = min(1.0, float(np.median(share))) if len(share) >= LEAST_FIELD else np.nan
    return out


def _group(
    at_s: Floats, mat: int, rows: Ints, last: Ints, pace: Floats, best: Floats
) -> list[Ride]:
    """Those of some rows (k,) who came to a mat right behind one another."""
    order = np.argsort(at_s[rows], kind="stable")
    rows, pace = rows[order], pace[order]
    apart: Bools = np.diff(at_s[rows]) > TOGETHER_S
    parts = np.split(np.arange(len(rows)), np.flatnonzero(apart) + 1)
    return [
        Ride(
            rows=tuple(rows[part].tolist()),
            since=tuple(last[rows[part]].tolist()),
            until=mat,
            pace_s_per_m=tuple(pace[part].tolist()),
            best_s_per_m=tuple(best[rows[part]].tolist()),
            spread_s=float(at_s[rows[part[-1]]] - at_s[rows[part[0]]]),
        )
        for part in parts
        if 1 < len(part) <= SEATS
    ]
