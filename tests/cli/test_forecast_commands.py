"""Forecasts of past races by command: any file of splits, the simpler methods beside ours, a model of one's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Run
from tests.forecast.fields import made_up

PLACES = ("5k", "10k", "15k", "half", "25k", "30k", "35k", "40k", "finish")
METHODS = {"homestretch", "constant_pace", "last_leg", "riegel", "two_variable"}
FIGURES = {"mae", "rmse", "within_1", "within_2", "within_5", "pinball",
           "coverage_50", "coverage_80", "coverage_90"}  # fmt: skip
Columns = dict[str, object]


def columns_of(people: int, seed: int = 3) -> Columns:
    times = made_up(people, seed).times
    return {f"t_{place}": times[:, column] for column, place in enumerate(PLACES)}


def a_file(path: Path, columns: Columns) -> str:
    pq.write_table(pa.table(columns), path)
    return str(path)


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> str:
    return a_file(tmp_path_factory.mktemp("past") / "spring.parquet", columns_of(300))


def test_every_figure_stands_under_its_key_without_the_races_that_were_trained_on(
    race: str, run: Run
) -> None:
    found = json.loads(run("evidence", "forecast", "--test", race, "--json").stdout)
    assert list(found["after"]) == list(PLACES[:-1])
    for groups in found["after"].values():
        assert set(groups) == {"all", "slowest_tenth"}
        for methods in groups.values():
            assert set(methods) == METHODS
            assert set(methods["homestretch"]) >= FIGURES
            assert set(methods["two_variable"]) >= FIGURES
            assert all(0.0 < methods[name]["mae"] < 100.0 for name in METHODS)
    assert found["people"] == 300
    assert found["edition"] == "spring"
    assert [limit["mat"] for limit in found["limits"]][::3] == ["30k", "35k", "40k"]


def test_of_several_editions_each_stands_alone_and_all_together(tmp_path: Path, run: Run) -> None:
    years = {"race": ["mill"] * 300, "year": [2021] * 200 + [2022] * 100}
    file = a_file(tmp_path / "x.parquet", {**columns_of(300), **years})
    found = json.loads(run("evidence", "forecast", "--test", file, "--json").stdout)
    assert list(found["editions"]) == ["mill 2021", "mill 2022"]
    each = [one["after"]["30k"]["all"]["homestretch"]["mae"] for one in found["editions"].values()]
    whole = found["after"]["30k"]["all"]["homestretch"]["mae"]
    assert whole == pytest.approx((200 * each[0] + 100 * each[1]) / 300)


def test_a_table_is_printed_for_people(race: str, run: Run) -> None:
    done = run("evidence", "forecast", "--test", race)
    assert done.exit_code == 0
    assert (
        "| after | homestretch | two_variable | riegel | last_leg | constant_pace |" in done.stdout
    )
    assert "300 finishers, starts spread by pace" in done.stdout


def without(columns: Columns, *names: str) -> Columns:
    return {name: column for name, column in columns.items() if name not in names}


def as_durations(columns: Columns) -> Columns:
    return {
        name: pa.array(np.round(1000 * np.asarray(column)).astype(np.int64), pa.duration("ms"))
        for name, column in columns.items()
    }


def with_odd_columns(columns: Columns) -> Columns:
    odd = {
        "bib": ["?"] * 300,
        "t_shirt": ["M"] * 300,
        "t_20mi": columns["t_30k"],
        "sex": [None] * 300,
    }
    return {**columns, **odd, "age_group": ["", "W40"] * 150}


@pytest.mark.parametrize(
    "change",
    [
        lambda columns: without(columns, "t_15k", "t_5k", "t_40k"),
        lambda columns: without(columns, *(f"t_{place}" for place in PLACES[:-1] if place != "half")),
        lambda columns: {**columns, "t_25k": np.full(300, np.nan)},
        lambda columns: {**columns, "t_12k": pa.nulls(300)},
        with_odd_columns,
        as_durations,
    ],
    ids=["fewer mats", "the half alone", "a mat that read nobody", "nulls", "odd", "durations"],
)  # fmt: skip
def test_files_of_all_kinds_are_measured(
    change: Callable[[Columns], Columns], tmp_path: Path, run: Run
) -> None:
    file = a_file(tmp_path / "x.parquet", change(columns_of(300)))
    done = run("evidence", "forecast", "--test", file, "--json")
    assert done.exit_code == 0, done.stderr
    after = json.loads(done.stdout)["after"]
    assert "half" in after
    assert 0 < after["half"]["all"]["homestretch"]["mae"] < 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda columns: {name: column[:0] for name, column in columns.items()}, "no edition of 20"),
        (lambda columns: without(columns, "t_finish"), "no splits with a finish"),
        (lambda columns: {"t_finish": columns["t_finish"]}, "no splits with a finish"),
        (lambda columns: {**columns, "t_30k": ["2:10:11"] * 300}, "t_30k holds no numbers"),
        (lambda columns: {**columns, "t_30k": [True] * 300}, "t_30k holds no times"),
        (lambda columns: {**columns, "t_finish": pa.nulls(300)}, "no edition of 20"),
        (lambda _: {"bib": [1, 2]}, "no splits with a finish"),
    ],
    ids=["empty", "no finish", "the finish alone", "texts", "yes or no", "nobody home", "another"],
)  # fmt: skip
def test_a_file_that_says_nothing_is_refused_with_a_hint(
    change: Callable[[Columns], Columns], said: str, tmp_path: Path, run: Run
) -> None:
    columns = {name: np.asarray(column) for name, column in columns_of(300).items()}
    file = a_file(tmp_path / "x.parquet", change(dict(columns)))
    done = run("evidence", "forecast", "--test", file, "--json")
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_what_is_no_parquet_file_is_refused(tmp_path: Path, run: Run) -> None:
    (tmp_path / "x.parquet").write_text("bib,time\n")
    for name in ("x.parquet", "nowhere.parquet"):
        assert run("evidence", "forecast", "--test", str(tmp_path / name)).exit_code == 1


def test_without_the_package_that_reads_parquet_the_hint_says_which(
    race: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("evidence", "forecast", "--test", race)
    assert done.exit_code == 1
    assert "homestretch[parquet]" in done.stderr


def test_a_model_of_ones_own_is_trained_and_used(tmp_path: Path, run: Run, race: str) -> None:
    files = [
        a_file(tmp_path / f"{year}.parquet", {**columns_of(1200, seed), "year": [year] * 1200})
        for year, seed in ((2021, 11), (2022, 12))
    ]
    out = tmp_path / "ours.json"
    done = run("forecast", "fit", *files, "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "Trained on 2,400 finishers: 2021, 2022." in done.stdout
    own = json.loads(
        run("evidence", "forecast", "--test", race, "--model", str(out), "--json").stdout
    )
    assert own["trained_on"] == ["2021", "2022"]
    assert 0 < own["after"]["30k"]["all"]["homestretch"]["mae"] < 10
    assert 0 < own["after"]["30k"]["all"]["two_variable"]["mae"] < 10
    card = run("forecast", "card", "--model", str(out)).stdout
    assert "Not for: drop-outs" in card
    again = run("evidence", "forecast", "--test", files[0], "--model", str(out), "--json")
    assert "2021 is one of those the model was trained on" in again.stderr


def test_too_few_people_to_train_on_are_refused(race: str, run: Run) -> None:
    done = run("evidence", "forecast", "--test", race, "--train", race)
    assert done.exit_code == 1
    assert "300 people are too few" in done.stderr


def test_files_that_follow_belong_to_train(race: str, run: Run) -> None:
    assert run("evidence", "forecast", "--test", race, race).exit_code == 2
    assert run("evidence", "forecast").exit_code == 2


def test_what_is_no_model_is_refused(race: str, run: Run) -> None:
    assert run("forecast", "card", "--model", race).exit_code == 1


def test_the_card_of_the_model_that_ships_says_what_it_is_not_for(run: Run) -> None:
    card = run("forecast", "card").stdout
    assert "Trained on" in card
    assert "Not for: drop-outs" in card
    assert "Personal data: none" in card
