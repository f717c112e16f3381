"""A made-up ChronoTrack SimpleClient: it calls a server and streams the reads of its points.

Written from the description of the protocol alone; it knows nothing of Homestretch. In memory `hello` and
`receive` give the bytes to send; `call` does the same over a real socket.
"""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

FEATURES = ("guntimes", "newlocations", "connection-id", "stream-mode", "time-format")


class Line(NamedTuple):
    """A line to come: its point, its tag (or what stands there instead), when, and by which antenna."""

    point: str
    tag: str
    at: dt.datetime
    antenna: int = 8
    form: str = "CT01_13"


class Client:
    """Streams once it was told to start; numbers its lines from 1 in each connection."""

    def __init__(self, points: tuple[str, ...] = ("Start", "10K", "Finish")) -> None:
        self.points = list(points)
        self.lines: list[Line] = []
        self.forgets_to_answer: set[str] = set()
        self._reset()

    def _reset(self) -> None:
        self.features: dict[str, str] = {}
        self.heard: list[str] = []
        self.greeted_by = ""
        self._features_left = 0
        self._started: set[str] = set()
        self._sent = 0
        self._in = b""

    def hello(self) -> bytes:
        """A new connection begins: everything is asked for anew."""
        self._reset()
        return b"SimpleClient~0.6.0~CTP01\r\n"

    def read(self, point: str, tag: str, at: dt.datetime) -> bytes:
        """A tag is read."""
        return self._add(Line(point, tag, at))

    def gun(self, point: str, at: dt.datetime) -> bytes:
        """Somebody fires the gun; antenna 0 is the gun."""
        return self._add(Line(point, "guntime", at, 0, "CT01_33"))

    def find_a_point(self, point: str, at: dt.datetime) -> bytes:
        """A reader at a new point is connected; its reads come when somebody starts it."""
        self.points.append(point)
        return self._send(Line(point, "newlocation", at, 0, "CT01_33")) if self.features else b""

    def _add(self, line: Line) -> bytes:
        self.lines.append(line)
        return self._send(line) if line.point in self._started else b""

    def _send(self, line: Line) -> bytes:
        self._sent += 1
        fields = (line.form, self._sent, line.point, line.tag, self._time(line.at), 1, "117F37")
        return ("~".join(map(str, fields)) + f"~{line.antenna}\r\n").encode()

    def _time(self, at: dt.datetime) -> str:
        hundredths = f"{at.microsecond // 10_000:02d}"
        match self.features.get("time-format"):
            case "iso":
                return f"{at:%Y-%m-%dT%H:%M:%S}.{hundredths}"
            case "unix":
                return f"{int(at.timestamp())}.{hundredths}"
            case _:
                return f"{at:%H:%M:%S}.{hundredths}"

    def receive(self, data: bytes) -> bytes:
        """What the client answers to these bytes of the server."""
        *lines, self._in = (self._in + data).split(b"\r\n")
        return b"".join(self._answer(line.decode()) for line in lines)

    def _answer(self, line: str) -> bytes:
        if not self.greeted_by:
            self.greeted_by, _, many = line.partition("~")
            self._features_left = int(many)
            return b""
        if self._features_left:
            name, _, value = line.partition("=")
            assert name in FEATURES, line
            self.features[name] = value
            self._features_left -= 1
            return b""
        self.heard.append(line)
        command, _, point = line.partition("~")
        return b"" if command in self.forgets_to_answer else self._command(command, point)

    def _command(self, command: str, point: str) -> bytes:
        match command:
            case "geteventinfo":
                return b"ack~geteventinfo~Spring Race~1234~A made-up race\r\n"
            case "getlocations":
                return "~".join(("ack~getlocations", *self.points)).encode() + b"\r\n"
            case "ping":
                return b"ack~ping\r\n"
            case "authorize":
                return b""
            case "start":
                new = ({point} if point else set(self.points)) - self._started
                self._started |= new
                return b"".join(self._send(line) for line in self.lines if line.point in new)
        raise AssertionError(f"no such command: {command}")


@contextmanager
def call(client: Client, host: str, port: int) -> Iterator[socket.socket]:
    """A connection over which the client has said hello; `answer_once` carries the talk on."""
    with socket.create_connection((host, port), 10) as server:
        server.sendall(client.hello())
        yield server


def answer_once(client: Client, server: socket.socket) -> bool:
    """Wait for words of the server and answer them; whether the connection stands."""
    data = server.recv(4096)
    server.sendall(client.receive(data))
    return bool(data)
