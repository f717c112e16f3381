"""A race that is over says what its forecasts were worth: of people by numbers, the same after a restart."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import pytest

from homestretch.boards import write_twin
from homestretch.boards.calibration import CalibrationBoard, CalibrationChoices, rows
from homestretch.boards.results import ResultsChoices
from homestretch.boards.results import rows as result_rows
from homestretch.errors import NotFound
from homestretch.forecast.ahead import Looking
from homestretch.forecast.hindsight import look_back
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.pictures import picture_of
from tests.forecast.fields import GUN, Field, a_field
from tests.state.days import Day

HOUR = 3_600_000


@cache
def over(people: int = 90) -> Picture:
    """A marathon of invented people, when the last is home, with what was looked back at."""
    field: Field = a_field(people)
    picture = picture_of(field.day, GUN + 14 * HOUR)
    state = replace(picture.state, over=True)
    ahead = Looking().look(picture.event, state, chase=False)
    return replace(picture, state=state, hindsight=ahead.hindsight)


def board(picture: Picture) -> CalibrationBoard:
    return rows(picture, Viewer(), CalibrationChoices(race="marathon"))


def test_every_point_on_the_way_says_how_far_off_the_finish_was_forecast() -> None:
    found = board(over())
    assert [round(point.metres) for point in found.points] == [
        5000, 10000, 15000, 21098, 25000, 30000, 35000, 40000]  # fmt: skip
    errors = [point.everybody.off_min for point in found.points]
    assert errors[-1] < errors[3] < errors[0]
    assert all(p.everybody.off_min < p.everybody.flat_off_min for p in found.points[3:7])
    for point in found.points:
        assert sum(row.people for row in point.by_pace) == point.everybody.people
        for row in (point.everybody, *point.by_pace):
            assert row.people >= 20
            assert 0.0 <= row.in_50 <= row.in_80 <= row.in_90 <= 1.0


def test_a_small_race_tells_nothing_of_a_few_people() -> None:
    assert board(over(15)).points == ()
    assert all(point.by_pace == () for point in board(over(40)).points)


def test_nothing_is_said_before_the_last_is_home() -> None:
    field = a_field(90)
    picture = picture_of(field.day, GUN + 4 * HOUR)
    assert Looking().look(picture.event, picture.state, chase=False).hindsight == ()
    assert "once the last runner is home" in board(picture).words
    assert board(picture).points == ()


def test_after_a_restart_and_in_any_order_of_arrival_it_is_the_same() -> None:
    field = a_field(90)
    day = Day(field.event, field.day.course)
    day.items = field.day.items[::-1]
    state = replace(day.state(GUN + 14 * HOUR).state, over=True)
    assert look_back(field.event, state) == over().hindsight


def test_the_page_names_nobody_and_the_results_lead_to_it() -> None:
    picture = over()
    found = board(picture)
    key = board_key("calibration", {"race": "marathon"})
    page = render_page(key, found, Viewer())
    assert "minutes, constant pace" in page
    twin = msgspec.json.decode(write_twin(found))
    assert set(twin["points"][0]["everybody"]) == {
        "who", "people", "off_min", "flat_off_min", "within_5", "in_50", "in_80", "in_90"
    }  # fmt: skip
    results = result_rows(picture, Viewer(), ResultsChoices(race="marathon"))
    assert results.hindsight
    html = render_page(board_key("results", {"race": "marathon"}), results, Viewer())
    assert "/forecasts/marathon" in html


def test_another_race_is_not_found() -> None:
    with pytest.raises(NotFound):
        rows(over(), Viewer(), CalibrationChoices(race="10k"))


def test_who_was_not_read_at_the_start_or_did_not_finish_is_not_judged() -> None:
    whole = over().hindsight[0]
    picture = over()
    passed_at = picture.state.passed_at.copy()
    passed_at[:10, -1] = -1
    state = replace(picture.state, passed_at=passed_at)
    fewer = look_back(picture.event, state)[0]
    finished = int(np.count_nonzero(picture.state.passed_at[:10, -1] >= 0))
    assert fewer.finishers == whole.finishers - finished
