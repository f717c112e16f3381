"""A process that appends to a log and dies at a chosen moment of its second commit, by its own hand.

It says on its standard output what it has acknowledged, and when its last COMMIT began.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from homestretch.facts import Flag, Read, Received, received
from homestretch.store.sqlite_log import SqliteLog

DAY = 1_777_800_000_000
READS = 400


def group(number: int) -> list[Received]:
    """Reads, and a fact of another kind: all tables and indexes are written."""
    at = DAY + 100_000 * number
    reads: list[Received] = [
        received(Read(seen_at=at + n, chip=f"{number}A{n:04}", place="finish"), "mat", at, n)
        for n in range(READS)
    ]
    return [*reads, received(Flag(seen_at=at, state="hold"), "control", at)]


def die() -> None:
    """As ``kill -9`` does it: nothing of this process runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_a_write_after(path: Path, more_bytes: int) -> None:
    """Let the system end this process in the middle of the write that makes a file longer than that."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(
        signal.SIGXFSZ, signal.SIG_DFL
    )  # Python ignores it, and the write would only fail
    longest = path.stat().st_size + more_bytes
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))


def main(path: Path, moment: str) -> None:
    """Append two groups; ``moment`` is when to die, or a number of bytes that may still be written."""
    log = SqliteLog(path)
    log.append(group(0))
    say("acknowledged 0")

    def on_statement(statement: str) -> None:
        if statement == "COMMIT":
            say("COMMIT")
            if moment == "before":
                die()

    with log.file.alone() as db:
        db.set_trace_callback(on_statement)
    if moment.isdecimal():
        die_in_a_write_after(path.with_name(f"{path.name}-wal"), int(moment))
    log.append(group(1))
    if moment == "after":
        die()
    say("acknowledged 1")
    say(f"{path.with_name(f'{path.name}-wal').stat().st_size}")
    die()


def say(words: str) -> None:
    """Through no buffer: it is there whatever happens next."""
    os.write(1, words.encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
