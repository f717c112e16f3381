"""The lantern's sentence over a day: who is last, how far, who is called, and what is said at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from homestretch.boards import home
from homestretch.boards.frame import Frame
from homestretch.boards.home import HomeChoices
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import Status
from homestretch.web.drawing import draw_ribbon
from homestretch.web.render import board_key, render_page
from tests.boards.days import GUN_AT, MINUTE_MS, Wanted, make_picture
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, a_race, a_sweep, at

PEOPLE = [person(str(number), f"Runner {number}") for number in range(40)]


def frame_of(day: Day, now: str, *, hidden: str = "") -> Frame:
    people = [person(p.entrant[1:], "Ada Coldwell", "hidden") if p.entrant[1:] == hidden else p for p in PEOPLE]  # fmt: skip
    return home.rows(picture_of(day, now, *people), Viewer(), HomeChoices()).frame


def one_home_one_gone() -> Day:
    """2 came home at 11:00; 1 was read at 30K at 09:31 and nobody expects them any more from 11:00 on."""
    day = a_day(sweep=a_sweep())
    for bib in "12":
        day.entrant(bib)
    day.runs("1", start="07:01", p10k="07:51", half="08:46", p30k="09:31")
    day.runs("2", start="07:01", p10k="08:00", half="09:00", p30k="09:50", finish="11:00")
    return day


def test_nobody_is_last_while_a_wave_is_still_to_start() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:06"}))
    day.entrant("1", wave="A")
    day.entrant("2", wave="B")
    day.runs("1", start="07:00:30")
    frame = frame_of(day, "07:05")
    assert frame.lantern.words == "1 person is on the road. The next wave starts at 07:06."
    assert (frame.lantern.tone, frame.lantern.from_at, frame.ribbon.lantern) == (
        "waiting",
        None,
        None,
    )
    assert frame_of(day, "07:07").ribbon.lantern is not None


def test_while_the_start_is_delayed_no_time_of_it_is_said() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:06"}), a_race("half", 21_097.5, gun="07:30"))
    day.entrant("1", wave="A")
    day.entrant("2", "half", wave="all")
    day.runs("1", start="07:00:30")
    day.flag("delayed", "07:10", "half")
    frame = frame_of(day, "07:40")
    assert frame.lantern.words == "1 person is on the road. Others are still to start."
    assert frame.ribbon.lantern is None


def test_more_than_an_hour_away_no_time_of_day_is_said() -> None:
    day = a_day()
    day.entrant("1")
    day.runs("1", start="07:01", p10k="08:01", half="09:08")
    line = frame_of(day, "09:20").lantern
    assert line.words == "The last runner is more than an hour from the line."
    assert (line.from_at, line.until_at, line.call) == (None, None, "")
    assert line.basis == "1 person is on the road"


def test_nearer_the_interval_spans_the_paces_of_everybody_on_the_road() -> None:
    day = a_day()
    for bib, half, p30k in (("1", "09:08", "10:02"), ("2", "09:00", "10:05")):
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k="08:01", half=half, p30k=p30k)
    # the last leg of 2 is slower than their whole way: 437 and 368 s a kilometre
    line = frame_of(day, "10:30").lantern
    assert line.from_at is not None
    assert line.until_at is not None
    assert line.from_at < at("11:19") < at("11:34") < line.until_at
    assert line.basis == "reckoned from the pace so far of everybody who is still on the road"


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_interval_holds_the_moment_in_which_the_last_runner_came_home(seed: int) -> None:
    wanted = Wanted(marathon=80, half=0, seed=seed, minutes=900, chase=False)
    end = make_picture(wanted).state
    last_at = int(end.finish_at[end.roster.competes].max())
    for minutes in range(300, 420, 10):
        picture = make_picture(replace(wanted, minutes=minutes))
        line = home.rows(picture, Viewer("director"), HomeChoices()).frame.lantern
        if line.from_at is not None and line.until_at is not None:
            assert line.from_at - 5 * MINUTE_MS <= last_at <= line.until_at + 5 * MINUTE_MS
            assert line.from_at > GUN_AT + minutes * MINUTE_MS


def test_a_call_once_made_is_kept_until_the_last_runner_is_home() -> None:
    day = a_day()
    for bib in "12":
        day.entrant(bib)
    day.runs("1", start="07:01", p10k="08:01", half="09:08", p30k="10:02")
    day.runs("2", start="07:01", p10k="08:01", half="09:12", p30k="10:15")
    called = [bool(frame_of(day, f"11:{minute:02}").lantern.call) for minute in range(60)]
    first = called.index(True)
    assert all(called[first:])
    # waiting before the line for longer than expected, and still somebody to wait for
    late = frame_of(day, "12:05").lantern
    assert late.words == "The last runner was last read at 30K, at 10:15."
    assert late.call.startswith("Come to the finish.")
    day.runs("1", finish="11:10")
    day.runs("2", finish="11:45")
    assert frame_of(day, "11:46").lantern.tone == "home"


def test_when_the_last_who_was_expected_is_home_that_is_told_and_who_is_left_is_hollow() -> None:
    frame = frame_of(one_home_one_gone(), "12:00")
    assert frame.lantern.words == (
        "The last runner expected at the line came home at 11:00. "
        "One person has not been seen since 30K, 09:31."
    )
    assert (frame.lantern.tone, frame.lantern.call) == ("unseen", "")
    mark = frame.ribbon.lantern
    assert mark is not None
    assert (mark.at_m, mark.unseen, mark.label) == (30_000.0, True, "not seen since 09:31")
    drawing = draw_ribbon(frame.ribbon, "home", "mi")
    assert drawing.lantern_hollow
    assert "not seen since 09:31" in {text.words for text in drawing.letterings[0].flags}


def test_where_a_hidden_entrant_was_seen_last_is_not_told() -> None:
    frame = frame_of(one_home_one_gone(), "12:00", hidden="1")
    assert frame.lantern.words.endswith("One person has not been seen since 09:31.")
    assert frame.ribbon.lantern is None


def test_behind_the_car_the_last_runner_is_named_so_and_the_car_makes_room() -> None:
    day = a_day(sweep=a_sweep())
    day.entrant("1")
    day.runs("1", start="07:10", p10k="09:11")  # the car is planned at 10 km at 09:10
    frame = frame_of(day, "09:20")
    assert frame.ribbon.lantern is not None
    assert frame.ribbon.lantern.behind_sweep
    assert frame.lantern.basis.startswith("behind the sweep; ")
    narrow, *_, desk = draw_ribbon(frame.ribbon, "home", "mi").letterings
    for lettering in (narrow, desk):
        assert "last runner, behind the sweep" in {text.words for text in lettering.flags}
    road = float(draw_ribbon(frame.ribbon, "home", "mi").road.removesuffix("em"))
    assert float(narrow.car_y.removesuffix("em")) < road - 1.0


def test_after_the_day_who_was_never_seen_did_not_start_as_far_as_seen() -> None:
    day = a_day()
    for bib in "123":
        day.entrant(bib)
    day.runs("1", start="07:01", finish="11:00")
    day.ruled("2", "dnf", "11:30")
    picture = picture_of(day, "13:00", *PEOPLE)
    board = home.rows(picture, Viewer(), HomeChoices())
    assert np.count_nonzero(picture.state.status == Status.ENTERED) == 2
    text = render_page(board_key("home", {}), board, Viewer())
    assert "did not start, as far as seen" in text
    assert "not seen yet" not in text
    assert board.open_questions == 1
    assert ">open question<" in text
    assert "1 question is still to be decided." in text
