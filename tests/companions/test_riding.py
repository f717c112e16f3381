"""Who may have sat in one vehicle: found when they did, and nobody else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.companions.riding import find_rides, leg_shares
from homestretch.companions.values import Floats
from tests.companions.fields import METRES, field_of


def carry(times_s: Floats, rows: list[int], first: int, last: int, s_per_km: float) -> None:
    """From one mat to another they sit in one vehicle, which no mat between them reads; then they run on."""
    after_s = times_s[rows, last:] - times_s[rows, last : last + 1]
    times_s[rows, first + 1 : last] = np.nan
    left_s = np.nanmax(times_s[rows, first])
    there_s = left_s + s_per_km * (METRES[last] - METRES[first]) / 1000.0
    times_s[rows, last:] = there_s + 4.0 * np.arange(len(rows))[:, None] + after_s


def slow_and_near(times_s: Floats, mat: int, count: int) -> list[int]:
    """Some of the slower half who come to a mat one behind the other."""
    slow = np.flatnonzero(times_s[:, -1] - times_s[:, 0] > 4.2 * 3600)
    order = slow[np.argsort(times_s[slow, mat], kind="stable")]
    return [int(row) for row in order[len(order) // 2 : len(order) // 2 + count]]


def test_three_in_a_car_are_found_with_where_they_got_in_and_out() -> None:
    times_s = field_of(900, seed=6, holes=0.0).times_s
    rows = slow_and_near(times_s, 5, 3)
    carry(times_s, rows, 5, 7, s_per_km=150.0)
    (ride,) = find_rides(times_s, METRES)
    assert sorted(ride.rows) == sorted(rows)
    assert (ride.since, ride.until) == ((5, 5, 5), 7)
    assert all(pace < 0.7 * best for pace, best in zip(ride.pace_s_per_m, ride.best_s_per_m, strict=True))  # fmt: skip
    assert ride.spread_s <= 8.0


def test_one_alone_is_no_vehicle() -> None:
    times_s = field_of(900, seed=6, holes=0.0).times_s
    carry(times_s, slow_and_near(times_s, 5, 1), 5, 7, s_per_km=150.0)
    assert find_rides(times_s, METRES) == ()


def test_nobody_who_runs_is_said_to_ride() -> None:
    for seed in range(6):
        assert find_rides(field_of(2000, seed).times_s, METRES) == ()


def test_a_way_downhill_on_which_all_are_faster_is_no_vehicle() -> None:
    field = field_of(900, seed=2, holes=0.0)
    legs_s = np.diff(field.times_s, axis=1)
    legs_s[:, 5] *= 0.7
    times_s = np.column_stack([field.times_s[:, :1], field.times_s[:, :1] + np.cumsum(legs_s, axis=1)])  # fmt: skip
    assert leg_shares(times_s, METRES)[5] < 0.75
    assert find_rides(times_s, METRES) == ()


def test_a_mat_one_of_whose_readers_is_wrong_is_no_fleet_of_cars() -> None:
    times_s = field_of(900, seed=2, holes=0.0).times_s
    times_s[::2, 6:] -= 900.0
    assert find_rides(times_s, METRES) == ()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), by_s=st.integers(-5000, 5000))
def test_neither_the_order_of_rows_nor_the_hour_matters(seed: int, by_s: int) -> None:
    times_s = field_of(300, seed, holes=0.1).times_s
    carry(times_s, slow_and_near(times_s, 5, 3), 5, 7, s_per_km=150.0)
    order = np.random.default_rng(seed).permutation(300)
    found = [sorted(ride.rows) for ride in find_rides(times_s, METRES)]
    again = [sorted(int(order[row]) for row in ride.rows) for ride in find_rides(times_s[order] + by_s, METRES)]  # fmt: skip
    assert sorted(found) == sorted(again)


def test_small_fields_few_mats_and_times_that_go_backwards_are_answered() -> None:
    times_s = field_of(40, seed=3, holes=0.3).times_s
    times_s[3] = times_s[3, ::-1]
    for mats in (1, 2, 3, len(METRES)):
        assert find_rides(times_s[:, :mats], METRES[:mats]) == ()
    assert find_rides(times_s[:0], METRES) == ()
