"""The process that sends news to phones. No read waits for it: it gets Pictures as a front does, asks the keeper who
follows, and talks to the push services by itself."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec
import structlog

from homestretch.errors import HomestretchError, MissingExtra
from homestretch.news.followers import Follower, is_of_service
from homestretch.news.sealing import seal, sign, to_text
from homestretch.news.telling import News, Telling, may_still_tell
from homestretch.picture import Picture
from homestretch.race.saying import ENGLISH, Speech, say_again
from homestretch.server.front import Front
from homestretch.server.push_key import PushKey
from homestretch.server.questions import Followers, Forget

try:
    import httpx
except ImportError as error:  # pragma: no cover - every extra is installed here
    raise MissingExtra("httpx", "push", "Sending news to phones") from error

ASK_S: Final = 2.0
"""So often the keeper is asked who follows."""
AT_ONCE, WAITING = 20, 10_000
"""Messages on their way at the same time; messages that wait. More are left out: the page shows the same."""
PATIENCE_S: Final = 10.0
TRIES, AGAIN_S = 3, 5.0
KEEP_S: Final = 3600
"""How long a push service keeps a message for a phone that sleeps."""
TOPIC: Final = 32
GONE: Final = frozenset({404, 410})
LATER: Final = frozenset({429, 500, 502, 503, 504})


def _speak_english(_: str) -> Speech:
    return ENGLISH


logger = structlog.get_logger(__name__)


class Pushing:
    """Sends for the events of ``keys``, to each follower in the language that ``speaks`` knows. ``trusts`` stands in for the certificates that this computer trusts;
    ``ask_s``: how often the keeper is asked who follows, ``again_s``: when a busy service is asked again."""

    def __init__(
        self,
        keys: Mapping[str, PushKey],
        *,
        trusts: ssl.SSLContext | None = None,
        speaks: Callable[[str], Speech] = _speak_english,
        ask_s: float = ASK_S,
        again_s: float = AGAIN_S,
    ) -> None:
        self._keys, self._ask_s, self._again_s = keys, ask_s, again_s
        self._front = Front(self._look)
        self._speaks = speaks
        self._followers: dict[str, list[Follower]] = {}
        self._telling = {event: Telling() for event in keys}
        self._waiting: asyncio.Queue[tuple[str, Follower, News]] = asyncio.Queue(WAITING)
        self._gone: dict[str, set[str]] = {event: set() for event in keys}
        verify: ssl.SSLContext | bool = trusts or True
        # Nobody is sent on to somewhere else: where a message goes was checked when it was asked for.
        self._client = httpx.AsyncClient(
            verify=verify, timeout=PATIENCE_S, follow_redirects=False, trust_env=trusts is None
        )

    def knows(self, event: str, many: int) -> bool:
        """Whether so many followers of an event are known here, each with what they know already."""
        return len(self._followers.get(event, ())) == many

    def speaks_to(self, event: str) -> set[str]:
        """The languages of the followers of an event that are known here."""
        return {follower.language for follower in self._followers.get(event, ())}

    async def run(self, wire: Path) -> None:
        """Until it is told to stop."""
        async with self._client, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._front.follow(wire))
            tasks.create_task(self._ask())
            for _ in range(AT_ONCE):
                tasks.create_task(self._send_all())

    async def _ask(self) -> None:
        """Keep up with who follows, and hand back whoever is gone."""
        while True:
            for event in self._keys:
                with contextlib.suppress(HomestretchError):  # the keeper is starting
                    await self._ask_of(event)
            await asyncio.sleep(self._ask_s)

    async def _ask_of(self, event: str) -> None:
        if gone := list(self._gone[event]):
            await self._front.ask(Forget(self._front.next_number(), event, gone))
            self._gone[event].difference_update(gone)
        found = await self._front.ask(Followers(self._front.next_number(), event))
        self._followers[event] = msgspec.json.decode(found, type=list[Follower])
        # Whoever is new begins to follow at what is known now.
        self._look(self._front.get(event))

    def _look(self, picture: Picture) -> None:
        """Queue what is new in a Picture."""
        event = picture.event.id
        if event not in self._followers:
            return
        gone = self._gone[event]
        following = [one for one in self._followers[event] if one.ref not in gone]
        due, taken_back = self._telling[event].tell(picture, following)
        gone.update(one.ref for one in taken_back)
        for follower, news in due:
            speech = self._speaks(follower.language or picture.event.language)
            with contextlib.suppress(asyncio.QueueFull):
                self._waiting.put_nowait((event, follower, say_again(news, speech)))

    async def _send_all(self) -> None:
        while True:
            event, follower, news = await self._waiting.get()
            try:
                await self._send(event, follower, news)
            except (httpx.HTTPError, HomestretchError, ValueError) as error:  # one phone's fault
                logger.warning("a message to a phone failed", reason=type(error).__name__)

    async def _send(self, event: str, follower: Follower, news: News) -> None:
        """One message; a browser that is gone is forgotten, and a service that is busy asked again."""
        key = self._keys[event]
        if not is_of_service(follower.endpoint, key.all_hosts):
            self._gone[event].add(follower.ref)
            return
        content = seal(msgspec.json.encode(news), follower.p256dh, follower.auth)
        headers = {
            "Authorization": sign(key.private, key.contact, follower.endpoint, int(time.time())),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP_S),
            "Topic": to_text(hashlib.sha256(follower.ref.encode()).digest())[:TOPIC],
            "Urgency": "normal",
        }
        for attempt in range(TRIES):
            if follower.ref in self._gone[event]:
                return
            if not may_still_tell(self._front.get(event), follower):
                return
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.post(
                    follower.endpoint, content=content, headers=headers
                )
                if answer.status_code in GONE:
                    self._gone[event].add(follower.ref)
                if answer.status_code not in LATER:
                    return
            await asyncio.sleep(self._again_s * 2**attempt)
