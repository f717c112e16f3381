"""Promises on the day: one scale from all legs, and how much of a surprise returns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.forecast.calibration import BANDS, Spread, measure_spread, widths
from homestretch.forecast.effects import NODES, Ahead
from homestretch.forecast.leaning import FARTHEST, USUAL, is_long, lean_of, learn_lean

MATS_M = np.array([5000.0, 10_000.0, 15_000.0, 21_097.5, 30_000.0, 42_195.0])
PEOPLE = 6000
LEGS = len(MATS_M) - 1


def a_day(scores: np.ndarray, arrived_until: int = LEGS, pace: float | None = None) -> Ahead:
    """People of all paces (or of one) who were as surprising as their scores (n, m) say; ``arrived_until``: the last mat."""
    rng = np.random.default_rng(4)
    mean = np.tile(rng.uniform(NODES[1], NODES[-2], PEOPLE)[:, None], (1, len(MATS_M)))
    mean = mean if pace is None else np.full_like(mean, pace)
    sd = np.full(mean.shape, 0.03 if pace is None else 1e-6)
    log_pace = mean + sd * np.nan_to_num(scores)
    passed_s = np.exp(log_pace) * MATS_M
    passed_s[:, arrived_until + 1 :] = np.nan
    return Ahead(passed_s, np.zeros(PEOPLE), log_pace, mean, sd, np.ones(PEOPLE, np.bool_))


def scores_of_people(wide: float = 1.0, returns: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(5)
    scores = rng.normal(0.0, wide, (PEOPLE, len(MATS_M)))
    for mat in range(1, len(MATS_M)):
        scores[:, mat] += returns * scores[:, mat - 1]
    return scores


def spread_of(wide: float, until: int = LEGS, at_s: float = 1e6) -> Spread:
    scores = scores_of_people(wide)
    return measure_spread(a_day(scores, until), scores, np.ones(LEGS), MATS_M, at_s)


def test_before_anybody_has_run_nothing_is_widened() -> None:
    found = spread_of(1.5, at_s=0.0)
    assert found.end == pytest.approx(np.ones(BANDS))
    assert found.near == pytest.approx(np.ones((LEGS, BANDS)))


@pytest.mark.parametrize("wide", [0.8, 1.0, 1.3])
def test_a_steady_field_narrows_intervals_and_a_wild_one_widens_them(wide: float) -> None:
    """On a leg by as much as it is; before the half, where races differ most, it counts for half of that."""
    found = spread_of(wide)
    assert found.near[3:, 1:7].mean() == pytest.approx(wide, rel=0.05)
    assert ((found.near[3:, 1:7] - 1.0) * (wide - 1.0) >= 0.0).all() or wide == 1.0
    assert found.end[1:7].mean() == pytest.approx(wide**0.7, rel=0.06)


def test_what_the_first_legs_show_is_carried_to_the_legs_ahead() -> None:
    found = spread_of(1.4, until=3, at_s=MATS_M[3] * 0.7)
    assert (found.near[-1, 2:6] > 1.1).all()
    assert (found.end[2:6] > 1.1).all()


def test_where_other_races_are_not_known_nothing_is_changed() -> None:
    scores = scores_of_people(2.0)
    found = measure_spread(a_day(scores), scores, np.full(LEGS, np.nan), MATS_M, 1e6)
    assert (found.near == 1.0).all()


def test_the_width_of_normal_scores_is_one_and_who_never_came_widens_it() -> None:
    sizes = np.abs(np.random.default_rng(2).normal(size=200_000))
    counts = np.bincount(np.minimum(sizes / 0.05, 119).astype(int), minlength=120)
    assert widths(counts) == pytest.approx(1.0, abs=0.01)
    lost = counts.copy()
    lost[-1] += 20_000
    assert widths(lost) > widths(counts)


@pytest.mark.parametrize("returns", [0.0, 0.3])
def test_how_much_of_a_surprise_returns_is_learnt_from_who_has_passed_the_next_mat(
    returns: float,
) -> None:
    scores = scores_of_people(returns=returns)
    usual = np.full(len(MATS_M), 0.15)
    found = learn_lean(a_day(scores, pace=NODES[3]), scores, usual, MATS_M, 1e6)
    assert found[1:-1] == pytest.approx(np.full(LEGS - 1, returns), abs=0.06)
    before = learn_lean(a_day(scores), scores, usual, MATS_M, 0.0)
    assert before == pytest.approx(usual)


@settings(max_examples=20, deadline=None)
@given(few=st.floats(USUAL, 1e6))
def test_the_more_the_usual_counts_the_nearer_it_is_to_it(few: float) -> None:
    scores = scores_of_people(returns=0.3)
    found = learn_lean(a_day(scores), scores, np.zeros(len(MATS_M)), MATS_M, 1e6, few)
    least = learn_lean(a_day(scores), scores, np.zeros(len(MATS_M)), MATS_M, 1e6, USUAL)
    assert (np.abs(found) <= np.abs(least) + 1e-12).all()


def test_a_leg_of_a_kilometre_tells_nobody_apart() -> None:
    mats_m = np.array([10_000.0, 20_000.0, 21_097.5, 42_195.0])
    assert is_long(mats_m).tolist() == [True, False, True]


def test_who_stopped_for_long_is_not_expected_to_stop_again_as_long() -> None:
    at_middle = np.full(5, NODES[3])
    added = lean_of(np.array([1.0, FARTHEST, 9.0, -9.0, np.nan]), 0.2, at_middle)
    assert added == pytest.approx([0.2, 0.4, 0.4, -0.4, 0.0])


def test_of_a_walkers_surprise_nothing_returns_and_of_a_fast_runners_most() -> None:
    added = lean_of(np.ones(4), 0.2, NODES[[0, 3, 6, 7]])
    assert added == pytest.approx([0.3, 0.2, 0.0, 0.0])
