"""A runner's page: splits with their evidence, holes, what is expected, and kind words."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from homestretch.boards import runner
from homestretch.boards.runner import RunnerBoard, RunnerChoices
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Mark, Status
from homestretch.web.render import board_key, render_page
from tests.boards.days import ALL, Wanted, make_picture
from tests.boards.pictures import picture_of
from tests.state.days import a_day

MIDDAY = Wanted(marathon=200, half=100, minutes=200)


def board(picture: Picture, row: int, role: str = "public") -> RunnerBoard:
    bib = picture.state.roster.bibs[row]
    return runner.rows(picture, Viewer(role), RunnerChoices(bib=bib))  # type: ignore[arg-type]  # words of the test


def rows_with(picture: Picture, *statuses: Status) -> list[int]:
    """Rows with one of the statuses that the public may see."""
    found = np.flatnonzero(np.isin(picture.state.status, statuses))
    return [int(row) for row in found if not shown(picture, Viewer(), int(row)).hidden]


def test_every_read_is_a_split_and_every_gap_a_hole_or_ahead() -> None:
    picture = make_picture(MIDDAY)
    state = picture.state
    for row in rows_with(picture, Status.STARTED, Status.FINISHED):
        splits = {split.point: split for split in board(picture, row).splits}
        for column, point in enumerate(state.points.ids):
            passed_at = int(state.passed_at[row, column])
            split = splits.get(point)
            if split is None:
                assert np.isnan(state.points.distance_m[state.roster.race[row], column])
            elif passed_at == NEVER:
                behind = (
                    state.points.distance_m[state.roster.race[row], column]
                    < state.last_proof_m[row]
                )
                assert (split.passed_at, split.missed) == (None, bool(behind))
            else:
                assert split.passed_at == passed_at
                assert not split.missed


def test_leg_paces_and_net_times_follow_from_the_reads() -> None:
    picture = make_picture(ALL["finished"])
    for row in rows_with(picture, Status.FINISHED)[:40]:
        page = board(picture, row)
        read = [split for split in page.splits if split.passed_at is not None]
        for before, after in itertools.pairwise(read):
            assert after.passed_at is not None
            assert before.passed_at is not None
            leg_s = (after.passed_at - before.passed_at) / 1000
            leg_km = (after.distance_m - before.distance_m) / 1000
            assert after.leg_pace_s_per_km == pytest.approx(leg_s / leg_km, abs=0.06)
        assert page.splits[-1].net_ms == page.net_ms
        assert page.splits[-1].gun_ms == page.gun_ms


def test_what_is_ahead_is_an_interval_that_grows_with_the_distance() -> None:
    picture = make_picture(MIDDAY)
    seen = 0
    for row in rows_with(picture, Status.STARTED):
        ahead = [
            split for split in board(picture, row).splits if split.expected_from_at is not None
        ]
        spans = [(split.expected_from_at, split.expected_until_at) for split in ahead]
        for early, late in spans:
            assert early is not None
            assert late is not None
            assert picture.now <= early < late
        widths = [late - early for early, late in spans]  # type: ignore[operator]  # both were just checked
        assert widths == sorted(widths)
        seen += len(ahead)
    assert seen > 50


def test_nothing_is_expected_while_the_event_is_stopped() -> None:
    picture = make_picture(Wanted(marathon=60, half=0, minutes=160, flag="stopped"))
    for row in rows_with(picture, Status.STARTED):
        page = board(picture, row)
        assert page.where is None
        assert all(split.expected_from_at is None for split in page.splits)


def test_who_withdrew_withdrew_and_nothing_more_is_said() -> None:
    picture = make_picture(MIDDAY)
    rows = rows_with(picture, Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME)
    assert len({int(picture.state.status[row]) for row in rows}) > 2
    for row in rows:
        page = board(picture, row)
        assert (page.status, page.where, page.notes) == ("withdrew", None, ())
        assert all(split.expected_from_at is None for split in page.splits)
        assert page.frame.ribbon.here is None


def test_a_race_on_hold_says_nothing_ahead_and_the_other_race_goes_on() -> None:
    picture = make_picture(
        Wanted(marathon=80, half=80, minutes=130, flag="hold", flag_races=("half",))
    )
    expected = {0: 0, 1: 0}
    for row in rows_with(picture, Status.STARTED):
        race = int(picture.state.roster.race[row])
        expected[race] += board(picture, row).where is not None
    assert expected[1] == 0
    assert expected[0] > 10
    (banner,) = board(picture, rows_with(picture, Status.STARTED)[0]).frame.banners
    assert banner.words == "Half marathon: the race is on hold since 09:05."


def test_who_said_to_stop_withdrew_for_the_public_and_waits_for_the_ledger() -> None:
    picture = make_picture(MIDDAY)
    row = rows_with(picture, Status.STARTED)[0]
    marks = picture.state.marks.copy()
    marks[row] |= int(Mark.SAID_TO_WITHDRAW)
    picture = replace(picture, state=replace(picture.state, marks=marks))
    public, control = board(picture, row), board(picture, row, "control")
    assert (public.status, public.where, public.on_road, public.frame.ribbon.here) == (
        "withdrew",
        None,
        False,
        None,
    )
    assert all(split.expected_from_at is None for split in public.splits)
    assert control.status == "on the road"
    assert "Said to stop; nobody has taken over yet." in control.notes


def test_staff_may_open_the_log_and_the_public_sees_a_plain_form() -> None:
    picture = make_picture(ALL["finished"])
    row = rows_with(picture, Status.FINISHED)[0]
    for role, seen, opens in (
        ("public", False, False),
        ("desk", True, False),
        ("control", True, True),
    ):
        page = board(picture, row, role)
        evidence = [split.evidence for split in page.splits if split.evidence is not None]
        assert len(evidence) == int((picture.state.passed_at[row] != NEVER).sum())
        assert all((entry.seq is not None) == seen for entry in evidence)
        assert page.opens_log == opens


def test_without_a_start_read_the_page_says_from_where_the_net_time_counts() -> None:
    picture = make_picture(Wanted(marathon=300, half=300, minutes=900))
    state = picture.state
    for row in rows_with(picture, Status.FINISHED):
        if state.passed_at[row, 0] == NEVER:
            page = board(picture, row)
            assert page.splits[0].missed
            assert page.net_ms == page.gun_ms
            assert any("counts from the gun" in note for note in page.notes)
            return
    pytest.fail("everybody had a start read")


def test_a_pacer_is_out_of_competition_and_has_no_place() -> None:
    picture = make_picture(Wanted(marathon=300, half=300, minutes=900))
    pacers = [
        row
        for row in rows_with(picture, Status.FINISHED)
        if picture.state.roster.role[row] == "pacer"
    ]
    page = board(picture, pacers[0])
    assert page.notes[0] == "Out of competition: pacer."
    assert page.place == 0


def test_a_runner_is_marked_on_the_ribbon_with_the_bib() -> None:
    picture = make_picture(MIDDAY)
    row = rows_with(picture, Status.STARTED)[0]
    here = board(picture, row).frame.ribbon.here
    assert here is not None
    assert here.label == picture.state.roster.bibs[row]


def test_an_unknown_bib_and_a_hidden_one_are_answered_alike() -> None:
    picture = make_picture(MIDDAY)
    hidden = next(row for row in range(300) if shown(picture, Viewer(), row).hidden)
    answers = set()
    for bib in ("99999", picture.state.roster.bibs[hidden]):
        with pytest.raises(NotFound) as refusal:
            runner.rows(picture, Viewer(), RunnerChoices(bib=bib))
        answers.add(str(refusal.value).replace(bib, "N"))
    assert len(answers) == 1


def test_before_the_first_read_the_page_says_what_will_come_instead_of_an_empty_table() -> None:
    day = a_day()
    day.entrant("1")
    picture = picture_of(
        day, "06:30", Person(entrant="e1", first="Ada", last="One", display="name")
    )
    found = runner.rows(picture, Viewer(), RunnerChoices(bib="1"))
    page = render_page(board_key("runner", {"bib": "1"}), found, Viewer())
    assert "Nothing was read yet. The time at each point appears here by itself" in page
    assert "leg pace" not in page
