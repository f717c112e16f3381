"""An exporter of MYLAPS Timing & Scoring, as the protocol describes it: nothing here knows Homestretch.

``Exporter`` is the conversation without a socket and without a clock; ``run`` puts it on a real one. The
exporter sends messages of up to 100 passings, has up to 10 of them unacknowledged, sends each again every
20 seconds until it is acknowledged, and puts no order into messages or keys. What it was acknowledged it
forgets: its ledger is then the only proof that the records are somewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
from collections import deque
from typing import NamedTuple

BATCH = 100
WINDOW = 10
RESEND_S = 20.0
PING_S = 10.0


class Passing(NamedTuple):
    """A chip that passed a location; ``wall`` is what the clock on the wall showed."""

    location: str
    chip: str
    wall: dt.datetime
    utc_ms: int | None = None


class Marker(NamedTuple):
    """A moment that was marked at a location."""

    location: str
    kind: str
    name: str
    wall: dt.datetime


def _clock(wall: dt.datetime) -> str:
    return f"{wall:%H:%M:%S}.{wall.microsecond // 1000:03}"


def v2_record(passing: Passing, rng: random.Random) -> str:
    """Keys and values, in any order."""
    keys = {
        "t": _clock(passing.wall),
        "c": passing.chip,
        "ct": "UH",
        "d": f"{passing.wall:%y%m%d}",
        "l": "1",
        "dv": "4",
        "re": "0",
        "an": f"{rng.randrange(256):08b}",
        "g": "0",
        "b": "-1",
        "h": str(rng.randrange(1, 30)),
    }
    if passing.utc_ms is not None:
        keys["utc"] = str(passing.utc_ms)
    pairs = [f"{key}={value}" for key, value in keys.items()]
    rng.shuffle(pairs)
    return "|".join(pairs)


def v1_record(passing: Passing, sequence: int) -> str:
    """39 characters: chip 7, time 12, device 2, reader 2, antenna 1, lap 3, sequence 4, date 6, sum 2."""
    time = f"{passing.wall.hour}{_clock(passing.wall)[2:]}".rjust(12)
    record = (
        f"{passing.chip:<7}{time} 3 0F  1{sequence % 0x10000:04X}{passing.wall:%y%m%d}"  # 37 so far
    )
    return record + f"{sum(record.encode()) % 256:02X}"  # the printed sample has this sum


class Sent(NamedTuple):
    """A message that is not acknowledged: its bytes, what it holds, and when it was sent last (s)."""

    data: bytes
    items: tuple[Passing | Marker, ...]
    sent_at: float


class Exporter:
    """The exporter's side of a conversation; times are seconds on any clock.

    ``acknowledged`` is its ledger: message number -> what the message held.
    """

    def __init__(
        self, name: str = "T&S", *, batch: int = BATCH, resend_s: float = RESEND_S, seed: int = 0
    ) -> None:
        self.name, self._batch, self._resend_s = name, batch, resend_s
        self._rng = random.Random(seed)
        self._waiting: deque[Passing | Marker] = deque()
        self._numbers = 0
        self._records = 0
        self._buffer = b""
        self._answers = b""
        self._pinged_at = 0.0
        self.version = 0
        self.features: list[str] = []
        self.unacknowledged: dict[int, Sent] = {}
        self.acknowledged: dict[int, tuple[Passing | Marker, ...]] = {}
        self.pings_answered = 0
        self.strange: list[bytes] = []

    def pass_by(self, *items: Passing | Marker) -> None:
        """Something happened; it is sent when there is room."""
        self._waiting.extend(items)

    @property
    def done(self) -> bool:
        """Whether everything is acknowledged."""
        return not self._waiting and not self.unacknowledged

    def connected(self, now: float) -> bytes:
        """The first words on a new connection. What was not acknowledged is due again at once."""
        self._buffer, self._answers, self.version, self._pinged_at = b"", b"", 0, now
        for number, sent in self.unacknowledged.items():
            self.unacknowledged[number] = sent._replace(sent_at=-self._resend_s)
        locations = sorted({item.location for item in self._waiting} | {"Finish"})
        return b"".join(f"{location}@Pong@$".encode() for location in locations)

    def received(self, data: bytes) -> None:
        """The server said something."""
        *messages, self._buffer = (self._buffer + data).split(b"$")
        for message in messages:
            self._said(message)

    def _said(self, message: bytes) -> None:
        _, function, *rest = message.decode().split("@")
        if function == "AckPong":
            self.version = 2 if rest[:1] == ["Version2.1"] else 1
            self.features = rest[1].split("|") if self.version == 2 and len(rest) > 1 else []
        elif function == "Ping":
            self._answers += f"{self.name}@AckPing@$".encode()
        elif function == "AckPing":
            self.pings_answered += 1
        elif function in {"AckPassing", "AckMarker", "AckStore"}:
            sent = self.unacknowledged.pop(int(rest[0]), None)
            if sent is not None:
                self.acknowledged[int(rest[0])] = sent.items
        else:
            self.strange.append(message)

    def due(self, now: float) -> bytes:
        """What is to be sent now: answers, what has waited too long for its acknowledgement, what is new."""
        out, self._answers = [self._answers], b""
        if not self.version:
            return out[0]
        if now - self._pinged_at >= PING_S:
            self._pinged_at = now
            out.append(f"{self.name}@Ping@$".encode())
        again = [
            n for n, sent in self.unacknowledged.items() if now - sent.sent_at >= self._resend_s
        ]
        self._rng.shuffle(again)
        for number in again:
            self.unacknowledged[number] = sent = self.unacknowledged[number]._replace(sent_at=now)
            out.append(sent.data)
        while self._waiting and len(self.unacknowledged) < WINDOW:
            out.append(self._new(now))
        return b"".join(out)

    def _new(self, now: float) -> bytes:
        """A new message: one marker, or passings of one location."""
        first = self._waiting.popleft()
        items: list[Passing | Marker] = [first]
        while self._waiting and len(items) < self._batch and isinstance(first, Passing):
            following = self._waiting[0]
            if not isinstance(following, Passing) or following.location != first.location:
                break
            items.append(self._waiting.popleft())
        self._numbers += 1
        function, records = self._written(items)
        words = [first.location, function, *records, str(self._numbers), "$"]
        data = "@".join(words).encode()
        self.unacknowledged[self._numbers] = Sent(data, tuple(items), now)
        return data

    def _written(self, items: list[Passing | Marker]) -> tuple[str, list[str]]:
        if isinstance(items[0], Marker):
            mark = items[0]
            return "Marker", [f"t={_clock(mark.wall)}|mt={mark.kind}|n={mark.name}"]
        passings = [item for item in items if isinstance(item, Passing)]
        if self.version == 2:
            return "Passing", [v2_record(passing, self._rng) for passing in passings]
        self._records += len(passings)
        first = self._records - len(passings)
        return "Store", [v1_record(passing, first + k) for k, passing in enumerate(passings)]


async def run(exporter: Exporter, host: str, port: int, *, pause_s: float = 0.05) -> None:
    """Connect, and connect again after a lost connection, until everything is acknowledged."""
    loop = asyncio.get_running_loop()
    while not exporter.done:
        with contextlib.suppress(OSError):
            stream, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(exporter.connected(loop.time()))
                while not exporter.done:
                    with contextlib.suppress(TimeoutError):
                        data = await asyncio.wait_for(stream.read(65536), pause_s)
                        if not data:
                            break
                        exporter.received(data)
                    writer.write(exporter.due(loop.time()))
                    await writer.drain()
            finally:
                writer.close()
        if not exporter.done:
            await asyncio.sleep(pause_s)
