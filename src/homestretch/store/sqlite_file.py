"""One SQLite file: opened durably, written by one process at a time, its errors said in words."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from homestretch.errors import NewerStore, StoreError
from homestretch.store.sqlite_errors import said

BUSY_S = 5.0
"""How long a call waits for another program before it says that the file is locked."""

META = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


class SqliteFile:
    """A SQLite file in WAL mode with ``synchronous=FULL``: what is committed survives a power cut.

    ``holds`` names what is in it, ``version`` the schema; ``schema`` is run on a new file, and ``steps`` on one that an
    earlier version wrote: step n makes version n + 1 of version n. ``later`` are tables (by name) that came after the
    schema: they are made in a file that has none, and an earlier version, which does not know them, leaves them alone.
    One connection writes and one reads, so a long reading does not hold up an append. ``secure`` overwrites deleted
    content and keeps temporary pages out of the disk.

    Writers of all processes take turns at ``<name>-lock``. SQLite's own lock would do for the rows; the
    turn also keeps one process from resetting the write-ahead log while another one's checkpoint
    copies it, a race that damages the file in versions before 3.51.3.
    """

    def __init__(
        self,
        path: Path,
        *,
        holds: str,
        version: int,
        schema: str,
        secure: bool = False,
        steps: Mapping[int, str] = MappingProxyType({}),
        later: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.path, self._steps, self._later = path, steps, later
        self._holds, self._version, self._secure = holds, version, secure
        self._write_turn, self._read_turn = threading.Lock(), threading.Lock()
        self._wait_s = BUSY_S
        with said(path):
            if not path.parent.is_dir():
                raise StoreError(
                    f"There is no folder {path.parent}.", "Make one with: homestretch new DIR"
                )
            self._lock = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                with self._turn_of_this_process():
                    self._open(schema)
            except BaseException:
                os.close(self._lock)
                raise

    def _open(self, schema: str) -> None:
        with suppress(
            FileExistsError
        ):  # a new file is for its owner's eyes; SQLite's own mode is 0644
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._writer = self._connect()
        try:
            self._recognise(schema)
            self._reader = self._connect()
            self._reader.execute("PRAGMA query_only=ON")
        except BaseException:
            self._writer.close()
            raise
        there = self.path.stat()
        self._place = (there.st_dev, there.st_ino)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.path,
            timeout=self._wait_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone does not reach the disk
        db.execute(f"PRAGMA secure_delete={'ON' if self._secure else 'OFF'}")
        db.execute("PRAGMA temp_store=MEMORY")
        return db

    def _recognise(self, schema: str) -> None:
        db = self._writer
        tables = {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not tables:
            db.execute("PRAGMA journal_mode=WAL")
            later = " ".join(self._later.values())
            db.executescript(f"BEGIN IMMEDIATE; {META} {schema} {later}")
            db.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [("holds", self._holds), ("schema_version", str(self._version))],
            )
            db.execute("COMMIT")
            return
        meta = dict(db.execute("SELECT key, value FROM meta")) if "meta" in tables else {}
        if meta.get("holds") != self._holds:
            raise StoreError(
                f"{self.path} is a SQLite file, but it does not hold the {self._holds} of an event.",
                "Move it away, or name another folder.",
            )
        found = int(meta["schema_version"])
        if found > self._version:
            raise NewerStore(
                f"{self.path} was written by a later version of Homestretch"
                f" (schema {meta['schema_version']}, this version knows {self._version}).",
                "Install that version; nothing was changed.",
            )
        if found < self._version:
            self._upgrade(found)
        missing = " ".join(made for name, made in self._later.items() if name not in tables)
        if missing:
            db.executescript(f"BEGIN IMMEDIATE; {missing} COMMIT")

    def _upgrade(self, found: int) -> None:
        """From an earlier version to this one, in one transaction: whatever ends this process in the middle leaves
        the file as it was, for the version that wrote it."""
        db = self._writer
        steps = "".join(self._steps[number] for number in range(found, self._version))
        try:
            db.executescript(f"BEGIN IMMEDIATE; {steps}")
            db.execute(
                "UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(self._version),)
            )
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """The writing connection outside a transaction, while no other process of ours writes."""
        with said(self.path), self._write_turn, self._turn_of_this_process():
            self._check_place()
            yield self._writer

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block has been left; rolled back if the block raises."""
        with self.alone() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot: everything read in the block is of the same moment."""
        with said(self.path), self._read_turn:
            db = self._reader
            db.execute("BEGIN")
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def copy_to(self, target: Path) -> None:
        """Write what is in the file at this moment to ``target``, which must not exist. It is read in one
        transaction of the write-ahead log, so nobody who writes waits; what was deleted is not in the copy."""
        with said(self.path):
            db = self._connect()
            try:
                db.execute("VACUUM INTO ?", (str(target),))
            finally:
                with self._turn_of_this_process():
                    db.close()

    def set_wait(self, wait_s: float) -> None:
        """Wait so long for other programs, instead of ``BUSY_S``."""
        self._wait_s = wait_s
        for db in (self._writer, self._reader):
            db.execute(f"PRAGMA busy_timeout={int(wait_s * 1000)}")

    def close(self) -> None:
        """Close both connections; the last process to close leaves a single file."""
        with said(self.path), self._write_turn, self._read_turn:
            if self._lock < 0:
                return
            with self._turn_of_this_process():
                self._reader.close()
                self._writer.close()
            os.close(self._lock)
            self._lock = -1

    @contextmanager
    def _turn_of_this_process(self) -> Iterator[None]:
        if self._lock < 0:
            raise StoreError(f"{self.path} was closed.", "Open the event again.")
        until = time.monotonic() + self._wait_s
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise sqlite3.OperationalError("database is locked") from error
                time.sleep(0.002)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _check_place(self) -> None:
        """A file that was moved or deleted would go on taking rows that nobody finds again."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != self._place:
            raise StoreError(
                f"{self.path} was moved, replaced or deleted while it was open; nothing was written.",
                "Stop the event, put the file back, and start again.",
            )
