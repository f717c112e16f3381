"""A message is packed once, and handed as it is to each connection that waits for it.

What a stream costs is what is done for each of its clients: no task wakes, no message is framed or compressed
for one of them alone. A server that does not lend its connections is served through ASGI, message by message.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from starlette.types import Message, Scope

LENDER: Final = "homestretch.lender"
"""The name among a scope's extensions under which our connections lend themselves."""
UNREAD_BYTES = 512 * 1024
"""What may wait for a client that does not read; with more it is let go, and comes back when it can."""
AT_ONCE = 1000
"""Connections written to before others get a turn."""
GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 5


class Parcel:
    """A message as it travels: plain, and as a block of a gzip stream that needs nothing of what came before
    (RFC 1952, each block ends with a full flush), so that all clients share it."""

    def __init__(self, message: bytes) -> None:
        self.message = message
        self._zipped = b""

    @property
    def zipped(self) -> bytes:
        """The block, made when the first client asks for it."""
        if not self._zipped:
            packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            self._zipped = packer.compress(self.message) + packer.flush(zlib.Z_FULL_FLUSH)
        return self._zipped


class Line:
    """The connection of one follower. ``is_welcome`` says whether it may still see what it follows."""

    __slots__ = ("_is_welcome", "is_zipped", "transport")

    def __init__(
        self,
        transport: asyncio.Transport | None = None,
        *,
        is_zipped: bool,
        is_welcome: Callable[[], bool] | None,
    ) -> None:
        self.transport, self.is_zipped, self._is_welcome = transport, is_zipped, is_welcome

    def write(self, plain: bytes, zipped: bytes) -> None:
        """Hand on a message in one of its forms; or end the line of who is not welcome or does not read."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if self._is_welcome is not None and not self._is_welcome():
            self.end()
        elif transport.get_write_buffer_size() > UNREAD_BYTES:
            transport.abort()
        else:
            transport.write(zipped if self.is_zipped else plain)

    def end(self) -> None:
        """The answer is complete; the page comes back as what it is now."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(b"0\r\n\r\n")
            self.transport.close()


class Delivery:
    """Hands parcels to lines, each line's in their order, and lets others have a turn in between."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._waiting: deque[tuple[Sequence[Line], bytes, bytes]] = deque()
        self._reached = 0

    def send(self, lines: Sequence[Line], parcel: Parcel) -> None:
        """Write a parcel to lines, now or soon."""
        zipped = chunk(parcel.zipped) if any(line.is_zipped for line in lines) else b""
        plain = chunk(parcel.message) if not all(line.is_zipped for line in lines) else b""
        self._waiting.append((lines, plain, zipped))
        if len(self._waiting) == 1:
            self._go_on()

    def _go_on(self) -> None:
        left = self._at_once
        while self._waiting and left > 0:
            lines, plain, zipped = self._waiting[0]
            some = lines[self._reached : self._reached + left]
            for line in some:
                line.write(plain, zipped)
            left -= len(some)
            self._reached += len(some)
            if self._reached >= len(lines):
                self._waiting.popleft()
                self._reached = 0
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._go_on)


def chunk(content: bytes) -> bytes:
    """A chunk of an answer of HTTP/1.1 (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(content), content)


class Lender(Protocol):
    """A connection that can be handed over while its answer goes on."""

    def lend(self, on_gone: Callable[[], None]) -> asyncio.Transport | None:
        """Its transport, or None when the client has gone; ``on_gone`` is called when it goes."""
        ...


def find_lender(scope: Scope) -> Lender | None:
    """The connection of a request; None where the server lends none, and for HTTP/1.0, which knows no
    chunks."""
    lender: Lender | None = scope.get("extensions", {}).get(LENDER, {}).get("")
    return lender if scope.get("http_version") == "1.1" else None


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header has gzip, and not with a weight of nothing."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def body(content: bytes, *, more: bool = True) -> Message:
    """A piece of an answer, as ASGI says it."""
    return {"type": "http.response.body", "body": content, "more_body": more}
