"""What SQLite and the file system report, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from homestretch.errors import StoreError

_DAMAGED = "Stop the event, copy the whole folder, and follow docs/store.md: what to do with a damaged file."
_SAID: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: (
        "The disk is full: {} could not be written.",
        "Free space on that disk; devices that got no answer send their reads again.",
    ),
    sqlite3.SQLITE_BUSY: (
        "{} is locked by another program.",
        "Close the program that has it open (a database browser, a backup), then try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "{} may only be read.",
        "Give the user that runs Homestretch the right to write the file and its folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{} cannot be opened.",
        "See that it is a file in a folder that the user who runs Homestretch may write.",
    ),
    sqlite3.SQLITE_CORRUPT: ("{} is damaged.", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("{} is not a SQLite file, or its beginning is damaged.", _DAMAGED),
    sqlite3.SQLITE_IOERR: (
        "The disk reported an error at {}.",
        "Look at the machine's log; move the folder to another disk if it happens again.",
    ),
}


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Raises StoreError, with what to do, for every error of SQLite or the file system."""
    try:
        yield
    except sqlite3.Error as error:
        raise _say(path, error) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be used: {error.strerror}.",
            "See that its folder exists and that the user who runs Homestretch may write it.",
        ) from error


def _say(path: Path, error: sqlite3.Error) -> StoreError:
    what, hint = _SAID.get(_code(error), ("{} cannot be used.", ""))
    return StoreError(f"{what.format(path)} ({error})", hint)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; errors that the Python module raises itself have none."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return sqlite3.SQLITE_BUSY if "locked" in str(error) else sqlite3.SQLITE_ERROR
    return int(code) & 0xFF
