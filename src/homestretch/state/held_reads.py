"""All reads of known chips at known mats, for whoever compares devices: used as splits or not."""

from __future__ import annotations

import numpy as np

from homestretch.state.lookup import Lookup, rows_of_reads
from homestretch.state.passings import Passings
from homestretch.state.read_values import HeldReads, ReadColumns
from homestretch.state.rows import Ints32
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Roster, Unused

NOT_COMPARED = (Unused.STRUCK_OUT, Unused.WHILE_CARRIED)
SPLITS = (Unused.USED, Unused.REPEATED)


def find_held_reads(
    roster: Roster,
    lookup: Lookup,
    metres: Floats,
    passings: Passings,
    symbols: list[str],
    reads: ReadColumns,
    source: Ints32,
) -> HeldReads:
    """The reads that a fold has looked at; ``reads`` and ``source`` may have grown since."""
    n = len(passings.unused)
    chip, place, source, at = reads.chip[:n], reads.place[:n], source[:n], reads.at[:n]
    row = rows_of_reads(lookup, chip, at)
    # Chips that nobody carries have the last row of the table; it knows no column.
    race = np.append(roster.race, len(lookup.column) - 1)[row]
    point = lookup.column[race, place].astype(np.int64)
    known = (row != NEVER) & (point >= 0) & ~np.isin(passings.unused, NOT_COMPARED)
    known &= ~np.isin(passings.unused, SPLITS) | _is_shared(point, source, known, len(symbols))
    numbers, held = np.unique(source, return_inverse=True)
    winner = passings.winner
    passed_by: Ints = np.full(winner.shape, NEVER, np.int64)
    if n:
        passed_by = np.where(winner >= 0, held[np.maximum(winner, 0)], NEVER)
    return HeldReads(
        row=row[known],
        point=point[known],
        source=held[known].astype(np.int64),
        at=at[known],
        passed_by=passed_by,
        metres=metres,
        sources=tuple(symbols[number] for number in numbers.tolist()),
    )


def _is_shared(point: Ints, source: Ints32, known: Bools, symbols: int) -> Bools:
    """(reads,) whether more than one device has read at the read's mat."""
    pairs = np.unique(point[known] * symbols + source[known])
    points, devices = np.unique(pairs // symbols, return_counts=True)
    shared: Bools = np.isin(point, points[devices > 1])
    return shared
