"""Files of past races made for tests: of the rehearsal's people, or of rows written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from homestretch.rehearsal.day import Day
from homestretch.rehearsal.schedule import DATE, midnight_at

COLUMNS = {
    "start": "c_start", "5k": "c_5k", "10k": "c_10k", "15k": "c_15k", "half": "c_half", "25k": "c_25k",
    "30k": "c_30k", "35k": "c_35k", "mile-25": "c_25mi", "finish": "c_finish",
}  # fmt: skip


def write_parquet(path: Path, columns: Mapping[str, Sequence[Any]]) -> Path:
    """A parquet file with these columns; None is a missing value."""
    pq.write_table(
        pa.table({name: pa.array(list(values)) for name, values in columns.items()}), path
    )
    return path


def write_rehearsed(path: Path, made: Day, seed: int = 5) -> Path:
    """The finishers of a rehearsal's marathon, as a file of whole seconds with missing reads.

    Rows are shuffled; somebody runs side by side with somebody else, so there are ties in one second.
    """
    truth = made.truth
    runs = [
        row
        for row, (race, outcome) in enumerate(zip(truth.race, truth.outcome, strict=True))
        if race == "marathon" and outcome == "finished" and truth.bibs[row] not in truth.wheelchairs
    ]
    order = np.random.default_rng(seed).permutation(np.array(runs))
    columns: dict[str, Sequence[Any]] = {
        "sex": ["Female" if place % 2 else "Not specified" for place in range(len(order))],
        "age_group": ["45-49" if place % 3 else "–" for place in range(len(order))],
    }
    for point, name in COLUMNS.items():
        at = truth.read_at[order, truth.points.index(point)]
        if point == "finish":
            at = truth.crossed_at[order, truth.points.index(point)]
        seconds = (at - midnight_at(DATE)) // 1000
        columns[name] = [int(s) if t >= 0 else None for s, t in zip(seconds, at, strict=True)]
    return write_parquet(path, columns)
