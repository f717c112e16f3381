"""Gun and net times, and which read is a start: hand-computed."""

from __future__ import annotations

import pytest

from homestretch.race.clock import whole_seconds
from homestretch.state.snapshot import Mark, Status, Unused
from tests.state.days import HALF_M, Day, a_day, a_point, a_race, at, clock


def finisher(start: tuple[str, ...], finish: str, **race: object) -> Day:
    """One runner of a marathon with these start reads and this finish."""
    day = a_day(a_race(**race))  # type: ignore[arg-type]  # settings of a race
    day.entrant("12")
    if start:
        day.read("12", "start", *start)
    day.read("12", "finish", finish)
    return day


def test_clock_times_of_the_tests_are_what_they_say() -> None:
    assert at("07:00") == 1_777_806_000_000
    assert clock(at("07:43:12.345")) == "07:43:12.345"
    assert clock(at("+1 02:00")) == "+1 02:00:00"


@pytest.mark.parametrize(
    ("start", "finish", "gun", "net"),
    [
        ("07:00:20.5", "09:09:44.3", "2:09:45", "2:09:24"),
        ("07:00:00", "09:09:45.0", "2:09:45", "2:09:45"),
        ("07:00:00.001", "09:09:45.001", "2:09:46", "2:09:45"),
        ("07:00:59.999", "09:09:45.000", "2:09:45", "2:08:46"),
        ("07:12:30.25", "12:00:00.25", "5:00:01", "4:47:30"),
    ],
)
def test_a_time_that_does_not_end_in_a_whole_second_goes_to_the_next_longer_one(
    start: str, finish: str, gun: str, net: str
) -> None:
    seen = finisher((start,), finish).state()
    assert (seen.gun("12"), seen.net("12")) == (gun, net)


def test_net_time_is_the_ceiling_of_the_exact_difference_not_of_rounded_values() -> None:
    seen = finisher(("07:00:00.900",), "09:30:00.100").state()
    row = seen.row("12")
    assert seen.state.net_ms[row] == 8_999_200
    assert whole_seconds(int(seen.state.net_ms[row])) == 9000
    assert seen.net("12") == "2:30:00"


def test_the_fact_of_a_gun_replaces_the_planned_time() -> None:
    day = finisher(("07:03:00",), "10:03:00")
    assert day.state().gun("12") == "3:03:00"
    day.gun("marathon", "all", "07:02:10.4")
    assert day.state().gun("12") == "3:00:50"
    assert day.state().net("12") == "3:00:00"


def test_the_gun_that_was_said_last_holds_and_a_struck_one_does_not() -> None:
    day = finisher(("07:03:00",), "10:03:00")
    day.gun("marathon", "ALL", "07:01:00")
    slip = day.gun("marathon", "all", "07:02:00")
    assert day.state().gun("12") == "3:01:00"
    day.struck(slip)
    assert day.state().gun("12") == "3:02:00"


def test_a_gun_that_is_a_slip_makes_no_nonsense_of_the_times_and_is_counted() -> None:
    day = finisher(("07:03:00",), "10:03:00")
    before = day.state()
    day.gun("marathon", "all", "-900 07:00")
    day.gun("marathon", "no such wave", "07:01:00")
    seen = day.state()
    assert seen.gun("12") == before.gun("12")
    assert list(seen.state.unreadable.values()) == [2]


def test_each_wave_has_its_own_gun() -> None:
    day = a_day(a_race(gun={"A": "07:00", "B": "07:10"}))
    for bib, wave in (("1", "A"), ("2", "b"), ("3", "")):
        day.entrant(bib, wave=wave)
        day.runs(bib, start="07:10:30", finish="10:10:30")
    seen = day.state()
    assert [seen.gun(bib) for bib in "123"] == ["3:10:30", "3:00:30", "3:10:30"]
    assert {seen.net(bib) for bib in "123"} == {"3:00:00"}


def test_only_the_gun_of_its_own_wave_and_race_moves_a_time() -> None:
    points = (a_point("start", {"marathon": 0, "half": 0}), a_point("finish", {"half": HALF_M}))
    races = (
        a_race(gun={"A": "07:00", "B": "07:10"}),
        a_race("half", HALF_M, {"A": "07:00", "B": "07:10"}),
    )
    day = a_day(*races, points=points)
    for bib, wave in (("1", "A"), ("2", "B")):
        day.entrant(bib, "half", wave=wave)
        day.runs(bib, start="07:20", finish="09:30")
    day.gun("half", "B", "07:15")
    day.gun("marathon", "A", "07:05")
    seen = day.state()
    assert [seen.gun(bib) for bib in "12"] == ["2:30:00", "2:15:00"]


def test_a_start_uses_the_last_read() -> None:
    seen = finisher(("07:00:05", "07:04:10.2", "07:04:11.7", "07:00:06"), "10:00:00").state()
    assert seen.splits("12") == {"start": "07:04:11.7", "finish": "10:00:00"}
    assert seen.net("12") == "2:55:49"


def test_a_split_and_the_finish_use_the_first_read() -> None:
    day = finisher(("07:00:05",), "10:00:00.7")
    day.read("12", "10k", "07:45:03", "07:45:01", "07:45:02")
    day.read("12", "finish", "10:00:00.2", "10:00:00.1", "10:31:00")
    seen = day.state()
    assert seen.passed("12", "10k") == "07:45:01"
    assert seen.passed("12", "finish") == "10:00:00.1"
    assert seen.unused() == {"USED": 3, "REPEATED": 5}


def test_without_a_start_read_net_time_falls_back_to_the_gun_and_says_so() -> None:
    seen = finisher((), "10:00:00.5").state()
    assert (seen.gun("12"), seen.net("12")) == ("3:00:01", "3:00:01")
    assert seen.splits("12") == {"finish": "10:00:00.5"}
    assert Mark.NO_START_READ in seen.marks("12")
    assert clock(int(seen.state.start_at[seen.row("12")])) == "07:00:00"


def test_a_start_read_before_the_gun_is_none_and_says_so() -> None:
    seen = finisher(("06:40", "06:59:59.999"), "10:00").state()
    assert seen.net("12") == "3:00:00"
    assert seen.splits("12") == {"finish": "10:00:00"}
    assert Mark.START_BEFORE_GUN in seen.marks("12")
    assert Mark.NO_START_READ not in seen.marks("12")
    assert seen.reads_unused(Unused.BEFORE_THE_GUN) == 2


def test_who_warmed_up_on_the_start_mat_starts_with_the_read_after_the_gun() -> None:
    seen = finisher(("06:31", "06:59:59.999", "07:00:00", "07:00:00.001"), "10:00").state()
    assert seen.passed("12", "start") == "07:00:00.001"
    assert seen.marks("12") == 0


def test_nobody_starts_before_the_gun() -> None:
    day = a_day()
    day.entrant("12")
    day.read("12", "start", "06:31")
    assert day.state("06:45").status("12") == Status.ENTERED
    assert day.state().status("12") == Status.ENTERED
    day.read("12", "start", "07:00")
    assert day.state().status("12") == Status.STARTED


def test_a_start_read_that_leaves_no_time_to_reach_the_next_point_is_not_the_start() -> None:
    day = finisher(("07:05:00", "07:30:00"), "10:00:00")
    day.read("12", "10k", "07:50:00")
    assert day.state().passed("12", "start") == "07:05:00"


def test_the_start_mat_closes() -> None:
    seen = finisher(("07:02", "08:00", "08:00:00.001", "08:40"), "12:00").state()
    assert seen.passed("12", "start") == "08:00:00"
    assert seen.reads_unused(Unused.AFTER_THE_START_CLOSED) == 2


def test_how_long_the_start_is_open_is_the_races_own() -> None:
    seen = finisher(("07:02", "07:11"), "12:00", start_open_min=10.0).state()
    assert seen.passed("12", "start") == "07:02:00"


def test_a_late_starter_starts_with_the_last_read_of_the_first_late_passing() -> None:
    late = ("08:20:00", "08:20:01.5", "08:20:04", "08:55:00")
    seen = finisher(late, "12:00").state()
    assert seen.passed("12", "start") == "08:20:04"
    assert seen.net("12") == "3:39:56"


def test_standing_on_the_mat_674_times_is_one_passing() -> None:
    day = finisher(("07:01:00",), "10:00:00")
    first = at("10:00:00")
    for k in range(1, 674):
        day.read("12", "finish", clock(first + 450 * k))
    seen = day.state()
    assert seen.passed("12", "finish") == "10:00:00"
    assert seen.unused() == {"USED": 2, "REPEATED": 673}


def test_standing_at_the_start_starts_with_the_last_of_all_reads() -> None:
    day = finisher(("07:00:00",), "10:00:00")
    for k in range(1, 674):
        day.read("12", "start", clock(at("07:00") + 450 * k))
    assert day.state().passed("12", "start") == "07:05:02.85"


def test_the_clock_of_a_day_in_another_year_is_no_day_of_the_event() -> None:
    day = finisher(("07:01:00",), "10:00:00")
    day.read("12", "10k", "-9000 07:40", "+4 07:40", "-2 07:40")
    seen = day.state()
    assert seen.passed("12", "10k") == ""
    assert seen.reads_unused(Unused.OTHER_DAY) == 3


def test_a_read_from_the_future_waits_until_its_time_has_come() -> None:
    day = finisher(("07:01:00",), "10:00:00")
    assert day.state("09:58:59.999").unused() == {"USED": 1, "FROM_THE_FUTURE": 1}
    assert day.state("09:58:59.999").status("12") == Status.STARTED
    assert day.state("09:59").status("12") == Status.FINISHED  # clocks may differ by a minute


def test_a_race_without_a_start_mat_counts_from_the_gun() -> None:
    day = a_day(points=(a_point("10k", 10_000.0), a_point("finish", 42_195.0)))
    day.entrant("12")
    day.runs("12", p10k="07:50:00", finish="10:30:00.1")
    seen = day.state()
    assert seen.gun("12") == seen.net("12") == "3:30:01"
    assert seen.marks("12") == 0
    day = a_day(points=(a_point("10k", 10_000.0), a_point("finish", 42_195.0)))
    day.entrant("12")
    day.runs("12", p10k="07:50:00")
    row = day.state("08:00").row("12")
    assert day.state("08:00").state.pace_s_per_km[row] == 300.0


def test_nobody_and_no_mats_make_an_empty_state() -> None:
    nobody = a_day()
    nobody.read("12", "finish", "10:00")
    assert nobody.state().counts() == {}
    assert not nobody.state().state.over
    without_mats = a_day(points=())
    without_mats.entrant("12")
    without_mats.read("12", "finish", "10:00")
    assert without_mats.state().counts() == {"ENTERED": 1}
