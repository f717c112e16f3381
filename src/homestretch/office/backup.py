"""One file with everything of an event's folder, made while the event runs; and the folder made from it again.

A backup is a zip: ``manifest.json`` (what is in it, with digests), the plan and whatever else lies in the folder,
and a copy of each database as of one moment. Facts are copied first: a text or a person that a fact points at is
then in the copy of the people, which is a little younger.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from homestretch.errors import HomestretchError, StoreError
from homestretch.herald.outbox import FILE as OUTBOX
from homestretch.store.opening import FACTS_FILE, PEOPLE_FILE
from homestretch.store.sqlite_errors import said
from homestretch.store.sqlite_log import SqliteLog
from homestretch.store.sqlite_people import SqlitePeople

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 4 * 2**20
MADE_AGAIN = frozenset({"results"})
"""Folders that a command writes anew."""
DATABASES = (FACTS_FILE, PEOPLE_FILE)
PIECE = 2**20


class Kept(msgspec.Struct, frozen=True):
    """A file of a backup: its path in the folder, its bytes, and their SHA-256 (hex)."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. ``last_seq`` is the position of the newest fact; ``made_at`` is UTC ms."""

    format: int
    version: str
    event: str
    made_at: int
    last_seq: int
    files: list[Kept]


def back_up(folder: Path, event_id: str, file: Path, *, version: str, made_at: int) -> Manifest:
    """Write a backup of the event in ``folder`` to ``file``, for its owner's eyes; it is there whole or not
    at all. HomestretchError when there is such a file, or it cannot be written."""
    if file.exists() or file.is_symlink():
        raise HomestretchError(f"{file} is there already.", "Name a file that is not there yet.")
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with (
            os.fdopen(handle, "w+b") as out,
            tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as beside,
        ):
            last_seq = _copy_databases(folder, Path(beside))
            found = [*_list_files(folder), *((name, Path(beside) / name) for name in DATABASES)]
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                kept = [_pack(archive, name, path) for name, path in found]
                manifest = Manifest(FORMAT, version, event_id, made_at, last_seq, kept)
                archive.writestr(MANIFEST, msgspec.json.encode(manifest))
            out.flush()
            os.fsync(out.fileno())
        os.link(fresh, file)  # unlike a rename it takes nobody's place
    except OSError as error:
        raise HomestretchError(
            f"{file} could not be written: {error.strerror}.", "Name a file on another disk."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def restore(file: Path, folder: Path) -> Manifest:
    """Make the folder of an event from a backup. HomestretchError when something is there, or the file is no
    backup or damaged; then nothing is written."""
    if folder.is_symlink() or (folder.exists() and (folder.is_file() or any(folder.iterdir()))):
        raise HomestretchError(
            f"{folder} is there already and not empty.", "Name a folder that is not there yet."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{folder.name}.", dir=folder.parent, ignore_cleanup_errors=True
    ) as beside:
        fresh = Path(beside) / "event"
        fresh.mkdir(mode=0o700)
        with _opened(file) as archive:
            manifest = _read_manifest(file, archive)
            for kept in manifest.files:
                _unpack(file, archive, kept, fresh)
        for name in DATABASES:
            _check_database(fresh / name)
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
        fresh.rename(folder)
    return manifest


def _copy_databases(folder: Path, to: Path) -> int:
    """Copies facts, then people; the position of the newest fact in the copy."""
    with contextlib.closing(SqliteLog(folder / FACTS_FILE)) as log:
        log.file.copy_to(to / FACTS_FILE)
    with contextlib.closing(SqlitePeople(folder / PEOPLE_FILE)) as people:
        people.file.copy_to(to / PEOPLE_FILE)
    with contextlib.closing(sqlite3.connect(to / FACTS_FILE)) as db:
        last: int = db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0]
    return last


def _list_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything in the folder but databases (how far others were told included: a copy of it while it is written
    would be torn), hidden files, links, and what a command writes anew."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if parts[0] in MADE_AGAIN or any(part.startswith(".") for part in parts):
            continue
        if path.is_symlink() or not path.is_file():
            continue
        if len(parts) == 1 and parts[0].startswith((*DATABASES, OUTBOX)):
            continue
        yield PurePosixPath(*parts).as_posix(), path


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> Kept:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as to:
        for piece in iter(lambda: source.read(PIECE), b""):
            digest.update(piece)
            size += len(piece)
            to.write(piece)
    return Kept(name, size, digest.hexdigest())


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever its reader stumbles over is told as damage."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except OSError as error:
        raise HomestretchError(
            f"{error.filename or file} cannot be used: {error.strerror}.",
            "See that the disk has room and that you may read and write there.",
        ) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, zlib.error) as error:
        raise _damaged(file) from error


def _read_manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        with archive.open(MANIFEST) as packed:
            manifest = msgspec.json.decode(packed.read(LARGEST_MANIFEST), type=Manifest)
    except (KeyError, msgspec.DecodeError, RuntimeError) as error:
        raise HomestretchError(
            f"{file} is no backup of an event.", "Make one with: homestretch backup DIR FILE"
        ) from error
    if manifest.format > FORMAT:
        raise HomestretchError(
            f"{file} was made by a later version of Homestretch ({manifest.version}).",
            "Install that version.",
        )
    names = [kept.path for kept in manifest.files]
    unsafe = any(
        not name or PurePosixPath(name).is_absolute() or ".." in name.split("/") or "\\" in name
        for name in names
    )
    if unsafe or not {*DATABASES} <= {*names} or len({*names}) < len(names):
        raise _damaged(file)
    return manifest


def _unpack(file: Path, archive: zipfile.ZipFile, kept: Kept, folder: Path) -> None:
    path = folder / kept.path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as to, archive.open(kept.path) as source:
            if _copy(source, to, kept.size) != kept.sha256:
                raise _damaged(file)
            to.flush()
            os.fsync(to.fileno())
    except (KeyError, RuntimeError) as error:
        raise _damaged(file) from error


def _copy(source: IO[bytes], to: IO[bytes], size: int) -> str:
    """Copies no more than ``size`` bytes and one; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    left = size + 1
    while left > 0 and (piece := source.read(min(PIECE, left))):
        digest.update(piece)
        to.write(piece)
        left -= len(piece)
    return digest.hexdigest() if left == 1 else ""


def _check_database(path: Path) -> None:
    """StoreError when a database is damaged; a whole one gets its write-ahead log, as the store wants it."""
    with said(path), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise StoreError(f"{path.name} is damaged in the backup.", "Restore another one.")
        db.execute("PRAGMA journal_mode=WAL")


def _damaged(file: Path) -> HomestretchError:
    return HomestretchError(f"{file} is damaged.", "Restore another backup; nothing was written.")
