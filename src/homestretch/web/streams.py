"""Live pages: each board, and the list of events, is rendered once for each new Picture and sent to everybody
who follows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import NamedTuple, Protocol

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from homestretch.errors import BusyError, HomestretchError, NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.access import viewer_of
from homestretch.web.events import EventsShown
from homestretch.web.render import BoardKey, board_key, fragments

STREAMS = 5000
"""Streams that one front holds; above it a stream answers 503 and the page asks again later."""
KEPT_FREE = 250
"""Streams among them that only keys may open: a crowd does not shut out who runs the race."""
SEARCHES = 200
"""Boards with choices (a search, a filter, a further page) of one event that the public may follow at once:
their number has no end, and each is rendered and kept. Pages of races and runners are not counted."""
QUIET_S = 10.0
"""A stream in which nothing changed repeats its last message this often, so that nobody thinks it dead."""
CALM_S = 1.0
"""What may wait (a position on the ribbon, the clock) is rendered this often; a board's pulse at once."""
RENDER_S = 0.15
REST_S = 0.05
"""After so long a time of rendering the others get a turn; then the boards that were not reached go on."""

EVERY_EVENT = ""
"""Instead of an event's id: what changes with each of them."""

logger = structlog.get_logger(__name__)


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


class _Followed:
    """What is shown to some viewers: its newest message, and who waits for the next."""

    def __init__(self, name: Hashable, shown: Shown) -> None:
        self.name, self.shown = name, shown
        self.followers = 0
        self.ended = False
        self.message = b""
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
        now = time.monotonic()
        self.rendered_at, self.number = now, self.shown.number()
        self.pulse = self.shown.pulse()
        data = b"\ndata: %s\n\n" % self.shown.body()
        if self.message.endswith(data) and now - self.sent_at < QUIET_S:
            return
        self.sent_at = now
        self.message = b"id: " + self.number.encode() + data
        self._wake_followers()

    def end(self) -> None:
        """What it showed is not there any more, or not for these viewers: everybody is let go."""
        self.ended, self.message = True, b""
        self._wake_followers()

    def _wake_followers(self) -> None:
        self.next.set_result(None)
        self.next = asyncio.get_running_loop().create_future()


class Streams:
    """All streams of a front. ``get`` gives the newest Picture of an event."""

    def __init__(self, get: Callable[[str], Picture]) -> None:
        self._get = get
        self._followed: dict[str, dict[Hashable, _Followed]] = {}
        self._changed: dict[str, None] = {}
        self._wake = asyncio.Event()
        self.count = 0

    def on_picture(self, picture: Picture) -> None:
        """There is a new Picture of an event."""
        self._changed |= {picture.event.id: None, EVERY_EVENT: None}
        self._wake.set()

    async def run(self) -> None:
        """Render and send until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            changed, self._changed = list(self._changed), {}
            for event_id in changed:
                await self._render(event_id)

    async def _render(self, event_id: str) -> None:
        """First the boards whose pulse changed, then those that have been calm for a while."""
        now = time.monotonic()
        followed = self._followed.get(event_id, {}).values()
        behind = [board for board in followed if board.number != board.shown.number()]
        beating = [board for board in behind if board.pulse != board.shown.pulse()]
        calm = [
            board for board in behind if board.rendered_at < now - CALM_S * board.shown.patience
        ]
        for board in dict.fromkeys(
            sorted(beating, key=lambda board: board.urgency(now))
            + sorted(calm, key=lambda board: board.urgency(now))
        ):
            try:
                board.render()
            except (NotFound, RefusedError):
                # Without the reason, which may name somebody who was erased.
                logger.info("a board can no longer be shown", board=board.shown.name)
                self._end(event_id, board)
            except HomestretchError as error:
                logger.info("a board is late", board=board.shown.name, reason=type(error).__name__)
            await asyncio.sleep(0)
            if time.monotonic() > now + RENDER_S:
                self._changed[event_id] = None
                self._wake.set()
                await asyncio.sleep(REST_S)
                return

    def follow(self, event_id: str, key: BoardKey, viewer: Viewer) -> Response:
        """A response that streams a board; BusyError when there are too many streams."""
        self._make_room(event_id, key, viewer)
        return self.follow_shown(
            event_id, (key, viewer), BoardShown(self._get, event_id, key, viewer)
        )

    def follow_shown(self, event_id: str, name: Hashable, shown: Shown) -> Response:
        """A response that streams what changes with the Pictures of an event (or ``EVERY_EVENT``);
        ``name`` is the same for all who may share it."""
        if self.count >= STREAMS - (KEPT_FREE if shown.viewer.role == "public" else 0):
            raise BusyError(
                "Too many pages are live right now.", "The page shows the newest on reload."
            )
        shown.number()  # there is such an event
        boards = self._followed.setdefault(event_id, {})
        board = boards.get(name)
        if board is None:
            board = _Followed(name, shown)
            board.render()
            boards[name] = board
        elif board.pulse != shown.pulse():  # somebody may have been erased a moment ago
            try:
                board.render()
            except (NotFound, RefusedError):
                self._end(event_id, board)
                raise
        return _StreamResponse(self, event_id, board)

    def _make_room(self, event_id: str, key: BoardKey, viewer: Viewer) -> None:
        """BusyError when the public follows as many searches as one front keeps up to date."""
        boards = self._followed.get(event_id, {})
        if viewer.role != "public" or not key.is_chosen or (key, viewer) in boards:
            return
        shown = [board.shown for board in boards.values()]
        chosen = [
            one
            for one in shown
            if isinstance(one, BoardShown) and one.key.is_chosen and one.viewer.role == "public"
        ]
        if len(chosen) >= SEARCHES:
            raise BusyError(
                "Too many searches are live right now.", "The page shows the newest on reload."
            )

    def _end(self, event_id: str, board: _Followed) -> None:
        """Let go of a board and of everybody who follows it."""
        self._forget(event_id, board)
        board.end()

    def _forget(self, event_id: str, board: _Followed) -> None:
        boards = self._followed[event_id]
        if boards.get(board.name) is board:
            del boards[board.name]

    def join(self, board: _Followed) -> None:
        """Count a follower in."""
        self.count += 1
        board.followers += 1

    def leave(self, event_id: str, board: _Followed) -> None:
        """Count a follower out; a board that nobody follows is rendered no more."""
        self.count -= 1
        board.followers -= 1
        if not board.followers:
            self._forget(event_id, board)


class _StreamResponse(Response):
    """Server-sent events of one board, until the client goes away."""

    def __init__(self, streams: Streams, event_id: str, board: _Followed) -> None:
        super().__init__(
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._streams, self._event_id, self._board = streams, event_id, board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.join(self._board)
        gone = asyncio.ensure_future(_gone(receive))
        viewer, connection = self._board.shown.viewer, HTTPConnection(scope)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            while not gone.done():
                revoked = viewer.role != "public" and viewer_of(connection) != viewer
                if revoked or self._board.ended:
                    # The key was revoked or has expired, or the board is gone: the page comes back as
                    # what it is now.
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                following = self._board.next
                await send(
                    {"type": "http.response.body", "body": self._board.message, "more_body": True}
                )
                await asyncio.wait((following, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            self._streams.leave(self._event_id, self._board)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def stream(request: Request) -> Response:
    """``/{event}/stream?board=...``: the live parts of a board."""
    if request.method == "HEAD":
        return _head()
    streams: Streams = request.app.state.streams
    given = {
        name: value
        for name, value in request.query_params.items()
        if name not in ("board", "after")
    }
    key = board_key(request.query_params.get("board", ""), given)
    return streams.follow(request.path_params["event"], key, viewer_of(request))


async def stream_events(request: Request) -> Response:
    """``/events/stream``: the list of events."""
    if request.method == "HEAD":
        return _head()
    streams: Streams = request.app.state.streams
    shown = EventsShown(request.app.state.pictures.list_events)
    return streams.follow_shown(EVERY_EVENT, EVERY_EVENT, shown)


def _head() -> Response:
    return Response(media_type="text/event-stream", headers={"Cache-Control": "no-store"})
