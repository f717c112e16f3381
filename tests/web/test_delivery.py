"""What is written straight to connections: the same messages as through ASGI, each in its order, to nobody
who may not see them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from homestretch.race.privacy import Viewer
from homestretch.web import delivery as delivery_room
from homestretch.web import followed as followed_room
from homestretch.web import streams as streams_room
from homestretch.web.connection import Connection
from homestretch.web.delivery import GZIP_HEAD, Delivery, Line, Parcel, chunk, takes_gzip
from homestretch.web.streams import Streams
from tests.aside import run
from tests.boards.days import ALL, make_picture
from tests.patience import PATIENCE_S
from tests.web.shelf import Shelf, find_role, make_app

PICTURE = make_picture(ALL["small"])


class Kept(asyncio.Transport):
    """A transport that keeps what is written to it, and reads only when told."""

    def __init__(self, unread: int = 0) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.unread, self.closed = unread, ""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return bool(self.closed)

    def close(self) -> None:
        self.closed = "ended"

    def abort(self) -> None:
        self.closed = "aborted"


@given(st.lists(st.tuples(st.binary(min_size=1), st.booleans()), max_size=8), st.integers(1, 7))
def test_every_line_gets_every_message_once_and_in_order(
    sent: list[tuple[bytes, bool]], at_once: int
) -> None:
    async def day() -> list[Kept]:
        kept = [Kept() for _ in range(5)]
        lines = [
            Line(one, is_zipped=bool(number % 2), is_welcome=None)
            for number, one in enumerate(kept)
        ]
        delivery = Delivery(at_once)
        for message, let_others in sent:
            delivery.send(lines, Parcel(message))
            if let_others:
                await asyncio.sleep(0)
        for _ in range(len(lines) * len(sent)):
            await asyncio.sleep(0)
        return kept

    messages = [message for message, _ in sent]
    for number, one in enumerate(run(day())):
        if number % 2:
            unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16)
            unpacked.decompress(GZIP_HEAD)
            assert [unpacked.decompress(_content(part)) for part in one.written] == messages
        else:
            assert [_content(part) for part in one.written] == messages


def _content(part: bytes) -> bytes:
    size, _, rest = part.partition(b"\r\n")
    assert part == chunk(rest[:-2])
    assert int(size, 16) == len(rest) - 2
    return rest[:-2]


def test_who_does_not_read_is_let_go_and_others_are_not_held_up() -> None:
    slow, quick = Kept(delivery_room.UNREAD_BYTES + 1), Kept()
    lines = [Line(one, is_zipped=False, is_welcome=None) for one in (slow, quick)]
    Delivery().send(lines, Parcel(b"news"))
    assert (slow.closed, slow.written) == ("aborted", [])
    assert quick.written == [b"4\r\nnews\r\n"]


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("", False),
        ("gzip, deflate, br", True),
        ("br;q=1, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("identity", False),
        ("*", True),
    ],
)
def test_only_who_takes_gzip_is_sent_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


class Served:
    """The application on a socket, with a Picture that can be changed."""

    def __init__(self, port: int, shelf: Shelf, streams: Streams) -> None:
        self.port, self._shelf, self._streams = port, shelf, streams

    def change(self, minutes: int) -> None:
        """The same day some minutes on; its number ends in the minutes."""
        now = PICTURE.now + minutes * 60_000
        picture = replace(PICTURE, number=f"900000-1-{minutes}", now=now)
        self._shelf.put(picture)
        self._streams.on_picture(picture)


@contextlib.asynccontextmanager
async def serving(roles: dict[str, str] | None = None) -> AsyncIterator[Served]:
    """The whole application under uvicorn, with our connections; ``roles`` can be changed meanwhile."""
    application, shelf = make_app(PICTURE)
    if roles is not None:
        application.state.viewer_of = lambda connection: (
            find_role(connection) if connection.headers.get("x-role") in roles else Viewer()
        )
    streams: Streams = application.state.streams
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http=Connection,
            lifespan="off",
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    tasks = [
        asyncio.ensure_future(server._serve([listening])),
        asyncio.ensure_future(streams.run()),
    ]
    yield Served(listening.getsockname()[1], shelf, streams)
    server.should_exit = True
    tasks[1].cancel()
    await asyncio.wait_for(tasks[0], PATIENCE_S)


class Asked:
    """A stream that was asked for over a socket."""

    def __init__(self, reader: asyncio.StreamReader, head: dict[str, str]) -> None:
        self._reader, self.head = reader, head
        self._unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16)

    async def next(self) -> bytes:
        """The content of the next chunk, unpacked; empty at the end of the answer."""
        async with asyncio.timeout(PATIENCE_S):
            size = int(await self._reader.readline(), 16)
            content = (await self._reader.readexactly(size + 2))[:-2]
        is_zipped = self.head.get("content-encoding") == "gzip"
        return self._unpacked.decompress(content) if is_zipped else content


@contextlib.asynccontextmanager
async def asking(served: Served, *headers: str, board: str = "home") -> AsyncIterator[Asked]:
    """Somebody who follows a board over a socket until the block ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    lines = (f"GET /three-rivers/stream?board={board} HTTP/1.1", "Host: a", *headers, "", "")
    writer.write("\r\n".join(lines).encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)).decode()
    assert " 200 " in head.split("\r\n")[0]
    pairs = (line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    yield Asked(reader, {name.lower(): value for name, value in pairs})
    writer.close()


def test_compressed_and_plain_followers_get_the_same_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams_room, "CALM_S", 0.0)

    async def day() -> None:
        async with (
            serving() as served,
            asking(served) as plain,
            asking(served, "Accept-Encoding: gzip, br") as zipped,
        ):
            assert zipped.head["vary"] == "Accept-Encoding"
            assert await plain.next() == await zipped.next()
            for minutes in range(1, 5):
                served.change(minutes)
                message = await plain.next()
                assert f"900000-1-{minutes}\n".encode() in message
                assert message == await zipped.next()

    run(day())


def test_a_key_that_is_taken_back_ends_its_streams_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams_room, "CALM_S", 0.0)
    roles = {"control": "control"}

    async def day() -> None:
        async with (
            serving(roles) as served,
            asking(served, "X-Role: control", board="devices") as keyed,
            asking(served) as public,
        ):
            assert b"id: " in await keyed.next()
            assert b"id: " in await public.next()
            roles.clear()
            served.change(1)
            assert await keyed.next() == b"", "the answer is complete"
            assert b"900000-1-1\n" in await public.next()

    run(day())


def test_who_left_is_counted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed_room, "QUIET_S", 0.0)

    async def day() -> None:
        async with serving() as served:
            async with asking(served) as one:
                await one.next()
                assert served._streams.count == 1
            async with asking(served) as other:
                await other.next()
                assert served._streams.count == 1, "the one who left is counted no more"

    run(day())
