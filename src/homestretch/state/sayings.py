"""What people said, the newest first: each word with whether it still holds, and which word a strike was about."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from typing import Final, NamedTuple

from homestretch.facts import (
    Assigned,
    Collected,
    Corrected,
    Declared,
    DetailsChanged,
    Entered,
    Fact,
    FactId,
    Flag,
    Gun,
    Held,
    Hidden,
    MatLifted,
    Moved,
    PhotoAnswered,
    PhotoClaimed,
    PhotoLocked,
    PhotoPlaced,
    PhotoTakenDown,
    PhotoWitnessed,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
    RoadOpened,
    Ruled,
    Sighting,
    StoryAsked,
    StoryPictured,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    Struck,
    TakedownAsked,
    TakenOver,
    Withdrawn,
)
from homestretch.race.spelling import bib_key
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER
from homestretch.store import Logged

DECISIONS: Final = (
    Assigned, Corrected, Declared, DetailsChanged, Entered, Flag, Gun, Held, Hidden, MatLifted, Moved, PhotoAnswered, PhotoClaimed, PhotoLocked,
    PhotoPlaced, PhotoTakenDown, PhotoWitnessed, PlaceShared, PodiumCleared, ProtestDecided, Protested, ResultsPosted, RoadOpened, Ruled,
    StoryAsked, StoryPictured, StoryPublished, StoryWithdrawn, StoryWritten, Struck, TakedownAsked, TakenOver, Withdrawn,
)  # fmt: skip
OF_A_BIB: Final = (
    Assigned,
    Collected,
    DetailsChanged,
    Entered,
    Held,
    Hidden,
    Moved,
    PlaceShared,
    Protested,
    Ruled,
    Sighting,
    StoryAsked,
    TakenOver,
    Withdrawn,
)
"""What is said of one entrant; packets and sightings are thousands, and are listed for a bib alone."""
FILES: Final = ("entrants-file", "event-folder")
"""How the sources of what a file said begin."""


class Saying(NamedTuple):
    """A word at its place in the log. ``void``: it was taken back. ``target``: of a strike, the position of what it
    takes back (NEVER: a read, or nothing that is known)."""

    logged: Logged
    void: bool
    target: int


def list_sayings(
    columns: Columns, void: frozenset[int], most: int, before: int, bib: str, entrant: str
) -> list[Saying]:
    """The newest words behind no position ``before`` of the log, the newest first; with a ``bib`` those about it, or
    about the ``entrant`` who wears it. What the event's files said is left out where no bib was asked for."""
    found = _of_bib(columns, bib, entrant) if bib else _decisions(columns)
    newest = nlargest(most, (one for one in found if one.seq < before), key=lambda one: one.seq)
    targets = _find_targets(columns, [one.fact for one in newest if isinstance(one.fact, Struck)])
    return [
        Saying(one, one.seq in void, targets.get(_target(one.fact), NEVER))
        if isinstance(one.fact, Struck)
        else Saying(one, one.seq in void, NEVER)
        for one in newest
    ]


def _decisions(columns: Columns) -> Iterator[Logged]:
    for kind in DECISIONS:
        for logged, _ in columns.of_kind(kind):
            if not logged.id.source.startswith(FILES):
                yield logged


def _of_bib(columns: Columns, bib: str, entrant: str) -> Iterator[Logged]:
    key = bib_key(bib)
    for kind in OF_A_BIB:
        for logged, fact in columns.of_kind(kind):
            if key in _bibs_of(fact) or (entrant and getattr(fact, "entrant", "") == entrant):
                yield logged


def _bibs_of(fact: Fact) -> set[str]:
    if isinstance(fact, PlaceShared):
        return {bib_key(bib) for bib in fact.bibs}
    return {bib_key(getattr(fact, "bib", ""))}


def _target(struck: Struck) -> FactId:
    return FactId(struck.source, struck.number, struck.digest)


def _find_targets(columns: Columns, strikes: list[Struck]) -> dict[FactId, int]:
    wanted = {_target(struck) for struck in strikes}
    if not wanted:
        return {}
    return {
        logged.id: logged.seq
        for kind in columns.kinds()
        for logged, _ in columns.of_kind(kind)
        if logged.id in wanted
    }
