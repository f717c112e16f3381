"""The one clock of an event, and how its times are said."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from homestretch.race.saying import Said, decimal, in_units, joined, said

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
KM_PER_MILE = 1.609344
METRES_OF: dict[str, float] = {"mi": 1000.0 * KM_PER_MILE, "km": 1000.0}
"""Metres of one of the units in which an event says distances."""


class Moment(NamedTuple):
    """Now by the event's clock and by the wall's, both UTC ms: apart only in a rehearsal."""

    event_at: int
    wall_at: int


class EventClock(msgspec.Struct, frozen=True):
    """Maps wall time to the event's time: a rehearsal at 60 times speed has ``speed`` 60.

    ``event_at = anchor_event_at + speed * (wall_at - anchor_wall_at)``, all in UTC milliseconds; before
    the anchor the clock stands at ``anchor_event_at``. The real day is ``EventClock(0, 0, 1.0)``.
    """

    anchor_wall_at: int = 0
    anchor_event_at: int = 0
    speed: float = 1.0

    def event_at(self, wall_at: int) -> int:
        """The event's time (UTC ms) at a wall time (UTC ms)."""
        return self.anchor_event_at + int(max(0, wall_at - self.anchor_wall_at) * self.speed)

    def wall_s_until(self, event_at: int, wall_at: int) -> float:
        """Seconds of wall time until the event's clock shows ``event_at`` (negative: it is past)."""
        due_wall_at = self.anchor_wall_at + (event_at - self.anchor_event_at) / self.speed
        return (due_wall_at - wall_at) / 1000.0


def whole_seconds(elapsed_ms: int) -> int:
    """Official seconds of an elapsed time: the next-longer-second rule, in integer milliseconds."""
    return -(-elapsed_ms // 1000)


def say_elapsed(elapsed_ms: int) -> str:
    """An elapsed time by the next-longer-second rule: ``2:09:45`` or ``58:03``."""
    seconds = whole_seconds(elapsed_ms)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def say_time(at: int, zone: ZoneInfo, seconds: bool = False) -> str:
    """A moment as a clock on the wall of the event says it: ``14:46`` or ``14:46:05``."""
    moment = dt.datetime.fromtimestamp(at // 1000, tz=zone)
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")


def iso(at: int, zone: ZoneInfo) -> str:
    """A moment (UTC ms) with milliseconds and the zone's offset: ``2026-05-03T07:41:16.443-04:00``."""
    moment = (_EPOCH + dt.timedelta(milliseconds=at)).astimezone(zone)
    return moment.isoformat(timespec="milliseconds")


def say_seconds(value_s: float) -> Said:
    """``1.25 s``, ``12.3 s``, ``2 min 5 s``, ``1 h``: a difference, without a sign."""
    value_s = abs(value_s)
    if value_s < 59.95:
        return said("{number} s", number=decimal(value_s, 2 if value_s < 9.995 else 1))
    hours, rest = divmod(round(value_s), 3600)
    minutes, rest = divmod(rest, 60)
    parts = (
        (hours, said("{number} h", number=hours)),
        (minutes, said("{number} min", number=minutes)),
        (rest, said("{number} s", number=rest)),
    )
    return joined((words for number, words in parts if number), " ")


def say_pace(s_per_km: float, units: str) -> Said:
    """A pace in the event's units, which a reader may change: ``9:49/km`` or ``15:48/mi``."""
    return in_units(units, partial(_pace, s_per_km))


def _pace(s_per_km: float, units: str) -> str:
    return f"{pace_digits(s_per_km, units)}/{units}"


def pace_digits(s_per_km: float, units: str) -> str:
    """A pace without its unit: ``9:49``."""
    whole = round(s_per_km * KM_PER_MILE if units == "mi" else s_per_km)
    return f"{whole // 60}:{whole % 60:02}"


def say_distance(distance_m: float, units: str) -> Said:
    """A distance in the event's units, which a reader may change: ``21.3 km`` or ``13.2 mi``."""
    return in_units(units, partial(_distance, distance_m))


def _distance(distance_m: float, units: str) -> str:
    km = distance_m / 1000.0
    if units == "mi":
        return said("{number} mi", number=decimal(km / KM_PER_MILE, 1))
    return said("{number} km", number=decimal(km, 1))
