"""A station of a large field: when the last one is expected does not depend on how many came long before."""

from __future__ import annotations

import numpy as np
import pytest

from homestretch.forecast.last import until_all
from homestretch.forecast.stations import look_ahead
from homestretch.forecast.values import LEVEL_SCORES, Coming, Forecast

NOW = 1_777_806_000_000


def forecast_of(medians_s: np.ndarray, share: float = 0.06) -> Forecast:
    """Everybody comes to one place, each with a deviation of so much of the median."""
    n = len(medians_s)
    in_s = np.maximum(medians_s[:, None] * (1.0 + share * LEVEL_SCORES), 0.0)
    return Forecast(
        now=NOW,
        last_seq=1,
        learnt_at=NOW,
        places=("bridge",),
        coming=np.full((n, 1), Coming.DUE, np.int8),
        in_s=in_s.astype(np.int32)[:, None, :],
        p_to_come=np.ones((n, 1), np.float32),
        next_point=np.zeros(n, np.int64),
        position_m=np.zeros(n),
        pace_s_per_km=np.full(n, 360.0),
        learnt_from=(0,),
        borrowed=np.zeros(n, np.bool_),
    )


def test_the_last_of_one_runner_is_their_own_99_percent() -> None:
    seen = look_ahead(forecast_of(np.array([3600.0])), 0, 30)
    assert (seen.last_at - NOW) / 1000 == pytest.approx(3600 * (1 + 0.06 * 2.326), abs=2)


def test_tens_of_thousands_who_come_long_before_do_not_move_the_last() -> None:
    last = np.array([9000.0])
    alone = look_ahead(forecast_of(last), 0, 30)
    many = look_ahead(forecast_of(np.concatenate([np.linspace(60.0, 5000.0, 60_000), last])), 0, 30)
    assert abs(many.last_at - alone.last_at) <= 2000


def test_everybody_who_comes_within_the_minutes_is_counted_once() -> None:
    seen = look_ahead(forecast_of(np.linspace(60.0, 1000.0, 500)), 0, 30)
    assert seen.per_minute.sum() == pytest.approx(500.0, abs=0.5)
    assert len(seen.per_minute) == 30


def test_at_every_chance_the_last_is_not_in_before_anybody_alone() -> None:
    early_or_very_late = np.array(
        [[300, 600, 1000, 1800, 3600, 5400, 7200, 9000, 10_800]], np.int32
    )
    a_crowd = np.tile(np.linspace(7000, 7100, 9).astype(np.int32), (40, 1))
    both = np.concatenate([early_or_very_late, a_crowd])
    for level in (0.1, 0.5, 0.9, 0.99):
        alone = [until_all(one, np.ones(len(one)), level) for one in (early_or_very_late, a_crowd)]
        assert until_all(both, np.ones(len(both)), level) >= max(alone)


def test_of_thousands_nobody_is_expected_beyond_what_was_ever_measured() -> None:
    """Otherwise the thin ends of thousands of distributions add up, and a point stays open for hours."""
    one = forecast_of(np.array([3600.0]), share=0.2)
    many = forecast_of(np.full(5000, 3600.0), share=0.2)
    farthest_s = 3600 * (1 + 0.2 * 3.2)
    assert one.in_s[0, 0, -1] < farthest_s
    last_s = until_all(many.in_s[:, 0], np.ones(5000), 0.99)
    assert 3600 * (1 + 0.2 * 2.576) < last_s <= farthest_s


def test_who_is_overdue_keeps_no_station_open_but_is_counted() -> None:
    usual = forecast_of(np.linspace(600.0, 1200.0, 20))
    lost = forecast_of(np.append(np.linspace(600.0, 1200.0, 20), 9000.0))
    lost.coming[-1, 0] = Coming.OVERDUE
    assert look_ahead(lost, 0, 30).last_at == look_ahead(usual, 0, 30).last_at
    assert look_ahead(lost, 0, 30).overdue == 1
