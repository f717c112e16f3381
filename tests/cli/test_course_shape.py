"""`homestretch course-shape`: from last year's event or file into the folder of this year's."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from homestretch.folder.check import load_bends, load_paces
from tests.cli.conftest import EVENT, LINE, Run
from tests.replay.past import write_parquet

GUN_S = 9 * 3600
MANY = 300


def times_s() -> np.ndarray:
    """(people, 3) seconds after midnight at start, mill and finish: the second half is uphill."""
    rng = np.random.default_rng(4)
    first = rng.normal(1500.0, 150.0, MANY)
    start = GUN_S + rng.uniform(1.0, 60.0, MANY)
    return np.column_stack([start, start + first, start + 2.1 * first]).round(1)


def say(second: float) -> str:
    whole = int(second)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{round(second * 10) % 10}"


@pytest.fixture
def last_year(folder: Path, run: Run) -> Path:
    people = "".join(f"{1000 + n},10k,A,C{n}\n" for n in range(MANY))
    late = folder.parent / "late.csv"
    late.write_text("bib,race,wave,chip\n" + people)
    rows = [
        f"C{n},2024-05-04 {say(second)},{place}\n"
        for n, row in enumerate(times_s())
        for place, second in zip(("start", "mill", "finish"), row, strict=True)
    ]
    reads = folder.parent / "reads.csv"
    reads.write_text("chip,time,location\n" + "".join(rows))
    for file in (late, reads):
        assert run("import", folder, file).exit_code == 0
    return folder


@pytest.fixture
def this_year(tmp_path: Path) -> Path:
    where = tmp_path / "again"
    where.mkdir()
    (where / "event.toml").write_text(EVENT.format(port=1).replace("2024-05-04", "2030-05-04"))
    (where / "course.gpx").write_text(LINE)
    return where


def test_last_years_event_and_its_file_show_the_same_of_the_course(
    last_year: Path, this_year: Path, run: Run
) -> None:
    said = run("course-shape", this_year, last_year)
    assert said.exit_code == 0, said.output
    assert "3 of 10k, 0 of 5k" in said.stdout
    of_event, problems = load_bends(this_year)
    assert problems == []
    assert [bend.at_m for bend in of_event] == [0.0, 5000.0, 10000.0]
    assert of_event[1].difference == pytest.approx(-0.1, abs=0.03)
    (legs,) = load_paces(this_year)[0]
    assert (legs.race, legs.mats_m) == ("10k", [5000.0, 10000.0])

    start, mill, finish = times_s().T
    columns = {"c_start": start, "c_5k": mill, "c_finish": finish}
    file = write_parquet(last_year.parent / "past.parquet", {k: v.tolist() for k, v in columns.items()})  # fmt: skip
    assert run("course-shape", this_year, file).exit_code == 0
    of_file, _ = load_bends(this_year)
    assert [(one.race, one.at_m) for one in of_file] == [(one.race, one.at_m) for one in of_event]
    assert of_file[1].difference == pytest.approx(of_event[1].difference, abs=1e-3)
    (of_past,) = load_paces(this_year)[0]
    assert (of_past.race, of_past.mats_m) == (legs.race, legs.mats_m)
    assert np.allclose(of_past.shares, legs.shares, atol=0.02)


def test_an_edition_that_shows_nothing_writes_nothing(
    folder: Path, this_year: Path, run: Run
) -> None:
    said = run("course-shape", this_year, folder)
    assert said.exit_code == 1
    assert "shows nothing" in said.output
    assert not (this_year / "course-shape.csv").exists()


def test_a_spoilt_file_is_named_and_the_event_runs_without_it(folder: Path, run: Run) -> None:
    (folder / "course-shape.csv").write_text("race,at_m,from_m,to_m,difference\n10k,5000,0,far,1\n")
    said = run("check", folder)
    assert "course-shape.csv, line 2 (warning): This is no mat" in said.stdout
    assert "can be run" in said.stdout
    shutil.copy(folder / "entrants.csv", folder / "course-shape.csv")
    assert "course-shape.csv, line 1 (warning)" in run("check", folder).stdout
