"""The log in PostgreSQL: for an event that has outgrown one machine's file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from homestretch.errors import NotFound
from homestretch.facts import FactId, Received, decode
from homestretch.store import READ_COLUMNS, Appended, Logged, Rows
from homestretch.store.batch import Batch, Symbols, batch_of, earliest, fitting
from homestretch.store.decoding import logged_of, readable
from homestretch.store.postgres import Schema

if TYPE_CHECKING:
    from homestretch.store.postgres import Connection

SCHEMA_VERSION = 1

# Kind 1 is a read; a kind's number never changes (homestretch.facts.KIND_NUMBERS). Symbols are bytes
# because PostgreSQL's text cannot hold every character that a device can send.
TABLES = """
CREATE TABLE symbols(id bigint PRIMARY KEY, text bytea NOT NULL);
CREATE TABLE facts(
    seq bigint PRIMARY KEY,
    kind bigint NOT NULL,
    source bigint NOT NULL,
    number bigint NOT NULL,
    digest bigint NOT NULL,
    seen_at bigint NOT NULL,
    received_at bigint NOT NULL,
    subject bigint,
    place bigint,
    body bytea
);
CREATE UNIQUE INDEX facts_identity ON facts(source, number, digest);
CREATE INDEX facts_others ON facts(seq) WHERE kind <> 1;
"""

# A group travels as one array for each column: half the time of COPY through a temporary table, whose
# emptying is part of every commit. A fact that is known keeps its smallest received_at.
_PUT_READS = """
    WITH put AS (
        INSERT INTO facts(seq, kind, source, number, digest, seen_at, received_at, subject, place)
        SELECT %(last)b + ord, 1, source, number, digest, seen_at, received_at, subject, place
        FROM unnest(%(source)b::bigint[], %(number)b::bigint[], %(digest)b::bigint[],
                    %(seen_at)b::bigint[], %(received_at)b::bigint[],
                    %(subject)b::bigint[], %(place)b::bigint[]) WITH ORDINALITY
            AS arrived(source, number, digest, seen_at, received_at, subject, place, ord)
        ON CONFLICT (source, number, digest) DO UPDATE SET received_at = EXCLUDED.received_at
        WHERE EXCLUDED.received_at < facts.received_at
        RETURNING seq
    )
    SELECT count(*) FILTER (WHERE seq > %(last)b), count(*) FILTER (WHERE seq <= %(last)b) FROM put
"""
_PUT_OTHERS = """
    WITH put AS (
        INSERT INTO facts(seq, source, number, digest, seen_at, received_at, kind, body)
        SELECT %(last)b + ord, source, number, digest, seen_at, received_at, kind, body
        FROM unnest(%(source)b::bigint[], %(number)b::bigint[], %(digest)b::bigint[],
                    %(seen_at)b::bigint[], %(received_at)b::bigint[],
                    %(kind)b::bigint[], %(body)b::bytea[]) WITH ORDINALITY
            AS arrived(source, number, digest, seen_at, received_at, kind, body, ord)
        ON CONFLICT (source, number, digest) DO UPDATE SET received_at = EXCLUDED.received_at
        WHERE EXCLUDED.received_at < facts.received_at
        RETURNING seq
    )
    SELECT count(*) FILTER (WHERE seq > %(last)b), count(*) FILTER (WHERE seq <= %(last)b) FROM put
"""
_PUT_SYMBOLS = "INSERT INTO symbols SELECT * FROM unnest(%b::bigint[], %b::bytea[])"
_READ_COLUMNS = ("source", "number", "digest", "seen_at", "received_at", "subject", "place")
_OTHER_COLUMNS = ("source", "number", "digest", "seen_at", "received_at", "kind", "body")
_READS = """
    COPY (
        SELECT seq, source, number, digest, seen_at, received_at, subject, place
        FROM facts WHERE seq > %s AND kind = 1 ORDER BY seq
    ) TO STDOUT (FORMAT BINARY)
"""
_OTHERS = """
    SELECT seq, source, number, digest, received_at, body
    FROM facts WHERE seq > %s AND kind <> 1 ORDER BY seq
"""
_ONE = """
    SELECT seq, kind, source, number, digest, seen_at, received_at, subject, place, body
    FROM facts WHERE seq = %s
"""
_LAST = "SELECT coalesce(max(seq), 0) FROM facts"
_SYMBOLS = "SELECT text FROM symbols WHERE id >= %s ORDER BY id"


class PostgresLog:
    """The log in the schema of one event; NOTIFYs the channel of the schema's name at each commit.

    Raises StoreError when the server cannot be used, NewerStore when a later version wrote the schema,
    MissingExtra without psycopg.
    """

    def __init__(self, dsn: str, event_id: str) -> None:
        self.schema = Schema(dsn, event_id, holds="facts", version=SCHEMA_VERSION, tables=TABLES)
        self._turn = threading.Lock()
        self._symbols = Symbols()
        self._texts: list[str] = []

    def append(self, items: Sequence[Received]) -> Appended:
        if not items:
            return Appended(0, 0, 0)
        with self._turn, fitting():
            known = len(self._symbols.texts)
            try:
                with self.schema.writing() as db:
                    for text in _list_symbols(db, known):
                        known = self._symbols[text] + 1
                    batch = earliest(batch_of(items, self._symbols))
                    _put_symbols(db, self._symbols.list_since(known))
                    new, earlier = _put(db, batch)
                    if new or earlier:
                        db.execute("SELECT pg_notify(%s, '')", (self.schema.name,))
            except BaseException:
                self._symbols.forget_since(known)
                raise
        return Appended(new, len(items) - new, earlier)

    def read_since(self, seq: int) -> Rows:
        with self.schema.reading() as db, readable("log"):
            texts = self._list_texts(db)
            last = _last_seq(db)
            with db.cursor().copy(_READS, (seq,)) as copy:
                reads = _columns(b"".join(copy))
            others = [
                Logged(at, FactId(texts[source], number, content), received_at, decode(body))
                for at, source, number, content, received_at, body in db.execute(_OTHERS, (seq,))
            ]
        return Rows(reads, others, texts, last)

    def get(self, seq: int) -> Logged:
        with self.schema.reading() as db:
            texts = self._list_texts(db)
            row = db.execute(_ONE, (seq,)).fetchone()
        if row is None:
            raise NotFound(f"The log has no row {seq}.")
        return logged_of(row, texts)

    def _list_texts(self, db: Connection) -> list[str]:
        self._texts.extend(_list_symbols(db, len(self._texts)))
        return self._texts.copy()

    def last_seq(self) -> int:
        with self.schema.reading() as db:
            return _last_seq(db)

    def close(self) -> None:
        self.schema.close()


def _last_seq(db: Connection) -> int:
    (last,) = db.execute(_LAST).fetchone() or (0,)
    return int(last)


def _list_symbols(db: Connection, since: int) -> list[str]:
    return [text.decode() for (text,) in db.execute(_SYMBOLS, (since,))]


def _put_symbols(db: Connection, symbols: list[tuple[int, str]]) -> None:
    if symbols:
        db.execute(_PUT_SYMBOLS, ([n for n, _ in symbols], [text.encode() for _, text in symbols]))


def _put(db: Connection, batch: Batch) -> tuple[int, int]:
    """How many rows were new, and how many known ones had been received earlier."""
    new = earlier = 0
    for query, columns, rows in (
        (_PUT_READS, _READ_COLUMNS, batch.reads),
        (_PUT_OTHERS, _OTHER_COLUMNS, batch.others),
    ):
        if rows:
            values: dict[str, object] = dict(
                zip(columns, map(list, zip(*rows, strict=True)), strict=True)
            )
            put = db.execute(query, {"last": _last_seq(db), **values}).fetchone() or (0, 0)
            new, earlier = new + put[0], earlier + put[1]
    return new, earlier


_COPY_HEADER = 19
"""Bytes before the first row of PostgreSQL's binary COPY format: signature, flags, extension."""

_COPY_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        item
        for name in READ_COLUMNS.names or ()
        for item in ((f"{name}_bytes", ">i4"), (name, ">i8"))
    ]
)


def _columns(copied: bytes) -> npt.NDArray[Any]:
    """Columns from binary COPY output: every row of eight bigints has the same 98 bytes."""
    count = (len(copied) - _COPY_HEADER) // _COPY_ROW.itemsize
    rows = np.frombuffer(copied, _COPY_ROW, count, _COPY_HEADER)
    columns = np.empty(count, READ_COLUMNS)
    for name in READ_COLUMNS.names or ():
        columns[name] = rows[name]
    return columns
