"""One receiver: it is sent one message after the other, each again until it is taken, and then never more.

Order is kept by never sending the next one before the last was taken. What waits lies in the outbox on the disk, so a
receiver may be away for as long as it likes, and this process may end at any moment. Between an answer and the note
of it the same message can go out twice: it has the same ``webhook-id`` then.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from homestretch.errors import HomestretchError
from homestretch.facts import Delivered
from homestretch.herald.letters import write_letter
from homestretch.herald.outbox import Message, Outbox
from homestretch.herald.posting import Outcome
from homestretch.picture import Picture
from homestretch.race.hooks import Hook

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 300.0
SAID_AFTER: Final = 3
"""Attempts of one message that fail before it is said: a receiver may start again."""
SAID_AGAIN_S: Final = 600.0
"""A receiver that stays away is said again after so long, with how much waits."""

Send = Callable[[Hook, Message, bytes], Awaitable[Outcome]]

logger = structlog.get_logger(__name__)


class Clock(Protocol):
    """The wall's time, and waiting by it."""

    def now_s(self) -> float:
        """Seconds since 1970."""
        ...

    async def wait(self, seconds: float) -> None:
        """Come back after so long."""
        ...


class Delivery:
    """Sends one receiver what waits for it. ``find_picture`` gives the newest Picture, ``tell`` gets what the log
    shall know, without its moment."""

    def __init__(
        self,
        hook: Hook,
        outbox: Outbox,
        send: Send,
        clock: Clock,
        find_picture: Callable[[], Picture | None],
        tell: Callable[[Delivered], None],
    ) -> None:
        self._hook, self._outbox, self._send, self._clock = hook, outbox, send, clock
        self._find_picture, self._tell = find_picture, tell
        self._wake = asyncio.Event()
        self._tries = 0
        self._said_at_s: float | None = None
        self._known_well = False

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._wake.clear()
            try:
                while await self.send_next():
                    pass
            except HomestretchError as error:  # the outbox cannot be read; the day goes on
                logger.error("messages cannot be sent", receiver=self._hook.name, reason=str(error))
            await self._wake.wait()

    async def send_next(self) -> bool:
        """Send the next message, or wait after one that was not taken; False when nothing waits."""
        picture = self._find_picture()
        message = self._outbox.find_next(self._hook.name, self._hook.kinds)
        if picture is None or message is None:
            return False
        names = [self._outbox.name_of([item]) for item in message.items]
        body = write_letter(message, names, picture, self._hook)
        if body is not None:
            outcome = await self._send(self._hook, message, body)
            if not outcome.taken:
                await self._failed(picture, outcome)
                return True
            self._taken(picture, message)
        self._outbox.move(self._hook.name, message.seq)
        return True

    def _taken(self, picture: Picture, message: Message) -> None:
        name, tries = self._hook.name, self._tries + 1
        if message.kind == "alarm":
            for one in message.items:
                words = one.words if one.now > 0 else f"Over: {one.words}"
                fact = Delivered(
                    seen_at=picture.now, to=name, outcome="sent", alarm=words, tries=tries
                )
                self._tell(fact)
        elif (
            not self._known_well
        ):  # also after a restart: what was said before may have been that it fails
            self._tell(Delivered(seen_at=picture.now, to=name, outcome="back", tries=tries))
        self._tries, self._said_at_s, self._known_well = 0, None, True

    async def _failed(self, picture: Picture, outcome: Outcome) -> None:
        self._tries += 1
        now_s, said_at_s = self._clock.now_s(), self._said_at_s
        due = said_at_s is None or now_s - said_at_s >= SAID_AGAIN_S
        if self._tries >= SAID_AFTER and due:
            waiting = self._outbox.count_waiting(self._hook.name, self._hook.kinds)
            self._tell(
                Delivered(
                    seen_at=picture.now, to=self._hook.name, outcome="failing", tries=self._tries,
                    waiting=waiting, reason=outcome.reason,
                )
            )  # fmt: skip
            self._said_at_s, self._known_well = now_s, False
        await self._clock.wait(max(outcome.wait_s, wait_s_after(self._tries)))


def wait_s_after(tries: int) -> float:
    """How long to wait after so many attempts: twice as long each time, up to five minutes, and never quite the same,
    so that many senders do not come at once."""
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries - 1, 12))
    return longest * random.uniform(0.75, 1.0)
