"""The announcer's page: who comes, who is home, what may be said aloud of them, and of whom nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from homestretch.boards import Choices, write_twin
from homestretch.boards.announcer import (
    COMING_IN_PUBLIC,
    CREW,
    AnnouncerBoard,
    rows,
)
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.event import Privacy
from homestretch.race.privacy import PRIVATE, Role, Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.days import ALL, Wanted, make_picture
from tests.boards.pictures import picture_of
from tests.state.days import Day, a_day

BUSY = Wanted(marathon=400, half=100, minutes=255)


def board(picture: Picture, role: Role = "public", wall: bool = False) -> AnnouncerBoard:
    return rows(picture, Viewer(role), Choices(wall=wall))


def at_the_line(age: int | None = 40, **privacy: float) -> Day:
    """7 is home at 10:30, 8 was at 30K with the same pace and comes at about 10:40."""
    more: dict[str, Any] = {"privacy": Privacy(**privacy)} if privacy else {}  # type: ignore[arg-type]  # words of the test
    day = a_day(**more)
    for bib, start in (("7", "07:00:10"), ("8", "07:10:10")):
        day.entrant(bib, age=age, sex="f")
        day.read(bib, "start", start)
    day.runs("7", p10k="07:50", half="08:45", p30k="09:29", finish="10:30")
    day.runs("8", p10k="08:00", half="08:55", p30k="09:39")
    return day


def picture_at(day: Day, now: str, *people: Person) -> Picture:
    picture = picture_of(day, now, *people)
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


def a_person(bib: str, **more: Any) -> Person:
    told = {"first": "Ada", "last": f"No{bib}", "display": "name", "town": "Millbrook"} | more
    return Person(entrant=f"e{bib}", **told)


def test_who_just_crossed_and_who_comes_stand_there_with_what_to_say() -> None:
    people = (
        a_person("7", club="Millrace Runners", first_marathon=True),
        a_person("8", display="initials"),
    )
    found = board(picture_at(at_the_line(), "10:35", *people))
    (home,), (coming,) = found.home, found.coming
    assert (home.who.bib, home.who.name) == ("7", "Ada No7")
    assert home.say == (
        "1st of the race", "1st of the women", "from Millbrook", "Millrace Runners",
        "first marathon, as told",
    )  # fmt: skip
    assert (coming.who.name, coming.say) == ("A. N.", ("from Millbrook",))
    assert coming.from_at <= coming.until_at


@pytest.mark.parametrize(
    ("age", "minimum_age", "guardian", "named"),
    [
        (None, None, False, False),
        (None, 16.0, False, False),
        (None, 18.0, False, True),
        (None, None, True, True),
        (17, 18.0, False, False),
        (40, None, False, True),
    ],
)
def test_of_unknown_age_nobody_is_called_out_unless_the_event_takes_no_children(
    age: int | None, minimum_age: float | None, guardian: bool, named: bool
) -> None:
    more = {} if minimum_age is None else {"minimum_age": minimum_age}
    picture = picture_at(at_the_line(age, **more), "10:35", a_person("7", guardian=guardian))
    for role in get_args(Role):
        (home,) = board(picture, role).home
        assert (home.who.name == "Ada No7") == named
        assert named or (home.who.name, home.who.bib, home.say) == (PRIVATE, "", ())


def test_a_hidden_runner_is_called_by_nothing_but_the_time_whoever_looks() -> None:
    picture = picture_at(at_the_line(), "10:35", a_person("7", display="hidden"))
    for role in get_args(Role):
        (home,) = board(picture, role).home
        assert (home.who.hidden, home.say) == (True, ())


def test_the_public_and_a_wall_get_no_long_list_of_who_comes() -> None:
    picture = make_picture(BUSY)
    assert board(picture).coming_count > COMING_IN_PUBLIC
    for role in get_args(Role):
        assert len(board(picture, role, wall=True).coming) == COMING_IN_PUBLIC
        assert (len(board(picture, role).coming) > COMING_IN_PUBLIC) == (role in CREW)


def test_nobody_is_called_alone_slow_walking_or_last_on_it() -> None:
    for day in (BUSY, ALL["late"], ALL["small"], ALL["finished"]):
        found = board(make_picture(day), "announcer")
        said = write_twin((found.coming, found.home)).decode()
        assert not [word for word in ("alone", "slow", "walk", "last", "sweep") if word in said]


def test_the_last_to_finish_stand_in_the_same_rows_as_the_first() -> None:
    picture = make_picture(ALL["finished"])
    found = board(picture)
    newest = sorted(picture.state.finish_at.tolist(), reverse=True)[: len(found.home)]
    assert [row.finish_at for row in found.home] == newest
    page = render_page(board_key("announcer", {}), found, Viewer())
    assert page.count('class="board-say"') == len(found.home)


def test_while_every_race_stands_still_nobody_is_announced() -> None:
    found = board(make_picture(ALL["stopped"]))
    assert found.coming == ()
    assert "stopped" in found.silent
    assert found.home


def test_while_nobody_is_near_it_says_when_the_next_one_comes_or_the_first_start_is() -> None:
    day = at_the_line()
    picture = picture_at(day, "09:45", a_person("7"), a_person("8"))
    found = board(picture)
    assert not found.coming
    assert found.next_at is not None
    assert found.next_at > picture.now + 600_000
    page = render_page(board_key("announcer", {}), found, Viewer())
    assert "The next one comes about" in page
    early = a_day()
    early.entrant("7", age=40)
    words = board(picture_of(early, "06:30", a_person("7"))).silent
    assert words == "Nobody is on the road. The first start is at 07:00."
