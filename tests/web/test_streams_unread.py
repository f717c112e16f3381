"""A client that does not read, or does not end its request: cut off in time, whatever it holds open."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from homestretch.web import connection
from homestretch.web.connection import Connection, most_connections
from tests.patience import PATIENCE_S

UNREAD_S = 0.5
CHUNK = b"a" * 100_000
MOST_UNREAD = 30_000_000
"""What the machine's own buffers may take before a writer is told to wait."""


@dataclass
class Talker:
    """An application that talks without end to whoever asks, and knows how it ended."""

    port: int = 0
    sent: int = 0
    left: threading.Event = field(default_factory=threading.Event)

    async def talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/short":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"here"})
            return
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
            self.sent += len(CHUNK)
            await asyncio.sleep(0)
        self.left.set()


@pytest.fixture
def talker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Talker]:
    monkeypatch.setattr(connection, "UNREAD_S", UNREAD_S)
    monkeypatch.setattr(connection, "HEAD_S", 0.5)
    monkeypatch.setattr(connection, "MESSAGE_S", 0.5)
    talker = Talker()
    listening = socket.create_server(("127.0.0.1", 0))
    talker.port = listening.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            talker.talk,
            http=Connection,
            interface="asgi3",
            lifespan="off",
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield talker
    server.should_exit = True
    thread.join()
    listening.close()


def connect(talker: Talker) -> socket.socket:
    return socket.create_connection(("127.0.0.1", talker.port), timeout=PATIENCE_S)


def read_answer(client: socket.socket) -> None:
    """Up to the last word of a short answer, in as many pieces as it comes."""
    received = b""
    while b"here" not in received:
        received += (more := client.recv(10_000))
        assert more, received


def test_who_does_not_read_is_cut_off_and_what_waits_for_them_is_bounded(talker: Talker) -> None:
    with connect(talker) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert talker.left.wait(PATIENCE_S)
        assert talker.sent < MOST_UNREAD


def test_who_reads_slowly_but_reads_is_not_cut_off(talker: Talker) -> None:
    paused_s = UNREAD_S
    while paused_s >= UNREAD_S:  # this machine let nobody read for so long: that was no slow reader
        talker.left.clear()
        with connect(talker) as reader:
            received, paused_s, was_cut = read_slowly(talker, reader)
    assert received > len(CHUNK)
    assert not was_cut


def read_slowly(talker: Talker, reader: socket.socket) -> tuple[int, float, bool]:
    """Reads three times as long as somebody may be silent: bytes, the longest pause in s, and whether it was cut off."""
    reader.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    began = last = time.monotonic()
    received, paused_s = 0, 0.0
    with contextlib.suppress(ConnectionError):
        while last < began + 3 * UNREAD_S and (got := len(reader.recv(1_000_000))):
            now = time.monotonic()
            received, paused_s, last = received + got, max(paused_s, now - last), now
    return received, max(paused_s, time.monotonic() - last), talker.left.is_set()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /sho",
        b"GET /short HTTP/1.1\r\nHost: a\r\n",
        b"POST /short HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ],
)
def test_a_request_that_does_not_end_is_cut_off(talker: Talker, begun: bytes) -> None:
    with connect(talker) as stranger:
        stranger.sendall(begun)
        began = time.monotonic()
        try:
            while stranger.recv(1_000_000):
                pass
        except ConnectionError:
            pass
        assert time.monotonic() - began < PATIENCE_S


def test_a_connection_may_be_used_again_and_again(talker: Talker) -> None:
    with connect(talker) as client:
        for _ in range(5):
            client.sendall(b"GET /short HTTP/1.1\r\nHost: a\r\n\r\n")
            read_answer(client)


def test_what_follows_a_body_is_no_header(talker: Talker) -> None:
    """A trailer could otherwise say what a proxy took out of the headers."""
    seen: list[list[tuple[bytes, bytes]]] = []
    talk = talker.talk

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        seen.append(list(scope["headers"]))
        await talk({**scope, "path": "/short"}, receive, send)

    talker.talk = listen  # type: ignore[method-assign]  # the same door, another listener
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(listen, http=Connection, lifespan="off", log_level="critical")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    with socket.create_connection(listening.getsockname(), timeout=PATIENCE_S) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n0\r\nAuthorization: Bearer stolen\r\n\r\n"
        )
        read_answer(client)
    server.should_exit = True
    thread.join()
    listening.close()
    assert [name for name, _ in seen[0]] == [b"host", b"transfer-encoding"]


def test_there_are_no_more_connections_than_files() -> None:
    assert 16 <= most_connections() <= connection.CONNECTIONS
