"""The log of facts and the people file: what is kept, and what may be erased.

In: received facts, persons, texts, keys. Out: rows as numpy columns, in log order. Never: what a fact means.

``Log`` is append-only. ``People`` holds everything that may be erased, and the keys. Both have a
contract suite (tests/store) that every implementation passes: memory, SQLite, PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from homestretch.facts import AnyFact, FactId, Received
from homestretch.race.entrant import Person
from homestretch.store.keys import Key
from homestretch.store.links import Link

READ_COLUMNS = np.dtype(
    [
        ("seq", np.int64),
        ("source", np.int64),
        ("number", np.int64),
        ("digest", np.int64),
        ("seen_at", np.int64),
        ("received_at", np.int64),
        ("chip", np.int64),
        ("place", np.int64),
    ]
)
"""A read in the log: ``source``, ``chip`` and ``place`` are positions in ``Rows.symbols``."""


TEXT_KEEP_MS: Final = 30 * 86_400_000
"""How long free texts and unreadable bytes are kept: by the wall's time, also in a rehearsal."""


class Appended(NamedTuple):
    """What an append did: facts that were new, facts that were known, and known ones that had been
    received earlier than the log believed (the state must then be folded anew)."""

    new: int
    known: int
    earlier: int


class Logged(NamedTuple):
    """A fact in the log: its position, identity, arrival and content."""

    seq: int
    id: FactId
    received_at: int
    fact: AnyFact


class Rows(NamedTuple):
    """Rows of the log after some position: reads as columns, all other facts as values."""

    reads: npt.NDArray[Any]
    others: list[Logged]
    symbols: list[str]
    last_seq: int


class Text(NamedTuple):
    """A text or raw bytes to keep: its reference, its content, until when (UTC ms)."""

    ref: str
    content: bytes
    keep_until: int


class Log(Protocol):
    """The append-only log of facts. Processes append one after the other; any number may read.

    Every method may be called from any thread. All raise StoreError when the log cannot be read or
    written. Positions grow with every commit, whoever made it, and need not be without gaps.
    """

    def append(self, items: Sequence[Received]) -> Appended:
        """Append in one transaction; when this returns, the facts are durable.

        FactError, and nothing of the group is taken, when an item fits into no log (a number beyond
        64 bits, text that is not Unicode).
        """
        ...

    def read_since(self, seq: int) -> Rows:
        """All rows after position ``seq`` (0: the whole log)."""
        ...

    def get(self, seq: int) -> Logged:
        """The fact at a position, or NotFound."""
        ...

    def last_seq(self) -> int:
        """The position of the newest row (0: empty)."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class People(Protocol):
    """What may be erased, the keys, and the private links. ``version`` grows with every change, whoever made it,
    of all but the links: of these there are as many as entrants, and each is asked for when it is shown.

    Every method may be called from any thread. All raise StoreError when the file cannot be read or
    written. An erasure that finds another program holding old pages raises StoreError after the content
    is gone from every answer: the next erasure or ``drop_expired`` cleans again.
    """

    def version(self) -> int:
        """A number that grows with every change by any process."""
        ...

    def persons_version(self) -> int:
        """A number that grows whenever a person changes, comes or is erased, by any process: who keeps all of them
        reads them again only then."""
        ...

    def put_persons(self, persons: Iterable[Person]) -> int:
        """Insert or replace persons; those erased stay erased. Returns how many were kept."""
        ...

    def find_person(self, entrant: str) -> Person | None:
        """The person of one entrant; None when nobody knows them, or they were erased."""
        ...

    def list_persons(self) -> list[Person]:
        """Every person that has not been erased, ordered by entrant."""
        ...

    def erase(self, entrant: str) -> bool:
        """Erase a person for good: nothing of them stays in any file of the store, nor do their private links.
        False: unknown.

        Erasing somebody again cleans the files again and is True.
        """
        ...

    def list_erased(self) -> list[str]:
        """Entrants whose person was erased; a later import does not bring them back."""
        ...

    def put_text(self, ref: str, text: bytes, keep_until: int) -> None:
        """Keep a text or raw bytes under a reference until a time (UTC ms).

        The reference is chosen by the reader from source and number, so that a re-sent record has the
        same one; a reference that is known keeps its first content, one that was erased stays erased.
        """
        ...

    def put_texts(self, texts: Iterable[Text]) -> None:
        """Keep many texts in one transaction, each as ``put_text`` does."""
        ...

    def find_text(self, ref: str) -> bytes | None:
        """The content behind a reference, unless it has expired or been erased."""
        ...

    def list_texts(self) -> list[tuple[str, bytes]]:
        """(reference, content) of every text that is still there, ordered by reference."""
        ...

    def erase_text(self, ref: str) -> None:
        """Erase one text at once."""
        ...

    def drop_expired(self, now: int) -> int:
        """Erase the texts, sessions and private links whose time is over (UTC ms); returns how many."""
        ...

    def put_key(self, key: Key) -> None:
        """Insert or replace a key or session (only its hash is known).

        A session of a revoked key is revoked from the start.
        """
        ...

    def put_links(self, links: Iterable[Link]) -> None:
        """Insert or replace private links or sessions of them, in one transaction.

        A session of a revoked link is revoked from the start; of who was erased no link is kept.
        """
        ...

    def find_link(self, link_hash: str) -> Link | None:
        """The link or session with this hash, be it expired or revoked."""
        ...

    def list_links(self, entrant: str | None = None) -> list[Link]:
        """Every link and session (of one entrant), expired and revoked ones included, the oldest first."""
        ...

    def revoke_link(self, link_id: str, at: int) -> bool:
        """Revoke a link and the sessions that came from it, or one session. False: no such link."""
        ...

    def list_keys(self) -> list[Key]:
        """Every key and session, expired and revoked ones included."""
        ...

    def revoke(self, key_id: str, at: int) -> bool:
        """Revoke a key and the sessions that came from it. False: no such key."""
        ...

    def erase_label(self, key_id: str) -> bool:
        """Take the label off a key for good, as ``erase`` does; it opens what it opened. False: no such key."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
