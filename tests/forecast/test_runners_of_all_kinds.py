"""What is forecast of one runner: the fast, the slow, those who stop, are missed, misread or carried."""

from __future__ import annotations

import numpy as np
import pytest

from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.values import FINISH, MEDIAN, NEXT, Coming, Forecast
from tests.forecast.fields import a_marathon, runs_evenly
from tests.state.days import HALF_M, MARATHON_M, Day, a_day, a_point, a_race, at, clock

MINUTE_MS = 60_000


def forecast(day: Day, now: str) -> Forecast:
    return Forecaster(day.event).make(day.state(now).state)


def arrival(found: Forecast, row: int, place: int, level: int = MEDIAN) -> int:
    arrivals = found.arrivals_at(row, place)
    assert arrivals is not None
    return arrivals[level]


def of_one(s_per_km: float, until_m: float, now: str, start: str = "07:01") -> Forecast:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", s_per_km, until_m, start)
    return forecast(day, now)


def test_an_elite_is_expected_at_an_elite_time() -> None:
    found = of_one(178.0, 30_000.0, "08:30:30")
    finish_min = (arrival(found, 0, FINISH) - at("07:01")) / MINUTE_MS
    assert 120 < finish_min < 135


def test_somebody_who_walks_for_eight_hours_is_expected_after_eight_hours() -> None:
    found = of_one(680.0, 30_000.0, "12:41:30")
    finish_h = (arrival(found, 0, FINISH) - at("07:01")) / MINUTE_MS / 60
    assert 7.7 < finish_h < 8.7
    assert found.coming[0, FINISH] == Coming.DUE


def test_nobody_who_keeps_an_even_pace_is_expected_to_gain_much_or_to_collapse() -> None:
    for pace in (220.0, 300.0, 400.0, 520.0):
        found = of_one(pace, 35_000.0, clock(at("07:01") + round(35_000 * pace) + 20_000))
        left_s = (arrival(found, 0, FINISH) - at("07:01")) / 1000 - 35.0 * pace
        assert 0.93 < left_s / (7.195 * pace) < 1.2


def test_the_intervals_widen_with_the_chance_and_narrow_on_the_way() -> None:
    widths = []
    for until in (10_000.0, 21_097.5, 30_000.0, 40_000.0):
        found = of_one(340.0, until, clock(at("07:01") + round(until * 340) + 10_000))
        in_s = found.in_s[0, FINISH]
        assert (np.diff(in_s) > 0).all()
        widths.append(int(in_s[6] - in_s[2]))
    assert widths == sorted(widths, reverse=True)


def test_who_stops_for_twenty_minutes_is_overdue_and_then_expected_later_but_not_as_slow() -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 340.0, 25_000.0)
    before = forecast(day, clock(at("07:01") + 25_000 * 340 + 5_000))
    due_at = arrival(before, 0, NEXT)
    stands = forecast(day, clock(due_at + 15 * MINUTE_MS))
    assert stands.coming[0, NEXT] in (Coming.ANY_MINUTE, Coming.OVERDUE)
    assert arrival(stands, 0, NEXT) > stands.now
    assert arrival(stands, 0, FINISH) > arrival(before, 0, FINISH)
    passed = due_at + 20 * MINUTE_MS
    day.read("1", "30k", clock(passed))
    after = forecast(day, clock(passed + 5_000))
    assert after.coming[0, NEXT] == Coming.DUE
    lost_ms = arrival(after, 0, FINISH) - arrival(before, 0, FINISH)
    assert 15 * MINUTE_MS < lost_ms < 75 * MINUTE_MS


def test_a_missed_mat_changes_little() -> None:
    finishes = []
    for missed in (False, True):
        day = a_marathon()
        day.entrant("1")
        day.read("1", "start", "07:01")
        for name, metres in (("5k", 5000), ("10k", 10_000), ("half", HALF_M), ("30k", 30_000)):
            if not (missed and name == "half"):
                day.read("1", name, clock(at("07:01") + round(metres * 340)))
        finishes.append(arrival(forecast(day, "09:51:30"), 0, FINISH))
    assert abs(finishes[0] - finishes[1]) < 3 * MINUTE_MS


def test_a_wrong_read_far_too_early_is_not_believed() -> None:
    right, wrong = a_marathon(), a_marathon()
    for day, half in ((right, "09:36:30"), (wrong, "08:20:00")):
        day.entrant("1")
        runs_evenly(day, "1", 440.0, 15_000.0)
        day.read("1", "half", half)
    difference = [
        arrival(forecast(right, "09:37"), 0, FINISH) - arrival(forecast(wrong, "09:37"), 0, FINISH)
    ]
    assert abs(difference[0]) < 30 * MINUTE_MS


def test_without_a_start_read_the_wave_says_when_and_the_interval_is_wider() -> None:
    day = a_marathon()
    for bib in "123456":
        day.entrant(bib)
    for number, bib in enumerate("12345"):
        runs_evenly(day, bib, 340.0, 10_000.0, f"07:0{3 + number % 3}")
    day.read("6", "10k", "08:00:40")
    found = forecast(day, "08:02")
    known, unread = (found.in_s[row, FINISH] for row in (4, 5))
    assert abs(arrival(found, 5, FINISH) - arrival(found, 4, FINISH)) < 10 * MINUTE_MS
    assert unread[6] - unread[2] > known[6] - known[2]


def test_a_half_marathoner_on_the_shared_road_is_due_at_the_half_and_marked_as_borrowed() -> None:
    marathon, half = a_race(), a_race("half", HALF_M, "07:00")
    points = (
        a_point("start", {"marathon": 0.0, "half": 0.0}),
        a_point("10k", {"marathon": 10_000.0, "half": 10_000.0}),
        a_point("15k", {"marathon": 15_000.0, "half": 15_000.0}),
        a_point("30k", {"marathon": 30_000.0}),
        a_point("finish", {"marathon": MARATHON_M, "half": HALF_M}),
    )
    day = a_day(marathon, half, points=points)
    day.entrant("1", "marathon")
    day.entrant("2", "half")
    for bib in "12":
        day.read(bib, "start", "07:00:30")
        day.read(bib, "10k", "07:57:10")
        day.read(bib, "15k", "08:25:30")
    found = forecast(day, "08:26")
    half_min = (arrival(found, 1, FINISH) - at("07:00:30")) / MINUTE_MS
    assert 115 < half_min < 128
    assert arrival(found, 0, FINISH) > at("10:45")
    assert found.borrowed.tolist() == [False, True]


def test_who_was_moved_up_is_expected_from_where_they_went_on() -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 560.0, 21_097.5)
    day.taken("1", "vehicle", "10:30", "Van")
    day.taken("1", "road", "10:45")
    day.read("1", "35k", "11:00")
    found = forecast(day, "11:01")
    left_min = (arrival(found, 0, FINISH) - at("11:00")) / MINUTE_MS
    assert 50 < left_min < 95
    assert found.in_s[0, FINISH, 6] > found.in_s[0, FINISH, 2]


@pytest.mark.parametrize("taken", ["bus", "care", "self", "home"])
def test_who_rides_is_in_care_or_left_has_no_arrival(taken: str) -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 400.0, 21_097.5)
    day.taken("1", taken, "09:40")  # type: ignore[arg-type]  # a literal of the fact, from the list above
    found = forecast(day, "09:45")
    assert (found.coming == Coming.NOT).all()
    assert (found.in_s < 0).all()


def test_who_said_to_stop_has_no_arrival_and_nobody_has_while_the_race_is_stopped() -> None:
    day = a_marathon()
    for bib in "12":
        day.entrant(bib)
        runs_evenly(day, bib, 400.0, 21_097.5)
    day.withdrawn("1", "09:30")
    assert forecast(day, "09:40").coming[:, FINISH].tolist() == [Coming.NOT, Coming.DUE]
    day.flag("stopped", "09:45")
    assert (forecast(day, "09:50").coming == Coming.NOT).all()


def test_a_sighting_at_a_station_is_taken_into_account() -> None:
    day = a_marathon()
    day.entrant("1")
    runs_evenly(day, "1", 340.0, 25_000.0)
    late = clock(at("07:01") + 28_000 * 340 + 12 * MINUTE_MS)
    without = forecast(day, late)
    day.seen("1", "cheer", late)
    seen = forecast(day, late)
    assert seen.position_m[0] == pytest.approx(28_000.0, abs=100.0)
    assert seen.coming[0, NEXT] == Coming.DUE
    assert arrival(seen, 0, FINISH) > arrival(without, 0, FINISH) - 3 * MINUTE_MS


def test_a_silent_mat_is_no_news_of_anybody() -> None:
    day = a_marathon()
    for number in range(30):
        bib = str(number + 1)
        day.entrant(bib)
        runs_evenly(day, bib, 330.0 + number, 25_000.0)
    now = clock(at("07:01") + (30_000 * 345) + 12 * MINUTE_MS)
    state = day.state(now).state
    assert state.points.silent[state.points.ids.index("30k")]
    found = Forecaster(day.event).make(state)
    assert (found.next_point == state.points.ids.index("35k")).all()
    assert (found.coming[:, NEXT] == Coming.DUE).all()
    assert (found.coming[:, FINISH] == Coming.DUE).all()


def test_a_course_with_a_start_and_an_end_only_has_arrivals_too() -> None:
    day = a_day(points=(a_point("start", 0.0), a_point("finish", MARATHON_M)))
    day.entrant("1")
    day.read("1", "start", "07:01")
    found = forecast(day, "09:00")
    assert at("09:30") < arrival(found, 0, FINISH) < at("13:30")
    assert found.next_point.tolist() == [1]


def test_a_race_day_that_nobody_has_entered_has_a_forecast_of_nobody() -> None:
    found = forecast(a_marathon(), "08:00")
    assert found.in_s.shape[0] == 0


def test_a_relay_runner_is_expected_at_the_end_of_their_own_leg() -> None:
    race = a_race("relay", MARATHON_M, legs=("start", "change", "finish"))
    points = (
        a_point("start", {"relay": 0.0}),
        a_point("change", {"relay": HALF_M}),
        a_point("30k", {"relay": 30_000.0}),
        a_point("finish", {"relay": MARATHON_M}),
    )
    day = a_day(race, points=points)
    day.entrant("1", "relay", leg=1, team="a")
    day.entrant("2", "relay", leg=2, team="a")
    day.read("1", "start", "07:01")
    day.read("1", "change", "08:50")
    day.read("2", "change", "08:50:10")
    day.read("2", "30k", "09:38")
    found = forecast(day, "09:39")
    assert found.coming[0, FINISH] == Coming.NOT
    assert at("10:20") < arrival(found, 1, FINISH) < at("11:10")
    assert found.borrowed.tolist() == [True, True]
