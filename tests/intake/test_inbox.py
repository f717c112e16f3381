"""The inbox: what is dropped there while the event runs comes in, once, at the place that its name says."""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.served import Prepared, Server, free_port, make_key, prepare
from homestretch.intake.inbox import Inbox, find_place
from homestretch.store.sqlite_log import SqliteLog
from tests.browser.server import wait_for
from tests.patience import PATIENCE_S
from tests.state.days import a_day


def inbox_of(folder: Path) -> Inbox:
    (folder / "inbox").mkdir()
    return Inbox(folder, None, lambda: None, lambda *_: [], {})  # type: ignore[arg-type]  # it only looks


def test_a_file_is_taken_once_it_has_stopped_growing_and_again_when_it_has_grown(
    tmp_path: Path,
) -> None:
    inbox, file = inbox_of(tmp_path), tmp_path / "inbox" / "finish.txt"
    file.write_text("a")
    assert inbox.list_ready() == []
    file.write_text("ab")
    assert inbox.list_ready() == []
    assert inbox.list_ready() == [file]
    assert inbox.list_ready() == []
    file.write_text("abc")
    assert inbox.list_ready() == []
    assert inbox.list_ready() == [file]


def test_links_hidden_files_and_folders_of_folders_are_left_alone(tmp_path: Path) -> None:
    inbox = inbox_of(tmp_path)
    (tmp_path / "elsewhere.txt").write_text("x")
    (tmp_path / "inbox" / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (tmp_path / "inbox" / ".hidden").write_text("x")
    (tmp_path / "inbox" / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "inbox" / "deep" / "deeper" / "x.txt").write_text("x")
    os.mkfifo(tmp_path / "inbox" / "pipe")
    inbox.list_ready()
    assert inbox.list_ready() == []


def test_without_a_folder_there_is_nothing_to_see(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, None, lambda: None, lambda *_: [], {})  # type: ignore[arg-type]  # it only looks
    assert inbox.list_ready() == []


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("finish.txt", "finish"),
        ("FINISH-2.csv", "FINISH-2"),
        ("finish/backup of the box.txt", "finish"),
        ("10k/finish.txt", "10k"),
        ("late entries.csv", ""),
    ],
)
def test_the_place_is_that_of_the_folder_or_the_name(file: str, place: str) -> None:
    assert find_place(Path(file), a_day().event) == place


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    return prepare(tmp_path / "event", 150, 150)


@pytest.fixture
def server(prepared: Prepared, tmp_path: Path) -> Iterator[Server]:
    server = Server(["run", str(prepared.folder)], free_port(), tmp_path / "said.txt")
    server.start()
    server.wait_until_ready()
    yield server
    server.end()


def count_reads(folder: Path) -> int:
    with contextlib.closing(SqliteLog(folder / "facts.db")) as log:
        return len(log.read_since(0).reads)


def test_files_that_are_dropped_come_in_and_what_is_wrong_with_one_is_told_to_control(
    prepared: Prepared, server: Server
) -> None:
    inbox = prepared.folder / "inbox"
    inbox.mkdir()
    rows = "".join(f"A{n},2026-05-03 09:00:{n:02}.5\n" for n in range(20))
    (inbox / "finish.csv").write_text(f"chip,time\n{rows}")
    wait_for(lambda: count_reads(prepared.folder) == 20)
    (inbox / "finish.csv").write_text(f"chip,time\n{rows}A99,2026-05-03 09:10:00.5\n")
    wait_for(lambda: count_reads(prepared.folder) == 21)
    (inbox / "holiday.csv").write_bytes(b"\x00\x01\x02 not a file of reads")
    key = make_key(prepared, "control", "desk")
    address = f"/{prepared.plan.event_id}/devices.json"

    def troubles() -> list[list[object]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{address}", headers={"Authorization": f"Bearer {key}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                found: list[list[object]] = json.load(answer)["troubles"]
        except urllib.error.HTTPError:  # the pages learn of a new key within a second
            return []
        return found

    found = wait_for(troubles)
    assert found[0][0] == "inbox holiday.csv"
    assert "seems to be a binary file" in str(found[0][1])
