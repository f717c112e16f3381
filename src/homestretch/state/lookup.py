"""What the log's symbols mean: which row carries a chip, which column a place is for each race."""

from __future__ import annotations

import numpy as np

from homestretch.race.event import Event
from homestretch.state.chips import ALL_DAY, Held
from homestretch.state.places import SEVERAL, UNKNOWN, find_points, points_by_place
from homestretch.state.rows import Ints32, Rows
from homestretch.state.snapshot import NEVER, Bools, Ints


class Lookup:
    """Tables by symbol, extended as symbols come; a new plan or roster makes a new one.

    ``carrier`` (symbols, 5) is the row that carries a chip all day, with its ``Rows.facts``; row -1 for
    a chip that nobody carries or that changed hands. ``changing`` has the latter, as
    ``symbol -> [(since_at, row), ...]``. ``column`` (races + 1, symbols) is the column of a
    place: NEVER where the race does not pass, its last row for chips that nobody carries.
    """

    def __init__(self, event: Event, held: Held, rows: Rows) -> None:
        self._event = event
        self._facts = rows.facts
        self._held = held
        self._mats = [point for point in event.points if point.kind == "mat"]
        self._known = points_by_place(event)
        self._points_at: dict[int, list[int]] = {}
        self.carrier: Ints32 = np.empty((0, 5), np.int32)
        self.changing: dict[int, list[tuple[int, int]]] = {}
        self.column: Ints32 = np.empty((len(event.races) + 1, 0), np.int32)

    def extend(self, symbols: list[str], places: set[int]) -> None:
        """Take in new symbols; ``places`` are those that reads name as places."""
        done = len(self.carrier)
        if len(symbols) > done:
            more = len(symbols) - done
            nobody = np.tile(
                np.array([NEVER, len(self.column) - 1, 0, NEVER, 0], np.int32), (more, 1)
            )
            self.carrier = np.concatenate([self.carrier, nobody])
            unknown = np.full((len(self.column), more), UNKNOWN, np.int32)
            self.column = np.ascontiguousarray(np.concatenate([self.column, unknown], axis=1))
            for symbol in range(done, len(symbols)):
                self._take_chip(symbol, symbols[symbol])
        for symbol in places.difference(self._points_at):
            self._take_place(symbol, symbols[symbol])

    def points_of(self, place: str) -> list[int]:
        """Columns of the mats that a place means."""
        return find_points(self._known, place)

    def points_at(self, symbol: int) -> list[int]:
        """Columns of the mats that a place symbol means."""
        return self._points_at.get(symbol, [])

    def may_be_of(self, rows: set[int]) -> Bools:
        """(symbols,) chips that some of these rows carry, or may have carried."""
        mask: Bools = np.isin(self.carrier[:, 0], np.array(sorted(rows), np.int64))
        mask[list(self.changing)] = True
        return mask

    def _take_chip(self, symbol: int, text: str) -> None:
        spans = self._held.get(text)
        if spans is not None and len(spans) == 1 and ALL_DAY in spans:
            row = spans[ALL_DAY]
            if row >= 0:
                self.carrier[symbol] = (row, *self._facts[row])
        elif spans is not None:
            self.changing[symbol] = sorted(spans.items())

    def _take_place(self, symbol: int, text: str) -> None:
        positions = self._points_at[symbol] = self.points_of(text)
        if not positions:
            return
        self.column[-1, symbol] = NEVER
        for race_position, race in enumerate(self._event.races):
            here = [p for p in positions if race.id in self._mats[p].distance_m]
            self.column[race_position, symbol] = (
                NEVER if not here else here[0] if len(here) == 1 else SEVERAL
            )


def rows_of_reads(lookup: Lookup, chip: Ints32, seen_at: Ints) -> Ints:
    """(reads,) the row that carried each read's chip then, NEVER for a chip that nobody carried."""
    rows: Ints = lookup.carrier[chip, 0].astype(np.int64)
    for symbol, spans in lookup.changing.items():
        of_chip = np.flatnonzero(chip == symbol)
        starts = np.array([since for since, _ in spans], np.int64)
        owners = np.array([NEVER, *(row for _, row in spans)], np.int64)
        rows[of_chip] = owners[np.searchsorted(starts, seen_at[of_chip], side="right")]
    return rows
