"""Reads to passings: which read is whose split, in whole-array steps.

The rule of the trade: a start uses the last read of a chip, a split and the finish the first. A read is
only ever a split when a person could have been there then: after the gun, not faster than anybody runs,
not while a vehicle carries them. A read that is not used keeps its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from homestretch.race.event import Event
from homestretch.state.kernels import (
    FAR,
    SEVERAL,
    cells_of_reads,
    first_reads,
    look_closer,
    settle_starts,
)
from homestretch.state.lookup import Lookup, rows_of_reads
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.rows import BEYOND, Ints32, Offers, Rows
from homestretch.state.settling import Several, settle
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Points, Roster, Unused

FUTURE_TOLERANCE_MS = 60_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class ReadsIn:
    """The reads of the log with corrected times; all (reads,) unless said."""

    chip: Ints32
    place: Ints32
    at: Ints
    """corrected time"""
    seen_at: Ints
    source: Ints
    source_rank: Ints
    """(symbols,)"""
    number: Ints
    digest: Ints
    barred: dict[int, Unused]
    """reads that are barred beforehand, and why (struck out, made while somebody carried the row)"""
    ahead_at: dict[int, int]
    """row -> when a vehicle carried it ahead"""

    def rows(self, lookup: Lookup, which: npt.NDArray[np.intp]) -> Ints:
        """(which,) the row that carried the chip of some reads."""
        return rows_of_reads(lookup, self.chip[which], self.at[which])


@dataclass(frozen=True, slots=True)
class Passings:
    """(n, m) times and winning reads (indices into the reads), (reads,) why each read is not used, and
    (n,) what is noteworthy."""

    at: Ints
    winner: Ints
    unused: npt.NDArray[np.int8]
    start_before_gun: Bools
    impossible: Bools
    other_course: Bools
    while_carried: Bools


def make_rows(event: Event, roster: Roster, points: Points, planned_to_m: Floats) -> Rows:
    """What the loops need of the rows; follows from plan, roster and the changes of the courses alone.

    ``planned_to_m`` (races,) is how far each course was as planned all day.
    """
    run_m = np.minimum(points.distance_m, planned_to_m[:, None])
    ends = (roster.start_point.tolist(), roster.end_point.tolist())
    keys = list(zip(roster.race.tolist(), roster.division, *ends, roster.leg.tolist(), strict=True))
    classes = {key: number for number, key in enumerate(sorted(set(keys)))}
    reach = np.zeros((len(classes), len(points.ids)), np.int64)
    paces = np.zeros(len(classes))
    for (race, division, start, end, leg), number in classes.items():
        pace = paces[number] = fastest_s_per_km(event.races[race], division)
        metres = np.nan_to_num(points.distance_m[race], nan=0.0)
        from_m = metres[start] if start >= 0 else 0.0
        least_m = np.nan_to_num(run_m[race], nan=0.0) - from_m
        reach[number] = np.floor(np.maximum(least_m, 0.0) * pace)
        if leg != NEVER:
            until_m = metres[end] if end >= 0 else np.inf
            reach[number, (metres < from_m) | (metres > until_m)] = BEYOND
    base = int(roster.gun_at.min(initial=np.iinfo(np.int64).max))
    facts = np.empty((len(keys), 4), np.int32)
    facts[:, 0] = roster.race
    facts[:, 1] = [classes[key] for key in keys]
    facts[:, 2] = roster.start_point
    facts[:, 3] = roster.gun_at - base
    return Rows(
        facts=facts,
        reach_ms=reach,
        metres=points.distance_m,
        run_m=run_m,
        order=np.argsort(np.nan_to_num(points.distance_m, nan=np.inf), axis=1, kind="stable"),
        open_ms=np.array([race.start_open_min * 60_000 for race in event.races]).astype(np.int64),
        pace_ms=paces,
        dead_ms=int(event.dead_time_s * 1000),
        base=base,
    )


def find_passings(roster: Roster, reads: ReadsIn, lookup: Lookup, rows: Rows, now: int) -> Passings:
    """All passings that the reads up to ``now`` prove."""
    n, m = len(roster.race), rows.reach_ms.shape[1]
    if not n or not m:
        return _nothing(n, m, len(reads.at))
    offers = Offers(
        reads.at, reads.seen_at, reads.source, reads.number, reads.digest, reads.source_rank
    )
    day = (rows.base - DAY_MS, int(roster.gun_at.max()) + 2 * DAY_MS)
    until = now + FUTURE_TOLERANCE_MS
    cells = cells_of_reads(
        reads.at,
        reads.chip,
        reads.place,
        lookup.carrier,
        lookup.column,
        rows,
        (day[0], min(day[1], until)),
    )
    unused = np.full(len(cells), Unused.REPEATED, np.int8)
    closer = _look_closer(reads, lookup, rows, cells, unused, day, until)
    table = first_reads(offers, cells, rows.base, n * m)
    impossible = settle(
        roster, offers, rows, lookup, closer.several, reads.ahead_at, cells, table, unused
    )
    starts = np.flatnonzero(cells < -1)
    settle_starts(offers, starts, -2 - cells[starts].astype(np.int64), table, unused, rows)
    first, winner = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    unused[winner[winner >= 0]] = Unused.USED
    at = np.where(first == FAR, NEVER, first + rows.base).reshape(n, m)
    _came_home_before(roster, reads, closer, at, unused)
    return Passings(
        at,
        winner.reshape(n, m),
        unused,
        start_before_gun=closer.rows_with(Unused.BEFORE_THE_GUN, unused, n),
        impossible=impossible,
        other_course=closer.rows_with(Unused.ON_ANOTHER_COURSE, unused, n),
        while_carried=closer.rows_with(Unused.WHILE_CARRIED, unused, n),
    )


def _nothing(n: int, m: int, reads: int) -> Passings:
    never = np.full((n, m), NEVER, np.int64)
    no = np.zeros(n, np.bool_)
    unused = np.full(reads, Unused.UNKNOWN_CHIP, np.int8)
    return Passings(never, never.copy(), unused, no, no, no, no)


@dataclass(frozen=True, slots=True)
class _Closer:
    """The reads (k,) that are not plainly a passing, who carried the chip (NEVER: nobody), and those
    among them that may be several points."""

    which: npt.NDArray[np.intp]
    row: Ints
    several: Several

    def rows_with(self, reason: Unused, unused: npt.NDArray[np.int8], n: int) -> Bools:
        """(n,) rows with such a read."""
        found: Bools = np.zeros(n, np.bool_)
        found[self.row[(unused[self.which] == reason) & (self.row >= 0)]] = True
        return found


def _look_closer(
    reads: ReadsIn,
    lookup: Lookup,
    rows: Rows,
    cells: Ints32,
    unused: npt.NDArray[np.int8],
    day: tuple[int, int],
    until: int,
) -> _Closer:
    """Settle the reads that are not plainly a passing: write their cells and reasons."""
    barred = np.array(sorted(reads.barred), np.intp)
    cells[barred] = -1
    which = np.flatnonzero(cells == -1)
    row = reads.rows(lookup, which)
    why = np.zeros(len(which), np.int8)
    why[np.searchsorted(which, barred)] = [reads.barred[int(read)] for read in barred]
    found, reason = look_closer(
        reads.at[which], row, reads.place[which], why, lookup.column, rows, day, until
    )
    may_be_several = found == SEVERAL
    cells[which], unused[which] = np.where(may_be_several, -1, found), reason
    several = which[may_be_several]
    return _Closer(which, row, Several(several, row[may_be_several], reads.place[several]))


def _came_home_before(
    roster: Roster, reads: ReadsIn, closer: _Closer, at: Ints, unused: npt.NDArray[np.int8]
) -> None:
    """Who has finished may walk over any mat: such a read is no question any more."""
    strays = (unused[closer.which] == Unused.ON_ANOTHER_COURSE) & (closer.row >= 0)
    which, row = closer.which[strays], closer.row[strays]
    ends = roster.end_point[row]
    finish = np.where(ends >= 0, at[row, np.maximum(ends, 0)], NEVER)
    unused[which[(finish >= 0) & (reads.at[which] > finish)]] = Unused.AFTER_THE_FINISH
