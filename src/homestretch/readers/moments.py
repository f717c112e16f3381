"""Times as devices write them: the wall of the event, a day that they may not know."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

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


def milliseconds(fraction: bytes) -> int:
    """The digits behind a decimal point as whole milliseconds; what is finer is left off."""
    return int(fraction.ljust(3, b"0")[:3])


def day_of(year: int, month: int, day: int) -> int:
    """The ordinal of a date; ValueError for one that does not exist."""
    return dt.date(year, month, day).toordinal()
