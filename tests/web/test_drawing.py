"""The ribbon and the map as shapes."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from homestretch.boards.course_map import make_course_map
from homestretch.boards.ribbon import FULL, make_ribbon
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER
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


@pytest.mark.parametrize(
    ("age_ms", "planned", "words"),
    [
        (20_000, False, "sweep 15:48/mi"),
        (60_000, False, "sweep 15:48/mi"),
        (180_500, False, "sweep, heard 3 min ago"),
        (840_000, True, "sweep, heard 14 min ago"),
        (NEVER, True, "sweep, by its plan"),
    ],
)
def test_a_sweep_that_is_not_heard_each_minute_says_how_old_its_last_word_is(
    age_ms: int, planned: bool, words: str
) -> None:
    ribbon = make_ribbon(make_picture(ALL["small"]), Viewer())
    assert ribbon.sweep is not None
    seen_at = NEVER if age_ms == NEVER else 1
    sweep = replace(ribbon.sweep, age_ms=age_ms, planned=planned, seen_at=seen_at)
    for set_ in draw_ribbon(replace(ribbon, sweep=sweep), "home", "mi").letterings:
        assert words in [text.words for text in set_.flags]


def test_a_car_says_what_it_is_and_when_it_was_heard() -> None:
    ribbon = make_ribbon(make_picture(Wanted(minutes=100)), Viewer())
    (car,) = draw_ribbon(ribbon, "home", "mi").cars
    assert (car.kind, car.title) == ("lead", "lead-car, heard 1 min ago")


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
