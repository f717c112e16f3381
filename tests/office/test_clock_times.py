"""Clock times from a file, the pairs to another, and the command that does both."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from homestretch.cli import main
from homestretch.errors import PlanError
from homestretch.office.clock_times import place_metres, read_clock_times
from tests.companions.fields import field_of, join

NAMES = ("c_start", "c_5k", "c_10k", "c_15k", "c_half", "c_25k", "c_30k", "c_35k", "c_finish")


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up race in whole seconds, its columns in no order."""
    field = field_of(400, seed=2, minutes=3.0)
    join(field.times_s, 0, 1, first=0)
    join(field.times_s, 2, 3, first=5)
    columns = {
        name: pa.array([None if t != t else int(t) for t in field.times_s[:, at]], pa.int32())
        for at, name in enumerate(NAMES)
    }
    file = tmp_path_factory.mktemp("race") / "race.parquet"
    pq.write_table(pa.table({"sex": ["f"] * 400, **dict(reversed(columns.items()))}), file)
    return file


def test_mats_stand_in_the_order_of_the_course_whatever_the_order_of_columns(race: Path) -> None:
    field, mats = read_clock_times(race)
    assert [f"c_{mat}" for mat in mats] == list(NAMES)
    assert field.metres[[0, 1, 4, -1]].tolist() == [0.0, 5000.0, 21_097.5, 42_195.0]
    assert field.times_s.shape == (400, 9)


@pytest.mark.parametrize(
    ("places", "metres"),
    [
        (["start", "5k", "finish"], [0.0, 5000.0, 10_000.0]),
        (["start", "10mi", "km_20", "half"], [0.0, 16_093.44, 20_000.0, 21_097.5]),
        (["start", "bridge", "10k"], [0.0, 5000.0, 10_000.0]),
        (["a", "b", "c"], [0.0, 1000.0, 2000.0]),
        (["5k", "hill", "top"], [5000.0, 6000.0, 7000.0]),
    ],
)
def test_a_name_tells_the_distance_or_the_neighbours_do(
    places: list[str], metres: list[float]
) -> None:
    times_s = np.array([[0.0, 1500.0, 3000.0, 3200.0][: len(places)]] * 3)
    assert place_metres(places, times_s) == pytest.approx(metres)


def test_the_command_tells_threshold_rate_pairs_packs_and_seconds(
    race: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pairs.parquet"
    done = CliRunner().invoke(
        main, ["evidence", "companions", str(race), "--pairs", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert {"threshold", "expected_false", "pairs", "packs", "seconds"} <= set(said)
    table = pq.read_table(out).to_pydict()
    assert {"i", "j", "score", "since", "until", "gaps", "pack"} <= set(table)
    assert len(table["i"]) == said["pairs"] >= 2
    since = {(i, j): mat for i, j, mat in zip(table["i"], table["j"], table["since"], strict=True)}
    assert (since[0, 1], since[2, 3]) == ("start", "25k")
    assert all(len(gaps) == len(NAMES) for gaps in table["gaps"])
    assert table["score"] == sorted(table["score"], reverse=True)


def test_planting_prints_recall_by_first_mat_and_place(race: Path) -> None:
    done = CliRunner().invoke(main, ["evidence", "companions", str(race), "--plant"])
    assert done.exit_code == 0, done.output
    assert "planted pairs found, 400 runners" in done.output
    assert "first mat together 30k" in done.output


def test_a_file_without_clock_times_is_refused_in_words(tmp_path: Path) -> None:
    net, texts = tmp_path / "net.parquet", tmp_path / "texts.parquet"
    pq.write_table(pa.table({"t_5k": [1500], "t_finish": [9000]}), net)
    pq.write_table(pa.table({"c_start": ["early"], "c_finish": ["late"]}), texts)
    for file, words in (
        (net, "no columns of clock times"),
        (texts, "holds"),
        (tmp_path, "parquet"),
    ):
        with pytest.raises(PlanError, match=words):
            read_clock_times(file)
