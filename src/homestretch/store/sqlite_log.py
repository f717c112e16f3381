"""The log in a SQLite file: the default of an event."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from homestretch.errors import NotFound
from homestretch.facts import FactId, Received, decode
from homestretch.store import READ_COLUMNS, Appended, Logged, Rows
from homestretch.store.batch import Batch, Symbols, batch_of, earliest, fitting
from homestretch.store.decoding import logged_of, readable
from homestretch.store.sqlite_file import SqliteFile

SCHEMA_VERSION = 1

# Kind 1 is a read; a kind's number never changes (homestretch.facts.KIND_NUMBERS). Texts are unique
# because ids are handed out in turn: a writer that did not know all of them would break the key.
SCHEMA = """
CREATE TABLE symbols(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE facts(
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    source INTEGER NOT NULL,
    number INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    subject INTEGER,
    place INTEGER,
    body BLOB
) STRICT;
CREATE UNIQUE INDEX facts_identity ON facts(source, number, digest);
CREATE INDEX facts_others ON facts(seq) WHERE kind <> 1;
"""

_VALUES = "(1, ?, ?, ?, ?, ?, ?, ?)"

# A fact that is known keeps its smallest received_at.
_PUT_READ = """
    INSERT INTO facts(kind, source, number, digest, seen_at, received_at, subject, place)
    VALUES (1, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(source, number, digest) DO UPDATE SET received_at = excluded.received_at
    WHERE excluded.received_at < received_at
"""
TOGETHER = 100
"""Reads in one statement: half the time of one statement for each."""

_PUT_READS = _PUT_READ.replace(_VALUES, ", ".join([_VALUES] * TOGETHER))
_PUT_OTHER = """
    INSERT INTO facts(source, number, digest, seen_at, received_at, kind, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(source, number, digest) DO UPDATE SET received_at = excluded.received_at
    WHERE excluded.received_at < received_at
"""
_READS = """
    SELECT seq, source, number, digest, seen_at, received_at, subject, place
    FROM facts WHERE seq > ? AND kind = 1 ORDER BY seq
"""
_OTHERS = """
    SELECT seq, source, number, digest, received_at, body
    FROM facts INDEXED BY facts_others WHERE seq > ? AND kind <> 1 ORDER BY seq
"""
_ONE = """
    SELECT seq, kind, source, number, digest, seen_at, received_at, subject, place, body
    FROM facts WHERE seq = ?
"""
_LAST = "SELECT coalesce(max(seq), 0) FROM facts"
_SYMBOLS = "SELECT id, text FROM symbols WHERE id >= ? ORDER BY id"


class SqliteLog:
    """The log in one SQLite file (``path``); several processes may open it.

    Raises StoreError when the file cannot be used, NewerStore when a later version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.file = SqliteFile(path, holds="facts", version=SCHEMA_VERSION, schema=SCHEMA)
        self._turn = threading.Lock()
        self._symbols = Symbols()
        self._texts: list[str] = []

    def append(self, items: Sequence[Received]) -> Appended:
        if not items:
            return Appended(0, 0, 0)
        with self._turn, fitting():
            known = len(self._symbols.texts)
            try:
                with self.file.writing() as db:
                    known = self._learn_symbols(db)
                    batch = batch_of(items, self._symbols)
                    db.executemany(
                        "INSERT INTO symbols VALUES (?, ?)", self._symbols.list_since(known)
                    )
                    new, earlier = _put(db, batch)
            except BaseException:
                self._symbols.forget_since(known)
                raise
        return Appended(new, len(items) - new, earlier)

    def _learn_symbols(self, db: sqlite3.Connection) -> int:
        """Symbols that other processes added; ids are handed out under the write lock."""
        symbols = self._symbols
        for number, text in db.execute(_SYMBOLS, (len(symbols.texts),)).fetchall():
            symbols.texts.append(text)
            symbols[text] = number
        return len(symbols.texts)

    def read_since(self, seq: int) -> Rows:
        with self.file.reading() as db, readable("log"):
            texts = self._list_texts(db)
            last: int = db.execute(_LAST).fetchone()[0]
            reads = _fetch_reads(db, seq)
            others = [
                Logged(at, FactId(texts[source], number, content), received_at, decode(body))
                for at, source, number, content, received_at, body in db.execute(_OTHERS, (seq,))
            ]
        return Rows(reads, others, texts, last)

    def get(self, seq: int) -> Logged:
        with self.file.reading() as db:
            texts = self._list_texts(db)
            row = db.execute(_ONE, (seq,)).fetchone()
        if row is None:
            raise NotFound(f"The log has no row {seq}.")
        return logged_of(row, texts)

    def _list_texts(self, db: sqlite3.Connection) -> list[str]:
        self._texts.extend(text for _, text in db.execute(_SYMBOLS, (len(self._texts),)))
        return self._texts.copy()

    def last_seq(self) -> int:
        with self.file.reading() as db:
            return int(db.execute(_LAST).fetchone()[0])

    def close(self) -> None:
        self.file.close()


def _put(db: sqlite3.Connection, batch: Batch) -> tuple[int, int]:
    """How many rows were new, and how many known ones had been received earlier."""
    db.execute("SAVEPOINT arrived")
    new, earlier = _put_in_order(db, batch)
    if earlier:  # a fact that stands twice in the batch must not count as lowered by itself
        once = earliest(batch)
        if len(once) < len(batch):
            db.execute("ROLLBACK TO arrived")
            return _put_in_order(db, once)
    return new, earlier


def _put_in_order(db: sqlite3.Connection, batch: Batch) -> tuple[int, int]:
    last: int = db.execute(_LAST).fetchone()[0]
    changes = db.total_changes
    together = len(batch.reads) // TOGETHER * TOGETHER
    for at in range(0, together, TOGETHER):
        db.execute(_PUT_READS, tuple(chain.from_iterable(batch.reads[at : at + TOGETHER])))
    db.executemany(_PUT_READ, batch.reads[together:])
    db.executemany(_PUT_OTHER, batch.others)
    new = int(db.execute(_LAST).fetchone()[0]) - last
    return new, db.total_changes - changes - new


def _fetch_reads(db: sqlite3.Connection, seq: int) -> npt.NDArray[Any]:
    """One flat run of integers is a third quicker than filling a structured array row by row."""
    flat = chain.from_iterable(db.execute(_READS, (seq,)))
    return np.fromiter(flat, np.int64).view(READ_COLUMNS)
