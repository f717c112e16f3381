"""Packets handed out: who has one, and who has one and was never seen, which is a call to make."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from homestretch.facts import Collected
from homestretch.state.columns import Columns
from homestretch.state.flag import Flags
from homestretch.state.said import Unheeded
from homestretch.state.snapshot import Bools, Ints, Roster, Status

Statuses: TypeAlias = npt.NDArray[np.int8]


class Packets(NamedTuple):
    """(n,) whether the packet was handed out; and packets of bibs that nobody has."""

    collected: Bools
    of_nobody: tuple[Unheeded, ...]


def find_packets(columns: Columns, roster: Roster, void: frozenset[int]) -> Packets:
    """Every packet that was handed out, whenever that was: a list of an expo has no times.

    A field's worth of them is looked at once for each new one, so the spelling that is usual goes first.
    """
    collected = np.zeros(len(roster.race), np.bool_)
    of_nobody: dict[str, Unheeded] = {}
    rows = []
    for logged, fact in columns.of_kind(Collected):
        if logged.seq in void:
            continue
        row = roster.row_of_bib.get(fact.bib)
        row = roster.find_row(fact.bib) if row is None else row
        if row is not None:
            rows.append(row)
        else:
            of_nobody.setdefault(fact.bib, Unheeded(fact.bib, "collected", fact.seen_at))
    collected[rows] = True
    return Packets(collected, tuple(of_nobody.values()))


class PacketsKept:
    """The packets that were found, as long as nothing more was said of any."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, ...], Packets] | None = None

    def find(
        self, columns: Columns, roster: Roster, void: frozenset[int], version: tuple[int, ...]
    ) -> Packets:
        """The packets; ``version`` is that of roster and strikes."""
        version = (*version, columns.count(Collected))
        if self._kept is None or self._kept[0] != version:
            self._kept = version, find_packets(columns, roster, void)
        return self._kept[1]


def find_calls(
    roster: Roster, collected: Bools, status: Statuses, open_ms: Ints, flags: Flags, now: int
) -> Bools:
    """(n,) who has a packet and was not seen although the start has closed: somebody should call.

    ``open_ms`` (n,): how long after the gun the start is open. A race that is held back has yet to start.
    """
    calls: Bools = collected & (now > roster.gun_at + open_ms) & ~flags.quiet[roster.race]
    calls &= status == Status.ENTERED
    return calls
