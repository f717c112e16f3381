"""A past race as clock times, read from a parquet file, and the pairs found in it written to another.

One row is one runner; columns ``c_start``, ``c_5k``, ``c_half``, ``c_26.2mi``, ``c_finish`` hold seconds of the
clock, nothing where nothing was read. A point whose name tells no distance stands between its neighbours in the
file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np

from homestretch.companions.values import Field, Floats, Found
from homestretch.errors import MissingExtra, PlanError, StoreError

HALF_M: Final = 21_097.5
LENGTHS_M: Final = (5000.0, 10_000.0, 15_000.0, HALF_M, 42_195.0, 50_000.0, 100_000.0)
METRES: Final = {
    "km": 1000.0,
    "k": 1000.0,
    "mi": 1609.344,
    "mile": 1609.344,
    "miles": 1609.344,
    "m": 1.0,
}
NEAR_LENGTH: Final = 0.1
_DISTANCE = re.compile(r"(?P<number>\d+(?:[._]\d+)?)_?(?P<unit>km|k|miles|mile|mi|m)")
_BEFORE_NUMBER = re.compile(r"(?P<unit>km|k|mile|mi)_?(?P<number>\d+(?:[._]\d+)?)")


def read_clock_times(file: Path) -> tuple[Field, tuple[str, ...]]:
    """The field in a file, and the names of its mats in the order of the course; PlanError when it is none."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet", "Reading times from a parquet file") from error
    try:
        names = [name for name in pq.read_schema(file).names if name.startswith("c_")]
        table = pq.read_table(file, columns=names)
    except (pa.ArrowException, OSError) as error:
        raise PlanError(f"{file} cannot be read as a parquet file.", "Is it there?") from error
    if not names:
        raise PlanError(
            f"{file.name} has no columns of clock times.",
            "They are called c_start, c_5k, ..., c_finish and hold seconds of the clock. Net times"
            " cannot say who was beside whom.",
        )
    times_s = np.column_stack([_numbers(table, name) for name in names])
    places = [name[2:] for name in names]
    metres = place_metres(places, times_s)
    order = np.argsort(metres, kind="stable")
    return Field(times_s[:, order], metres[order]), tuple(places[at] for at in order.tolist())


def _numbers(table: Any, name: str) -> Floats:
    import pyarrow as pa

    column = table[name]
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        raise PlanError(f"The column {name} holds {kind}.", "Clock times must be seconds.")
    try:
        numbers = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    except (pa.ArrowException, ValueError) as error:
        raise PlanError(
            f"The column {name} holds {kind}.", "Clock times must be seconds."
        ) from error
    return np.where(np.isfinite(numbers), numbers, np.nan)


def place_metres(places: list[str], times_s: Floats) -> Floats:
    """(m,) metres of each point from its name; else between its neighbours in the file. No two are at one place."""
    metres = np.array([_metres(place) for place in places])
    finish = [at for at, place in enumerate(places) if place.lower() == "finish"]
    if finish:
        metres[finish[0]] = _length(metres, times_s, finish[0])
    known = np.flatnonzero(np.isfinite(metres))
    unknown = np.flatnonzero(~np.isfinite(metres))
    if not len(known):
        return np.arange(0.0, 1000.0 * len(places), 1000.0)
    # Beyond the outermost point that is known, a kilometre for each.
    metres[unknown] = np.interp(unknown, known, metres[known])
    metres[unknown[unknown > known[-1]]] += 1000.0 * (unknown[unknown > known[-1]] - known[-1])
    metres[unknown[unknown < known[0]]] -= 1000.0 * (known[0] - unknown[unknown < known[0]])
    order = np.argsort(metres, kind="stable")
    for before, at in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        metres[at] = max(metres[at], metres[before] + 1.0)
    return metres


def _metres(place: str) -> float:
    """Metres of a point by its name, NaN when it tells none (the finish is told by the times)."""
    words = place.lower()
    if words in ("start", "half"):
        return 0.0 if words == "start" else HALF_M
    match = _DISTANCE.fullmatch(words) or _BEFORE_NUMBER.fullmatch(words)
    if match is None:
        return float("nan")
    return float(match["number"].replace("_", ".")) * METRES[match["unit"]]


def _length(metres: Floats, times_s: Floats, finish: int) -> float:
    """The length of the race: what the pace up to the last point with a distance makes of the time to the finish."""
    known = np.flatnonzero(np.isfinite(metres))
    if len(known) < 2:
        return 42_195.0
    first, last = known[np.argmin(metres[known])], known[np.argmax(metres[known])]
    ran = metres[last] - metres[first]
    ratio = (times_s[:, finish] - times_s[:, last]) / (times_s[:, last] - times_s[:, first])
    ratio = ratio[np.isfinite(ratio) & (ratio > 0.0)]
    if not len(ratio) or ran <= 0.0:
        return float(metres[last]) + 1000.0
    about = float(metres[last] + ran * np.median(ratio))
    near = [one for one in LENGTHS_M if one > metres[last] and abs(one / about - 1.0) < NEAR_LENGTH]
    return min(near, key=lambda one: abs(one - about)) if near else about


def write_pairs(file: Path, found: Found, mats: tuple[str, ...]) -> None:
    """i, j (row numbers), score, since, until, gaps (s that j is behind i, by mat), together (by mat), pack, group
    and about how many are in it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pairs, names = found.pairs, np.array(mats)
    gaps = [[None if gap != gap else gap for gap in row] for row in pairs.gaps_s.tolist()]
    table = pa.table(
        {
            "i": pairs.i, "j": pairs.j, "score": pairs.score,
            "since": pa.array(names[pairs.since].tolist(), pa.string()),
            "until": pa.array(names[pairs.until].tolist(), pa.string()),
            "gaps": pa.array(gaps, pa.list_(pa.float64())),
            "together": pa.array(pairs.together.tolist(), pa.list_(pa.bool_())),
            "pack": pairs.pack, "group": pairs.group, "group_size": pairs.group_size,
        },
        metadata={"mats": ",".join(mats)},
    )  # fmt: skip
    try:
        pq.write_table(table, file)
    except OSError as error:
        raise StoreError(
            f"{file} cannot be written: {error.strerror}.", "Is the folder there?"
        ) from error
