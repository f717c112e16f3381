"""The state of the event: stopped, resumed, race by race; what finishing after a stop means."""

from __future__ import annotations

import pytest

from homestretch.facts import FlagState
from homestretch.state.snapshot import NEVER, FlagNow, Mark, Status
from tests.state.days import HALF_M, POINTS, SHARED, Day, a_day, a_point, a_race, at


def stopped() -> Day:
    """A day stopped at 10:30: 1 was home before it, 2 comes home at the very moment, 3 after it."""
    day = a_day(points=(*POINTS[:-1], a_point("finish", 42_195.0, cutoff={"marathon": "11:00"})))
    for bib, time in (("1", "10:00"), ("2", "10:30"), ("3", "10:30:00.001"), ("4", "11:05")):
        day.entrant(bib)
        day.runs(bib, start="07:01", finish=time)
    day.flag("stopped", "10:30")
    return day


def test_an_event_of_which_nothing_was_said_is_open() -> None:
    assert a_day().state().state.flag == FlagNow("open", NEVER)


def test_what_was_said_last_holds_from_when_it_was_said() -> None:
    day = a_day()
    day.flag("hold", "09:00")
    day.flag("resumed", "09:30")
    assert day.state("08:58").state.flag.state == "open"
    assert day.state("09:10").state.flag == FlagNow("hold", at("09:00"))
    assert day.state("10:00").state.flag == FlagNow("resumed", at("09:30"))


def test_finish_times_after_a_stop_are_kept_and_marked_and_not_ranked() -> None:
    seen = stopped().state()
    assert [seen.gun(bib) for bib in "1234"] == ["3:00:00", "3:30:00", "3:30:01", "4:05:00"]
    assert [Mark.AFTER_STOP in seen.marks(bib) for bib in "1234"] == [False, False, True, True]
    assert [seen.place(bib) for bib in "1234"] == [1, 2, NEVER, NEVER]


def test_cutoffs_are_silent_when_the_event_was_stopped() -> None:
    seen = stopped().state()
    assert [seen.status(bib) for bib in "1234"] == [Status.FINISHED] * 4


def test_only_the_directors_ruling_ranks_a_finish_after_the_stop() -> None:
    day = stopped()
    day.ruled("4", "count-after-stop")
    assert [day.state().place(bib) for bib in "1234"] == [1, 2, NEVER, 3]
    day.ruled("4", "dsq", "18:30")
    assert [day.state().place(bib) for bib in "1234"] == [1, 2, NEVER, NEVER]
    day.ruled("1", "count-after-stop")
    assert day.state().place("1") == 1


def test_who_finishes_during_a_stop_stays_marked_when_the_event_is_resumed() -> None:
    day = stopped()
    day.flag("resumed", "10:50")
    seen = day.state()
    assert [Mark.AFTER_STOP in seen.marks(bib) for bib in "1234"] == [False, False, True, False]
    assert [seen.place(bib) for bib in "1234"] == [1, 2, NEVER, 3]
    assert seen.status("4") == Status.FINISHED_LATE


def test_a_stop_that_was_a_mistake_is_struck() -> None:
    day = stopped()
    day.struck(day.flag("stopped", "09:30"))
    day.struck(next(item.id for item in day.items if b"stopped" in repr(item.fact).encode()))
    assert [day.state().place(bib) for bib in "1234"] == [1, 2, 3, 4]


def test_a_stop_of_one_race_stops_no_other() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    for bib, race in (("1", "marathon"), ("2", "half")):
        day.entrant(bib, race)
        day.runs(bib, start="07:01", finish="10:00")
    day.flag("stopped", "09:30", "half")
    seen = day.state()
    assert seen.state.flag == FlagNow("stopped", at("09:30"), races=("half",))
    assert [seen.place(bib) for bib in "12"] == [1, NEVER]


def test_a_word_about_one_race_does_not_hide_that_another_is_stopped() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.flag("stopped", "09:30", "marathon")
    day.flag("open", "09:40", "half")
    assert day.state().state.flag == FlagNow("stopped", at("09:30"), races=("marathon",))
    day.flag("stopped", "09:50", "half")
    assert day.state().state.flag == FlagNow("stopped", at("09:50"))
    day.flag("resumed", "10:10")
    assert day.state().state.flag == FlagNow("resumed", at("10:10"))


def test_a_misspelt_race_does_not_swallow_a_stop() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.flag("stopped", "09:30", "marathom")
    assert day.state().state.flag == FlagNow("stopped", at("09:30"))


@pytest.mark.parametrize("state", ["delayed", "hold", "stopped"])
def test_nobody_is_overdue_and_no_mat_is_silent_while_the_event_stands_still(
    state: FlagState,
) -> None:
    day = a_day()
    for number in range(12):
        day.entrant(str(number))
        day.runs(str(number), start="07:01", p10k=f"07:{40 + number}")
    moving = day.state("11:00")
    assert all(Mark.OVERDUE in moving.marks(str(number)) for number in range(12))
    assert day.state("08:46").silent() == ["half"]
    day.flag(state, "08:30")
    still = day.state("11:00")
    assert not any(Mark.OVERDUE in still.marks(str(number)) for number in range(12))
    assert day.state("08:46").silent() == []
    day.flag("resumed", "08:31")
    assert day.state("08:46").silent() == ["half"]


@pytest.mark.parametrize("state", ["rerouted", "shortened"])
def test_a_reroute_says_from_where_and_runs_on(state: FlagState) -> None:
    day = stopped()
    day.flag(state, "10:40")
    seen = day.state()
    assert seen.state.flag.state == state
    assert [seen.place(bib) for bib in "1234"] == [1, 2, NEVER, 3]
