"""Where everybody on the road is now, at constant pace between mats, and who is the lantern.

The pace of the last leg (of the whole way when there was only one) is carried on. Nobody is drawn past
a mat that would have read them: who has not come to it waits just before it. The forecast replaces this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.race.event import Event
from homestretch.state.ledger import Ledger, Proofs
from homestretch.state.snapshot import (
    NEVER,
    ON_THE_ROAD,
    Bools,
    Floats,
    Ints,
    Mark,
    Points,
    Roster,
    Status,
)

USUAL_S_PER_KM = 400.0
"""Pace of somebody of whom only the start is known."""
SLOWEST_S_PER_KM = 1800.0
SILENT_MS = 300_000
DUE_BEFORE_SILENT = 5
OVERDUE_SHARE, OVERDUE_MS = 1.4, 600_000


@dataclass(slots=True)
class Where:
    """(n,) metres along the own course (NaN unless on the road) and the pace behind it; the lantern's
    row; (m,) which mats are silent."""

    position_m: Floats
    pace_s_per_km: Floats
    lantern: int
    silent: Bools


def find_where(
    event: Event,
    roster: Roster,
    points: Points,
    passed_at: Ints,
    proofs: Proofs,
    ledger: Ledger,
    now: int,
) -> Where:
    """Positions at ``now``; marks the overdue in the ledger."""
    n, m = passed_at.shape
    position = np.full(n, np.nan)
    pace = np.full(n, np.nan)
    out = np.flatnonzero(np.isin(ledger.status, ON_THE_ROAD))
    if not len(out) or not m:
        return Where(position, pace, NEVER, np.zeros(m, np.bool_))
    distance = points.distance_m[roster.race[out]]
    pace[out] = _paces(passed_at[out], distance, roster.start_point[out], roster.gun_at[out])
    since = np.where(proofs.at[out] >= 0, proofs.at[out], now)
    free_m = proofs.metres[out] + (now - since) / pace[out]
    ahead = np.nan_to_num(distance, nan=-1.0) > proofs.metres[out][:, None] + 0.5
    next_m = np.where(ahead, distance, np.inf)
    next_column = next_m.argmin(axis=1)
    next_at = next_m.min(axis=1)
    due_at = since + (next_at - proofs.metres[out]) * pace[out]
    silent = _silent(points, next_column, next_at, due_at, now)
    hears = ~(silent | points.lifted)
    heard_m = np.where(ahead & hears, distance, np.inf).min(axis=1)
    length = np.array([race.distance_m for race in event.races])[roster.race[out]]
    limit_m = np.minimum(heard_m, length) - 1.0
    position[out] = np.maximum(np.minimum(free_m, limit_m), proofs.metres[out])
    overdue = np.isfinite(next_at) & (now > since + OVERDUE_SHARE * (due_at - since) + OVERDUE_MS)
    overdue &= ~silent[next_column] & ~points.lifted[next_column]
    ledger.marks[out[overdue]] |= Mark.OVERDUE
    return Where(position, pace, _lantern(roster, ledger, position, length, out), silent)


def _paces(passed_at: Ints, distance: Floats, start: Ints, gun_at: Ints) -> Floats:
    """(k,) seconds a km over the last leg that was read."""
    rows = np.arange(len(passed_at))
    times = passed_at.astype(np.float64)
    begins = np.maximum(start, 0)
    first = times[rows, begins]
    times[rows, begins] = np.where(
        (start >= 0) & (first >= gun_at), first, gun_at.astype(np.float64)
    )
    metres = distance.copy()
    metres[rows, begins] = np.where(start >= 0, distance[rows, begins], 0.0)
    times[(times < 0) | np.isnan(metres)] = -1.0
    last = times.argmax(axis=1)
    last_t, last_m = times[rows, last], metres[rows, last]
    times[rows, last] = -1.0
    previous = times.argmax(axis=1)
    span_s = (last_t - times[rows, previous]) / 1000.0
    span_km = (last_m - metres[rows, previous]) / 1000.0
    known = (times[rows, previous] >= 0) & (span_km > 0.1)
    pace = np.where(known, span_s / np.where(known, span_km, 1.0), USUAL_S_PER_KM)
    return np.clip(pace, 100.0, SLOWEST_S_PER_KM)


def _silent(points: Points, column: Ints, next_m: Floats, due_at: Floats, now: int) -> Bools:
    """(m,) mats where some were due since the mat was last heard, and nobody was read for five minutes."""
    m = len(points.ids)
    heard = np.where(points.last_read_at >= 0, points.last_read_at, 0)[column]
    due = np.isfinite(next_m) & (due_at > heard) & (due_at < now - 60_000)
    missing = np.bincount(column[due], minlength=m)
    quiet = np.where(points.last_read_at >= 0, now - points.last_read_at > SILENT_MS, True)
    return (missing >= DUE_BEFORE_SILENT) & quiet & ~points.lifted


def _lantern(roster: Roster, ledger: Ledger, position: Floats, length: Floats, out: Ints) -> int:
    """The row with the longest way to go: of the runners who are not overdue, else of all who are."""
    runs = roster.competes[out] & (ledger.status[out] == Status.STARTED)
    if not runs.any():
        return NEVER
    overdue = (ledger.marks[out] & Mark.OVERDUE) != 0
    if (runs & ~overdue).any():
        runs &= ~overdue
    to_go = np.where(runs, length - position[out], -1.0)
    return int(out[int(to_go.argmax())])
