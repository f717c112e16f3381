"""Vehicles by their phones: late, repeated, jumping and stale fixes, and where each is along the course."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import Ping
from homestretch.race.event import Vehicle
from homestretch.state.course_line import list_pieces
from homestretch.state.snapshot import NEVER
from homestretch.state.vehicle_track import VehicleTrack
from tests.state.days import (
    HALF_M,
    MARATHON_M,
    SHARED,
    Day,
    a_day,
    a_point,
    a_race,
    a_sweep,
    at,
    clock,
    fold,
)

METRES = 111_195.0
SCALE = MARATHON_M / (0.4 * METRES)
"""The line of these days goes north for 0.4 degrees, which is a little more than its measured length."""
LEAD = Vehicle(name="lead-car", kind="lead")
BUS = Vehicle(name="bus-1", kind="bus")
MARSHAL = Vehicle(name="bike", kind="marshal", race="half")


def a_day_with(*vehicles: Vehicle, **more: Any) -> Day:
    day = a_day(a_race(), a_race("half", HALF_M), points=SHARED, vehicles=vehicles, **more)
    day.entrant("1", "marathon")
    return day


def ping(
    day: Day,
    vehicle: str,
    when: str,
    at_m: float,
    east_m: float = 0.0,
    *,
    late_s: float = 0,
    **more: Any,
) -> Ping:
    """A fix at metres along the line, some metres east of it."""
    fact = Ping(
        seen_at=at(when),
        vehicle=vehicle,
        lat=40.0 + at_m / SCALE / METRES,
        lon=-80.0 + east_m / (METRES * 0.76),
        **({"accuracy_m": 8.0} | more),
    )
    day.add(fact, f"owntracks:{vehicle}", late_s=late_s)
    return fact


def track(day: Day, now: str, name: str = "lead-car") -> VehicleTrack:
    (found,) = [one for one in day.state(now).state.vehicles if one.name == name]
    return found


def test_every_vehicle_of_the_plan_has_a_track_the_one_that_closes_the_course_first() -> None:
    day = a_day_with(LEAD, BUS, MARSHAL, sweep=a_sweep(vehicle="last-car"))
    found = day.state("08:00").state.vehicles
    assert [(one.name, one.kind, one.race) for one in found] == [
        ("last-car", "sweep", "marathon"),
        ("lead-car", "lead", "marathon"),
        ("bus-1", "bus", "marathon"),
        ("bike", "marshal", "half"),
    ]
    for one in found:
        assert (one.seen_at, one.heard_at, one.fixes, one.stale) == (NEVER, NEVER, 0, True)
        assert (one.distance_m, one.off_m, one.battery) == (None, None, None)


def test_a_fix_puts_its_vehicle_onto_the_course_of_its_race() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:10", 3000.0, 40.0, late_s=4.0, battery=0.64)
    seen = track(day, "07:10:30")
    assert seen.distance_m == pytest.approx(3000.0, abs=0.5)
    assert seen.off_m == pytest.approx(40.0, abs=1.0)
    assert (clock(seen.seen_at), clock(seen.placed_at)) == ("07:10:00", "07:10:00")
    assert (clock(seen.received_at), clock(seen.heard_at)) == ("07:10:04", "07:10:04")
    assert (seen.battery, seen.stale, seen.fixes) == (0.64, False, 1)


def test_a_name_may_be_written_in_any_case() -> None:
    day = a_day_with(LEAD)
    ping(day, "Lead Car", "07:10", 3000.0)
    assert track(day, "07:11").fixes == 1
    assert day.state("07:11").state.unknown_vehicles == {}


def test_buffered_fixes_that_come_late_and_oldest_first_are_ordered_by_their_own_time() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    for minute in range(20, 30):
        ping(day, "lead-car", f"07:{minute}", 300.0 * minute, late_s=1200.0)
    ping(day, "lead-car", "07:31", 9300.0)
    seen = track(day, "07:50")
    assert seen.distance_m == pytest.approx(9300.0, abs=0.5)
    assert (clock(seen.seen_at), seen.fixes, seen.jumped) == ("07:31:00", 12, 0)
    assert clock(seen.heard_at) == "07:49:00"


def test_a_lead_car_never_runs_backwards() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    ping(day, "lead-car", "07:31", 8950.0)
    assert track(day, "07:32").distance_m == pytest.approx(9000.0, abs=0.5)
    ping(day, "lead-car", "07:40", 5000.0)
    seen = track(day, "07:41")
    assert (seen.distance_m, seen.fixes) == (pytest.approx(9000.0, abs=0.5), 3)
    assert (clock(seen.placed_at), clock(seen.seen_at)) == ("07:31:00", "07:40:00")


def test_a_bus_may_turn_round_and_leave_the_course() -> None:
    day = a_day_with(BUS)
    ping(day, "bus-1", "09:00", 12_000.0)
    ping(day, "bus-1", "09:10", 6000.0)
    assert track(day, "09:11", "bus-1").distance_m == pytest.approx(6000.0, abs=0.5)
    ping(day, "bus-1", "09:20", 6000.0, 2500.0)
    seen = track(day, "09:21", "bus-1")
    assert (seen.distance_m, seen.placed_at) == (None, NEVER)
    assert seen.off_m == pytest.approx(2500.0, rel=0.02)
    assert (clock(seen.seen_at), seen.stale) == ("09:20:00", False)


def test_a_lead_car_that_leaves_the_course_stays_where_it_left_it() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    ping(day, "lead-car", "07:33", 9500.0, 900.0)
    seen = track(day, "07:34")
    assert seen.distance_m == pytest.approx(9000.0, abs=0.5)
    assert (clock(seen.placed_at), clock(seen.seen_at)) == ("07:30:00", "07:33:00")
    assert seen.off_m == pytest.approx(900.0, rel=0.02)


def test_a_fix_that_no_vehicle_can_have_reached_is_left_out_and_counted() -> None:
    day = a_day_with(LEAD, BUS)
    for name in ("lead-car", "bus-1"):
        ping(day, name, "07:30", 9000.0)
        ping(day, name, "07:30:30", 30_000.0)
        ping(day, name, "07:31", 9300.0)
        seen = track(day, "07:32", name)
        assert seen.distance_m == pytest.approx(9300.0, abs=0.5)
        assert (seen.fixes, seen.jumped) == (2, 1)


def test_many_fixes_in_a_moment_carry_no_vehicle_away() -> None:
    day = a_day_with(LEAD, BUS)
    for name in ("lead-car", "bus-1"):
        ping(day, name, "07:30", 9000.0)
        for number in range(1, 400):
            ping(day, name, f"07:30:00.{number:03}", 9000.0 + 80.0 * number)
        seen = track(day, "07:30:01", name)
        assert seen.distance_m is not None
        assert 9000.0 <= seen.distance_m <= 9000.0 + 100.0 + 45.0 * 0.4
        assert seen.jumped > 380
        ping(day, name, "07:31", 9300.0)
        assert track(day, "07:31:30", name).distance_m == pytest.approx(9300.0, abs=0.5)


def test_a_first_fix_of_a_lead_car_is_no_farther_than_anybody_runs() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:05", 20_000.0)
    assert track(day, "07:06").distance_m is None
    ping(day, "lead-car", "08:20", 20_100.0)
    assert track(day, "08:21").distance_m == pytest.approx(20_100.0, abs=0.5)


def test_a_heartbeat_that_repeats_the_position_is_no_new_fix_but_its_phone_lives() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0, battery=0.5)
    for minute in (31, 33, 36):
        ping(day, "lead-car", f"07:{minute}", 9000.0, battery=0.4)
    seen = track(day, "07:37")
    assert (clock(seen.seen_at), seen.fixes, seen.repeated) == ("07:30:00", 1, 3)
    assert (clock(seen.heard_at), seen.battery, seen.stale) == ("07:36:00", 0.4, True)
    ping(day, "lead-car", "07:37", 9001.0)
    assert clock(track(day, "07:38").seen_at) == "07:37:00"


def test_a_fix_that_is_too_inexact_is_left_out_and_counted() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    ping(day, "lead-car", "07:31", 9400.0, accuracy_m=1500.0)
    seen = track(day, "07:32")
    assert (clock(seen.seen_at), seen.inexact) == ("07:30:00", 1)
    ping(day, "lead-car", "07:33", 9500.0, accuracy_m=None)
    assert track(day, "07:34").fixes == 2


def test_a_fix_is_stale_after_five_minutes() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    assert not track(day, "07:35").stale
    assert track(day, "07:35:01").stale


def test_fixes_that_are_still_to_come_and_those_struck_out_do_not_count() -> None:
    day = a_day_with(LEAD)
    ping(day, "lead-car", "07:30", 9000.0)
    ping(day, "lead-car", "07:40", 12_000.0)
    assert track(day, "07:35").distance_m == pytest.approx(9000.0, abs=0.5)
    assert track(day, "07:41").distance_m == pytest.approx(12_000.0, abs=0.5)
    day.struck(day.items[-1].id, "07:42")
    assert track(day, "07:45").distance_m == pytest.approx(9000.0, abs=0.5)


@pytest.mark.parametrize(
    ("at_m", "own_m"),
    [(8000.0, 8000.0), (15_000.0, 15_000.0), (30_000.0, None), (40_000.0, 40_000.0 - HALF_M)],
)
def test_a_vehicle_of_a_shorter_race_is_on_its_course_alone(
    at_m: float, own_m: float | None
) -> None:
    """The half leaves the line of the marathon behind 10K and is back on it before their finish."""
    day = a_day_with(MARSHAL)
    ping(day, "bike", "07:30", at_m)
    seen = track(day, "07:31", "bike")
    assert seen.distance_m == (None if own_m is None else pytest.approx(own_m, abs=0.5))
    assert seen.off_m == pytest.approx(1097.5 / SCALE if own_m is None else 0.0, abs=2.0)


def test_the_closing_vehicle_is_where_the_sweep_is() -> None:
    day = a_day_with(sweep=a_sweep())
    ping(day, "sweep", "07:40", 1000.0)
    state = day.state("07:42").state
    (seen,) = state.vehicles
    assert state.sweep is not None
    assert (seen.distance_m, seen.placed_at) == (state.sweep.distance_m, state.sweep.seen_at)


def test_a_heartbeat_that_repeats_the_position_is_no_new_fix_of_the_sweep_either() -> None:
    day = a_day_with(sweep=a_sweep())
    ping(day, "sweep", "07:40", 1000.0)
    for minute in (42, 44, 46):
        ping(day, "sweep", f"07:{minute}", 1000.0)
    sweep = day.state("07:47").state.sweep
    assert sweep is not None
    assert (clock(sweep.seen_at), sweep.fixes) == ("07:40:00", 1)


def test_pings_of_vehicles_that_the_plan_does_not_have_are_counted_by_name() -> None:
    day = a_day_with(LEAD)
    for second in range(3):
        ping(day, "van", f"07:30:0{second}", 500.0)
    state = day.state("07:31").state
    assert state.unknown_vehicles == {"van": 3}
    assert [one.name for one in state.vehicles] == ["lead-car"]


@settings(max_examples=40, deadline=None)
@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(["lead-car", "bus-1", "sweep"]),
            st.integers(0, 40),
            st.sampled_from([0.0, 900.0, 1500.0, 1500.0, 2400.0, 30_000.0]),
            st.sampled_from([0.0, 60.0, 700.0]),
        ),
        max_size=25,
    ),
    data=st.data(),
)
def test_tracks_depend_on_the_set_of_pings_and_never_on_their_arrival(
    told: list[tuple[str, int, float, float]], data: st.DataObject
) -> None:
    day = a_day_with(LEAD, BUS, sweep=a_sweep())
    for name, minute, at_m, east_m in told:
        ping(day, name, f"07:{10 + minute}", at_m, east_m)
    expected = fold([day.items], at("07:55")).state
    arriving = data.draw(st.permutations(day.items))
    cut = data.draw(st.integers(0, len(arriving)))
    now = data.draw(st.sampled_from(["07:20", "07:55"]))
    batches = [day.items[:1], arriving[:cut], arriving[cut:]]
    seen = fold(batches, at(now), at("07:55")).state
    assert seen.vehicles == expected.vehicles
    assert seen.unknown_vehicles == expected.unknown_vehicles


def test_a_race_is_on_the_line_as_far_as_its_points_say() -> None:
    shifted = {"long": 42_195.0, "short": 10_000.0}
    points = (
        a_point("a", {"long": 0.0}),
        a_point("b", {"long": 5000.0, "short": 0.0}),
        a_point("c", {"long": 9000.0, "short": 4000.0}),
        a_point("d", {"long": 12_000.0, "short": 8000.0}),
    )
    races = [a_race(name, metres) for name, metres in shifted.items()]
    event = a_day(*races, points=points).event
    assert list_pieces(event, event.races[0]) == [(0.0, 42_195.0, 0.0)]
    assert list_pieces(event, event.races[1]) == [
        (5000.0, 5000.0, 5000.0),
        (5000.0, 9000.0, 5000.0),
        (9000.0, 12_000.0, 5000.0),
        (9000.0, 12_000.0, 4000.0),
        (12_000.0, 14_000.0, 4000.0),
    ]
    alone = a_day(*races, points=points[:1]).event
    assert list_pieces(alone, alone.races[1]) == [(0.0, 10_000.0, 0.0)]
