"""A past race as its file says it: who crossed which point when. What the file lacks is not made up here.

A file has one row for each person and one column for each point: ``c_start``, ``c_5k``, ..., ``c_finish``
are seconds after local midnight, ``t_5k``, ..., ``t_finish`` net seconds. Nothing stands where nothing
was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from homestretch.errors import PlanError
from homestretch.rehearsal.course import HALF_M, MARATHON_M, METRES_PER_MILE
from homestretch.rehearsal.figures import Floats, Ints
from homestretch.rehearsal.schedule import clock_s

NEVER: Final = -1
START_COLUMN: Final = "start_clock_s"
SEX_COLUMN: Final = "sex"
AGE_COLUMNS: Final = ("age", "age5", "age_group")
LATEST_S: Final = 48 * 3600.0
FIRST_GUN_S: Final = clock_s(7, 0)
STARTS_PER_S: Final = 10
"""How many cross the start line in a second when the file does not say who started when."""
YOUNGEST: Final = 18

_POINT_COLUMN = re.compile(r"(c|t)_(\w[\w.]*)")
_DISTANCE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)_?(k|km|mi|miles?)")
_WORDS: Final[tuple[tuple[Literal["f", "m", "x"], tuple[str, ...]], ...]] = (
    ("f", ("f", "female", "w", "woman", "women")),
    ("m", ("m", "male", "man", "men")),
    ("x", ("x", "n", "nb", "nonbinary", "non-binary")),
)
_SEXES: Final[dict[str, Literal["f", "m", "x"]]] = {w: sex for sex, words in _WORDS for w in words}

Column = npt.NDArray[np.float64] | Sequence[str | None]
"""Numbers (NaN where there is none), or texts."""


class PastPoint(NamedTuple):
    """A point of the past race: ``5k``, ``5K``, 5000.0."""

    id: str
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class PastRace:
    """n people at p points in the order of the course; ``clock_ms`` (n, p) is the local time of day in
    milliseconds, NEVER where nothing was read; ``age`` (n,) years, NEVER when unknown."""

    points: tuple[PastPoint, ...]
    clock_ms: Ints
    sex: tuple[Literal["f", "m", "x"] | None, ...]
    age: Ints
    starts_made_up: bool

    @property
    def distance_m(self) -> float:
        """The length of the race."""
        return self.points[-1].distance_m

    @property
    def finished(self) -> npt.NDArray[np.bool_]:
        """(n,) who came to the finish."""
        return np.asarray(self.clock_ms[:, -1] != NEVER)


def point_columns(names: Sequence[str]) -> list[str]:
    """Which columns hold times: those of the clock if there are any, else the net splits."""
    found: dict[str, list[str]] = {"c": [], "t": []}
    for name in names:
        if match := _POINT_COLUMN.fullmatch(name):
            found[match[1]].append(name)
    return found["c"] or found["t"]


def read_past_race(columns: Mapping[str, Column], distance_m: float = MARATHON_M) -> PastRace:
    """The race in the columns of a file; PlanError when they hold no race or times that cannot be."""
    names = point_columns(list(columns))
    finish = next((name for name in names if name.endswith("_finish")), None)
    if finish is None:
        raise PlanError(
            "The file has no column c_finish or t_finish.",
            "It needs one row for each person, and columns c_start, c_5k, ..., c_finish with seconds"
            " after midnight, or t_5k, ..., t_finish with net seconds.",
        )
    metres = {name: _metres(name, distance_m) for name in names}
    in_order = sorted(names, key=metres.__getitem__)
    _check_course(in_order, metres, distance_m)
    times = np.column_stack([_numbers(columns, name) for name in in_order])
    of_clock = finish.startswith("c_")
    if of_clock and "c_start" not in names:
        raise PlanError("The file has no column c_start.", "Without it no gun can be made up.")
    if not of_clock:
        times, in_order = _on_the_clock(columns, times, in_order, finish)
        metres["t_start"] = 0.0
    _check_times(times, in_order)
    known = ~np.isnan(times)
    clock_ms = np.where(known, np.rint(np.where(known, times, 0.0) * 1000.0), NEVER)
    return PastRace(
        points=tuple(_point(name, metres[name]) for name in in_order),
        clock_ms=clock_ms.astype(np.int64),
        sex=_sexes(columns.get(SEX_COLUMN), len(times)),
        age=_ages(columns, len(times)),
        starts_made_up=not of_clock and START_COLUMN not in columns,
    )


def _metres(column: str, distance_m: float) -> float:
    name = column[2:]
    if name in ("start", "finish"):
        return 0.0 if name == "start" else distance_m
    if name == "half":
        return HALF_M
    match = _DISTANCE.fullmatch(name)
    if match is None:
        raise PlanError(
            f"The column {column} names no distance.",
            "Names of points are start, finish, half, or a distance such as 5k or 25mi.",
        )
    return float(match[1]) * (1000.0 if match[2].startswith("k") else METRES_PER_MILE)


def _check_course(in_order: list[str], metres: dict[str, float], distance_m: float) -> None:
    if metres[in_order[-1]] > distance_m or not in_order[-1].endswith("_finish"):
        raise PlanError(
            f"The point {in_order[-1]} lies at {metres[in_order[-1]]:,g} m, the finish at"
            f" {distance_m:,g} m.",
            "Say how long the race was: --distance-m 42195.",
        )
    for before, behind in pairwise(in_order):
        if metres[before] == metres[behind]:
            raise PlanError(f"{before} and {behind} are the same point.", "Take one of them out.")


def _numbers(columns: Mapping[str, Column], name: str) -> Floats:
    column = columns[name]
    if not isinstance(column, np.ndarray):
        raise PlanError(f"The column {name} holds texts.", "Times must be numbers: seconds.")
    return column


def _on_the_clock(
    columns: Mapping[str, Column], net: Floats, names: list[str], finish: str
) -> tuple[Floats, list[str]]:
    """Net splits put on the clock: from the start that the file says, else in the order of the finish."""
    if START_COLUMN in columns:
        start = _numbers(columns, START_COLUMN).copy()
        start[np.isnan(start)] = np.nanmin(start) if not np.isnan(start).all() else FIRST_GUN_S
    else:
        order = np.argsort(net[:, names.index(finish)], kind="stable")
        start = np.empty(len(net))
        start[order] = FIRST_GUN_S + np.arange(len(net)) // STARTS_PER_S
    without = [place for place, name in enumerate(names) if name != "t_start"]
    clock = np.column_stack([start, start[:, None] + net[:, without]])
    return clock, ["t_start", *(names[place] for place in without)]


def _check_times(times: Floats, names: list[str]) -> None:
    if not len(times):
        raise PlanError("The file has no rows.", "It needs one for each person.")
    with np.errstate(invalid="ignore"):
        wrong = np.argwhere((times < 0) | (times >= LATEST_S) | np.isinf(times))
    if len(wrong):
        row, place = wrong[0].tolist()
        raise PlanError(
            f"Row {row + 1} has {times[row, place]:g} s after midnight at {names[place][2:]}, and"
            f" {len(wrong) - 1:,} more times are out of range.",
            "Times must be seconds between 0 and two days.",
        )


def _point(column: str, distance_m: float) -> PastPoint:
    name = column[2:]
    said = name.capitalize() if name in ("start", "finish", "half") else name.upper()
    return PastPoint(re.sub(r"[^a-z0-9]+", "-", name.lower()), said, distance_m)


def _sexes(column: Column | None, n: int) -> tuple[Literal["f", "m", "x"] | None, ...]:
    if column is None or isinstance(column, np.ndarray):
        return (None,) * n
    return tuple(_SEXES.get(text.strip().lower()) if text else None for text in column)


def _ages(columns: Mapping[str, Column], n: int) -> Ints:
    """Years; of an age group the lower end (of ``19 and under`` the upper one)."""
    column = next((columns[name] for name in AGE_COLUMNS if name in columns), None)
    if column is None:
        return np.full(n, NEVER, np.int64)
    if isinstance(column, np.ndarray):
        years = np.where(np.isnan(column) | (column < 0) | (column > 120), np.nan, column)
    else:
        found = [re.search(r"\d{1,3}", text or "") for text in column]
        years = np.array([float(match[0]) if match else np.nan for match in found])
    # Nobody in a replay is a child: the pages would hide people who do not exist.
    return np.where(np.isnan(years), NEVER, np.maximum(years, YOUNGEST)).astype(np.int64)
