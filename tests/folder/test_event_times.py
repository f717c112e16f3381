"""Times of day in a zone: what the clocks skip or show twice, races past midnight, and other forms."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.folder.event_toml import parse_event
from homestretch.folder.moments import Day, say_moment
from homestretch.folder.problem import WrongError
from tests.folder.good import EVENT_TOML, errors_of, spoilt

NEW_YORK = ZoneInfo("America/New_York")
RACE_DAY = Day(dt.date(2026, 5, 3), NEW_YORK)
SPRING = Day(dt.date(2026, 3, 8), NEW_YORK)
AUTUMN = Day(dt.date(2026, 11, 1), NEW_YORK)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    return int(moment.timestamp()) * 1000


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (dt.time(7), utc(2026, 5, 3, 11)),
        (dt.time(7, 0, 0, 250_000), utc(2026, 5, 3, 11) + 250),
        ("7:00", utc(2026, 5, 3, 11)),
        ("07:00:30", utc(2026, 5, 3, 11, 0, 30)),
        ("6:15 PM", utc(2026, 5, 3, 22, 15)),
        ("12:05 am", utc(2026, 5, 3, 4, 5)),
        ("+1 02:00", utc(2026, 5, 4, 6)),
        ("+2 00:30:00", utc(2026, 5, 5, 4, 30)),
        (dt.datetime.fromisoformat("2026-05-04 02:00:00"), utc(2026, 5, 4, 6)),
        ("2026-05-04 02:00", utc(2026, 5, 4, 6)),
        (dt.datetime(2026, 5, 3, 7, tzinfo=dt.UTC), utc(2026, 5, 3, 7)),
        ("2026-05-03T07:00:00+02:00", utc(2026, 5, 3, 5)),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_event(said: object, at: int) -> None:
    assert RACE_DAY.moment(said) == at


@pytest.mark.parametrize(
    "said", ["24:00", "7", "07:60", "13:00 pm", "soon", 7, None, True, "+x 07:00"]
)
def test_what_is_no_time_is_refused_with_a_hint(said: object) -> None:
    with pytest.raises(WrongError) as wrong:
        RACE_DAY.moment(said)
    assert "07:00:00" in wrong.value.do


def test_a_time_that_the_clocks_skip_is_refused_with_both_neighbours() -> None:
    with pytest.raises(WrongError) as wrong:
        SPRING.moment(dt.time(2, 30))
    assert "does not exist on 8 March 2026 in America/New_York" in wrong.value.what
    assert "01:30:00 or 03:30:00" in wrong.value.do
    assert SPRING.moment(dt.time(3, 30)) - SPRING.moment(dt.time(1, 30)) == 3_600_000


def test_a_time_that_comes_twice_must_say_which_is_meant() -> None:
    with pytest.raises(WrongError) as wrong:
        AUTUMN.moment(dt.time(1, 30))
    assert "comes twice" in wrong.value.what
    first, second = "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"
    assert first in wrong.value.do
    assert second in wrong.value.do
    assert AUTUMN.moment(second) - AUTUMN.moment(first) == 3_600_000


def test_such_a_time_is_a_problem_of_its_line() -> None:
    text = spoilt(EVENT_TOML, "date = 2026-05-03", "date = 2026-03-08")
    text = spoilt(text, "gun = 06:50:00", "gun = 02:30:00")
    _, problems = parse_event(text)
    assert ["clocks go forward" in problem.what for problem in errors_of(problems)] == [True]


def test_a_race_past_midnight_has_cutoffs_on_the_next_day() -> None:
    text = spoilt(
        EVENT_TOML, "half = 10:32:00, 10k = 10:32:00", 'half = "+1 02:00", 10k = 23:30:00'
    )
    event, problems = parse_event(text)
    assert errors_of(problems) == []
    assert event is not None
    finish = event.find_point("finish")
    assert finish is not None
    assert finish.cutoff_at == {"half": utc(2026, 5, 4, 6), "10k": utc(2026, 5, 4, 3, 30)}


@given(
    at=st.integers(utc(2026, 10, 30), utc(2026, 11, 4))
    | st.integers(utc(2026, 3, 6), utc(2026, 3, 10)),
    day=st.sampled_from([SPRING, AUTUMN, Day(dt.date(2026, 11, 1), ZoneInfo("Europe/Berlin"))]),
)
def test_every_moment_can_be_written_and_is_read_back(at: int, day: Day) -> None:
    said = say_moment(at, day)
    assert day.moment(dt.time.fromisoformat(said) if "T" not in said else said) == at
