"""The log as growing columns: reads as arrays, all other facts by kind in the order of the law.

Rows are taken once; nothing here depends on the order in which they arrive, except positions (``seq``),
which name evidence and decide nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import Any, TypeVar, cast

import msgspec
import numpy as np
import numpy.typing as npt

from homestretch.facts import (
    Assigned,
    Entered,
    Fact,
    FactId,
    Gun,
    Hidden,
    Marker,
    Moved,
    PlanLoaded,
    Struck,
    Unreadable,
)
from homestretch.race.event import Plan
from homestretch.state.entries import keep_newest
from homestretch.state.snapshot import Ints
from homestretch.store import Logged, Rows

FactT = TypeVar("FactT", bound=Fact)
_READ_FIELDS = ("seq", "source", "number", "digest", "seen_at", "received_at", "chip", "place")
_SMALL = ("chip", "place")
_SHAPING = frozenset({PlanLoaded, Entered, Moved, Hidden, Assigned, Gun, Struck})


class Grown:
    """A column that grows at its end; ``view`` is the filled part, (length,)."""

    def __init__(self, dtype: type[np.signedinteger[Any]]) -> None:
        self._store: npt.NDArray[Any] = np.empty(1024, dtype)
        self._length = 0

    def extend(self, values: npt.NDArray[Any]) -> None:
        """Append values."""
        needed = self._length + len(values)
        if needed > len(self._store):
            bigger = np.empty(max(needed, 2 * len(self._store)), self._store.dtype)
            bigger[: self._length] = self._store[: self._length]
            self._store = bigger
        self._store[self._length : needed] = values
        self._length = needed

    @property
    def view(self) -> npt.NDArray[Any]:
        """The filled part, without a copy."""
        return self._store[: self._length]


class Columns:
    """All facts of one event, ready to be folded."""

    def __init__(self) -> None:
        self._reads = {
            field: Grown(np.int32 if field in _SMALL else np.int64) for field in _READ_FIELDS
        }
        self._others: dict[type[Fact], list[Logged]] = defaultdict(list)
        self._unread: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self._sources: set[int] = set()
        self.places: set[int] = set()
        """symbols that reads name as places"""
        self.symbols: list[str] = []
        self.unreadable: Counter[tuple[str, str]] = Counter()
        """(source, reason) -> how often"""
        self.entered: dict[str, list[Logged]] = {}
        """page -> the newest facts that people entered there"""
        self.last_seq = 0
        self.shape_version = 0
        """grows whenever the plan, the entrants, chips or guns may have changed"""

    def take(self, rows: Rows) -> None:
        """Append rows of the log."""
        for field in _READ_FIELDS:
            self._reads[field].extend(rows.reads[field])
        fresh: dict[type[Fact], list[Logged]] = defaultdict(list)
        self._sources.update(np.unique(rows.reads["source"]).tolist())
        self.places.update(np.unique(rows.reads["place"]).tolist())
        for logged in rows.others:
            if isinstance(logged.fact, Unreadable):
                self._count(logged.id, logged.fact)
            else:
                fresh[type(logged.fact)].append(logged)
        keep_newest(self.entered, rows.others)
        for kind, new in fresh.items():
            _merge(self._others[kind], new)
        if fresh.keys() & _SHAPING:
            self.shape_version += 1
        self.symbols = rows.symbols
        self.last_seq = max(self.last_seq, rows.last_seq)

    def known_at(self, at: int, seq: int) -> Columns:
        """The facts that had been received when one was that was received ``at`` (UTC ms) and stands at ``seq``: a
        clock that is held gives one moment to many."""
        known = Columns()
        kept = (self.read("received_at") < at) | (
            (self.read("received_at") == at) & (self.read("seq") <= seq)
        )
        for field in _READ_FIELDS:
            known._reads[field].extend(self.read(field)[kept])
        for kind, listed in self._others.items():
            if here := [one for one in listed if (one.received_at, one.seq) <= (at, seq)]:
                known._others[kind] = here
        known._sources, known.places, known.symbols = self._sources, self.places, self.symbols
        known.last_seq, known.shape_version = self.last_seq, 1
        return known

    def _count(self, fact_id: FactId, fact: Unreadable) -> None:
        """Of what nobody could read there may be very much: it is counted, and its number remembered."""
        self.unreadable[fact_id.source, fact.reason] += fact.more or 1
        if not fact.more:
            self._unread[fact_id.source].append(fact_id.number)

    def read(self, field: str) -> npt.NDArray[Any]:
        """A column of the reads, (reads,) int64; symbols of chips and places are int32."""
        return self._reads[field].view

    def of_kind(self, kind: type[FactT]) -> list[tuple[Logged, FactT]]:
        """All facts of a kind, ordered by (seen_at, fact id); none of what nobody could read, which is
        only counted."""
        return [(logged, cast(FactT, logged.fact)) for logged in self._others.get(kind, ())]

    def newer(self, kind: type[FactT], seq: int) -> list[tuple[Logged, FactT]]:
        """The facts of a kind behind a position of the log, ordered by (seen_at, fact id)."""
        found = [logged for logged in self._others.get(kind, ()) if logged.seq > seq]
        return [(logged, cast(FactT, logged.fact)) for logged in found]

    def numbers_of(self, source: str) -> Ints:
        """The numbers of a source's records that are no reads and came under numbers of its own, (k,)."""
        markers = [
            logged.id.number
            for logged in self._others.get(Marker, ())
            if logged.id.source == source
        ]
        return np.array([*markers, *self._unread.get(source, ())], np.int64)

    def count_until(self, kind: type[Fact], until: int) -> int:
        """How many facts of a kind were seen up to ``until``."""
        return bisect_right(self._others.get(kind, ()), until, key=lambda it: it.fact.seen_at)

    def count(self, kind: type[Fact]) -> int:
        """How many facts of a kind there are."""
        return len(self._others.get(kind, ()))

    def kinds(self) -> tuple[type[Fact], ...]:
        """The kinds of which there are facts, apart from reads and from what nobody could read."""
        return tuple(self._others)

    def source_ranks(self) -> Ints:
        """(symbols,) rank of each source by its text: interned numbers depend on arrival, texts do not."""
        ranks: Ints = np.zeros(len(self.symbols), np.int64)
        ranks[sorted(self._sources, key=self.symbols.__getitem__)] = np.arange(len(self._sources))
        return ranks

    def find_plan(self, void: frozenset[int]) -> Plan | None:
        """The plan loaded last, unless none was."""
        for logged, fact in reversed(self.of_kind(PlanLoaded)):
            if logged.seq not in void:
                return msgspec.json.decode(fact.plan, type=Plan)
        return None


def _merge(known: list[Logged], new: list[Logged]) -> None:
    """Put new facts into their places: what is before the first of them is not touched."""
    new.sort(key=_order)
    place = bisect_right(known, _order(new[0]), key=_order)
    tail = known[place:]
    known[place:] = sorted([*tail, *new], key=_order) if tail else new


def _order(logged: Logged) -> tuple[int, str, int, int]:
    return (logged.fact.seen_at, *logged.id)
