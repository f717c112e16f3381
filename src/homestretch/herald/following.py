"""The process that tells other systems: it gets every Picture, keeps what is to be told, and sends it.

It is a process of its own, so that no receiver, however slow, holds up a read or a page. It talks to its keeper
alone, and is trusted by it.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog

from homestretch.errors import HomestretchError, StoreError
from homestretch.facts import Delivered
from homestretch.folder.hooks import get_event_key
from homestretch.herald.delivering import Clock, Delivery
from homestretch.herald.happenings import Watch
from homestretch.herald.outbox import FILE, Outbox
from homestretch.herald.receivers import Sending, list_receivers
from homestretch.picture import Picture
from homestretch.server.tidings import Tidings
from homestretch.server.wire import AHEAD, LARGEST_FRAME, PicturesIn, event_frame, read_frame

RETRY_S: Final = 0.2
LOOK_S: Final = 1.0
"""Shortest time between two looks: what happens within is told together."""
MOST_TIDINGS: Final = 200
"""Words for the log that wait while the keeper is away; the oldest go first."""

logger = structlog.get_logger(__name__)


class Wall:
    """The wall's time."""

    def now_s(self) -> float:
        return time.time()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Herald:
    """Tells the receivers of one event."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.receivers = list_receivers(folder)
        self.tidings: deque[Delivered] = deque(maxlen=MOST_TIDINGS)
        self.has_tidings = asyncio.Event()
        self._picture: Picture | None = None
        self._outbox = Outbox(folder / FILE, get_event_key(folder))
        self._outbox.join([hook.name for hook in self.receivers])
        kinds = {kind for hook in self.receivers for kind in hook.kinds}
        self._watch = Watch(kinds, self._outbox.read_told)
        send = Sending(folder).send
        self.deliveries = [
            Delivery(hook, self._outbox, send, clock, self.find_picture, self._tell)
            for hook in self.receivers
        ]

    def find_picture(self) -> Picture | None:
        """The newest Picture."""
        return self._picture

    def take(self, picture: Picture) -> None:
        """Keep what is to be told since the last Picture; StoreError when that cannot be, then it is the next time."""
        self._picture = picture
        if happenings := self._watch.look(picture):
            self._outbox.add(happenings, picture.now)
        self._watch.settle(picture, happenings)
        for delivery in self.deliveries:
            delivery.wake()

    def close(self) -> None:
        """Let go of the file."""
        self._outbox.close()

    def _tell(self, fact: Delivered) -> None:
        self.tidings.append(fact)
        self.has_tidings.set()


class Heralds:
    """The heralds of all events of a keeper that have receivers, by event."""

    def __init__(self, folders: Mapping[str, str], clock: Clock | None = None) -> None:
        clock = clock or Wall()
        self._of = {event: Herald(Path(folder), clock) for event, folder in folders.items()}
        self._newest: dict[str, Picture] = {}
        self._wake = asyncio.Event()

    async def follow(self, path: Path) -> None:
        """Send, and stay connected to the keeper; when it goes away, wait for the next one."""
        async with asyncio.TaskGroup() as tasks:
            for herald in self._of.values():
                for delivery in herald.deliveries:
                    tasks.create_task(delivery.run())
            tasks.create_task(self._look())
            while True:
                await self._stay(path)
                await asyncio.sleep(RETRY_S)

    async def _stay(self, path: Path) -> None:
        try:
            stream, writer = await asyncio.open_unix_connection(path, limit=2**20)
            telling = [
                asyncio.create_task(_report(event, herald, writer))
                for event, herald in self._of.items()
            ]
            try:
                pictures = PicturesIn()
                while True:
                    if found := pictures.take(*await read_frame(stream, LARGEST_FRAME)):
                        self._newest[found[0]] = found[1]
                        self._wake.set()
            finally:
                for task in telling:
                    task.cancel()
                writer.close()
        except (OSError, asyncio.IncompleteReadError, StoreError) as error:
            logger.debug("no keeper", reason=str(error) or type(error).__name__)

    async def _look(self) -> None:
        """Compare the newest Picture of each event with what was told, again and again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            newest, self._newest = self._newest, {}
            for event, picture in newest.items():
                if event in self._of:
                    try:
                        self._of[event].take(picture)
                    except HomestretchError as error:
                        logger.error("nothing kept to be told", event_id=event, reason=str(error))
            await asyncio.sleep(LOOK_S)


async def _report(event: str, herald: Herald, writer: asyncio.StreamWriter) -> None:
    """How telling goes, to the keeper."""
    while True:
        await herald.has_tidings.wait()
        herald.has_tidings.clear()
        facts = tuple(herald.tidings)
        content = pickle.dumps(Tidings(facts), protocol=5)
        writer.write(event_frame(AHEAD, event, content))
        await writer.drain()
        for _ in facts:
            herald.tidings.popleft()
