"""The people file in PostgreSQL: what may be erased, and what the server is asked to forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

import msgspec

from homestretch.errors import StoreError
from homestretch.race.entrant import Person
from homestretch.store import Text
from homestretch.store.decoding import key_of, link_of, readable
from homestretch.store.keys import Key
from homestretch.store.links import Link
from homestretch.store.postgres import Schema

if TYPE_CHECKING:
    from homestretch.store.postgres import Connection

SCHEMA_VERSION = 1

# Statistics 0: ANALYZE would copy the commonest names into the server's own tables.
TABLES = """
CREATE TABLE persons(entrant bytea PRIMARY KEY, body bytea NOT NULL);
ALTER TABLE persons ALTER COLUMN body SET STATISTICS 0;
CREATE TABLE erased(entrant bytea PRIMARY KEY);
CREATE TABLE texts(ref bytea PRIMARY KEY, content bytea, keep_until bigint NOT NULL);
ALTER TABLE texts ALTER COLUMN content SET STATISTICS 0;
CREATE TABLE keys(
    id text PRIMARY KEY,
    hash text NOT NULL,
    role text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    label text NOT NULL,
    station text NOT NULL,
    parent text NOT NULL,
    revoked_at bigint
);
ALTER TABLE keys ALTER COLUMN label SET STATISTICS 0;
"""

LINKS = """
CREATE TABLE IF NOT EXISTS links(
    id text PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    entrant bytea NOT NULL,
    hand text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    parent text NOT NULL,
    revoked_at bigint
);
CREATE INDEX IF NOT EXISTS links_of_entrant ON links(entrant);
"""
"""Came after the schema: made where it is missing, and left alone by an earlier version."""

_LINKS = "SELECT id, hash, entrant, hand, created_at, expires_at, parent, revoked_at FROM links"
_LINK_OF_HASH: LiteralString = f"{_LINKS} WHERE hash = %s"
_EVERY_LINK: LiteralString = f'{_LINKS} ORDER BY created_at, id COLLATE "C"'
_LINKS_OF: LiteralString = f'{_LINKS} WHERE entrant = %s ORDER BY created_at, id COLLATE "C"'
_PUT_LINK = """
    INSERT INTO links VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET
    (hash, entrant, hand, created_at, expires_at, parent, revoked_at) = ROW(EXCLUDED.hash, EXCLUDED.entrant,
     EXCLUDED.hand, EXCLUDED.created_at, EXCLUDED.expires_at, EXCLUDED.parent, EXCLUDED.revoked_at)
"""
_REVOKE_LINK = """
    UPDATE links SET revoked_at = %s WHERE entrant = %s AND revoked_at IS NULL AND (id = %s OR parent = %s)
"""
_PUT_PERSONS = """
    INSERT INTO persons SELECT * FROM unnest(%b::bytea[], %b::bytea[]) ON CONFLICT (entrant) DO UPDATE SET body = EXCLUDED.body
    WHERE persons.body <> EXCLUDED.body
"""
_PUT_TEXT = "INSERT INTO texts VALUES (%s, %s, %s) ON CONFLICT (ref) DO NOTHING"
_TEXTS = "SELECT ref, content FROM texts WHERE content IS NOT NULL ORDER BY ref"
_ERASE_TEXT = """
    INSERT INTO texts VALUES (%s, NULL, 0) ON CONFLICT (ref) DO UPDATE SET content = NULL
    WHERE texts.content IS NOT NULL
"""
_DROP_TEXTS = "UPDATE texts SET content = NULL WHERE content IS NOT NULL AND keep_until <= %s"
_DROP_SESSIONS = "DELETE FROM keys WHERE parent <> '' AND expires_at <= %s"
_KEYS = """
    SELECT id, hash, role, created_at, expires_at, label, station, parent, revoked_at
    FROM keys ORDER BY created_at, id COLLATE "C"
"""
_PUT_KEY = """
    INSERT INTO keys VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET (hash, role, created_at, expires_at, label, station, parent, revoked_at)
    = ROW(EXCLUDED.hash, EXCLUDED.role, EXCLUDED.created_at, EXCLUDED.expires_at, EXCLUDED.label,
          EXCLUDED.station, EXCLUDED.parent, EXCLUDED.revoked_at)
"""
_REVOKE = "UPDATE keys SET revoked_at = %s WHERE revoked_at IS NULL AND (id = %s OR parent = %s)"
_ERASE_LABEL = "UPDATE keys SET label = '' WHERE id = %s AND label <> ''"
_OLD_SNAPSHOTS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND age(backend_xmin) >= age(%s::xid)
"""


class PostgresPeople:
    """The people tables in the schema of one event.

    Raises StoreError when the server cannot be used, NewerStore when a later version wrote the schema,
    MissingExtra without psycopg.
    """

    def __init__(self, dsn: str, event_id: str) -> None:
        self.schema = Schema(dsn, event_id, holds="people", version=SCHEMA_VERSION, tables=TABLES)
        with self.schema.writing() as db:
            db.execute(LINKS)

    def version(self) -> int:
        with self.schema.reading() as db:
            return self.schema.find_meta(db, "changes") or 0

    def persons_version(self) -> int:
        with self.schema.reading() as db:
            return self.schema.find_meta(db, "persons") or 0

    @contextmanager
    def _changing(self) -> Iterator[_Change]:
        """One transaction; the version grows if anything changed in it."""
        with self.schema.writing() as db:
            change = _Change(db)
            yield change
            if change.count:
                changes = self.schema.find_meta(db, "changes") or 0
                self.schema.put_meta(db, "changes", changes + 1)

    def put_persons(self, persons: Iterable[Person]) -> int:
        bodies = {person.entrant.encode(): msgspec.json.encode(person) for person in persons}
        with self._changing() as change:
            for (entrant,) in change.db.execute("SELECT entrant FROM erased"):
                bodies.pop(entrant, None)
            if bodies and change.make(_PUT_PERSONS, (list(bodies), list(bodies.values()))):
                self._count_persons(change.db)
        return len(bodies)

    def find_person(self, entrant: str) -> Person | None:
        with self.schema.reading() as db, readable("people"):
            query = "SELECT body FROM persons WHERE entrant = %s"
            row = db.execute(query, (entrant.encode(),)).fetchone()
            return None if row is None else _person.decode(row[0])

    def list_persons(self) -> list[Person]:
        with self.schema.reading() as db, readable("people"):
            bodies = db.execute("SELECT body FROM persons ORDER BY entrant").fetchall()
            return [_person.decode(body) for (body,) in bodies]

    def erase(self, entrant: str) -> bool:
        name = entrant.encode()
        with self._changing() as change:
            if change.make("DELETE FROM persons WHERE entrant = %s", (name,)):
                change.make("INSERT INTO erased VALUES (%s)", (name,))
                self._count_persons(change.db)
                self._mark_unclean(change.db)
            erased = change.db.execute(
                "SELECT 1 FROM erased WHERE entrant = %s", (name,)
            ).fetchone()
            if erased is not None:
                change.db.execute("DELETE FROM links WHERE entrant = %s", (name,))
        if erased is not None:
            self._clean()
        return erased is not None

    def list_erased(self) -> list[str]:
        with self.schema.reading() as db:
            rows = db.execute("SELECT entrant FROM erased ORDER BY entrant").fetchall()
        return [entrant.decode() for (entrant,) in rows]

    def put_text(self, ref: str, text: bytes, keep_until: int) -> None:
        self.put_texts([Text(ref, text, keep_until)])

    def put_texts(self, texts: Iterable[Text]) -> None:
        rows = [(text.ref.encode(), text.content, text.keep_until) for text in texts]
        with self._changing() as change:
            if rows:
                cursor = change.db.cursor()
                cursor.executemany(_PUT_TEXT, rows)
                change.count += cursor.rowcount

    def find_text(self, ref: str) -> bytes | None:
        with self.schema.reading() as db:
            row = db.execute("SELECT content FROM texts WHERE ref = %s", (ref.encode(),)).fetchone()
        return None if row is None else row[0]

    def list_texts(self) -> list[tuple[str, bytes]]:
        with self.schema.reading() as db:
            rows = db.execute(_TEXTS).fetchall()
        return [(ref.decode(), content) for ref, content in rows]

    def erase_text(self, ref: str) -> None:
        with self._changing() as change:
            if change.make(_ERASE_TEXT, (ref.encode(),)):
                self._mark_unclean(change.db)
        self._clean()

    def drop_expired(self, now: int) -> int:
        with self._changing() as change:
            dropped = change.make(_DROP_TEXTS, (now,)) + change.make(_DROP_SESSIONS, (now,))
            if dropped:
                self._mark_unclean(change.db)
        self._clean()
        with self.schema.writing() as db:
            links = db.execute("DELETE FROM links WHERE expires_at <= %s", (now,)).rowcount
        return dropped + links

    def put_key(self, key: Key) -> None:
        with self._changing() as change:
            parent = change.db.execute(
                "SELECT revoked_at FROM keys WHERE id = %s", (key.parent,)
            ).fetchone()
            revoked_at = parent[0] if parent and key.revoked_at is None else key.revoked_at
            kept = msgspec.structs.replace(key, revoked_at=revoked_at)
            if kept not in _list_keys(change.db):
                change.make(_PUT_KEY, msgspec.structs.astuple(kept))

    def put_links(self, links: Iterable[Link]) -> None:
        with self.schema.writing() as db:
            erased = {bytes(name) for (name,) in db.execute("SELECT entrant FROM erased")}
            links = list(links)
            parents = [link.parent for link in links if link.parent]
            revoked = dict(
                db.execute(
                    "SELECT id, revoked_at FROM links WHERE id = ANY(%s) AND revoked_at IS NOT NULL",
                    (parents,),
                )
            )
            rows = [
                (
                    *(link.id, link.hash, link.entrant.encode(), link.hand, link.created_at),
                    *(link.expires_at, link.parent, revoked.get(link.parent, link.revoked_at)),
                )
                for link in links
                if link.entrant.encode() not in erased
            ]
            if rows:
                db.cursor().executemany(_PUT_LINK, rows)

    def find_link(self, link_hash: str) -> Link | None:
        with self.schema.reading() as db:
            row = db.execute(_LINK_OF_HASH, (link_hash,)).fetchone()
        return None if row is None else _link(row)

    def list_links(self, entrant: str | None = None) -> list[Link]:
        with self.schema.reading() as db:
            if entrant is None:
                rows = db.execute(_EVERY_LINK).fetchall()
            else:
                rows = db.execute(_LINKS_OF, (entrant.encode(),)).fetchall()
        return [_link(row) for row in rows]

    def revoke_link(self, link_id: str, at: int) -> bool:
        with self.schema.writing() as db:
            known = db.execute("SELECT entrant FROM links WHERE id = %s", (link_id,)).fetchone()
            if known is not None:
                db.execute(_REVOKE_LINK, (at, known[0], link_id, link_id))
        return known is not None

    def list_keys(self) -> list[Key]:
        with self.schema.reading() as db:
            return _list_keys(db)

    def revoke(self, key_id: str, at: int) -> bool:
        with self._changing() as change:
            known = change.db.execute("SELECT 1 FROM keys WHERE id = %s", (key_id,)).fetchone()
            if known is not None:
                change.make(_REVOKE, (at, key_id, key_id))
        return known is not None

    def erase_label(self, key_id: str) -> bool:
        with self._changing() as change:
            known = change.db.execute("SELECT 1 FROM keys WHERE id = %s", (key_id,)).fetchone()
            if change.make(_ERASE_LABEL, (key_id,)):
                self._mark_unclean(change.db)
        self._clean()
        return known is not None

    def _count_persons(self, db: Connection) -> None:
        self.schema.put_meta(db, "persons", (self.schema.find_meta(db, "persons") or 0) + 1)

    def _mark_unclean(self, db: Connection) -> None:
        """Remembered in the same transaction, so that an interrupted clean-up is taken up again.

        What is kept is the transaction: sessions with an older snapshot still need what it deleted.
        """
        (xid,) = db.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        self.schema.put_meta(db, "to_clean", xid)

    def _clean(self) -> None:
        """Write the tables anew without what was deleted; their old files are cut to nothing.

        A plain VACUUM would only mark the rows' bytes as free. The server's own write-ahead log and
        its backups are not ours to clean (docs/store.md).
        """
        with self.schema.alone() as db:
            xid = self.schema.find_meta(db, "to_clean")
            if not xid:
                return
            for table in ("persons", "texts", "keys"):
                db.execute(f"VACUUM (FULL) {table}")
            (held,) = db.execute(_OLD_SNAPSHOTS, (str(xid % 2**32),)).fetchone() or (0,)
            if not held:
                self.schema.put_meta(db, "to_clean", 0)
        if held:
            raise StoreError(
                f"The content is erased and shown nowhere, but the tables of {self.schema.name} may still hold"
                " its bytes: another session of this database has an old snapshot open.",
                "End that session and erase again; until then every clean-up tries again.",
            )

    def close(self) -> None:
        self.schema.close()


class _Change:
    """A transaction, and how many rows changed in it."""

    def __init__(self, db: Connection) -> None:
        self.db, self.count = db, 0

    def make(self, query: LiteralString, values: tuple[object, ...]) -> int:
        """Run one change; returns how many rows it concerned."""
        rows = self.db.execute(query, values).rowcount
        self.count += rows
        return rows


_person = msgspec.json.Decoder(Person)


def _list_keys(db: Connection) -> list[Key]:
    with readable("people"):
        return [key_of(row) for row in db.execute(_KEYS)]


def _link(row: tuple[Any, ...]) -> Link:
    with readable("people"):
        return link_of((*row[:2], bytes(row[2]).decode(), *row[3:]))
