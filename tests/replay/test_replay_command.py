"""`homestretch replay` as a person runs it: processes, sockets, a store on the disk, an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from homestretch.rehearsal.day import day
from homestretch.rehearsal.replay_plan import MADE_UP
from tests.cli.serving import fetch, homestretch, serving
from tests.replay.past import write_parquet, write_rehearsed


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 360 finishers with missing reads and ties, as a file of whole seconds."""
    made = day(7, marathon=400, half=100)
    return write_rehearsed(tmp_path_factory.mktemp("past") / "rehearsed.parquet", made)


def test_a_replay_at_full_speed_finds_every_time_of_the_file_and_can_be_run_again_in_its_folder(
    rehearsed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    for _ in range(2):
        done = homestretch(
            "replay", rehearsed, "--speed", "max", "--json", "--port", "0", "--folder", folder
        )
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert list(report) == ["finishers", "differences", "seconds"]
        assert report["finishers"] == pq.read_metadata(rehearsed).num_rows > 300
        assert report["differences"] == 0
        assert report["seconds"] > 0
    assert {path.name for path in folder.iterdir()} >= {
        "event.toml",
        "course.gpx",
        "entrants.csv",
        "facts.db",
        "people.db",
    }


def test_a_file_that_cannot_be_true_ends_with_differences_and_exit_code_1(tmp_path: Path) -> None:
    times = {
        "c_start": [25_200, 25_201, 25_202],
        "c_half": [29_000, 29_100, 25_300],
        "c_finish": [33_000, 33_100, 33_200],
    }
    file = write_parquet(tmp_path / "impossible.parquet", times)
    done = homestretch("replay", file, "--speed", "max", "--json", "--port", "0")
    assert done.returncode == 1
    assert json.loads(done.stdout)["finishers"] == 3
    assert json.loads(done.stdout)["differences"] > 0


def test_a_replay_at_full_speed_says_so_and_its_pages_stay_up(rehearsed: Path) -> None:
    with serving("replay", rehearsed, "--speed", "max", "--port", "0") as server:
        address = server.wait_for(r"^  (http://\S+/replay)$")[1]
        server.wait_for(r"finishers in .* every clock, net time and place is as in the file")
        home, results = fetch(address), fetch(f"{address}/results/race")
        assert server.end() == 0
    assert MADE_UP in home
    assert MADE_UP in results
    assert "Runner 00" in results
    assert any(MADE_UP in line for line in server.said)


def test_a_replay_at_some_speed_begins_before_the_first_gun(rehearsed: Path) -> None:
    with serving("replay", rehearsed, "--speed", "10000", "--port", "0") as server:
        address = server.wait_for(r"^  (http://\S+/replay)$")[1]
        first = json.loads(fetch(f"{address}.json"))["frame"]["now"]
        server.wait_for("every clock, net time and place is as in the file")
        last = json.loads(fetch(f"{address}.json"))["frame"]["now"]
        assert server.end() == 0
    assert last - first > 3 * 3_600_000


def test_a_folder_that_holds_something_else_is_left_alone(rehearsed: Path, tmp_path: Path) -> None:
    (tmp_path / "event.toml").write_text("[event]\n")
    done = homestretch("replay", rehearsed, "--speed", "max", "--json", "--folder", tmp_path)
    assert done.returncode == 1
    assert "something else than this replay" in done.stderr
    assert (tmp_path / "event.toml").read_text() == "[event]\n"
