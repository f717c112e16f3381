"""The real file: 48,000 finishers of one day, through sockets, reader, intake, store and fold."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from homestretch.playing.replay_check import compare
from homestretch.playing.replay_file import load_past_race
from homestretch.rehearsal.replay_plan import find_waves, make_event
from homestretch.state.ranking import make_rivals, rank
from tests.cli.serving import homestretch
from tests.conftest import get_real_files
from tests.replay.folding import MIDNIGHT, fold

pytestmark = pytest.mark.real_files


def real_file(name: str) -> Path:
    return get_real_files() / name


def test_every_clock_and_net_time_of_the_real_day_is_the_files() -> None:
    file = real_file("clock_chicago2023.parquet")
    finished = pq.read_table(file, columns=["c_finish"]).column(0)
    done = homestretch("replay", file, "--speed", "max", "--json", "--port", "0", patience_s=400)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["differences"] == 0
    assert report["finishers"] == pc.count(finished).as_py()


def test_real_net_splits_come_out_as_they_went_in() -> None:
    past = load_past_race(real_file("splits_boston2014_test.parquet"), "", 42195.0)
    found = compare(past, find_waves(past.clock_ms[:, 0]), fold(past), MIDNIGHT)
    assert found.finishers == int(past.finished.sum())
    assert found.differences == 0, found.examples


def test_the_real_day_is_ranked_in_a_tenth_of_a_second() -> None:
    past = load_past_race(real_file("clock_chicago2023.parquet"), "", 42195.0)
    state, event = fold(past), make_event(past, find_waves(past.clock_ms[:, 0]), "test", 1)
    ranked = state.gun_ms >= 0
    assert int(ranked.sum()) == int(past.finished.sum()) > 47_999
    first = np.flatnonzero((state.place == 1) | (state.place == 2)).tolist()
    took_s = []
    for _ in range(3):
        began = process_time()
        rivals = make_rivals(event, state.roster)
        places = rank(
            rivals, state.roster, state.gun_ms, state.net_ms, ranked, (state.finish_at,), [first]
        )
        took_s.append(process_time() - began)
    assert sorted(places.race[ranked].tolist()) == [1, 1, *range(3, int(ranked.sum()) + 1)]
    print(f"\nranked {int(ranked.sum()):,} in {1000 * min(took_s):.1f} ms of CPU")
    assert min(took_s) < 0.1
