"""What our side of each connection knows of the devices: who is there, who is gone, what was in the way.

It becomes facts like all else, so that the page of the devices is the same after a restart. A device that
comes and goes within a second, or a stranger who knocks a thousand times, makes one fact and not a thousand.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog

from homestretch.errors import HomestretchError
from homestretch.facts import DeviceStatus, received
from homestretch.live import Live
from homestretch.readers import Heard

LOOK_S = 1.0
TROUBLE_MS = 60_000
"""The same trouble is told again after so long, with how often it came."""
KINDS_OF_TROUBLE = 5
"""Of each door so many kinds are told."""
SOURCES = 5000
"""More names than any event has devices are somebody's game: they are not told one by one."""
SOURCE = "intake"

logger = structlog.get_logger(__name__)


class Devices:
    """Tells of one event's connections. ``now`` is the event's time (UTC ms)."""

    def __init__(self, live: Live, now: Callable[[], int]) -> None:
        self._live, self._now = live, now
        self._connections: Counter[str] = Counter()
        self._places: dict[str, str] = {}
        self._told: dict[str, bool] = {}
        self._lost_by: dict[str, str] = {}
        self._troubles: Counter[tuple[str, str]] = Counter()
        self.slow_lane = asyncio.Lock()
        """held by who waits because it sends garbage without end"""
        self._trouble_told: dict[tuple[str, str], int] = {}
        self._words: dict[str, dict[str, str]] = {}
        """door -> kind of trouble -> what is said of it, the newest at the end"""

    def came(self, source: str, place: str) -> None:
        """A device has said who it is; it may have several connections at once."""
        if source in self._places or len(self._places) < SOURCES:
            self._connections[source] += 1
            self._places[source] = place
            self._lost_by.pop(source, None)

    def left(self, source: str, reason: str = "") -> None:
        """A connection of a device has ended, and why if it was no farewell."""
        if self._connections[source]:
            self._connections[source] -= 1
            if reason:
                self._lost_by[source] = reason

    def trouble(self, door: str, what: str) -> None:
        """Something was in the way at a door: too many connections, a wrong key."""
        self._troubles[door, what] += 1

    async def run(self) -> None:
        """Tell what changed, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            heard = self.take_news()
            try:
                await self._live.keep(heard)
            except HomestretchError as error:
                logger.error("what is known of devices was not kept", reason=str(error))

    def take_news(self) -> list[Heard]:
        """What is to be told now: once for each device that came or went, and for each kind of trouble."""
        now = self._now()
        news = [
            DeviceStatus(
                seen_at=now,
                of=source,
                place=self._places[source],
                connected=here,
                errors=(self._lost_by[source],) if source in self._lost_by and not here else (),
            )
            for source, here in self._changed()
        ]
        doors = dict.fromkeys(door for door, what in list(self._troubles) if self._tell(door, what))
        for door in doors:
            words = tuple(reversed(self._words[door].values()))
            news.append(DeviceStatus(seen_at=now, of=f"door:{door}", errors=words))
        return [Heard(received(fact, SOURCE, now)) for fact in news]

    def _tell(self, door: str, what: str) -> bool:
        """Put a trouble among the words about a door, of which the newest kinds stay, if it is due."""
        now = self._now()
        if now - self._trouble_told.get((door, what), -TROUBLE_MS) < TROUBLE_MS:
            return False
        count = self._troubles.pop((door, what))
        words = self._words.setdefault(door, {})
        words.pop(what, None)
        words[what] = what if count == 1 else f"{what}, {count:,} times"
        if len(words) > KINDS_OF_TROUBLE:
            del words[next(iter(words))]
        self._trouble_told[door, what] = now
        return True

    def _changed(self) -> list[tuple[str, bool]]:
        changed = []
        for source, count in self._connections.items():
            if self._told.get(source) != bool(count):
                self._told[source] = bool(count)
                changed.append((source, bool(count)))
        return changed
