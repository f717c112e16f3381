"""Which store an event has: two files in its folder, or a schema on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from homestretch.store import Log, People

FACTS_FILE = "facts.db"
PEOPLE_FILE = "people.db"


class Store(NamedTuple):
    """The log and the people file of one event."""

    log: Log
    people: People

    def close(self) -> None:
        """Close both."""
        try:
            self.log.close()
        finally:
            self.people.close()


def open_store(where: str | Path, event_id: str) -> Store:
    """The store at ``where``: the event's folder, or ``postgresql://user@host/database``.

    Raises StoreError when it cannot be used, NewerStore when a later version wrote it, MissingExtra
    for PostgreSQL without psycopg.
    """
    if str(where).startswith(("postgresql://", "postgres://")):
        from homestretch.store.postgres_log import PostgresLog
        from homestretch.store.postgres_people import PostgresPeople

        log: Log = PostgresLog(str(where), event_id)
        try:
            return Store(log, PostgresPeople(str(where), event_id))
        except BaseException:
            log.close()
            raise
    from homestretch.store.sqlite_log import SqliteLog
    from homestretch.store.sqlite_people import SqlitePeople

    log = SqliteLog(Path(where) / FACTS_FILE)
    try:
        return Store(log, SqlitePeople(Path(where) / PEOPLE_FILE))
    except BaseException:
        log.close()
        raise
