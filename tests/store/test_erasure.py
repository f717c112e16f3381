"""Law 7: what was erased is in no byte of the store's files."""

from __future__ import annotations

import random
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import psycopg
import pytest

from homestretch.errors import StoreError
from homestretch.race.entrant import Person
from homestretch.store import Text
from homestretch.store.keys import new_key
from homestretch.store.postgres_people import PostgresPeople
from homestretch.store.sqlite_people import SqlitePeople

DAY = 1_777_800_000_000
FIELDS = ("first", "last", "club", "town", "region", "country", "email", "phone")


def canary(entrant: int, field: str, life: int = 0) -> str:
    return f"canary-{field}-{entrant:04}-{life}-" + "x" * ((entrant * 7 + life) % 60)


def canary_person(entrant: int, life: int = 0) -> Person:
    fields = {field: canary(entrant, field, life) for field in FIELDS}
    return msgspec.convert({"entrant": str(entrant), **fields}, Person)


def mark(entrant: int) -> bytes:
    return f"-{entrant:04}-".encode()


# Closing a file that SQLite has open in the same process drops SQLite's locks, so another one looks.
LOOK = """
import pathlib, sys
folder, *marks = sys.argv[1:]
held = b"".join(p.read_bytes() for p in sorted(pathlib.Path(folder).rglob("*")) if p.is_file())
print(*(mark for mark in marks if mark.encode() in held), sep="\\n")
"""


def look_for(folder: Path, marks: list[str]) -> list[str]:
    """Which of the marks stand anywhere in the bytes of any file below the folder."""
    found = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder), *marks],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split()


def test_a_look_at_the_files_finds_who_was_not_erased(tmp_path: Path) -> None:
    people = SqlitePeople(tmp_path / "people.db")
    people.put_persons([canary_person(1), canary_person(2)])
    marks = [canary(entrant, field) for entrant in (1, 2) for field in FIELDS]
    assert look_for(tmp_path, marks) == marks
    people.erase("1")
    assert look_for(tmp_path, marks) == marks[len(FIELDS) :]
    people.close()


def list_repeated(file: Path) -> list[int]:
    """Entrants of whom the file holds more than one copy: SQLite left one behind when it moved rows."""
    copies = Counter(re.findall(rb"canary-first-(\d{4})-", file.read_bytes()))
    return [int(entrant) for entrant, count in copies.items() if count > 1]


@pytest.mark.parametrize("seed", range(2))
def test_nothing_of_the_erased_stays_where_sqlite_moved_rows_about(
    tmp_path: Path, seed: int
) -> None:
    """Inserted in any order, changed and grown: pages are split and balanced, copies stay behind.

    ``secure_delete`` alone leaves these copies; without the VACUUM of an erasure this test fails.
    """
    chance = random.Random(seed)
    everybody = list(range(1000))
    chance.shuffle(everybody)
    people = SqlitePeople(tmp_path / "people.db")
    people.put_persons(map(canary_person, everybody))
    for life in range(1, 6):
        people.put_persons([canary_person(n, life) for n in chance.sample(everybody, 200)])
    people.close()
    gone = list_repeated(tmp_path / "people.db")[:10] + everybody[:3]
    people = SqlitePeople(tmp_path / "people.db")
    for entrant in gone:
        assert people.erase(str(entrant))
    assert look_for(tmp_path, [mark(entrant).decode() for entrant in gone]) == []
    people.close()
    assert look_for(tmp_path, [mark(entrant).decode() for entrant in gone]) == []
    assert len(SqlitePeople(tmp_path / "people.db").list_persons()) == 1000 - len(set(gone))


def test_nothing_of_erased_and_expired_texts_sessions_and_labels_stays(tmp_path: Path) -> None:
    people = SqlitePeople(tmp_path / "people.db")
    people.put_texts(
        [
            Text("a", b"canary-short-text", DAY + 99),
            Text("b", b"canary-long-text" * 5000, DAY + 99),
            Text("c", b"canary-expiring-text" * 30, DAY + 1),
            Text("d", b"canary-kept-text", DAY + 99),
        ]
    )
    session, _ = new_key(
        "desk", created_at=DAY, expires_at=DAY + 1, label="canary-session", parent="key"
    )
    people.put_key(session)
    key, _ = new_key("desk", created_at=DAY, expires_at=DAY + 9, label="canary-label")
    people.put_key(key)
    assert people.erase_label(key.id)
    people.erase_text("a")
    people.erase_text("b")
    assert people.drop_expired(DAY + 1) == 2
    marks = ["canary-short", "canary-long", "canary-expiring", "canary-session", "canary-label"]
    marks += ["canary-kept"]
    assert look_for(tmp_path, marks) == ["canary-kept"]
    people.close()


def test_a_reader_in_the_way_is_said_and_the_next_clean_up_finishes(tmp_path: Path) -> None:
    people = SqlitePeople(tmp_path / "people.db")
    people.file.set_wait(0.05)
    people.put_persons([canary_person(1), canary_person(2)])
    reader = sqlite3.connect(tmp_path / "people.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM persons").fetchall()
    with pytest.raises(StoreError, match="another program is reading") as said:
        people.erase("1")
    assert said.value.hint
    assert [person.entrant for person in people.list_persons()] == ["2"]
    reader.execute("COMMIT")
    assert people.drop_expired(0) == 0
    assert look_for(tmp_path, [mark(1).decode(), mark(2).decode()]) == [mark(2).decode()]
    reader.close()
    people.close()


def test_a_clean_up_that_was_cut_off_is_taken_up_after_the_restart(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    people = SqlitePeople(path)
    people.file.set_wait(0.05)
    people.put_persons([canary_person(1)])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM persons").fetchall()
    with pytest.raises(StoreError):
        people.erase("1")
    people.close()
    reader.close()
    again = SqlitePeople(path)
    again.drop_expired(0)
    assert look_for(tmp_path, [mark(1).decode()]) == []
    again.close()


def test_only_the_owner_may_look_into_the_people_file(tmp_path: Path) -> None:
    people = SqlitePeople(tmp_path / "people.db")
    people.put_persons([canary_person(1)])
    modes = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0}, modes
    people.close()


def test_the_tables_of_postgresql_do_not_hold_the_erased(
    own_postgres: tuple[str, Path], event_id: str
) -> None:
    dsn, folder = own_postgres
    people = PostgresPeople(dsn, event_id)
    people.put_persons(map(canary_person, range(300)))
    people.put_persons([canary_person(entrant, life=1) for entrant in range(0, 300, 3)])
    # PostgreSQL would compress a text that repeats itself, and the look could not find it.
    noise = random.Random(1).randbytes(3000)
    people.put_text("t", noise + b"canary-erased-text" + noise[::-1], DAY)
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("ANALYZE")
        db.execute("CHECKPOINT")
    gone = [mark(entrant).decode() for entrant in range(0, 300, 50)] + ["canary-erased-text"]
    assert look_for(folder / "base", gone) == gone
    for entrant in range(0, 300, 50):
        assert people.erase(str(entrant))
    people.erase_text("t")
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("ANALYZE")
        db.execute("CHECKPOINT")
    assert look_for(folder / "base", gone) == []
    assert look_for(folder / "base", [mark(299).decode()]) == [mark(299).decode()]
    people.close()


def test_an_old_snapshot_in_postgresql_is_said_and_the_next_clean_up_finishes(
    postgres_dsn: str, event_id: str
) -> None:
    people = PostgresPeople(postgres_dsn, event_id)
    people.put_persons([canary_person(1), canary_person(2)])
    with psycopg.connect(postgres_dsn) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        with pytest.raises(StoreError, match="old snapshot"):
            people.erase("1")
        assert [person.entrant for person in people.list_persons()] == ["2"]
    assert people.erase("1")
    people.close()
