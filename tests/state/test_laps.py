"""One box at several points: start and finish, out and back, laps; and relay legs on one road."""

from __future__ import annotations

from homestretch.state.snapshot import Mark, Status, Unused
from tests.state.days import HALF_M, MARATHON_M, POINTS, Day, a_day, a_point, a_race, at, clock


def five_k(*, mid: bool = False) -> Day:
    """A 5K whose start and finish are read by one box."""
    points = [
        a_point("start", {"5k": 0.0}, "BOX"),
        a_point("finish", {"5k": 5000.0}, "BOX", "BOX-B"),
    ]
    if mid:
        points.append(a_point("mid", {"5k": 2500.0}))
    return a_day(a_race("5k", 5000.0, "08:00", fastest_s_per_km=130.0), points=points)


def out_and_back(*, turn: bool) -> Day:
    points = [
        a_point("start", 0.0),
        a_point("out", 8000.0, "MID"),
        a_point("back", 12_000.0, "MID"),
        a_point("finish", MARATHON_M),
    ]
    return a_day(points=[*points, a_point("turn", 10_000.0)] if turn else points)


def test_one_box_is_start_and_finish() -> None:
    day = five_k()
    day.entrant("1")
    day.read("1", "BOX", "08:00:10", "08:00:12.2", "08:20:00.1", "08:20:00.9")
    seen = day.state()
    assert seen.splits("1") == {"start": "08:00:12.2", "finish": "08:20:00.1"}
    assert (seen.gun("1"), seen.net("1")) == ("20:01", "19:48")
    assert seen.unused() == {"USED": 2, "REPEATED": 2}


def test_a_late_starter_of_a_5k_starts_late_and_finishes_later() -> None:
    day = five_k()
    day.entrant("1")
    day.read("1", "BOX", "08:20:00")
    day.read("1", "BOX", "08:45:00")
    assert day.state().splits("1") == {"start": "08:20:00", "finish": "08:45:00"}


def test_a_finish_read_alone_in_the_time_of_finishers_is_a_finish() -> None:
    day = five_k()
    day.entrant("1")
    day.read("1", "BOX", "08:31:00")
    seen = day.state()
    assert seen.splits("1") == {"finish": "08:31:00"}
    assert Mark.NO_START_READ in seen.marks("1")


def test_a_read_just_after_the_gun_is_a_start() -> None:
    day = five_k()
    day.entrant("1")
    day.read("1", "BOX", "08:01:00")
    assert day.state("08:02").splits("1") == {"start": "08:01:00"}
    assert day.state("08:02").status("1") == Status.STARTED


def test_who_warms_up_starts_twice_and_lingers_at_the_finish_has_one_start_and_one_finish() -> None:
    day = five_k()
    day.entrant("1")
    day.read("1", "BOX", "07:40:00", "08:00:30", "08:02:00", "08:40:00", "08:42:00", "09:10:00")
    seen = day.state()
    assert seen.splits("1") == {"start": "08:02:00", "finish": "08:40:00"}
    assert seen.unused() == {"USED": 2, "REPEATED": 3, "BEFORE_THE_GUN": 1}


def test_who_stands_at_the_start_until_finishers_could_come_has_not_finished() -> None:
    day = five_k()
    day.entrant("1")
    for k in range(60):
        day.read("1", "BOX", clock(at("08:00:05") + 15_000 * k))  # until 08:14:50
    assert day.state("08:20").splits("1") == {"start": "08:14:50"}
    day.read("1", "BOX", "08:41:00")
    assert day.state().splits("1") == {"start": "08:14:50", "finish": "08:41:00"}


def test_a_point_between_tells_a_start_from_a_finish() -> None:
    day = five_k(mid=True)
    day.entrant("1")
    day.entrant("2")
    day.read("1", "mid", "08:13:00")
    day.read("1", "BOX", "08:25:00")
    day.read("2", "BOX", "08:16:00")  # starts late
    day.read("2", "mid", "08:30:00")
    seen = day.state()
    assert seen.splits("1") == {"mid": "08:13:00", "finish": "08:25:00"}
    assert seen.splits("2") == {"start": "08:16:00", "mid": "08:30:00"}


def test_two_readers_of_one_box_are_one_place() -> None:
    points = [
        a_point("start", {"5k": 0.0}, "BOX-A", "BOX-B"),
        a_point("finish", {"5k": 5000.0}, "BOX-A", "BOX-B"),
    ]
    day = a_day(a_race("5k", 5000.0, "08:00", fastest_s_per_km=130.0), points=points)
    day.entrant("1")
    day.read("1", "BOX-A", "08:00:30", "08:25:00.4")
    day.read("1", "BOX-B", "08:00:31", "08:25:00.2")
    assert day.state().splits("1") == {"start": "08:00:31", "finish": "08:25:00.2"}


def test_a_marathon_and_a_5k_share_a_box_in_different_ways() -> None:
    points = [
        a_point("start", {"marathon": 0.0, "5k": 0.0}, "BOX"),
        a_point("5k", {"5k": 5000.0, "marathon": 5000.0}, "BOX"),
        a_point("finish", {"marathon": MARATHON_M}, "BOX"),
    ]
    day = a_day(a_race(), a_race("5k", 5000.0, "07:00", fastest_s_per_km=130.0), points=points)
    day.entrant("1")
    day.entrant("2", "5k")
    day.read("1", "BOX", "07:01", "07:26", "10:31")
    day.read("2", "BOX", "07:01", "07:26", "07:40")
    seen = day.state()
    assert seen.splits("1") == {"start": "07:01:00", "5k": "07:26:00", "finish": "10:31:00"}
    assert seen.splits("2") == {"start": "07:01:00", "5k": "07:26:00"}


def test_out_and_back_are_told_apart_by_the_turn() -> None:
    day = out_and_back(turn=True)
    for bib in "123":
        day.entrant(bib)
        day.read(bib, "turn", "07:50:00")
    day.read("1", "MID", "07:40:00", "08:00:00")
    day.read("2", "MID", "08:00:00")
    day.read("3", "MID", "07:40:00")
    seen = day.state()
    assert seen.splits("1") == {"out": "07:40:00", "back": "08:00:00", "turn": "07:50:00"}
    assert seen.splits("2") == {"back": "08:00:00", "turn": "07:50:00"}
    assert seen.splits("3") == {"out": "07:40:00", "turn": "07:50:00"}


def test_out_and_back_without_a_turn_follow_each_other_however_slow_the_runner() -> None:
    day = out_and_back(turn=False)
    day.entrant("1")
    day.read("1", "MID", "08:20:00", "08:20:40")
    assert day.state("08:30").splits("1") == {"out": "08:20:00"}
    day.read("1", "MID", "09:00:00")
    assert day.state().splits("1") == {"out": "08:20:00", "back": "09:00:00"}


def test_of_one_read_at_a_place_passed_twice_the_runners_own_pace_decides() -> None:
    day = out_and_back(turn=False)
    for bib in "12":
        day.entrant(bib)
        day.runs(bib, start="07:00", finish="10:30:58")  # 300 s a kilometre
    day.read("1", "MID", "07:41:00")
    day.read("2", "MID", "07:59:00")
    seen = day.state()
    assert seen.splits("1")["out"] == "07:41:00"
    assert seen.splits("2")["back"] == "07:59:00"


def test_a_walk_past_the_box_before_anybody_can_be_there_is_too_fast() -> None:
    day = out_and_back(turn=True)
    day.entrant("1")
    day.read("1", "MID", "07:05:00", "07:40:00", "08:00:00")
    day.read("1", "turn", "07:50:00")
    seen = day.state()
    assert seen.splits("1") == {"out": "07:40:00", "back": "08:00:00", "turn": "07:50:00"}
    assert seen.reads_unused(Unused.TOO_FAST) == 1
    assert Mark.IMPOSSIBLE_LEG not in seen.marks("1")


def test_dead_time_makes_one_passing_of_what_follows_closely() -> None:
    laps = [a_point(f"lap{k}", {"laps": 400.0 * k}, "BOX") for k in range(26)]
    race = a_race("laps", 10_000.0, "08:00", fastest_s_per_km=130.0)
    for dead_time_s, found in ((30.0, 26), (60.0, 26), (100.0, 1)):
        day = a_day(race, points=laps, dead_time_s=dead_time_s)
        day.entrant("1")
        for k in range(26):
            day.read(
                "1", "BOX", clock(at("08:00:02") + 96_000 * k), clock(at("08:00:03") + 96_000 * k)
            )
        assert len(day.state().splits("1")) == found


def test_laps_are_counted_one_after_the_other() -> None:
    laps = [a_point(f"lap{k}", {"laps": 400.0 * k}, "BOX") for k in range(6)]
    day = a_day(a_race("laps", 2000.0, "08:00", fastest_s_per_km=130.0), points=laps)
    day.entrant("1")
    times = [clock(at("08:00:02") + 96_000 * k) for k in range(6)]
    day.read("1", "BOX", *times)
    seen = day.state()
    assert list(seen.splits("1").values()) == times
    assert seen.status("1") == Status.FINISHED


def relay(**more: str) -> Day:
    day = a_day(
        a_race("relay", MARATHON_M, "07:00", legs=("start", "10k", "30k", "finish")),
        points=[
            a_point(point.id, {"relay": point.distance_m["marathon"]}, *point.devices)
            for point in POINTS
        ],
    )
    for leg in (1, 2, 3):
        day.entrant(f"9{leg}", "relay", team="Millrace Four", leg=leg)
    return day


def test_a_relay_leg_starts_and_ends_at_its_own_exchange_points() -> None:
    day = relay()
    day.runs("91", start="07:00:10", p10k="07:50:00")
    day.runs("92", p10k="07:50:05", half="08:45:00", p30k="09:30:00")
    day.runs("93", p30k="09:30:04", finish="10:30:00.5")
    seen = day.state()
    assert [seen.status(bib) for bib in ("91", "92", "93")] == [Status.FINISHED] * 3
    assert [seen.net(bib) for bib in ("91", "92", "93")] == ["49:50", "1:39:55", "59:57"]
    assert [seen.gun(bib) for bib in ("91", "92", "93")] == ["50:00", "2:30:00", "3:30:01"]
    assert seen.place("93") == -1
    assert seen.state.over


def test_who_waits_at_the_exchange_sets_out_with_the_last_read() -> None:
    day = relay()
    day.read("93", "30k", "08:50", "09:10", "09:30:03", "09:30:04")
    day.read("93", "finish", "10:30:00")
    seen = day.state()
    assert seen.passed("93", "30k") == "09:30:04"
    assert seen.net("93") == "59:56"


def test_what_is_not_the_own_leg_is_another_course() -> None:
    day = relay()
    day.read("92", "start", "07:05")  # cheers at the start
    seen = day.state("07:30")
    assert seen.status("92") == Status.ENTERED
    assert seen.reads_unused(Unused.ON_ANOTHER_COURSE) == 1
    day.runs("92", p10k="07:50:05", p30k="09:30:00", finish="10:30:00")  # runs in with the team
    seen = day.state()
    assert seen.splits("92") == {"10k": "07:50:05", "30k": "09:30:00"}
    assert seen.finish("92") == "09:30:00"
    assert seen.reads_unused(Unused.AFTER_THE_FINISH) == 1


def test_a_relay_runner_is_drawn_on_the_own_leg_only() -> None:
    day = relay()
    day.read("92", "10k", "07:50:05")
    seen = day.state("12:00")
    assert seen.position_m("92") == HALF_M - 1.0
    assert seen.status("92") == Status.STARTED
    assert seen.lantern() == ""
