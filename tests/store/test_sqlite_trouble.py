"""What goes wrong with files: said in words with a hint, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from homestretch.errors import NewerStore, StoreError
from homestretch.facts import Read, Received, received
from homestretch.store import Appended
from homestretch.store.sqlite_log import SqliteLog
from homestretch.store.sqlite_people import SqlitePeople

DAY = 1_777_800_000_000
KINDS: list[Callable[[Path], SqliteLog | SqlitePeople]] = [SqliteLog, SqlitePeople]


def read(number: int) -> Received:
    return received(Read(seen_at=DAY + number, chip=f"C{number}", place="P"), "mat", DAY, number)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.db"


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_folder_is_said(tmp_path: Path, kind: Callable[[Path], object]) -> None:
    with pytest.raises(StoreError, match="no folder") as said:
        kind(tmp_path / "nowhere" / "facts.db")
    assert "homestretch new" in said.value.hint


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"not a database at all", b"\0" * 5000, os.urandom(9000)])
def test_a_file_that_is_not_sqlite_is_said_and_left_as_it_is(
    path: Path, kind: Callable[[Path], object], content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a SQLite file") as said:
        kind(path)
    assert said.value.hint
    assert path.read_bytes() == content


def test_somebody_elses_database_is_said_and_left_as_it_is(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE holidays(place TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="does not hold the facts"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_facts_and_people_are_not_taken_for_each_other(path: Path) -> None:
    SqliteLog(path).close()
    with pytest.raises(StoreError, match="does not hold the people"):
        SqlitePeople(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_a_later_version_is_said(path: Path, kind: Callable[[Path], SqliteLog]) -> None:
    kind(path).close()
    later = sqlite3.connect(path)
    later.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    later.commit()
    later.close()
    with pytest.raises(NewerStore, match="later version"):
        kind(path)


def test_a_kind_of_fact_from_a_later_version_is_said(path: Path) -> None:
    log = SqliteLog(path)
    log.append([read(1)])
    with log.file.writing() as db:
        db.execute(
            "INSERT INTO facts(kind, source, number, digest, seen_at, received_at, body)"
            " VALUES (99, 0, 1, 1, 1, 1, ?)",
            (b'{"kind":"flown","seen_at":1}',),
        )
    with pytest.raises(NewerStore, match="does not know"):
        log.read_since(0)
    with pytest.raises(NewerStore):
        log.get(2)
    log.close()


def test_a_damaged_row_is_said(path: Path) -> None:
    log = SqliteLog(path)
    log.append([read(1)])
    with log.file.writing() as db:
        db.execute(
            "INSERT INTO facts(kind, source, number, digest, seen_at, received_at, body)"
            " VALUES (2, 0, 1, 1, 1, 1, ?)",
            (b"{half a bo",),
        )
    with pytest.raises(StoreError, match="cannot be read"):
        log.read_since(0)
    log.close()


def test_a_damaged_file_is_said(path: Path) -> None:
    log = SqliteLog(path)
    log.append([read(n) for n in range(5000)])
    log.close()
    pages = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(pages), 4096):
        pages[at : at + 100] = b"\xff" * 100
    path.write_bytes(pages)
    damaged = SqliteLog(path)
    with pytest.raises(StoreError, match="damaged") as said:
        damaged.read_since(0)
    assert "docs/store.md" in said.value.hint
    damaged.close()


def test_a_file_locked_by_another_program_is_said_and_works_again_afterwards(path: Path) -> None:
    log = SqliteLog(path)
    log.file.set_wait(0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program") as said:
        log.append([read(1)])
    assert said.value.hint
    assert log.last_seq() == 0
    other.execute("ROLLBACK")
    assert log.append([read(1)]) == Appended(1, 0, 0)
    other.close()
    log.close()


def test_a_writer_that_keeps_its_turn_too_long_is_said(path: Path) -> None:
    one, two = SqliteLog(path), SqliteLog(path)
    two.file.set_wait(0.05)
    with one.file.writing(), pytest.raises(StoreError, match="locked"):
        two.append([read(1)])
    assert two.append([read(1)]) == Appended(1, 0, 0)
    one.close()
    two.close()


def test_a_full_disk_is_said_and_what_was_acknowledged_stays(path: Path) -> None:
    log = SqliteLog(path)
    log.append([read(1)])
    with log.file.alone() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreError, match="disk is full") as said:
        log.append([read(n) for n in range(2, 3000)])
    assert "send their reads again" in said.value.hint
    assert log.last_seq() == 1
    with log.file.alone() as db:
        db.execute("PRAGMA max_page_count=100000")
    assert log.append([read(n) for n in range(1, 3000)]) == Appended(2998, 1, 0)
    rows = log.read_since(0)
    chips = {rows.symbols[chip] for chip in rows.reads["chip"]}
    assert chips == {f"C{n}" for n in range(1, 3000)}
    log.close()


def test_a_file_that_was_moved_away_takes_nothing_more(path: Path) -> None:
    log = SqliteLog(path)
    log.append([read(1)])
    path.rename(path.with_name("elsewhere.db"))
    with pytest.raises(StoreError, match="moved, replaced or deleted"):
        log.append([read(2)])
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="moved, replaced or deleted"):
        log.append([read(2)])
    log.close()


READ_ONLY = """
import os, sys
from pathlib import Path
from homestretch.errors import StoreError
from homestretch.store.sqlite_log import SqliteLog
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    SqliteLog(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""


def test_a_folder_that_may_only_be_read_is_said(tmp_path: Path) -> None:
    """In a process without root's rights, to whom every folder is open."""
    folder = tmp_path / "event"
    folder.mkdir()
    SqliteLog(folder / "facts.db").close()
    folder.chmod(0o500)
    said = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder / "facts.db")], capture_output=True, text=True
    )
    folder.chmod(0o700)
    assert "facts.db" in said.stdout
    assert "Homestretch may write" in said.stdout
