"""The sweep, the stations and who needs us most, each on a small day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.need import find_need
from homestretch.forecast.stations import look_ahead
from homestretch.forecast.values import MEDIAN, Caught
from homestretch.state.snapshot import NEVER
from tests.forecast.fields import a_marathon, runs_evenly
from tests.state.days import HALF_M, MARATHON_M, Day, a_day, a_point, a_race, a_sweep, at, clock

SWEEP = a_sweep()  # leaves at 07:30, 10:00 a kilometre: at the finish at 14:31:57


def swept(*paces: float, until_m: float = 21_097.5) -> Day:
    day = a_marathon(sweep=SWEEP)
    for number, pace in enumerate(paces):
        day.entrant(str(number + 1))
        runs_evenly(day, str(number + 1), pace, until_m)
    return day


def chase(day: Day, now: str) -> Caught:
    return Forecaster(day.event).chase(day.state(now).state)


def test_the_fast_are_safe_the_slow_are_not_and_the_order_is_that_of_the_paces() -> None:
    day = a_marathon(sweep=SWEEP)
    for number, pace in enumerate((400.0, 480.0, 540.0, 580.0, 670.0)):
        day.entrant(str(number + 1))
        runs_evenly(day, str(number + 1), pace, (at("10:58") - at("07:01")) / pace)
    found = chase(day, "10:58:00")
    p = found.p_anywhere
    assert p[0] < 0.01
    assert p[-1] > 0.8
    assert (np.diff(p) >= -0.01).all()  # below one in a hundred the order means nothing
    assert (np.diff(found.margin_s) <= 0).all()


def test_the_pace_that_would_still_make_it_is_the_pace_to_the_sweeps_own_time() -> None:
    day = swept(580.0)
    now = at("10:30:00")
    found = chase(day, clock(now))
    forecast = Forecaster(day.event).make(day.state(now).state)
    left_m = MARATHON_M - forecast.position_m[0]
    left_s = (at("07:30") + MARATHON_M * 600.0 - now) / 1000
    assert found.needed_s_per_km[0] <= 1000 * left_s / left_m + 1
    assert found.needed_s_per_km[0] > 500


def test_who_is_not_read_while_the_sweep_comes_nearer_is_more_likely_to_be_caught() -> None:
    day = swept(570.0)
    due = at("07:01") + 25_000 * 570
    soon, late = (chase(day, clock(due + minutes * 60_000)) for minutes in (-10, 25))
    assert late.p_anywhere[0] > soon.p_anywhere[0]


def test_a_sweep_that_is_behind_its_plan_catches_fewer() -> None:
    day = swept(570.0)
    state = day.state("10:41").state
    assert state.sweep is not None
    held_up = replace(state.sweep, seen_at=state.now - 1000, distance_m=15_000.0, fixes=9)
    by_plan = Forecaster(day.event).chase(state)
    late = Forecaster(day.event).chase(replace(state, sweep=held_up))
    assert late.p_anywhere[0] < by_plan.p_anywhere[0]
    assert late.margin_s[0] > by_plan.margin_s[0]


def test_a_race_without_a_sweep_is_measured_by_its_cutoffs() -> None:
    points = (
        a_point("start", {"marathon": 0.0, "half": 0.0}),
        a_point("10k", {"marathon": 10_000.0, "half": 10_000.0}),
        a_point("finish", {"marathon": MARATHON_M, "half": HALF_M}, cutoff={"half": "09:30"}),
    )
    day = a_day(a_race(), a_race("half", HALF_M), points=points, sweep=SWEEP)
    for bib, ten in (("1", "07:50"), ("2", "08:25")):
        day.entrant(bib, "half")
        day.read(bib, "start", "07:01")
        day.read(bib, "10k", ten)
    found = chase(day, "08:26")
    assert found.p_before[0, 2] < 0.05
    assert found.p_before[1, 2] > 0.95
    assert found.margin_s[0] > 0 > found.margin_s[1]


def test_nobody_is_hunted_where_nothing_closes() -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 400.0, 10_000.0)
    found = chase(day, "08:15")
    assert np.isnan(found.p_anywhere).all()
    assert np.isnan(found.margin_s).all()


def test_a_station_knows_who_is_to_come_how_many_a_minute_and_when_the_last_has_come() -> None:
    day = a_marathon()
    for number in range(60):
        day.entrant(str(number + 1))
        runs_evenly(day, str(number + 1), 320.0 + number, 25_000.0)
    now = clock(at("07:01") + 25_000 * 380 + 2_000)
    state = day.state(now).state
    forecast = Forecaster(day.event, stations=("40k", "cheer")).make(state)
    found = look_ahead(forecast, 2, 240)
    assert found.to_come == pytest.approx(60, abs=2)
    assert found.per_minute.sum() == pytest.approx(found.to_come, abs=0.5)
    assert (found.per_minute >= 0).all()
    medians = forecast.in_s[:, 2, MEDIAN]
    assert found.last_at > forecast.now + 1000 * int(medians.max())
    assert found.last_at < at("14:00")
    cheer = look_ahead(forecast, 3, 240)
    assert cheer.to_come < found.to_come
    assert cheer.last_at < found.last_at


def test_a_station_behind_everybody_may_close() -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 300.0, 30_000.0)
    now = clock(at("07:01") + 30_000 * 300 + 2_000)
    forecast = Forecaster(day.event, stations=("10k",)).make(day.state(now).state)
    found = look_ahead(forecast, 2, 60)
    assert found.to_come == 0
    assert found.last_at == NEVER


def test_who_has_it_hardest_comes_first_and_the_parts_say_why() -> None:
    day = a_marathon(sweep=SWEEP)
    for number in range(8):
        day.entrant(str(number + 1))
        runs_evenly(day, str(number + 1), 320.0 + number / 4, 30_000.0)
    day.entrant("9")
    day.read("9", "start", "07:01")
    for name, metres, pace in (("5k", 5000, 400), ("10k", 10_000, 400), ("15k", 15_000, 480),
                               ("half", 21_097.5, 530)):  # fmt: skip
        day.read("9", name, clock(at("07:01") + round(metres * pace)))
    state = day.state("10:20:00").state
    forecaster = Forecaster(day.event)
    caught = forecaster.chase(state)
    found = find_need(state, forecaster.make(state), caught)
    assert found.order[0] == 8
    assert state.points.ids[found.since_point[8]] == "10k"
    assert found.slower[8] > 0.3
    assert found.company[8] == 0
    assert found.company[3] > 3
    assert np.isfinite(found.hours_out[found.order]).all()
