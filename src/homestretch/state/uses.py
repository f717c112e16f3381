"""What became of one read: whose split it is, or why it is nobody's."""

from __future__ import annotations

import numpy as np

from homestretch.race.event import Event
from homestretch.state.lookup import Lookup, rows_of_reads
from homestretch.state.passings import Passings
from homestretch.state.read_values import ReadColumns, Use
from homestretch.state.rows import Rows
from homestretch.state.snapshot import NEVER, Ints, Roster, Unused


def find_use(
    event: Event,
    roster: Roster,
    lookup: Lookup,
    rows: Rows,
    passings: Passings,
    reads: ReadColumns,
    seq: int,
) -> Use | None:
    """The use of the read at a position of the log, None for what no fold has looked at: the ``reads``
    may have grown since the one that found the passings."""
    read = int(np.searchsorted(reads.seq, seq))
    if read >= len(passings.unused) or reads.seq[read] != seq:
        return None
    reason = Unused(int(passings.unused[read]))
    one = slice(read, read + 1)
    row = int(rows_of_reads(lookup, reads.chip[one], reads.at[one])[0])
    bib = roster.bibs[row] if row != NEVER else ""
    if reason == Unused.USED:
        cells = np.argwhere(passings.winner == read)
    elif reason == Unused.REPEATED and row != NEVER:
        place, at = int(reads.place[read]), int(reads.at[read])
        cells = _nearest(passings, rows, lookup, row, place, at)
    else:
        cells = np.empty((0, 2), np.int64)
    if not len(cells):
        return Use(reason=reason, bib=bib)
    row, column = map(int, cells[0])
    mats = [point for point in event.points if point.kind == "mat"]
    return Use(
        reason=reason,
        bib=roster.bibs[row],
        point=mats[column].name,
        passed_at=int(passings.at[row, column]),
        counts_seq=int(reads.seq[passings.winner[row, column]]),
    )


def list_newest(passings: Passings, reads: ReadColumns, reason: Unused, most: int) -> list[int]:
    """Log positions of the newest reads of which this became, the newest first."""
    found = np.flatnonzero(passings.unused == reason)[-most:]
    newest: list[int] = reads.seq[found[::-1]].tolist()
    return newest


def _nearest(passings: Passings, rows: Rows, lookup: Lookup, row: int, place: int, at: int) -> Ints:
    """(k, 2) the passing of a row that a read at a place repeats: of several laps the nearest in time."""
    race = int(rows.facts[row, 0])
    here = [
        column
        for column in lookup.points_at(place)
        if passings.winner[row, column] != NEVER and not np.isnan(rows.metres[race, column])
    ]
    here.sort(key=lambda column: abs(int(passings.at[row, column]) - at))
    return np.array([(row, column) for column in here[:1]], np.int64).reshape(-1, 2)
