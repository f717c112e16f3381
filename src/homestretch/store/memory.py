"""The log and the people file in memory: for tests, rehearsals and one-off replays."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from homestretch.errors import NotFound
from homestretch.facts import AnyFact, FactId, Read, Received, digest
from homestretch.race.entrant import Person
from homestretch.store import READ_COLUMNS, Appended, Logged, Rows, Text
from homestretch.store.batch import Symbols, fitting
from homestretch.store.keys import Key
from homestretch.store.links import Link


class MemoryLog:
    """A log that is gone with the process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._facts: list[tuple[FactId, AnyFact]] = []
        self._received_at: list[int] = []
        self._seqs: dict[FactId, int] = {}
        self._symbols = Symbols()

    def append(self, items: Sequence[Received]) -> Appended:
        with self._turn, fitting():
            return self._append([(_fit(item), item) for item in items])

    def _append(self, items: list[tuple[FactId, Received]]) -> Appended:
        before = len(self._facts)
        earlier: set[int] = set()
        for identity, item in items:
            seq = self._seqs.get(identity)
            if seq is None:
                self._facts.append((identity, item.fact))
                self._received_at.append(item.received_at)
                self._seqs[identity] = len(self._facts)
            elif item.received_at < self._received_at[seq - 1]:
                self._received_at[seq - 1] = item.received_at
                if seq <= before:
                    earlier.add(seq)
        new = len(self._facts) - before
        return Appended(new, len(items) - new, len(earlier))

    def read_since(self, seq: int) -> Rows:
        with self._turn:
            reads: list[tuple[int, ...]] = []
            others: list[Logged] = []
            for position in range(max(seq, 0) + 1, len(self._facts) + 1):
                row = self._get(position)
                if type(row.fact) is Read:
                    reads.append(self._columns(row, row.fact))
                else:
                    others.append(row)
            columns = np.array(reads, READ_COLUMNS)
            return Rows(columns, others, list(self._symbols.texts), len(self._facts))

    def _columns(self, row: Logged, read: Read) -> tuple[int, ...]:
        symbols = self._symbols
        source, number, content = row.id
        told = (row.seq, symbols[source], number, content, read.seen_at, row.received_at)
        return (*told, symbols[read.chip], symbols[read.place])

    def _get(self, seq: int) -> Logged:
        identity, fact = self._facts[seq - 1]
        return Logged(seq, identity, self._received_at[seq - 1], fact)

    def get(self, seq: int) -> Logged:
        with self._turn:
            if not 1 <= seq <= len(self._facts):
                raise NotFound(f"The log has no row {seq}.")
            return self._get(seq)

    def last_seq(self) -> int:
        return len(self._facts)

    def close(self) -> None:
        """Nothing to let go of."""


def _fit(item: Received) -> FactId:
    """The identity of an item, if a log on disk could hold it too."""
    array("q", (item.number, item.received_at, item.fact.seen_at))
    item.source.encode()
    return FactId(item.source, item.number, digest(item.fact))


class MemoryPeople:
    """A people file that is gone with the process."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._version = self._persons_version = 0
        self._persons: dict[str, Person] = {}
        self._erased: set[str] = set()
        self._texts: dict[str, tuple[bytes | None, int]] = {}
        self._keys: dict[str, Key] = {}
        self._links: dict[str, Link] = {}

    def version(self) -> int:
        return self._version

    def persons_version(self) -> int:
        return self._persons_version

    def put_persons(self, persons: Iterable[Person]) -> int:
        with self._turn:
            kept = {p.entrant: p for p in persons if p.entrant not in self._erased}
            if any(self._persons.get(entrant) != person for entrant, person in kept.items()):
                self._persons.update(kept)
                self._version += 1
                self._persons_version += 1
            return len(kept)

    def find_person(self, entrant: str) -> Person | None:
        return self._persons.get(entrant)

    def list_persons(self) -> list[Person]:
        with self._turn:
            return sorted(self._persons.values(), key=lambda person: person.entrant)

    def erase(self, entrant: str) -> bool:
        with self._turn:
            if self._persons.pop(entrant, None) is not None:
                self._erased.add(entrant)
                self._version += 1
                self._persons_version += 1
            if entrant in self._erased:
                links = self._links.items()
                self._links = {key: link for key, link in links if link.entrant != entrant}
            return entrant in self._erased

    def list_erased(self) -> list[str]:
        with self._turn:
            return sorted(self._erased)

    def put_text(self, ref: str, text: bytes, keep_until: int) -> None:
        self.put_texts([Text(ref, text, keep_until)])

    def put_texts(self, texts: Iterable[Text]) -> None:
        with self._turn:
            new = {text.ref: text for text in reversed(list(texts)) if text.ref not in self._texts}
            self._texts.update((ref, text[1:]) for ref, text in new.items())
            self._version += bool(new)

    def find_text(self, ref: str) -> bytes | None:
        content, _ = self._texts.get(ref, (None, 0))
        return content

    def list_texts(self) -> list[tuple[str, bytes]]:
        with self._turn:
            return sorted((r, text) for r, (text, _) in self._texts.items() if text is not None)

    def erase_text(self, ref: str) -> None:
        with self._turn:
            if self._texts.get(ref) != (None, 0):
                self._texts[ref] = (None, 0)
                self._version += 1

    def drop_expired(self, now: int) -> int:
        with self._turn:
            over = [
                r for r, (text, until) in self._texts.items() if text is not None and until <= now
            ]
            sessions = [k.id for k in self._keys.values() if k.parent and k.expires_at <= now]
            for ref in over:
                self._texts[ref] = (None, 0)
            for key_id in sessions:
                del self._keys[key_id]
            dropped = len(over) + len(sessions)
            self._version += bool(dropped)
            links = [key for key, link in self._links.items() if link.expires_at <= now]
            for link_id in links:
                del self._links[link_id]
            return dropped + len(links)

    def put_key(self, key: Key) -> None:
        with self._turn:
            parent = self._keys.get(key.parent)
            if parent is not None and parent.revoked_at is not None and key.revoked_at is None:
                key = msgspec.structs.replace(key, revoked_at=parent.revoked_at)
            if self._keys.get(key.id) != key:
                self._keys[key.id] = key
                self._version += 1

    def put_links(self, links: Iterable[Link]) -> None:
        with self._turn:
            for link in links:
                parent = self._links.get(link.parent)
                if parent is not None and parent.revoked_at is not None:
                    link = msgspec.structs.replace(link, revoked_at=parent.revoked_at)
                if link.entrant not in self._erased:
                    self._links[link.id] = link

    def find_link(self, link_hash: str) -> Link | None:
        with self._turn:
            return next((link for link in self._links.values() if link.hash == link_hash), None)

    def list_links(self, entrant: str | None = None) -> list[Link]:
        with self._turn:
            found = [link for link in self._links.values() if entrant in (None, link.entrant)]
            return sorted(found, key=lambda link: (link.created_at, link.id))

    def revoke_link(self, link_id: str, at: int) -> bool:
        with self._turn:
            for link in list(self._links.values()):
                if link_id in (link.id, link.parent) and link.revoked_at is None:
                    self._links[link.id] = msgspec.structs.replace(link, revoked_at=at)
            return link_id in self._links

    def list_keys(self) -> list[Key]:
        with self._turn:
            return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id))

    def revoke(self, key_id: str, at: int) -> bool:
        with self._turn:
            if key_id not in self._keys:
                return False
            standing = [
                key
                for key in self._keys.values()
                if key_id in (key.id, key.parent) and key.revoked_at is None
            ]
            for key in standing:
                self._keys[key.id] = msgspec.structs.replace(key, revoked_at=at)
            self._version += bool(standing)
            return True

    def erase_label(self, key_id: str) -> bool:
        with self._turn:
            key = self._keys.get(key_id)
            if key is not None and key.label:
                self._keys[key_id] = msgspec.structs.replace(key, label="")
                self._version += 1
            return key is not None

    def close(self) -> None:
        """Nothing to let go of."""
