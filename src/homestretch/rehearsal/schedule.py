"""The planned day: name, guns, the sweep car. Times of day are seconds after local midnight."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from homestretch.rehearsal.course import METRES_PER_MILE
from homestretch.rehearsal.figures import Floats

EVENT_ID = "three-rivers"
EVENT_NAME = "Three Rivers Marathon"
ZONE = "America/New_York"
DATE = dt.date(2026, 5, 3)
RACES = ("marathon", "half")
RACE_NAMES = ("Marathon", "Half Marathon")
MARATHON, HALF = 0, 1
ROAD_SHARE = 0.5
"""The start is half as wide as the one that the figures were taken on."""


class Start(NamedTuple):
    """One gun: race (position in ``RACES``), wave, seconds after local midnight, division."""

    race: int
    wave: str
    gun_s: int
    division: str = ""


def clock_s(hours: int, minutes: int, seconds: float = 0.0) -> float:
    """Seconds after midnight."""
    return hours * 3600 + minutes * 60 + seconds


STARTS = (
    Start(MARATHON, "Wheelchair", int(clock_s(6, 50)), "wheelchair"),
    *(Start(MARATHON, f"M{k + 1}", int(clock_s(7, 6 * k))) for k in range(5)),
    *(Start(HALF, f"H{k + 1}", int(clock_s(7, 40 + 6 * k))) for k in range(5)),
)
WHEELCHAIR_START = 0
MASS_STARTS = ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10))
"""For each race: positions in ``STARTS`` of the waves of runners, fastest first."""

SWEEP_LEAVES_S = clock_s(8, 16)
CLOSING_S_PER_MILE = 948.0
CLOSING_S_PER_M = CLOSING_S_PER_MILE / METRES_PER_MILE
"""15:48 a mile."""
FINISH_CLOSES_S = clock_s(15, 10, 15)
"""when the sweep car is due at the finish"""

BUS_TRIPS_S = (clock_s(10, 15), clock_s(11, 45), clock_s(13, 20), clock_s(15, 26))
"""When the sweep bus brings its riders to the finish."""


def sweep_s(line_m: Floats) -> Floats:
    """Time of day when the sweep car is due at metres of the marathon's line."""
    return np.asarray(SWEEP_LEAVES_S + CLOSING_S_PER_M * line_m)


def sweep_m(time_s: Floats) -> Floats:
    """Where the sweep car is due at a time of day: the inverse of ``sweep_s``."""
    return np.asarray((time_s - SWEEP_LEAVES_S) / CLOSING_S_PER_M)


def midnight_at(date: dt.date) -> int:
    """UTC milliseconds from which the day's clock counts; noon minus 12 hours, so that no summer time
    change of the night matters."""
    noon = dt.datetime(date.year, date.month, date.day, 12, tzinfo=ZoneInfo(ZONE))
    return int(noon.timestamp() * 1000) - 12 * 3600 * 1000


def say_clock(time_s: float) -> str:
    """``07:06`` or ``07:06:30``."""
    whole = round(time_s)
    text = f"{whole // 3600:02}:{whole // 60 % 60:02}"
    return text if whole % 60 == 0 else f"{text}:{whole % 60:02}"


Door = Literal["jchip", "http", "owntracks"]


class Sender(NamedTuple):
    """Something that speaks to a door: its name, the role of its key (JChip knows no keys), its point."""

    name: str
    door: Door
    role: Literal["device", "station", "control"]
    point: str = ""
