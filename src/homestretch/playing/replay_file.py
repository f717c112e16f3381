"""The parquet file of a past race, read from the disk: its columns, and one edition of several."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from homestretch.errors import MissingExtra, PlanError
from homestretch.rehearsal.replay_times import (
    AGE_COLUMNS,
    SEX_COLUMN,
    START_COLUMN,
    Column,
    PastRace,
    point_columns,
    read_past_race,
)

EDITION_COLUMNS: Final = ("race", "year")
MOST_NAMED: Final = 20


def load_past_race(file: Path, edition: str, distance_m: float) -> PastRace:
    """The race in a parquet file; PlanError, or MissingExtra without the package that reads it."""
    return read_past_race(read_columns(file, edition), distance_m)


def read_columns(file: Path, edition: str = "") -> dict[str, Column]:
    """The columns of a parquet file that a replay uses; of several editions the one named."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra(
            "pyarrow", "parquet", "Reading a past race from a parquet file"
        ) from error
    if not file.is_file():
        raise PlanError(
            f"There is no file {file}.", "Name a parquet file with one row for each person."
        )
    try:
        names = pq.read_schema(file).names
        wanted = {*point_columns(names), START_COLUMN, SEX_COLUMN, *AGE_COLUMNS, *EDITION_COLUMNS}
        table = pq.read_table(file, columns=[name for name in names if name in wanted])
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).splitlines()[0] if str(error) else "no reason given"
        raise PlanError(
            f"{file.name} cannot be read as a parquet file: {first_line}", "Is it the right file?"
        ) from error
    table = _of_edition(table, edition)
    return {name: _column(table.column(name)) for name in table.column_names}


def _of_edition(table: Any, edition: str) -> Any:
    """The rows of one edition of a table that holds several."""
    there = [name for name in EDITION_COLUMNS if name in table.column_names]
    if not there:
        if edition:
            raise PlanError("The file has no columns race and year.", "Leave --edition out.")
        return table
    texts = [
        ["" if value is None else str(value) for value in table.column(name).to_pylist()]
        for name in there
    ]
    editions = np.array([" ".join(words) for words in zip(*texts, strict=True)])
    known = sorted(set(editions.tolist()))
    listed = ", ".join(f'"{name}"' for name in known[:20])
    if not edition and len(known) > 1:
        raise PlanError(
            f"The file holds {len(known)} races.", f"Choose one with --edition: {listed}."
        )
    if edition and edition not in known:
        raise PlanError(f'The file holds no edition "{edition}".', f"It holds {listed}.")
    return table.filter((editions == edition).tolist()) if edition else table


def _column(column: Any) -> Column:
    """A column as numbers with NaN, or as texts."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind):
        return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
    return [None if value is None else str(value) for value in column.to_pylist()]
