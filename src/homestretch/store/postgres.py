"""One event's schema on a PostgreSQL server: connections that come back, turns, errors in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, LiteralString

from homestretch.errors import MissingExtra, NewerStore, StoreError
from homestretch.store.postgres_errors import said

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

LONGEST_NAME = 63
"""Bytes in a PostgreSQL identifier and in the name of a channel."""


def schema_name(event_id: str) -> str:
    """``homestretch_<event id>``; a name that PostgreSQL would cut ends in a digest instead."""
    name = f"homestretch_{event_id}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"homestretch_{event_id.encode()[:30].decode(errors='ignore')}_{blake2b(event_id.encode(), digest_size=8).hexdigest()}"


class Schema:
    """The part of an event's schema that ``holds`` facts or people, at schema ``version``.

    One connection writes and one reads; each is opened again after it was lost. Writers of all
    processes take turns by an advisory lock, so log positions become visible in their order.
    """

    def __init__(
        self, dsn: str, event_id: str, *, holds: str, version: int, tables: LiteralString
    ) -> None:
        self._dsn, self.name = dsn, schema_name(event_id)
        self._holds, self._version, self._tables = holds, version, tables
        self._write_turn, self._read_turn = threading.Lock(), threading.Lock()
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._closed = False
        try:
            with self.writing() as db:
                self._recognise(db)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> Connection:
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtra("psycopg", "postgres", "An event in PostgreSQL") from error
        if self._closed:
            raise StoreError(f"The schema {self.name} was closed.", "Open the event again.")
        db = psycopg.connect(self._dsn, autocommit=True, application_name="homestretch")
        quoted = '"' + self.name.replace('"', '""') + '"'
        db.execute("SELECT set_config('search_path', %s, false)", (quoted,))
        db.execute("SELECT set_config('lock_timeout', '5s', false)")
        db.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        return db

    def _recognise(self, db: Connection) -> None:
        if (
            db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.name,)).fetchone()
            is None
        ):
            from psycopg import sql

            db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.name)))
        db.execute(
            "CREATE TABLE IF NOT EXISTS meta("
            "holds text, key text, value bigint NOT NULL, PRIMARY KEY (holds, key))"
        )
        found = self.find_meta(db, "schema_version")
        if found is None:
            db.execute(self._tables)
            db.execute(
                "INSERT INTO meta VALUES (%s, 'schema_version', %s)", (self._holds, self._version)
            )
        elif found > self._version:
            raise NewerStore(
                f"The schema {self.name} was written by a later version of Homestretch"
                f" ({self._holds}: {found}, this version knows {self._version}).",
                "Install that version; nothing was changed.",
            )

    def find_meta(self, db: Connection, key: str) -> int | None:
        """A number kept beside the tables."""
        row = db.execute(
            "SELECT value FROM meta WHERE holds = %s AND key = %s", (self._holds, key)
        ).fetchone()
        return None if row is None else int(row[0])

    def put_meta(self, db: Connection, key: str, value: int) -> None:
        """Keep a number beside the tables."""
        db.execute(
            "INSERT INTO meta VALUES (%s, %s, %s)"
            " ON CONFLICT (holds, key) DO UPDATE SET value = EXCLUDED.value",
            (self._holds, key, value),
        )

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """The writing connection outside a transaction."""
        with said(self.name), self._write_turn:
            if self._writer is None or self._writer.closed:
                self._writer = self._connect()
            yield self._writer

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction in the turn of this process; durable when the block has been left."""
        with self.alone() as db, db.transaction():
            db.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.name + self._holds,)
            )
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot: everything read in the block is of the same moment."""
        with said(self.name), self._read_turn:
            if self._reader is None or self._reader.closed:
                self._reader = self._connect()
                # Before the first ANALYZE the planner takes the newest rows for a third of the log.
                for way in ("seqscan", "bitmapscan", "sort"):
                    self._reader.execute("SELECT set_config(%s, 'off', false)", (f"enable_{way}",))
            db = self._reader
            with db.transaction():
                db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield db

    def close(self) -> None:
        """Close both connections."""
        with self._write_turn, self._read_turn:
            self._closed = True
            for db in (self._writer, self._reader):
                if db is not None:
                    db.close()
            self._writer = self._reader = None
