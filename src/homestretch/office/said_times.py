"""When something was seen, as an official types it: ``00:12`` after midnight is not 00:12 of the day before.

A time of day alone is the last one up to the event's now. Where that could be another day's, nothing is
guessed: both readings are named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from homestretch.errors import FactError
from homestretch.folder.moments import Day, is_time_of_day, say_date
from homestretch.folder.problem import WrongError, one_of
from homestretch.race.event import Event
from homestretch.race.hours import Hours, list_hours

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
AHEAD_MS: Final = 5 * MINUTE_MS
"""A time may be that far in the future: two watches differ, and somebody rounds."""
SOON_MS: Final = 3 * HOUR_MS
"""A time of day that comes again so soon may be a slip for it."""
EVE_MS: Final = 12 * HOUR_MS
"""What is said so long before the date of the event is not said of that day."""
AROUND_MIDNIGHT_MS: Final = 2 * HOUR_MS
DAYS_OF_TALK_MS: Final = 48 * HOUR_MS
"""So long after the last cutoff a time of day may still be one of today."""


def said_at(word: str, event: Event, now: int) -> int:
    """UTC ms of a time as typed: ``11:20``, ``+1 00:12``, a date with time; FactError when it is none, or
    when a time of day alone can be meant in several ways. ``now`` is the event's (UTC ms)."""
    day = Day(dt.date.fromisoformat(event.date), event.zone_info)
    try:
        if not is_time_of_day(word):
            return day.moment(word)
        hours = list_hours(event)
        if now > hours.over_at:
            return _of_a_day_that_is_over(word, day, hours, now)
        return _up_to_now(word, day, hours, now)
    except WrongError as wrong:
        raise FactError(f"{word!r} {wrong.what}.", wrong.do) from wrong


def say_when(at: int, event: Event) -> str:
    """A moment (UTC ms) with its day: ``00:12 on Monday 4 May``."""
    local = dt.datetime.fromtimestamp(at // 1000, event.zone_info)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{clock} on {say_date(local.date())}"


def _up_to_now(word: str, day: Day, hours: Hours, now: int) -> int:
    """The last time that the clocks showed this, unless another day can be meant."""
    past, ahead = _either_side(word, day, now)
    if now < hours.midnight_at - EVE_MS:
        raise _several(word, day, hours, now, [past, day.moment(word)])
    if ahead - now < SOON_MS:
        raise _several(word, day, hours, now, [past, ahead])
    same_day = day.local(past).date() == day.local(now).date()
    if past < hours.first_gun_at and not same_day and now - past > AROUND_MIDNIGHT_MS:
        raise _several(word, day, hours, now, [past, ahead])
    return past


def _either_side(word: str, day: Day, now: int) -> tuple[int, int]:
    """The last moment up to now at which the clocks show this, and the one after it."""
    ahead = now + 24 * HOUR_MS
    for away in (1, 0, -1):
        try:
            at = _on(word, day, now, away)
        except WrongError:
            if away < 1:
                raise
            continue
        if at <= now + AHEAD_MS:
            return at, ahead
        ahead = at
    return ahead - 24 * HOUR_MS, ahead


def _on(word: str, day: Day, now: int, away: int) -> int:
    date = day.local(now).date() + dt.timedelta(days=away)
    return Day(date, day.zone).moment(word)


def _of_a_day_that_is_over(word: str, day: Day, hours: Hours, now: int) -> int:
    """The one moment of the event that can be meant, when all is over."""
    last = day.local(hours.over_at).date()
    dates = [day.date + dt.timedelta(days=away) for away in range((last - day.date).days + 1)]
    found = {Day(date, day.zone).moment(word) for date in dates}
    talked_of = now - hours.over_at < DAYS_OF_TALK_MS
    if talked_of:
        found.update(_either_side(word, day, now))
    can = sorted(at for at in found if at <= now + AHEAD_MS and at >= hours.midnight_at)
    within = [at for at in can if hours.first_gun_at <= at <= hours.over_at]
    if len(can) == 1 or (len(within) == 1 and not talked_of):
        return (within or can)[0]
    raise _several(word, day, hours, now, can)


def _several(word: str, day: Day, hours: Hours, now: int, readings: Sequence[int]) -> FactError:
    named = [_say(at, day, hours, now) for at in dict.fromkeys(readings)]
    written = [f'"{day.local(at).replace(tzinfo=None)}"' for at in dict.fromkeys(readings)]
    return FactError(
        f"{word!r} can be meant in several ways: {one_of(named)}.",
        f"Write the one that is meant: {one_of(written)}.",
    )


def _say(at: int, day: Day, hours: Hours, now: int) -> str:
    local = day.local(at)
    why = (
        " (still to come)" if at > now
        else " (before the first gun)" if at < hours.first_gun_at
        else ""
    )  # fmt: skip
    return f"{local:%H:%M} on {say_date(local.date())}{why}"
