"""A time of day as an official types it is the last one up to now, or it is asked which day is meant."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import FactError
from homestretch.folder.event_toml import parse_event
from homestretch.office.said_times import AHEAD_MS, said_at
from homestretch.race.event import Event

ZONE = ZoneInfo("Europe/Vienna")
PLAN = """
[event]
id = "night"
name = "Night Run"
date = 2026-05-02
zone = "Europe/Vienna"
[[race]]
id = "42k"
name = "42k"
distance_m = 42195
gun = {gun}
[[point]]
id = "finish"
distance_m = 42195
cutoff = {cutoff}
"""


def event(gun: str = "18:00:00", cutoff: str = '"+1 03:00"') -> Event:
    found, _ = parse_event(PLAN.format(gun=gun, cutoff=cutoff))
    assert found is not None
    return found


def at(written: str) -> int:
    """``2 23:41``: a day of May and a time."""
    day, clock = written.split()
    time = dt.time.fromisoformat(clock)
    moment = dt.datetime.combine(dt.date(2026, 5, 1), time, ZONE) + dt.timedelta(days=int(day) - 1)
    return int(moment.timestamp()) * 1000


@pytest.mark.parametrize(
    ("word", "now", "meant"),
    [
        ("00:12", "3 00:11", "3 00:12"),  # the watch of who says it is a minute ahead
        ("23:41", "3 00:11", "2 23:41"),
        ("00:02", "2 23:58", "3 00:02"),
        ("23:41:30", "3 00:11", "2 23:41:30"),
        ("6:15 pm", "2 23:00", "2 18:15"),
        ("17:30", "2 17:40", "2 17:30"),  # before the gun, but just now
        ("07:00", "2 22:00", "2 07:00"),
        ("01:55", "3 02:10", "3 01:55"),
    ],
)
def test_a_time_of_day_is_the_last_one_up_to_now(word: str, now: str, meant: str) -> None:
    assert said_at(word, event(), at(now)) == at(meant)


def test_around_a_gun_at_midnight_the_evening_before_is_meant() -> None:
    assert said_at("23:50", event("00:30:00", "06:00:00"), at("2 00:10")) == at("1 23:50")


@pytest.mark.parametrize(
    ("word", "now", "readings"),
    [
        ("18:00", "2 17:30", ("18:00 on Friday 1 May (before", "18:00 on Saturday 2 May (still")),
        ("20:30", "2 20:05", ("20:30 on Friday 1 May", "20:30 on Saturday 2 May (still")),
        ("23:00", "2 06:00", ("23:00 on Friday 1 May", "23:00 on Saturday 2 May (still")),
        ("00:40", "3 00:11", ("00:40 on Saturday 2 May", "00:40 on Sunday 3 May (still")),
    ],
)
def test_what_can_be_another_day_is_asked_with_both_readings(
    word: str, now: str, readings: tuple[str, str]
) -> None:
    with pytest.raises(FactError) as raised:
        said_at(word, event(), at(now))
    assert all(reading in raised.value.what for reading in readings)
    assert 'Write the one that is meant: "2026-05-0' in raised.value.hint


def test_weeks_before_the_event_no_time_of_day_is_taken() -> None:
    with pytest.raises(FactError) as raised:
        said_at("18:00", event(), at("2 19:00") - 30 * 86_400_000)
    assert "Thursday 2 April" in raised.value.what
    assert "Saturday 2 May (still to come)" in raised.value.what


@pytest.mark.parametrize(("word", "meant"), [("18:00:07", "2 18:00:07"), ("01:10", "3 01:10")])
def test_weeks_after_the_event_one_of_its_own_hours_is_meant(word: str, meant: str) -> None:
    assert said_at(word, event(), at("2 12:00") + 30 * 86_400_000) == at(meant)


def test_the_day_after_the_event_is_asked_for() -> None:
    day_race = event("09:00:00", "15:00:00")
    assert said_at("14:30", day_race, at("3 10:00")) == at("2 14:30")
    with pytest.raises(FactError, match=r"09:00 on Saturday 2 May or 09:00 on Sunday 3 May"):
        said_at("09:00", day_race, at("3 10:00"))


def test_a_race_of_more_than_a_day_is_asked_which_day_when_it_is_long_over() -> None:
    long = event("10:00:00", '"+1 14:00"')
    with pytest.raises(FactError, match="several ways"):
        said_at("11:00", long, at("20 12:00"))
    assert said_at("03:00", long, at("20 12:00")) == at("3 03:00")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("+1 00:12", "3 00:12"),
        ("+0 19:00", "2 19:00"),
        ("2026-05-03 00:12", "3 00:12"),
        ("2026-05-03T00:12:30+02:00", "3 00:12:30"),
    ],
)
def test_a_time_that_says_its_day_needs_no_now(word: str, meant: str) -> None:
    assert said_at(word, event(), 0) == at(meant)


@pytest.mark.parametrize("word", ["noon", "24:00", "", "7", "+1", "2026-05-32 10:00"])
def test_what_is_no_time_is_refused_with_what_to_write(word: str) -> None:
    with pytest.raises(FactError) as raised:
        said_at(word, event(), at("2 20:00"))
    assert "+1 02:00" in raised.value.hint


@given(
    minutes=st.integers(0, 1439),
    now=st.integers(at("2 08:00"), at("3 09:00")),
)
def test_no_time_of_day_is_dated_ahead_or_more_than_a_day_back(minutes: int, now: int) -> None:
    try:
        meant = said_at(f"{minutes // 60:02}:{minutes % 60:02}", event(), now)
    except FactError:
        return
    assert now - 86_400_000 < meant <= now + AHEAD_MS
