"""Files of past splits, as editions that the forecast is trained and tested on.

One row is one finisher: ``t_5k`` ... ``t_finish`` net seconds, or ``c_start``, ``c_5k`` ... seconds of the
clock; ``race`` and ``year`` where a file holds several editions; ``age5`` (lower end of a band) or
``age_group``, ``sex``, ``start_clock_s`` where they are known.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from homestretch.errors import MissingExtra, PlanError
from homestretch.forecast.fitting import without_wrong_times
from homestretch.forecast.past import Edition, spread_starts
from homestretch.state.snapshot import Floats

MARATHON_M, HALF_M = 42_195.0, 21_097.5
LEAST_KNOWN = 0.3
"""A mat that read fewer of the finishers was not there that day."""
_COLUMN = re.compile(r"^(?P<kind>[tc])_(?P<place>half|finish|(?P<km>\d+(?:\.\d+)?)k)$")


def read_editions(file: Path) -> list[Edition]:
    """The editions of one parquet file, PlanError when it is none of this kind."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet", "Reading splits from a parquet file") from error
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise PlanError(f"{file} cannot be read as a parquet file.", "Is it there?") from error
    sites = _sites(table.column_names)
    if len(sites) < 3:
        raise PlanError(
            f"{file.name} has no columns of splits.", "They are called t_5k, t_half, t_finish."
        )
    names = [_words(table, name) for name in ("race", "year") if name in table.column_names]
    names = names or [np.full(table.num_rows, file.stem)]
    labels = np.array([" ".join(parts) for parts in zip(*names, strict=True)])
    every = _whole(table, sites)
    return [_part(every, name, labels == name) for name in np.unique(labels).tolist()]


def _sites(columns: list[str]) -> list[tuple[float, str]]:
    """(metres, column) in the order of the course."""
    found = []
    for column in columns:
        if match := _COLUMN.match(column):
            of = {"half": HALF_M, "finish": MARATHON_M}
            metres = of.get(match["place"]) or 1000.0 * float(match["km"])
            found.append((metres, column))
    return sorted(found)


def _whole(table: Any, sites: list[tuple[float, str]]) -> Edition:
    """All rows of a file as if they were one edition."""
    sites_m = np.array([metres for metres, _ in sites])
    times = np.column_stack([_numbers(table, column) for _, column in sites])
    start_s = np.full(table.num_rows, np.nan)
    if sites[0][1].startswith("c_"):
        start_s = _numbers(table, "c_start")
        times -= start_s[:, None]
    elif "start_clock_s" in table.column_names:
        start_s = _numbers(table, "start_clock_s")
    sex = _words(table, "sex") if "sex" in table.column_names else np.full(len(times), "")
    woman = np.where(sex == "F", 1.0, np.where(sex == "M", 0.0, np.nan))
    return Edition(
        name="",
        sites_m=sites_m,
        times=without_wrong_times(times, sites_m),
        start_s=start_s,
        woman=woman,
        age=_ages(table),
        clocks=bool(np.isfinite(start_s).any()),
    )


def _part(whole: Edition, name: str, rows: Any) -> Edition:
    """One edition: its rows with a finish, and the mats that stood there."""
    rows = rows & np.isfinite(whole.times[:, -1])
    times = whole.times[rows]
    there = np.isfinite(times).mean(axis=0) >= LEAST_KNOWN
    times, start_s = times[:, there], whole.start_s[rows]
    clocks = bool(np.isfinite(start_s).all()) and len(start_s) > 0
    return Edition(
        name=name,
        sites_m=whole.sites_m[there],
        times=times,
        start_s=start_s if clocks else spread_starts(times, whole.sites_m[there]),
        woman=whole.woman[rows],
        age=whole.age[rows],
        clocks=clocks,
    )


def _ages(table: Any) -> Floats:
    """The middles of bands of five years."""
    if "age5" in table.column_names:
        return _numbers(table, "age5") + 2.5
    if "age_group" not in table.column_names:
        return np.full(table.num_rows, np.nan)
    found = [re.match(r"\d+", word) for word in _words(table, "age_group")]
    return np.array([float(match[0]) + 2.5 if match else np.nan for match in found])


def _numbers(table: Any, column: str) -> Floats:
    return np.asarray(table[column].to_numpy(zero_copy_only=False), dtype=np.float64)


def _words(table: Any, column: str) -> Any:
    return np.array([value or "" for value in table[column].cast("string").to_pylist()])
