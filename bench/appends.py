"""Durable appends against a bare ``executemany`` of the same columns and unique key in the same mode."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figure import Figure, at_least, told
from homestretch.facts import Read, Received, received
from homestretch.rehearsal.sample import Sample, sample_reads
from homestretch.store.batch import Symbols, batch_of
from homestretch.store.sqlite_log import SqliteLog

GROUP = 1_000
ROUNDS = 60
WARM_UP = 10

BARE_TABLE = """
CREATE TABLE facts(
    seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, source INTEGER NOT NULL, number INTEGER NOT NULL,
    digest INTEGER NOT NULL, seen_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
    subject INTEGER, place INTEGER, body BLOB
) STRICT;
CREATE UNIQUE INDEX facts_identity ON facts(source, number, digest);
"""
BARE_INSERT = "INSERT INTO facts VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def measure() -> list[Figure]:
    """The ratio at 1,000 rows a commit (medians, both in turn in one run), and rates for other groups."""
    sample = sample_reads(20_000)
    with tempfile.TemporaryDirectory() as folder:
        ours_s, bare_s = _race(Path(folder), sample)
        ratio = median(bare_s) / median(ours_s)
        figures = [
            at_least(0.6, "appends, 1,000 a commit, against bare executemany", ratio, "x"),
            told("appends, 1,000 a commit: log", GROUP / median(ours_s), "rows/s"),
            told("appends, 1,000 a commit: bare executemany", GROUP / median(bare_s), "rows/s"),
        ]
        for size in (1, 100):
            rate = size / median(_append_all(Path(folder) / f"{size}.db", sample, size))
            figures.append(told(f"appends, {size:,} a commit: log", rate, "rows/s"))
    return figures


def reads_of(sample: Sample, first: int, last: int) -> list[Received]:
    """Reads of the sample as a reader with a numbering of its own hands them on."""
    return [
        received(
            Read(seen_at=seen_at, chip=sample.chips[chip], place=sample.places[place]),
            f"jchip:{sample.places[place]}",
            received_at,
            number,
        )
        for number, chip, place, seen_at, received_at in zip(
            range(first, last),
            sample.chip[first:last].tolist(),
            sample.place[first:last].tolist(),
            sample.seen_at[first:last].tolist(),
            sample.received_at[first:last].tolist(),
            strict=True,
        )
    ]


def _race(folder: Path, sample: Sample) -> tuple[list[float], list[float]]:
    log = SqliteLog(folder / "ours.db")
    bare = _open_bare(folder / "bare.db")
    symbols = Symbols()
    ours_s, bare_s = [], []
    for at in range(WARM_UP + ROUNDS):
        items = reads_of(sample, at * GROUP, (at + 1) * GROUP)
        rows = [(1, *row, None) for row in batch_of(items, symbols).reads]
        ours_s.append(_took(partial(log.append, items)))
        bare_s.append(_took(partial(_append_bare, bare, rows)))
    log.close()
    bare.close()
    return ours_s[WARM_UP:], bare_s[WARM_UP:]


def _open_bare(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("PRAGMA secure_delete=OFF")
    bare.executescript(BARE_TABLE)
    return bare


def _append_bare(bare: sqlite3.Connection, rows: Iterable[tuple[int | None, ...]]) -> None:
    bare.execute("BEGIN IMMEDIATE")
    bare.executemany(BARE_INSERT, rows)
    bare.execute("COMMIT")


def _append_all(path: Path, sample: Sample, size: int) -> list[float]:
    log = SqliteLog(path)
    took = [_took(partial(log.append, items)) for items in _groups(sample, size, ROUNDS)]
    log.close()
    return took


def _groups(sample: Sample, size: int, count: int) -> Iterator[list[Received]]:
    for first in range(0, size * count, size):
        yield reads_of(sample, first, first + size)


def _took(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
