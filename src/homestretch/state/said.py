"""What people said of each entrant, in the order of the law, and what follows for the reads of a chip."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from homestretch.facts import AnyFact, Ruled, Sighting, TakenOver, Withdrawn
from homestretch.state.columns import Columns
from homestretch.state.entries import page_of
from homestretch.state.snapshot import Roster
from homestretch.store import Logged

Spans: TypeAlias = dict[int, list[tuple[int, int]]]
"""row -> [(from, until), ...], UTC ms"""
FAR_AT = int(np.iinfo(np.int64).max)
UNREAD = "*"
"""A digit of a bib that was not read."""
EVERYBODY = "*"
"""The bib of a ruling about everybody whom it can concern."""


@dataclass(slots=True)
class Said:
    """What people said of one row, in the order of the law (seen_at, fact id)."""

    taken: list[tuple[Logged, TakenOver]] = field(default_factory=list)
    withdrawn: list[tuple[Logged, Withdrawn]] = field(default_factory=list)
    ruled: list[tuple[Logged, Ruled]] = field(default_factory=list)
    seen: list[tuple[Logged, Sighting]] = field(default_factory=list)

    def carried_ahead_at(self) -> list[int]:
        """When vehicles carried the row before it ran on: on purpose, or on a bus that let it off."""
        words = [taken for _, taken in self.taken]
        return [
            word.seen_at
            for place, word in enumerate(words)
            if word.taken_by == "vehicle"
            or (
                word.taken_by == "bus"
                and [after.taken_by for after in words[place + 1 :]][:1] == ["road"]
            )
        ]


@dataclass(slots=True)
class AllSaid:
    """What people said, by row; of bibs that nobody has; and of everybody (the bib ``*``)."""

    of_row: dict[int, Said] = field(default_factory=dict)
    of_nobody: list[Unheeded] = field(default_factory=list)
    of_everybody: list[tuple[Logged, Ruled]] = field(default_factory=list)


class Unheeded(NamedTuple):
    """A word about a bib that nobody has: it waits until somebody has it, or it is struck."""

    bib: str
    kind: str
    seen_at: int


def listen(columns: Columns, roster: Roster, void: frozenset[int], until: int) -> AllSaid:
    """Everything that people said up to ``until``."""
    found = AllSaid()

    def of(logged: Logged, fact: AnyFact, bib: str) -> Said | None:
        if logged.seq in void or fact.seen_at > until:
            return None
        row = roster.find_row(bib)
        if row is not None:
            return found.of_row.setdefault(row, Said())
        if isinstance(fact, Ruled) and bib == EVERYBODY:
            found.of_everybody.append((logged, fact))
        elif not isinstance(fact, Sighting) or was_written_down(logged, bib):
            kind = str(type(fact).__struct_config__.tag)
            found.of_nobody.append(Unheeded(bib, kind, fact.seen_at))
        return None

    for logged, taken in columns.of_kind(TakenOver):
        if said := of(logged, taken, taken.bib):
            said.taken.append((logged, taken))
    for logged, withdrawn in columns.of_kind(Withdrawn):
        if said := of(logged, withdrawn, withdrawn.bib):
            said.withdrawn.append((logged, withdrawn))
    for logged, ruled in columns.of_kind(Ruled):
        if said := of(logged, ruled, ruled.bib):
            said.ruled.append((logged, ruled))
    for logged, sighting in columns.of_kind(Sighting):
        if said := of(logged, sighting, sighting.bib):
            said.seen.append((logged, sighting))
    return found


def was_written_down(logged: Logged, bib: str) -> bool:
    """Whether a person entered a whole bib on a page: what a picture or a tap without a number says is no question."""
    return bool(page_of(logged.id.source)) and UNREAD not in bib


def carried_spans(said: dict[int, Said]) -> Spans:
    """Spans in which neither a read nor a sighting proves anything: somebody had taken the row over.

    Who rides a vehicle ahead (moved up) is carried until somebody says that they are on the road again;
    as long as nobody does, a read is the only thing that tells where they are, and counts.
    """
    spans: Spans = {}
    for row, words in said.items():
        carried_at: int | None = None
        ahead_at: int | None = None
        for _, taken in words.taken:
            at, goes_on = taken.seen_at, taken.taken_by in ("road", "vehicle")
            since = carried_at if carried_at is not None else ahead_at
            if (
                goes_on
                and since is not None
                and (taken.taken_by == "road" or carried_at is not None)
            ):
                spans.setdefault(row, []).append((since, at))
                carried_at = ahead_at = None
            if taken.taken_by == "vehicle":
                ahead_at = at if ahead_at is None else ahead_at
            elif not goes_on:
                carried_at, ahead_at = at if carried_at is None else carried_at, None
        if carried_at is not None:
            spans.setdefault(row, []).append((carried_at, FAR_AT))
    return spans


def is_carried(spans: Spans, row: int, at: int) -> bool:
    """Whether somebody had this row at a moment; the moments of handing over are still the row's own."""
    return any(since < at < until for since, until in spans.get(row, ()))


def moved_up_at(said: dict[int, Said]) -> dict[int, int]:
    """row -> when a vehicle first carried it ahead: what comes later may be faster than running."""
    found: dict[int, int] = {}
    for row, words in said.items():
        if carried := words.carried_ahead_at():
            found[row] = carried[0]
    return found
