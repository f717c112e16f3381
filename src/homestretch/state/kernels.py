"""The loops over all reads and rows, compiled by numba; the rules in the order in which they hold.

A cell is ``row * m + column``. Inside, times are int32 milliseconds after ``base``, so that the table of
cells stays in the processor's cache: that is what the fold's speed comes from. Ties of reads of one
moment are settled by (seen_at, source, number, digest): by the set of facts, never by arrival.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from homestretch.state.rows import BEYOND, Ints32, Offers, Reasons, Rows
from homestretch.state.snapshot import Bools, Ints, Unused

FAR = np.iinfo(np.int32).max
SEVERAL = np.iinfo(np.int32).min
"""The cell of a read whose column must be chosen among several."""

_REPEATED = int(Unused.REPEATED)
_UNKNOWN_CHIP, _UNKNOWN_PLACE = int(Unused.UNKNOWN_CHIP), int(Unused.UNKNOWN_PLACE)
_OTHER_DAY, _FUTURE = int(Unused.OTHER_DAY), int(Unused.FROM_THE_FUTURE)
_BEFORE_GUN, _TOO_FAST = int(Unused.BEFORE_THE_GUN), int(Unused.TOO_FAST)
_OTHER_COURSE, _START_CLOSED = int(Unused.ON_ANOTHER_COURSE), int(Unused.AFTER_THE_START_CLOSED)


@njit(cache=True)
def _before(offers: Offers, i: int, j: int) -> bool:
    """Whether read i goes before read j of the same moment."""
    if offers.seen_at[i] != offers.seen_at[j]:
        return bool(offers.seen_at[i] < offers.seen_at[j])
    a, b = offers.source_rank[offers.source[i]], offers.source_rank[offers.source[j]]
    if a != b:
        return bool(a < b)
    if offers.number[i] != offers.number[j]:
        return bool(offers.number[i] < offers.number[j])
    return bool(offers.digest[i] < offers.digest[j])


@njit(cache=True)
def offer_all(offers: Offers, base: int, reads: Ints, cells: Ints, table: Ints32) -> None:
    """Offer some reads (k,) each to its cell (k,): the first read of a cell wins it."""
    ats = offers.at
    for k in range(len(reads)):
        i, cell = reads[k], cells[k]
        at = ats[i] - base
        if at < table[cell, 0] or (at == table[cell, 0] and _before(offers, i, table[cell, 1])):
            table[cell, 0] = at
            table[cell, 1] = i


@njit(cache=True)
def cells_of_reads(
    at: Ints,
    chip: Ints32,
    place: Ints32,
    carrier: Ints32,
    column: Ints32,
    rows: Rows,
    day: tuple[int, int],
) -> Ints32:
    """(reads,) the cell of each read that is plainly a passing; of a start read -2 minus its row; -1 for
    a read that needs a closer look.

    ``carrier`` (symbols, 5): row, race, pace class, start column, gun after base of who carries a chip
    (row -1: nobody, or the chip changed hands); ``column`` (races + 1, symbols); ``day`` the span in
    which a read can be of this event (UTC ms).
    """
    reach_ms, base = rows.reach_ms, rows.base
    m = reach_ms.shape[1]
    cells = np.empty(len(at), np.int32)
    for i in range(len(at)):
        s = chip[i]
        r = carrier[s, 0]
        c = column[carrier[s, 1], place[i]]
        t = at[i]
        if (
            r >= 0
            and c >= 0
            and t >= day[0]
            and t <= day[1]
            and t - base >= carrier[s, 4] + reach_ms[carrier[s, 2], c]
        ):
            cells[i] = r * m + c if c != carrier[s, 3] else -2 - r
        else:
            cells[i] = -1
    return cells


@njit(cache=True)
def first_reads(offers: Offers, cells: Ints32, base: int, size: int) -> Ints32:
    """(size, 2) the first read's time after base (FAR) and its index (-1) for each cell.

    A pass of its own: deciding and remembering in one loop is slower than one after the other.
    """
    at = offers.at
    table = np.empty((size, 2), np.int32)
    table[:, 0] = FAR
    table[:, 1] = -1
    tied = np.empty(len(cells), np.int64)
    tied_count = 0
    for i in range(len(cells)):
        cell = cells[i]
        t = at[i] - base
        if cell >= 0 and t <= table[cell, 0]:
            if t < table[cell, 0]:
                table[cell, 0] = t
                table[cell, 1] = i
            else:
                tied[tied_count] = i
                tied_count += 1
    for i in tied[:tied_count]:
        cell = cells[i]
        if at[i] - base == table[cell, 0] and _before(offers, i, table[cell, 1]):
            table[cell, 1] = i
    return table


@njit(cache=True)
def look_closer(
    at: Ints,
    row: Ints,
    place: Ints32,
    barred: Reasons,
    column: Ints32,
    rows: Rows,
    day: tuple[int, int],
    until: int,
) -> tuple[Ints, Reasons]:
    """(reads,) cell (as above, -1 for none) and reason of reads that need a closer look; SEVERAL as the
    cell of a read at a place that is several points of its race.

    ``row`` is who carried the chip then; ``barred`` the reason known beforehand, else 0.
    """
    facts, m = rows.facts, rows.reach_ms.shape[1]
    cells = np.full(len(at), -1, np.int64)
    found = np.empty(len(at), np.int8)
    for i in range(len(at)):
        r = row[i]
        c = column[facts[r, 0] if r >= 0 else len(column) - 1, place[i]]
        if at[i] < day[0] or at[i] > day[1]:
            found[i] = _OTHER_DAY
        elif at[i] > until:
            found[i] = _FUTURE
        elif barred[i]:
            found[i] = barred[i]
        elif c == -2:
            found[i] = _UNKNOWN_PLACE
        elif r < 0:
            found[i] = _UNKNOWN_CHIP
        elif c == -1 or (c >= 0 and rows.reach_ms[facts[r, 1], c] >= BEYOND):
            found[i] = _OTHER_COURSE
        elif c == -3:
            found[i] = _REPEATED
            cells[i] = SEVERAL
        elif at[i] - rows.base < facts[r, 3] + rows.reach_ms[facts[r, 1], c]:
            found[i] = _BEFORE_GUN if c == facts[r, 2] else _TOO_FAST
        else:
            found[i] = _REPEATED
            cells[i] = r * m + c if c != facts[r, 2] else -2 - r
    return cells, found


@njit(cache=True)
def reads_of_rows(cells: Ints32, rows: Bools, m: int) -> Ints:
    """(k,) the reads whose cell is in one of some rows (n,)."""
    found = np.empty(len(cells), np.int64)
    count = 0
    for i in range(len(cells)):
        if cells[i] >= 0 and rows[cells[i] // m]:
            found[count] = i
            count += 1
    return found[:count].copy()


@njit(cache=True)
def impossible_rows(table: Ints32, rows: Rows) -> Bools:
    """(n,) rows with a leg that nobody can run: ``t - d f`` decreases along the course, where t is the
    passing, d the distance and f the fastest plausible pace."""
    facts, run_m, order, pace_ms = rows.facts, rows.run_m, rows.order, rows.pace_ms
    m = run_m.shape[1]
    found = np.zeros(len(facts), np.bool_)
    for r in range(len(facts)):
        race, pace = facts[r, 0], pace_ms[facts[r, 1]]
        reached = -1e18
        for k in range(m):
            c = order[race, k]
            t = table[r * m + c, 0]
            if t != FAR:
                u = t - np.floor(run_m[race, c] * pace)
                if u < reached:
                    found[r] = True
                reached = max(reached, u)
    return found


@njit(cache=True)
def settle_starts(
    offers: Offers, starts: Ints, row: Ints, table: Ints32, reasons: Reasons, rows: Rows
) -> None:
    """Each row's start: the last start read (``starts`` of ``row``, both (k,)) that lets it reach its
    next point in time.

    A start mat is open for a while after the gun, an exchange of a relay as long as somebody waits there.
    Who comes later still starts when nothing was read of them before: with the last read of that passing.
    """
    facts, m = rows.facts, rows.reach_ms.shape[1]
    latest, closes = _start_closes(table, rows)
    at = offers.at[starts] - rows.base
    late = np.full(len(facts), FAR, np.int64)
    last = np.full(len(facts), -FAR, np.int64)
    for k in range(len(starts)):
        r = row[k]
        if at[k] <= closes[r]:
            last[r] = max(last[r], at[k])
        else:
            reasons[starts[k]] = _START_CLOSED
            if at[k] <= latest[r]:
                late[r] = min(late[r], at[k])
    for k in range(len(starts)):
        r = row[k]
        if last[r] == -FAR and late[r] <= at[k] <= min(latest[r], late[r] + rows.dead_ms):
            closes[r] = max(closes[r], at[k])
    for k in range(len(starts)):
        r = row[k]
        if late[r] <= at[k] <= closes[r]:
            last[r] = max(last[r], at[k])
    for k in range(len(starts)):
        r = row[k]
        if at[k] == last[r]:
            cell = r * m + facts[r, 2]
            if table[cell, 1] < 0 or _before(offers, starts[k], table[cell, 1]):
                table[cell, 0] = at[k]
                table[cell, 1] = starts[k]


@njit(cache=True)
def _start_closes(table: Ints32, rows: Rows) -> tuple[Ints, Ints]:
    """(n,) until when a start read lets the row reach its next point, and until when its start is open."""
    facts, run_m, pace_ms = rows.facts, rows.run_m, rows.pace_ms
    n, m = len(facts), run_m.shape[1]
    latest = np.full(n, FAR, np.int64)
    closes = np.full(n, FAR, np.int64)
    for r in range(n):
        race, s = facts[r, 0], facts[r, 2]
        if s < 0:
            continue
        for c in range(m):
            t = table[r * m + c, 0]
            if t != FAR and c != s:
                least = np.floor((run_m[race, c] - run_m[race, s]) * pace_ms[facts[r, 1]])
                latest[r] = min(latest[r], t - int(least))
        closes[r] = latest[r]
        if rows.metres[race, s] == 0.0:
            closes[r] = min(latest[r], facts[r, 3] + rows.open_ms[race])
    return latest, closes


@njit(cache=True)
def by_source(
    source: Ints,
    place: Ints32,
    seen_at: Ints,
    received_at: Ints,
    symbols: int,
    since: int,
    until: int,
) -> tuple[Ints, Bools]:
    """What each source sent up to ``until`` (arrival, UTC ms): (symbols, 4) how many reads, how many of them
    since ``since``, the newest, when the last arrived; and (reads,) which read is the first of its source
    at its place, or follows one of another place."""
    found = np.full((symbols, 4), -1, np.int64)
    found[:, :2] = 0
    last_place = np.full(symbols, -1, np.int64)
    fresh = np.zeros(len(source), np.bool_)
    for i in range(len(source)):
        if received_at[i] > until:
            continue
        s = source[i]
        found[s, 0] += 1
        found[s, 1] += received_at[i] > since
        found[s, 2] = max(found[s, 2], seen_at[i])
        found[s, 3] = max(found[s, 3], received_at[i])
        if last_place[s] != place[i]:
            last_place[s] = place[i]
            fresh[i] = True
    return found, fresh


@njit(cache=True)
def heard(place: Ints32, at: Ints, received_at: Ints, symbols: int, until: int) -> Ints:
    """(symbols, 3) how many reads name each place, the newest of them, and when the newest arrived."""
    found = np.full((symbols, 3), -1, np.int64)
    found[:, 0] = 0
    for i in range(len(place)):
        if at[i] <= until:
            p = place[i]
            found[p, 0] += 1
            found[p, 1] = max(found[p, 1], at[i])
            found[p, 2] = max(found[p, 2], received_at[i])
    return found
