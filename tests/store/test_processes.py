"""Several processes at one log, and processes that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bench.kill_writer import kill_rounds
from homestretch.errors import StoreError
from homestretch.facts import Read, Sighting, received
from homestretch.store import Appended
from homestretch.store.opening import open_store
from homestretch.store.postgres import schema_name
from homestretch.store.postgres_log import PostgresLog
from homestretch.store.sqlite_log import SqliteLog
from tests.patience import PATIENCE_S

DAY = 1_777_800_000_000
GROUPS, SIZE = 8, 25

# Two of these append to one log, each its own reads and a share that both send; symbols are new in
# every group, so each must learn what the other has added.
APPEND = f"""
import sys
from homestretch.errors import StoreError
from homestretch.facts import Read, received
from homestretch.store.opening import open_store
where, event, name = sys.argv[1:]
store = open_store(where, event)
sys.stdin.readline()
for group in range({GROUPS}):
    numbers = range(group * {SIZE}, (group + 1) * {SIZE})
    items = [
        received(Read(seen_at={DAY} + n, chip=f"{{who}}{{n}}", place=f"P{{n % 7}}"), who, {DAY}, n)
        for n in numbers for who in (name, "both")
    ]
    store.log.append(items)
store.close()
"""


@pytest.mark.parametrize("family", ["sqlite", "postgres"])
def test_two_processes_that_append_at_once_lose_and_repeat_nothing(
    family: str, tmp_path: Path, event_id: str, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path) if family == "sqlite" else request.getfixturevalue("postgres_dsn")
    store = open_store(where, event_id)
    command = [sys.executable, "-c", APPEND, where, event_id]
    writers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    pages: list[int] = []
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    seen = 0
    while any(writer.poll() is None for writer in writers) or store.log.last_seq() > seen:
        rows = store.log.read_since(seen)
        pages += rows.reads["seq"].tolist()
        seen = max(seen, rows.last_seq)
    assert [writer.wait() for writer in writers] == [0, 0]
    rows = store.log.read_since(0)
    read = [
        (rows.symbols[one["source"]], int(one["number"]), rows.symbols[one["chip"]])
        for one in rows.reads
    ]
    numbers = range(GROUPS * SIZE)
    assert sorted(read) == sorted((w, n, f"{w}{n}") for w in ("a", "b", "both") for n in numbers)
    assert pages == rows.reads["seq"].tolist()
    store.close()


def test_what_a_killed_writer_had_acknowledged_is_there_exactly_once(tmp_path: Path) -> None:
    killed = kill_rounds(tmp_path / "facts.db", rounds=3, seed=7)
    assert killed.acknowledged > 0
    assert (killed.lost, killed.twice, killed.torn) == (0, 0, 0)


def test_the_ledger_of_the_kill_test_sees_a_lost_read(tmp_path: Path) -> None:
    """The kill test could not fail if its own comparison were blind."""
    path = tmp_path / "facts.db"
    log = SqliteLog(path)
    with log.file.writing() as db:
        db.execute(
            "CREATE TRIGGER forget AFTER INSERT ON facts WHEN new.number % 10 = 3"
            " BEGIN DELETE FROM facts WHERE seq = new.seq; END"
        )
    log.close()
    killed = kill_rounds(path, rounds=2, seed=1)
    assert killed.lost > 0


def test_a_connection_that_was_lost_is_opened_again(postgres_dsn: str, event_id: str) -> None:
    log = PostgresLog(postgres_dsn, event_id)
    item = received(Read(seen_at=DAY, chip="C", place="P"), "mat", DAY, 1)
    log.append([item])
    assert log.last_seq() == 1
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'homestretch' AND pid <> pg_backend_pid()"
        )
    with pytest.raises(StoreError):
        log.append([item])
    with pytest.raises(StoreError):
        log.last_seq()
    assert log.append([item]) == Appended(0, 1, 0)
    assert log.last_seq() == 1
    log.close()


def test_followers_are_notified_once_for_each_commit(postgres_dsn: str, event_id: str) -> None:
    log = PostgresLog(postgres_dsn, event_id)
    with psycopg.connect(postgres_dsn, autocommit=True) as follower:
        follower.execute(f'LISTEN "{schema_name(event_id)}"')
        items = [
            received(Sighting(seen_at=DAY + n, bib="7", place="P"), "desk", DAY) for n in range(9)
        ]
        log.append(items[:5])
        log.append(items[:5])
        log.append(items[5:])
        heard = list(follower.notifies(timeout=PATIENCE_S, stop_after=2))
        assert len(heard) == 2
        assert list(follower.notifies(timeout=0)) == []
    log.close()
