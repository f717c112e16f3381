"""Many reads fast, as bare columns: what a large race sends, for benchmarks of the log and the fold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from homestretch.rehearsal.course import MARATHON_M
from homestretch.rehearsal.field import say_chip
from homestretch.rehearsal.figures import Floats, Ints, get_figures, stream
from homestretch.rehearsal.pacing import draw_people, elapsed_s, start_delays_s
from homestretch.rehearsal.schedule import DATE, clock_s, midnight_at

WAVE_SIZE = 8000
WAVE_EVERY_S = 900.0
MISSED = 0.01
LATE, LATE_MS = 0.2, 2500.0
FIRST_CHIP = 0x410000


@dataclass(frozen=True, slots=True)
class Sample:
    """r reads of n runners at p points of one marathon, in the order of their arrival; UTC milliseconds."""

    chips: tuple[str, ...]
    """of the n runners"""
    places: tuple[str, ...]
    """names of the p points: ``P00`` is the start, the last one the finish"""
    distance_m: Floats
    """(p,)"""
    gun_at: Ints
    """(n,) of each runner's wave"""
    chip: Ints
    """(r,) position in ``chips``"""
    place: Ints
    """(r,) position in ``places``"""
    seen_at: Ints
    """(r,)"""
    received_at: Ints
    """(r,) never decreases"""
    read_at: Ints
    """(n, p) the read that counts: the last at the start, the first elsewhere; -1 where all missed"""


def sample_reads(
    n_runners: int = 40_000,
    reads_per_passing: float = 2.9,
    *,
    points: int = 14,
    seed: int = 1,
    date: dt.date = DATE,
) -> Sample:
    """A big marathon's reads; the default makes 1.6 million. ``reads_per_passing`` is a mean, at least 1."""
    rng = stream(seed, "sample")
    people = draw_people(rng, n_runners)
    order = np.argsort(people.log_pace[:, -1] + 0.06 * rng.standard_normal(n_runners))
    gun_s, started_s = np.empty(n_runners), np.empty(n_runners)
    for wave, first in enumerate(range(0, n_runners, WAVE_SIZE)):
        rows = order[first : first + WAVE_SIZE]
        gun_s[rows] = clock_s(7, 0) + wave * WAVE_EVERY_S
        started_s[rows] = gun_s[rows] + start_delays_s(rng, np.linspace(0, 1, len(rows)), 1.0)
    distance_m = np.linspace(0.0, MARATHON_M, points)
    net_s = elapsed_s(people.log_pace, get_figures().knots_m, distance_m)
    midnight = midnight_at(date)
    crossed_at = midnight + np.round(1000 * (started_s[:, None] + net_s)).astype(np.int64)
    runner, place, seen_at = _read(rng, crossed_at, reads_per_passing)
    late_ms = rng.exponential(LATE_MS, len(seen_at)).astype(np.int64)
    late_ms[rng.random(len(seen_at)) > LATE] = 0
    arrival = np.argsort(seen_at + late_ms, kind="stable")
    runner, place, seen_at = runner[arrival], place[arrival], seen_at[arrival]
    chip_numbers = FIRST_CHIP + rng.permutation(n_runners)
    return Sample(
        chips=tuple(map(say_chip, chip_numbers.tolist())),
        places=tuple(f"P{point:02}" for point in range(points)),
        distance_m=distance_m,
        gun_at=midnight + (1000 * gun_s).astype(np.int64),
        chip=runner,
        place=place,
        seen_at=seen_at,
        received_at=(seen_at + late_ms[arrival]).astype(np.int64),
        read_at=_that_count(runner, place, seen_at, crossed_at.shape),
    )


def _read(rng: np.random.Generator, crossed_at: Ints, mean: float) -> tuple[Ints, Ints, Ints]:
    """The reads of all passings but a few missed ones, unordered."""
    count = 1 + rng.poisson(mean - 1.0, crossed_at.size)
    count[rng.random(crossed_at.size) < MISSED] = 0
    passing = np.repeat(np.arange(crossed_at.size), count)
    place = passing % crossed_at.shape[1]
    seen_at = crossed_at.ravel()[passing] + rng.integers(0, 1500, len(passing))
    return passing // crossed_at.shape[1], place, seen_at


def _that_count(runner: Ints, place: Ints, seen_at: Ints, shape: tuple[int, ...]) -> Ints:
    first = np.full(shape, np.iinfo(np.int64).max, dtype=np.int64)
    last = np.full(shape, -1, dtype=np.int64)
    np.minimum.at(first, (runner, place), seen_at)
    np.maximum.at(last, (runner, place), seen_at)
    read_at = np.where(last == -1, -1, first)
    read_at[:, 0] = last[:, 0]
    return np.asarray(read_at)
