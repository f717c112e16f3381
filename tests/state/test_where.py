"""Positions at constant pace, silent mats, who is overdue, who is the lantern, and the sweep car."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from homestretch.facts import Ping
from homestretch.race.course import Course
from homestretch.state.snapshot import NEVER, Mark, Status
from tests.state.days import (
    HALF_M,
    MARATHON_M,
    POINTS,
    SHARED,
    Day,
    a_day,
    a_point,
    a_race,
    a_sweep,
    at,
    clock,
)


def test_the_pace_of_the_last_leg_is_carried_on() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")  # 300 s a kilometre
    assert day.state("07:56").position_m("12") == pytest.approx(11_000.0)
    day.read("12", "half", "08:57:35.1")  # 360 s a kilometre
    assert day.state("09:03:35.1").position_m("12") == pytest.approx(HALF_M + 1000.0)


def test_the_gun_stands_in_for_a_start_that_was_not_read() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", p10k="07:50")
    assert day.state("07:55").position_m("12") == pytest.approx(11_000.0)


def test_who_has_only_started_goes_at_the_usual_pace() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01")
    assert day.state("07:07:40").position_m("12") == pytest.approx(1000.0)


def test_who_has_not_come_to_a_mat_waits_just_before_it() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")
    assert day.state("09:30").position_m("12") == HALF_M - 1.0
    day.lifted("half", "09:31")
    assert day.state("09:32").position_m("12") == 29_999.0


def test_before_the_finish_everybody_waits_even_when_the_mats_are_gone() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p30k="10:30")
    day.lifted("finish", "12:00")
    assert day.state("15:00").position_m("12") == MARATHON_M - 1.0


def test_everybody_on_the_road_is_due_at_the_next_point_that_hears() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")  # 300 s a kilometre: 11,097.5 m are 55:29.25
    seen = day.state("08:00")
    assert seen.due("12") == ("half", "08:46:29.25")
    day.lifted("half", "08:30")
    assert day.state("08:31").due("12") == ("30k", "09:31:00")
    day.runs("12", finish="10:45")
    assert day.state().due("12") == ("", "")


def test_who_is_not_on_the_road_is_nowhere() -> None:
    day = a_day()
    for bib in "123":
        day.entrant(bib)
    day.runs("2", start="07:01", finish="10:00")
    day.runs("3", start="07:01")
    day.taken("3", "bus", "08:00")
    seen = day.state()
    assert all(math.isnan(seen.position_m(bib)) for bib in "123")


def test_who_said_to_stop_stays_where_they_were_seen() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")
    day.withdrawn("12", "08:00")
    assert day.state("08:30").position_m("12") == 10_000.0
    assert day.state("08:30").lantern() == ""


def test_a_person_who_saw_them_moves_them_on() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")
    day.seen("12", "half", "08:55")
    seen = day.state("09:00")
    assert seen.position_m("12") == pytest.approx(HALF_M + 1000.0)
    assert seen.passed("12", "half") == ""


def test_overdue_is_who_is_late_by_ten_minutes_and_four_tenths_of_the_way() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51", p30k="09:51")
    # 12,195 m to the finish at 360 s/km are 1:13:10.2; 1.4 of it and ten minutes are 1:52:26.28
    assert Mark.OVERDUE not in day.state("11:43:26.28").marks("12")
    seen = day.state("11:43:26.29")
    assert Mark.OVERDUE in seen.marks("12")
    assert seen.questions() == [("overdue", "12")]
    assert clock(seen.state.questions[0].since_at) == "09:51:00"


def test_whom_one_mat_has_missed_is_no_question_yet() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")
    # at 300 s/km: the half takes 55:29, 30K 1:40:00; 1.4 of that and ten minutes are 2:30:00
    assert Mark.OVERDUE not in day.state("10:21").marks("12")
    assert Mark.OVERDUE in day.state("10:21:01").marks("12")


def test_nobody_is_overdue_at_a_mat_that_was_lifted_but_at_the_next_that_hears() -> None:
    day = a_day()
    day.entrant("12")
    day.runs("12", start="07:01", p10k="07:51")
    for place in ("half", "30k"):
        day.lifted(place, "07:55")
    # 32,195 m at 300 s/km are 2:40:58.5; overdue after 1.4 of it and ten minutes: 11:46:21.9
    assert Mark.OVERDUE not in day.state("11:46:21").marks("12")
    assert Mark.OVERDUE in day.state("11:46:23").marks("12")
    day.lifted("finish", "11:00")
    assert Mark.OVERDUE in day.state("11:46:23").marks("12")


def crowd(count: int = 30, step_s: int = 20, points: tuple[str, ...] = ("start", "10k")) -> Day:
    """Runners at 300 s a kilometre, one every ``step_s`` seconds from 07:00:20 on."""
    day = a_day()
    metres = {point.id: point.distance_m["marathon"] for point in POINTS}
    for number in range(count):
        day.entrant(str(number))
        begin = at("07:00:20") + 1000 * step_s * number
        for point in points:
            day.read(str(number), point, clock(begin + round(metres[point] * 300)))
    return day


def test_a_mat_at_which_some_are_missing_for_five_minutes_is_silent() -> None:
    day = crowd(points=("start", "10k"))
    # the first is due at the half at 08:45:49.25, the mat was never heard
    assert day.state("08:50").silent() == []
    seen = day.state("08:57")
    assert seen.silent() == ["half"]
    assert not any(Mark.OVERDUE in seen.marks(str(number)) for number in range(30))
    assert max(seen.position_m(str(number)) for number in range(30)) > HALF_M


def test_a_mat_that_is_heard_is_not_silent_whatever_it_misses() -> None:
    day = crowd(points=("start", "10k"))
    day.read_chip("SPARE", "half", "08:53")
    assert day.state("08:57").silent() == []
    assert day.state("09:02").silent() == ["half"]


def test_a_mat_that_was_lifted_or_sent_what_it_kept_is_not_silent() -> None:
    day = crowd(points=("start", "10k"))
    day.lifted("half", "08:50")
    assert day.state("08:57").silent() == []
    late = crowd(points=("start", "10k", "half"))
    assert late.state("08:57").silent() == []


def test_a_handful_of_late_people_make_no_mat_silent() -> None:
    day = crowd(count=4)
    assert day.state("09:00").silent() == []


def test_drop_outs_behind_the_last_runner_are_overdue_and_make_no_mat_silent_for_long() -> None:
    day = crowd(count=8)
    seen = day.state("10:30")
    assert seen.silent() == []
    assert {kind for kind, _ in seen.questions()} == {"overdue"}


def test_the_lantern_is_the_runner_with_the_longest_way_to_go() -> None:
    day = a_day()
    for bib, time in (("1", "07:50"), ("2", "08:10"), ("3", "08:00")):
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k=time)
    assert day.state("08:20").lantern() == "2"


def test_the_half_marathoners_way_to_go_is_their_own() -> None:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED)
    day.entrant("1")
    day.entrant("2", "half")
    day.runs("1", start="07:01", p30k="10:30")
    day.runs("2", start="07:01", p10k="10:20")
    seen = day.state("10:31")
    assert seen.position_m("2") < seen.position_m("1")
    assert seen.lantern() == "1"


def test_of_two_at_one_place_the_lantern_was_later_at_the_mat_before() -> None:
    day = a_day()
    for bib, time in (("1", "07:50"), ("2", "07:52"), ("3", "07:51")):
        day.entrant(bib)
        day.runs(bib, start="07:01", p10k=time)
    seen = day.state("09:00")
    assert {seen.position_m(bib) for bib in "123"} == {HALF_M - 1.0}
    assert seen.lantern() == "2"


def test_the_lantern_is_never_out_of_competition_and_never_moved_up() -> None:
    race = a_race(gun={"A": "07:00", "Chairs": "06:50"}, divisions={"Chairs": "wheelchair"})
    day = a_day(race)
    day.entrant("1")
    for number, role in enumerate(("pacer", "guide", "sweeper", "guest")):
        day.entrant(f"9{number}", role=role)
        day.runs(f"9{number}", start="07:30")
    day.entrant("500", division="wheelchair")
    day.runs("500", start="06:51")
    day.entrant("7")
    day.runs("7", start="07:20")
    day.taken("7", "vehicle", "07:40")
    assert day.state("08:00").lantern() == ""
    day.runs("1", start="07:01", p10k="07:45")
    assert day.state("08:00").lantern() == "1"


def test_whom_nobody_expects_any_more_hands_the_lantern_on_as_long_as_somebody_else_runs() -> None:
    day = a_day()
    for bib in "12":
        day.entrant(bib)
    day.runs("1", start="07:01", p10k="07:40")
    day.runs("2", start="07:01", p10k="08:30", half="10:25", p30k="11:55")
    assert day.state("08:40").lantern() == "2"
    assert day.state("11:00").lantern() == "2"
    assert Mark.OVERDUE in day.state("11:00").marks("1")
    day.runs("2", finish="13:50")
    assert day.state().status("2") == Status.FINISHED
    assert day.state("14:00").lantern() == "1"


def a_line(turns: list[tuple[float, float]]) -> Course:
    """A course through some positions, one kilometre for a hundredth of a degree of latitude."""
    metres = [0.0]
    for (lat, lon), (lat2, lon2) in pairwise(turns):
        step = math.hypot(lat2 - lat, (lon2 - lon) * math.cos(math.radians(40.0)))
        metres.append(metres[-1] + 111_195.0 * step)
    return Course(
        lat=tuple(lat for lat, _ in turns),
        lon=tuple(lon for _, lon in turns),
        ele_m=(0.0,) * len(turns),
        distance_m=tuple(metres),
    )


def sweeping(course: Course) -> Day:
    day = a_day(sweep=a_sweep())
    moved = Day(day.event, course)
    moved.entrant("1")
    return moved


def ping(day: Day, when: str, lat: float, lon: float = -80.0, **more: float | str) -> None:
    told: dict[str, float | str] = {"vehicle": "sweep", "accuracy_m": 8.0, **more}
    day.add(Ping(seen_at=at(when), lat=lat, lon=lon, **told), "phone")  # type: ignore[arg-type]  # words of the fact


STRAIGHT = a_line([(40.0, -80.0), (40.4, -80.0)])


def test_the_sweep_follows_its_plan_until_its_phone_is_heard() -> None:
    day = sweeping(STRAIGHT)
    sweep = day.state("07:40").state.sweep
    assert sweep is not None
    assert (sweep.planned_m, sweep.distance_m, sweep.fixes) == (1000.0, 1000.0, 0)
    assert a_day().state().state.sweep is None


def test_fixes_are_snapped_to_the_course_and_never_run_backwards() -> None:
    day = sweeping(STRAIGHT)
    ping(day, "07:40", 40.01, -80.0005)
    ping(day, "07:42", 40.012)
    ping(day, "07:41", 40.0115)  # arrives late
    ping(day, "07:43", 40.0118)  # a little behind
    sweep = day.state("07:45").state.sweep
    assert sweep is not None
    assert sweep.distance_m == pytest.approx(0.012 * 111_195.0, abs=0.5)
    assert (clock(sweep.seen_at), sweep.fixes) == ("07:43:00", 4)


def test_a_fix_that_cannot_be_is_left_out() -> None:
    day = sweeping(STRAIGHT)
    ping(day, "07:40", 40.01)
    ping(day, "07:41", 40.2)  # 21 km in a minute
    ping(day, "07:41:10", 40.012, -79.9)  # 8 km off the course
    ping(day, "07:41:20", 40.013, accuracy_m=500.0)
    ping(day, "07:41:30", 40.014, vehicle="other")
    ping(day, "07:50", 40.015)  # still to come
    sweep = day.state("07:45").state.sweep
    assert sweep is not None
    assert sweep.distance_m == pytest.approx(0.01 * 111_195.0, abs=0.5)
    assert sweep.fixes == 1


def test_on_a_course_that_comes_back_the_sweep_is_on_the_way_out_first() -> None:
    there_and_back = a_line([(40.0, -80.0), (40.1, -80.0), (40.1, -79.9995), (40.0, -79.9995)])
    day = sweeping(there_and_back)
    for minute in range(1, 60):
        ping(day, clock(at("07:30") + 60_000 * minute), 40.0 + 0.0009 * minute, -79.99976)
    early, late = day.state("07:36").state.sweep, day.state("09:00").state.sweep
    assert early is not None
    assert late is not None
    assert early.distance_m == pytest.approx(700.0, abs=60.0)
    assert late.distance_m == pytest.approx(5900.0, abs=60.0)


def test_where_the_sweep_was_does_not_change_with_the_hour_at_which_it_is_asked() -> None:
    there_and_back = a_line([(40.0, -80.0), (40.1, -80.0), (40.1, -79.9995), (40.0, -79.9995)])
    day = sweeping(there_and_back)
    ping(day, "07:31", 40.001, -79.9996)  # nearer to the way back
    first, later = day.state("07:32").state.sweep, day.state("15:00").state.sweep
    assert first is not None
    assert later is not None
    assert first.distance_m == later.distance_m == pytest.approx(111.0, abs=1.0)


def test_a_struck_fix_is_left_out() -> None:
    day = sweeping(STRAIGHT)
    ping(day, "07:40", 40.01)
    day.struck(day.items[-1].id, "07:41")
    sweep = day.state("07:45").state.sweep
    assert sweep is not None
    assert sweep.fixes == 0


def test_stations_are_no_mats() -> None:
    day = a_day(points=(*POINTS, a_point("mile-18", 28_968.0, "BOX", kind="station")))
    day.entrant("1")
    day.read("1", "BOX", "10:00")
    seen = day.state()
    assert seen.state.points.ids == tuple(point.id for point in POINTS)
    assert seen.unused() == {"UNKNOWN_PLACE": 1}
    assert seen.state.lantern == NEVER
