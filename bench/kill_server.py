"""``kill -9`` of keeper, front and supervisor while devices send: what was acknowledged is there, once.

Two devices send made-up reads as bytes through their doors. The one of the JSON door writes down, in this
process and outside of the server, which numbers were answered; it sends a batch until it is answered, and
now and then an answered one again. The JChip device is never answered: it remembers its last lines and
sends them all again after a broken connection. A kill comes within some milliseconds of a batch, so
that a good part of them falls into the commit; the log is then read without the server.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import tempfile
import threading
import time
from collections import Counter, deque
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.figure import Figure, at_least, at_most, told
from bench.served import (
    HOST,
    Prepared,
    Server,
    free_port,
    get_json,
    make_key,
    prepare,
)
from homestretch.rehearsal.lines import jchip_clock, jchip_name
from homestretch.rehearsal.schedule import DATE, midnight_at
from homestretch.store.sqlite_log import SqliteLog

LABEL, DEVICE = "KILL", "KILL-1"
TARGETS = ("keeper", "front", "keeper", "front", "both", "supervisor")
LATEST_KILL_S = 0.025
SIZES = (1, 5, 50, 200)
PAUSE_S = 0.05
REMEMBERED = 5000
LINES, LINES_EVERY_S = 10, 0.01
RETRY_S = 0.02
BACK_S = 60.0
BEGIN_AT = midnight_at(DATE) + 8 * 3_600_000


class _Blow(NamedTuple):
    in_flight: bool
    resending: bool


class Killed(NamedTuple):
    """What the rounds found. ``in_flight``: kills while a batch was sent and not yet answered, and
    ``resending``: those of a batch that was sent again after it had been answered; ``forgotten``: JChip
    lines that are missing because the device no longer remembers them."""

    kills: int
    in_flight: int
    resending: int
    acknowledged: int
    lost: int
    twice: int
    refused: int
    remembered: int
    missing: int
    forgotten: int
    jchip_twice: int
    jchip_connections: int
    streams: int
    statuses: Counter[int]
    faults: tuple[str, ...]


def measure() -> list[Figure]:
    """200 rounds."""
    with tempfile.TemporaryDirectory() as folder:
        killed = kill_rounds(Path(folder), rounds=200, seed=1)
    name = "kill -9 of the server"
    return [
        told(f"{name}: kills", killed.kills, "kills"),
        at_least(20, f"{name}: kills while a batch was unanswered", killed.in_flight, "kills"),
        at_least(5, f"{name}: kills while a batch was sent again", killed.resending, "kills"),
        told(f"{name}: acknowledged over HTTP", killed.acknowledged, "reads"),
        at_most(0, f"{name}: acknowledged and lost", killed.lost, "reads"),
        at_most(0, f"{name}: there twice", killed.twice + killed.jchip_twice, "reads"),
        at_most(0, f"{name}: refused", killed.refused, "batches"),
        told(f"{name}: JChip connections", killed.jchip_connections, "connections"),
        told(f"{name}: JChip lines still remembered", killed.remembered, "lines"),
        at_most(0, f"{name}: remembered and missing", killed.missing, "lines"),
        told(f"{name}: forgotten by the device and missing", killed.forgotten, "lines"),
        at_most(0, f"{name}: tracebacks", len(killed.faults), "lines"),
    ]


def kill_rounds(folder: Path, rounds: int, seed: int) -> Killed:
    """Serve a made-up event, kill one of its processes ``rounds`` times, then compare."""
    prepared = prepare(folder / "event")
    key = make_key(prepared, "device", LABEL)
    server = Server(["run", str(prepared.folder)], free_port(), folder / "said.txt")
    server.start()
    server.wait_until_ready()
    chance = random.Random(seed)
    sender = _Sender(server.port, prepared.plan.event_id, key, random.Random(seed + 1))
    jchip = _JChip(prepared.jchip_port)
    watcher = _Watcher(server.port, prepared.plan.event_id)
    blows: list[_Blow] = []
    try:
        for device in (sender, jchip, watcher):
            device.start()
        for number in range(rounds):
            blows.append(_kill(server, sender, TARGETS[number % len(TARGETS)], chance))
            _wait_until_back(server, sender, jchip)
        watcher.expect_more()
    finally:
        for device in (sender, jchip, watcher):
            device.stopping.set()
        for device in (sender, jchip, watcher):
            device.join(BACK_S)
    seen = get_json(server.port, f"/{prepared.plan.event_id}.json")
    assert seen["counts"]["entered"] == 1000, seen["counts"]
    assert server.end() == 0, server.said()
    faults = tuple(line for line in server.said().splitlines() if "Traceback" in line)
    return _compare(prepared, blows, sender, jchip, watcher, faults)


def _kill(server: Server, sender: _Sender, target: str, chance: random.Random) -> _Blow:
    """Kill within some milliseconds after a batch was sent."""
    assert server.main is not None
    parts = ("keeper", "front") if target == "both" else (target,)
    pids = [server.main.pid if part == "supervisor" else server.find(part) for part in parts]
    sender.sent.clear()
    assert sender.sent.wait(BACK_S)
    answers, resending = sender.answers, sender.resending
    time.sleep(chance.uniform(0, LATEST_KILL_S))
    for pid in pids:
        assert pid is not None, server.said()
        os.kill(pid, signal.SIGKILL)
    unanswered = sender.answers == answers
    if target == "supervisor":
        server.main.wait()
        server.start()
    return _Blow(unanswered, unanswered and resending)


def _wait_until_back(server: Server, sender: _Sender, jchip: _JChip) -> None:
    """Until a batch that was sent after the kill has been answered, and the devices are connected."""
    sender.answered.clear()
    jchip.spoke.clear()
    if not (sender.answered.wait(BACK_S) and sender.sent.wait(BACK_S)):
        raise TimeoutError(server.said())
    sender.answered.clear()
    if not (sender.answered.wait(BACK_S) and jchip.spoke.wait(BACK_S)):
        raise TimeoutError(server.said())
    until = time.monotonic() + BACK_S
    while not (server.find("keeper") and server.find("front")):
        if time.monotonic() > until:
            raise TimeoutError(server.said())
        time.sleep(0.02)


class _Device(threading.Thread):
    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()


class _Sender(_Device):
    """A device of the JSON door. ``ledger`` is what was answered: ranges of its own numbers."""

    def __init__(self, port: int, event: str, key: str, chance: random.Random) -> None:
        super().__init__()
        self._port, self._event, self._key, self._chance = port, event, key, chance
        self._connection: http.client.HTTPConnection | None = None
        self.ledger: list[range] = []
        self.number = self.answers = 0
        self.resending = False
        self.statuses: Counter[int] = Counter()
        self.sent, self.answered = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            size = self._chance.choice(SIZES)
            time.sleep(self._chance.uniform(0, PAUSE_S))
            self._post(range(self.number, self.number + size))
            if self._chance.random() < 0.3:
                self._post(self._chance.choice(self.ledger), known=True)
        if self._connection is not None:
            self._connection.close()

    def _post(self, numbers: range, known: bool = False) -> None:
        """Send a batch until it is answered."""
        body = msgspec.json.encode({"items": [_item(number) for number in numbers]})
        self.resending = known
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = self._ask(body)
                self.statuses[status] += 1
                if status == 200:
                    self.answers += 1
                    if not known:
                        self.ledger.append(numbers)
                        self.number = numbers.stop
                    self.answered.set()
                    return
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            time.sleep(RETRY_S)

    def _ask(self, body: bytes) -> int:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self._port, timeout=15)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request("POST", f"/{self._event}/facts", body, headers)
        self.sent.set()
        with self._connection.getresponse() as answer:
            answer.read()
            return answer.status


class _JChip(_Device):
    """A device that remembers its last lines, and sends all of them again after a broken connection."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self.remembered: deque[bytes] = deque(maxlen=REMEMBERED)
        self.lines = 0
        self.connections = 0
        self.spoke = threading.Event()

    def run(self) -> None:
        done = False
        while not done:
            try:
                done = self._converse()
            except OSError:
                time.sleep(RETRY_S)

    def _converse(self) -> bool:
        with socket.create_connection((HOST, self._port), timeout=15) as line:
            line.sendall(jchip_name(DEVICE))
            _read_until(line, b"GT\r")
            line.sendall(jchip_clock(BEGIN_AT))
            _read_until(line, b"S0000\r")
            self.connections += 1
            line.sendall(b"".join(self.remembered))
            while not self.stopping.is_set():
                new = [_line(number) for number in range(self.lines, self.lines + LINES)]
                self.lines += LINES
                self.remembered.extend(new)
                line.sendall(b"".join(new))
                self.spoke.set()
                time.sleep(LINES_EVERY_S)
            line.shutdown(socket.SHUT_WR)
            while line.recv(100):  # the door closes once everything before the end is durable
                pass
        return True


class _Watcher(_Device):
    """Follows the home page's stream, and connects again whenever it breaks."""

    def __init__(self, port: int, event: str) -> None:
        super().__init__()
        self._port, self._event = port, event
        self.messages = threading.Semaphore(0)
        self.streams = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            connection = http.client.HTTPConnection(HOST, self._port, timeout=15)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("GET", f"/{self._event}/stream?board=home")
                answer = connection.getresponse()
                self.streams += answer.status == 200
                with answer:
                    self._follow(answer)
            connection.close()
            time.sleep(RETRY_S)

    def _follow(self, answer: http.client.HTTPResponse) -> None:
        while answer.status == 200 and not self.stopping.is_set():
            if not (line := answer.readline()):
                return
            if line.startswith(b"data:"):
                self.messages.release()

    def expect_more(self) -> None:
        """Return when a message has come that nobody waited for yet; TimeoutError when none does."""
        while self.messages.acquire(blocking=False):
            pass
        if not self.messages.acquire(timeout=BACK_S):
            raise TimeoutError("the stream of the home page has fallen silent")


def _read_until(line: socket.socket, end: bytes) -> None:
    heard = b""
    while not heard.endswith(end):
        more = line.recv(100)
        if not more:
            raise ConnectionError("the door closed the connection")
        heard += more


def _item(number: int) -> dict[str, object]:
    chip = f"{0x410000 + number % 997:06X}"
    return {
        "seq": number,
        "kind": "read",
        "seen_at": BEGIN_AT + 7 * number,
        "chip": chip,
        "place": "5K",
    }


def _line(number: int) -> bytes:
    """A read of its own: no two have chip and time in common."""
    at_s, ms = divmod(3 * number, 1000)
    clock = f"{8 + at_s // 3600:02}:{at_s // 60 % 60:02}:{at_s % 60:02}.{ms:03}000"
    chip = f"{0x41F000 + number % 991:06X}"
    return f"DA{chip} {clock} 10  {number % 0xFFFFF:05X}      C7 date={DATE:%Y%m%d}\r".encode()


def _compare(
    prepared: Prepared,
    blows: list[_Blow],
    sender: _Sender,
    jchip: _JChip,
    watcher: _Watcher,
    faults: tuple[str, ...],
) -> Killed:
    log = SqliteLog(prepared.folder / "facts.db")
    rows = log.read_since(0)
    log.close()
    source = {text: number for number, text in enumerate(rows.symbols)}
    reads = rows.reads
    numbers = Counter(reads["number"][reads["source"] == source[f"http:{LABEL}"]].tolist())
    acknowledged = [number for batch in sender.ledger for number in batch]
    lines = Counter(
        (rows.symbols[chip], seen_at)
        for chip, seen_at in reads[reads["source"] == source[f"jchip:{DEVICE}"]][
            ["chip", "seen_at"]
        ].tolist()
    )
    sent = [(f"{0x41F000 + n % 991:06X}", BEGIN_AT + 3 * n) for n in range(jchip.lines)]
    kept = sent[-len(jchip.remembered) :]
    return Killed(
        kills=len(blows),
        in_flight=sum(blow.in_flight for blow in blows),
        resending=sum(blow.resending for blow in blows),
        acknowledged=len(acknowledged),
        lost=sum(number not in numbers for number in acknowledged),
        twice=sum(count > 1 for count in numbers.values()),
        refused=sum(n for status, n in sender.statuses.items() if status not in (200, 503)),
        remembered=len(kept),
        missing=sum(line not in lines for line in kept),
        forgotten=sum(line not in lines for line in sent[: -len(kept)]),
        jchip_twice=sum(count > 1 for count in lines.values()) + len(lines.keys() - set(sent)),
        jchip_connections=jchip.connections,
        streams=watcher.streams,
        statuses=sender.statuses,
        faults=faults,
    )
