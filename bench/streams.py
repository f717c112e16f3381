"""What a live board costs for each of its followers: 5,000 of them at the board of a cheer station of the
made-up day, from other processes, beside a tutorial's implementation with the same message."""

from __future__ import annotations

import contextlib
import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure, at_least, at_most, told
from bench.served import HOST, Server, cpu_s, free_port, get, memory_mib, running
from homestretch.rehearsal.plan import plan

FOLLOWERS, CROWDS = 5000, 2
SECONDS = 30.0
QUIET_S = 10.0
BEGIN, SPEED = "11:40", "10"
FIELD = ("--marathon", "600", "--half", "400")
"""Small, so that the memory of Pictures does not drown that of the followers."""
STATION = "mile-25"
ROOT = Path(__file__).resolve().parents[1]


class Heard(NamedTuple):
    """What a crowd tells: who still follows, all messages, the fewest that one has had."""

    following: int
    messages: int
    fewest: int


class Crowd:
    """Some processes of followers."""

    def __init__(self, port: int, path: str, many: int) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.stream_crowd", str(port), path, str(many // CROWDS)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _ in range(CROWDS)
        ]  # fmt: skip
        for process in self._processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def ask(self) -> Heard:
        """What all have heard by now."""
        said = []
        for process in self._processes:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n")
            process.stdin.flush()
            said.append([int(word) for word in process.stdout.readline().split()])
        following, messages, fewest = zip(*said, strict=True)
        return Heard(sum(following), sum(messages), min(fewest))

    def end(self) -> None:
        """They go."""
        for process in self._processes:
            process.kill()
            process.wait()


class Cost(NamedTuple):
    """CPU a delivery (us) and memory a client (KiB) beyond what is spent without the crowd, deliveries,
    updates a second, the share of a core in use, and the followers and messages that were lost."""

    us: float
    kib: float
    deliveries: int
    updates_per_s: float
    core: float
    dropped: int
    missed: int


def measure() -> list[Figure]:
    """Some two minutes."""
    with tempfile.TemporaryDirectory() as folder:
        ours, message = _ours(Path(folder))
        tutorial = _tutorial(Path(folder), message)
    return [
        at_most(15, "streams: CPU a delivery", ours.us, "us"),
        at_most(12, "streams: memory a client", ours.kib, "KiB"),
        at_most(0, "streams: followers dropped", ours.dropped, "of 5,000"),
        at_most(0, "streams: messages that a follower missed", ours.missed, "messages"),
        at_least(0.9, "streams: updates a second", ours.updates_per_s, "updates/s"),
        at_most(1, "streams: of a core, pages made and delivered", ours.core, "cores"),
        told("streams: size of a message", len(message), "bytes"),
        told("streams: deliveries", ours.deliveries, "messages"),
        told("streams: a tutorial's, CPU a delivery", tutorial.us, "us"),
        told("streams: a tutorial's, memory a client", tutorial.kib, "KiB"),
        told("streams: a tutorial's takes", tutorial.us / ours.us, "x as long"),
    ]


def _ours(folder: Path) -> tuple[Cost, bytes]:
    event = plan(1).event_id
    words = ["demo", "--folder", str(folder / "event"), "--at", BEGIN, "--speed", SPEED, *FIELD]
    server = Server(words, free_port(), folder / "said.txt")
    with running(server):
        pid = server.find("front") or 0
        status, page = get(server.port, f"/{event}/stations/{STATION}")
        found = re.search(rb'hx-sse:connect="([^"]+)"', page)
        assert status == 200, page[:500]
        assert found, page[:500]
        path = found[1].decode().replace("&amp;", "&")
        message = _first_message(server.port, path)
        _wait_until_quiet(pid)
        return _cost(server.port, path, pid), message


def _first_message(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    message = b""
    while not message.endswith(b"\n\n"):
        message += answer.read1()
    connection.close()
    return message


def _wait_until_quiet(pid: int) -> None:
    """Until what a start costs is over."""
    before = cpu_s(pid)
    while True:
        time.sleep(QUIET_S)
        spent, before = cpu_s(pid) - before, cpu_s(pid)
        if spent < QUIET_S / 2:
            return


def _tutorial(folder: Path, message: bytes) -> Cost:
    (folder / "message").write_bytes(message)
    port = free_port()
    words = ["-m", "bench.tutorial_streams", str(port), str(folder / "message")]
    server = subprocess.Popen([sys.executable, *words], cwd=ROOT)
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if get(port, "/healthz")[0] == 200:
                    break
            time.sleep(0.1)
        return _cost(port, "/stream", server.pid)
    finally:
        server.terminate()
        server.wait()


def _cost(port: int, path: str, pid: int) -> Cost:
    with _following(port, path, CROWDS):
        alone = cpu_s(pid)
        time.sleep(SECONDS)
        alone = cpu_s(pid) - alone
    first = memory_mib(pid)
    with _following(port, path, FOLLOWERS) as crowd:
        memory = memory_mib(pid) - first
        before, spent = crowd.ask(), cpu_s(pid)
        time.sleep(SECONDS)
        after, spent = crowd.ask(), cpu_s(pid) - spent
    deliveries = after.messages - before.messages
    updates = deliveries / FOLLOWERS
    # A follower who was between two chunks at the two moments may have one less than the others.
    missed = max(0, int(updates) - 1 - (after.fewest - before.fewest))
    return Cost(
        (spent - alone) / deliveries * 1e6,
        memory * 1024 / FOLLOWERS,
        deliveries,
        updates / SECONDS,
        spent / SECONDS,
        FOLLOWERS - after.following,
        missed,
    )


@contextlib.contextmanager
def _following(port: int, path: str, many: int) -> Iterator[Crowd]:
    crowd = Crowd(port, path, many)
    try:
        yield crowd
    finally:
        crowd.end()
