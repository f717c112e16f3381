"""Whether the course lies where the clocks of the event do."""

from __future__ import annotations

import datetime as dt
import functools
import re
from importlib import resources
from typing import Final

from homestretch.folder.gpx import haversine_m
from homestretch.folder.problem import COURSE, Problem
from homestretch.race.course import Course
from homestretch.race.event import Event

HOURS_APART: Final = 3.0
"""Clocks follow the sun within some three hours everywhere (the farthest are in western China)."""
_FAR_M: Final = 3_000_000.0
_NEAR_M: Final = 1_500_000.0
_DEGREES_PER_HOUR: Final = 15.0
_DRAWN: Final = "Export the line of this event's course, or mend zone in event.toml."
_POSITION: Final = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


def check_whereabouts(event: Event, course: Course) -> list[Problem]:
    """A warning when the course and the zone contradict each other; at most one."""
    lat, lon = course.lat[0], course.lon[0]
    home = list_homes().get(event.zone)
    if home and _looks_swapped(lat, lon, home):
        what = (
            f"The course lies at latitude {lat:.2f}, longitude {lon:.2f}, far from {event.zone}:"
            " lat and lon look swapped."
        )
        return [_warning(what, "Export the line again: lat is north, lon is east.")]
    apart = _hours_apart(event, lon)
    if abs(apart) <= HOURS_APART:
        return []
    what = (
        f"The course lies at longitude {lon:.2f}, where the day is about {abs(apart):.0f} hours"
        f" {'ahead of' if apart > 0 else 'behind'} the clocks of {event.zone}."
    )
    return [_warning(what, _DRAWN)]


def _looks_swapped(lat: float, lon: float, home: tuple[float, float]) -> bool:
    if abs(lon) > 90 or haversine_m(lat, lon, *home) < _FAR_M:
        return False
    return haversine_m(lon, lat, *home) < _NEAR_M


def _warning(what: str, do: str) -> Problem:
    return Problem(file=COURSE, line=0, what=what, do=do, severity="warning")


def _hours_apart(event: Event, lon: float) -> float:
    """How far the sun at a longitude is ahead of the clocks of the zone, in hours from -12 to 12."""
    noon = dt.datetime.combine(dt.date.fromisoformat(event.date), dt.time(12), event.zone_info)
    offset = (noon.utcoffset() or dt.timedelta()) - (noon.dst() or dt.timedelta())
    apart = lon / _DEGREES_PER_HOUR - offset.total_seconds() / 3600
    return (apart + 12) % 24 - 12


@functools.lru_cache(maxsize=1)
def list_homes() -> dict[str, tuple[float, float]]:
    """zone -> where its city is, in degrees, as the database of time zones says it."""
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    homes = {}
    for line in table.splitlines():
        cells = line.split("\t")
        match = _POSITION.fullmatch(cells[1]) if len(cells) > 2 else None
        if match:
            homes[cells[2]] = (_degrees(*match.groups()[:4]), _degrees(*match.groups()[4:]))
    return homes


def _degrees(sign: str, whole: str, minutes: str, seconds: str | None) -> float:
    value = int(whole) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -value if sign == "-" else value
