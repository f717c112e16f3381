"""The ribbon and the map as shapes."""

from __future__ import annotations

import re

import pytest

from homestretch.boards.course_map import make_course_map
from homestretch.boards.ribbon import FULL, make_ribbon
from homestretch.race.privacy import Viewer
from homestretch.web.drawing import SIZES, draw_ribbon
from homestretch.web.map_drawing import draw_map
from tests.boards.days import ALL, Wanted, make_picture


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wanted", ALL.values(), ids=ALL)
def test_a_ribbon_can_be_drawn_at_every_moment_and_size(wanted: Wanted, size: str) -> None:
    drawing = draw_ribbon(make_ribbon(make_picture(wanted), Viewer()), size, "mi")
    assert [set_.shape for set_ in drawing.letterings] == ["narrow", "middle", "desk"]
    for path in drawing.ridges:
        heights = [int(y) for y in re.findall(r",(-?\d+)", path)]
        assert min(heights) >= 0
        assert max(heights) <= FULL


def test_races_are_drawn_one_over_the_other() -> None:
    ribbon = make_ribbon(make_picture(Wanted(marathon=200, half=200, minutes=130)), Viewer())
    both, longest = draw_ribbon(ribbon, "home", "mi").ridges
    heights = [[int(y) for y in re.findall(r",(\d+)", path)] for path in (both, longest)]
    assert all(upper <= lower for upper, lower in zip(*heights, strict=True))
    assert heights[0] != heights[1]


def test_a_phone_says_the_lantern_in_fewer_words() -> None:
    ribbon = make_ribbon(make_picture(Wanted(marathon=80, half=0, minutes=150)), Viewer("director"))
    narrow, wide, _ = draw_ribbon(ribbon, "home", "mi").letterings
    assert "last runner" in [text.words for text in narrow.flags]
    assert "sweep 15:48/mi" in [text.words for text in wide.flags]
    if ribbon.lantern is not None and ribbon.lantern.ahead_min is not None:
        assert any(text.words.endswith(" min ahead") for text in wide.flags)


def test_an_empty_road_takes_little_room() -> None:
    empty, full = (
        draw_ribbon(make_ribbon(make_picture(w), Viewer()), "home", "km")
        for w in (ALL["empty"], ALL["small"])
    )
    assert float(empty.height.removesuffix("em")) < float(full.height.removesuffix("em")) / 2


def test_a_silent_or_lifted_point_is_hollow_and_says_why() -> None:
    picture = make_picture(
        Wanted(marathon=100, half=100, minutes=150, silent="15k", lifted=("start",))
    )
    dots = draw_ribbon(make_ribbon(picture, Viewer()), "home", "mi").dots
    assert {dot.title for dot in dots if dot.hollow} == {"15K: silent", "Start: mat lifted"}


def test_the_map_names_the_points_within_its_edges() -> None:
    picture = make_picture(ALL["small"])
    course = make_course_map(picture, make_ribbon(picture, Viewer()))
    assert course is not None
    drawing = draw_map(course)
    assert drawing.path.startswith("M")
    assert len(drawing.dots) == len(course.spots)
    for _, texts in drawing.letterings:
        assert len(texts) >= len(course.spots) - 2
