"""The board of a point: how many come when, who is next, who needs us most in words, and when it may close."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pytest

from homestretch.boards import write_twin
from homestretch.boards.control import ControlChoices
from homestretch.boards.control import rows as board_of
from homestretch.boards.mistyped import list_mistyped
from homestretch.boards.station import StationBoard, StationChoices, rows
from homestretch.errors import NotFound
from homestretch.facts import Sighting
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Role, Viewer
from homestretch.web.arrivals_drawing import draw_arrivals
from homestretch.web.render import board_key, render_page
from tests.boards.days import ALL, SMALL, STOPPED, Wanted, make_picture
from tests.boards.pictures import picture_of
from tests.state.days import HALF_M, SHARED, Day, a_day, a_point, a_race, a_sweep, at
from tests.state.days import POINTS as MATS

BUSY = Wanted(marathon=120, half=0, minutes=180)


def board(picture: Picture, point: str, role: Role = "public", **more: bool) -> StationBoard:
    return rows(picture, Viewer(role), StationChoices(point=point, **more))


def picture_at(day: Day, now: str, *people: Person) -> Picture:
    picture = picture_of(day, now, *people)
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


def a_marathon(*bibs: str, ten: str = "07:58") -> Day:
    """Everybody starts at 07:00 and is at 10K together; a cheer station stands at 15 km."""
    day = a_day(points=(*MATS, a_point("bridge", 15_000.0, kind="station")), sweep=a_sweep())
    for bib in bibs:
        day.entrant(bib)
        day.read(bib, "start", "07:00:10")
        day.read(bib, "10k", ten)
    return day


def somebody(bib: str, display: str = "name", **more: bool) -> Person:
    return Person(entrant=f"e{bib}", first="Ada", last=f"No{bib}", display=display, **more)  # type: ignore[arg-type]  # words of the test


def test_a_point_that_the_plan_does_not_have_has_no_page() -> None:
    with pytest.raises(NotFound, match="no point 'nowhere'"):
        board(make_picture(SMALL), "nowhere")


def test_a_station_without_a_mat_is_told_who_comes_when() -> None:
    picture = picture_at(a_marathon("1", "2"), "08:10", somebody("1"), somebody("2"))
    found = board(picture, "bridge")
    assert found.clearing is not None
    assert found.clearing.to_come == 2
    assert [row.who.bib for row in found.next] == ["1", "2"]
    for row in found.next:
        assert at("08:15") < row.from_at < row.until_at < at("08:45")
    assert found.arrivals is not None
    assert sum(found.arrivals.per_minute) == pytest.approx(2.0, abs=0.2)


def test_it_may_close_when_the_last_runner_and_the_sweep_are_through() -> None:
    found = board(picture_at(a_marathon("1"), "08:10"), "bridge").clearing
    assert found is not None
    assert found.last_at is not None
    assert found.last_at < at("09:30")
    assert found.sweep_at == at("10:00")
    assert found.clear_at == at("10:00")


def test_it_does_not_close_while_people_may_still_start() -> None:
    day = a_marathon("1", ten="07:40")
    day.entrant("2")
    found = board(picture_at(day, "07:45"), "bridge").clearing
    assert found is not None
    assert found.clear_at is None
    assert (found.waiting.count, found.waiting.until_at) == (1, at("08:00"))


def test_whoever_asked_not_to_be_named_comes_without_name_and_bib_and_is_not_cheered_by_need() -> (
    None
):
    picture = picture_at(a_marathon("1", "2"), "08:10", somebody("1", "hidden"), somebody("2"))
    found = board(picture, "bridge")
    hidden = next(row for row in found.next if row.who.hidden)
    assert (hidden.who.bib, hidden.who.name) == ("", "private entrant")
    assert all(row.who.bib == "2" for row in board(picture, "bridge", "station").needs)


def test_the_crew_is_told_of_twenty_who_are_next_and_the_public_of_five() -> None:
    picture = make_picture(BUSY)
    found = board(picture, "30k", "station")
    assert len(found.next) == 20
    assert 0 < len(found.needs) <= 10
    assert len(board(picture, "30k").next) == 5
    assert len(board(picture, "30k", "station", wall=True).next) == 5


@pytest.mark.parametrize("role", get_args(Role))
def test_nobody_is_called_alone_slow_or_last_where_the_public_reads(role: Role) -> None:
    picture = make_picture(BUSY)
    assert board(picture, "30k", role, wall=True).needs == ()
    in_the_crew = role in ("station", "control", "director", "medical")
    assert bool(board(picture, "30k", role).needs) == in_the_crew


def test_who_needs_us_most_is_said_in_words_and_never_in_a_figure() -> None:
    day = a_marathon("1", "2", ten="08:30")
    for bib in ("1", "2"):
        day.read(bib, "half", "11:00" if bib == "1" else "10:20")
    picture = picture_at(day, "11:05", somebody("1", first_marathon=True), somebody("2"))
    first = board(picture, "30k", "station").needs[0]
    assert first.who.bib == "1"
    assert set(first.why) >= {
        "slowing since 10K",
        "alone on the road",
        "out for over four hours",
        "first marathon",
    }
    assert set(json.loads(write_twin(first))) == {"who", "race", "why"}


def test_while_the_race_is_stopped_there_are_no_times_but_the_instruction() -> None:
    picture = make_picture(STOPPED)
    found = board(picture, "30k")
    assert found.silent == "Nothing is said of times while a race is stopped."
    assert (found.arrivals, found.clearing, found.next, found.needs) == (None, None, (), ())
    assert found.on_the_road > 0
    page = render_page(board_key("station", {"point": "30k"}), found, Viewer())
    assert "Walk to the nearest shelter." in page


def test_before_anything_was_forecast_it_says_that_it_is_being_made() -> None:
    found = board(replace(make_picture(SMALL), forecast=None, caught=None), "30k")
    assert found.silent == "The forecast is being made. It appears here by itself."
    assert found.next == ()


def test_the_bars_have_a_text_that_says_the_same() -> None:
    found = board(make_picture(BUSY), "30k").arrivals
    assert found is not None
    drawn = draw_arrivals(found)
    assert len(drawn.bars) == 30
    assert [tick.at - found.from_at for tick in drawn.ticks] == [0, 600_000, 1_200_000, 1_800_000]
    page = render_page(
        board_key("station", {"point": "30k"}), board(make_picture(BUSY), "30k"), Viewer()
    )
    assert f'aria-label="{found.words}"' in page


def test_the_key_of_a_station_is_led_to_its_own_point_and_the_home_page_to_every_point() -> None:
    picture = make_picture(SMALL)
    home = board_key("home", {})
    viewer = Viewer("station", station="10k")
    page = render_page(home, home.kind.rows(picture, viewer, home.choices), viewer)
    assert 'href="/three-rivers/stations/10k">My point</a>' in page
    public = render_page(home, home.kind.rows(picture, Viewer(), home.choices), Viewer())
    assert "My point" not in public
    assert 'href="/three-rivers/stations/mile-25"' in public


def test_where_nobody_is_expected_soon_a_sentence_stands_in_the_place_of_bars() -> None:
    picture = picture_at(a_marathon("1"), "08:10", somebody("1"))
    found = board(picture, "30k")
    assert found.arrivals is not None
    assert not found.arrivals.somebody
    page = render_page(board_key("station", {"point": "30k"}), found, Viewer())
    assert "Nobody is expected in the next 30 minutes." in page
    assert "arrivals-bar" not in page


def test_who_was_read_since_the_forecast_is_told_by_pace_and_waits_nowhere_behind() -> None:
    day = a_marathon("1", "2")
    day.read("1", "half", "09:03")
    early = picture_at(day, "09:00", somebody("1"), somebody("2"))
    late = picture_of(day, "09:05", somebody("1"), somebody("2"))
    behind = replace(late, forecast=early.forecast, caught=early.caught)
    assert [row.who.bib for row in board(behind, "half").next] == ["2"]
    by_bib = {row.who.bib: row for row in board(behind, "finish").next}
    pace_s = (at("09:03") - at("07:58")) / (21_097.5 - 10_000.0)
    home_at = at("09:03") + pace_s * (42_195.0 - 21_097.5)
    assert by_bib["1"].from_at < home_at < by_bib["1"].until_at
    assert by_bib["2"].from_at > at("10:00")


def test_who_was_read_since_the_forecast_stands_in_the_list_where_their_shown_time_belongs() -> (
    None
):
    """The forecast knew 2 far ahead of 1; since then 1 was read at the half, early."""
    day = a_marathon("1")
    day.entrant("2")
    day.read("2", "start", "07:00:10")
    day.read("2", "10k", "07:50")
    before = picture_at(day, "08:40", somebody("1"), somebody("2"))
    assert [row.who.bib for row in board(before, "30k").next] == ["2", "1"]
    day.read("1", "half", "08:44")
    since = replace(
        picture_of(day, "08:45", somebody("1"), somebody("2")), forecast=before.forecast
    )
    found = board(since, "30k").next
    assert [row.who.bib for row in found] == ["1", "2"]
    assert [row.from_at for row in found] == sorted(row.from_at for row in found)


def test_the_crew_sees_who_comes_in_the_next_half_hour_and_else_the_first_after_that() -> None:
    day = a_marathon("1", "2")
    day.read("1", "half", "09:00")
    people = (somebody("1"), somebody("2"))
    for now, later, bibs in (("09:00", True, ["1", "2"]), ("09:30", False, ["1"])):
        crew = board(picture_at(day, now, *people), "30k", "station").crew
        assert crew is not None
        assert (crew.later, [row.who.bib for row in crew.rows]) == (later, bibs)
    key = board_key("station", {"point": "30k"})
    picture = picture_at(day, "09:00", *people)
    crew_page = render_page(key, board(picture, "30k", "station"), Viewer("station"))
    assert "Nobody comes in the next 30 minutes. These are the first after that." in crew_page


def test_when_the_day_is_over_the_wall_of_a_point_says_that_everybody_is_home() -> None:
    picture = make_picture(ALL["finished"])
    assert picture.state.over
    key = board_key("station", {"point": "30k", "wall": "1"})
    page = render_page(key, board(picture, "30k", wall=True), Viewer())
    assert "Everybody is home." in page.split('id="live-arrivals"')[1].split("</div>")[0]


def test_a_bib_that_cannot_be_here_or_that_nobody_has_is_told_beside_what_was_entered_and_in_control() -> (
    None
):
    day = a_marathon("1", "2", "3")
    hand = "http:station-a1/station"
    for number, (bib, when) in enumerate(
        [("1", "08:25"), ("2", "07:59"), ("99999", "08:26"), ("9*9", "08:26"), ("3", "08:27")]
    ):
        fact = Sighting(seen_at=at(when) + number, bib=bib, place="bridge")
        day.add(fact, hand)
    people = (somebody("1"), somebody("2"), somebody("3", "hidden"))
    picture = picture_at(day, "08:30", *people)
    crew = rows(picture, Viewer("station", "bridge"), StationChoices(point="bridge"))
    told = {row.who.bib: row.remark for form in crew.forms for row in form.rows}
    assert told["1"] == ""
    assert told["2"] == "look again: that bib was read at 10K at 07:58"
    assert told["99999"] == "nobody has this bib: look again if you can"
    assert told["9*9"] == ""
    asked = [question for question in picture.state.questions if question.row < 0]
    assert [(one.kind, one.detail) for one in asked] == [
        ("somebody was seen with a bib that nobody has", "99999")
    ]


def test_what_was_written_down_and_can_hardly_be_is_one_question_of_control_for_each_bib() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    for bib in ("1", "2", "3", "4"):
        day.entrant(bib)
    day.entrant("50", race="half")
    for bib in ("1", "2", "4"):
        day.read(bib, "start", "07:00:10")
        day.read(bib, "10k", "07:58")
    hand = "http:station-a1/station"
    written = [("2", "09:25"), ("1", "07:59"), ("1", "08:01"), ("3", "06:50"), ("50", "08:25")]
    for number, (bib, when) in enumerate([*written, ("77", "08:26"), ("77", "08:27")]):
        day.add(Sighting(seen_at=at(when), bib=bib, place="30k"), hand, number=number)
    day.add(Sighting(seen_at=at("07:59"), bib="4", place="30k"), "photo:a-machine")
    picture = picture_at(day, "09:30")
    row = picture.state.roster.find_row
    told = {one.row: (one.since_at, str(one.detail)) for one in list_mistyped(picture)}
    assert told == {
        row("1"): (
            at("07:59"),
            "written down at 30K, 07:59; that bib was read at 10K at 07:58; and 1 more",
        ),
        row("3"): (at("06:50"), "written down at 30K, 06:50; that bib starts at 07:00"),
        row("50"): (
            at("08:25"),
            "written down at 30K, 08:25; that bib runs in Half, which does not pass there",
        ),
    }
    asked = [one.detail for one in picture.state.questions if one.row < 0]
    assert asked == ["77"], "two words on a bib that nobody has are one question"
    control = board_of(picture, Viewer("control"), ControlChoices(bib="1"))
    assert {one.asked.bib for one in control.decide} >= {"1", "3", "50", "77"}
    assert control.handled is not None
    assert [one.why for one in control.handled.seen] == ["that bib was read at 10K at 07:58"] * 2
