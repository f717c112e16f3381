"""Zone and date of a file's times: taken from the event where they can be meant alone, else asked for."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from homestretch.errors import PlanError
from homestretch.folder.event_toml import parse_event
from homestretch.intake.asking import Open, Told, find_open, find_question
from homestretch.intake.files import recognise
from homestretch.race.event import Event
from homestretch.readers import Context

VIENNA = ZoneInfo("Europe/Vienna")
BOTH = Open(zone=True, date=True)


def event_of(date: str, gun: str, cutoff: str) -> Event:
    event, problems = parse_event(
        f'[event]\nid = "k"\nname = "K"\ndate = {date}\nzone = "Europe/Vienna"\n'
        f'[[race]]\nid = "k"\nname = "K"\ndistance_m = 100000\ngun = {gun}\n'
        '[[point]]\nid = "s"\ndistance_m = 0\n'
        f'[[point]]\nid = "f"\ndistance_m = 100000\ncutoff = "{cutoff}"\n'
    )
    assert event is not None, problems
    return event


DAY = event_of("2026-05-03", "07:00:00", "14:00")
NIGHT = event_of("2026-05-03", "20:00:00", "+1 10:00")
AUTUMN = event_of("2026-10-24", "20:00:00", "+1 10:00")


def at(*times: str, date: str = "2026-05-03") -> np.ndarray:
    days = dt.date.fromisoformat(date)
    moments = [dt.datetime.combine(days, dt.time.fromisoformat(time), VIENNA) for time in times]
    return np.array([int(moment.timestamp()) * 1000 for moment in moments], np.int64)


def ask(event: Event, times: np.ndarray, told: Told, leaves: Open) -> PlanError | None:
    return find_question(event, "box.txt", times, told, leaves)


@pytest.mark.parametrize(
    ("line", "leaves"),
    [
        ("C1,09:00:00", BOTH),
        ("C1,2026-05-03 09:00:00", Open(zone=True, date=False)),
        ("C1,2026-05-03T09:00:00+02:00", Open(zone=False, date=False)),
        ("C1,09:00:00+02:00", Open(zone=False, date=True)),
        ("C1,1777795200", Open(zone=False, date=False)),
        ("Z413A35 10:11:16.4433 10  10000      C7", BOTH),
        ("1;33;0000-00-00;07:00:02.773;6692;12;-68;09ca52", BOTH),
        ("1;33;2026-05-03;07:00:02.773;6692;12;-68;09ca52", Open(zone=True, date=False)),
        ("aa400000000123450a2a01123018455927a7FS", Open(zone=True, date=False)),
        ("TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192", Open(zone=True, date=False)),
    ],
)
def test_what_a_form_of_file_leaves_open_is_found_by_reading_it(line: str, leaves: Open) -> None:
    recognised = recognise(f"{line}\n{line}\n")
    assert recognised is not None
    assert find_open(recognised, Context(VIENNA, "2026-05-03")) == leaves


def test_times_of_day_within_the_hours_of_a_day_event_ask_nothing() -> None:
    assert ask(DAY, at("07:00:10", "12:30:00"), Told(), BOTH) is None


def test_a_time_after_midnight_asks_for_the_date_of_an_event_that_goes_on_after_it() -> None:
    question = ask(NIGHT, at("21:00:00", "01:30:00"), Told(), BOTH)
    assert question is not None
    assert "01:30:00 can be of Sunday 3 May or Monday 4 May" in question.what
    assert "--date 2026-05-03 or --date 2026-05-04" in question.hint


def test_a_time_before_midnight_asks_nothing_of_such_an_event() -> None:
    assert ask(NIGHT, at("21:00:00", "23:30:00"), Told(), BOTH) is None


def test_nothing_is_asked_that_was_told_or_that_the_file_says() -> None:
    told = Told(VIENNA, "2026-05-03")
    says_both = Open(zone=False, date=False)
    for times in (at("01:30:00"), at("18:00:00"), at()):
        assert ask(NIGHT, times, told, BOTH) is None
        assert ask(DAY, times, told, BOTH) is None
        assert ask(DAY, times, Told(), says_both) is None


def test_an_hour_that_the_clocks_show_twice_asks_for_a_zone_that_never_changes() -> None:
    times = at("02:30:00", date="2026-10-25")
    question = ask(AUTUMN, times, Told(), Open(zone=True, date=False))
    assert question is not None
    assert "the clocks show 02:30:00 twice that night" in question.what
    assert "--zone Etc/GMT-2 or --zone Etc/GMT-1" in question.hint
    assert ask(AUTUMN, at("03:30:00", date="2026-10-25"), Told(), Open(True, False)) is None


def test_dated_times_in_the_wrong_hours_ask_for_the_zone_if_one_can_put_them_right() -> None:
    zone_only = Open(zone=True, date=False)
    question = ask(DAY, at("18:00:00", "19:00:00", "20:00:00"), Told(), zone_only)
    assert question is not None
    assert "does not say the zone of its times" in question.what
    assert "--zone Europe/Vienna" in question.hint
    assert "--date" not in question.hint
    assert ask(DAY, at("18:00:00", date="2025-05-04"), Told(), zone_only) is None


def test_a_few_reads_out_of_hours_are_no_question() -> None:
    """The chips that were tried on the evening before stand in the same box."""
    assert ask(DAY, at("08:00:00", "09:00:00", "10:00:00", "23:00:00"), Told(), BOTH) is None
