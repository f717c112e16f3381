"""``kill -9`` of a process that appends: whatever it had acknowledged is in the log exactly once.

The ledger of acknowledgements is kept by the process that kills, from what the writer said through a
pipe after each append; the next writer first sends the unacknowledged group again, as a device does.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure, at_least, at_most, told
from homestretch.facts import Read, Received, received
from homestretch.store.sqlite_log import SqliteLog

DAY = 1_777_800_000_000
SIZES = (1, 7, 100, 1_000)
LONGEST_LIFE_S = 0.25


class Killed(NamedTuple):
    """What the rounds found: reads that were acknowledged, of these lost, and reads that stand twice."""

    rounds: int
    acknowledged: int
    lost: int
    twice: int
    torn: int
    """groups of which the log has a part only"""


def measure() -> list[Figure]:
    """200 rounds."""
    with tempfile.TemporaryDirectory() as folder:
        killed = kill_rounds(Path(folder) / "facts.db", rounds=200, seed=1)
    return [
        told("kill -9 of a writer: rounds", killed.rounds, "kills"),
        at_least(1, "kill -9 of a writer: acknowledged", killed.acknowledged, "reads"),
        at_most(0, "kill -9 of a writer: acknowledged and lost", killed.lost, "reads"),
        at_most(0, "kill -9 of a writer: there twice", killed.twice, "reads"),
        at_most(0, "kill -9 of a writer: groups torn", killed.torn, "groups"),
    ]


def kill_rounds(path: Path, rounds: int, seed: int) -> Killed:
    """Start a writer, kill it at a random moment of its work, ``rounds`` times; then read the log."""
    chance = random.Random(seed)
    ledger: list[range] = []
    first = 0
    for _ in range(rounds):
        size = chance.choice(SIZES)
        lives_s = chance.uniform(0, LONGEST_LIFE_S)
        acknowledged = _write_and_kill(path, first, size, lives_s)
        ledger += [range(at, at + size) for at in range(first, acknowledged, size)]
        first = acknowledged
    return _compare(path, rounds, ledger)


def _write_and_kill(path: Path, first: int, size: int, lives_s: float) -> int:
    """Returns the first number that the writer did not acknowledge."""
    command = [sys.executable, "-m", "bench.kill_writer", str(path), str(first), str(size)]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()  # "ready": its life counts from here
        time.sleep(lives_s)
        writer.send_signal(signal.SIGKILL)
        said = [line for line in writer.stdout.read().splitlines(keepends=True) if line[-1] == "\n"]
    return int(said[-1]) if said else first


def _compare(path: Path, rounds: int, ledger: list[range]) -> Killed:
    log = SqliteLog(path)
    rows = log.read_since(0)
    log.close()
    found = Counter(rows.reads["number"].tolist())
    lost = sum(number not in found for group in ledger for number in group)
    torn = sum(0 < sum(number in found for number in group) < len(group) for group in ledger)
    acknowledged = sum(map(len, ledger))
    return Killed(rounds, acknowledged, lost, sum(count > 1 for count in found.values()), torn)


def write(path: Path, first: int, size: int) -> None:
    """Append groups of reads from number ``first`` on, and say the next number after each append."""
    log = SqliteLog(path)
    print("ready", flush=True)
    while True:
        log.append([_read(number) for number in range(first, first + size)])
        first += size
        print(first, flush=True)


def _read(number: int) -> Received:
    fact = Read(seen_at=DAY + 10 * number, chip=f"{number % 40_000:05X}", place="FINISH-1")
    return received(fact, "jchip:FINISH-1", DAY + 10 * number + 300, number)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
