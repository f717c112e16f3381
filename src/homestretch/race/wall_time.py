"""Times as people say them: ``12:41``, ``1:05 pm``; which moment of the event's day that was."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from homestretch.race.event import Event

WALL: Final = r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\b\.?)?"
"""A time of day within a sentence."""
_WALL = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
EARLY_MS: Final = 6 * 3_600_000
"""So long before the first gun a time of day may be meant; what is earlier is of the next day."""
AHEAD_MS: Final = 120_000
"""Clocks differ by as much: what is further ahead is still to come."""
MOST_DAYS: Final = 10


def find_moment(text: str, event: Event, now: int, over: bool = False) -> int | None:
    """UTC ms of a time of day that is past at ``now``; None when it is no time, or still to come.

    Of several days the newest is meant, and the first once the day is ``over``: then its papers are entered.
    """
    match = _WALL.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
    if half := (match[4] or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    found = [
        moment
        for moment in _on_each_day(event, dt.time(hour, minute, second))
        if _first_gun_at(event) - EARLY_MS <= moment <= now + AHEAD_MS
    ]
    if not found:
        return None
    return found[0] if over else found[-1]


def _on_each_day(event: Event, time: dt.time) -> list[int]:
    day = dt.date.fromisoformat(event.date)
    days = (day + dt.timedelta(days=number) for number in range(MOST_DAYS))
    return [int(dt.datetime.combine(day, time, event.zone_info).timestamp()) * 1000 for day in days]


def _first_gun_at(event: Event) -> int:
    guns = [wave.gun_at for race in event.races for wave in race.waves]
    day = dt.date.fromisoformat(event.date)
    midnight = dt.datetime.combine(day, dt.time(), event.zone_info)
    return min(guns, default=int(midnight.timestamp()) * 1000)
