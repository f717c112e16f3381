"""The sweep's board: who is at risk, who is behind it and who has them, and which roads are open."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from homestretch.boards.catching import AT_RISK
from homestretch.boards.driving import DRIVERS
from homestretch.boards.sweep import SweepBoard, SweepChoices, rows
from homestretch.boards.words import LEDGER_ROLES, say_chance
from homestretch.errors import RefusedError
from homestretch.facts import RoadOpened
from homestretch.forecast.ahead import Looking
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.days import Wanted, make_picture
from tests.boards.pictures import person, picture_of
from tests.state.days import Day, a_day, a_sweep, at

SLOW, SLOWER, FAST = "101", "102", "103"


def a_day_with_a_sweep() -> Day:
    """By its plan the sweep leaves at 07:30 and is at 10K at 09:10, at 30K at 12:30."""
    return a_day(sweep=a_sweep())


def picture_at(day: Day, now: str) -> Picture:
    people = [person(bib, f"Ada No{bib}") for bib in (SLOW, SLOWER, FAST)]
    picture = picture_of(day, now, *people)
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


def three_runners() -> Day:
    """One who slows down just before the sweep, one whom it passed before 10K, and one who is fast."""
    day = a_day_with_a_sweep()
    for bib in (SLOW, SLOWER, FAST):
        day.entrant(bib)
    for bib, ten, half in ((SLOW, "09:00", "10:57"), (FAST, "07:50", "08:45")):
        day.read(bib, "start", "07:00:10")
        day.read(bib, "10k", ten)
        day.read(bib, "half", half)
    day.read(SLOWER, "start", "07:00:10")
    return day


def board(picture: Picture, role: Role = "control", **choices: object) -> SweepBoard:
    return rows(picture, Viewer(role), SweepChoices(**choices))  # type: ignore[arg-type]  # words of the test


@pytest.mark.parametrize("role", get_args(Role))
def test_only_those_who_keep_the_ledger_see_it_and_only_officials_open_roads(role: Role) -> None:
    picture = picture_at(three_runners(), "08:00")
    if role in DRIVERS:
        found = board(picture, role)
        assert found.driving is not None
        assert (found.risk, found.behind, found.zones, found.car) == ((), (), (), None)
        return
    if role not in LEDGER_ROLES:
        with pytest.raises(RefusedError):
            board(picture, role)
        return
    assert board(picture, role).may_open == (role in ("control", "director"))


def test_who_is_at_risk_stands_there_with_the_chance_in_words_and_the_pace_that_makes_it() -> None:
    found = board(picture_at(three_runners(), "10:58"))
    (row,) = found.risk
    assert (row.who.bib, row.next_point) == (SLOW, "30K")
    assert row.p >= AT_RISK
    assert row.chance == say_chance(row.p)
    assert row.needed_s_per_km is not None
    assert 550 < row.needed_s_per_km < 620
    assert row.home is not None
    assert row.home.from_at < row.home.median_at < row.home.until_at


def test_caught_is_not_out_and_nobody_has_them_until_somebody_says_so() -> None:
    day = three_runners()
    (row,) = board(picture_at(day, "09:25")).behind
    assert (row.entry.who.bib, row.nobody_has_them) == (SLOWER, True)
    assert row.owner == "on the road, nobody has them yet"
    assert (row.home is None) == (row.overdue_at != "")
    day.taken(SLOWER, "bus", "09:26", keeper="Bus 2")
    (row,) = board(picture_at(day, "09:27")).behind
    assert (row.owner, row.nobody_has_them, row.home) == ("on the bus: Bus 2", False, None)
    day.taken(SLOWER, "home", "09:28")
    assert board(picture_at(day, "09:29")).behind == ()


def test_before_anything_was_forecast_it_says_so_and_lists_who_was_last_seen_behind() -> None:
    picture = replace(picture_at(three_runners(), "10:00"), forecast=None, caught=None)
    found = board(picture)
    assert found.silent == "The forecast is being made. It appears here by itself."
    assert found.risk == ()
    assert not found.reckoned
    assert SLOWER in [row.entry.who.bib for row in found.behind]
    assert all(zone.may_open_at is None for zone in found.zones)


def test_while_the_race_is_stopped_nothing_is_said_of_times() -> None:
    day = three_runners()
    day.flag("stopped", "10:05")
    found = board(picture_at(day, "10:20"))
    assert found.silent.startswith("Nothing is said of times ahead while a race is stopped.")
    assert found.risk == ()
    assert {row.home for row in found.behind} == {None}
    assert {zone.waits for zone in found.zones} == {
        "nothing is said of times while a race stands still"
    }
    page = render_page(board_key("sweep", {}), found, Viewer("control"))
    assert "could be opened" not in page


def test_a_zone_is_open_by_the_word_of_an_official_whatever_the_forecast_says() -> None:
    day = three_runners()
    zones = {zone.from_point: zone for zone in board(picture_at(day, "10:30")).zones}
    assert not any(zone.opened for zone in zones.values())
    day.add(RoadOpened(seen_at=at("10:31"), from_place="start", to_place="10k", by="amy"))
    zones = {zone.from_point: zone for zone in board(picture_at(day, "10:35")).zones}
    assert [word.by for word in zones["start"].opened] == ["amy"]
    assert zones["10k"].opened == ()


def test_a_zone_could_be_opened_when_the_last_runner_and_the_sweep_are_through() -> None:
    picture = picture_at(three_runners(), "10:58")
    found = {zone.to_point: zone for zone in board(picture).zones}
    late = found["30k"]
    assert late.last_at is not None
    assert late.sweep_at == at("12:30")
    assert late.may_open_at == max(late.last_at, late.sweep_at)
    assert all(zone.may_open_at is not None for zone in found.values())


def test_nothing_is_said_of_a_road_while_people_may_still_start() -> None:
    day = three_runners()
    day.entrant("104")
    zones = board(picture_at(day, "07:30")).zones
    assert {zone.waits for zone in zones} == {"people may still start"}
    assert {zone.may_open_at for zone in zones} == {None}


def test_a_list_can_be_opened_alone_and_turned_page_by_page() -> None:
    picture = make_picture(Wanted(marathon=400, half=0, minutes=330))
    found = board(picture)
    assert found.risk_count > 0
    alone = board(picture, list="risk", page=2)
    assert alone.behind == ()
    assert alone.risk == ()
    assert alone.pages == 1
    assert board(picture, list="risk").risk[: len(found.risk)] == found.risk
    p = [row.p for row in board(picture, list="risk").risk]
    assert [round(one, 2) for one in p] == sorted((round(one, 2) for one in p), reverse=True)


def test_a_day_without_a_sweep_says_that_nobody_can_be_caught() -> None:
    day = a_day()
    day.entrant(SLOW)
    day.read(SLOW, "start", "07:00:10")
    found = board(picture_at(day, "08:00"))
    assert found.car is None
    assert found.silent == "The plan has no sweep and no cutoff: nobody can be caught."


def test_the_car_is_where_its_plan_has_it_until_its_phone_is_heard() -> None:
    found = board(picture_at(three_runners(), "09:15"))
    assert found.car is not None
    assert (found.car.seen_at, found.car.between) == (None, ("10K", "Half"))
    assert found.car.at_m == pytest.approx(10_500)
