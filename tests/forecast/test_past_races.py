"""A past race forecast again: nothing later is looked at, the day is learnt, and the figures add up."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from homestretch.errors import PlanError
from homestretch.forecast.figures import decode, encode, get_model
from homestretch.forecast.normal import score_of
from homestretch.forecast.past import Edition, Replay, scores_of
from homestretch.forecast.scoring import (
    INTERVALS,
    SCORES,
    chances_of_limits,
    score,
    score_edition,
    score_limit,
    together,
)
from homestretch.forecast.values import LEVEL_SCORES
from homestretch.office.editions import read_editions
from tests.conftest import get_real_files
from tests.forecast.fields import made_up

HALF = 3


def finish_min(replay: Replay, mat: int) -> np.ndarray:
    """(n,) medians of the finish after a mat, in minutes."""
    return np.exp(replay.after(mat)[:, -1, 4]) / 60.0


def test_a_forecast_does_not_change_when_everything_later_is_erased() -> None:
    """Who had not reached a mat by then, and every later time of everybody, may be anything."""
    edition = made_up()
    until_s = 1800.0 + 2.2 * 3600
    times = edition.times.copy()
    later = times + edition.start_s[:, None] > until_s
    times[later] *= 1.3
    whole, erased = Replay(get_model(), edition), Replay(get_model(), replace(edition, times=times))
    now = edition.times[:, HALF] + edition.start_s
    asked = (now <= until_s) & (now > until_s - 1200)
    assert asked.sum() > 100
    before, after = (replay.after(HALF)[asked, -1] for replay in (whole, erased))
    assert np.allclose(before, after, atol=1e-6)


def test_a_slow_day_is_learnt_from_the_runners_ahead() -> None:
    edition = made_up(day=0.06)
    live, blind = (Replay(get_model(), edition, live=live) for live in (True, False))
    slow = edition.times[:, HALF] > np.quantile(edition.times[:, HALF], 0.8)
    actual = edition.times[:, -1] / 60.0
    bias = [float(np.mean((finish_min(r, HALF) - actual)[slow])) for r in (live, blind)]
    assert abs(bias[0]) < 0.75 * abs(bias[1])


def test_the_errors_become_smaller_from_mat_to_mat() -> None:
    edition = made_up()
    replay = Replay(get_model(), edition)
    actual = edition.times[:, -1] / 60.0
    errors = [float(np.abs(finish_min(replay, mat) - actual).mean()) for mat in range(8)]
    assert all(later < earlier for earlier, later in pairwise(errors))


def test_a_course_known_from_an_earlier_edition_helps_the_first_runners() -> None:
    day = made_up(day=0.06)
    earlier = made_up(seed=8, day=0.06)
    shown = Replay(get_model(), earlier).learnt_in_the_end()
    known, unknown = Replay(get_model(), day, course=shown), Replay(get_model(), day)
    first = day.times[:, HALF] < np.quantile(day.times[:, HALF], 0.1)
    actual = day.times[:, -1] / 60.0
    off = [float(np.abs(np.mean((finish_min(r, HALF) - actual)[first]))) for r in (known, unknown)]
    assert off[0] < off[1]


def test_scores_are_what_was_said() -> None:
    actual_s = np.array([600.0, 1200.0])
    found = score(np.array([[660.0], [1080.0]]), actual_s)
    assert found["mae"] == pytest.approx(1.5)
    assert found["within_1"] == 0.5
    assert found["pinball"] == pytest.approx(0.75)
    spread = score(actual_s[:, None] + 60.0 * SCORES[None, :], actual_s)
    assert [spread[name] for name in INTERVALS] == [1.0, 1.0, 1.0]


def test_every_method_is_scored_after_every_mat_for_all_and_for_the_slow() -> None:
    edition = made_up(1500)
    found = score_edition(Replay(get_model(), edition))
    assert list(found) == ["5k", "10k", "15k", "half", "25k", "30k", "35k", "40k"]
    for groups in found.values():
        assert set(groups) == {"all", "slowest_tenth"}
        for methods in groups.values():
            assert {"homestretch", "constant_pace", "last_leg", "riegel", "two_variable"} == set(
                methods
            )
            assert 0.5 < methods["homestretch"]["coverage_80"] <= 1.0
    chances = chances_of_limits(Replay(get_model(), edition), (5.0,), 30_000.0)
    assert [one.mat for one in chances] == ["30k", "35k", "40k"]
    assert score_limit(chances[-1]).recall > 0.9
    twice = together([*chances, *chances])
    assert [score_limit(one).positives for one in twice] == [2 * one.late.sum() for one in chances]


def test_a_missing_mat_leaves_the_others() -> None:
    edition = made_up(1500)
    kept = [0, 1, 3, 5, 6, 7, 8]
    fewer = replace(edition, sites_m=edition.sites_m[kept], times=edition.times[:, kept])
    found = finish_min(Replay(get_model(), fewer), 3)
    full = finish_min(Replay(get_model(), edition), 5)
    assert np.abs(found - full).mean() < 2.0


def test_a_score_is_found_between_the_levels() -> None:
    table = np.tile(0.1 * LEVEL_SCORES + 9.0, (3, 1))
    assert scores_of(table, LEVEL_SCORES, np.array([9.0, 9.1, 8.9])) == pytest.approx([0, 1, -1])


def test_the_score_of_a_share_is_exact_enough() -> None:
    assert score_of(0.5) == pytest.approx(0.0, abs=1e-8)
    assert score_of(0.975) == pytest.approx(1.959964, abs=1e-5)
    assert score_of(1e-5) == pytest.approx(-4.264891, abs=1e-5)


def test_the_model_survives_being_written_and_holds_no_person() -> None:
    model = get_model()
    again = decode(encode(model))
    assert encode(again) == encode(model)
    assert model.shares.sum() == pytest.approx(1.0, abs=1e-5)
    assert len(encode(model)) < 200_000
    assert len(json.loads(encode(model))["shares"]) < 100


def a_file(folder: Path, edition: Edition, **more: list[object]) -> Path:
    columns: dict[str, object] = {
        f"t_{name}": edition.times[:, column]
        for column, name in enumerate(
            ("5k", "10k", "15k", "half", "25k", "30k", "35k", "40k", "finish")
        )
    }
    file = folder / "splits.parquet"
    pq.write_table(pa.table({**columns, **more}), file)
    return file


def test_a_file_without_clocks_has_its_starts_spread_by_pace(tmp_path: Path) -> None:
    edition = made_up(200)
    races = ["here"] * 100 + ["there"] * 100
    editions = read_editions(a_file(tmp_path, edition, race=races, sex=["F", "M"] * 100))
    assert [one.name for one in editions] == ["here", "there"]
    one = editions[0]
    assert not one.clocks
    assert one.start_s[one.times[:, 0].argmin()] == 0.0
    assert one.start_s.max() < 1800.0
    assert one.woman.tolist() == [1.0, 0.0] * 50


def test_a_mat_that_was_not_there_is_no_site(tmp_path: Path) -> None:
    edition = made_up(100)
    edition.times[:, 2] = np.nan
    (one,) = read_editions(a_file(tmp_path, edition))
    assert 15_000.0 not in one.sites_m
    made_up.cache_clear()


def test_a_file_of_another_kind_is_refused_with_a_hint(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [1]}), file)
    with pytest.raises(PlanError):
        read_editions(file)


@pytest.mark.real_files
def test_the_test_edition_is_forecast_as_well_as_it_must_be() -> None:
    (edition,) = read_editions(get_real_files() / "splits_boston2014_test.parquet")
    replay = Replay(get_model(), edition)
    actual = edition.times[:, -1] / 60.0
    most = {21_097.5: 9.5, 30_000.0: 4.80, 35_000.0: 2.70, 40_000.0: 0.82}
    for metres, mae in most.items():
        mat = int(np.flatnonzero(edition.sites_m == metres)[0])
        off = np.abs(finish_min(replay, mat) - actual)
        assert np.nanmean(off) <= mae, metres
        if metres == 30_000.0:
            here = edition.times[:, mat]
            assert np.nanmean(off[here >= np.nanquantile(here, 0.9)]) <= 7.5
