"""A process that is killed before, inside and after the COMMIT of a group: what it acknowledged is there
exactly once, the group wholly or not at all, and sending it again completes it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from homestretch.facts import FactId
from homestretch.store import Appended
from homestretch.store.sqlite_log import SqliteLog
from tests.kill.committing import group
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
FRAME = 24 + 4096
"""Bytes of a page in the write-ahead log."""


class Died(NamedTuple):
    """How a process ended: by which signal, what it had said, bytes in the write-ahead log."""

    by: int
    said: list[str]
    log_bytes: int


def commit_and_die(path: Path, moment: str) -> Died:
    command = [sys.executable, "-m", "tests.kill.committing", str(path), moment]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=False
    )
    assert done.stderr == ""
    written = path.with_name(f"{path.name}-wal").stat().st_size
    return Died(-done.returncode, done.stdout.splitlines(), written)


def held(path: Path) -> Counter[FactId]:
    """How often each fact stands in the log."""
    log = SqliteLog(path)
    rows = log.read_since(0)
    log.close()
    found = Counter(row.id for row in rows.others)
    for read in rows.reads:
        source = rows.symbols[read["source"]]
        found[FactId(source, int(read["number"]), int(read["digest"]))] += 1
    return found


def send_again(path: Path) -> Appended:
    """What a device does that was not answered."""
    log = SqliteLog(path)
    appended = log.append(group(1))
    log.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return appended


ONCE = [Counter(item.id for item in group(number)) for number in (0, 1)]


@pytest.fixture(scope="module")
def growth(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many bytes the second COMMIT writes; they are the same each time."""
    folder = tmp_path_factory.mktemp("measured")
    before = commit_and_die(folder / "before.db", "before").log_bytes
    whole = commit_and_die(folder / "whole.db", "never")
    assert whole.said[-2:] == ["acknowledged 1", str(whole.log_bytes)]
    assert whole.log_bytes - before > 3 * FRAME
    return whole.log_bytes - before


def test_a_kill_as_the_commit_begins_takes_the_whole_group_and_nothing_else(tmp_path: Path) -> None:
    died = commit_and_die(tmp_path / "facts.db", "before")
    assert (died.by, died.said) == (signal.SIGKILL, ["acknowledged 0", "COMMIT"])
    assert held(tmp_path / "facts.db") == ONCE[0]
    assert send_again(tmp_path / "facts.db") == Appended(len(group(1)), 0, 0)
    assert held(tmp_path / "facts.db") == ONCE[0] + ONCE[1]


@pytest.mark.parametrize(
    "share", ["nothing", "a byte", "half a page", "a page", "half", "all but a byte"]
)
def test_a_kill_in_the_middle_of_the_commits_writes_takes_the_whole_group_and_nothing_else(
    tmp_path: Path, growth: int, share: str
) -> None:
    """The system ends the process inside the write that is one byte too long for it."""
    allowed = {
        "nothing": 0,
        "a byte": 1,
        "half a page": FRAME // 2,
        "a page": FRAME,
        "half": growth // 2,
        "all but a byte": growth - 1,
    }[share]
    path = tmp_path / "facts.db"
    before = commit_and_die(tmp_path / "before.db", "before").log_bytes
    died = commit_and_die(path, str(allowed))
    assert (died.by, died.said) == (signal.SIGXFSZ, ["acknowledged 0", "COMMIT"])
    assert died.log_bytes == before + allowed
    assert held(path) == ONCE[0]
    assert send_again(path) == Appended(len(group(1)), 0, 0)
    assert held(path) == ONCE[0] + ONCE[1]


def test_a_commit_that_may_write_all_it_wants_is_not_killed(tmp_path: Path, growth: int) -> None:
    died = commit_and_die(tmp_path / "facts.db", str(growth))
    assert "acknowledged 1" in died.said


def test_a_kill_between_commit_and_acknowledgement_keeps_the_group_and_knows_it_again(
    tmp_path: Path,
) -> None:
    died = commit_and_die(tmp_path / "facts.db", "after")
    assert (died.by, died.said) == (signal.SIGKILL, ["acknowledged 0", "COMMIT"])
    assert held(tmp_path / "facts.db") == ONCE[0] + ONCE[1]
    assert send_again(tmp_path / "facts.db") == Appended(0, len(group(1)), 0)
    assert held(tmp_path / "facts.db") == ONCE[0] + ONCE[1]
