"""Course control: decisions first, a ledger that balances, who is overdue with the odds, when points may close."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings

from homestretch.boards.balance import ORDER
from homestretch.boards.control import DECIDERS, ControlBoard, ControlChoices, rows
from homestretch.boards.ledger import LISTS
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import RefusedError
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.state.snapshot import Status
from homestretch.web.controlling import make_saying
from homestretch.web.forms import Form
from homestretch.web.render import board_key, render_page
from tests.boards.days import ALL, make_picture
from tests.boards.pictures import picture_of
from tests.state.days import SHARED, Day, a_day, a_race, at
from tests.state.messy import days


def picture_at(day: Day, now: str) -> Picture:
    picture = picture_of(day, now)
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


def board(picture: Picture, role: Role = "control", **choices: object) -> ControlBoard:
    return rows(picture, Viewer(role), ControlChoices(**choices))  # type: ignore[arg-type]  # words of the test


def a_field(missed: int = 0) -> Day:
    """Twenty run even 5:00 a kilometre; ``missed`` of them were not read at 10K. 99 has not been read since 10K."""
    day = a_day()
    for number in range(20):
        bib = str(101 + number)
        day.entrant(bib)
        day.read(bib, "start", "07:00:10")
        if number >= missed:
            day.read(bib, "10k", "07:50:10")
        day.read(bib, "half", f"08:45:{10 + number}")
    day.entrant("99")
    day.runs("99", start="07:00:10", p10k="07:50:10")
    return day


@pytest.mark.parametrize("role", get_args(Role))
def test_those_who_keep_the_ledger_see_it_and_medical_decides_nothing(role: Role) -> None:
    picture = make_picture(ALL["small"])
    if role not in LEDGER_ROLES:
        with pytest.raises(RefusedError):
            board(picture, role)
        return
    found = board(picture, role, bib="101")
    assert found.may_decide == (role in DECIDERS)
    page = render_page(board_key("control", {"bib": "101"}), found, Viewer(role))
    assert ('name="do" value="dnf"' in page) == (role in DECIDERS)


def test_each_status_stands_in_exactly_one_number_of_the_sum() -> None:
    found = [status for name in ORDER for status in LISTS[name][1]]
    assert sorted(found) == sorted(Status)


@settings(max_examples=40)
@given(days)
def test_the_sum_balances_whatever_was_said(day: Day) -> None:
    balance = board(picture_of(day, "11:00")).balance
    assert balance.entered == sum(part.count for part in balance.parts)
    for _, entered, parts in balance.races:
        assert entered == sum(parts)
    assert balance.entered == sum(entered for _, entered, _ in balance.races)


def test_who_is_overdue_has_the_last_proof_and_the_odds_of_a_missed_mat() -> None:
    (row,) = board(picture_at(a_field(), "09:15")).overdue
    assert (row.entry.who.bib, row.entry.point, row.due_point) == ("99", "10K", "Half")
    assert row.mats == 1
    assert 0.5 < row.p_missed < 0.97


def test_the_more_a_mat_has_missed_today_the_likelier_it_missed_this_one_too() -> None:
    day = a_field()
    day.entrant("98")
    day.read("98", "start", "07:00:10")
    odds = {}
    for missed in (0, 8):
        day = a_field(missed)
        day.entrant("98")
        day.read("98", "start", "07:00:10")
        found = {row.entry.who.bib: row for row in board(picture_at(day, "09:00")).overdue}
        odds[missed] = found["98"].p_missed
    assert odds[8] > odds[0] + 0.1


def test_not_seen_at_two_points_is_graver_and_less_likely_missed() -> None:
    picture = picture_at(a_field(), "12:30")
    found = {row.entry.who.bib: row for row in board(picture).overdue}
    assert found["99"].grave
    assert found["99"].mats >= 2
    assert found["99"].p_missed < 0.2
    assert board(picture, list="overdue").overdue_count == board(picture).overdue_count


def test_nobody_is_overdue_while_the_race_stands_still() -> None:
    day = a_field()
    day.flag("sheltering", "10:00")
    assert board(picture_at(day, "12:30")).overdue == ()


def test_a_half_marathoner_on_the_marathons_road_is_proposed_to_be_moved() -> None:
    day = a_day(a_race(), a_race("half", 21_097.5, "07:30"), points=SHARED)
    day.entrant("7", "half")
    day.runs("7", start="07:30:20", p10k="08:30", p30k="10:30")
    found = board(picture_of(day, "10:40"), bib="7")
    (row,) = found.decide
    assert row.move_to == ("marathon", "Marathon")
    assert row.ways[0] == "moved"
    assert found.handled is not None
    assert found.handled.move_to == "marathon"
    page = render_page(board_key("control", {"bib": "7"}), found, Viewer("control"))
    assert '<option value="marathon" selected>' in page


def test_every_point_says_when_it_may_close() -> None:
    found = board(make_picture(ALL["late"]))
    assert [point.id for point in found.points][:3] == ["start", "10k", "15k"]
    assert any(point.may_close_at is not None for point in found.points)
    assert {point.to_come for point in board(make_picture(ALL["stopped"])).points} == {None}


FORMS = {
    "dns": {"why": "x"}, "dnf": {"why": "x"}, "dsq": {"why": "x"}, "reinstated": {"why": "x"},
    "count-after-stop": {"why": "x"}, "other-course-settled": {"why": "x"},
    "moved": {"race": "half", "why": "x"}, "chip": {"chip": "AB12", "why": "x", "since": "now"},
    "bus": {"keeper": "Bus 2"}, "care": {"keeper": "Tent 1"}, "self": {}, "home": {}, "vehicle": {},
    "road": {}, "withdrawn": {},
    "gun": {"wave": "half C", "time": "7:31:20", "why": "x"},
    "flag": {"state": "sheltering", "races": "half", "from": "3.1"},
    "strike": {"fact": "5 -7 mat:finish", "why": "x"},
}  # fmt: skip


def saying(way: str, **fields: str) -> tuple[list[dict[str, object]], str]:
    form = Form([("bib", "101"), ("time", "09:30"), *fields.items()])
    if "time" in fields:
        form = Form(list(fields.items()))
    said = make_saying(form, way, make_picture(ALL["small"]), at("09:30"))
    return said.items, said.trouble


@pytest.mark.parametrize("way", FORMS)
def test_each_decision_is_one_fact(way: str) -> None:
    items, trouble = saying(way, **FORMS[way])
    assert trouble == ""
    assert len(items) == 1
    if way == "gun":
        assert items[0]["seen_at"] == at("07:31:20")
    if way == "flag":
        assert items[0]["from_m"] == pytest.approx(4989.0, abs=1)


@pytest.mark.parametrize("way", [way for way, fields in FORMS.items() if "why" in fields])
def test_what_somebody_may_ask_after_the_race_is_not_said_without_a_reason(way: str) -> None:
    _, trouble = saying(way, **{name: word for name, word in FORMS[way].items() if name != "why"})
    assert "say why" in trouble


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("moved", {"race": "ultra", "why": "x"}),
        ("chip", {"why": "x"}),
        ("bus", {}),
        ("gun", {"wave": "half Z", "time": "7:31", "why": "x"}),
        ("gun", {"wave": "half C", "time": "23:59", "why": "x"}),
        ("flag", {"state": "closed"}),
        ("flag", {"state": "shortened", "from": "far"}),
    ],
)
def test_what_is_missing_is_said_and_nothing_else(way: str, fields: dict[str, str]) -> None:
    items, trouble = saying(way, **fields)
    assert items == []
    assert trouble
