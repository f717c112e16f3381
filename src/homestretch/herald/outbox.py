"""What is to be told, durable: messages in their order, how far each receiver is, and what was told before.

A message and what it tells are kept in one transaction, so that a killed process tells nothing twice and forgets
nothing. No name is in this file: names are put in when a message is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from homestretch.herald.happenings import Happening
from homestretch.race.hooks import HookKind
from homestretch.state.snapshot import NEVER
from homestretch.store.sqlite_file import SqliteFile

FILE: Final = "herald.db"
MOST: Final = 100
"""Happenings in one message."""
SCHEMA: Final = """
CREATE TABLE outbox(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    items BLOB NOT NULL
) STRICT;
CREATE TABLE told(key TEXT PRIMARY KEY, now INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE receivers(name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""
_NEXT = "SELECT seq, id, kind, made_at, items FROM outbox WHERE seq > ? AND kind IN ({}) ORDER BY seq LIMIT 1"
_WAITING = "SELECT count(*) FROM outbox WHERE seq > ? AND kind IN ({})"
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'"


class Message(NamedTuple):
    """Happenings of one kind that are told together: ``id`` names them for good, to one receiver; ``made_at`` is UTC
    ms of the event."""

    seq: int
    id: str
    kind: HookKind
    made_at: int
    items: tuple[Happening, ...]


class Outbox:
    """The messages of one event, in a file of its folder. ``key`` makes the names of messages, so that nobody can
    guess from one whom it is about. StoreError when the file cannot be read or written."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = SqliteFile(path, holds="messages", version=1, schema=SCHEMA)
        self._key = key

    def read_told(self) -> list[tuple[str, int]]:
        """(key, now) of everything that is told, or kept to be."""
        with self._file.reading() as db:
            return db.execute("SELECT key, now FROM told").fetchall()

    def add(self, happenings: Sequence[Happening], made_at: int) -> None:
        """Keep these to be told; when this returns, they are durable."""
        with self._file.writing() as db:
            for kind, items in _in_messages(happenings):
                body = msgspec.json.encode(items)
                db.execute(
                    "INSERT INTO outbox(id, kind, made_at, items) VALUES (?, ?, ?, ?)",
                    (self._hash(body), kind, made_at, body),
                )
            db.executemany(
                "DELETE FROM told WHERE key = ?",
                [(one.key,) for one in happenings if one.now == NEVER],
            )
            db.executemany(
                "INSERT OR REPLACE INTO told VALUES (?, ?)",
                [(one.key, one.now) for one in happenings if one.now != NEVER],
            )

    def name_of(self, items: Sequence[Happening]) -> str:
        """The name of what happenings say: the same whenever the same holds again, and for nobody to guess."""
        plain = [msgspec.structs.replace(one, at=0, found_at=NEVER) for one in items]
        return self._hash(msgspec.json.encode(plain))

    def _hash(self, content: bytes) -> str:
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()[:24]

    def join(self, names: Collection[str]) -> None:
        """Receivers that are known go on where they were; a new one is told what happens from now on, or from the
        beginning where nothing was told yet. Who is no receiver any more is forgotten."""
        with self._file.writing() as db:
            known = {name for (name,) in db.execute("SELECT name FROM receivers")}
            (last,) = db.execute(_LAST).fetchone()
            db.executemany(
                "DELETE FROM receivers WHERE name = ?", [(it,) for it in known - {*names}]
            )
            db.executemany(
                "INSERT INTO receivers VALUES (?, ?)", [(it, last) for it in {*names} - known]
            )

    def find_next(self, name: str, kinds: Collection[HookKind]) -> Message | None:
        """The first message that a receiver has not had. Each receiver is told it under a name of its own: two may
        read different words of it, and one system may be both."""
        with self._file.reading() as db:
            seq = _place(db, name)
            row = db.execute(_for(_NEXT, kinds), (seq, *kinds)).fetchone()
        if row is None:
            return None
        seq, made_of, kind, made_at, body = row
        message_id = f"msg_{self._hash(f'{made_of} {name}'.encode())}"
        return Message(
            seq, message_id, kind, made_at, msgspec.json.decode(body, type=tuple[Happening, ...])
        )

    def count_waiting(self, name: str, kinds: Collection[HookKind]) -> int:
        """How many messages a receiver has not had."""
        with self._file.reading() as db:
            found: int = db.execute(_for(_WAITING, kinds), (_place(db, name), *kinds)).fetchone()[0]
        return found

    def move(self, name: str, seq: int) -> None:
        """A receiver has had everything up to this message; what everybody has had goes."""
        with self._file.writing() as db:
            db.execute("UPDATE receivers SET seq = ? WHERE name = ?", (seq, name))
            db.execute("DELETE FROM outbox WHERE seq <= (SELECT min(seq) FROM receivers)")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _in_messages(happenings: Sequence[Happening]) -> Iterator[tuple[HookKind, list[Happening]]]:
    """Neighbours of one kind together, not too many in one."""
    for kind, group in groupby(happenings, lambda one: one.kind):
        items = list(group)
        for first in range(0, len(items), MOST):
            yield kind, items[first : first + MOST]


def _place(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT seq FROM receivers WHERE name = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])


def _for(question: str, kinds: Collection[HookKind]) -> str:
    return question.format(", ".join("?" * len(kinds)))
