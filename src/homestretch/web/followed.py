"""What is followed: a board, or the list of events, as some viewers see it, rendered once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import NamedTuple, Protocol

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.access import viewer_of
from homestretch.web.delivery import (
    GZIP_HEAD,
    Delivery,
    Lender,
    Line,
    Parcel,
    body,
    find_lender,
    takes_gzip,
)
from homestretch.web.render import BoardKey, fragments

KEPT_FREE = 250
"""Streams among a front's that only keys may open: a crowd does not shut out who runs the race."""
QUIET_S = 10.0
"""A stream in which nothing changed repeats its last message this often, so that nobody thinks it dead."""


class Shown(Protocol):
    """What a stream shows: a board, or the list of events, as some viewers see it. ``patience``: how many
    times as long as other boards it may wait when its pulse is calm."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    @property
    def viewer(self) -> Viewer:
        """For whom it is made."""
        ...

    @property
    def patience(self) -> int:
        """1 for a board."""
        ...

    def number(self) -> str:
        """The number of the newest Picture."""
        ...

    def pulse(self) -> object:
        """What followers must see at once when it changes."""
        ...

    def body(self) -> bytes:
        """The live parts, made now."""
        ...


class BoardShown(NamedTuple):
    """A board of an event; ``get`` gives the newest Picture."""

    get: Callable[[str], Picture]
    event: str
    key: BoardKey
    viewer: Viewer
    patience: int = 1

    @property
    def name(self) -> str:
        """The board's."""
        return self.key.name

    def number(self) -> str:
        """The number of the newest Picture."""
        return self.get(self.event).number

    def pulse(self) -> object:
        """What the board says must be seen at once, and who may be named."""
        picture = self.get(self.event)
        named = picture.names.version, picture.state.roster.hidden
        return self.key.kind.pulse(picture, self.key.choices), named

    def body(self) -> bytes:
        """The live parts of the board."""
        return fragments(self.key, self.get(self.event), self.viewer)


class Followed:
    """What is shown to some viewers: its newest message, and who waits for the next."""

    def __init__(
        self, name: Hashable, shown: Shown, delivery: Delivery, clock: Callable[[], float]
    ) -> None:
        self.name, self.shown, self._delivery, self._clock = name, shown, delivery, clock
        self.followers = 0
        self.ended = False
        self.parcel = Parcel(b"")
        self.lines: dict[Line, None] = {}
        self.sent_at = 0.0
        self.rendered_at = 0.0
        self.number = ""
        self.pulse: object = None
        self.next: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def urgency(self, now: float) -> float:
        """Least for what was rendered long ago and is followed by many: a thousand pages that one
        stranger opened do not hold up the page that everybody looks at. Keys come first."""
        waited = (self.rendered_at - now) * self.followers
        return waited if self.shown.viewer.role == "public" else waited * KEPT_FREE

    def render(self) -> None:
        """Make and hand out a message when what is shown changed, or has been quiet for long."""
        now = self._clock()
        self.rendered_at, self.number = now, self.shown.number()
        self.pulse = self.shown.pulse()
        data = b"\ndata: %s\n\n" % self.shown.body()
        if self.parcel.message.endswith(data) and now - self.sent_at < QUIET_S:
            return
        self.sent_at = now
        self.parcel = Parcel(b"id: " + self.number.encode() + data)
        self._delivery.send(tuple(self.lines), self.parcel)
        self._wake_followers()

    def end(self) -> None:
        """What it showed is not there any more, or not for these viewers: everybody is let go."""
        self.ended, self.parcel = True, Parcel(b"")
        for line in tuple(self.lines):
            line.end()
        self._wake_followers()

    def _wake_followers(self) -> None:
        self.next.set_result(None)
        self.next = asyncio.get_running_loop().create_future()


class StreamResponse(Response):
    """Server-sent events of one board, until the client goes away. ``count`` is told of each follower that
    comes (1) and goes (-1)."""

    def __init__(self, followed: Followed, count: Callable[[Followed, int], None]) -> None:
        super().__init__(
            media_type="text/event-stream",
            headers={
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                "Vary": "Accept-Encoding",
            },
        )
        del self.headers["content-length"]
        self._followed, self._count = followed, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count(self._followed, 1)
        lender, is_lent = find_lender(scope), False
        try:
            if lender is None:
                await self._send_each(HTTPConnection(scope), receive, send)
            else:
                is_lent = await self._lend(HTTPConnection(scope), lender, send)
        finally:
            if not is_lent:
                self._count(self._followed, -1)

    async def _lend(self, connection: HTTPConnection, lender: Lender, send: Send) -> bool:
        """The first message through ASGI; all others are written to the connection, which needs no task of
        its own from then on. False when there is nothing more to write to."""
        followed = self._followed
        is_zipped = takes_gzip(connection.headers.get("accept-encoding", ""))
        if is_zipped:
            self.headers["Content-Encoding"] = "gzip"
        await self._begin(send)
        head = GZIP_HEAD if is_zipped else b""
        sent: Parcel | None = None
        while sent is not followed.parcel and not followed.ended:
            sent = followed.parcel
            await send(body(head + (sent.zipped if is_zipped else sent.message)))
            head = b""
        if followed.ended:
            await send(body(b"", more=False))
            return False
        line = Line(is_zipped=is_zipped, is_welcome=_welcome(connection, followed.shown.viewer))
        line.transport = lender.lend(partial(_let_go, line, followed, self._count))
        if line.transport is not None:
            followed.lines[line] = None
        return line.transport is not None

    async def _send_each(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        """Every message through ASGI."""
        followed, viewer = self._followed, self._followed.shown.viewer
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await self._begin(send)
            while not gone.done():
                revoked = viewer.role != "public" and viewer_of(connection) != viewer
                if revoked or followed.ended:
                    # The key was revoked or has expired, or the board is gone: the page comes back as
                    # what it is now.
                    await send(body(b"", more=False))
                    return
                following = followed.next
                await send(body(followed.parcel.message))
                await asyncio.wait((following, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})


def _let_go(line: Line, followed: Followed, count: Callable[[Followed, int], None]) -> None:
    followed.lines.pop(line, None)
    count(followed, -1)


def _welcome(connection: HTTPConnection, viewer: Viewer) -> Callable[[], bool] | None:
    """Says whether a key still holds; None for the public, which needs none."""
    return None if viewer.role == "public" else lambda: viewer_of(connection) == viewer


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
