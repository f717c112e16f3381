"""The real file: 48,000 finishers of one day, through sockets, reader, intake, store and fold."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from homestretch.folder.entrants import Entrants
from homestretch.loading import enter
from homestretch.playing.replay_check import compare
from homestretch.playing.replay_file import load_past_race
from homestretch.race.event import Plan
from homestretch.rehearsal.replay_plan import (
    bib_of,
    find_waves,
    list_entrants,
    make_course,
    make_event,
)
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.ranking import make_rivals, rank
from homestretch.state.snapshot import NEVER
from homestretch.store.memory import MemoryLog, MemoryPeople
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
    waves = find_waves(past.clock_ms[:, 0])
    everybody = list(list_entrants(past, waves))
    entrants = Entrants(entrants=tuple(one for one, _, _ in everybody), persons=(), chips=())
    event, log, columns = make_event(past, waves, "test", 1), MemoryLog(), Columns()
    plan = Plan(event=event, course=make_course(past.distance_m))
    enter(log, MemoryPeople(), plan, entrants, MIDNIGHT)
    columns.take(log.read_since(0))
    state = Fold(columns).state(MIDNIGHT)
    assert state is not None
    roster = state.roster
    rows = np.array([roster.row_of_bib[bib_of(place)] for place in range(len(past.clock_ms))])
    finish_at, start_at = np.full((2, len(rows)), NEVER, np.int64)
    finish_at[rows], start_at[rows] = (
        past.clock_ms[:, -1] + MIDNIGHT,
        past.clock_ms[:, 0] + MIDNIGHT,
    )
    ranked = np.zeros(len(rows), np.bool_)
    ranked[rows] = past.finished
    assert int(ranked.sum()) > 47_999
    gun_ms, net_ms = finish_at - roster.gun_at, finish_at - start_at
    took_s = []
    for _ in range(3):
        began = process_time()
        rivals = make_rivals(event, roster)
        places = rank(rivals, roster, gun_ms, net_ms, ranked, (finish_at,), [[0, 1]])
        took_s.append(process_time() - began)
    by_time = np.lexsort((finish_at, gun_ms))
    by_time = by_time[ranked[by_time]]
    assert (np.diff(places.race[by_time]) >= 0).all()
    print(f"\nranked {int(ranked.sum()):,} in {1000 * min(took_s):.1f} ms of CPU")
    assert min(took_s) < 0.1
