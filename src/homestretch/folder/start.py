"""`homestretch new`: a folder with the three files to edit, remarks and invented people in them."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from importlib import resources
from pathlib import Path

from homestretch.errors import PlanError
from homestretch.folder.files import make_folder, put_new
from homestretch.folder.gpx import haversine_m
from homestretch.folder.problem import COURSE, ENTRANTS, EVENT
from homestretch.folder.write import course_gpx_text
from homestretch.race.course import Course

_LATITUDE, _LONGITUDE = 40.44, -79.99
_METRES_PER_DEGREE = 111_195.0
_LENGTH_M = 21_097.5
_STEPS = 240
_WEEKS_AHEAD = 12


def write_new(folder: Path, date: dt.date | None = None) -> list[Path]:
    """Write the three files of a fresh event and name them; PlanError rather than change a file.

    ``date`` is the day of the event; by default a Sunday some twelve weeks ahead.
    """
    texts = new_texts(date or _some_sunday())
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        raise PlanError(
            f"{folder} has {' and '.join(taken)} already; nothing was written.",
            "Choose another folder, or edit the files that are there.",
        )
    written = []
    try:
        make_folder(folder)
        for name, text in texts.items():
            put_new(folder / name, text.encode())
            written.append(folder / name)
    except OSError as error:
        raise PlanError(
            f"{folder} cannot be written: {error.strerror}.",
            "Choose a folder that you may write to.",
        ) from error
    return written


def new_texts(date: dt.date) -> dict[str, str]:
    """The texts of a fresh folder by file name, for an event on ``date``."""
    fresh = resources.files(__package__) / "fresh"
    event = (fresh / EVENT).read_text(encoding="utf-8")
    return {
        EVENT: re.sub(r"^date = \d{4}-\d\d-\d\d", f"date = {date}", event, flags=re.MULTILINE),
        COURSE: course_gpx_text(invented_course(), "Invented loop: replace it by your course"),
        ENTRANTS: (fresh / ENTRANTS).read_text(encoding="utf-8"),
    }


def invented_course() -> Course:
    """A loop with bends and hills that exists nowhere, as long as the fresh event's longest race."""
    shape = [_bend(step / _STEPS) for step in range(_STEPS + 1)]
    size = _LENGTH_M / _along(_placed(shape, 1000.0))[-1]
    places = _placed(shape, 1000.0 * size)
    hills = [
        225
        + 18 * math.sin(4 * math.pi * step / _STEPS)
        + 9 * math.cos(14 * math.pi * step / _STEPS)
        for step in range(_STEPS + 1)
    ]
    return Course(
        lat=tuple(lat for lat, _ in places),
        lon=tuple(lon for _, lon in places),
        ele_m=tuple(hills),
        distance_m=tuple(_along(places)),
    )


def _bend(share: float) -> tuple[float, float]:
    """A point of a closed curve of size one: a circle with bays."""
    angle = 2 * math.pi * share
    radius = 1.0 + 0.22 * math.sin(3 * angle) + 0.09 * math.cos(5 * angle)
    return 1.5 * radius * math.cos(angle), radius * math.sin(angle)


def _placed(shape: list[tuple[float, float]], size_m: float) -> list[tuple[float, float]]:
    """The curve on the map, latitude and longitude in degrees."""
    per_lon = _METRES_PER_DEGREE * math.cos(math.radians(_LATITUDE))
    return [
        (_LATITUDE + y * size_m / _METRES_PER_DEGREE, _LONGITUDE + x * size_m / per_lon)
        for x, y in shape
    ]


def _along(places: list[tuple[float, float]]) -> list[float]:
    along = [0.0]
    for one, other in itertools.pairwise(places):
        along.append(along[-1] + haversine_m(*one, *other))
    return along


def _some_sunday() -> dt.date:
    today = dt.datetime.now(dt.UTC).date() + dt.timedelta(weeks=_WEEKS_AHEAD)
    return today + dt.timedelta(days=6 - today.weekday())
