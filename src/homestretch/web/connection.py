"""One client's connection, bounded in what it may send, how long it may take, and how many there are.

uvicorn reads headers of any size for as long as they come, and waits without end for who does not read.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from homestretch.server.spec import FrontSpec
from homestretch.web.delivery import LENDER
from homestretch.web.newsstand import Newsstand, date_line, read_plain

CONNECTIONS = 12_000
SPARE_FILES = 128
HEAD_BYTES = 32 * 1024
MESSAGE_BYTES = 16 * 1024 * 1024
HEAD_S = 10.0
"""From the connection, or a request's first byte, to the end of its headers."""
MESSAGE_S = 60.0
"""From the end of the headers to the end of the body."""
FILES_BYTES, FILES_S = 64 * 1024 * 1024, 300.0
"""The same of a form with files in it: pictures, from a browser without JavaScript."""
UNREAD_S = 20.0
"""How long a client may leave unread what waits for it."""

_FORM_OF_FILES = b"multipart/form-data"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 3\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HeadTooLargeError(Exception):
    """Raised through the parser, which gives up on the connection."""


class Connection(HttpToolsProtocol):
    """A connection that ends itself when its client floods it, stalls, or stops reading."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._in_head = True
        self._head_bytes = self._message_bytes = 0
        self._most_bytes = MESSAGE_BYTES
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._is_lost = False
        self._answered_s = float("-inf")
        self._on_gone: Callable[[], None] | None = None

    def lend(self, on_gone: Callable[[], None]) -> asyncio.Transport | None:
        """The transport, on which the answer that has begun goes on without the application, its task and
        what was asked; ``on_gone`` is called when the client has gone. None when it has already."""
        if self._is_lost:
            return None
        self._on_gone = on_gone
        self._expect(None)
        self.cycle.response_complete = True  # or uvicorn would say that its end is missing
        self.parser = self.cycle = self.scope = self.headers = None  # type: ignore[assignment]  # as uvicorn
        return self.transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Takes the connection, or refuses it when there are too many."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.write(_FULL)
            transport.close()
            return
        self._expect(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets go of the timers."""
        self._is_lost = True
        self._expect(None)
        self._read()
        super().connection_lost(exc)
        if self._on_gone is not None:
            self._on_gone()

    def data_received(self, data: bytes) -> None:
        """Feeds the parser, unless there was too much."""
        if self.transport.is_closing():
            return
        if self._on_gone is not None:  # while one answer goes on nobody may ask for another here
            self.transport.abort()
            return
        if self._answer_printed(data):
            return
        self._message_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._message_bytes > HEAD_BYTES:
            self._refuse()
        elif self._message_bytes > self._most_bytes:
            self.transport.abort()

    def _answer_printed(self, data: bytes) -> bool:
        """Answer at once what is printed for everybody; False where the parser must look at it, and for a client
        that has not read what it was sent before."""
        is_free = getattr(self.cycle, "response_complete", True)
        if self._message_bytes or not is_free or self.transport.get_write_buffer_size():
            return False
        state = getattr(self.config.app, "state", None)
        stand: Newsstand | None = getattr(state, "newsstand", None)
        asked = read_plain(data, self.scheme or "http") if stand is not None else None
        printed = stand.find(asked.place) if stand is not None and asked is not None else None
        if asked is None or printed is None:
            return False
        if self._deadline is not None:
            self._expect(None)
        date = date_line(self.server_state.default_headers)
        self.transport.write(printed.answer(asked, date))
        self.server_state.total_requests += 1
        self._answered_s = self.loop.time()
        if not asked.stays:
            self.transport.close()
        elif self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        if self.transport.get_write_buffer_size():
            self._wait_for_reading()
        return True

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {LENDER: {"": self}}
        self._in_head, self._head_bytes, self._message_bytes = True, 0, 0
        self._expect(HEAD_S)

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes after the body (a trailer) is counted and left aside."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The request is handed on."""
        self._in_head = False
        has_files = (b"content-type", _FORM_OF_FILES) in (
            (name, value.split(b";")[0].strip()) for name, value in self.headers
        )
        self._most_bytes = FILES_BYTES if has_files else MESSAGE_BYTES
        self._expect(FILES_S if has_files else MESSAGE_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body has come to its end."""
        self._expect(None)
        self._message_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written, but not always read."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._wait_for_reading()

    def pause_writing(self) -> None:
        """More waits for the client than should."""
        super().pause_writing()
        self._wait_for_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._read()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked for; what was not read by now will not be. Answers in front of the parser do not set
        the timer anew, which would cost more than they do: it looks when the last of them was."""
        left_s = self._answered_s + self.timeout_keep_alive - self.loop.time()
        if left_s > 0 and not self.transport.get_write_buffer_size():
            self.timeout_keep_alive_task = self.loop.call_later(
                left_s, self.timeout_keep_alive_handler
            )
            return
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """The answer to what is no request."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _unsupported_upgrade_warning(self) -> None:
        """Said by uvicorn with advice that does not apply here."""

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > HEAD_BYTES:
            self._refuse()
            raise HeadTooLargeError

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _expect(self, within_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = (
            None if within_s is None else self.loop.call_later(within_s, self.transport.abort)
        )

    def _wait_for_reading(self) -> None:
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_S, self._drop_unread)

    def _drop_unread(self) -> None:
        self._unread = None
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def most_connections() -> int:
    """As many as there are files for, and no more than one front should hold."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if soft < 0 else max(16, min(CONNECTIONS, soft - SPARE_FILES))


def front_config(application: ASGIApp, spec: FrontSpec) -> uvicorn.Config:
    """How a front is served. What a client says of where it comes from (``X-Forwarded-For``) is believed of a proxy
    that was named alone."""
    return uvicorn.Config(
        application,
        http=Connection,
        loop="none",
        lifespan="off",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=bool(spec.behind_proxy),
        forwarded_allow_ips=spec.behind_proxy or None,
        ssl_certfile=spec.tls.certificate if spec.tls else None,
        ssl_keyfile=spec.tls.key if spec.tls else None,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=1,
        log_level="warning",
    )
