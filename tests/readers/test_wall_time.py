"""Which moment a time of day means that a person said."""

from __future__ import annotations

import pytest

from homestretch.race.wall_time import find_moment
from tests.state.days import a_day, a_race, at

EVENT = a_day(a_race(gun={"A": "07:00", "B": "07:20"})).event


@pytest.mark.parametrize(
    ("text", "now", "meant"),
    [
        ("12:41", "12:45", "12:41"),
        ("12:41:30", "12:45", "12:41:30"),
        ("12.41", "12:45", "12:41"),
        ("1:05 pm", "13:10", "13:05"),
        ("12:10 a.m.", "+1 00:30", "+1 00:10"),
        ("7:05AM", "12:00", "07:05"),
        ("12:46", "12:45", "12:46"),
        ("23:50", "+1 00:10", "23:50"),
        ("00:05", "+1 00:10", "+1 00:05"),
        ("12:41", "+1 13:00", "+1 12:41"),
    ],
)
def test_a_time_is_the_newest_that_is_past(text: str, now: str, meant: str) -> None:
    assert find_moment(text, EVENT, at(now)) == at(meant)


def test_papers_that_are_entered_on_the_next_day_are_of_the_day_of_the_race() -> None:
    assert find_moment("08:30", EVENT, at("+1 09:00"), over=True) == at("08:30")


@pytest.mark.parametrize(
    "text", ["12:50", "25:00", "12:61", "13:00 pm", "0:10 am", "noon", "", "12"]
)
def test_what_is_no_time_or_still_to_come_means_nothing(text: str) -> None:
    assert find_moment(text, EVENT, at("12:45")) is None


def test_the_night_before_is_not_the_day_of_the_race() -> None:
    assert find_moment("20:00", EVENT, at("07:30")) is None
