"""The words of the pages."""

from __future__ import annotations

from typing import get_args

import pytest

from homestretch.boards.words import (
    FLAG_WORDS,
    list_words,
    say_about,
    say_age,
    say_minutes,
    say_ordinal,
    say_people,
    say_status,
)
from homestretch.facts import FlagState
from homestretch.state.snapshot import Status


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.2, "about a minute"),
        (4.4, "about 4 minutes"),
        (18.0, "about 20 minutes"),
        (52.0, "about 50 minutes"),
        (58.0, "about an hour"),
        (88.0, "about an hour and a half"),
        (121.0, "about 2 hours"),
        (160.0, "about 2½ hours"),
    ],
)
def test_a_time_ahead_is_said_without_false_exactness(minutes: float, words: str) -> None:
    assert say_about(minutes) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (119, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (5_400, "1 h 30 min ago"),
    ],
)
def test_an_age_is_said_in_minutes(seconds: int, words: str) -> None:
    assert say_age(seconds * 1000) == words


def test_short_times_people_and_lists() -> None:
    assert [say_minutes(value) for value in (0.4, 6.9, 65.0, 120.0)] == [
        "under a minute",
        "6 min",
        "1 h 5 min",
        "2 h",
    ]
    assert [say_people(count) for count in (1, 4061)] == ["1 person", "4,061 people"]
    assert [list_words(["A", "B", "C"][:n]) for n in range(4)] == ["", "A", "A and B", "A, B and C"]


def test_places_are_said_as_people_say_them() -> None:
    said = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 42: "42nd", 112: "112th", 3003: "3,003rd"}  # fmt: skip
    assert {place: say_ordinal(place) for place in said} == said


def test_every_status_and_flag_has_words() -> None:
    assert set(FLAG_WORDS) == set(get_args(FlagState))
    for status in Status:
        assert say_status(status, "public")
        assert say_status(status, "control")


def test_the_public_and_stations_hear_of_everybody_off_the_course_the_same() -> None:
    off = (Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME, Status.DNF)
    for role in ("public", "station", "announcer", "desk", "sweep", "photographer", "device"):
        assert {say_status(status, role) for status in off} == {"withdrew"}
    for role in ("control", "medical"):
        assert len({say_status(status, role) for status in off}) == len(off)


def test_the_director_hears_who_rides_and_who_did_not_finish_and_of_nobodys_health() -> None:
    healthy = {Status.LEFT, Status.HOME, Status.IN_CARE}
    assert {say_status(status, "director") for status in healthy} == {"withdrew"}
    assert say_status(Status.RIDING, "director") == "on the bus"
    assert say_status(Status.DNF, "director") == "did not finish"
    assert say_status(Status.IN_CARE, "director", crossed_the_line=True) == "finished"


def test_who_needed_care_behind_the_line_has_finished() -> None:
    assert say_status(Status.IN_CARE, "public", crossed_the_line=True) == "finished"
    assert say_status(Status.HOME, "public", crossed_the_line=True) == "withdrew"
    assert say_status(Status.IN_CARE, "control", crossed_the_line=True) == "in care"
