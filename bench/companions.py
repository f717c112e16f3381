"""Companions of 48,000 runners: the batch with its calibration, the scan for candidates against a self-join in
DuckDB, and one read after the other at 60,000 runners; on one core.

The field is the made-up one; where the real files are (HOMESTRETCH_DATA), their race is measured, too.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from time import process_time, process_time_ns

import numpy as np

from bench.figure import Figure, at_least, at_most, told
from homestretch.companions.chance import measure as measure_chance
from homestretch.companions.finding import find
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.scan import NEAR_S, candidates
from homestretch.companions.updating import Watch
from homestretch.companions.values import Field, Floats, Ints
from homestretch.office.clock_times import read_clock_times
from homestretch.rehearsal.sample import sample_reads

RUNNERS, LIVE_RUNNERS = 48_000, 60_000
SCANS, JOINS, PASSES = 7, 2, 3
"""The best of so many counts: what else runs on the computer only makes them slower."""
BEFORE, MEASURED = 400_000, 150_000
"""Reads that are known already, and those that are measured one by one."""
REAL = "clock_chicago2023.parquet"
FOLDER = Path(os.environ.get("HOMESTRETCH_DATA") or Path(__file__).parents[2] / "shared" / "data")


def measure() -> list[Figure]:
    """CPU time of one thread; the compiler has been at work before."""
    find(made_up(2000))
    figures = [*_batch("made up", made_up(RUNNERS)), *_live(made_up(LIVE_RUNNERS))]
    if (FOLDER / REAL).is_file():
        figures += _batch("a real day", read_clock_times(FOLDER / REAL)[0])
    return figures


def made_up(runners: int) -> Field:
    """The race of the benchmarks in whole seconds, as most mats tell them."""
    sample = sample_reads(runners)
    read_at = sample.read_at // 1000
    times_s = np.where(sample.read_at < 0, np.nan, read_at - read_at[sample.read_at > 0].min())
    return Field(times_s.astype(np.float64), sample.distance_m)


def _batch(name: str, field: Field) -> list[Figure]:
    began = process_time()
    found = find(field)
    batch_s = process_time() - began
    scans = [_scan(field.times_s) for _ in range(SCANS)]
    joins = [_join(field.times_s) for _ in range(JOINS)]
    joined_s, joined = min(joins, key=lambda one: one[0])
    mine = scans[0][1]
    assert {tuple(pair) for pair in mine.tolist()} == joined, "both find the same candidates"
    scan_s = min(took for took, _ in scans)
    head = f"companions, {name}"
    return [
        at_most(15, f"{head}: the batch with its calibration", batch_s, "s CPU"),
        told(f"{head}: runners", len(field.times_s), "runners"),
        told(f"{head}: pairs", len(found.pairs.i), "pairs"),
        told(f"{head}: pairs that chance makes", found.expected_false, "pairs"),
        told(f"{head}: scan for candidates", 1000 * scan_s, "ms CPU"),
        told(f"{head}: candidates", len(mine), "pairs"),
        at_least(30, f"{head}: DuckDB's self-join takes", joined_s / scan_s, "x as long"),
    ]


def _scan(times_s: Floats) -> tuple[float, Ints]:
    began = process_time()
    pairs = candidates(times_s)
    return process_time() - began, pairs


def _join(times_s: Floats) -> tuple[float, set[tuple[int, int]]]:
    """The same candidates by DuckDB, on one thread: at each mat an equality join over buckets as wide as a
    candidate may be apart, each runner in two of them, and the next common mat from the same two rows."""
    import duckdb

    mats = times_s.shape[1]
    db = duckdb.connect(config={"threads": 1})
    columns = {f"t{mat}": times_s[:, mat] for mat in range(mats)}
    names = ", ".join(
        f"CASE WHEN isnan(t{mat}) THEN NULL ELSE t{mat} END AS t{mat}" for mat in range(mats)
    )
    given = {"runner": np.arange(len(times_s)), **columns}  # noqa: F841 - DuckDB finds it by its name
    db.execute(f"CREATE TABLE field AS SELECT runner, {names} FROM given")
    began = process_time()
    parts = [_join_at(mat, mats) for mat in range(mats - 1)]
    found = db.execute(" UNION ".join(parts)).fetchnumpy()
    took = process_time() - began
    return took, set(zip(found["i"].tolist(), found["j"].tolist(), strict=True))


def _join_at(mat: int, mats: int) -> str:
    gaps = ", ".join(f"b.t{later} - a.t{later}" for later in range(mat + 1, mats))
    near = f"BETWEEN -{NEAR_S} AND {NEAR_S}"
    bucket = f"CAST(floor(t{mat} / {NEAR_S}) AS INTEGER)"
    return (
        "SELECT least(a.runner, b.runner) AS i, greatest(a.runner, b.runner) AS j"
        f" FROM (SELECT *, {bucket} AS bucket FROM field WHERE t{mat} IS NOT NULL) a"
        f" JOIN (SELECT *, unnest([{bucket}, {bucket} - 1]) AS bucket FROM field"
        f" WHERE t{mat} IS NOT NULL) b ON a.bucket = b.bucket"
        f" WHERE a.runner <> b.runner AND b.t{mat} - a.t{mat} {near} AND coalesce({gaps}) {near}"
    )


def _live(field: Field) -> list[Figure]:
    """Every read of the race in the order of time, by a model learnt before."""
    times_s = field.times_s
    model = learn(times_s, field.metres)
    chance = measure_chance(times_s, *run_rows(times_s, model), model)
    rows, mats = np.nonzero(np.isfinite(times_s))
    order = np.argsort(times_s[rows, mats], kind="stable")
    rows, mats = rows[order], mats[order]
    at_s = times_s[rows, mats]
    reads = list(zip(rows.tolist(), mats.tolist(), at_s.tolist(), strict=True))
    passes = []
    for _ in range(PASSES):
        watch = Watch(model, len(times_s), 0.0)
        watch.take_all(rows[:BEFORE], mats[:BEFORE], at_s[:BEFORE])
        passes.append(_one_by_one(watch, reads[BEFORE : BEFORE + MEASURED]))
    took, whole = min(passes, key=lambda one: float(np.quantile(one[0], 0.99)))
    began = process_time()
    found = watch.found(chance)
    settled_s = process_time() - began
    p50, p99 = np.quantile(took, (0.5, 0.99)) / 1000
    head = "companions, read by read"
    return [
        at_most(50, f"{head}: p99 of an update", p99, "us CPU"),
        told(f"{head}: median of an update", p50, "us CPU"),
        at_least(50_000, f"{head}: reads a second", MEASURED / whole, "reads/s"),
        at_most(200, f"{head}: kept for {LIVE_RUNNERS:,} runners", watch.nbytes() / 1e6, "MB"),
        told(f"{head}: pairs, asked for once", len(found.pairs.i), "pairs"),
        told(f"{head}: asking for them", 1000 * settled_s, "ms CPU"),
    ]


def _one_by_one(watch: Watch, reads: list[tuple[int, int, float]]) -> tuple[Floats, float]:
    """Nanoseconds of each update, and seconds of all; without the collector of garbage, as ``timeit`` does."""
    took = np.zeros(len(reads))
    gc.disable()
    try:
        whole = process_time()
        for at, (row, mat, second) in enumerate(reads):
            began = process_time_ns()
            watch.take(row, mat, second)
            took[at] = process_time_ns() - began
        return took, process_time() - whole
    finally:
        gc.enable()
