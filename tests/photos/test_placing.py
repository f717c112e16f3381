"""Where a picture was taken, by its position: near a point of the road, and where the road passes twice, by who was due."""

from __future__ import annotations

import pytest

from homestretch.photos.camera import Due
from homestretch.photos.placing import choose_place, list_near
from homestretch.race.course import Course
from homestretch.race.event import Plan
from homestretch.state.course_line import METRES_PER_DEGREE
from tests.state.days import a_day, a_point

OUT_M = 5_000.0
NORTH = 1 / METRES_PER_DEGREE
"""Degrees of latitude of one metre."""


def out_and_back() -> Plan:
    """Ten kilometres due north along a meridian and back on the same road."""
    points = [
        a_point("start", 0.0), a_point("out", 2_000.0, kind="station"), a_point("turn", OUT_M),
        a_point("back", 8_000.0, kind="station"), a_point("finish", 10_000.0),
    ]  # fmt: skip
    event = a_day(points=points).event
    metres = (0.0, OUT_M, 2 * OUT_M)
    latitudes = tuple(40.0 + NORTH * it for it in (0.0, OUT_M, 0.0))
    course = Course(lat=latitudes, lon=(8.0, 8.0, 8.0), ele_m=(0.0,) * 3, distance_m=metres)
    return Plan(event=event, course=course)


def near(metres_north: float, metres_east: float = 0.0) -> list[str]:
    longitude = 8.0 + metres_east * NORTH / 0.766  # a degree of longitude is shorter here
    return [point.id for point in list_near(out_and_back(), 40.0 + NORTH * metres_north, longitude)]


@pytest.mark.parametrize(
    ("north", "east", "points"),
    [
        (4_900.0, 100.0, ["turn"]),
        (4_900.0, 400.0, []),
        (3_500.0, 0.0, []),
        (2_050.0, 20.0, ["back", "out"]),
        (100.0, 0.0, ["finish", "start"]),
    ],
    ids=[
        "beside a point",
        "off the road",
        "far from any point",
        "passed twice",
        "start and finish",
    ],
)
def test_a_position_is_a_point_of_the_plan_when_it_lies_near_one_along_the_road(
    north: float, east: float, points: list[str]
) -> None:
    assert sorted(near(north, east)) == points


def due(*minutes: int) -> dict[str, Due]:
    return {str(number): Due(at * 60_000, 30.0) for number, at in enumerate(minutes)}


@pytest.mark.parametrize(
    ("out", "back", "place"),
    [
        (due(100, 101, 102, 103, 104), due(160, 170, 180), "out"),
        (due(10, 11, 12), due(98, 99, 100, 101, 102), "back"),
        (due(100, 101, 102, 103), due(99, 160), ""),
        (due(100, 101), {}, ""),
        ({}, {}, ""),
    ],
    ids=["on the way out", "on the way back", "both", "too few", "nobody"],
)
def test_where_the_road_passes_twice_it_is_where_nearly_all_were_due(
    out: dict[str, Due], back: dict[str, Due], place: str
) -> None:
    found = list_near(out_and_back(), 40.0 + NORTH * 2_000, 8.0)
    assert choose_place(found, {"out": out, "back": back}, 100 * 60_000) == place


def test_one_point_needs_nobody_and_no_point_is_no_place() -> None:
    found = list_near(out_and_back(), 40.0 + NORTH * 5_000, 8.0)
    assert choose_place(found, {}, 0) == "turn"
    assert choose_place([], {}, 0) == ""
