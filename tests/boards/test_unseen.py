"""Who was clearly due at a point and not read there: no place, no pace, nothing that calms or alarms."""

from __future__ import annotations

import pytest

from homestretch.boards import home, runner
from homestretch.boards.home import HomeBoard, HomeChoices
from homestretch.boards.ribbon import make_ribbon
from homestretch.boards.runner import RunnerBoard, RunnerChoices
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.pictures import person, picture_of
from tests.state.days import POINTS, Day, a_day, a_point, clock

MARA, TOBI = person("12", "Mara Sedgerholm"), person("7", "Tobi Orringarth")
FIVE_K_LATER = (*POINTS[:-1], a_point("35k", 35_000.0), POINTS[-1])
PHONE = "+1 412 555 0100"


def page_of(picture: Picture, bib: str, role: str = "public") -> RunnerBoard:
    return runner.rows(picture, Viewer(role), RunnerChoices(bib=bib))  # type: ignore[arg-type]  # a role


def html_of(picture: Picture, bib: str) -> str:
    key = board_key("runner", {"bib": bib})
    return " ".join(render_page(key, page_of(picture, bib), Viewer()).split())


def home_of(picture: Picture) -> HomeBoard:
    return home.rows(picture, Viewer(), HomeChoices())


def a_long_silence() -> Day:
    """Mara, at 300 s a kilometre, was read at 30K at 09:31 and never again; 35K was due at 09:56."""
    day = a_day(points=FIVE_K_LATER, phone=PHONE, units="mi")
    for bib in ("12", "7"):
        day.entrant(bib)
    day.runs("12", start="07:01", p10k="07:51", half="08:46:29.25", p30k="09:31")
    day.runs("7", start="07:01", p10k="08:01", half="09:08", p30k="10:00")
    return day


def test_until_a_fifth_of_the_way_and_five_minutes_are_over_nothing_is_said() -> None:
    page = page_of(picture_of(a_long_silence(), "10:06", MARA, TOBI), "12")
    assert page.unseen is None
    assert page.where is not None


def test_then_the_page_drops_place_pace_and_green_and_says_what_is_known() -> None:
    picture = picture_of(a_long_silence(), "10:06:01", MARA, TOBI)
    page = page_of(picture, "12")
    assert page.where is None
    assert page.unseen is not None
    assert (page.unseen.due_point, clock(page.unseen.due_at)) == ("35K", "09:55:00")
    assert all(split.expected_from_at is None for split in page.splits)
    text = html_of(picture, "12")
    assert "Not seen since 30K, 09:31." in text
    assert 'No read at 35K, expected about <span class="time">09:55</span>.' in text
    assert "Every mat misses some runners." in text
    now, rest = text.split("On the way", 1)
    assert (
        f'Worried? The event\'s phone: <a class="time" href="tel:{PHONE.replace(" ", "")}"' in now
    )
    assert "go" not in now.split('<p class="big')[1].split(">")[0]
    for word in ("overdue", "on the road", "into the race"):
        assert word not in text.lower()
    assert rest


def test_after_a_second_point_the_mats_are_no_explanation_any_more() -> None:
    picture = picture_of(a_long_silence(), "13:00", MARA, TOBI)
    assert page_of(picture, "12").unseen is not None
    assert "Every mat misses" not in html_of(picture, "12")
    assert "overdue" not in html_of(picture, "12").lower()
    assert "Overdue at the next point." in page_of(picture, "12", "control").notes


def test_whom_nobody_has_read_is_hollow_where_they_were_read_last() -> None:
    picture = picture_of(a_long_silence(), "10:30", MARA, TOBI)
    here = page_of(picture, "12").frame.ribbon.here
    assert here is not None
    assert (here.at_m, here.unseen) == (30_000.0, True)
    assert 'class="ribbon-here is-unseen"' in html_of(picture, "12")


def test_the_ridge_leaves_them_out_and_counts_them() -> None:
    before, after = (
        make_ribbon(picture_of(a_long_silence(), now, MARA, TOBI), Viewer()).left_out
        for now in ("10:06", "10:06:01")
    )
    assert (before, after) == (0, 1)
    page = home_of(picture_of(a_long_silence(), "10:06", MARA, TOBI))
    assert page.frame.ribbon.left_out == 0
    assert sum(ridge.on_road for ridge in page.frame.ribbon.ridges) == 2
    late = picture_of(a_long_silence(), "10:06:01", MARA, TOBI)
    assert sum(ridge.on_road for ridge in home_of(late).frame.ribbon.ridges) == 1
    text = render_page(board_key("home", {}), home_of(late), Viewer())
    assert "Not drawn: 1 person, later at a mat than expected or missed by it." in text


@pytest.mark.parametrize("state", ["stopped", "hold"])
def test_nobody_is_late_while_the_race_stands_still(state: str) -> None:
    day = a_long_silence()
    day.flag(state, "09:35")  # type: ignore[arg-type]  # a word of the test
    picture = picture_of(day, "13:00", MARA, TOBI)
    assert page_of(picture, "12").unseen is None
    assert make_ribbon(picture, Viewer()).left_out == 0


def test_who_was_seen_by_a_person_was_not_read_at_a_mat() -> None:
    day = a_long_silence()
    day.seen("12", "35k", "10:20")
    picture = picture_of(day, "10:25", MARA, TOBI)
    page = page_of(picture, "12")
    assert (page.unseen, page.seen_at_point) == (None, "")
    assert clock(page.seen_at or 0) == "10:20:00"
    assert "Last seen, 10:20" in html_of(picture, "12")


def test_who_left_is_said_to_have_left_after_the_last_point_that_read_them() -> None:
    day = a_long_silence()
    day.taken("12", "care", "09:50")
    picture = picture_of(day, "10:30", MARA, TOBI)
    assert (page_of(picture, "12").status, page_of(picture, "12").left_after) == ("withdrew", "30K")
    text = html_of(picture, "12")
    assert "Left the course after 30K." in text
    assert "care" not in text
    assert "09:50" not in text


def test_who_has_not_started_is_told_when_to_look_again() -> None:
    day = a_day(phone=PHONE)
    day.entrant("12")
    assert "Wave all starts at 07:00; look again a few minutes later." in html_of(
        picture_of(day, "06:50", MARA), "12"
    )
    assert "Wave all started at 07:00;" in html_of(picture_of(day, "07:20", MARA), "12")
