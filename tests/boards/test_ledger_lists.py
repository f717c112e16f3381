"""Who is not yet accounted for: everybody, the oldest proof first, on one page or on one sheet of paper."""

from __future__ import annotations

import pytest

from homestretch.boards import choices_of, home
from homestretch.boards.home import HomeBoard, HomeChoices
from homestretch.boards.ledger import PAGE
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import NEVER
from homestretch.web.render import board_key, live_parts, render_page
from tests.boards.days import ALL, Wanted, make_picture
from tests.boards.kinds import list_faults
from tests.boards.pictures import person, picture_of
from tests.state.days import SHARED, Day, a_day, a_race, at


def board(picture: Picture, role: str = "director", **choices: object) -> HomeBoard:
    return home.rows(picture, Viewer(role), HomeChoices(**choices))  # type: ignore[arg-type]  # words of the test


def opened(picture: Picture, role: str = "director", **choices: object) -> list[str]:
    ledger = board(picture, role, **choices).ledger
    assert ledger is not None
    return [entry.who.bib for entry in ledger.people]


def page(picture: Picture, role: str = "director", **choices: str) -> str:
    key = board_key("home", choices)
    viewer = Viewer(role)  # type: ignore[arg-type]  # a role of the test
    return render_page(key, key.kind.rows(picture, viewer, key.choices), viewer)


def a_hard_day(stop: str = "") -> Day:
    """Of nine one is home, one finished, one waits for the start; the others are out in every way."""
    day = a_day()
    for bib in "123456789":
        day.entrant(bib)
    for bib in "1234567":
        day.read(bib, "start", "07:00:20")
    day.read("1", "10k", "07:50")
    day.read("2", "10k", "07:45")
    day.taken("2", "bus", "08:10", "Bus 2")
    day.read("3", "10k", "07:52")
    day.taken("3", "care", "08:05", "tent 4")
    day.read("4", "10k", "07:49")
    day.withdrawn("4", "08:20", "10k")
    day.read("5", "10k", "07:48")
    day.taken("5", "vehicle", "08:00", "van 1")
    day.taken("5", "road", "08:15")
    day.taken("6", "home", "08:30")
    day.runs("7", p10k="07:35", half="08:15", p30k="08:50", finish="09:45")
    day.withdrawn("8", "06:50")  # at the start, before the gun: a question
    if stop:
        day.flag("stopped", stop)
    return day


def test_everybody_who_is_not_accounted_for_is_listed_by_the_oldest_proof() -> None:
    picture = picture_of(a_hard_day(), "09:50")
    # Nobody has seen number 8 at all; the others by bus, mat, tent and word of mouth.
    assert opened(picture, "control", list="open") == ["8", "1", "3", "2", "5", "4"]
    # To the director who is in care is one of those who withdrew.
    assert opened(picture, list="open") == ["8", "1", "2", "5", "4"]
    assert opened(picture, list="left") == ["3", "6"]


def test_the_list_says_place_time_and_who_has_them() -> None:
    picture = picture_of(a_hard_day(), "09:50", person("2", "Ada Amberlow"))
    ledger = board(picture, list="open").ledger
    assert ledger is not None
    entries = {entry.who.bib: entry for entry in ledger.people}
    bus = entries["2"]
    assert (bus.who.name, bus.status, bus.keeper) == ("Ada Amberlow", "on the bus", "Bus 2")
    assert (bus.seen_at, bus.point, bus.read_at) == (at("08:10"), "10K", at("07:45"))
    assert entries["8"].seen_at == NEVER
    assert (entries["8"].point, entries["8"].read_at) == ("", NEVER)
    html = page(picture, list="open")
    assert "on the bus: Bus 2 · last word 1 h 40 min ago, last read at 10K at 07:45" in html
    assert "on the road · last read at 10K, 2 h ago" in html
    assert "not seen yet · no proof of them yet · said to stop" in html


def test_whoever_a_person_saw_further_on_is_not_said_to_be_at_the_last_mat() -> None:
    day = a_day()
    day.entrant("1")
    day.runs("1", start="07:00:20", p10k="07:50")
    day.seen("1", "half", "08:40")
    html = page(picture_of(day, "09:00"), list="open")
    assert (
        "last word 20 min ago, seen about 21.1 km into the race, last read at 10K at 07:50" in html
    )


def test_where_somebody_is_cared_for_is_kept_from_control_on_this_list_as_well() -> None:
    picture = picture_of(a_hard_day(), "09:50")
    assert "tent 4" in page(picture, "medical", list="open")
    for choices in ({"list": "open"}, {"list": "open", "whole": "1"}):
        for role in ("control", "director"):
            html = page(picture, role, **choices)
            assert "tent 4" not in html
            assert "Bus 2" in html


@pytest.mark.parametrize("wanted", ALL.values(), ids=ALL)
def test_the_list_is_empty_when_the_day_is_over_and_not_before(wanted: Wanted) -> None:
    picture = make_picture(wanted)
    out = picture.state.over or wanted in (ALL["empty"], ALL["before the gun"])
    assert (opened(picture, list="open") == []) == out


def test_while_a_race_is_stopped_the_list_opens_by_itself() -> None:
    before, stopped = (picture_of(a_hard_day(stop), "09:50") for stop in ("", "09:40"))
    assert opened(before) == []
    assert opened(stopped) == opened(stopped, list="open") != []
    assert opened(stopped, list="bus") == ["2"]
    assert opened(stopped, list="none") == []
    assert opened(stopped, wall=True) == []
    assert board(stopped, "public").ledger is None


def test_one_stopped_race_of_several_is_enough_and_the_list_closes_when_it_goes_on() -> None:
    day = a_day(a_race(), a_race("half", 21_097.5, "07:30"), points=SHARED)
    day.entrant("1")
    day.read("1", "start", "07:00:20")
    day.flag("stopped", "08:00", "half")
    assert opened(picture_of(day, "08:10")) == ["1"]
    day.flag("resumed", "08:20", "half")
    assert opened(picture_of(day, "08:30")) == []


def test_closing_a_list_leaves_the_one_that_would_open_by_itself_ready_for_a_stop() -> None:
    before, stopped = (picture_of(a_hard_day(stop), "09:50") for stop in ("", "09:40"))
    assert 'href="/day#ledger-title">Close the list' in page(before, list="bus")
    assert 'href="/day?list=none#ledger-title">Close the list' in page(stopped, list="bus")


def test_a_whole_list_is_on_one_sheet_and_follows_nothing() -> None:
    picture = make_picture(Wanted(marathon=150, half=150, minutes=120, flag="stopped"))
    ledger = board(picture, list="open", whole=True).ledger
    assert ledger is not None
    assert (ledger.page, ledger.pages) == (1, 1)
    assert len(ledger.people) == ledger.size > 2 * PAGE
    html = page(picture, list="open", whole="1")
    assert list(list_faults(html)) == []
    assert html.count('class="sheet-blank"') == ledger.size
    assert "hx-sse" not in html
    assert " ago" not in html.split('id="sheet-title"')[1], "on paper it would soon be untrue"
    assert "hx-sse" in page(picture, list="open")
    for name in ("questions", "care", "dsq"):
        assert list(list_faults(page(picture, "control", list=name, whole="1"))) == []


def test_a_sheet_wants_a_list() -> None:
    picture = make_picture(ALL["small"])
    html = page(picture, whole="1")
    assert "hx-sse" in html
    assert "sheet-title" not in html
    assert choices_of(home.BOARD, {"whole": "True"}) == HomeChoices(whole=True)


def a_day_with_strange_bibs() -> Picture:
    day = a_hard_day()
    day.withdrawn("9999", "09:00", "10k")
    day.taken("4711", "bus", "09:10", "Bus 2")
    day.ruled("777", "dnf", "09:20")
    day.withdrawn("", "09:25")
    return picture_of(day, "09:50")


def test_a_question_about_a_bib_that_nobody_has_shows_the_bib_and_links_nowhere() -> None:
    picture = a_day_with_strange_bibs()
    ledger = board(picture, list="questions").ledger
    assert ledger is not None
    strange = {asked.bib: asked for asked in ledger.questions if not asked.known}
    assert set(strange) == {"9999", "4711", "777", ""}
    assert {asked.detail for asked in strange.values()} == {""}
    assert all(asked.known for asked in ledger.questions if asked.bib in set("123456789"))
    html = page(picture, list="questions")
    assert "/runners/9999" not in html
    assert 'bib-said">9999</span> <span class="board-name">nobody&#39;s bib</span>' in html
    assert "no bib was said" in html
    assert list(list_faults(html)) == []


def test_the_open_list_says_how_many_questions_are_about_nobody() -> None:
    picture = a_day_with_strange_bibs()
    assert "4 more questions are about bibs that nobody has" in page(picture, list="open")
    assert "4 more questions are about bibs" in page(picture, list="open", whole="1")
    assert "bibs that nobody has" not in page(picture_of(a_hard_day(), "09:50"), list="open")


def test_the_list_is_live() -> None:
    picture = picture_of(a_hard_day("09:40"), "09:50")
    key = board_key("home", {})
    parts = live_parts(
        key, key.kind.rows(picture, Viewer("control"), key.choices), Viewer("control")
    )
    assert 'id="ledger-2"' in parts["live-ledger"]
