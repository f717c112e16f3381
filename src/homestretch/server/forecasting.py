"""The process beside the keeper that looks ahead and finds companions: it gets every Picture, and sends back what
follows from it.

It is a process of its own, so that what changes everybody (a closed interval of the day, the chase of the
sweep) holds up no read. It talks to its keeper alone, and is trusted by it.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import structlog

from homestretch.companions.following import Following
from homestretch.errors import StoreError
from homestretch.folder.check import load_paces
from homestretch.forecast.ahead import Looking
from homestretch.forecast.courses import CourseKnown, known_from
from homestretch.picture import Picture
from homestretch.server.wire import AHEAD, LARGEST_FRAME, PicturesIn, event_frame, read_frame

RETRY_S = 0.2
REST = 1.0
"""After a forecast the computer is left to others for as long."""
CHASE_REST = 4.0
"""So many times as long as the last chase took goes by before the next one,"""
CHASE_S = 5.0
"""and at least this."""
BESIDE_REST, BESIDE_S = 4.0, 10.0
"""So many times as long as companions took to find goes by before they are looked for again, and at most this;"""
ANEW_REST, ANEW_S, ANEW_MOST_S = 8.0, 5.0, 60.0
"""so many times as long as learning their paces and chances took before that is done again, at least and at most."""

logger = structlog.get_logger(__name__)


class Forecasting:
    """Looks ahead for every event of a keeper. ``courses``: what earlier editions have shown, by event and race."""

    def __init__(self, courses: Mapping[str, Mapping[str, CourseKnown]] | None = None) -> None:
        self._courses = courses or {}
        self._newest: dict[str, Picture] = {}
        self._looking: dict[str, Looking] = {}
        self._chase_due: dict[str, float] = {}
        self._following: dict[str, Following] = {}
        self._anew_due: dict[str, float] = {}
        self._wake = asyncio.Event()
        self._beside: dict[str, Picture] = {}
        self._wake_beside = asyncio.Event()
        self._looks, self._in_thread = threading.Lock(), threading.Lock()

    async def follow(self, path: Path) -> None:
        """Stay connected to the keeper; when it goes away, wait for the next one."""
        while True:
            try:
                stream, writer = await asyncio.open_unix_connection(path, limit=2**20)
                working = [
                    asyncio.create_task(work(writer))
                    for work in (self._work, self._work_on_companions)
                ]
                try:
                    await self._listen(stream)
                finally:
                    for task in working:
                        task.cancel()
                    writer.close()
            except (OSError, asyncio.IncompleteReadError, StoreError) as error:
                logger.debug("no keeper", reason=str(error) or type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        pictures = PicturesIn()
        while True:
            if found := pictures.take(*await read_frame(stream, LARGEST_FRAME)):
                event, picture = found
                self._newest[event] = self._beside[event] = picture
                self._wake.set()
                self._wake_beside.set()

    async def _work(self, writer: asyncio.StreamWriter) -> None:
        """Look ahead from the newest Picture of each event, again and again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            newest, self._newest = self._newest, {}
            for event, picture in newest.items():
                started = time.monotonic()
                if content := await asyncio.to_thread(self._look, event, picture):
                    writer.write(event_frame(AHEAD, event, content))
                    await writer.drain()
                await asyncio.sleep(REST * (time.monotonic() - started))

    def _look(self, event: str, picture: Picture) -> bytes:
        """What is ahead, pickled; nothing when it cannot be said: the pages go on without. In a thread, so that
        this process hears at any moment that it shall end; one at a time, as with companions."""
        with self._looks:
            now = time.monotonic()
            chase = now >= self._chase_due.get(event, 0.0)
            looking = self._looking.get(event)
            if looking is None:
                looking = self._looking[event] = Looking(self._courses.get(event))
            try:
                ahead = looking.look(picture.event, picture.state, chase=chase)
            except Exception as error:  # one event's forecast is not worth the others'
                reason = type(error).__name__
                logger.error("no forecast", event_id=event, reason=reason, exc_info=True)
                del self._looking[event]
                return b""
            if chase:
                ended = time.monotonic()
                self._chase_due[event] = ended + max(CHASE_S, CHASE_REST * (ended - now))
            return pickle.dumps(ahead, protocol=5)

    async def _work_on_companions(self, writer: asyncio.StreamWriter) -> None:
        """Find who is together, in a thread, so that no forecast waits for it."""
        while True:
            await self._wake_beside.wait()
            self._wake_beside.clear()
            newest, self._beside = self._beside, {}
            for event, picture in newest.items():
                started = time.monotonic()
                if content := await asyncio.to_thread(self._find_companions, event, picture):
                    writer.write(event_frame(AHEAD, event, content))
                    await writer.drain()
                took = time.monotonic() - started
                await asyncio.sleep(min(BESIDE_REST * took, BESIDE_S))

    def _find_companions(self, event: str, picture: Picture) -> bytes:
        """Who is together, pickled; nothing when it cannot be said. One at a time: after a lost connection the
        thread before may still be at work."""
        with self._in_thread:
            started = time.monotonic()
            anew = started >= self._anew_due.get(event, 0.0)
            following = self._following.setdefault(event, Following())
            try:
                found = following.look(picture.event, picture.state, anew=anew)
            except Exception as error:  # one event's companions are not worth the others'
                reason = type(error).__name__
                logger.error("no companions", event_id=event, reason=reason, exc_info=True)
                self._following[event] = Following()
                return b""
            if anew:
                ended = time.monotonic()
                rest = ANEW_REST * (ended - started)
                self._anew_due[event] = ended + min(max(ANEW_S, rest), ANEW_MOST_S)
            return pickle.dumps(found, protocol=5)


def courses_of(folder: Path) -> dict[str, CourseKnown]:
    """What an earlier edition showed of the races of a folder."""
    return {
        paces.race: known_from(paces.mats_m, paces.shares, paces.covariance)
        for paces in load_paces(folder)[0]
    }
