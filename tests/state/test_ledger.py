"""Everybody in one status: taken over, withdrawn, seen, ruled. Hand-made days."""

from __future__ import annotations

import pytest

from homestretch.facts import TakenBy, Verdict
from homestretch.state.snapshot import NEVER, OPEN, Mark, Status, Unused
from tests.state.days import POINTS, Day, a_day, a_point, a_race, clock


def one(**times: str) -> Day:
    """A day with runner 12, who passed some points."""
    day = a_day()
    day.entrant("12")
    day.runs("12", **times)
    return day


ON_THE_ROAD = {"start": "07:00:30", "p10k": "08:00"}
HOME = {"start": "07:00:30", "p10k": "07:50", "finish": "10:30"}


@pytest.mark.parametrize(
    ("by", "status", "is_open"),
    [
        ("bus", Status.RIDING, True),
        ("care", Status.IN_CARE, True),
        ("self", Status.LEFT, False),
        ("home", Status.HOME, False),
        ("vehicle", Status.MOVED_UP, True),
        ("road", Status.STARTED, True),
    ],
)
def test_who_has_taken_over_is_the_status(by: TakenBy, status: Status, is_open: bool) -> None:
    day = one(**ON_THE_ROAD)
    fact = day.taken("12", by, "09:00", "BUS 2")
    seen = day.state()
    assert seen.status("12") == status
    assert (status in OPEN) == is_open
    assert seen.state.over != is_open
    assert seen.log.get(int(seen.state.status_seq[seen.row("12")])).id == fact
    kept = {"bus": "BUS 2", "care": "BUS 2", "vehicle": "BUS 2"}
    assert seen.state.keeper.get(seen.row("12")) == kept.get(by)


def test_who_rode_the_bus_is_open_until_somebody_says_the_closing_word() -> None:
    day = one(**ON_THE_ROAD)
    day.withdrawn("12", "08:50")
    assert day.state("08:55").questions() == [("said to withdraw, nobody has taken over", "12")]
    day.taken("12", "bus", "09:00", "BUS 1")
    assert day.state("09:05").questions() == [("riding", "12")]
    assert day.state("09:05").state.questions[0].detail == "BUS 1"
    day.taken("12", "home", "10:00")
    seen = day.state("10:05")
    assert (seen.status("12"), seen.questions(), seen.state.over) == (Status.HOME, [], True)


def test_the_words_are_taken_in_the_order_of_when_not_of_how_they_arrive() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "home", "10:00")
    day.taken("12", "bus", "09:00")
    day.withdrawn("12", "08:50")
    assert day.state().status("12") == Status.HOME
    assert day.state().questions() == []


def test_a_read_while_somebody_has_them_proves_nothing_and_is_a_question() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "09:00")
    day.runs("12", half="09:30", finish="10:45")
    seen = day.state()
    assert seen.status("12") == Status.RIDING
    assert seen.splits("12") == {"start": "07:00:30", "10k": "08:00:00"}
    assert seen.reads_unused(Unused.WHILE_CARRIED) == 2
    assert ("read after somebody had taken them over", "12") in seen.questions()
    assert seen.gun("12") == ""


def test_a_word_about_the_wrong_bib_is_struck_and_the_runner_runs_on() -> None:
    day = one(**ON_THE_ROAD)
    slip = day.taken("12", "bus", "09:00")
    day.runs("12", half="09:30", finish="11:45")
    day.struck(slip)
    seen = day.state()
    assert seen.status("12") == Status.FINISHED
    assert seen.splits("12")["half"] == "09:30:00"
    assert seen.marks("12") == 0


def test_who_was_said_to_be_on_the_bus_and_runs_on_is_on_the_road_again() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "09:00")
    day.read("12", "half", "09:00", "09:10", "09:20")
    day.taken("12", "road", "09:20")
    seen = day.state("09:30")
    assert seen.status("12") == Status.MOVED_UP
    assert seen.passed("12", "half") == "09:00:00"
    assert Mark.READ_WHILE_CARRIED not in seen.marks("12")
    assert Mark.SEEN_BY_A_PERSON in seen.marks("12")
    day.read("12", "finish", "11:30")
    assert day.state().status("12") == Status.HOME
    assert day.state().place("12") == NEVER


def test_whom_a_bus_let_off_where_it_took_them_up_is_reinstated_by_a_ruling() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "09:00")
    day.taken("12", "road", "09:01")
    day.read("12", "finish", "11:30")
    day.ruled("12", "reinstated", "12:00")
    assert day.state().status("12") == Status.FINISHED
    assert day.state().place("12") == 1


def test_who_says_to_stop_on_a_mat_is_not_taken_for_running_on_by_its_read() -> None:
    day = one(**ON_THE_ROAD)
    day.withdrawn("12", "08:59:30", "half")
    day.read("12", "half", "09:00")
    assert Mark.SAID_TO_WITHDRAW in day.state("09:30").marks("12")
    day.read("12", "30k", "10:00")
    assert Mark.SAID_TO_WITHDRAW not in day.state("10:30").marks("12")


@pytest.mark.parametrize("said", ["12", " 12", "0012", "1 2"])
def test_a_word_finds_its_bib_however_it_is_written(said: str) -> None:
    day = one(**ON_THE_ROAD)
    day.taken(said, "bus", "09:00")
    assert day.state("09:30").status("12") == Status.RIDING


def test_a_word_about_a_bib_that_nobody_has_is_a_question_until_somebody_has_it() -> None:
    day = one(**ON_THE_ROAD)
    day.withdrawn("9011", "09:00", "half")
    day.taken("9012", "care", "09:05")
    asked = [(q.detail, q.row) for q in day.state("09:30").state.questions]
    assert asked == [("9011", NEVER), ("9012", NEVER)]
    day.entrant("9011", when="09:40")
    assert [q.detail for q in day.state("09:30").state.questions if q.row == NEVER] == ["9012"]


def test_who_leaves_on_their_own_and_is_read_later_stays_left_and_is_a_question() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "self", "09:00")
    day.read("12", "finish", "11:00")
    seen = day.state()
    assert seen.status("12") == Status.LEFT
    assert seen.questions() == [("read after somebody had taken them over", "12")]


def test_finish_then_care_then_home_is_a_finisher_all_the_time() -> None:
    day = one(**HOME)
    day.taken("12", "care", "10:32", "TENT 1")
    seen = day.state("10:40")
    assert seen.status("12") == Status.IN_CARE
    assert (seen.gun("12"), seen.place("12")) == ("3:30:00", 1)
    assert not seen.state.over
    day.taken("12", "home", "11:10")
    seen = day.state("11:20")
    assert (seen.status("12"), seen.place("12"), seen.state.over) == (Status.FINISHED, 1, True)


def test_a_finisher_on_the_bus_to_the_parking_lot_is_open_until_it_arrives() -> None:
    day = one(**HOME)
    day.taken("12", "bus", "10:45", "BUS 1")
    assert day.state("11:00").status("12") == Status.RIDING
    day.taken("12", "self", "11:20")
    assert day.state().status("12") == Status.FINISHED


def test_who_is_moved_up_goes_on_without_a_time_or_a_place() -> None:
    day = one(start="07:00:30", p10k="08:30", half="10:00")
    day.taken("12", "vehicle", "10:02", "VAN 3")
    day.taken("12", "road", "10:12")
    seen = day.state("10:12:30")
    assert seen.status("12") == Status.MOVED_UP
    assert seen.questions() == [("moved up, on the road", "12")]
    assert seen.lantern() == ""
    day.runs("12", p30k="10:13", finish="11:50")  # 30K after ten minutes of driving
    seen = day.state()
    assert seen.status("12") == Status.HOME
    assert seen.splits("12")["half"] == "10:00:00"
    assert seen.splits("12")["30k"] == "10:13:00"
    assert seen.finish("12") == "11:50:00"
    assert (seen.gun("12"), seen.net("12"), seen.place("12")) == ("", "", -1)
    assert Mark.MOVED_UP in seen.marks("12")
    assert Mark.IMPOSSIBLE_LEG not in seen.marks("12")
    assert seen.state.over


def test_a_vehicle_that_passes_a_mat_makes_no_split() -> None:
    day = one(start="07:00:30", p10k="08:30")
    day.taken("12", "vehicle", "09:00")
    day.read("12", "half", "09:20")
    assert day.state("09:25").passed("12", "half") == "09:20:00"  # nobody has said where they are
    day.taken("12", "road", "09:30")
    seen = day.state("09:40")
    assert seen.passed("12", "half") == ""
    assert seen.reads_unused(Unused.WHILE_CARRIED) == 1
    assert Mark.READ_WHILE_CARRIED not in seen.marks("12")


def test_who_was_moved_up_and_of_whom_nothing_was_said_afterwards_is_followed_by_reads() -> None:
    day = one(start="07:00:30", p10k="08:30")
    day.taken("12", "vehicle", "09:00")
    day.runs("12", p30k="09:30", finish="11:00")
    assert day.state().status("12") == Status.HOME
    day.taken("12", "home", "11:30")
    assert day.state().finish("12") == "11:00:00"


def test_a_lift_after_the_finish_moves_nobody_up() -> None:
    day = one(**HOME)
    day.taken("12", "vehicle", "11:00", "VAN 3")
    seen = day.state()
    assert (seen.status("12"), seen.place("12"), seen.gun("12")) == (Status.FINISHED, 1, "3:30:00")
    assert Mark.MOVED_UP not in seen.marks("12")


def test_who_withdrew_and_whom_nobody_took_over_is_open() -> None:
    day = one(**ON_THE_ROAD)
    day.withdrawn("12", "08:50")
    seen = day.state()
    assert seen.status("12") == Status.STARTED
    assert Mark.SAID_TO_WITHDRAW in seen.marks("12")
    assert Mark.OVERDUE not in seen.marks("12")
    assert not seen.state.over


def test_who_withdrew_and_was_read_afterwards_goes_on() -> None:
    day = one(**ON_THE_ROAD)
    day.withdrawn("12", "08:50")
    day.read("12", "half", "09:20")
    seen = day.state("09:25")
    assert seen.status("12") == Status.STARTED
    assert Mark.SAID_TO_WITHDRAW not in seen.marks("12")


def test_who_came_back_from_the_bus_can_withdraw_again() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "08:10")
    day.taken("12", "road", "08:15")
    day.withdrawn("12", "08:50")
    assert ("said to withdraw, nobody has taken over", "12") in day.state("09:00").questions()


def test_who_rides_already_is_not_waiting_for_anybody() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "09:00")
    day.withdrawn("12", "09:10")
    assert day.state().questions() == [("riding", "12")]


def test_a_withdrawal_on_the_course_proves_that_somebody_is_out_there() -> None:
    day = a_day()
    day.entrant("12")
    day.withdrawn("12", "08:50", "10k")
    seen = day.state()
    assert seen.status("12") == Status.STARTED
    assert Mark.NO_START_READ in seen.marks("12")


def test_a_withdrawal_before_the_gun_starts_nobody_and_asks_for_a_ruling() -> None:
    day = a_day()
    day.entrant("12")
    day.withdrawn("12", "06:20")
    seen = day.state()
    assert seen.status("12") == Status.ENTERED
    assert seen.questions() == [("said to withdraw, nobody has taken over", "12")]
    assert clock(seen.state.questions[0].since_at) == "06:20:00"
    day.ruled("12", "dns")
    assert day.state().status("12") == Status.DNS
    assert day.state().questions() == []


def test_what_is_said_of_an_unknown_bib_changes_nothing() -> None:
    day = one(**ON_THE_ROAD)
    before = day.state("08:10").counts()
    day.taken("999", "bus", "08:05")
    day.withdrawn("999", "08:05")
    day.ruled("999", "dsq", "08:05")
    day.seen("99*", "10k", "08:05")
    assert day.state("08:10").counts() == before


STATES: dict[str, tuple[dict[str, str], TakenBy | None]] = {
    "entered": ({}, None),
    "started": (ON_THE_ROAD, None),
    "moved up": (ON_THE_ROAD, "vehicle"),
    "riding": (ON_THE_ROAD, "bus"),
    "in care": (ON_THE_ROAD, "care"),
    "left": (ON_THE_ROAD, "self"),
    "home": (ON_THE_ROAD, "home"),
    "finished": (HOME, None),
    "finished, in care": (HOME, "care"),
    "never seen, home": ({}, "home"),
}
OUT = Mark.RULED_BUT_OUT
NO = Mark.CONTRADICTORY_RULING
RULINGS: list[tuple[str, Verdict, Status, Mark]] = [
    ("entered", "dns", Status.DNS, Mark(0)),
    ("entered", "dnf", Status.ENTERED, NO),
    ("entered", "dsq", Status.DSQ, Mark(0)),
    ("entered", "reinstated", Status.ENTERED, Mark(0)),
    ("started", "dns", Status.STARTED, NO),
    ("started", "dnf", Status.STARTED, OUT),
    ("started", "dsq", Status.STARTED, OUT),
    ("started", "reinstated", Status.STARTED, Mark(0)),
    ("moved up", "dns", Status.MOVED_UP, NO),
    ("moved up", "dnf", Status.MOVED_UP, OUT),
    ("moved up", "dsq", Status.MOVED_UP, OUT),
    ("riding", "dns", Status.RIDING, NO),
    ("riding", "dnf", Status.RIDING, OUT),
    ("riding", "dsq", Status.RIDING, OUT),
    ("in care", "dns", Status.IN_CARE, NO),
    ("in care", "dnf", Status.IN_CARE, OUT),
    ("in care", "dsq", Status.IN_CARE, OUT),
    ("left", "dns", Status.LEFT, NO),
    ("left", "dnf", Status.DNF, Mark(0)),
    ("left", "dsq", Status.DSQ, Mark(0)),
    ("home", "dns", Status.HOME, NO),
    ("home", "dnf", Status.DNF, Mark(0)),
    ("home", "dsq", Status.DSQ, Mark(0)),
    ("home", "reinstated", Status.HOME, Mark(0)),
    ("finished", "dns", Status.FINISHED, NO),
    ("finished", "dnf", Status.DNF, Mark(0)),
    ("finished", "dsq", Status.DSQ, Mark(0)),
    ("finished", "reinstated", Status.FINISHED, Mark(0)),
    ("finished, in care", "dsq", Status.IN_CARE, OUT),
    ("finished, in care", "dns", Status.IN_CARE, NO),
    ("never seen, home", "dns", Status.DNS, Mark(0)),
]


@pytest.mark.parametrize(("before", "verdict", "status", "mark"), RULINGS)
def test_a_ruling_is_a_result_and_closes_nothing_for_who_is_still_out(
    before: str, verdict: Verdict, status: Status, mark: Mark
) -> None:
    times, taken = STATES[before]
    day = one(**times)
    if taken:
        day.taken("12", taken, "11:00")
    unruled = day.state()
    day.ruled("12", verdict)
    seen = day.state()
    assert seen.status("12") == status
    assert seen.marks("12") & (OUT | NO) == mark
    if status in (Status.DNF, Status.DSQ) or mark == OUT:
        assert seen.place("12") == -1
    else:
        assert seen.place("12") == unruled.place("12")
    assert bool(mark) == any("rul" in kind for kind, _ in seen.questions())


def test_the_latest_final_ruling_holds_and_a_reinstated_runner_is_ranked_again() -> None:
    day = one(**HOME)
    day.ruled("12", "dsq", "12:00")
    day.ruled("12", "reinstated", "13:00")
    assert day.state("12:30").status("12") == Status.DSQ
    assert (day.state().status("12"), day.state().place("12")) == (Status.FINISHED, 1)
    day.ruled("12", "dnf", "14:00")
    assert day.state().status("12") == Status.DNF


def test_a_struck_ruling_does_not_hold() -> None:
    day = one(**HOME)
    day.struck(day.ruled("12", "dsq"))
    assert day.state().status("12") == Status.FINISHED


def test_who_was_ruled_dns_and_starts_all_the_same_is_on_the_road_and_a_question() -> None:
    day = a_day()
    day.entrant("12")
    day.ruled("12", "dns", "06:00")
    assert day.state("07:30").status("12") == Status.DNS
    day.runs("12", **ON_THE_ROAD)
    seen = day.state("08:05")
    assert seen.status("12") == Status.STARTED
    assert seen.questions() == [("a ruling that contradicts what was seen", "12")]


def test_ruled_and_still_out_is_closed_by_the_word_of_who_took_over() -> None:
    day = one(**ON_THE_ROAD)
    day.ruled("12", "dnf", "12:00")
    assert ("ruled, but nobody has said where they are", "12") in day.state("12:05").questions()
    day.taken("12", "home", "12:30")
    seen = day.state()
    assert (seen.status("12"), seen.questions()) == (Status.DNF, [])


def test_who_finishes_after_the_cutoff_is_a_late_finisher() -> None:
    points = (*POINTS[:-1], a_point("finish", 42_195.0, cutoff={"marathon": "13:00"}))
    day = a_day(points=points)
    for bib, time in (("1", "13:00"), ("2", "13:00:00.001")):
        day.entrant(bib)
        day.read(bib, "finish", time)
    seen = day.state()
    assert [seen.status(bib) for bib in "12"] == [Status.FINISHED, Status.FINISHED_LATE]
    assert [seen.place(bib) for bib in "12"] == [1, 2]


def test_a_person_at_the_finish_sees_whose_chip_has_died() -> None:
    day = one(start="07:00:30", p10k="07:50", half="08:50")
    fact = day.seen("12", "finish", "10:40:03")
    seen = day.state()
    assert seen.status("12") == Status.FINISHED
    assert (seen.gun("12"), seen.net("12"), seen.place("12")) == ("3:40:03", "3:39:33", 1)
    assert seen.passed("12", "finish") == ""
    assert Mark.SEEN_BY_A_PERSON in seen.marks("12")
    assert seen.log.get(int(seen.state.status_seq[seen.row("12")])).id == fact


def test_a_finish_read_counts_more_than_what_a_person_saw() -> None:
    day = one(**HOME)
    day.seen("12", "finish", "10:29:50")
    assert day.state().finish("12") == "10:30:00"


def test_of_two_people_at_the_finish_the_first_counts() -> None:
    day = one(start="07:00:30")
    day.seen("12", "FINISH-2", "10:40:07")
    day.seen("12", "finish", "10:40:03")
    assert day.state().finish("12") == "10:40:03"


def test_a_sighting_proves_that_somebody_is_on_the_course() -> None:
    day = a_day()
    day.entrant("12")
    day.seen("12", "half", "09:00")
    seen = day.state("09:05")
    assert seen.status("12") == Status.STARTED
    assert seen.splits("12") == {}
    assert seen.state.last_proof_m[seen.row("12")] == pytest.approx(21_097.5)
    assert Mark.NO_START_READ in seen.marks("12")


def test_a_station_is_a_place_too() -> None:
    day = a_day(points=(*POINTS, a_point("mile-18", 28_968.0, kind="station")))
    day.entrant("12")
    day.runs("12", start="07:00:30", half="09:00")
    day.seen("12", "Mile 18", "09:50")
    seen = day.state("09:50")
    assert seen.state.last_proof_m[seen.row("12")] == 28_968.0
    assert clock(int(seen.state.last_proof_at[seen.row("12")])) == "09:50:00"


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("start", "06:40"),  # before the gun
        ("parking lot", "06:40"),
        ("finish", "08:20"),  # faster than anybody runs from the 10K
        ("finish", "07:45"),  # before the newest read on the course
        ("30k", "08:05"),
    ],
)
def test_a_sighting_that_cannot_be_proves_nothing(place: str, when: str) -> None:
    day = one(**ON_THE_ROAD)
    before = day.state("08:30")
    day.seen("12", place, when)
    seen = day.state("08:30")
    assert seen.status("12") == Status.STARTED
    assert seen.position_m("12") == before.position_m("12")
    assert seen.finish("12") == ""


@pytest.mark.parametrize("place", ["start", "parking lot"])
def test_a_sighting_before_the_gun_starts_nobody(place: str) -> None:
    day = a_day()
    day.entrant("12")
    day.seen("12", place, "06:30")
    assert day.state().status("12") == Status.ENTERED


def test_who_is_on_the_bus_is_not_home_because_somebody_saw_the_bib_at_the_finish() -> None:
    day = one(**ON_THE_ROAD)
    day.taken("12", "bus", "09:00")
    day.seen("12", "finish", "11:00")
    seen = day.state()
    assert (seen.status("12"), seen.finish("12"), seen.place("12")) == (Status.RIDING, "", -1)
    assert ("read after somebody had taken them over", "12") in seen.questions()


def test_the_day_is_not_over_while_somebody_may_still_come_to_a_start() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "10:00"}))
    day.entrant("1", wave="A")
    day.entrant("2", wave="B")
    day.runs("1", start="07:01", finish="09:30")
    assert not day.state("09:45").state.over
    assert not day.state("10:30").state.over
    assert day.state("11:00:00.001").state.over
    day.ruled("2", "dns", "10:10")
    assert day.state("10:30").state.over


def test_before_anybody_started_nothing_is_over() -> None:
    day = a_day()
    day.entrant("1")
    assert not day.state("06:30").state.over
    day.ruled("1", "dns")
    assert not day.state().state.over


def test_questions_come_by_kind_and_then_by_since_when() -> None:
    day = a_day()
    for bib, time in (("1", "09:30"), ("2", "09:10"), ("3", "09:20")):
        day.entrant(bib)
        day.runs(bib, **ON_THE_ROAD)
        day.taken(bib, "care" if bib == "2" else "bus", time, "X")
    asked = day.state().state.questions
    assert [(q.kind, clock(q.since_at)) for q in asked] == [
        ("riding", "09:20:00"),
        ("riding", "09:30:00"),
        ("in care", "09:10:00"),
    ]


def test_a_wave_that_starts_later_is_not_read_before_its_gun() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:30"}))
    day.entrant("1", wave="B")
    day.runs("1", start="07:10")
    assert day.state("07:20").status("1") == Status.ENTERED
    assert day.state("07:20").reads_unused(Unused.BEFORE_THE_GUN) == 1
