"""What is said while a rehearsal runs is said at the rehearsal's time, and its clock does not outlive it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from homestretch.app import moment_in, wall_now
from homestretch.cli import main
from homestretch.facts import Entered, Flag
from homestretch.race.clock import EventClock
from homestretch.rehearsal.schedule import DATE, midnight_at
from homestretch.server.held_clock import CLOCK_FILE, telling
from homestretch.server.listening import is_served, only_server_of
from homestretch.store import Logged
from homestretch.store.opening import open_store
from tests.cli.serving import Serving, fetch, serving
from tests.patience import PATIENCE_S

HOUR_MS = 3_600_000
FIVE = midnight_at(DATE) + 17 * HOUR_MS
SMALL = ("--marathon", "120", "--half", "120", "--speed", "1", "--port", "0")
DAY = EventClock(anchor_wall_at=10_000, anchor_event_at=FIVE, speed=60.0)


def list_others(folder: Path) -> list[Logged]:
    with contextlib.closing(open_store(folder, "three-rivers")) as store:
        return store.log.read_since(0).others


def flags(folder: Path) -> list[Logged]:
    found = [row for row in list_others(folder) if isinstance(row.fact, Flag)]
    return [row for row in found if row.id.source == "command-line"]


def tell(*words: str | Path) -> None:
    """A command beside the server; this process is another one than its own."""
    done = CliRunner().invoke(main, list(map(str, words)))
    assert done.exit_code == 0, done.stderr


def say_hold(folder: Path) -> None:
    tell("say", folder, "flag", "state=hold", "text=Wait where you are.")


def wait_for(look: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not look():
        assert time.monotonic() < until, look
        time.sleep(0.1)


def get_home(server: Serving) -> Callable[[], dict[str, Any]]:
    address = server.wait_for(r"^  (http://\S+)$")[1]
    return lambda: dict(json.loads(fetch(f"{address}.json")))


def rehearsal_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} & {CLOCK_FILE, ".clock.new", ".devices.json"}


def test_a_flag_said_while_a_demo_runs_holds_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with serving("demo", "--at", "17:00", *SMALL, "--folder", folder) as server:
        home = get_home(server)
        assert home()["frame"]["banners"] == []
        say_hold(folder)
        wait_for(lambda: home()["frame"]["banners"])
        (banner,) = home()["frame"]["banners"]
        assert (banner["state"], banner["instruction"]) == ("hold", "Wait where you are.")
        (row,) = flags(folder)
        assert FIVE <= row.fact.seen_at <= FIVE + HOUR_MS
        assert FIVE <= row.received_at <= FIVE + HOUR_MS
        late = tmp_path / "late.csv"
        late.write_text("bib,first,last,race\n9901,Wen,Slowater,marathon\n")
        tell("import", folder, late)
        (entered,) = [
            row.fact
            for row in list_others(folder)
            if isinstance(row.fact, Entered) and row.fact.bib == "9901"
        ]
        assert FIVE <= entered.seen_at <= FIVE + HOUR_MS
        assert server.end() == 0
    assert rehearsal_files(folder) == set()
    before = wall_now()
    say_hold(folder)
    assert flags(folder)[-1].fact.seen_at >= before


def test_the_clock_of_a_demo_that_was_killed_holds_for_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with serving("demo", "--at", "17:00", *SMALL, "--folder", folder) as server:
        get_home(server)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
    wait_for(lambda: not is_served(folder))
    assert CLOCK_FILE in rehearsal_files(folder)
    before = wall_now()
    assert moment_in(folder).event_at >= before
    with serving("run", folder, "--port", "0") as server:
        server.wait_for(r"Three Rivers \w+: http")
        assert CLOCK_FILE not in rehearsal_files(folder)
        say_hold(folder)
        assert flags(folder)[-1].fact.seen_at >= before
        assert server.end() == 0


def test_a_clock_that_stands_is_told_as_standing_and_then_as_going(tmp_path: Path) -> None:
    for goes in (False, True):
        with only_server_of(tmp_path), telling(tmp_path, DAY, goes):
            now = moment_in(tmp_path)
            going = DAY.event_at(now.wall_at)
            assert now.event_at == (going if goes else FIVE)
    assert rehearsal_files(tmp_path) == set()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"clock": 1, "goes": true}'])
def test_a_clock_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CLOCK_FILE).write_bytes(content)
    with only_server_of(tmp_path):
        now = moment_in(tmp_path)
        assert now.event_at == now.wall_at


def test_a_folder_is_served_as_long_as_its_lock_is_held(tmp_path: Path) -> None:
    assert not is_served(tmp_path)
    with only_server_of(tmp_path):
        assert is_served(tmp_path)
    assert not is_served(tmp_path)
