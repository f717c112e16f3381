"""Turns at the pictures of an event, by real processes: one at a time, who waits goes first, a kill gives a turn back."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from homestretch.office.picture_turns import LOCK
from tests.browser.server import wait_for

TAKES_TURNS = """
import sys
from pathlib import Path
from homestretch.office.picture_turns import turns_in
turn = turns_in(Path(sys.argv[1]))
while True:
    print("wants", flush=True)
    with turn():
        print("has", flush=True)
        sys.stdin.readline()
"""


class Taker:
    """A process that takes turn after turn, each until it is told to go on."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKES_TURNS, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def hear(self) -> str:
        """The next word that it says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """As ``kill -9`` does it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Taker]]:
    with ExitStack() as held:

        def start() -> Taker:
            taker = Taker(tmp_path)
            held.callback(taker.kill)
            assert taker.hear() == "wants"
            return taker

        yield start


def somebody_waits(folder: Path) -> bool:
    """Whether the queue has somebody at its head."""
    with (folder / LOCK).open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1)
        except BlockingIOError:
            return True
    return False


def test_who_waits_goes_before_who_had_the_last_turn_and_a_kill_gives_it_back(
    start: Callable[[], Taker], tmp_path: Path
) -> None:
    first = start()
    assert first.hear() == "has"
    second = start()
    wait_for(lambda: somebody_waits(tmp_path))
    first.go_on()
    assert first.hear() == "wants"  # again, at once
    assert second.hear() == "has"
    wait_for(lambda: somebody_waits(tmp_path))
    second.kill()
    assert first.hear() == "has"
