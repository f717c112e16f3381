"""Forecasts of the day that have come true, or not, say how wide the next ones must be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.forecast.figures import get_model, unadjusted
from homestretch.forecast.forecaster import SETTLES_MS, Forecaster
from homestretch.forecast.outcomes import FEW, NARROWEST, NEWEST, STEP_S, WIDEST, Outcomes
from homestretch.forecast.past import Replay, outcomes_of
from homestretch.forecast.scoring import chances_of_limits, score_limit
from homestretch.state.snapshot import Floats
from tests.forecast.fields import a_field, made_up

EDITION = made_up(2000)
AT_30K = 5
OVER_S = 1e6


def outcomes(wide: float, times: Floats = EDITION.times) -> Outcomes:
    """People whose finish was as far off what was issued as scores of this width say."""
    scores = np.random.default_rng(2).normal(0.0, wide, len(times))
    return Outcomes(times, EDITION.start_s, EDITION.sites_m, lambda _, rows: scores[rows])


def test_before_a_finish_is_due_nothing_is_widened() -> None:
    assert outcomes(2.0).widths(2.0 * 3600) == pytest.approx(np.ones(9))


@pytest.mark.parametrize("wide", [0.8, 1.0, 1.3])
def test_finishes_farther_off_than_was_said_widen_what_is_issued_next(wide: float) -> None:
    """As far as there are people enough; of the first half of the course nothing is said."""
    found = outcomes(wide).widths(OVER_S)
    believed = len(EDITION.times) / (len(EDITION.times) + FEW)
    assert found[AT_30K] == pytest.approx(wide**believed, rel=0.04)
    assert found[:3] == pytest.approx(np.ones(3))


def test_a_few_wild_finishes_change_little() -> None:
    early_s = float(np.nanquantile(EDITION.times[:, -1], 0.1) + 3600)
    few, all_of_them = (outcomes(1.4).widths(at_s)[AT_30K] for at_s in (early_s, OVER_S))
    assert 1.0 < few < 1.0 + 0.6 * (all_of_them - 1.0)


def test_the_newest_outcomes_count_when_there_are_many() -> None:
    people = 3 * NEWEST
    edition = made_up(people)
    late = np.argsort(edition.start_s + edition.times[:, AT_30K])[people // 2 :]
    scores = np.random.default_rng(2).normal(0.0, 1.0, people)
    scores[late] *= 1.4
    found = Outcomes(edition.times, edition.start_s, edition.sites_m, lambda _, rows: scores[rows])
    assert found.widths(OVER_S)[AT_30K] == pytest.approx(1.4**0.75, rel=0.04)


def test_who_has_not_come_although_overdue_counts_as_far_off() -> None:
    stopped = EDITION.times.copy()
    stopped[::7, -1] = np.nan
    assert outcomes(1.0, stopped).widths(OVER_S)[AT_30K] > 1.1


@settings(max_examples=15, deadline=None)
@given(at_s=st.floats(0.0, 8.0 * 3600), wide=st.floats(0.1, 4.0))
def test_what_happens_later_changes_no_width(at_s: float, wide: float) -> None:
    """Neither a finish, nor a mat; and widths stay within their limits."""
    times = EDITION.times.copy()
    later = times + EDITION.start_s[:, None] > np.floor(at_s / STEP_S) * STEP_S
    times[later] = np.nan
    found = outcomes(wide).widths(at_s)
    assert outcomes(wide, times).widths(at_s) == pytest.approx(found)
    assert ((found >= NARROWEST) & (found <= WIDEST)).all()


def test_live_and_in_the_evidence_the_same_outcomes_count() -> None:
    """The width that a road takes is that of the same race so far, measured afterwards."""
    field = a_field()
    forecaster = Forecaster(field.event)
    state = field.state("14:05")
    found = forecaster.make(state)
    (group,) = forecaster._groups
    assert group.runners is not None
    runners, mats = group.runners, group.road.mats
    edition = replace(
        field.edition,
        times=runners.passed_s[:, mats] - runners.start_s[:, None],
        start_s=runners.start_s,
    )
    at_s = runners.seconds((state.now - SETTLES_MS) // 300_000 * 300_000)
    widths = outcomes_of(get_model(), edition).widths(at_s)
    assert group.road._home_of[1] == pytest.approx(widths)
    assert abs(widths[AT_30K] - 1.0) > 0.001
    assert found.learnt_at == (state.now - SETTLES_MS) // 300_000 * 300_000


def test_a_model_whose_promises_are_not_measured_yet_is_left_as_it_is() -> None:
    """What is measured on it must not be widened by what it is measured for."""
    edition = made_up(400)
    raw = unadjusted(get_model())
    legs_alone = Replay(raw, edition, by_outcomes=False).after(AT_30K)
    assert np.array_equal(Replay(raw, edition).after(AT_30K), legs_alone, equal_nan=True)


def test_the_best_threshold_is_at_least_as_right_as_any_that_finds_as_many() -> None:
    (one, *_) = chances_of_limits(Replay(get_model(), made_up(1000)), (5.0,), 30_000.0)
    best = score_limit(one).best_precision
    for threshold in np.linspace(0.01, 0.99, 50):
        flagged = one.p >= threshold
        if (flagged & one.late).sum() >= 0.95 * one.late.sum():
            assert one.late[flagged].mean() <= best + 1e-9
