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
from homestretch.state.chains import longest_chains
from homestretch.state.kernels import (
    FAR,
    SEVERAL,
    Ints32,
    Offers,
    Rows,
    cells_of_reads,
    first_reads,
    impossible_rows,
    look_closer,
    offer_all,
    settle_starts,
)
from homestretch.state.lookup import Lookup, rows_of_reads
from homestretch.state.places import choose_among
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.snapshot import NEVER, Bools, Ints, Points, Roster, Unused

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


def make_rows(event: Event, roster: Roster, points: Points) -> Rows:
    """What the loops need of the rows; follows from plan and roster alone."""
    keys = list(
        zip(roster.race.tolist(), roster.division, roster.start_point.tolist(), strict=True)
    )
    classes = {key: number for number, key in enumerate(sorted(set(keys)))}
    reach = np.zeros((len(classes), len(points.ids)), np.int64)
    paces = np.zeros(len(classes))
    for (race, division, start), number in classes.items():
        pace = paces[number] = fastest_s_per_km(event.races[race], division)
        metres = np.nan_to_num(points.distance_m[race], nan=0.0)
        reach[number] = np.floor(
            np.maximum(metres - (metres[start] if start >= 0 else 0.0), 0.0) * pace
        )
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
        order=np.argsort(np.nan_to_num(points.distance_m, nan=np.inf), axis=1, kind="stable"),
        open_ms=np.array([race.start_open_min * 60_000 for race in event.races]).astype(np.int64),
        pace_ms=paces,
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
    marks = _closer(roster, reads, lookup, rows, cells, unused, day, until)
    table = first_reads(offers, cells, rows.base, n * m)
    impossible = _settle(roster, offers, rows, cells, table, unused)
    starts = np.flatnonzero(cells < -1)
    settle_starts(offers, starts, -2 - cells[starts].astype(np.int64), table, unused, rows)
    first, winner = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    unused[winner[winner >= 0]] = Unused.USED
    return Passings(
        np.where(first == FAR, NEVER, first + rows.base).reshape(n, m),
        winner.reshape(n, m),
        unused,
        start_before_gun=marks[Unused.BEFORE_THE_GUN],
        impossible=impossible,
        other_course=marks[Unused.ON_ANOTHER_COURSE],
        while_carried=marks[Unused.WHILE_CARRIED],
    )


def _nothing(n: int, m: int, reads: int) -> Passings:
    never = np.full((n, m), NEVER, np.int64)
    no = np.zeros(n, np.bool_)
    unused = np.full(reads, Unused.UNKNOWN_CHIP, np.int8)
    return Passings(never, never.copy(), unused, no, no, no, no)


def _closer(
    roster: Roster,
    reads: ReadsIn,
    lookup: Lookup,
    rows: Rows,
    cells: Ints32,
    unused: npt.NDArray[np.int8],
    day: tuple[int, int],
    until: int,
) -> dict[Unused, Bools]:
    """Settle the reads that are not plainly a passing: write their cells and reasons; returns, for some
    reasons, which rows (n,) have such a read."""
    barred = np.array(sorted(reads.barred), np.intp)
    cells[barred] = -1
    which = np.flatnonzero(cells == -1)
    row = reads.rows(lookup, which)
    why = np.zeros(len(which), np.int8)
    why[np.searchsorted(which, barred)] = [reads.barred[int(read)] for read in barred]
    found, reason = look_closer(
        reads.at[which], row, reads.place[which], why, lookup.column, rows, day, until
    )
    _choose_laps(roster, reads, lookup, rows, which, row, found, reason, cells)
    cells[which], unused[which] = found, reason
    marks = {}
    for kind in (Unused.BEFORE_THE_GUN, Unused.ON_ANOTHER_COURSE, Unused.WHILE_CARRIED):
        marks[kind] = np.zeros(len(roster.race), np.bool_)
        marks[kind][row[(reason == kind) & (row >= 0)]] = True
    return marks


def _choose_laps(
    roster: Roster,
    reads: ReadsIn,
    lookup: Lookup,
    rows: Rows,
    which: npt.NDArray[np.intp],
    row: Ints,
    found: Ints,
    reason: npt.NDArray[np.int8],
    cells: Ints32,
) -> None:
    """Give reads at places that are several points of their race a cell."""
    several = np.flatnonzero(found == SEVERAL)
    if not len(several):
        return
    n, m = len(roster.race), rows.reach_ms.shape[1]
    plain = np.flatnonzero(cells >= 0)
    elsewhere = np.full(n * m, FAR, np.int64)
    np.minimum.at(elsewhere, cells[plain], reads.at[plain] - rows.base)
    who, here = row[several], which[several]
    columns, refused = choose_among(
        roster, rows, elsewhere.reshape(n, m), lookup, who, reads.place[here], reads.at[here]
    )
    fits = columns >= 0
    at_start = roster.start_point[who] == columns
    found[several] = np.where(fits, np.where(at_start, -2 - who, who * m + columns), -1)
    reason[several[~fits]] = refused[~fits]


def _settle(
    roster: Roster,
    offers: Offers,
    rows: Rows,
    cells: Ints32,
    table: Ints32,
    unused: npt.NDArray[np.int8],
) -> Bools:
    """Mend rows with an impossible leg; returns which rows (n,)."""
    impossible = impossible_rows(table, rows)
    if not impossible.any():
        return impossible
    m = rows.reach_ms.shape[1]
    mine = np.flatnonzero((cells >= 0) & impossible[np.maximum(cells, 0) // m])
    cell = cells[mine].astype(np.int64)
    row = cell // m
    metres, pace = rows.metres[roster.race], rows.pace_ms[rows.facts[:, 1]]
    chains = longest_chains(row, cell % m, offers.at[mine], metres, pace)
    table[cell] = (FAR, NEVER)
    for who, chain in chains.items():
        for column, at in chain:
            table[who * m + column, 0] = at - rows.base
    settled = table[cell, 0].astype(np.int64)
    when = offers.at[mine] - rows.base
    ends = np.maximum(roster.end_point[row], 0)
    finish = np.where(roster.end_point[row] >= 0, table[row * m + ends, 0], FAR)
    dropped = when < settled
    unused[mine[dropped]] = Unused.TOO_FAST
    unused[mine[dropped & (when > finish)]] = Unused.AFTER_THE_FINISH
    table[cell, 0] = FAR
    holds = when == settled
    offer_all(offers, rows.base, mine[holds], cell[holds], table)
    return impossible
