"""Who may be told of in a photo, a story or aloud: what each agreed to, and a guardian for whoever may be under 18."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from homestretch.boards.people import photos_of, shown_aloud, stories_of
from homestretch.race.event import Privacy
from homestretch.showing import grown
from tests.boards.pictures import person, picture_of
from tests.state.days import a_day


@pytest.mark.parametrize(
    ("age", "minimum", "guardian", "display"),
    list(
        itertools.product(
            (None, 15, 17, 18, 40), (None, 17.0, 18.0), (False, True), ("name", "initials", "hidden")
        )
    ),
)  # fmt: skip
def test_nobody_who_may_be_under_18_is_told_of_without_a_guardian(
    age: int | None, minimum: float | None, guardian: bool, display: str
) -> None:
    day = a_day(privacy=Privacy(minimum_age=minimum))
    day.entrant("7", age=age)
    agreed = msgspec.structs.replace(
        person("7", "Ada Amberlow", display), photos=True, stories="no-photo", guardian=guardian
    )
    picture = picture_of(day, "12:00", agreed)
    of_age = age is not None and age >= 18
    sure = of_age or (age is None and minimum == 18.0)
    assert grown(picture, 0) == sure
    may = (sure or guardian) and display != "hidden"
    assert photos_of(picture, 0) == may
    assert stories_of(picture, 0) == ("no-photo" if may else "no")
    assert shown_aloud(picture, 0).hidden == (not may)


def test_silence_is_no_and_taking_down_is_no() -> None:
    day = a_day()
    day.entrant("7", age=40)
    silent = person("7", "Ada Amberlow")
    picture = picture_of(day, "12:00", silent)
    assert not photos_of(picture, 0)
    assert stories_of(picture, 0) == ""
    down = msgspec.structs.replace(silent, photos=True, stories="yes", taken_down=True)
    picture = picture_of(day, "12:00", down)
    assert not photos_of(picture, 0)
    assert stories_of(picture, 0) == "no"
    assert not photos_of(picture_of(day, "12:00"), 0), "erased"
