"""Times as devices and files write them: the wall of the event, a day that they may not know."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from homestretch.errors import FactError

MINUTES_KEPT = 5000


class WallClock:
    """Times of day in the zone of an event, as UTC ms. Each minute is looked up once: zones are slow."""

    def __init__(self, zone: ZoneInfo, date: str) -> None:
        self.zone = zone
        self.first_day = dt.date.fromisoformat(date).toordinal()
        self._minutes: dict[tuple[int, int, int], int] = {}

    def moment(self, day: int, hours: int, minutes: int, seconds: int, ms: int = 0) -> int:
        """UTC ms of a time on a day (an ordinal); ValueError for one that does not exist, or is not between
        1971 and 2099. Of an hour that the wall shows twice the first is meant."""
        if not 0 <= seconds < 60:
            raise ValueError
        minute_at = self._minutes.get((day, hours, minutes))
        if minute_at is None:
            if len(self._minutes) > MINUTES_KEPT:
                self._minutes.clear()
            date = dt.date.fromordinal(day)
            if not 1970 < date.year < 2100:
                raise ValueError
            wall = dt.datetime(date.year, date.month, date.day, hours, minutes, tzinfo=self.zone)
            minute_at = self._minutes[day, hours, minutes] = int(wall.timestamp()) * 1000
        return minute_at + seconds * 1000 + ms

    def day_at(self, at: int) -> int:
        """The ordinal of the day that the wall shows at a moment (UTC ms)."""
        return dt.datetime.fromtimestamp(at // 1000, self.zone).date().toordinal()

    def wall_at(self, at: int) -> tuple[int, int]:
        """What the wall shows at a moment (UTC ms): the ordinal of the day, and the ms since its midnight."""
        wall = dt.datetime.fromtimestamp(at // 1000, self.zone)
        seconds = wall.hour * 3600 + wall.minute * 60 + wall.second
        return wall.date().toordinal(), seconds * 1000 + at % 1000


def milliseconds(fraction: bytes) -> int:
    """The digits behind a decimal point as whole milliseconds; what is finer is left off."""
    return int(fraction.ljust(3, b"0")[:3])


def day_of(year: int, month: int, day: int) -> int:
    """The ordinal of a date; ValueError for one that does not exist."""
    return dt.date(year, month, day).toordinal()


_DAY = r"(?P<year>\d{4})[-/](?P<month>\d{2})[-/](?P<day>\d{2})"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(rf"(?:{_DAY}[T ]\s*)?{_CLOCK}\s*{_OFFSET}")
_EPOCH = re.compile(r"(?P<s>\d{10})(?:\.(?P<part>\d{1,9}))?|(?P<ms>\d{13})")
_DATE = re.compile(_DAY)


def is_time(text: str) -> bool:
    """Whether this is a time of day, with a date or without."""
    return bool(_TIME.fullmatch(text))


def is_epoch(text: str) -> bool:
    """Whether this may be seconds or milliseconds since 1970."""
    return bool(_EPOCH.fullmatch(text))


def is_date(text: str) -> bool:
    """Whether this is a date."""
    return bool(_DATE.fullmatch(text))


def says_date(text: str) -> bool:
    """Whether a time says its date: with one that is known, or as seconds since 1970."""
    match = _TIME.fullmatch(text)
    return is_epoch(text) or bool(match and match["year"] and match["year"] != "0000")


class FileTimes:
    """Times as rows of files hold them; FactError with the reason for what is none."""

    def __init__(self, zone: ZoneInfo, date: str) -> None:
        self._clock = WallClock(zone, date)

    def day(self, text: str) -> int:
        """The ordinal of a date; ``0000-00-01`` is a device that counts days without knowing the date."""
        match = _DATE.fullmatch(text)
        if match is None:
            raise FactError("not a date: write it as 2026-05-03")
        if match["year"] == "0000":
            return self._clock.first_day + int(match["day"])
        try:
            return day_of(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError as error:
            raise FactError("a date that does not exist") from error

    def moment(self, text: str, day: int | None = None) -> int:
        """UTC ms of a time of day (on ``day``, else on the event's date), a date with time, or seconds or
        milliseconds since 1970. Without an offset a time is one of the zone."""
        if match := _EPOCH.fullmatch(text):
            if match["ms"]:
                return int(match["ms"])
            return int(match["s"]) * 1000 + milliseconds((match["part"] or "0").encode())
        match = _TIME.fullmatch(text)
        if match is None:
            raise FactError("no time" if not text else "not a time")
        if match["year"]:
            day = self.day(text[:10])
        hour, minute, second = (int(match[name]) for name in ("hour", "minute", "second"))
        ms = milliseconds((match["part"] or "0").encode())
        try:
            there = self._clock.first_day if day is None else day
            if match["offset"]:
                return _at_offset(match["offset"], there, hour, minute, second) + ms
            return self._clock.moment(there, hour, minute, second, ms)
        except (ValueError, OverflowError) as error:
            raise FactError("a date or time that does not exist") from error


def _at_offset(offset: str, day: int, hours: int, minutes: int, seconds: int) -> int:
    """UTC ms of a time with its offset (``Z``, ``-04:00``)."""
    shift = 0 if offset == "Z" else int(offset[1:3]) * 60 + int(offset[-2:])
    if shift >= 24 * 60:
        raise FactError("an offset that does not exist")
    zone = dt.timezone(dt.timedelta(minutes=-shift if offset[0] == "-" else shift))
    date = dt.date.fromordinal(day)
    if not 1970 < date.year < 2100:
        raise ValueError
    clock = dt.time(hours, minutes, seconds, tzinfo=zone)
    return int(dt.datetime.combine(date, clock).timestamp()) * 1000
