"""Devices of a server that is killed again and again: what each sends, and what it may expect to be kept."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import threading
import time
from collections import Counter, deque
from typing import NamedTuple

import msgspec

from bench.served import HOST, is_stopped
from homestretch.rehearsal.lines import jchip_clock, jchip_name
from homestretch.rehearsal.schedule import DATE, midnight_at

DEVICE = "KILL-1"
SIZES = (1, 5, 50, 200)
PAUSE_S = 0.05
REMEMBERED = 5000
LINES, LINES_EVERY_S = 10, 0.01
RETRY_S = 0.02
BACK_S = 180.0
BEGIN_AT = midnight_at(DATE) + 8 * 3_600_000


class Device(threading.Thread):
    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()


class Sender(Device):
    """A device of the JSON door. ``ledger`` is what was answered: ranges of its own numbers. ``attempt`` counts
    what it sent, ``durable`` are the attempts that were answered with 200, and ``again`` says whether the
    batch that it sends had been sent before."""

    def __init__(self, port: int, event: str, key: str, chance: random.Random) -> None:
        super().__init__()
        self._port, self._event, self._key, self._chance = port, event, key, chance
        self._connection: http.client.HTTPConnection | None = None
        self.ledger: list[range] = []
        self.number = self.attempt = 0
        self.durable: set[int] = set()
        self.again = False
        self._trap: Trap | None = None
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
        self.again = known
        while True:
            trap = self._trap if self._trap and self._trap.again == self.again else None
            if trap is not None:
                self._trap = None
                _stop(trap.pids)
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = self._ask(body, trap)
                self.statuses[status] += 1
                if status == 200:
                    self.durable.add(self.attempt)
                    if not known:
                        self.ledger.append(numbers)
                        self.number = numbers.stop
                    self.answered.set()
                    return
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self.again = True
            time.sleep(RETRY_S)

    def send_to_nobody(self, pids: list[int], again: bool) -> None:
        """Return once a batch has been sent that these processes, stopped before, cannot answer."""
        trap = self._trap = Trap(pids, again, threading.Event())
        assert trap.sent.wait(BACK_S)

    def _ask(self, body: bytes, trap: Trap | None) -> int:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self._port, timeout=15)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self.attempt += 1
        self._connection.request("POST", f"/{self._event}/facts", body, headers)
        self.sent.set()
        if trap is not None:
            trap.sent.set()
        with self._connection.getresponse() as answer:
            answer.read()
            return answer.status


class Trap(NamedTuple):
    """Processes to stop before the next batch of a kind is sent; ``sent`` is set when it is."""

    pids: list[int]
    again: bool
    sent: threading.Event


def _stop(pids: list[int]) -> None:
    """Stop processes, and return when they do nothing any more."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    until = time.monotonic() + BACK_S
    while not all(is_stopped(pid) for pid in pids):
        assert time.monotonic() < until, "a process could not be stopped"


class JChip(Device):
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


class Watcher(Device):
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
