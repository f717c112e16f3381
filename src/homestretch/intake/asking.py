"""Zone and date of the times in a file: known where the file says them or the event's can be meant alone, else
asked for.

Most boxes write what the wall shows, without a zone, and some without a date. The event's own are taken as long as
they put the reads into the hours of the event; where they do not, or where a time of day can be of two days, nobody
can know, and the one who imports must say.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from homestretch.errors import FactError, PlanError
from homestretch.folder.moments import say_date
from homestretch.folder.problem import one_of
from homestretch.intake.files import Recognised
from homestretch.race.event import Event
from homestretch.race.hours import AFTER_MS, list_hours
from homestretch.readers import Context

DAY_MS: Final = 24 * 3_600_000
HALF_HOUR_MS: Final = 1_800_000
FARTHEST_HALF_HOURS: Final = 52
"""No two zones are farther apart."""
_OTHER_ZONE: Final = ZoneInfo("Etc/GMT+11")
_YET_ANOTHER: Final = ZoneInfo("Etc/GMT-11")


Moments: TypeAlias = npt.NDArray[np.int64]


class Told(NamedTuple):
    """What whoever imports said of a file: the zone and date (YYYY-MM-DD) of its times, where it was read, the
    race of those whose row names none."""

    zone: ZoneInfo | None = None
    date: str = ""
    place: str = ""
    race: str = ""

    def context(self, event: Event) -> Context:
        """How the file is read: with the event's zone and date where nothing was said."""
        return Context(self.zone or event.zone_info, self.date or event.date, self.place)


class Open(NamedTuple):
    """What the times of a file leave open."""

    zone: bool
    date: bool


def find_open(recognised: Recognised, context: Context) -> Open:
    """What the first rows of a file leave open: whether they mean other moments in another zone, or on
    another date."""
    place = context.place or "anywhere"
    here = msgspec.structs.replace(context, place=place)
    moments = _read_moments(recognised, here)
    next_day = (dt.date.fromisoformat(context.date) + dt.timedelta(days=1)).isoformat()
    return Open(
        zone=any(
            _read_moments(recognised, msgspec.structs.replace(here, zone=zone)) != moments
            for zone in (_OTHER_ZONE, _YET_ANOTHER)
        ),
        date=_read_moments(recognised, msgspec.structs.replace(here, date=next_day)) != moments,
    )


def find_question(
    event: Event, name: str, moments: Moments, told: Told, leaves: Open
) -> PlanError | None:
    """What must be asked before the times of a file (UTC ms, as understood so far) can be used; None when
    zone and date are told, or known."""
    zone, date = leaves.zone and told.zone is None, leaves.date and not told.date
    if not len(moments) or not (zone or date):
        return None
    return (
        (_ask_which_day(event, name, moments) if date else None)
        or (_ask_which_hour(event, name, moments) if zone else None)
        or _ask_where_they_lie(event, name, moments, told, Open(zone, date))
    )


def count_outside(event: Event, moments: Moments) -> int:
    """How many moments (UTC ms) are not within the hours of the event."""
    first, last = _span(event)
    return int(((moments < first) | (moments > last)).sum())


def say_hours(event: Event) -> str:
    """The hours in which reads of the event can be: ``from 05:50 on Saturday 4 May to 15:00 on ...``."""
    first, last = (dt.datetime.fromtimestamp(at // 1000, event.zone_info) for at in _span(event))
    until = f"{last:%H:%M}" if first.date() == last.date() else _say(last)
    return f"from {_say(first)} to {until}"


def _say(local: dt.datetime) -> str:
    return f"{local:%H:%M} on {say_date(local.date())}"


def _span(event: Event) -> tuple[int, int]:
    """Chips are tried for some hours before the first gun."""
    hours = list_hours(event)
    return hours.first_gun_at - AFTER_MS, hours.over_at


def _read_moments(recognised: Recognised, context: Context) -> list[int | None]:
    reading = recognised.open(context)
    found: list[int | None] = []
    for line in recognised.lines:
        try:
            row = reading.read(line)
        except FactError:
            found.append(None)
        else:
            found.append(row.fact.seen_at if row else None)
    return found


def _ask_which_day(event: Event, name: str, moments: Moments) -> PlanError | None:
    """The question of an event that goes past midnight: a time of day alone can be of its second day."""
    first, last = _span(event)
    late = moments[(moments + DAY_MS >= first) & (moments + DAY_MS <= last)]
    if not len(late):
        return None
    local = dt.datetime.fromtimestamp(int(late[0]) // 1000, event.zone_info)
    dates = [local.date() + dt.timedelta(days=days) for days in (0, 1)]
    return PlanError(
        f"{name} says no dates, and the event goes on after midnight: {local:%H:%M:%S} can be of"
        f" {one_of(map(say_date, dates))}.",
        f"Say which with {one_of(f'--date {date}' for date in dates)}; rows of two days must be two files.",
    )


def _ask_which_hour(event: Event, name: str, moments: Moments) -> PlanError | None:
    """The question of the night in which the clocks go back: an hour that they show twice."""
    first, last = _span(event)
    zone = event.zone_info
    if _offset(first, zone) == _offset(last, zone):
        return None
    for at in moments[(moments >= first) & (moments <= last)].tolist():
        local = dt.datetime.fromtimestamp(at // 1000, zone)
        other = local.replace(fold=1 - local.fold)
        if other.utcoffset() != local.utcoffset():
            fixed = [f"--zone {zone}" for zone in map(_fixed_zone, (local, other)) if zone]
            return PlanError(
                f"{name} says no zone, and the clocks show {local:%H:%M:%S} twice that night.",
                f"Say how far the clock of the box was from UTC all the time: {one_of(fixed)}."
                if fixed
                else "Export the times with their offsets from UTC.",
            )
    return None


def _offset(at: int, zone: ZoneInfo) -> dt.timedelta | None:
    return dt.datetime.fromtimestamp(at // 1000, zone).utcoffset()


def _fixed_zone(local: dt.datetime) -> str:
    """The zone that is always as far from UTC; empty where that is no whole hour. Its sign is turned round."""
    hours, rest = divmod(int((local.utcoffset() or dt.timedelta()).total_seconds()), 3600)
    return "" if rest else f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _ask_where_they_lie(
    event: Event, name: str, moments: Moments, told: Told, leaves: Open
) -> PlanError | None:
    """The question about times most of which are not within the hours of the event, though another zone or
    date could bring them there."""
    outside = count_outside(event, moments)
    if 2 * outside <= len(moments) or not (leaves.date or _another_zone_fits(event, moments)):
        return None
    zone, date = told.zone or event.zone_info, told.date or event.date
    words = [f"--zone {zone.key}"] * leaves.zone + [f"--date {date}"] * leaves.date
    asked = " and ".join(["zone"] * leaves.zone + ["date"] * leaves.date)
    example = dt.datetime.fromtimestamp(int(moments[0]) // 1000, zone)
    return PlanError(
        f"{name} does not say the {asked} of its times, and with the event's {outside:,} of {len(moments):,}"
        f" are not within its hours, {say_hours(event)}; the first is {_say(example)}.",
        f"Say {asked} as the clock of the box was set, or that they are the event's: {' '.join(words)}."
        " Times of a stopwatch that was started with the gun come in with --chute and --started.",
    )


def _another_zone_fits(event: Event, moments: Moments) -> bool:
    halves = range(-FARTHEST_HALF_HOURS, FARTHEST_HALF_HOURS + 1)
    shifted = (moments + half * HALF_HOUR_MS for half in halves)
    return any(2 * count_outside(event, there) <= len(moments) for there in shifted)
