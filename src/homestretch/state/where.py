"""Where everybody on the road is now, at constant pace between mats, and who is the lantern.

The pace of the last leg (of the whole way when there was only one) is carried on. Nobody is drawn past
a mat that would have read them: who has not come to it waits just before it. Who said to stop stays where
they were last seen. The forecast replaces this.

Every line of mats misses some runners, so who does not come to one is no question yet: overdue is who is
gone at two points in a row, or at the finish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from homestretch.race.event import Event
from homestretch.state.flag import Flags
from homestretch.state.ledger import Ledger
from homestretch.state.proofs import Proofs
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
LATE_SHARE, LATE_MS = 0.1, 60_000
"""Missing at a mat: later than constant pace says by a minute and a tenth of the leg."""
GONE_SHARE, GONE_MS = 0.4, 600_000
"""Gone: later by ten minutes and four tenths of the way. They have stopped, or a mat has missed them."""


@dataclass(slots=True)
class Where:
    """(n,) metres along the own course (NaN unless on the road) and the pace behind it, the next point
    that hears and when they are due there; the lantern's row; (m,) which mats are silent."""

    position_m: Floats
    pace_s_per_km: Floats
    due_point: Ints
    due_at: Ints
    lantern: int
    silent: Bools


@dataclass(slots=True)
class _Out:
    """The k who are on the road: rows (k,), metres of the mats on their own course (k, m), metres of its
    end, newest proof, pace, whether they said to stop, whether nobody is late (stopped, on hold)."""

    rows: npt.NDArray[np.intp]
    distance_m: Floats
    end_m: Floats
    since: Ints
    reached_m: Floats
    pace_ms: Floats
    stays: Bools
    quiet: Bools

    def is_gone(self, due_m: Floats, gone_ms: Floats | Ints) -> Bools:
        """(k,) whether so much time (k,) is gone that nobody expects them any more at a point (k,)."""
        way_ms = np.maximum(due_m - self.reached_m, 0.0) * self.pace_ms
        return gone_ms > (1.0 + GONE_SHARE) * way_ms + GONE_MS


def find_where(
    event: Event,
    roster: Roster,
    points: Points,
    passed_at: Ints,
    proofs: Proofs,
    ledger: Ledger,
    flags: Flags,
    now: int,
) -> Where:
    """Positions at ``now``; marks the overdue in the ledger."""
    n, m = passed_at.shape
    position_m, pace = np.full((2, n), np.nan)
    due_point, due_at = np.full((2, n), NEVER, np.int64)
    where = Where(position_m, pace, due_point, due_at, NEVER, np.zeros(m, np.bool_))
    rows = np.flatnonzero(np.isin(ledger.status, ON_THE_ROAD))
    if not len(rows) or not m:
        return where
    out = _on_the_road(event, roster, points, passed_at, proofs, ledger, flags, rows, now)
    ahead = np.nan_to_num(out.distance_m, nan=-1.0) > out.reached_m[:, None] + 0.5
    where.silent = _silent(points, out, ahead, ledger.status[rows] == Status.STARTED, now)
    hears = ~(where.silent | points.lifted)
    column, next_m, after_next_m = _next_two(
        np.where(ahead & hears, out.distance_m, np.inf), out.end_m
    )
    gone_ms = np.maximum(now - out.since, 0)
    free_m = out.reached_m + np.where(out.stays, 0.0, gone_ms / out.pace_ms)
    where.position_m[rows] = np.maximum(np.minimum(free_m, next_m - 1.0), out.reached_m)
    where.pace_s_per_km[rows] = out.pace_ms
    where.due_point[rows] = np.where(column >= 0, column, roster.end_point[rows])
    where.due_at[rows] = out.since + (np.maximum(next_m - out.reached_m, 0.0) * out.pace_ms).astype(
        np.int64
    )
    overdue = out.is_gone(after_next_m, gone_ms) & ~out.stays & ~out.quiet
    ledger.marks[rows[overdue]] |= Mark.OVERDUE
    runs = roster.competes[rows] & (ledger.status[rows] == Status.STARTED) & ~out.stays
    gone = out.is_gone(next_m, gone_ms) & ~out.quiet
    where.lantern = _lantern(out, runs, gone, out.end_m - where.position_m[rows])
    return where


def _next_two(ahead_m: Floats, end_m: Floats) -> tuple[Ints, Floats, Floats]:
    """(k,) column of the next point that hears (NEVER for none), its metres, and those of the point after
    it; the end of the course for none."""
    first = ahead_m.argmin(axis=1)
    rows = np.arange(len(first))
    next_m = ahead_m[rows, first]
    ahead_m[rows, first] = np.inf
    column = np.where(np.isfinite(next_m), first, NEVER)
    return column, np.minimum(next_m, end_m), np.minimum(ahead_m.min(axis=1), end_m)


def _on_the_road(
    event: Event,
    roster: Roster,
    points: Points,
    passed_at: Ints,
    proofs: Proofs,
    ledger: Ledger,
    flags: Flags,
    rows: npt.NDArray[np.intp],
    now: int,
) -> _Out:
    race, start, end = roster.race[rows], roster.start_point[rows], roster.end_point[rows]
    distance = points.distance_m[race]
    each = np.arange(len(rows))
    start_m = np.where(start >= 0, distance[each, np.maximum(start, 0)], 0.0)
    length = np.array([race.distance_m for race in event.races])[race]
    end_m = np.where(end >= 0, distance[each, np.maximum(end, 0)], length)
    own = (distance >= start_m[:, None]) & (distance <= end_m[:, None])
    # Behind a change of the course nobody knows who comes to which mat, but that all come to the end.
    own &= (distance <= flags.planned_to_m[race][:, None]) | (distance == end_m[:, None])
    return _Out(
        rows=rows,
        distance_m=np.where(own, distance, np.nan),
        end_m=end_m,
        since=np.where(proofs.at[rows] >= 0, proofs.at[rows], now),
        reached_m=np.maximum(proofs.metres[rows], start_m),
        pace_ms=_paces(passed_at[rows], distance, start_m, roster.gun_at[rows]),
        stays=(ledger.marks[rows] & Mark.SAID_TO_WITHDRAW) != 0,
        quiet=flags.quiet[race],
    )


def _paces(passed_at: Ints, distance: Floats, start_m: Floats, gun_at: Ints) -> Floats:
    """(k,) milliseconds a metre (seconds a km) over the last leg that was read.

    The gun stands in for a start that no mat has read, at the start of the whole course only: nobody knows
    when a relay runner set out who was not read.
    """
    rows = np.arange(len(passed_at))
    from_gun = np.where(start_m == 0.0, gun_at, -1)
    times = np.column_stack([passed_at, from_gun]).astype(np.float64)
    metres = np.column_stack([distance, start_m])
    times[np.isnan(metres)] = -1.0
    read_at_start = ((times[:, :-1] >= 0) & (metres[:, :-1] == start_m[:, None])).any(axis=1)
    times[read_at_start, -1] = -1.0
    last = times.argmax(axis=1)
    last_t, last_m = times[rows, last], metres[rows, last]
    times[rows, last] = -1.0
    previous = times.argmax(axis=1)
    span_ms = last_t - times[rows, previous]
    span_m = last_m - metres[rows, previous]
    known = (last_t >= 0) & (times[rows, previous] >= 0) & (span_m > 100.0)
    pace = np.where(known, span_ms / np.where(known, span_m, 1.0), USUAL_S_PER_KM)
    return np.clip(pace, 100.0, SLOWEST_S_PER_KM)


def _silent(points: Points, out: _Out, ahead: Bools, runs: Bools, now: int) -> Bools:
    """(m,) mats at which some are missing since they were last heard, five minutes ago or more.

    Who is gone is not counted: they have stopped, or their chip has, and tell nothing of a mat.
    """
    m = len(points.ids)
    next_m = np.where(ahead & ~points.lifted, out.distance_m, np.inf)
    column, next_m = next_m.argmin(axis=1), next_m.min(axis=1)
    runs = runs & np.isfinite(next_m) & ~out.stays & ~out.quiet
    leg_ms = np.where(runs, next_m - out.reached_m, 0.0) * out.pace_ms
    due_at = out.since + leg_ms
    late_ms = now - due_at
    missing = runs & (due_at > points.last_read_at[column])
    missing &= late_ms > LATE_SHARE * leg_ms + LATE_MS
    missing &= late_ms <= GONE_SHARE * leg_ms + GONE_MS
    first_due_at = np.full(m, np.inf)
    np.minimum.at(first_due_at, column[missing], due_at[missing])
    since = np.where(points.last_read_at >= 0, points.last_read_at, first_due_at)
    enough = np.bincount(column[missing], minlength=m) >= DUE_BEFORE_SILENT
    return enough & (now - since > SILENT_MS) & ~points.lifted


def _lantern(out: _Out, runs: Bools, gone: Bools, to_go_m: Floats) -> int:
    """The row with the longest way to go: of the runners who are still expected, else of all runners.

    Of several at one place the one who was seen last at the mat before it.
    """
    if (runs & ~gone).any():
        runs = runs & ~gone
    if not runs.any():
        return NEVER
    at = np.flatnonzero(runs)
    return int(out.rows[at[np.lexsort((out.rows[at], -out.since[at], -to_go_m[at]))[0]]])
