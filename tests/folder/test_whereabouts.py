"""The course lies where the clocks of the event do, its positions are not swapped, its day is to come."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest

from homestretch.folder.check import check
from homestretch.folder.moments import list_zones
from homestretch.folder.whereabouts import check_whereabouts, list_homes
from homestretch.race.course import Course
from tests.folder.good import COURSE_GPX, ENTRANTS_CSV, EVENT_TOML, good_event


def said(zone: str, lat: float, lon: float) -> str:
    event = msgspec.structs.replace(good_event(), zone=zone)
    course = Course(lat=(lat, lat), lon=(lon, lon), ele_m=(0.0, 0.0), distance_m=(0.0, 1.0))
    return " ".join(str(problem) for problem in check_whereabouts(event, course))


@pytest.mark.parametrize(
    ("zone", "lat", "lon"),
    [
        ("America/New_York", 40.44, -79.99),
        ("Europe/Vienna", 48.2, 16.4),
        ("Europe/Madrid", 42.9, -9.2),
        ("Asia/Shanghai", 39.5, 76.0),
        ("Pacific/Kiritimati", 1.9, -157.4),
        ("Pacific/Apia", -13.8, -171.8),
        ("Atlantic/Reykjavik", 64.1, -21.9),
        ("US/Pacific", 37.7, -122.4),
    ],
)
def test_a_course_under_its_own_clocks_is_right(zone: str, lat: float, lon: float) -> None:
    assert said(zone, lat, lon) == ""


def test_no_city_contradicts_its_own_zone() -> None:
    zones = sorted(list_homes().keys() & list_zones())
    assert len(zones) > 400
    assert [zone for zone in zones if said(zone, *list_homes()[zone])] == []


def test_a_course_under_other_clocks_is_a_warning_that_says_how_far() -> None:
    found = said("Europe/Vienna", 40.44, -79.99)
    assert found.startswith("course.gpx (warning): The course lies at longitude -79.99")
    assert "6 hours behind the clocks of Europe/Vienna" in found
    assert "hours ahead of" in said("America/New_York", 48.2, 16.4)


@pytest.mark.parametrize(
    ("zone", "lat", "lon"),
    [("Europe/Vienna", 16.4, 48.2), ("America/New_York", -79.99, 40.44)],
)
def test_positions_that_fit_the_zone_when_they_are_swapped_are_named(
    zone: str, lat: float, lon: float
) -> None:
    assert "lat and lon look swapped" in said(zone, lat, lon)


def checked(folder: Path, now: str, event: str = EVENT_TOML, course: str = COURSE_GPX) -> str:
    texts = {"event.toml": event, "course.gpx": course, "entrants.csv": ENTRANTS_CSV}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    at = int(dt.datetime.fromisoformat(now).timestamp()) * 1000
    return "\n".join(str(problem) for problem in check(folder, now=at))


def test_the_check_of_a_folder_looks_at_the_course_too(tmp_path: Path) -> None:
    swapped = re.sub(r'lat="(.*?)" lon="(.*?)"', r'lat="\2" lon="\1"', COURSE_GPX)
    assert "look swapped" in checked(tmp_path, "2026-01-01T00:00:00Z", course=swapped)


@pytest.mark.parametrize(
    ("now", "past"),
    [
        ("2026-05-03T23:59:00-04:00", False),
        ("2026-05-04T03:59:00Z", False),
        ("2026-05-04T04:01:00Z", True),
        ("2027-05-03T07:00:00-04:00", True),
    ],
)
def test_a_date_that_is_past_is_a_warning(tmp_path: Path, now: str, past: bool) -> None:
    found = checked(tmp_path, now)
    assert (found != "") == past
    assert ("(warning): The date of the event, Sunday 3 May 2026, is past." in found) == past


def test_a_race_past_midnight_is_not_past_while_it_goes_on(tmp_path: Path) -> None:
    night = EVENT_TOML.replace("half = 10:32:00,", 'half = "+1 02:00",')
    assert "past" not in checked(tmp_path, "2026-05-04T01:30:00-04:00", night)
    assert "is past" in checked(tmp_path, "2026-05-04T02:30:00-04:00", night)
