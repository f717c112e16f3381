"""Rows that need more than one read at a time: legs that nobody can run, and places passed several times.

The reads of such a row are taken together. Reads that follow each other within the dead time are one
passing, which may be any of the points that its place means; the passings that can be true together hold
(chains.py), and each read then belongs to the last of them that had begun.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from homestretch.state.chains import longest_chains
from homestretch.state.kernels import (
    FAR,
    impossible_rows,
    offer_all,
    reads_of_rows,
)
from homestretch.state.lookup import Lookup
from homestretch.state.rows import BEYOND, Ints32, Offers, Rows
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Roster, Unused

USUAL_PACE_MS_PER_M = 400.0
"""Pace (ms a metre = s a km) by which a passing is given to a lap when nothing else is known."""
USUAL_SPREAD, OWN_SPREAD = 0.25, 0.1
"""Standard deviation of ln(pace): of a field around the usual pace, of a runner around their own."""
LATE_START_MS = 300_000.0
"""Starts after the gun fall off like exp(-t / LATE_START_MS)."""
MISSED = 3.5
"""-ln of the share of runners whom one line of mats misses, some 3 %."""
PASSINGS, PASSINGS_A_LAP = 8, 2
"""Of somebody who is read again and again at one place so many first passings are looked at."""


@dataclass(frozen=True, slots=True)
class Several:
    """Reads (k,) at places that are several points of their race: positions, rows, place symbols."""

    reads: npt.NDArray[np.intp]
    row: Ints
    place: Ints32


@dataclass(slots=True)
class _Reads:
    """The reads (k,) of the rows to settle, in the order (row, where, time): position, row, time after
    base, column (of a read that may be several: minus 2 minus the number of its set of columns)."""

    read: npt.NDArray[np.intp]
    row: Ints
    when: Ints
    where: Ints


def settle(
    roster: Roster,
    offers: Offers,
    rows: Rows,
    lookup: Lookup,
    several: Several,
    ahead_at: dict[int, int],
    cells: Ints32,
    table: Ints32,
    unused: npt.NDArray[np.int8],
) -> Bools:
    """Mend rows with an impossible leg and give reads that may be several points a cell.

    Writes ``cells``, ``table`` and ``unused``; returns the rows (n,) of which a read was left out because
    it contradicts others.
    """
    n, m = len(roster.race), rows.reach_ms.shape[1]
    found = np.zeros(n, np.bool_)
    mend = impossible_rows(table, rows)
    mend[several.row] = True
    if not mend.any():
        return found
    sets = _column_sets(lookup, several)
    reads = _collect(offers, rows, several, sets, cells, mend, m)
    own = _own_paces(roster, rows, table, n, m)
    chosen, hopeful = _choose(roster, rows, reads, sets, own, ahead_at)
    laps = reads.where < 0
    column = np.where(laps, NEVER, reads.where)
    for number, columns in enumerate(sets.columns):
        here = np.flatnonzero(reads.where == -2 - number)
        column[here] = _newest_lap(chosen, reads.row[here], reads.when[here], columns)
    settled = np.where(column >= 0, chosen[reads.row, np.maximum(column, 0)], FAR)
    dropped = reads.when < settled
    reason = _reasons(roster, rows, reads, chosen)
    unused[reads.read[dropped]] = reason[dropped]
    found[reads.row[dropped & hopeful & (reason == Unused.TOO_FAST)]] = True
    starts = laps & (column >= 0) & (column == roster.start_point[reads.row])
    cell = np.where(starts, -2 - reads.row, reads.row * m + column)
    cells[reads.read] = np.where(dropped, -1, cell)
    table.reshape(n, m, 2)[mend] = (FAR, NEVER)
    holds = ~starts & ~dropped & (reads.when == settled)
    offer_all(offers, rows.base, reads.read[holds], cell[holds], table)
    return found


def _reasons(roster: Roster, rows: Rows, reads: _Reads, chosen: Ints) -> npt.NDArray[np.int8]:
    """(k,) why each read would be left out: after the own finish, before the gun, or too fast."""
    ends = roster.end_point[reads.row]
    finish = np.where(ends >= 0, chosen[reads.row, np.maximum(ends, 0)], FAR)
    before = reads.when < rows.facts[reads.row, 3]
    reason = np.where(before, Unused.BEFORE_THE_GUN, Unused.TOO_FAST)
    return np.where(reads.when > finish, Unused.AFTER_THE_FINISH, reason).astype(np.int8)


@dataclass(frozen=True, slots=True)
class _Sets:
    """Each way in which a place can be several points: its columns; (k,) which of them each read has."""

    columns: list[list[int]]
    of_read: Ints


def _column_sets(lookup: Lookup, several: Several) -> _Sets:
    """Places with the same columns (two readers of one box) are one place."""
    numbers: dict[tuple[int, ...], int] = {}
    symbols, position = np.unique(several.place, return_inverse=True)
    keys = [tuple(sorted(lookup.points_at(int(symbol)))) for symbol in symbols]
    of_symbol = [numbers.setdefault(key, len(numbers)) for key in keys]
    return _Sets([list(key) for key in numbers], np.array(of_symbol, np.int64)[position])


def _collect(
    offers: Offers,
    rows: Rows,
    several: Several,
    sets: _Sets,
    cells: Ints32,
    mend: Bools,
    m: int,
) -> _Reads:
    plain = reads_of_rows(cells, mend, m)
    cell = cells[plain].astype(np.int64)
    read = np.concatenate([plain, several.reads])
    row = np.concatenate([cell // m, several.row])
    where = np.concatenate([cell % m, -2 - sets.of_read])
    when = offers.at[read] - rows.base
    order = np.lexsort((when, where, row))
    return _Reads(read[order], row[order], when[order], where[order])


@dataclass(frozen=True, slots=True)
class _Own:
    """(n,) the farthest point with a plain passing (-1: none) and the pace from the gun to it."""

    far_m: Floats
    pace_ms: Floats
    spread: Floats


def _own_paces(roster: Roster, rows: Rows, table: Ints32, n: int, m: int) -> _Own:
    times = table[:, 0].reshape(n, m)
    metres = np.where(times != FAR, rows.metres[roster.race], -1.0)
    far = metres.argmax(axis=1)
    each = np.arange(n)
    far_m, gone_ms = metres[each, far], times[each, far] - rows.facts[:, 3]
    known = far_m > 0
    pace = np.where(known, gone_ms / np.where(known, far_m, 1.0), USUAL_PACE_MS_PER_M)
    return _Own(far_m, pace, np.where(known, OWN_SPREAD, USUAL_SPREAD))


def _choose(
    roster: Roster, rows: Rows, reads: _Reads, sets: _Sets, own: _Own, ahead_at: dict[int, int]
) -> tuple[Ints, Bools]:
    """(n, m) the passings that hold of the rows to settle, FAR where there is none; and which reads
    (k,) begin a passing that is possible by itself."""
    n, m = len(roster.race), rows.reach_ms.shape[1]
    which = _beginnings(rows, reads, [len(columns) for columns in sets.columns])
    plain = which[reads.where[which] >= 0]
    parts = [(plain, reads.where[plain], np.zeros(len(plain)))]
    for number, columns in enumerate(sets.columns):
        here = which[reads.where[which] == -2 - number]
        parts += _laps(roster, rows, reads, own, here, columns)
    of, column, miss = (np.concatenate(part) for part in zip(*parts, strict=True))
    row, when = reads.row[of], reads.when[of]
    metres = rows.metres[roster.race[row], column]
    ahead = np.full(n, FAR, np.int64)
    ahead[list(ahead_at)] = np.array(list(ahead_at.values()), np.int64) - rows.base
    pace = rows.pace_ms[rows.facts[row, 1]]
    order = np.lexsort((when, metres, row))
    run_m = rows.run_m[roster.race[row], column]
    found = longest_chains(
        row[order],
        metres[order],
        run_m[order],
        when[order],
        miss[order],
        pace[order],
        ahead[row[order]],
    )
    holds = order[found]
    chosen = np.full((n, m), FAR, np.int64)
    chosen[row[holds], column[holds]] = when[holds]
    hopeful = np.zeros(len(reads.row), np.bool_)
    hopeful[of] = True
    return chosen, hopeful


def _beginnings(rows: Rows, reads: _Reads, laps: list[int]) -> npt.NDArray[np.intp]:
    """Positions of the reads that begin a passing: the first at its place after the dead time."""
    most = PASSINGS + PASSINGS_A_LAP * np.array([1, *laps])[np.maximum(-1 - reads.where, 0)]
    same = (reads.row[1:] == reads.row[:-1]) & (reads.where[1:] == reads.where[:-1])
    moves = np.r_[True, ~same]
    begins = moves.copy()
    begins[1:] |= np.diff(reads.when) > rows.dead_ms
    passing = np.cumsum(begins)
    first = passing[np.flatnonzero(moves)][np.cumsum(moves) - 1]
    return np.flatnonzero(begins & (passing - first < most))


def _laps(
    roster: Roster,
    rows: Rows,
    reads: _Reads,
    own: _Own,
    which: npt.NDArray[np.intp],
    columns: list[int],
) -> list[tuple[npt.NDArray[np.intp], Ints, Floats]]:
    """For each column the passings that it may be, and how unlikely each is (-ln p, but for a constant).

    It cannot be where nobody can be by then. A start is the less likely the later it is; a lap the farther
    off the runner's pace it is, and the more laps before it must have been missed.
    """
    row, when = reads.row[which], reads.when[which]
    metres = rows.metres[roster.race[row]][:, columns]
    gone_ms = (when - rows.facts[row, 3])[:, None]
    least_ms = rows.reach_ms[rows.facts[row, 1]][:, columns]
    fits = (gone_ms >= least_ms) & (least_ms < BEYOND) & ~np.isnan(metres)
    is_start = np.array(columns)[None, :] == roster.start_point[row][:, None]
    usual_ms = np.maximum(metres, 1.0) * own.pace_ms[row][:, None]
    off = np.log(np.maximum(gone_ms, 1.0) / usual_ms) / own.spread[row][:, None]
    miss = np.where(is_start, gone_ms / LATE_START_MS, off**2 / 2)
    unproven = metres > own.far_m[row][:, None]
    skipped = (unproven[:, None, :] & (metres[:, None, :] < metres[:, :, None])).sum(axis=2)
    miss += MISSED * skipped
    return [
        (which[fits[:, k]], np.full(int(fits[:, k].sum()), column), miss[fits[:, k], k])
        for k, column in enumerate(columns)
    ]


def _newest_lap(chosen: Ints, row: Ints, when: Ints, columns: list[int]) -> Ints:
    """(k,) of some columns the one whose passing began last before each read; NEVER when none had."""
    begun = chosen[row][:, columns]
    begun = np.where(begun <= when[:, None], begun, -1)
    newest = begun.argmax(axis=1)
    return np.where(
        begun[np.arange(len(row)), newest] >= 0, np.array(columns, np.int64)[newest], NEVER
    )
