"""The front's side of the wire: holds the newest Pictures and keys, and hands questions to the keeper."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from homestretch.errors import (
    BusyError,
    FactError,
    HomestretchError,
    NotFound,
    RefusedError,
    StoreError,
)
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.server.questions import Deposit, Question, ShownPhoto
from homestretch.server.receiving import receive
from homestretch.server.wire import (
    ANSWER,
    KEYS,
    LARGEST_FRAME,
    QUESTION,
    Admissions,
    Answer,
    frame,
    read_frame,
    words_of,
)
from homestretch.store.keys import Key

ANSWER_S = 10.0
CATCH_UP_S = 1.5
"""So long the answer of a form waits for the Picture that knows what the form said."""
QUESTIONS = 2000
LOOKS = 2
"""So often a picture is asked for, each time as long as the darkroom waits: some 16 s; then the page asks again."""
RETRY_S = 0.2

logger = structlog.get_logger(__name__)


class Front:
    """The newest Picture of each event, the keys, and the way to the keeper. ``on_picture`` is called
    with each new Picture."""

    def __init__(self, on_picture: Callable[[Picture], None]) -> None:
        self._on_picture = on_picture
        self._pictures: dict[str, Picture] = {}
        self._keys: dict[str, dict[str, Key]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._kept: dict[str, tuple[int, int]] = {}
        self._news = asyncio.Event()

    def get(self, event_id: str) -> Picture:
        """The newest Picture of an event; NotFound, or BusyError while nothing has come from the keeper."""
        picture = self._pictures.get(event_id)
        if picture is None and not self._pictures:
            raise BusyError(said("The race is being read in."), said("Try again in a moment."))
        if picture is None:
            raise NotFound(
                said("There is no event {event} here.", event=repr(event_id)),
                said("The start page lists the events."),
            )
        return picture

    def list_events(self) -> list[Picture]:
        """The newest Picture of every event, by id."""
        return [self._pictures[event_id] for event_id in sorted(self._pictures)]

    def find_key(self, event_id: str, key_hash: str, wall_now: int) -> Key | None:
        """The key or session with this hash, if it holds at the wall's time (UTC ms)."""
        key = self._keys.get(event_id, {}).get(key_hash)
        return key if key is not None and key.holds(wall_now) else None

    def next_number(self) -> int:
        """A number for a question."""
        return next(self._numbers)

    async def ask(self, question: Question) -> bytes:
        """The keeper's answer; raises what the keeper raised, or BusyError when it does not answer."""
        return (await self._ask(question)).content

    async def see(self, question: ShownPhoto) -> bytes:
        """A JPEG, once it is made: asked for again while it is being made, and BusyError after that."""
        for _ in range(LOOKS - 1):
            try:
                return await self.ask(question)
            except BusyError:
                question = msgspec.structs.replace(question, number=self.next_number())
        return await self.ask(question)

    async def deposit(self, question: Deposit) -> tuple[bytes, list[str]]:
        """The answer to facts of a request, and in words why some were refused, each reason once."""
        answer = await self._ask(question)
        return answer.content, words_of(answer)

    async def _ask(self, question: Question) -> Answer:
        if self._writer is None or self._writer.is_closing() or len(self._asked) >= QUESTIONS:
            raise BusyError(
                said("The keeper cannot be reached now."), said("Send it again in a moment.")
            )
        asked: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[question.number] = asked
        try:
            self._writer.write(frame(QUESTION, msgspec.msgpack.encode(question)))
            await self._writer.drain()
            async with asyncio.timeout(ANSWER_S):
                answer = await asked
        except (TimeoutError, ConnectionError) as error:
            raise BusyError(
                said("The keeper did not answer."), said("Send it again in a moment.")
            ) from error
        finally:
            self._asked.pop(question.number, None)
        if answer.error:
            raise _ERRORS[answer.error](*words_of(answer))
        if any(answer.kept):
            self._kept[question.event] = answer.kept
        return answer

    async def catch_up(self, event_id: str) -> bool:
        """Wait until the newest Picture knows what was said to the keeper from here so far; False: it still does not,
        after ``CATCH_UP_S``."""
        seq, version = self._kept.get(event_id, (0, 0))
        try:
            async with asyncio.timeout(CATCH_UP_S):
                while True:
                    picture = self.get(event_id)
                    if picture.state.last_seq >= seq and picture.people_version >= version:
                        return True
                    await self._news.wait()
        except TimeoutError:
            return False

    async def follow(self, path: Path) -> None:
        """Stay connected to the keeper; when it goes away, wait for the next one."""
        while True:
            try:
                await self._follow(path)
            except (OSError, asyncio.IncompleteReadError, StoreError) as error:
                logger.debug("no keeper", reason=str(error) or type(error).__name__)
            finally:
                if self._writer is not None:
                    self._writer.close()
                    self._writer = None
                for asked in self._asked.values():
                    if not asked.done():
                        asked.set_exception(ConnectionError("the keeper went away"))
            await asyncio.sleep(RETRY_S)

    async def _follow(self, path: Path) -> None:
        """Until the keeper goes away."""
        stream, self._writer = await asyncio.open_unix_connection(path, limit=2**20)
        ways = [asyncio.create_task(it) for it in (self._listen(stream), receive(path, self._take))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
        for ended in await asyncio.gather(*ways, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    def _take(self, event: str, picture: Picture) -> None:
        self._pictures[event] = picture
        self._news.set()
        self._news = asyncio.Event()
        self._on_picture(picture)

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while True:
            kind, content = await read_frame(stream, LARGEST_FRAME)
            if kind == ANSWER:
                answer = msgspec.msgpack.decode(content, type=Answer)
                asked = self._asked.get(answer.number)
                if asked is not None and not asked.done():
                    asked.set_result(answer)
            elif kind == KEYS:
                admissions = msgspec.msgpack.decode(content, type=Admissions)
                self._keys[admissions.event] = {key.hash: key for key in admissions.keys}


_ERRORS: dict[str, type[HomestretchError]] = {
    "refused": RefusedError,
    "fact": FactError,
    "store": StoreError,
    "not-found": NotFound,
    "busy": BusyError,
    "fault": HomestretchError,
}
