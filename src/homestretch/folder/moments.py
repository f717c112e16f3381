"""Times of day as a race writes them, and the instants that they mean in the event's zone."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo
from dataclasses import dataclass
from typing import Final

from homestretch.folder.problem import WrongError, one_of

EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2200
_MS: Final = dt.timedelta(milliseconds=1)
_SAID_TIME: Final = re.compile(
    r"^(?:\+(?P<days>\d)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<part>\.\d{1,6})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?$",
    re.IGNORECASE,
)
HOW: Final = 'Write 07:00:00, or "+1 02:00" for two o\'clock on the next day.'


@dataclass(frozen=True, slots=True)
class Day:
    """The date and zone that times of day belong to."""

    date: dt.date
    zone: zoneinfo.ZoneInfo

    def moment(self, said: object) -> int:
        """UTC milliseconds of a time, a date with time or a text such as ``+1 02:00``; WrongError if none."""
        if isinstance(said, str):
            return self._said(said)
        if isinstance(said, dt.datetime):
            return self._at(said)
        if isinstance(said, dt.time):
            return self._at(dt.datetime.combine(self.date, said))
        raise WrongError("is not a time", HOW)

    def _said(self, said: str) -> int:
        match = _SAID_TIME.match(said.strip())
        if match is None:
            try:
                return self._at(dt.datetime.fromisoformat(said.strip()))
            except ValueError:
                raise WrongError("is not a time", HOW) from None
        hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
        if match["half"]:
            if not 1 <= hour <= 12:
                raise WrongError("is not a time", HOW)
            hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
        if hour > 23 or minute > 59 or second > 59:
            raise WrongError("is not a time between 00:00 and 23:59", HOW)
        micros = int((match["part"] or ".0")[1:].ljust(6, "0"))
        date = self.date + dt.timedelta(days=int(match["days"] or 0))
        return self._at(dt.datetime.combine(date, dt.time(hour, minute, second, micros)))

    def _at(self, moment: dt.datetime) -> int:
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            raise WrongError("is in a year that cannot be meant", "Write the year of the event.")
        if moment.tzinfo is not None:
            return (moment - EPOCH) // _MS
        earlier, later = (self._utc_ms(moment, fold) for fold in (0, 1))
        if earlier == later:
            return earlier
        local = [self.local(at) for at in (earlier, later)]
        day = f"{moment.day} {moment:%B %Y} in {self.zone.key}"
        if local[0].replace(tzinfo=None) != moment:
            near = one_of(sorted(f"{time:%H:%M:%S}" for time in local))
            raise WrongError(
                f"does not exist on {day}, because the clocks go forward then",
                f"Did you mean {near}?",
            )
        first, second = (time.isoformat() for time in local)
        raise WrongError(
            f"comes twice on {day}, because the clocks go back then",
            f"Write {first} for the first or {second} for the second.",
        )

    def _utc_ms(self, local: dt.datetime, fold: int) -> int:
        return (local.replace(tzinfo=self.zone, fold=fold) - EPOCH) // _MS

    def local(self, at: int) -> dt.datetime:
        """A moment (UTC ms) as the clocks of the zone show it."""
        return dt.datetime.fromtimestamp(at // 1000, tz=self.zone).replace(
            microsecond=at % 1000 * 1000
        )

    def say(self, at: int) -> str:
        """A moment (UTC ms) in words: ``09:10``, on another date ``09:10 on Monday 4 May``."""
        local = self.local(at)
        clock = f"{local:%H:%M}"
        return clock if local.date() == self.date else f"{clock} on {say_date(local.date())}"


def say_date(date: dt.date) -> str:
    """A date in words: ``Monday 4 May``."""
    return f"{date:%A} {date.day} {date:%B}"


def is_time_of_day(said: str) -> bool:
    """Whether a text is a time of day that does not say of which day."""
    match = _SAID_TIME.match(said.strip())
    return match is not None and match["days"] is None


@functools.lru_cache(maxsize=1)
def list_zones() -> frozenset[str]:
    """The time zones of places, and UTC; abbreviations such as EST do not know when clocks change."""
    return frozenset(
        zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"
    )


def say_moment(at: int, day: Day) -> str:
    """A moment as event.toml writes it: a time on the event's date, else the local date and time; with
    its offset where the clocks make the short form ambiguous."""
    local = day.local(at)
    plain = local.replace(tzinfo=None, fold=0)
    try:
        unambiguous = day.moment(plain) == at
    except WrongError:
        unambiguous = False
    if not unambiguous:
        return local.isoformat()
    return plain.time().isoformat() if plain.date() == day.date else plain.isoformat()
