"""The ribbon, the road it is drawn on, and the map."""

from __future__ import annotations

import math

import numpy as np
import pytest

from homestretch.boards.axis import make_axis
from homestretch.boards.course_map import MOST_POINTS, SIDE, make_course_map
from homestretch.boards.ribbon import FULL, make_ribbon
from homestretch.race.privacy import Viewer
from tests.boards.days import ALL, HALF_M, MARATHON_M, Wanted, make_picture


def test_races_with_shared_points_lie_on_one_road() -> None:
    axis = make_axis(make_picture(ALL["small"]))
    assert axis.length_m == MARATHON_M
    assert axis.offset_m == (0.0, 0.0)


def test_a_shared_finish_at_another_distance_is_a_dot_of_its_own() -> None:
    ribbon = make_ribbon(make_picture(ALL["small"]), Viewer())
    finishes = [(dot.name, dot.at_m, dot.race) for dot in ribbon.dots if dot.point == "finish"]
    assert finishes == [("Half marathon finish", HALF_M, "half"), ("Finish", MARATHON_M, "")]


def test_dots_are_in_the_order_of_the_road() -> None:
    places = [dot.at_m for dot in make_ribbon(make_picture(ALL["small"]), Viewer()).dots]
    assert places == sorted(places)
    assert places[0] == 0.0
    assert places[-1] == MARATHON_M


@pytest.mark.parametrize("minutes", [20, 60, 130, 200, 300, 400])
def test_stacked_ridges_stay_in_the_picture(minutes: int) -> None:
    ribbon = make_ribbon(make_picture(Wanted(marathon=200, half=300, minutes=minutes)), Viewer())
    heights = np.array([ridge.heights for ridge in ribbon.ridges])
    assert (heights >= 0).all()
    assert 0.25 * FULL <= heights.sum(axis=0).max() <= FULL + len(ribbon.ridges)


def test_a_ridge_is_highest_where_most_people_are() -> None:
    picture = make_picture(Wanted(marathon=300, half=0, minutes=150))
    ribbon = make_ribbon(picture, Viewer())
    (ridge,) = ribbon.ridges
    along = picture.state.position_m[~np.isnan(picture.state.position_m)]
    peak_m = np.argmax(ridge.heights) / (len(ridge.heights) - 1) * MARATHON_M
    near = np.abs(along - peak_m) < 3_000
    assert near.mean() > 0.3
    assert ridge.on_road + ribbon.left_out == len(along)


def test_the_field_shrinks_as_people_come_home() -> None:
    early, late = (
        sum(max(ridge.heights) for ridge in make_ribbon(make_picture(w), Viewer()).ridges)
        for w in (Wanted(300, 0, 120), Wanted(300, 0, 380))
    )
    assert late < early


def test_the_sweep_is_where_its_phone_put_it() -> None:
    picture = make_picture(ALL["small"])
    sweep = make_ribbon(picture, Viewer()).sweep
    assert sweep is not None
    assert not sweep.planned
    assert picture.state.sweep is not None
    assert sweep.at_m == pytest.approx(picture.state.sweep.distance_m, abs=0.1)
    rolled_m = 130 * 60 / 589.0 * 1000
    assert sweep.at_m == pytest.approx(rolled_m, abs=150)


def test_the_lantern_says_how_far_ahead_of_the_sweep_it_is() -> None:
    ribbon = make_ribbon(make_picture(Wanted(marathon=80, half=0, minutes=200)), Viewer("director"))
    assert ribbon.lantern is not None
    assert ribbon.sweep is not None
    gap_m = ribbon.lantern.at_m - ribbon.sweep.at_m
    if gap_m > 0:
        assert ribbon.lantern.ahead_min == pytest.approx(gap_m * 589 / 60_000, abs=0.06)
    else:
        assert ribbon.lantern.ahead_min is None


def test_the_map_keeps_the_shape_of_the_course_with_few_points() -> None:
    picture = make_picture(ALL["small"])
    drawn = make_course_map(picture, make_ribbon(picture, Viewer()))
    assert drawn is not None
    assert max(drawn.width, drawn.height) == SIDE
    assert len(drawn.line) <= MOST_POINTS
    length = sum(math.dist(a, b) for a, b in zip(drawn.line, drawn.line[1:], strict=False))
    whole = _length(picture.course.lat, picture.course.lon)
    scale = SIDE / max(_extent(picture.course.lat, picture.course.lon))
    assert length == pytest.approx(whole * scale, rel=0.02)


def test_a_start_that_is_the_finish_is_one_spot_with_both_names() -> None:
    picture = make_picture(ALL["small"])
    drawn = make_course_map(picture, make_ribbon(picture, Viewer()))
    assert drawn is not None
    names = [spot.name for spot in drawn.spots]
    assert "Start · Finish" in names
    assert "Half marathon finish" not in names


def _length(lat: tuple[float, ...], lon: tuple[float, ...]) -> float:
    width = np.cos(np.radians((max(lat) + min(lat)) / 2))
    return float(np.hypot(np.diff(lat), np.diff(lon) * width).sum())


def _extent(lat: tuple[float, ...], lon: tuple[float, ...]) -> tuple[float, float]:
    width = np.cos(np.radians((max(lat) + min(lat)) / 2))
    return max(lat) - min(lat), float((max(lon) - min(lon)) * width)
