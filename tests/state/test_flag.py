"""The state of the event: stopped, resumed, race by race; what finishing after a stop means."""

from __future__ import annotations

import pytest

from homestretch.facts import Flag, FlagState
from homestretch.state.snapshot import NEVER, FlagNow, Mark, Status
from tests.state.days import HALF_M, MARATHON_M, POINTS, SHARED, Day, a_day, a_point, a_race, at


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
    assert day.state().state.flags == (
        FlagNow("stopped", at("09:50"), races=("half",)),
        FlagNow("stopped", at("09:30"), races=("marathon",)),
    )
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
    assert [flag.state for flag in seen.state.flags] == ["stopped", state]
    assert [seen.place(bib) for bib in "1234"] == [1, 2, NEVER, NEVER]
    day.flag("resumed", "10:50")
    assert [flag.state for flag in day.state().state.flags] == [state, "resumed"]
    day.flag("open", "10:55")
    assert day.state().state.flags == ()


def test_who_finished_after_a_stop_is_a_question_and_results_wait_until_the_director_rules() -> (
    None
):
    day = stopped()
    assert _waiting(day) == ["3", "4"]
    assert (day.state().state.over, day.state().state.settled) == (True, False)
    day.ruled("3", "count-after-stop")
    day.ruled("4", "dsq")
    assert _waiting(day) == []
    assert day.state().state.settled


def _waiting(day: Day) -> list[str]:
    seen = day.state().state
    return [seen.roster.bibs[asked.row] for asked in seen.questions if "stopped" in asked.kind]


def test_one_ruling_can_count_everybody_who_finished_after_the_stop() -> None:
    day = stopped()
    day.ruled("*", "count-after-stop")
    assert [day.state().place(bib) for bib in "1234"] == [1, 2, 3, 4]
    day.ruled("3", "dsq")
    assert [day.state().place(bib) for bib in "1234"] == [1, 2, NEVER, 3]


def test_a_division_and_a_relay_know_the_stop_as_well() -> None:
    race = a_race(
        gun={"all": "07:00", "wheels": "06:50"},
        divisions={"wheels": "wheelchair"},
        legs=("start", "half"),
    )
    day = a_day(race)
    for bib, more in (
        ("W1", {"division": "wheelchair"}),
        ("W2", {"division": "wheelchair"}),
        ("T1", {"team": "Herons", "leg": 2}),
        ("U1", {"team": "Otters", "leg": 2}),
        ("T0", {"team": "Herons", "leg": 1}),
        ("U0", {"team": "Otters", "leg": 1}),
    ):
        day.entrant(bib, **more)
    day.runs("W1", start="06:50:05", finish="08:40")
    day.runs("W2", start="06:50:05", finish="09:40")
    day.runs("T0", start="07:00:10", half="08:20")
    day.runs("U0", start="07:00:10", half="08:10")
    day.runs("T1", half="08:20:05", finish="09:20")
    day.runs("U1", half="08:10:05", finish="09:10")

    def places() -> list[int]:
        seen = day.state()
        return [int(seen.state.place_apart[seen.row(bib)]) for bib in ("W1", "W2", "U1", "T1")]

    assert places() == [1, 2, 1, 2]
    day.ruled("U0", "dsq")
    assert places() == [1, 2, NEVER, 1]
    day.flag("stopped", "09:15")
    assert places() == [1, NEVER, NEVER, NEVER]


def test_a_team_is_placed_only_when_every_leg_was_run() -> None:
    day = a_day(a_race(legs=("start", "half")))
    day.entrant("T1", team="Herons", leg=2)
    day.entrant("T0", team="Herons", leg=1)
    day.runs("T1", half="08:20:05", finish="09:20")
    assert day.state().state.place_apart[day.state().row("T1")] == NEVER
    day.runs("T0", start="07:00:10", half="08:20")
    assert day.state().state.place_apart[day.state().row("T1")] == 1


def test_a_day_is_not_over_while_a_race_is_held_back() -> None:
    day = a_day(a_race(), a_race("half", HALF_M, "08:00"), points=SHARED)
    day.entrant("1", "marathon")
    day.entrant("2", "half")
    day.runs("1", start="07:01", finish="10:00")
    day.flag("delayed", "07:55", "half")
    assert not day.state().state.over
    day.flag("open", "11:30", "half")
    assert day.state("12:00").state.over


def test_no_cutoff_holds_while_a_race_is_on_hold() -> None:
    points = (a_point("start", 0.0), a_point("finish", MARATHON_M, cutoff={"marathon": "11:00"}))
    day = a_day(points=points)
    day.entrant("1")
    day.runs("1", start="07:01", finish="11:30")
    assert day.state().status("1") == Status.FINISHED_LATE
    day.flag("hold", "10:50")
    day.flag("resumed", "12:00")
    assert day.state().status("1") == Status.FINISHED


def test_a_point_passed_after_its_cutoff_is_marked_and_ends_nobodys_race() -> None:
    points = (
        a_point("start", 0.0),
        a_point("half", HALF_M, cutoff={"marathon": "09:00"}),
        a_point("finish", MARATHON_M),
    )
    day = a_day(points=points)
    for bib, half in (("1", "08:50"), ("2", "09:10")):
        day.entrant(bib)
        day.runs(bib, start="07:01", half=half, finish="11:30")
    seen = day.state()
    assert [Mark.AFTER_A_CUTOFF in seen.marks(bib) for bib in "12"] == [False, True]
    assert [seen.status(bib) for bib in "12"] == [Status.FINISHED, Status.FINISHED]


def test_who_comes_home_on_a_shortened_course_is_not_too_fast() -> None:
    day = a_day()
    for number in range(3):
        day.entrant(str(number))
        day.runs(
            str(number), start="07:01", p10k="07:50", half=f"08:4{number}", finish=f"09:0{number}"
        )
    assert [day.state("12:00").passed(str(n), "finish") for n in range(3)] == [""] * 3
    day.add(Flag(seen_at=at("08:35"), state="shortened", from_m=HALF_M))
    seen = day.state("12:00")
    assert [seen.passed(str(n), "finish") for n in range(3)] == ["09:00:00", "09:01:00", "09:02:00"]
    assert all(Mark.CHANGED_COURSE in seen.marks(str(n)) for n in range(3))
    assert not any(Mark.IMPOSSIBLE_LEG in seen.marks(str(n)) for n in range(3))
    assert seen.state.over


def test_on_a_shortened_course_a_leg_before_the_change_can_still_be_impossible() -> None:
    day = a_day()
    day.entrant("1")
    day.add(Flag(seen_at=at("08:35"), state="shortened", from_m=30_000.0))
    day.runs("1", start="07:01", p10k="07:50", half="07:55", finish="09:00")
    assert day.state().passed("1", "half") == ""


@pytest.mark.parametrize("state", ["sheltering", "cancelled"])
def test_nobody_is_late_while_runners_shelter_or_once_the_race_is_cancelled(
    state: FlagState,
) -> None:
    day = a_day(a_race(), points=POINTS)
    day.entrant("7")
    day.runs("7", start="07:00:10", p10k="08:00")
    assert ("overdue", "7") in day.state("15:00").questions()
    day.flag(state, "08:05")
    seen = day.state("15:00")
    assert seen.state.quiet.tolist() == [True]
    assert seen.questions() == []
    day.flag("resumed", "08:30")
    assert ("overdue", "7") in day.state("15:00").questions()


def test_who_comes_to_the_line_of_a_cancelled_race_waits_for_a_ruling() -> None:
    day = a_day(a_race(), points=POINTS)
    day.entrant("7")
    day.flag("cancelled", "09:00")
    day.runs("7", start="07:00:10", finish="10:00")
    assert [kind for kind, _ in day.state("11:00").questions()] == [
        "finished after the race was stopped"
    ]


def test_a_day_that_was_cancelled_is_over_once_everybody_is_home() -> None:
    day = a_day(a_race(), a_race("half", HALF_M, "12:00"), points=SHARED)
    day.entrant("7")
    day.entrant("8", "half")
    day.runs("7", start="07:00:10", p10k="08:00")
    day.flag("cancelled", "09:00")
    assert not day.state("10:00").state.over
    day.taken("7", "home", "10:30")
    assert day.state("10:40").state.over


def test_a_shortening_marks_those_alone_who_had_not_passed_its_place() -> None:
    """At 13:20 from 32 km on: the winner is home, one is behind 35K, one between 30K and 35K, one before."""
    points = (*POINTS[:-1], a_point("35k", 35_000.0), POINTS[-1])
    day = a_day(points=points)
    for bib in "123456":
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k="08:31")
    day.runs("1", half="10:00", p30k="11:00", p35k="11:30", finish="12:10")
    day.runs("2", half="11:00", p30k="12:30", p35k="13:10", finish="14:10")
    day.runs("3", half="11:00", p30k="12:40", p35k="13:25", finish="14:20")
    day.runs("4", half="11:00", p30k="13:15", p35k="13:55", finish="14:30")
    day.runs("5", half="11:00", p30k="13:40", finish="14:40")
    day.runs("6", half="11:00", p30k="12:20", finish="14:40")
    day.add(Flag(seen_at=at("13:20"), state="shortened", from_m=32_000.0))
    seen = day.state("15:00")
    marked = {bib for bib in "123456" if Mark.CHANGED_COURSE in seen.marks(bib)}
    assert marked == {"4", "5", "6"}, "of the last nobody knows where they were at 13:20"
    assert [seen.status(bib) for bib in "123456"] == [Status.FINISHED] * 6


def test_a_race_that_is_home_is_not_marked_by_a_word_for_all_races() -> None:
    day = a_day()
    day.entrant("1")
    day.runs("1", start="07:01", p10k="07:50", half="08:46", finish="10:40")
    day.add(Flag(seen_at=at("10:50"), state="shortened"))
    assert Mark.CHANGED_COURSE not in day.state("11:00").marks("1")


def test_who_was_before_the_place_when_the_course_was_opened_again_ran_all_of_it() -> None:
    """From 29 km on, from 09:00 to 09:20: one comes there at about 09:15, the other at about 09:50."""
    day = a_day()
    for bib in "12":
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k="07:50", half="08:46")
    day.runs("1", p30k="09:18", finish="10:40")
    day.runs("2", p30k="09:54", finish="11:10")
    day.add(Flag(seen_at=at("09:00"), state="rerouted", from_m=29_000.0))
    day.add(Flag(seen_at=at("09:20"), state="open"))
    seen = day.state("12:00")
    assert [Mark.CHANGED_COURSE in seen.marks(bib) for bib in "12"] == [True, False]
