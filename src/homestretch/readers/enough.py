"""What one source may leave unread: a device with a wrong protocol, or a stranger, buries nothing.

The first of it is kept, byte for byte. Beyond that it is counted, and told once a minute by one fact; nothing
is lost silently, and the log stays the log of a race.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homestretch.facts import Unreadable, received
from homestretch.readers import Heard

HOUR_MS = 3_600_000
MOST = 2_000
"""Kept of one source in an hour."""
MOST_IN_ALL = 20_000
"""Kept in an hour of all sources together: a device may call itself what it likes."""
SOURCES = 500
"""Sources that are counted one by one; what comes from still others is told under ``OTHERS``."""
OTHERS = "intake"
TOLD_MS = 60_000
MORE = "and more of the same"


@dataclass(slots=True)
class _Hour:
    """What was kept since a moment (UTC ms), what was not, and when that was told last."""

    since_at: int
    kept: int = 0
    more: int = 0
    told_at: int = -TOLD_MS

    def begin(self, at: int) -> None:
        """A new hour, if the old one is over."""
        if at - self.since_at >= HOUR_MS:
            self.since_at, self.kept = at, 0


class Enough:
    """Sifts what an event hears. All times are the event's (UTC ms)."""

    def __init__(self) -> None:
        self._all = _Hour(0)
        self._of: dict[str, _Hour] = {}

    def sift(self, heard: Sequence[Heard], at: int) -> list[Heard]:
        """What is to be kept of ``heard``."""
        return [
            item
            for item in heard
            if not isinstance(item.received.fact, Unreadable)
            or self._has_room(item.received.source, item.received.fact, at)
        ]

    def take_due(self, at: int) -> list[Heard]:
        """One fact for each source of which more came than was kept, once a minute."""
        due = []
        for source, hour in self._of.items():
            if hour.more and at - hour.told_at >= TOLD_MS:
                fact = Unreadable(seen_at=0, reason=MORE, more=hour.more)
                due.append(Heard(received(fact, source, at, at)))
                hour.more, hour.told_at = 0, at
        return due

    def _has_room(self, source: str, fact: Unreadable, at: int) -> bool:
        # Of the devices that a station's key speaks for (after the slash) none is counted by itself.
        hour = self._hour_of(source.partition("/")[0], at)
        hour.begin(at)
        self._all.begin(at)
        if hour.kept < MOST and self._all.kept < MOST_IN_ALL:
            hour.kept += 1
            self._all.kept += 1
            return True
        hour.more += fact.more or 1
        return False

    def _hour_of(self, source: str, at: int) -> _Hour:
        hour = self._of.get(source)
        if hour is None:
            if len(self._of) >= SOURCES:
                self._forget(at)
            if len(self._of) >= SOURCES:
                source = OTHERS
            hour = self._of.setdefault(source, _Hour(at))
        return hour

    def _forget(self, at: int) -> None:
        """Who has sent nothing unreadable for an hour begins anew."""
        self._of = {
            source: hour
            for source, hour in self._of.items()
            if hour.more or at - hour.since_at < HOUR_MS
        }
