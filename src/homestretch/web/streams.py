"""Live pages: each board, and the list of events, is rendered once for each new Picture and sent to everybody
who follows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from functools import partial

import structlog
from starlette.requests import Request
from starlette.responses import Response

from homestretch.errors import BusyError, HomestretchError, NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.web.access import viewer_of
from homestretch.web.delivery import Delivery
from homestretch.web.events import EventsShown
from homestretch.web.followed import KEPT_FREE, BoardShown, Followed, Shown, StreamResponse
from homestretch.web.render import BoardKey, board_key
from homestretch.web.spoken import spoken_in

STREAMS = 5250
"""Streams that one front holds; above it a stream answers 503 and the page asks again later."""
SEARCHES = 200
"""Boards with choices (a search, a filter, a further page) of one event that the public may follow at once:
their number has no end, and each is rendered and kept. Pages of races and runners are not counted."""
CALM_S = 1.0
"""What may wait (a position on the ribbon, the clock) is rendered this often; a board's pulse at once."""
RENDER_S = 0.15
REST_S = 0.05
"""After so long a time of rendering the others get a turn; then the boards that were not reached go on."""

EVERY_EVENT = ""
"""Instead of an event's id: what changes with each of them."""

logger = structlog.get_logger(__name__)


class Streams:
    """All streams of a front. ``get`` gives the newest Picture of an event, ``clock`` seconds that never go back."""

    def __init__(
        self, get: Callable[[str], Picture], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._get, self._clock = get, clock
        self._followed: dict[str, dict[Hashable, Followed]] = {}
        self._changed: dict[str, None] = {}
        self._delivery = Delivery()
        self._wake = asyncio.Event()
        self._rested_at = 0.0
        self.count = 0

    def on_picture(self, picture: Picture) -> None:
        """There is a new Picture of an event."""
        self._changed |= {picture.event.id: None, EVERY_EVENT: None}
        self._wake.set()

    async def run(self) -> None:
        """Render and send until cancelled."""
        while True:
            if not self._wake.is_set():
                await self._wake.wait()
                self._rested_at = self._clock()
            self._wake.clear()
            changed, self._changed = list(self._changed), {}
            for event_id in changed:
                await self._render(event_id)

    async def _render(self, event_id: str) -> None:
        """First the boards whose pulse changed, then those that have been calm for a while; a newer Picture begins
        anew, so that what must be seen at once waits for one board and not for all."""
        now = self._clock()
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
            if self._clock() > self._rested_at + RENDER_S:
                self._changed[event_id] = None
                self._wake.set()
                await asyncio.sleep(REST_S)
                self._rested_at = self._clock()
                return
            if event_id in self._changed:
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
                said("Too many pages are live right now."),
                said("The page shows the newest on reload."),
            )
        shown.number()  # there is such an event
        boards = self._followed.setdefault(event_id, {})
        board = boards.get(name)
        if board is None:
            board = Followed(name, shown, self._delivery, self._clock)
            board.render()
            boards[name] = board
        elif board.pulse != shown.pulse():  # somebody may have been erased a moment ago
            try:
                board.render()
            except (NotFound, RefusedError):
                self._end(event_id, board)
                raise
        return StreamResponse(board, partial(self._count, event_id))

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
                said("Too many searches are live right now."),
                said("The page shows the newest on reload."),
            )

    def _end(self, event_id: str, board: Followed) -> None:
        """Let go of a board and of everybody who follows it."""
        self._forget(event_id, board)
        board.end()

    def _forget(self, event_id: str, board: Followed) -> None:
        boards = self._followed[event_id]
        if boards.get(board.name) is board:
            del boards[board.name]

    def _count(self, event_id: str, board: Followed, change: int) -> None:
        """Count a follower in or out; a board that nobody follows is rendered no more."""
        self.count += change
        board.followers += change
        if not board.followers:
            self._forget(event_id, board)


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
    spoken = spoken_in(request.query_params)
    shown = EventsShown(request.app.state.pictures.list_events, spoken)
    return streams.follow_shown(EVERY_EVENT, spoken, shown)


def _head() -> Response:
    return Response(media_type="text/event-stream", headers={"Cache-Control": "no-store"})
