"""What PostgreSQL reports, in words that say what to do; a password is never among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from homestretch.errors import FactError, MissingExtra, StoreError

if TYPE_CHECKING:
    import psycopg

_SAID: dict[str, tuple[str, str]] = {
    "53100": (
        "The disk of the PostgreSQL server is full.",
        "Free space there; devices that got no answer send their reads again.",
    ),
    "55P03": (
        "Another session holds a lock on the event's tables.",
        "End that session (pg_stat_activity shows it), then try again.",
    ),
    "42501": (
        "The PostgreSQL user lacks a right.",
        "Grant it CREATE on the database, or make the schema for it beforehand (docs/store.md).",
    ),
    "25006": (
        "The PostgreSQL server takes no writes: it is a standby.",
        "Name the primary server in the address.",
    ),
    "22003": ("", ""),
}


@contextmanager
def said(schema: str) -> Iterator[None]:
    """Raises StoreError, with what to do, for every error of the server or the way to it."""
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtra("psycopg", "postgres", "Keeping an event in PostgreSQL") from error
    try:
        yield
    except psycopg.errors.NumericValueOutOfRange as error:
        raise FactError(
            f"A fact does not fit into the log, nothing of its group was taken: {error}.",
            "Readers refuse numbers beyond 64 bits, one record at a time.",
        ) from error
    except psycopg.ProgrammingError as error:
        if error.sqlstate is not None:
            raise _say(schema, error) from error
        # libpq quotes an address that it cannot read, and that may contain a password.
        raise StoreError(
            "The address of the PostgreSQL server cannot be read.",
            "Write it as postgresql://user@host:5432/database",
        ) from None
    except psycopg.Error as error:
        raise _say(schema, error) from error


def _say(schema: str, error: psycopg.Error) -> StoreError:
    what, hint = _SAID.get(error.sqlstate or "", ("", ""))
    if not what:
        what = f"The schema {schema} on the PostgreSQL server cannot be used."
        hint = (
            "See that the server runs, and that the address, the user and the database are right."
        )
    return StoreError(f"{what} ({str(error).strip()})", hint)
