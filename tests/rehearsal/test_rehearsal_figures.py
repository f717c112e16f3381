"""The invented field follows the figures, and the figures follow the real files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from homestretch.rehearsal.field import Field, make_field
from homestretch.rehearsal.figures import Floats, Ints, get_figures, stream
from homestretch.rehearsal.pacing import as_half, draw_people, half_finish_s, start_delays_s
from homestretch.rehearsal.schedule import HALF, MARATHON
from tests.conftest import get_real_files

ROOT = Path(__file__).resolve().parents[2]
MANY = 40_000


def distance_of(values: Floats, quantiles_s: Floats) -> float:
    """Kolmogorov-Smirnov distance of values from a distribution given by its quantiles."""
    share = np.searchsorted(np.sort(values), quantiles_s, side="right") / len(values)
    return float(np.abs(share - get_figures().quantiles).max())


def finish_s(field: Field, race: int) -> Floats:
    """Net times of the runners of a race if nothing befell them."""
    length_m = get_figures().knots_m[-1] / (1 if race == MARATHON else 2)
    plain = (field.race == race) & ~field.pacer & ~field.wheelchair
    plain[list(field.cast.values())] = False
    return np.asarray(np.exp(field.log_pace[plain, -1]) * length_m)


def test_marathon_times_follow_the_figures() -> None:
    people = draw_people(stream(5, "test"), MANY)
    times_s = np.exp(people.log_pace) * get_figures().knots_m
    assert distance_of(times_s[:, -1], get_figures().finish_s) < 0.015


def test_people_slow_down_as_the_figures_say() -> None:
    people = draw_people(stream(6, "test"), MANY)
    slowing = 1000 * (np.exp(people.log_pace[:, -1] - people.log_pace[:, 3]) - 1)
    assert distance_of(slowing, get_figures().slowing) < 0.025


def test_half_marathon_times_follow_the_stated_rule() -> None:
    people = draw_people(stream(8, "test"), MANY)
    times_s = np.exp(as_half(people.log_pace)[:, -1]) * get_figures().knots_m[-1] / 2
    assert distance_of(times_s, half_finish_s()) < 0.015


@pytest.mark.parametrize("race", [MARATHON, HALF])
def test_the_field_of_the_demo_follows_the_figures(race: int) -> None:
    times_s = finish_s(make_field(1), race)
    expected = get_figures().finish_s if race == MARATHON else half_finish_s()
    # 1.63 / sqrt(n) is the 1 % point of the Kolmogorov-Smirnov distance; the fit itself adds 0.01.
    assert distance_of(times_s, expected) < 1.63 / np.sqrt(len(times_s)) + 0.01


def test_nobody_takes_longer_than_the_figures_allow_or_flies() -> None:
    people = draw_people(stream(9, "test"), MANY)
    times_s = np.exp(people.log_pace) * get_figures().knots_m
    assert times_s[:, -1].max() <= get_figures().longest_s
    assert np.diff(times_s, axis=1).min() > 0
    assert times_s[:, -1].min() > 7000


def test_women_and_ages_come_in_the_shares_of_the_figures() -> None:
    figures = get_figures()
    people = draw_people(stream(10, "test"), MANY)
    assert np.isclose(people.woman.mean(), figures.shares @ figures.women, atol=0.012)
    women = figures.shares * figures.women
    expected = (women / women.sum()) @ figures.ages_women
    bands: Ints = np.minimum((people.age[people.woman] - 15) // 5, len(figures.age_bands) - 1)
    found = np.bincount(bands, minlength=len(figures.age_bands)) / people.woman.sum()
    assert np.abs(found - expected).max() < 0.012


def test_a_crowd_crosses_the_start_at_the_pace_of_the_figures() -> None:
    delays_s = start_delays_s(stream(11, "test"), np.linspace(0, 1, 8000), 1.0)
    usual_s = 60 * 8000 / get_figures().people_per_min
    assert delays_s.min() > 0
    assert np.isclose(np.quantile(delays_s, 0.95), usual_s, rtol=0.08)


def test_the_figures_hold_no_single_person() -> None:
    figures = get_figures()
    # Each component stands for hundreds of people of the 160,000 that it was fitted on.
    assert figures.shares.min() * 160_000 > 500
    assert len(figures.finish_s) == len(figures.quantiles) == 199


def fit_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "fit_rehearsal", ROOT / "scripts" / "fit_rehearsal.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.real_files
def test_invented_times_follow_the_real_files() -> None:
    y, woman, _, weight = fit_script().read_field(get_real_files())
    knots_m = get_figures().knots_m
    people = draw_people(stream(12, "test"), MANY)
    for knot in (3, 5, 8):
        real_s, order = np.exp(y[:, knot]) * knots_m[knot], np.argsort(y[:, knot])
        reach = np.cumsum(weight[order])
        drawn = np.sort(np.exp(people.log_pace[:, knot]) * knots_m[knot])
        share = np.searchsorted(drawn, real_s[order], side="right") / MANY
        assert np.abs(share - reach).max() < 0.02
    assert np.isclose(people.woman.mean(), weight[woman].sum(), atol=0.012)


@pytest.mark.real_files
def test_the_figures_are_those_of_the_real_files() -> None:
    script = fit_script()
    y, _, _, weight = script.read_field(get_real_files())
    again = script.weighted_quantiles(np.exp(y[:, -1]) * script.KNOTS_M[-1], weight)
    assert np.allclose(again, get_figures().finish_s, atol=0.2)
    starts = script.fit_starts(get_real_files())
    assert starts["people_per_min"] == get_figures().people_per_min
