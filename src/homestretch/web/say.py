"""How a page says times, distances and counts: in the event's zone and units."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from homestretch.boards.frame import Frame
from homestretch.boards.words import (
    say_age,
    say_count,
    say_group,
    say_minutes,
    say_ordinal,
    say_people,
)
from homestretch.race.clock import (
    pace_digits,
    say_distance,
    say_elapsed,
    say_pace,
    say_seconds,
    say_time,
)
from homestretch.race.saying import ENGLISH, Speech, decimal, said
from homestretch.state.snapshot import NEVER

NOTHING = "–"


class Say:
    """The words of one page. Times are UTC ms, elapsed times ms; NEVER and None are said as a dash."""

    def __init__(self, frame: Frame, speech: Speech = ENGLISH) -> None:
        self._speech = speech
        self._zone = ZoneInfo(frame.event.zone)
        self._units = frame.event.units
        self._now = frame.now

    def time(self, at: int | None) -> str:
        """``14:46``"""
        return NOTHING if at is None or at == NEVER else say_time(at, self._zone)

    def second(self, at: int | None) -> str:
        """``14:46:05``"""
        return NOTHING if at is None or at == NEVER else say_time(at, self._zone, seconds=True)

    def tenth(self, at: int) -> str:
        """``14:46:05.3``, as a read says it."""
        return f"{say_time(at, self._zone, seconds=True)}.{at % 1000 // 100}"

    def between(self, from_at: int, until_at: int) -> str:
        """``14:46–14:48``; one time alone when both are in one minute."""
        early, late = self.time(from_at), self.time(until_at)
        return early if early == late else f"{early}–{late}"

    def machine(self, at: int) -> str:
        """The same moment for a machine: ``2026-05-03T14:46:05-04:00``."""
        return dt.datetime.fromtimestamp(at // 1000, tz=self._zone).isoformat()

    def span(self, span_ms: int) -> str:
        """``0.12 s``, ``2 min 5 s``, ``1 h``, without a sign."""
        return self._speech.again(say_seconds(span_ms / 1000.0))

    def signed(self, offset_ms: int) -> str:
        """``-30.2 s``: what is added to a device's times."""
        return f"{'-' if offset_ms < 0 else '+'}{self.span(offset_ms)}"

    def shift(self, offset_ms: int) -> str:
        """``30.2 s ahead``: a clock that such a correction would put right."""
        time = say_seconds(offset_ms / 1000.0)
        words = (
            said("{time} ahead", time=time) if offset_ms < 0 else said("{time} behind", time=time)
        )
        return self._speech.again(words)

    def age(self, at: int | None) -> str:
        """How long ago: ``2 min ago``."""
        if at is None or at == NEVER:
            return ""
        return self._speech.again(say_age(max(0, self._now - at)))

    def elapsed(self, elapsed_ms: int | None) -> str:
        """``2:09:45``, by the next-longer-second rule."""
        return NOTHING if elapsed_ms is None or elapsed_ms == NEVER else say_elapsed(elapsed_ms)

    def pace(self, s_per_km: float | None) -> str:
        """``15:48/mi``"""
        return NOTHING if s_per_km is None else self._speech.again(say_pace(s_per_km, self._units))

    def pace_from_here(self, s_per_km: float) -> str:
        """``13:40 a mile``, ``8:30 a km``"""
        pace = pace_digits(s_per_km, self._units)
        words = said("{pace} a km", pace=pace)
        if self._units == "mi":
            words = said("{pace} a mile", pace=pace)
        return self._speech.again(words)

    def about(self, minutes: float) -> str:
        """``6 min``, ``1 h 5 min``, without a sign"""
        return self._speech.again(say_minutes(abs(minutes)))

    def distance(self, distance_m: float) -> str:
        """``13.2 mi``"""
        return self._speech.again(say_distance(distance_m, self._units))

    def count(self, count: int) -> str:
        """``4,061``"""
        return self._speech.again(say_count(count))

    def ordinal(self, place: int) -> str:
        """``42nd``"""
        return self._speech.again(say_ordinal(place))

    def distances(self, of_races: tuple[tuple[str, float], ...]) -> str:
        """``26.2 mi, 13.1 mi``: each distance at which races pass a place, once."""
        return ", ".join(dict.fromkeys(self.distance(distance_m) for _, distance_m in of_races))

    def people(self, count: int) -> str:
        """``31 people``"""
        return self._speech.again(say_people(count))

    def decimal(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """``21.3``"""
        return self._speech.again(decimal(value, digits, sign=sign))

    def group_name(self, group: str) -> str:
        """An age group as people call it: ``35-39``, ``under 20``."""
        return self._speech.again(say_group(group))

    def who(self, by: str) -> str:
        """Who said something, as far as that is known."""
        return by or self._speech.again(said("somebody"))

    def lowered(self, words: str) -> str:
        """The page's own words, as they go on within a sentence: English has a small letter there."""
        is_english = self._speech.language == ENGLISH.language
        return f"{words[:1].lower()}{words[1:]}" if is_english else words
