"""Everybody with a finish stands in one table of the results, is found there, and no table ends unseen."""

from __future__ import annotations

from functools import cache

import pytest

from homestretch.boards import results, write_twin
from homestretch.boards.finishers import list_tables
from homestretch.boards.results import ResultsBoard, ResultsChoices
from homestretch.errors import NotFound
from homestretch.office.exports import csv_text
from homestretch.office.result_rows import make_results
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.render import board_key, render_page
from tests.boards.days import Wanted, make_picture
from tests.boards.kinds import list_faults
from tests.boards.pictures import person, picture_of
from tests.state.days import a_day, a_race, at, clock

LATE = 240
"""so many come after the stop"""


@cache
def a_full_day() -> Picture:
    """A field of three, wheels, a pacer, two relay teams (one without a first leg), and a stop after which
    a crowd still comes in."""
    race = a_race(
        gun={"all": "07:00", "wheels": "06:50"},
        divisions={"wheels": "wheelchair"},
        legs=("start", "half"),
    )
    day = a_day(race)
    for bib in "123":
        day.entrant(bib, sex="f", age=31)
        day.runs(bib, start="07:00:10", finish=f"10:0{bib}")
    for bib, finish in (("61", "08:40"), ("62", "08:50")):
        day.entrant(bib, division="wheelchair", sex="m", age=52)
        day.runs(bib, start="06:50:05", finish=finish)
    day.entrant("71", role="pacer", sex="m")
    day.runs("71", start="07:00:09", finish="10:30")
    for leg, bib in enumerate(("81", "82"), start=1):
        day.entrant(bib, team="Night Herons", leg=leg, sex="fx"[leg - 1])
        day.entrant(f"9{bib}", team="Otters", leg=leg, sex="m")
    day.runs("81", start="07:00:10", half="08:20")
    day.runs("82", half="08:20:05", finish="09:20")
    day.runs("982", half="08:10:05", finish="09:10")
    day.flag("stopped", "11:00")
    for number in range(LATE):
        day.entrant(f"{1000 + number}", sex="m", age=40)
        day.read(f"{1000 + number}", "start", "07:01")
        day.read(f"{1000 + number}", "finish", clock(at("11:01") + number // 3 * 1000))
    people = [
        person("1", "Ada Amberlow", club="Harbour Harriers"),
        person("61", "Wenda Wheelgate", club="Harbour Harriers"),
        person("71", "Pace Evenmoor"),
        person("81", "Lida Longleg"),
        person("82", "Hidda Canarywick", "hidden"),
        person("1239", "Slow Stormwell"),
    ]
    return picture_of(day, "13:00", *people)


def board(picture: Picture, role: str = "public", **choices: object) -> ResultsBoard:
    return results.rows(picture, Viewer(role), ResultsChoices(race="marathon", **choices))  # type: ignore[arg-type]  # words of the test


def found(**choices: object) -> dict[str, list[str]]:
    """table -> names or bibs of the rows that are shown; the field is the table without a name."""
    page = board(a_full_day(), **choices)  # type: ignore[arg-type]  # words of the test
    tables = {"": page.rows} | {table.id: table.rows for table in page.tables}
    return {
        table: [row.who.bib or row.who.name for row in rows]
        for table, rows in tables.items()
        if rows
    }


def test_everybody_at_the_line_stands_in_one_table() -> None:
    page = board(a_full_day(), role="director")
    assert {table.id: table.count for table in page.tables} == {
        "division-wheelchair": 2,
        "relay": 2,
        "after-stop": LATE,
        "out-of-competition": 1,
    }
    assert page.finished == page.found + sum(table.count for table in page.tables)
    assert found(role="director")["relay"] == ["Night Herons", "Otters"]


@pytest.mark.parametrize(
    ("asked", "table", "row"),
    [
        ("1", "", "1"),
        ("ada amber", "", "1"),
        ("61", "division-wheelchair", "61"),
        ("wheelgate", "division-wheelchair", "61"),
        ("71", "out-of-competition", "71"),
        ("evenmoor", "out-of-competition", "71"),
        ("night her", "relay", "Night Herons"),
        ("81", "relay", "Night Herons"),
        ("longleg", "relay", "Night Herons"),
        ("otters", "relay", "Otters"),
        ("1239", "after-stop", "1239"),
        ("stormwell", "after-stop", "1239"),
    ],
)
def test_a_search_finds_everybody_in_the_table_they_stand_in(
    asked: str, table: str, row: str
) -> None:
    assert found(q=asked) == {table: [row]}


def test_a_search_does_not_tell_who_runs_hidden_in_a_team() -> None:
    for asked in ("82", "hidda", "canarywick"):
        assert found(q=asked) == {}
    assert found(sex="x") == {}
    assert found(sex="x", role="director")["relay"] == ["Night Herons"]


def test_filters_look_into_every_table() -> None:
    assert found(club="harbour") == {"": ["1"], "division-wheelchair": ["61"]}
    # Who was erased keeps the time and is told by nothing else.
    assert found(group="50-54", role="director") == {"division-wheelchair": ["61", "62"]}
    by_sex = found(sex="f", role="director")
    assert by_sex == {"": ["1", "2", "3"], "relay": ["Night Herons"]}
    assert list(found(division="wheelchair", role="director")) == ["division-wheelchair"]


def test_below_the_field_a_table_shows_its_first_rows_and_opened_alone_all_of_them() -> None:
    picture = a_full_day()
    below = next(table for table in board(picture).tables if table.id == "after-stop")
    assert (len(below.rows), below.count) == (results.BESIDE, LATE)
    first = board(picture, table="after-stop")
    assert (first.opened, first.pages, first.rows) == ("after-stop", 3, ())
    seen = [
        row
        for page in (1, 2, 3)
        for table in board(picture, "director", table="after-stop", page=page).tables
        for row in table.rows
    ]
    assert len({row.who.bib for row in seen}) == LATE
    assert [row.finish_at for row in seen] == sorted(row.finish_at for row in seen)


def test_the_latest_after_a_stop_come_first_when_asked_for() -> None:
    (table,) = (
        table
        for table in board(a_full_day(), table="after-stop", order="latest").tables
        if table.rows
    )
    times = [row.finish_at for row in table.rows]
    assert times == sorted(times, reverse=True)


def test_later_pages_of_the_field_repeat_no_table() -> None:
    picture = make_picture(Wanted(marathon=300, half=260, minutes=900))
    page = board(picture, page=2)
    assert page.rows
    assert all(table.count and not table.rows for table in page.tables)


def test_a_table_in_which_nobody_stands_says_so_and_one_that_cannot_be_is_refused() -> None:
    picture = make_picture(Wanted(minutes=150))
    empty = board(picture, table="after-stop")
    assert (empty.opened, empty.rows, empty.pages) == ("after-stop", (), 1)
    with pytest.raises(NotFound) as refusal:
        board(picture, table="division-rockets")
    assert "division-wheelchair" in refusal.value.hint
    assert [table for table, _ in list_tables(picture, picture.event.races[1])] == [
        "relay",
        "after-stop",
        "out-of-competition",
    ]


def test_a_place_in_a_team_is_of_the_gun_and_a_team_without_a_leg_has_none() -> None:
    relay = next(table for table in board(a_full_day()).tables if table.id == "relay")
    herons, otters = relay.rows
    assert (herons.place, herons.gun_ms, herons.net_ms) == (1, 8_400_000, 8_400_000)
    assert (otters.place, otters.note) == (0, "no place: a leg is missing or does not count")


def test_who_finished_and_is_in_care_is_a_finisher_and_nothing_else() -> None:
    day = a_day()
    for bib in "12":
        day.entrant(bib)
        day.runs(bib, start="07:00:10", finish=f"10:0{bib}")
    day.taken("2", "care", "10:10", "tent 1")
    page = board(picture_of(day, "11:00"))
    assert (page.finished, page.without.off_course) == (2, 0)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"q": "81"},
        {"table": "after-stop", "page": "2"},
        {"table": "after-stop", "wall": "1"},
        {"table": "relay", "q": "nobody"},
        {"division": "wheelchair"},
        {"q": "nobody"},
    ],
    ids=str,
)
def test_pages_of_every_table_are_whole(given: dict[str, str]) -> None:
    key = board_key("results", {"race": "marathon", **given})
    page = key.kind.rows(a_full_day(), Viewer(), key.choices)
    html = render_page(key, page, Viewer())
    assert list(list_faults(html)) == []
    shown = sum(len(table.rows) for table in page.tables) + len(page.rows)  # type: ignore[attr-defined]  # of this board
    if "wall" not in given:
        assert html.count('class="is-place"') == shown
    if given.get("q") == "nobody":
        assert "Show all finishers" in html


def test_exported_places_are_those_of_the_pages() -> None:
    picture = a_full_day()
    race = picture.event.races[0]
    exported = make_results(picture, race, full=False)
    placed = [(row.table, row.place, row.bib or row.name) for row in exported.rows if row.place]
    assert placed == [
        ("", 1, "1"),
        ("", 2, "private entrant"),
        ("", 3, "private entrant"),
        ("Wheelchair", 1, "61"),
        ("Wheelchair", 2, "private entrant"),
        ("Relay teams", 1, "Night Herons"),
    ]
    page = board(picture)
    assert len(exported.rows) == page.finished
    team = next(row for row in exported.rows if row.name == "Night Herons")
    assert team.gun == team.net == "2:20:00"
    assert "canary" not in csv_text(picture, race, exported).casefold()
    assert "Canarywick" not in write_twin(exported).decode()


def test_who_was_carried_ahead_has_no_time_in_any_list() -> None:
    day = a_day()
    day.entrant("5")
    day.read("5", "start", "07:00:10")
    day.taken("5", "vehicle", "08:00", "van 1")
    day.taken("5", "road", "08:20")
    day.read("5", "finish", "10:00")
    day.taken("5", "care", "10:05", "tent 1")
    picture = picture_of(day, "11:00")
    (row,) = make_results(picture, picture.event.races[0], full=True).rows
    assert (row.gun, row.gun_ms, row.place, row.table) == ("", None, None, "")
    assert make_results(picture, picture.event.races[0], full=False).rows == ()
    assert board(picture).finished == 0
