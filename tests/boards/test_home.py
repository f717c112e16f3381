"""The home board: a ledger that adds up, open questions, timing points, and the lists behind the counts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from homestretch.boards import home
from homestretch.boards.ahead import positions
from homestretch.boards.home import HomeBoard, HomeChoices
from homestretch.boards.ledger import LISTS, PAGE
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import Status
from tests.boards.days import ALL, GUN_AT, INSTRUCTION, MINUTE_MS, Wanted, make_picture


def board(picture: Picture, role: str = "public", **choices: object) -> HomeBoard:
    return home.rows(picture, Viewer(role), HomeChoices(**choices))  # type: ignore[arg-type]  # words of the test


@pytest.mark.parametrize("wanted", ALL.values(), ids=ALL)
def test_the_counts_add_up_at_every_moment_and_over_the_races(wanted: Wanted) -> None:
    found = board(make_picture(wanted))
    for counts in (found.counts, *(race.counts for race in found.races)):
        assert counts.entered == counts.started + counts.not_seen + counts.did_not_start
        assert counts.started == counts.on_course + counts.finished + counts.off_course
    assert found.counts.entered == sum(race.counts.entered for race in found.races)
    assert found.counts.started == sum(race.counts.started for race in found.races)


def test_every_list_of_the_ledger_holds_as_many_as_its_count_says() -> None:
    picture = make_picture(ALL["small"])
    found = board(picture, "control")
    assert found.ledger is not None
    for count in found.ledger.counts:
        opened = board(picture, "control", list=count.list).ledger
        assert opened is not None
        assert len(opened.people) + len(opened.questions) == min(count.count, PAGE)


def test_every_status_is_in_one_list_of_the_ledger() -> None:
    listed = [status for _, statuses in LISTS.values() for status in statuses]
    assert sorted(listed) == sorted(Status)


def test_a_list_begins_with_the_oldest_proof_and_goes_on_over_pages() -> None:
    picture = make_picture(Wanted(marathon=150, half=150, minutes=120))
    first = board(picture, "director", list="road").ledger
    second = board(picture, "director", list="road", page=2).ledger
    assert first is not None
    assert second is not None
    assert first.pages == 3
    times = [entry.seen_at for entry in (*first.people, *second.people)]
    assert times == sorted(times)
    assert len({entry.who.bib for entry in (*first.people, *second.people)}) == 200


def test_only_medical_sees_where_somebody_is_in_care() -> None:
    picture = make_picture(ALL["small"])
    for role, places in (("medical", {"care 2"}), ("control", {""})):
        ledger = board(picture, role, list="care").ledger
        assert ledger is not None
        assert {entry.keeper for entry in ledger.people} == places
    for name in ("care", "home"):
        with pytest.raises(RefusedError):
            board(picture, "director", list=name)


def test_who_rides_or_is_in_care_is_open_and_no_question() -> None:
    assert board(make_picture(ALL["small"])).open_people > 0
    found = board(make_picture(Wanted(minutes=100)), "director", list="questions")
    assert found.ledger is not None
    kinds = {question.kind for question in found.ledger.questions}
    assert kinds
    assert not kinds & {"riding", "in care", "moved up, on the road"}
    assert found.open_questions == len(found.ledger.questions)


def test_the_public_gets_numbers_alone() -> None:
    found = board(make_picture(ALL["small"]))
    assert found.ledger is None
    assert found.open_people > 0


def test_a_point_where_people_are_due_and_nothing_is_heard_is_silent() -> None:
    found = board(make_picture(Wanted(marathon=100, half=100, minutes=150, silent="15k")))
    silent = {point.id: point.silent_since_at for point in found.points}
    assert silent["15k"] == -1
    assert silent["10k"] is None
    assert [dot.silent for dot in found.frame.ribbon.dots if dot.point == "15k"] == [True]


def test_a_lifted_mat_is_lifted_and_not_silent() -> None:
    found = board(make_picture(Wanted(minutes=395, lifted=("start", "15k"), silent="15k")))
    lifted = {point.id for point in found.points if point.lifted}
    assert lifted == {"start", "15k"}
    assert all(point.silent_since_at is None for point in found.points)


def test_a_point_says_its_distance_for_each_race_that_passes() -> None:
    found = board(make_picture(ALL["small"]))
    distances = {point.id: dict(point.distances_m) for point in found.points}
    assert distances["finish"] == {"marathon": 42_195.0, "half": 21_097.5}
    assert distances["30k"] == {"marathon": 30_000.0}


def test_a_stopped_event_says_so_with_controls_own_words_and_no_time_ahead() -> None:
    found = board(make_picture(ALL["stopped"]))
    (banner,) = found.frame.banners
    assert banner.words == "The race was stopped at 09:35."
    assert banner.instruction == INSTRUCTION
    assert found.frame.lantern.from_at is None
    assert "last read" in found.frame.lantern.words
    assert not found.frame.speaks_ahead


def test_a_stopped_event_draws_everybody_at_their_last_proof() -> None:
    wanted = Wanted(marathon=200, half=0, minutes=160, flag="stopped")
    moving, stopped = (board(make_picture(w)).frame for w in (Wanted(200, 0, 160), wanted))
    marks = np.array([dot.at_m for dot in stopped.ribbon.dots])
    assert stopped.ribbon.lantern is not None
    assert moving.ribbon.lantern is not None
    assert np.abs(marks - stopped.ribbon.lantern.at_m).min() < 1.0
    assert stopped.ribbon.lantern.at_m < moving.ribbon.lantern.at_m


def test_before_the_gun_the_board_says_when_the_first_start_is() -> None:
    found = board(make_picture(Wanted(minutes=-30)))
    assert found.frame.lantern.words == "Nobody is on the road yet. The first start is at 06:50."
    assert found.frame.ribbon.ridges == ()
    assert found.frame.ribbon.sweep is None


def test_when_it_is_over_everybody_is_home_and_the_last_finish_is_said() -> None:
    picture = make_picture(ALL["finished"])
    found = board(picture)
    assert found.frame.lantern.words == "Everybody is home."
    assert found.frame.lantern.basis.startswith("The last runner crossed the line at ")
    assert found.frame.lantern.tone == "home"
    assert found.open_questions == 0
    assert found.frame.settled


def test_the_last_runner_near_the_line_calls_people_to_it() -> None:
    for seed in range(1, 9):
        picture = make_picture(Wanted(marathon=80, half=20, minutes=410, seed=seed))
        line = board(picture).frame.lantern
        row = picture.state.lantern
        person = picture.names.persons.get(picture.state.roster.entrants[row])
        if person is not None and person.display == "name" and line.from_at is not None:
            assert line.words.startswith("The last runner is about ")
            assert line.words.endswith(" minutes from the line.")
            assert line.call.startswith("Come to the finish.")
            assert line.from_at < line.until_at  # type: ignore[operator]  # both are given or none
            assert line.from_at > GUN_AT + 410 * MINUTE_MS
            return
    pytest.fail("no seed gave a last runner who may be shown")


def test_a_hidden_last_runner_is_only_placed_between_two_points() -> None:
    for seed in range(1, 30):
        picture = make_picture(Wanted(marathon=60, half=0, minutes=330, seed=seed, straggler=False))
        row = picture.state.lantern
        person = None if row < 0 else picture.names.persons.get(picture.state.roster.entrants[row])
        if person is None or person.display != "hidden":
            continue
        public, director = (board(picture, role).frame for role in ("public", "director"))
        assert public.ribbon.lantern is not None
        assert director.ribbon.lantern is not None
        ends = sorted(dot.at_m for dot in public.ribbon.dots)
        middles = [(low + high) / 2 for low, high in itertools.pairwise(ends)]
        assert min(abs(public.ribbon.lantern.at_m - middle) for middle in middles) < 1.0
        there = positions(picture, np.array([row]))[0]
        assert director.ribbon.lantern.at_m == pytest.approx(there, abs=0.1)
        assert public.lantern.from_at is None
        return
    pytest.fail("no seed gave a hidden last runner")


def test_the_lantern_is_never_named() -> None:
    picture = make_picture(ALL["late"])
    row = picture.state.lantern
    words = board(picture).frame.lantern.words
    assert row >= 0
    assert picture.state.roster.bibs[row] not in words
