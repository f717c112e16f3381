"""Files of past splits, as editions that the forecast is trained and tested on.

One row is one finisher: ``t_5k`` ... ``t_finish`` net seconds, or ``c_start``, ``c_5k`` ... seconds of the
clock; ``race`` and ``year`` where a file holds several editions; ``age``, ``age5`` (lower end of a band) or
``age_group``, ``sex``, ``start_clock_s`` where they are known. Other columns are left alone.
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

MARATHON_M, HALF_M, MILE_M = 42_195.0, 21_097.5, 1609.344
LEAST_KNOWN = 0.3
"""A mat that read fewer of the finishers was not there that day."""
LEAST_PEOPLE = 20
"""Of fewer finishers no error is worth a figure."""
FORM = "One row a finisher, with columns t_5k, t_half, ..., t_finish (net seconds), or c_start, c_5k, ..., c_finish."
_COLUMN = re.compile(
    r"^(?P<kind>[tc])_(?P<place>half|finish|(?P<number>\d+(?:\.\d+)?)(?P<unit>k|mi))$"
)
_WOMEN, _MEN = frozenset("fw"), frozenset("m")


def read_editions(file: Path) -> list[Edition]:
    """The editions of one parquet file; PlanError when it is none of this kind, or nobody stands in it."""
    table = _read_table(file)
    sites = _sites(table.column_names, file)
    names = [_words(table, name) for name in ("race", "year") if name in table.column_names]
    names = names or [np.full(table.num_rows, file.stem)]
    labels = np.array([" ".join(parts).strip() for parts in zip(*names, strict=True)], dtype=str)
    labels[labels == ""] = file.stem
    every = _whole(table, sites, file)
    parts = [_part(every, name, labels == name) for name in np.unique(labels).tolist()]
    found = [part for part in parts if len(part.times) >= LEAST_PEOPLE and len(part.sites_m) > 1]
    if not found:
        raise PlanError(
            f"{file.name} holds no edition of {LEAST_PEOPLE} people or more with a finish and a mat before it.",
            FORM,
        )
    return found


def _read_table(file: Path) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet", "Reading splits from a parquet file") from error
    if not file.is_file():
        raise PlanError(f"There is no file {file}.", "Name a parquet file of past splits.")
    try:
        return pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        first = (str(error).splitlines() or ["no reason given"])[0]
        raise PlanError(f"{file.name} cannot be read as a parquet file: {first}", FORM) from error


def _sites(columns: list[str], file: Path) -> list[tuple[float, str]]:
    """(metres, column) in the order of the course: the clock's times where it knows start and finish."""
    kind = "c" if {"c_start", "c_finish"} <= set(columns) else "t"
    found: dict[float, str] = {}
    for column in columns:
        match = _COLUMN.match(column)
        if match and match["kind"] == kind:
            found.setdefault(_metres(match), column)
    if f"{kind}_finish" not in columns or len(found) < 2:
        raise PlanError(f"{file.name} has no splits with a finish.", FORM)
    return sorted((metres, column) for metres, column in found.items() if metres <= MARATHON_M)


def _metres(match: re.Match[str]) -> float:
    named = {"half": HALF_M, "finish": MARATHON_M}
    if match["place"] in named:
        return named[match["place"]]
    return float(match["number"]) * (1000.0 if match["unit"] == "k" else MILE_M)


def _whole(table: Any, sites: list[tuple[float, str]], file: Path) -> Edition:
    """All rows of a file as if they were one edition."""
    sites_m = np.array([metres for metres, _ in sites])
    times = np.column_stack([_numbers(table, column, file) for _, column in sites])
    start_s = np.full(table.num_rows, np.nan)
    if sites[0][1].startswith("c_"):
        start_s = _numbers(table, "c_start", file)
        times -= start_s[:, None]
    elif "start_clock_s" in table.column_names:
        start_s = _numbers(table, "start_clock_s", file)
    return Edition(
        name="",
        sites_m=sites_m,
        times=without_wrong_times(times, sites_m),
        start_s=start_s,
        woman=_women(table),
        age=_ages(table, file),
        clocks=bool(np.isfinite(start_s).any()),
    )


def _part(whole: Edition, name: str, rows: Any) -> Edition:
    """One edition: its rows with a finish, and the mats that stood there."""
    rows = rows & np.isfinite(whole.times[:, -1])
    times, start_s = whole.times[rows], whole.start_s[rows]
    there = np.isfinite(times).sum(axis=0) >= LEAST_KNOWN * max(len(times), 1)
    times = times[:, there]
    clocks = bool(np.isfinite(start_s).all()) and len(start_s) > 0
    spread = clocks or not times.size
    return Edition(
        name=name,
        sites_m=whole.sites_m[there],
        times=times,
        start_s=start_s if spread else spread_starts(times, whole.sites_m[there]),
        woman=whole.woman[rows],
        age=whole.age[rows],
        clocks=clocks,
    )


def _women(table: Any) -> Floats:
    """(n,) 1 for women, 0 for men, NaN for who says neither."""
    if "sex" not in table.column_names:
        return np.full(table.num_rows, np.nan)
    letters = [word.strip()[:1].lower() for word in _words(table, "sex").tolist()]
    return np.array(
        [1.0 if one in _WOMEN else 0.0 if one in _MEN else np.nan for one in letters]
    ).reshape(-1)


def _ages(table: Any, file: Path) -> Floats:
    """(n,) years; of a band of five the middle."""
    if "age" in table.column_names:
        return _numbers(table, "age", file)
    if "age5" in table.column_names:
        return _numbers(table, "age5", file) + 2.5
    if "age_group" not in table.column_names:
        return np.full(table.num_rows, np.nan)
    found = [re.search(r"\d+", word) for word in _words(table, "age_group").tolist()]
    return np.array([float(match[0]) + 2.5 if match else np.nan for match in found])


def _numbers(table: Any, column: str, file: Path) -> Floats:
    """(n,) numbers, or durations in s; NaN where there is none."""
    import pyarrow as pa

    values = table[column]
    try:
        if pa.types.is_duration(values.type):
            micros = values.cast(pa.duration("us"), safe=False).cast(pa.int64())
            return np.asarray(micros.cast(pa.float64(), safe=False).to_numpy()) / 1e6
        if pa.types.is_boolean(values.type):
            raise PlanError(f"{file.name}: the column {column} holds no times.", FORM)
        return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    except pa.ArrowException as error:
        raise PlanError(
            f"{file.name}: the column {column} holds no numbers ({values.type}).",
            "Times are seconds as numbers: 5403.2 is 1:30:03.",
        ) from error


def _words(table: Any, column: str) -> Any:
    return np.array([value or "" for value in table[column].cast("string").to_pylist()], dtype=str)
