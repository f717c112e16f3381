"""Who has no picture yet and until when to stay for them: told to staff, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from homestretch.boards import Choices
from homestretch.boards.photos import rows as photos_rows
from homestretch.boards.picturing import find_staying, list_staying
from homestretch.boards.station import StationBoard, StationChoices
from homestretch.boards.station import rows as station_rows
from homestretch.facts import PhotoAnswered, PhotoLocked, PhotoTagged, PhotoTaken
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.pictures import person, picture_of
from tests.state.days import POINTS, Day, a_day, a_point, at

CONTROL = Viewer("control")
BRIDGE = a_point("bridge", 15_000.0, kind="station")
NAMES = {"1": "Ada Quick", "2": "Bo Steady", "3": "Cy Late"}


def a_morning() -> Day:
    """Three people at 10 km, ten minutes apart; a camera at the bridge at 15 km has the first alone."""
    day = a_day(points=(*POINTS, BRIDGE))
    for bib, ten in (("1", "07:48"), ("2", "07:58"), ("3", "08:08")):
        day.entrant(bib)
        day.read(bib, "start", "07:00:10")
        day.read(bib, "10k", ten)
    day.add(PhotoTaken(seen_at=at("08:08"), photo="aa", place="bridge"))
    day.add(PhotoTagged(seen_at=at("08:08"), photo="aa", bib="1", p=0.99, reads=12))
    day.add(PhotoTagged(seen_at=at("08:08"), photo="aa", bib="2", p=0.6, reads=12))
    return day


def picture_at(day: Day, now: str = "08:10") -> Picture:
    picture = picture_of(day, now, *(person(bib, name) for bib, name in NAMES.items()))
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


def station(picture: Picture, role: Role, **more: bool) -> StationBoard:
    return station_rows(picture, Viewer(role), StationChoices(point="bridge", **more))


def test_a_camera_stays_until_the_last_without_a_picture_has_come() -> None:
    [staying] = list_staying(picture_at(a_morning()), CONTROL)
    assert (staying.name, staying.to_come, staying.unpictured) == ("Bridge", 3, 2)
    assert [one.who.bib for one in staying.next] == ["2", "3"]
    assert staying.stay_until is not None
    assert staying.last_at is not None
    assert at("08:40") < staying.next[1].about_at <= staying.stay_until < staying.last_at
    assert staying.last_at < at("09:40")


def test_between_two_forecasts_no_more_are_in_no_picture_than_are_still_to_come() -> None:
    day = a_morning()
    forecast = picture_at(day).forecast
    for bib in ("2", "3"):
        day.read(bib, "half", "09:01")
    found = station(replace(picture_of(day, "09:02"), forecast=forecast), "control")
    assert found.staying is not None
    assert found.clearing is not None
    assert found.clearing.to_come == found.staying.to_come == 1
    assert found.staying.unpictured == 0
    assert found.staying.stay_until is None


def test_who_is_pictured_last_lets_the_camera_go_earlier_and_a_locked_picture_counts_for_nobody() -> (
    None
):
    day = a_morning()
    before = find_staying(picture_at(day), BRIDGE)
    day.add(PhotoTaken(seen_at=at("08:09"), photo="bb", place="finish"))
    day.add(PhotoAnswered(seen_at=at("08:09"), photo="bb", bib="3", answer="there"))
    after = find_staying(picture_at(day), BRIDGE)
    assert before is not None
    assert after is not None
    assert before.stay_until is not None
    assert after.stay_until is not None
    assert (after.unpictured, after.stay_until < before.stay_until) == (1, True)
    day.add(PhotoLocked(seen_at=at("08:09"), photo="bb"))
    assert find_staying(picture_at(day), BRIDGE) == before


def test_who_is_home_in_no_picture_is_listed_by_bib() -> None:
    day = a_morning()
    for bib, home in (("3", "11:00"), ("1", "10:10"), ("2", "10:30")):
        day.read(bib, "finish", home)
    shown = photos_rows(picture_at(day, "11:05"), CONTROL, Choices())
    assert [who.bib for who in shown.without] == ["2", "3"]
    assert (shown.pictured, shown.unpictured) == (1, 2)


@pytest.mark.parametrize("role", ["station", "control", "director", "medical", "photographer"])
def test_staff_read_it_at_the_station_and_the_words_are_there(role: Role) -> None:
    found = station(picture_at(a_morning()), role)
    assert found.staying is not None
    assert found.staying.unpictured == 2
    assert not found.staying.next
    page = render_page(board_key("station", {"point": "bridge"}), found, Viewer(role))
    assert "in no picture yet" in page


def test_nobody_else_reads_it_and_no_wall_shows_it() -> None:
    picture = picture_at(a_morning())
    for role in ("public", "announcer", "desk", "sweep"):
        assert station(picture, role).staying is None
    assert station(picture, "control", wall=True).staying is None
    assert "in no picture" not in render_page(
        board_key("station", {"point": "bridge"}), station(picture, "public"), Viewer("public")
    )


def test_the_page_of_pictures_says_until_when_to_stay_with_the_names_of_who_comes() -> None:
    shown = photos_rows(picture_at(a_morning()), CONTROL, Choices())
    page = render_page(board_key("photos", {}), shown, CONTROL)
    for words in ("Until when to stay", "Stay until", "Bo Steady", "Cy Late"):
        assert words in page
