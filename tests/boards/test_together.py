"""Who ran with whom is shown when both agreed, and else by nothing that anybody can see."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from homestretch.boards import (
    Choices,
    announcer,
    control,
    devices,
    runner,
    station,
    write_twin,
)
from homestretch.boards.asking import ask_runner
from homestretch.boards.mine import show_own
from homestretch.boards.runner import RunnerBoard, RunnerChoices
from homestretch.boards.station import StationChoices
from homestretch.boards.together import say_rate
from homestretch.companions.riding import Ride
from homestretch.companions.together import Companions, OfRace
from homestretch.errors import NotFound, RefusedError
from homestretch.picture import Names, Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Role, Viewer
from homestretch.state.snapshot import NEVER, Mark, Status
from homestretch.web.render import board_key, fragments, make_board, render_page
from tests.boards.days import Wanted, make_picture
from tests.boards.kinds import list_keys

DAY = Wanted(marathon=60, half=60, minutes=185)
BIBS = ("101", "105")
BOTH = {"e0": {"companions": True}, "e4": {"companions": True}}


def with_pair(
    picture: Picture, first: int = 3, bibs: tuple[str, str] = BIBS, **more: object
) -> Picture:
    """The Picture in which the wearers of two bibs were together from the point of a column on."""
    state = picture.state
    rows = sorted(state.roster.row_of_bib[bib] for bib in bibs)
    mats = state.passed_at.shape[1]
    gaps = np.full((1, mats), np.nan, np.float32)
    gaps[0, :first], gaps[0, first:6] = 240.0, 1.6
    together = np.zeros((1, mats), bool)
    together[0, first:6] = True
    found = Companions(
        entrants=state.roster.key, now=picture.now, last_seq=state.last_seq,
        i=np.array(rows[:1]), j=np.array(rows[1:]), score=np.array([9.0], np.float32),
        together=together, gaps_s=gaps, pack=np.zeros(1, bool), group_size=np.array([2]), seen=(), rides=(), maybe=np.array([[*rows, 4, 5]]),
        races=(OfRace(60, 1, 0, 0.003, 3.5, 3.5, picture.now), None), doubled=(),
    )  # fmt: skip
    return replace(picture, companions=replace(found, **more))  # type: ignore[arg-type]  # fields of the test


def saying(picture: Picture, said: dict[str, dict[str, object]]) -> Picture:
    """The Picture in which entrants have said this."""
    persons = dict(picture.names.persons)
    for entrant, words in said.items():
        persons[entrant] = msgspec.structs.replace(persons[entrant], **words)
    return replace(picture, names=Names(version=2, persons=persons, texts=picture.names.texts))


def page(picture: Picture, bib: str = BIBS[0], role: Role = "public") -> RunnerBoard:
    return runner.rows(picture, Viewer(role), RunnerChoices(bib=bib))


@pytest.fixture(scope="module")
def agreed() -> Picture:
    return saying(with_pair(make_picture(DAY)), BOTH)


def test_who_agreed_is_shown_by_name_with_the_point_since_which(agreed: Picture) -> None:
    (one,) = page(agreed).together
    assert (one.who.bib, one.since, one.still) == (BIBS[1], "half", True)
    assert one.before == "4 minutes apart at 15K"
    assert one.between == "They came together between 15K and Half."
    assert [(gap.name, gap.words, gap.beside) for gap in one.gaps[2:4]] == [
        ("15K", "4 min behind", False),
        ("Half", "1.6 s behind", True),
    ]
    (back,) = page(agreed, BIBS[1]).together
    assert back.gaps[3].words == "1.6 s ahead"
    assert one.words == (
        "Side by side at every timing point from Half on, never more than 2 seconds apart there"
    )
    assert [other.who.bib for other in page(agreed, BIBS[1]).together] == [BIBS[0]]
    assert "in 20,000 runners" in page(agreed).together_rate


def test_a_hole_between_is_counted_and_who_parted_is_no_longer_beside(agreed: Picture) -> None:
    found = agreed.companions
    assert found is not None
    together, gaps = found.together.copy(), found.gaps_s.copy()
    together[0, 4], gaps[0, 4] = False, 40.0
    (one,) = page(with_pair(agreed, together=together, gaps_s=gaps)).together
    assert "at 2 of 3 timing points from Half on" in one.words
    together[0, 5], gaps[0, 5] = False, 90.0
    (one,) = page(with_pair(agreed, together=together, gaps_s=gaps)).together
    assert (one.still, one.words) == (False, "Side by side at Half, no more than 2 seconds apart")


REFUSALS: dict[str, dict[str, dict[str, object]]] = {
    "nobody": {},
    "one": {"e0": {"companions": True}},
    "the other": {"e4": {"companions": True}},
    "both, and one said not this person": BOTH | {"e0": {"companions": True, "not_with": ("e4",)}},
    "both, and the other said it": BOTH | {"e4": {"companions": True, "not_with": ("e0",)}},
    "both, and one is hidden": BOTH | {"e4": {"companions": True, "display": "hidden"}},
}


@pytest.mark.parametrize("said", REFUSALS.values(), ids=REFUSALS)
def test_unless_both_agreed_no_page_twin_or_stream_differs_by_anything(
    said: dict[str, dict[str, object]],
) -> None:
    without = saying(make_picture(DAY), said)
    with_them = with_pair(without)
    for viewer in (Viewer(), Viewer("station"), Viewer("announcer"), Viewer("director")):
        for key in list_keys():
            try:
                shown, plain = (make_board(key, one, viewer) for one in (with_them, without))
            except (NotFound, RefusedError):
                continue
            assert write_twin(shown) == write_twin(plain)
            if shown != plain:  # a page and its stream know nothing but the board
                assert render_page(key, shown, viewer) == render_page(key, plain, viewer)
                assert fragments(key, with_them, viewer) == fragments(key, without, viewer)


def test_an_erased_person_and_one_off_the_course_are_shown_with_nobody(agreed: Picture) -> None:
    persons = {name: one for name, one in agreed.names.persons.items() if name != "e4"}
    erased = replace(agreed, names=replace(agreed.names, persons=persons))
    assert page(erased).together == ()
    row = agreed.state.roster.row_of_bib[BIBS[1]]
    status, marks = agreed.state.status.copy(), agreed.state.marks.copy()
    status[row], marks[row] = Status.IN_CARE, marks[row] | int(Mark.SAID_TO_WITHDRAW)
    for state in (replace(agreed.state, status=status), replace(agreed.state, marks=marks)):
        assert page(replace(agreed, state=state)).together == ()


def test_of_a_pack_only_its_size_is_said_and_to_none_who_did_not_agree(agreed: Picture) -> None:
    packed = with_pair(agreed, pack=np.ones(1, bool), group_size=np.array([12]))
    assert (page(packed).together, page(packed).pack) == ((), "In a group of about 12.")
    silent = saying(packed, {"e0": {"companions": False}})
    assert page(silent).pack == ""


def test_a_station_sees_who_comes_with_whom(agreed: Picture) -> None:
    board = station.rows(agreed, Viewer("station"), StationChoices(point="finish"))
    beside = {
        row.who.bib: [one.who.bib for one in row.together] for row in board.next if row.together
    }
    plain = station.rows(make_picture(DAY), Viewer("station"), StationChoices(point="finish"))
    assert all(not row.together for row in plain.next)
    assert all(
        bib in BIBS and others == [b for b in BIBS if b != bib] for bib, others in beside.items()
    )
    assert beside or not {row.who.bib for row in board.next} & set(BIBS)


def test_the_announcer_hears_with_whom_since_where_when_both_may_be_called_out() -> None:
    picture = make_picture(replace(DAY, minutes=240))
    coming = announcer.rows(picture, Viewer("announcer"), Choices()).coming
    named = [row.who for row in coming if not row.who.hidden]
    roster = picture.state.roster
    pair = named[0].bib, named[1].bib
    entrants = [roster.entrants[roster.row_of_bib[bib]] for bib in pair]
    both = saying(with_pair(picture, bibs=pair), {name: {"companions": True} for name in entrants})

    def say(of: Picture) -> str:
        rows = announcer.rows(of, Viewer("announcer"), Choices()).coming
        return " ".join(next(row for row in rows if row.who.bib == pair[0]).say)

    assert f"side by side with {named[1].name} since Half" in say(both)
    assert "side by side" not in say(saying(both, {entrants[1]: {"companions": False}}))
    ages = roster.age.copy()
    ages[roster.row_of_bib[pair[1]]] = NEVER
    alone = saying(both, {entrants[1]: {"guardian": False}})
    unsure = replace(alone, state=replace(alone.state, roster=replace(roster, age=ages)))
    assert "side by side" not in say(unsure), "whose age is unknown is not called out"


def test_nothing_is_said_of_chance_before_it_was_measured(agreed: Picture) -> None:
    assert say_rate(agreed, 1) == ""
    assert say_rate(make_picture(DAY), 0) == ""
    assert isinstance(agreed.names.persons["e0"], Person)


def test_two_chips_at_one_moment_everywhere_are_told_to_the_timers_alone(agreed: Picture) -> None:
    rows = [agreed.state.roster.row_of_bib[bib] for bib in BIBS]
    doubled = with_pair(agreed, doubled=((rows[0], rows[1]),))
    assert devices.rows(doubled, Viewer("control"), Choices()).doubled == (BIBS,)
    assert devices.rows(agreed, Viewer("control"), Choices()).doubled == ()
    with pytest.raises(RefusedError):
        devices.rows(doubled, Viewer(), Choices())


def with_ride(picture: Picture) -> Picture:
    rows = tuple(sorted(picture.state.roster.row_of_bib[bib] for bib in BIBS))
    ride = Ride(rows, (1, 2), 3, (0.25, 0.26), (0.5, 0.52), 3.4)
    return with_pair(picture, rides=(ride,))


def test_who_may_have_sat_in_a_vehicle_is_a_question_for_control_and_no_story(
    agreed: Picture,
) -> None:
    ridden = with_ride(agreed)
    asked = {row.asked.bib: row for row in control.rows(ridden, Viewer("control"), control.ControlChoices(list="decide")).decide}  # fmt: skip
    assert asked[BIBS[0]].asked.kind == "perhaps in a vehicle"
    assert asked[BIBS[0]].asked.detail == (
        "from 10K to Half at 6:42/mi, never faster than 13:25/mi before; at Half within 3 seconds of bib 105"
    )
    assert asked[BIBS[1]].ways == ("vehicle", "reinstated", "dsq")
    assert page(ridden).together == ()
    handled = control.rows(ridden, Viewer("control"), control.ControlChoices(bib=BIBS[0])).handled
    assert handled is not None
    assert [one.asked.kind for one in handled.asked] == ["perhaps in a vehicle"]
    row = agreed.state.roster.row_of_bib[BIBS[0]]
    ruled = replace(ridden, state=replace(ridden.state, ruled=frozenset({row})))
    bibs = [one.asked.bib for one in control.rows(ruled, Viewer("control"), control.ControlChoices(list="decide")).decide]  # fmt: skip
    assert BIBS[0] not in bibs
    assert len(page(ruled).together) == 1


def test_two_chips_on_one_person_are_a_question_for_control_and_no_story(agreed: Picture) -> None:
    rows = sorted(agreed.state.roster.row_of_bib[bib] for bib in BIBS)
    doubled = with_pair(agreed, doubled=((rows[0], rows[1]),))
    asked = {row.asked.bib: row.asked for row in control.rows(doubled, Viewer("control"), control.ControlChoices(list="decide")).decide}  # fmt: skip
    assert asked[BIBS[0]].kind == "perhaps one person with two chips"
    assert asked[BIBS[0]].detail.startswith("read with bib 105 at 6 points")
    assert page(doubled).together == ()


def test_what_is_unsure_is_a_question_to_the_runner_that_names_nobody(agreed: Picture) -> None:
    row, with_ = (agreed.state.roster.row_of_bib[bib] for bib in BIBS)
    newest = int(agreed.state.passed_at[row].argmax())
    names = agreed.state.points.names

    def ask(since: int, until: int) -> str:
        return ask_runner(with_pair(agreed, maybe=np.array([[row, with_, since, until]])), row)

    assert ask(1, newest) == "Did you run with somebody from 10K on?"
    assert ask(1, newest - 1) == f"Did you run with somebody from 10K to {names[newest - 1]}?"
    assert ask(1, 1) == "Did you run with somebody around 10K?"
    other = agreed.state.roster.row_of_bib["102"]
    assert ask_runner(agreed, other) == ""
    own = show_own(with_pair(agreed, pack=np.ones(1, bool)), agreed.names.persons["e0"], "own")
    assert own is not None
    assert own.asked.startswith("Did you run with somebody")
    assert not own.beside, "who it may be is not told"
    assert ask_runner(make_picture(DAY), row) == ""


@pytest.mark.parametrize(
    "said", [{"e0": {"not_with": ("e4",)}}, {"e4": {"not_with": ("e0",)}}], ids=["one", "the other"]
)
def test_nobody_is_asked_about_somebody_whom_one_of_both_does_not_want(
    agreed: Picture, said: dict[str, dict[str, object]]
) -> None:
    row = agreed.state.roster.row_of_bib[BIBS[0]]
    assert ask_runner(saying(agreed, said), row) == ""
    persons = {name: one for name, one in agreed.names.persons.items() if name != "e4"}
    erased = replace(agreed, names=replace(agreed.names, persons=persons))
    assert ask_runner(erased, row) == ""


def test_the_crew_of_a_point_reads_with_whom_somebody_comes(agreed: Picture) -> None:
    found = {}
    for point in agreed.event.points:
        key = board_key("station", {"point": point.id})
        board = station.rows(agreed, Viewer("station"), StationChoices(point=point.id))
        for row in board.crew.rows if board.crew else ():
            assert (row.who.bib in BIBS) >= bool(row.together)
            if row.together:
                found[row.who.bib] = [one.who.bib for one in row.together]
                words = f"with {row.together[0].who.bib} {row.together[0].who.name}, side by side"
                assert words in render_page(key, board, Viewer("station"))
    assert found == {BIBS[0]: [BIBS[1]], BIBS[1]: [BIBS[0]]}
