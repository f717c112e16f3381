"""Cold start: a log of 1.6 million reads to a Picture, against fetching the same rows with sqlite3."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.appends import reads_of
from bench.big_day import big_sample, end_of, list_entering
from bench.figure import Figure, at_most, told
from homestretch.live import Live
from homestretch.picture import Picture
from homestretch.rehearsal.sample import Sample, sample_reads
from homestretch.store import Rows
from homestretch.store.memory import MemoryPeople
from homestretch.store.sqlite_log import SqliteLog

GROUP = 50_000
ROUNDS = 3
SMALL = 200
FETCH = """
    SELECT seq, kind, source, number, digest, seen_at, received_at, subject, place, body
    FROM facts ORDER BY seq
"""
ROOT = Path(__file__).resolve().parents[1]


def measure() -> list[Figure]:
    """Medians of both in turn in one run, each with connections of its own."""
    sample = big_sample()
    now = end_of(sample)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        small = folder / "small.db"
        build_log(small, sample_reads(SMALL))
        compiling_s = _first_start(small, folder / "cache")
        loaded_s = _first_start(small, folder / "cache")
        start(small, now)
        path = folder / "facts.db"
        count = build_log(path, sample)
        start_s, read_s, fetch_s = [], [], []
        for _ in range(ROUNDS):
            fetch_s.append(_took(lambda: fetch(path, count)))
            start_s.append(_took(lambda: start(path, now)))
            read_s.append(_took(lambda: read(path)))
    ratio = median(start_s) / median(fetch_s)
    return [
        at_most(2, "cold start, log to Picture, against sqlite3 fetchall", ratio, "x"),
        told("cold start: rows of the log", count, "rows"),
        told("cold start: log to Picture", median(start_s), "s"),
        told("cold start: of that reading the log", median(read_s), "s"),
        told("cold start: sqlite3 fetchall of the same rows", median(fetch_s), "s"),
        told("cold start of a small log, loops to be compiled first", compiling_s, "s"),
        told("cold start of a small log, loops compiled before", loaded_s, "s"),
    ]


def build_log(path: Path, sample: Sample) -> int:
    """Append plan, entrants and every read of the sample to a new log; returns how many."""
    log = SqliteLog(path)
    entering = list_entering(sample)
    log.append(entering)
    count = len(sample.seen_at)
    for first in range(0, count, GROUP):
        log.append(reads_of(sample, first, min(first + GROUP, count)))
    log.close()
    return len(entering) + count


def start(path: Path, now: int) -> Picture:
    """A keeper's start: open the log, read it, fold it, make the Picture."""
    log = SqliteLog(path)
    live = Live(log, MemoryPeople(), lambda: now, lambda _: None)
    live.refresh()
    log.close()
    assert live.picture is not None
    return live.picture


def fetch(path: Path, count: int) -> None:
    """What the standard library does: open the file and fetch every row."""
    db = sqlite3.connect(path)
    rows = db.execute(FETCH).fetchall()
    db.close()
    assert len(rows) == count


def read(path: Path) -> Rows:
    """The whole log, opened, read and closed."""
    log = SqliteLog(path)
    rows = log.read_since(0)
    log.close()
    return rows


def _took(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _first_start(path: Path, cache: Path) -> float:
    """Seconds of a start in a new process whose compiled loops are kept in ``cache``."""
    script = (
        "import sys, time; from pathlib import Path; from bench.cold_start import start;"
        "began = time.perf_counter(); start(Path(sys.argv[1]), 1_778_000_000_000);"
        "print(time.perf_counter() - began)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(said.stdout)
