"""Which reads are passings, which are not, and why: hand-made days."""

from __future__ import annotations

from homestretch.state.snapshot import Mark, Status, Unused
from tests.state.days import HALF_M, MARATHON_M, POINTS, SHARED, a_day, a_point, a_race, at, clock


def test_a_missed_mat_is_a_hole() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00:20", p10k="07:50", p30k="09:40", finish="10:50")
    seen = day.state()
    assert seen.splits("12") == {
        "start": "07:00:20",
        "10k": "07:50:00",
        "30k": "09:40:00",
        "finish": "10:50:00",
    }
    assert seen.marks("12") == 0


def test_somebody_seen_on_the_course_without_a_start_read_is_started_and_flagged() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "half", "08:50")
    seen = day.state("09:00")
    assert seen.status("12") == Status.STARTED
    assert Mark.NO_START_READ in seen.marks("12")


def test_a_read_faster_than_anybody_runs_is_not_used() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00:20", p10k="07:26:39.999")
    assert day.state().splits("12") == {"start": "07:00:20"}
    assert day.state().unused() == {"USED": 1, "TOO_FAST": 1}
    day.read("12", "10k", "07:26:40")  # 160 s/km from the gun, to the millisecond
    assert day.state().passed("12", "10k") == "07:26:40"


def test_a_bag_on_a_truck_past_one_mat_is_left_out() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00", p10k="07:50", half="08:45", p30k="08:46", finish="10:40")
    seen = day.state()
    assert seen.passed("12", "30k") == ""
    assert seen.passed("12", "half") == "08:45:00"
    assert seen.reads_unused(Unused.TOO_FAST) == 1
    assert Mark.IMPOSSIBLE_LEG in seen.marks("12")
    assert ("a leg faster than anybody runs", "12") in seen.questions()


def test_a_bag_that_was_driven_to_the_finish_does_not_finish_before_the_true_read_comes() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00", p10k="07:55", half="09:00", finish="09:10")
    before = day.state("09:30")
    assert (before.status("12"), before.finish("12")) == (Status.STARTED, "")
    day.runs("12", p30k="09:50", finish="11:00")
    after = day.state()
    assert after.finish("12") == "11:00:00"
    assert after.gun("12") == "4:00:00"
    assert after.reads_unused(Unused.TOO_FAST) == 1


def test_a_stray_early_read_gives_way_to_the_true_read_at_the_same_mat() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00", p10k="07:55", half="09:00")
    day.read("12", "30k", "08:25", "09:55")
    seen = day.state()
    assert seen.splits("12") == {
        "start": "07:00:00",
        "10k": "07:55:00",
        "half": "09:00:00",
        "30k": "09:55:00",
    }


def test_a_ruling_settles_the_question_of_an_impossible_leg() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00", p10k="07:50", half="08:45", p30k="08:46", finish="10:40")
    day.ruled("12", "reinstated")
    seen = day.state()
    assert Mark.IMPOSSIBLE_LEG in seen.marks("12")
    assert seen.questions() == []


def test_who_walks_back_over_a_mat_after_the_finish_made_no_impossible_leg() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00", p10k="07:45", finish="10:00", p30k="10:20", half="10:45")
    seen = day.state()
    assert seen.splits("12") == {"start": "07:00:00", "10k": "07:45:00", "finish": "10:00:00"}
    assert seen.reads_unused(Unused.AFTER_THE_FINISH) == 2
    assert seen.marks("12") == 0


def test_a_half_marathoner_on_the_marathons_road_is_kept_and_flagged() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.entrant("5", "half")
    day.runs("5", start="07:00", p10k="08:00", p30k="10:00")
    seen = day.state("10:05")
    assert seen.splits("5") == {"start": "07:00:00", "10k": "08:00:00"}
    assert seen.reads_unused(Unused.ON_ANOTHER_COURSE) == 1
    assert ("read on another course", "5") in seen.questions()
    day.ruled("5", "other-course-settled", "11:00")
    assert ("read on another course", "5") not in day.state("12:00").questions()
    assert Mark.ON_ANOTHER_COURSE in day.state("12:00").marks("5")


def test_who_has_finished_may_walk_over_the_mats_of_another_course() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.entrant("5", "half")
    day.runs("5", start="07:00", finish="09:00", p30k="09:30")
    seen = day.state()
    assert seen.marks("5") == 0
    assert seen.reads_unused(Unused.AFTER_THE_FINISH) == 1


def test_an_unknown_chip_and_an_unknown_place_are_counted_and_named() -> None:
    day = a_day()
    day.entrant("12")
    day.read_chip("BEEF", "10k", "08:00", "08:00:01")
    day.read_chip("CAFE", "10k", "08:00")
    day.read("12", "nowhere", "08:00", "08:01")
    day.read_chip("BEEF", "nowhere", "08:00")
    seen = day.state()
    assert seen.unused() == {"UNKNOWN_CHIP": 3, "UNKNOWN_PLACE": 3}
    assert seen.state.unknown_places == {"nowhere": 3}
    assert seen.state.unknown_chips == 2


def test_a_place_is_known_by_id_name_and_devices_whatever_the_case() -> None:
    day = a_day(points=(*POINTS[:1], a_point("10k", 10_000.0, "BOX 7", "West_Gate"), *POINTS[2:]))
    names = ("10K", "10k-2", "Box-7", "box  7-3", "west gate", "10K")
    for number, name in enumerate(names):
        day.entrant(str(number))
        day.read(str(number), name, "08:00")
    seen = day.state()
    assert {seen.passed(str(number), "10k") for number in range(len(names))} == {"08:00:00"}
    assert int(seen.state.points.passed[1]) == len(names)


def test_a_struck_read_is_not_used_and_comes_back_when_the_strike_is_struck() -> None:
    day = a_day()
    day.entrant("12")
    first = day.read("12", "10k", "07:40")
    day.read("12", "10k", "07:50")
    strike = day.struck(first)
    assert day.state().passed("12", "10k") == "07:50:00"
    assert day.state().reads_unused(Unused.STRUCK_OUT) == 1
    second = day.struck(strike, "19:01")
    assert day.state().passed("12", "10k") == "07:40:00"
    day.struck(second, "19:02")
    assert day.state().passed("12", "10k") == "07:50:00"


def test_a_strike_holds_from_when_it_was_said() -> None:
    day = a_day()
    day.entrant("12")
    day.struck(day.read("12", "10k", "07:40"), "12:00")
    assert day.state("11:00").passed("12", "10k") == "07:40:00"
    assert day.state("12:00").passed("12", "10k") == ""


def test_a_long_chain_of_strikes_is_settled() -> None:
    day = a_day()
    day.entrant("12")
    target = day.read("12", "10k", "07:40")
    for k in range(3001):
        target = day.struck(target, clock(at("12:00") + 1000 * k))
    assert day.state().passed("12", "10k") == ""


def test_two_strikes_on_one_fact_must_both_be_struck() -> None:
    day = a_day()
    day.entrant("12")
    read = day.read("12", "10k", "07:40")
    one, other = day.struck(read, "12:00"), day.struck(read, "12:01")
    day.struck(one, "12:02")
    assert day.state().passed("12", "10k") == ""
    day.struck(other, "12:03")
    assert day.state().passed("12", "10k") == "07:40:00"


def test_a_strike_of_nothing_changes_nothing() -> None:
    day = a_day()
    day.entrant("12")
    read = day.read("12", "10k", "07:40")
    for number, digest in ((0, 0), (2**80, 1), (5, 2**90), (read.number, -(2**70))):
        day.struck(read._replace(number=number, digest=digest))
    assert day.state().passed("12", "10k") == "07:40:00"


def test_a_struck_entry_leaves_and_a_struck_plan_gives_way() -> None:
    day = a_day()
    day.entrant("12")
    slip = day.entrant("13")
    day.struck(slip)
    assert day.state().state.roster.bibs == ("12",)
    other = day.plan(a_day(a_race("half", HALF_M)).event, "05:30")
    assert day.state().counts() == {}
    day.struck(other)
    assert day.state().counts() == {"ENTERED": 1}


def test_the_reads_of_one_moment_are_settled_by_the_facts_not_by_arrival() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "10K", "07:50", source="b")
    day.read("12", "10k", "07:50", source="a")
    day.read("12", "10k", "07:50", source="c")
    seen = day.state()
    won = seen.log.get(int(seen.state.evidence[seen.row("12"), seen.column("10k")]))
    assert won.id.source == "a"


def test_a_mat_that_is_heard_late_changes_the_past() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:00:10", half="09:00")
    day.read("12", "10k", "07:55", late_s=7200)
    seen = day.state()
    assert seen.passed("12", "10k") == "07:55:00"
    column = seen.column("10k")
    assert clock(int(seen.state.points.last_read_at[column])) == "07:55:00"
    assert clock(int(seen.state.points.heard_at[column])) == "09:55:00"


def test_points_count_reads_and_passings() -> None:
    day = a_day()
    day.entrant("12")
    day.entrant("13")
    day.read("12", "10k", "07:50", "07:50:01")
    day.read("13", "10k", "07:10")
    day.read_chip("BEEF", "10k", "08:10")
    points = day.state().state.points
    assert (points.reads[1], points.passed[1]) == (4, 1)
    assert clock(int(points.last_read_at[1])) == "08:10:00"
    assert points.distance_m[0, -1] == MARATHON_M
