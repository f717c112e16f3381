"""The people file in SQLite: what may be erased, and erased so that no file of ours holds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from homestretch.errors import StoreError
from homestretch.race.entrant import Person
from homestretch.store import Text
from homestretch.store.decoding import key_of, link_of, readable
from homestretch.store.keys import Key
from homestretch.store.links import Link
from homestretch.store.sqlite_file import SqliteFile

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE persons(entrant TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE erased(entrant TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE texts(ref TEXT PRIMARY KEY, content BLOB, keep_until INTEGER NOT NULL) STRICT;
CREATE TABLE keys(
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    label TEXT NOT NULL,
    station TEXT NOT NULL,
    parent TEXT NOT NULL,
    revoked_at INTEGER
) STRICT;
INSERT INTO meta VALUES ('changes', '0'), ('to_clean', '0');
"""
"""A text that was erased or has expired stays as a row without content: it does not come back."""

LINKS = """
CREATE TABLE links(
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    entrant TEXT NOT NULL,
    hand TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    parent TEXT NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX links_of_entrant ON links(entrant);
"""

_LINKS = "SELECT id, hash, entrant, hand, created_at, expires_at, parent, revoked_at FROM links"
_PUT_LINK = "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_TEXTS = "SELECT ref, content FROM texts WHERE content IS NOT NULL ORDER BY ref"
_KEYS = """
    SELECT id, hash, role, created_at, expires_at, label, station, parent, revoked_at
    FROM keys ORDER BY created_at, id
"""
_PUT_KEY = """
    INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class SqlitePeople:
    """The people file in one SQLite file (``path``); several processes may open it.

    Raises StoreError when the file cannot be used, NewerStore when a later version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.file = SqliteFile(
            path,
            holds="people",
            version=SCHEMA_VERSION,
            schema=SCHEMA,
            secure=True,
            later={"links": LINKS},
        )

    def version(self) -> int:
        with self.file.reading() as db:
            return int(db.execute("SELECT value FROM meta WHERE key = 'changes'").fetchone()[0])

    def persons_version(self) -> int:
        with self.file.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'persons'").fetchone()
            return 0 if row is None else int(row[0])

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; the version grows if anything changed in it."""
        with self.file.writing() as db:
            before = db.total_changes
            yield db
            if db.total_changes > before:
                db.execute("UPDATE meta SET value = value + 1 WHERE key = 'changes'")

    def put_persons(self, persons: Iterable[Person]) -> int:
        bodies = {person.entrant: msgspec.json.encode(person) for person in persons}
        with self._changing() as db:
            for erased in _list(db, "SELECT entrant FROM erased"):
                bodies.pop(erased, None)
            before = db.total_changes
            db.executemany(
                "INSERT INTO persons VALUES (?, ?) ON CONFLICT(entrant) DO UPDATE"
                " SET body = excluded.body WHERE body <> excluded.body",
                bodies.items(),
            )
            if db.total_changes > before:
                _count_persons(db)
        return len(bodies)

    def find_person(self, entrant: str) -> Person | None:
        with self.file.reading() as db, readable("people"):
            query = "SELECT body FROM persons WHERE entrant = ?"
            row = db.execute(query, (entrant,)).fetchone()
            return None if row is None else _person.decode(row[0])

    def list_persons(self) -> list[Person]:
        with self.file.reading() as db:
            bodies = _list(db, "SELECT body FROM persons ORDER BY entrant")
        with readable("people"):
            return [_person.decode(body) for body in bodies]

    def erase(self, entrant: str) -> bool:
        with self._changing() as db:
            if db.execute("DELETE FROM persons WHERE entrant = ?", (entrant,)).rowcount:
                db.execute("INSERT INTO erased VALUES (?)", (entrant,))
                _count_persons(db)
                _mark_unclean(db)
            known = (
                db.execute("SELECT 1 FROM erased WHERE entrant = ?", (entrant,)).fetchone()
                is not None
            )
            if known:
                db.execute("DELETE FROM links WHERE entrant = ?", (entrant,))
        if known:
            self._clean()
        return known

    def list_erased(self) -> list[str]:
        with self.file.reading() as db:
            return _list(db, "SELECT entrant FROM erased ORDER BY entrant")

    def put_text(self, ref: str, text: bytes, keep_until: int) -> None:
        self.put_texts([Text(ref, text, keep_until)])

    def put_texts(self, texts: Iterable[Text]) -> None:
        with self._changing() as db:
            db.executemany("INSERT INTO texts VALUES (?, ?, ?) ON CONFLICT(ref) DO NOTHING", texts)

    def find_text(self, ref: str) -> bytes | None:
        with self.file.reading() as db:
            row = db.execute("SELECT content FROM texts WHERE ref = ?", (ref,)).fetchone()
        return None if row is None else row[0]

    def list_texts(self) -> list[tuple[str, bytes]]:
        with self.file.reading() as db:
            return db.execute(_TEXTS).fetchall()

    def erase_text(self, ref: str) -> None:
        with self._changing() as db:
            held = db.execute("SELECT content FROM texts WHERE ref = ?", (ref,)).fetchone()
            if held is None:
                db.execute("INSERT INTO texts VALUES (?, NULL, 0)", (ref,))
            elif held[0] is not None:
                db.execute("UPDATE texts SET content = NULL WHERE ref = ?", (ref,))
                _mark_unclean(db)
        self._clean()

    def drop_expired(self, now: int) -> int:
        with self._changing() as db:
            dropped = db.execute(
                "UPDATE texts SET content = NULL WHERE content IS NOT NULL AND keep_until <= ?",
                (now,),
            ).rowcount
            dropped += db.execute(
                "DELETE FROM keys WHERE parent <> '' AND expires_at <= ?", (now,)
            ).rowcount
            if dropped:
                _mark_unclean(db)
        self._clean()
        with self.file.writing() as db:
            links = db.execute("DELETE FROM links WHERE expires_at <= ?", (now,)).rowcount
        return dropped + links

    def put_key(self, key: Key) -> None:
        with self._changing() as db:
            parent = db.execute(
                "SELECT revoked_at FROM keys WHERE id = ?", (key.parent,)
            ).fetchone()
            revoked_at = parent[0] if parent and key.revoked_at is None else key.revoked_at
            kept = msgspec.structs.replace(key, revoked_at=revoked_at)
            if kept not in _list_keys(db):
                db.execute(_PUT_KEY, msgspec.structs.astuple(kept))

    def put_links(self, links: Iterable[Link]) -> None:
        with self.file.writing() as db:
            erased = set(_list(db, "SELECT entrant FROM erased"))
            for link in links:
                if link.entrant in erased:
                    continue
                query = "SELECT revoked_at FROM links WHERE id = ?"
                parent = db.execute(query, (link.parent,)).fetchone() if link.parent else None
                at = parent[0] if parent and link.revoked_at is None else link.revoked_at
                kept = msgspec.structs.replace(link, revoked_at=at)
                db.execute(_PUT_LINK, msgspec.structs.astuple(kept))

    def find_link(self, link_hash: str) -> Link | None:
        with self.file.reading() as db, readable("people"):
            row = db.execute(f"{_LINKS} WHERE hash = ?", (link_hash,)).fetchone()
            return None if row is None else link_of(row)

    def list_links(self, entrant: str | None = None) -> list[Link]:
        where, given = ("", ()) if entrant is None else (" WHERE entrant = ?", (entrant,))
        with self.file.reading() as db, readable("people"):
            rows = db.execute(f"{_LINKS}{where} ORDER BY created_at, id", given)
            return [link_of(row) for row in rows]

    def revoke_link(self, link_id: str, at: int) -> bool:
        with self.file.writing() as db:
            known = db.execute("SELECT entrant FROM links WHERE id = ?", (link_id,)).fetchone()
            if known is not None:
                db.execute(
                    "UPDATE links SET revoked_at = ? WHERE entrant = ? AND revoked_at IS NULL"
                    " AND (id = ? OR parent = ?)",
                    (at, *known, link_id, link_id),
                )
        return known is not None

    def list_keys(self) -> list[Key]:
        with self.file.reading() as db:
            return _list_keys(db)

    def revoke(self, key_id: str, at: int) -> bool:
        with self._changing() as db:
            known = db.execute("SELECT 1 FROM keys WHERE id = ?", (key_id,)).fetchone() is not None
            if known:  # no id is empty, and every key that is no session has an empty parent
                db.execute(
                    "UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL AND (id = ? OR parent = ?)",
                    (at, key_id, key_id),
                )
        return known

    def erase_label(self, key_id: str) -> bool:
        with self._changing() as db:
            known = db.execute("SELECT 1 FROM keys WHERE id = ?", (key_id,)).fetchone() is not None
            if db.execute(
                "UPDATE keys SET label = '' WHERE id = ? AND label <> ''", (key_id,)
            ).rowcount:
                _mark_unclean(db)
        self._clean()
        return known

    def _clean(self) -> None:
        """Rewrite the file without what was deleted, and empty the write-ahead log.

        ``secure_delete`` alone is not enough: when SQLite balances its pages, copies of a row may stay
        in their unused parts (docs/decisions/0003-where-facts-and-names-live.md). VACUUM writes fresh
        pages; the checkpoint puts them into the file and cuts the write-ahead log to nothing.
        """
        with self.file.alone() as db:
            if db.execute("SELECT value FROM meta WHERE key = 'to_clean'").fetchone() == ("0",):
                return
            db.execute("VACUUM")
            busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                db.execute("UPDATE meta SET value = '0' WHERE key = 'to_clean'")
        if busy:
            raise StoreError(
                f"The content is erased and shown nowhere, but {self.file.path}-wal may still hold its bytes:"
                " another program is reading the file.",
                "Close that program and erase again; until then every clean-up tries again.",
            )

    def close(self) -> None:
        self.file.close()


_person = msgspec.json.Decoder(Person)


def _list(db: sqlite3.Connection, query: str) -> list[str]:
    return [value for (value,) in db.execute(query)]


def _mark_unclean(db: sqlite3.Connection) -> None:
    """Remembered in the same transaction, so that an interrupted clean-up is taken up again."""
    db.execute("UPDATE meta SET value = '1' WHERE key = 'to_clean'")


def _count_persons(db: sqlite3.Connection) -> None:
    """One more change of persons; a file of an earlier version has not counted them yet."""
    db.execute(
        "INSERT INTO meta VALUES ('persons', '1') ON CONFLICT(key) DO UPDATE SET value = value + 1"
    )


def _list_keys(db: sqlite3.Connection) -> list[Key]:
    with readable("people"):
        return [key_of(row) for row in db.execute(_KEYS)]
