"""Reading a log of 1.6 million reads, against fetching the same rows with the standard library."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.appends import reads_of
from bench.figure import Figure, at_most, told
from homestretch.rehearsal.sample import Sample, sample_reads
from homestretch.store import Rows
from homestretch.store.sqlite_log import SqliteLog

GROUP = 50_000
ROUNDS = 3
FETCH = """
    SELECT seq, source, number, digest, seen_at, received_at, subject, place
    FROM facts WHERE kind = 1 ORDER BY seq
"""


def measure() -> list[Figure]:
    """Medians of both in turn in one run, each with connections of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.db"
        count = build_log(path, sample_reads())
        read_s, fetch_s = [], []
        for _ in range(ROUNDS):
            fetch_s.append(fetch(path, count))
            read_s.append(_read(path, count))
    ratio = median(read_s) / median(fetch_s)
    return [
        at_most(1.2, "reading the log, against sqlite3 fetchall of its reads", ratio, "x"),
        told("reading the log", count / median(read_s), "rows/s"),
        told("reading the log: reads", count, "rows"),
    ]


def build_log(path: Path, sample: Sample) -> int:
    """Append every read of the sample to a new log; returns how many."""
    log = SqliteLog(path)
    count = len(sample.seen_at)
    for first in range(0, count, GROUP):
        log.append(reads_of(sample, first, min(first + GROUP, count)))
    log.close()
    return count


def fetch(path: Path, count: int) -> float:
    """Seconds that the standard library takes to open the file and fetch every read."""
    began = perf_counter()
    db = sqlite3.connect(path)
    rows = db.execute(FETCH).fetchall()
    took_s = perf_counter() - began
    db.close()
    assert len(rows) == count
    return took_s


def read(path: Path) -> Rows:
    """The whole log, opened, read and closed."""
    log = SqliteLog(path)
    rows = log.read_since(0)
    log.close()
    return rows


def _read(path: Path, count: int) -> float:
    began = perf_counter()
    rows = read(path)
    took_s = perf_counter() - began
    assert len(rows.reads) == count
    return took_s
