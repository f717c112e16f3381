"""What a station keeps, on its way to the event's server: nothing is lost, nothing comes twice.

Facts go as items of the JSON door in the order of the station's own log, each under the number that its device
gave it. The place up to which the server has answered is remembered in a file; a crash between answer and file
sends some items again, which the server recognises.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from homestretch.errors import PlanError
from homestretch.facts import AnyFact, ClockChecked, DeviceStatus, Marker, Read, Unreadable
from homestretch.folder.files import put
from homestretch.store import Log, People, Rows

ITEMS = 2000
BYTES = 900_000
"""A batch of the JSON door has at most 1 MiB."""
ANSWER_S = 20.0
PASSED_ON = (Read, Marker, DeviceStatus, ClockChecked, Unreadable)


class Line(NamedTuple):
    """The way to the server: the event's address and the station's key."""

    scheme: str
    host: str
    port: int | None
    path: str
    key: str


class Item(NamedTuple):
    """A fact to pass on: its position in the station's log, and what is sent."""

    seq: int
    body: bytes


def parse_line(address: str, key: str) -> Line:
    """``https://race.example/spring-race`` and a key; PlanError when that is no address of an event."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("http", "https") or not parts.hostname or port == -1:
        raise PlanError(
            f"{address!r} is not an address.", "Write https://race.example/spring-race."
        )
    path = parts.path.rstrip("/")
    if path.count("/") != 1:
        raise PlanError(f"{address!r} names no event.", "Write https://race.example/spring-race.")
    return Line(parts.scheme, parts.hostname, port, path, key)


def list_items(log: Log, people: People, after: int) -> Iterator[list[Item]]:
    """What the log holds after a position, in its order, in batches that a request can carry."""
    batch: list[Item] = []
    size = 0
    for item in _items(log.read_since(after), people):
        if batch and (len(batch) == ITEMS or size + len(item.body) > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.body) + 1
    if batch:
        yield batch


def _items(rows: Rows, people: People) -> Iterator[Item]:
    """Reads are columns and the rest values: both in the order of the log."""
    others = iter(rows.others)
    other = next(others, None)
    names = ("seq", "source", "number", "seen_at", "chip", "place")
    for seq, source, number, seen_at, chip, place in zip(
        *(rows.reads[name].tolist() for name in names), strict=True
    ):
        while other is not None and other.seq < seq:
            yield from _item(other.seq, other.id.source, other.id.number, other.fact, people)
            other = next(others, None)
        read = Read(seen_at=seen_at, chip=rows.symbols[chip], place=rows.symbols[place])
        yield from _item(seq, rows.symbols[source], number, read, people)
    while other is not None:
        yield from _item(other.seq, other.id.source, other.id.number, other.fact, people)
        other = next(others, None)


def _item(seq: int, source: str, number: int, fact: AnyFact, people: People) -> Iterator[Item]:
    if not isinstance(fact, PASSED_ON):
        return
    item: dict[str, Any] = msgspec.to_builtins(fact)
    item |= {"kind": str(fact.__struct_config__.tag), "seq": number, "device": source}
    if isinstance(fact, DeviceStatus | ClockChecked):
        item["device"] = item.pop("of")
    if isinstance(fact, Unreadable):
        raw = people.find_text(item.pop("text_ref", None) or "") or b""
        item["text"] = raw.decode("latin-1")
        item.pop("seen_at", None)
    yield Item(seq, msgspec.json.encode(item))


class Place:
    """Up to which position of the station's log the server has answered; kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self.seq = int(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            self.seq = 0  # everything is sent again, and recognised

    def move_to(self, seq: int) -> None:
        """Remember, so that a pulled plug finds the old place or the new one."""
        put(self._file, str(seq).encode())
        self.seq = seq


class Answer(NamedTuple):
    """How a batch was answered: the status, and what the server said when it was not taken."""

    status: int
    said: str


def send(line: Line, batch: list[Item]) -> Answer:
    """Send one batch and wait until it is durable there; OSError or HTTPException when the line is down."""
    connection = _connect(line)
    try:
        body = b'{"items":[' + b",".join(item.body for item in batch) + b"]}"
        headers = {"Authorization": f"Bearer {line.key}", "Content-Type": "application/json"}
        connection.request("POST", f"{line.path}/facts", body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(2000).decode("utf-8", "replace"))
    finally:
        connection.close()


def ask_event(line: Line) -> dict[str, Any]:
    """What the event's home page says of it: its zone and its date; OSError when the line is down."""
    connection = _connect(line)
    try:
        connection.request("GET", f"{line.path}.json")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise PlanError(f"There is no event at {line.path}.", "Is the address right?")
        event: dict[str, Any] = msgspec.json.decode(body)["frame"]["event"]
        return event
    finally:
        connection.close()


def _connect(line: Line) -> http.client.HTTPConnection:
    if line.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(line.host, line.port, timeout=ANSWER_S, context=context)
    return http.client.HTTPConnection(line.host, line.port, timeout=ANSWER_S)
