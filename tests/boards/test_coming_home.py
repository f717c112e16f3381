"""The runner's page ahead: the finish as a picture, the pace so far, and before when no read is expected."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from homestretch.boards.coming_home import FinishAhead, PaceLeg
from homestretch.boards.runner import RunnerBoard, RunnerChoices, rows
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, render_page
from homestretch.web.runner_drawing import draw_finish, draw_paces
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, at


def a_runner() -> Day:
    day = a_day()
    day.entrant("7")
    day.runs("7", start="07:00:10", p10k="08:00", half="09:08")
    return day


def picture_at(day: Day, now: str, forecast: bool = True) -> Picture:
    picture = picture_of(day, now, person("7", "Ada Amberlow"))
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast if forecast else None)


def board(picture: Picture) -> RunnerBoard:
    return rows(picture, Viewer(), RunnerChoices(bib="7"))


def test_the_finish_is_an_interval_around_its_middle() -> None:
    found = board(picture_at(a_runner(), "09:15")).finish
    assert found is not None
    ends = (
        found.outermost[0], found.four_fifths[0], found.half[0], found.about_at, found.half[1],
        found.four_fifths[1], found.outermost[1],
    )  # fmt: skip
    assert list(ends) == sorted(ends)
    assert at("10:45") < found.about_at < at("12:30")


@pytest.mark.parametrize("forecast", [True, False])
def test_before_when_no_read_is_expected_is_said_until_it_is_near(forecast: bool) -> None:
    found = board(picture_at(a_runner(), "09:15", forecast)).next_read
    assert found is not None
    assert found.point == "30K"
    assert at("09:35") < found.before_at < at("10:05")
    near = found.before_at
    picture = picture_of(a_runner(), near, person("7", "Ada Amberlow"))
    ahead = Looking().look(picture.event, picture.state, chase=True)
    again = board(replace(picture, forecast=ahead.forecast if forecast else None)).next_read
    assert again is None


def test_who_is_overdue_sees_the_last_proof_and_the_phone_and_no_odds() -> None:
    picture = picture_at(a_runner(), "12:30")
    event = replace_event(picture)
    found = board(event)
    assert (found.finish, found.next_read) == (None, None)
    page = render_page(board_key("runner", {"bib": "7"}), found, Viewer())
    assert "Not seen since Half" in page
    assert "+1 412 555 0100" in page
    assert not re.search(r"\d %", page)


def replace_event(picture: Picture) -> Picture:
    import msgspec

    return replace(picture, event=msgspec.structs.replace(picture.event, phone="+1 412 555 0100"))


def test_nothing_is_said_of_the_way_ahead_while_the_race_stands_still_or_after_it() -> None:
    day = a_runner()
    day.flag("sheltering", "09:10")
    found = board(picture_at(day, "09:15"))
    assert (found.finish, found.next_read) == (None, None)
    day = a_runner()
    day.read("7", "finish", "11:30")
    found = board(picture_at(day, "11:40"))
    assert (found.finish, found.next_read) == (None, None)
    assert len(found.paces) == 3


def test_paces_are_those_of_the_splits() -> None:
    found = board(picture_at(a_runner(), "09:15"))
    assert [leg.pace_s_per_km for leg in found.paces] == [
        split.leg_pace_s_per_km for split in found.splits if split.leg_pace_s_per_km is not None
    ]


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_the_picture_of_the_finish_lies_within_the_paper() -> None:
    finish = FinishAhead(about_at=50, half=(40, 60), four_fifths=(20, 80), outermost=(0, 100))
    drawn = draw_finish(finish)
    for x, width in (drawn.line, drawn.band, drawn.half):
        assert 0 <= percent(x) <= percent(x) + percent(width) <= 100
    assert percent(drawn.mark) == pytest.approx(50, abs=0.5)
    one = FinishAhead(about_at=5, half=(5, 5), four_fifths=(5, 5), outermost=(5, 5))
    assert 0 <= percent(draw_finish(one).mark) <= 100


def test_the_faster_a_leg_the_higher_it_is_drawn_and_a_second_makes_no_hill() -> None:
    legs = [PaceLeg(0, 5000, 300.0), PaceLeg(5000, 10_000, 400.0), PaceLeg(10_000, 12_000, 350.0)]
    heights = [float(step.y.removesuffix("em")) for step in draw_paces(legs, 42_195.0).steps]
    assert heights[0] < heights[2] < heights[1]
    flat = [PaceLeg(0, 5000, 300.0), PaceLeg(5000, 10_000, 301.0)]
    low, high = (float(step.y.removesuffix("em")) for step in draw_paces(flat, 42_195.0).steps)
    assert high - low < 0.5
