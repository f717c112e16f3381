"""Radio, take-over, desk and paper: what each shows, and to whom."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from homestretch.boards import desk, paper, radio, takeover
from homestretch.boards.desk import DeskBoard, DeskChoices
from homestretch.boards.entering import find_bib, find_place, moment_of
from homestretch.boards.paper import PaperBoard, PaperChoices
from homestretch.boards.radio import Given
from homestretch.boards.takeover import TakeoverBoard, TakeoverChoices
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import PRIVATE, Viewer
from homestretch.state.snapshot import Status
from tests.boards.days import ALL, CANARY, MINUTE_MS, Wanted, make_picture


def with_packets(picture: Picture, every: int = 2) -> Picture:
    """The same day, with the packets of every second entrant handed out."""
    state = picture.state
    collected = np.arange(len(state.collected)) % every == 0
    to_call = collected & (state.status == Status.ENTERED)
    return dataclasses.replace(
        picture, state=dataclasses.replace(state, collected=collected, to_call=to_call)
    )


def at_desk(picture: Picture, role: str, **choices: object) -> DeskBoard:
    return desk.rows(picture, Viewer(role), DeskChoices(**choices))  # type: ignore[arg-type]  # words of the test


def over(picture: Picture, role: str, station: str = "", **choices: object) -> TakeoverBoard:
    return takeover.rows(picture, Viewer(role, station), TakeoverChoices(**choices))  # type: ignore[arg-type]


def printed(picture: Picture, role: str, name: str, part: int = 1) -> PaperBoard:
    return paper.rows(picture, Viewer(role), PaperChoices(list=name, part=part))  # type: ignore[arg-type]


def test_the_packets_add_up() -> None:
    counts = at_desk(with_packets(make_picture(ALL["small"])), "desk").counts
    assert counts.entered == counts.collected + counts.missing == 120
    assert counts.missing == counts.no_packet + counts.seen
    assert counts.no_packet
    assert counts.to_call


def test_only_control_and_the_director_see_phone_numbers() -> None:
    picture = with_packets(make_picture(CANARY), every=1)
    for role, sees in (("director", True), ("control", True), ("desk", False)):
        entries = at_desk(picture, role, list="call").people
        assert entries
        assert any(entry.phone for entry in entries) == sees, role
        assert ("phone" in printed(picture, role, "call").columns) == sees


def test_the_desk_does_not_name_who_asked_not_to_be_named_and_says_how_many_these_are() -> None:
    picture = with_packets(make_picture(CANARY), every=10**6)
    whole, gated = (at_desk(picture, role, list="no-packet") for role in ("director", "desk"))
    assert (whole.private, gated.private > 0) == (0, True)
    assert len(whole.people) == len(gated.people) + gated.private
    assert PRIVATE not in {entry.who.name for entry in gated.people}
    assert printed(picture, "desk", "start-list").private > 0


def test_a_bus_shows_who_is_on_it_and_where_somebody_is_cared_for_only_who_cares() -> None:
    picture = make_picture(ALL["small"])
    riding = int(np.count_nonzero(picture.state.status == Status.RIDING))
    found = over(picture, "control", keeper="BUS 2")
    assert [(keeper.name, keeper.count) for keeper in found.keepers] == [("bus 2", riding)]
    assert len(found.people) == riding > 0
    assert found.in_care > 0
    assert over(picture, "control", keeper="care 2").people == ()
    medical = over(picture, "medical", keeper="care 2")
    assert {keeper.name for keeper in medical.keepers} == {"bus 2", "care 2"}
    assert medical.people
    station = over(picture, "station", "mile-25", keeper="bus 2", bib="101")
    assert (station.keepers, station.people, station.own_place) == ((), (), "Mile 25")


def test_a_scanned_code_is_the_bib_or_the_address_of_its_runner() -> None:
    event = make_picture(ALL["small"]).event
    for code in ("101", " #101 ", "https://live.example.org/three-rivers/runners/101", "http://x/y/three-rivers/runners/101?a=1"):  # fmt: skip
        assert find_bib(code, event) == "101"
    foreign = "https://live.example.org/other-day/runners/101"
    assert find_bib(foreign, event) == foreign
    (who,) = takeover.hand_over(make_picture(ALL["small"]), Viewer("control"), ["101"], 1).people
    assert who.who is not None
    assert who.who.bib == "101"


def test_a_place_is_found_however_it_is_written() -> None:
    event = make_picture(ALL["small"]).event
    for said in ("Mile 25", "mile-25", "MILE25", "mile 25"):
        assert find_place(event, said) == "mile-25"
    assert find_place(event, "mile 26") == find_place(event, "") == ""


def test_a_time_that_was_left_as_offered_is_the_moment_itself() -> None:
    picture = make_picture(ALL["small"])
    at = picture.now - 17_123
    assert moment_of(picture, "09:29", at) == at
    assert moment_of(picture, "", at) == at
    assert moment_of(picture, "09:20", at) == picture.now - 10 * MINUTE_MS
    assert moment_of(picture, "09:50", at) is None


def test_a_preview_says_who_was_seen_who_is_with_whom_and_whom_nobody_knows() -> None:
    picture = make_picture(ALL["small"])
    given = Given("mile 25 at 9:20: 101, 102, 103; 104 on bus 2; 99999 stops; moon 3\nmoon: 1")
    found = radio.preview(picture, Viewer("control"), given, picture.now)
    assert found.summary == "3 sightings, 1 on Bus 2, 1 stops; nobody has bib 99999"
    assert (found.count, found.left_out) == (5, 2)
    assert found.lines[0].unread == ("moon 3",)
    assert found.lines[0].where == "Mile 25, 09:20"
    assert "no place “moon”" in found.lines[1].trouble
    by_form = Given("101", "finish", "9:21")
    (line,) = radio.hear(picture, by_form, picture.now)
    assert (line.place, line.seen_at) == ("finish", picture.now - 9 * MINUTE_MS)


def test_lists_on_paper_are_for_whom_they_are() -> None:
    picture = make_picture(ALL["small"])
    for name in ("bus", "road", "care"):
        with pytest.raises(RefusedError):
            printed(picture, "desk", name)
    for name in ("no-packet", "call"):
        with pytest.raises(RefusedError):
            printed(picture, "medical", name)
    with pytest.raises(RefusedError):
        printed(picture, "announcer", "radio-sheet")
    assert {table.heading for table in printed(picture, "medical", "care").tables} == {"care 2"}
    assert {table.heading for table in printed(picture, "control", "care").tables} == {""}
    assert {table.heading for table in printed(picture, "control", "bus").tables} == {"bus 2"}


def test_a_long_list_is_printed_in_parts_and_by_name_in_the_order_of_names() -> None:
    picture = make_picture(Wanted(marathon=1500, half=1200, minutes=-10))
    first, second = (printed(picture, "director", "by-name", part) for part in (1, 2))
    assert (first.parts, first.people) == (2, 2700)
    rows = [row for board in (first, second) for table in board.tables for row in table.rows]
    assert len(rows) == 2700
    names = [row.cells[0].rpartition(" ")[2] for row in rows if row.cells[0] != "name erased"]
    assert names[: len(names) // 2] == sorted(names[: len(names) // 2])
