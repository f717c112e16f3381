"""The page of a point's own key: who comes in which order, what it can say, and its calls for help."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import msgspec
import pytest

from homestretch.boards.help_calls import list_open_calls
from homestretch.boards.station import StationBoard, StationChoices, rows
from homestretch.errors import RefusedError
from homestretch.facts import FactId, HelpCalled, HelpHeard, Sighting, Withdrawn
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.web.render import board_key, live_parts, make_board, render_page
from tests.boards.days import ALL, CANARY, Wanted, make_picture
from tests.boards.kinds import hidden_rows, list_faults
from tests.boards.pictures import picture_of
from tests.state.days import Day, a_day, at

BUSY = Wanted(marathon=120, half=0, minutes=180)
CREW = Viewer("station", station="30k")
HAPPENED, REASON, NAME = "fell on the bridge", "knee, very tired", "Ann Example"
TEXTS = {"t-help": HAPPENED, "t-why": REASON, "t-name": NAME, "key-s": "30K crew (station)"}
ADDRESS = "Kindly Street 400"
KEEP_THE_LEDGER = ("director", "control", "medical")
READ_OF_HEALTH = ("control", "medical")


def board(
    viewer: Viewer = CREW, order: Literal["arrival", "need"] = "arrival", club: str = ""
) -> StationBoard:
    return rows(make_picture(BUSY), viewer, StationChoices(point="30k", order=order, club=club))


def a_day_with_help() -> tuple[Day, FactId]:
    """A call for help from 30K about bib 1, who stops there."""
    day = a_day(emergency_phone="555 0111", radio_channel="3")
    day.entrant("1")
    called = HelpCalled(seen_at=at("12:00"), place="30k", bib="1", by="key-s", text_ref="t-help")
    stops = Withdrawn(seen_at=at("12:01"), bib="1", place="30k", by="key-s", text_ref="t-why")
    day.add(stops, "s/station")
    return day, day.add(called, "s/station")


def hear(day: Day, call: FactId) -> None:
    """A person in control has read it."""
    names = call._asdict()
    day.add(HelpHeard(seen_at=at("12:02"), by="key-c", text_ref="t-name", **names), "c/calls")


def with_texts(day: Day) -> Picture:
    """The picture at 12:05, with what was written and the street address of 30K."""
    picture = picture_of(day, "12:05")
    points = [
        msgspec.structs.replace(point, address=ADDRESS) if point.id == "30k" else point
        for point in picture.event.points
    ]
    event = msgspec.structs.replace(picture.event, points=tuple(points))
    return replace(picture, event=event, names=replace(picture.names, texts=TEXTS))


def page(picture: Picture, viewer: Viewer, name: str = "station", **choices: str) -> str:
    """A page, whole and in the parts of its stream, and well formed in both."""
    key = board_key(name, choices)
    shown = make_board(key, picture, viewer)
    html = render_page(key, shown, viewer)
    parts = live_parts(key, shown, viewer).values()
    assert [fault for piece in (html, *parts) for fault in list_faults(piece)] == []
    return html + "".join(parts)


def test_the_crew_sees_twenty_with_why_they_need_a_cheer() -> None:
    crew = board().crew
    assert crew is not None
    assert len(crew.rows) == 20
    needing = board(order="need").crew
    assert needing is not None
    assert all(row.why for row in needing.rows)
    assert needing.rows
    assert [row.who.bib for row in crew.rows] == [row.who.bib for row in board().next]


def test_by_need_is_the_order_of_who_needs_us_most() -> None:
    found = board(order="need")
    assert found.crew is not None
    assert [row.who.bib for row in found.crew.rows][:10] == [row.who.bib for row in found.needs]
    assert all(row.why for row in found.crew.rows)


def test_the_chosen_club_comes_first_and_keeps_its_order() -> None:
    found = board().crew
    assert found is not None
    club = found.clubs[0]
    chosen = board(club=club.upper()).crew
    assert chosen is not None
    ours = [row.ours for row in chosen.rows]
    assert ours == sorted(ours, reverse=True)
    assert ours[0]
    assert {row.who.club for row in chosen.rows if row.ours} == {club}


def test_who_was_seen_here_says_so_in_their_row() -> None:
    picture = make_picture(BUSY)
    bib = board().next[0].who.bib
    row = picture.state.roster.find_row(bib)
    assert row is not None
    day = a_day()
    day.add(Sighting(seen_at=at("12:00"), bib=bib, place="30k"), "s/station")
    (entry,) = picture_of(day, "12:05").state.entries
    state = replace(picture.state, entries=(replace(entry, row=row),))
    crew = rows(replace(picture, state=state), CREW, StationChoices(point="30k")).crew
    assert crew is not None
    assert crew.rows[0].seen_at == at("12:00")


@pytest.mark.parametrize("role", get_args(Role))
def test_only_the_points_own_key_has_buttons(role: Role) -> None:
    own = role == "station"
    for viewer in (Viewer(role), Viewer(role, station="10k"), Viewer(role, station="30k")):
        found = board(viewer)
        assert (found.post is not None) == (own and viewer.station == "30k")
        assert ("data-pad" in page(make_picture(BUSY), viewer, point="30k")) == bool(found.post)
    wall = rows(make_picture(BUSY), CREW, StationChoices(point="30k", wall=True))
    assert (wall.post, wall.crew) == (None, None)


def test_help_says_whom_to_call_first_and_where_this_is() -> None:
    day, _ = a_day_with_help()
    shown = page(with_texts(day), CREW, point="30k")
    first, then = shown.index("First call."), shown.index("Send to race control as well")
    for words in ("channel 3", 'href="tel:5550111"', ADDRESS):
        assert first < shown.index(words) < then


def test_a_call_is_not_delivered_until_somebody_in_control_has_read_it_by_name() -> None:
    day, call = a_day_with_help()
    assert "<strong>NOT DELIVERED.</strong>" in page(with_texts(day), CREW, point="30k")
    hear(day, call)
    shown = page(with_texts(day), CREW, point="30k")
    assert "NOT DELIVERED" not in shown
    assert f"by <strong>{NAME}</strong> in race control" in shown


@pytest.mark.parametrize("role", get_args(Role))
def test_an_open_call_stands_on_every_page_of_those_who_keep_the_ledger_alone(role: Role) -> None:
    day, call = a_day_with_help()
    words = "Help is called for at 30K since 12:00, and nobody has answered."
    told = list_open_calls(with_texts(day), Viewer(role))
    assert told == ((words,) if role in KEEP_THE_LEDGER else ())
    assert (words in page(with_texts(day), Viewer(role), "home")) == bool(told)
    hear(day, call)
    assert list_open_calls(with_texts(day), Viewer(role)) == ()


@pytest.mark.parametrize("role", get_args(Role))
def test_what_happened_and_why_somebody_stops_is_for_control_and_medical_alone(role: Role) -> None:
    day, _ = a_day_with_help()
    picture = with_texts(day)
    pages = [
        page(picture, Viewer(role, station="30k"), "station", point="30k"),
        page(picture, Viewer(role), "home"),
    ]
    if role in READ_OF_HEALTH:
        calls = page(picture, Viewer(role), "calls")
        assert HAPPENED in calls
        assert REASON in calls
        pages = pages[1:]
    for shown in pages:
        assert HAPPENED not in shown
        assert REASON not in shown


def test_the_director_knows_that_help_is_called_for_and_not_what_happened() -> None:
    day, _ = a_day_with_help()
    picture = with_texts(day)
    home = page(picture, Viewer("director"), "home")
    assert "Control and medical read what happened, and answer." in home
    assert "/calls" not in home
    with pytest.raises(RefusedError):
        make_board(board_key("calls", {}), picture, Viewer("director"))


def test_a_call_that_came_from_another_point_is_not_told_here() -> None:
    day, _ = a_day_with_help()
    assert "NOT DELIVERED" not in page(with_texts(day), Viewer("station", "10k"), point="10k")


@pytest.mark.parametrize("wanted", ALL.values(), ids=ALL)
def test_the_points_page_renders_at_every_moment_of_the_day(wanted: Wanted) -> None:
    shown = page(make_picture(wanted), Viewer("station", "10k"), point="10k", order="need")
    assert "First call." in shown
    assert make_picture(wanted).event.name in shown


def test_nothing_of_a_hidden_entrant_reaches_the_points_own_key() -> None:
    picture, own = make_picture(CANARY), Viewer("station", "30k")
    hidden = [picture.state.roster.bibs[row] for row in hidden_rows(picture, own)]
    assert len(hidden) > 10
    day = a_day()
    for bib in hidden:
        day.add(Sighting(seen_at=at("12:00"), bib=bib, place="30k"), "s/station")
    entries = tuple(
        replace(entry, row=picture.state.roster.find_row(entry.bib) or 0)
        for entry in picture_of(day, "12:05").state.entries
    )
    assert entries
    seen_here = replace(picture, state=replace(picture.state, entries=entries))
    for choices in ({}, {"order": "need"}, {"club": "canary"}):
        shown = page(seen_here, own, point="30k", **choices)
        assert "canary" not in shown.replace(">canary</option>", "").replace(
            "club=canary", ""
        ).replace('value="canary"', "")
        for bib in hidden:
            assert f">{bib}<" not in shown
            assert f'value="{bib}"' not in shown
            assert f"/runners/{bib}" not in shown
