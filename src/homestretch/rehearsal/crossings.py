"""The hidden truth: when everybody crossed each timing point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.rehearsal.cast import STRANGERS, TOGETHER_FROM_M
from homestretch.rehearsal.course import MATS, TURN_M
from homestretch.rehearsal.field import Field, knots_of
from homestretch.rehearsal.figures import Floats, Ints, stream
from homestretch.rehearsal.happenings import CARRIED_FOR_S, CARRIED_FROM_M, CARRIED_TO_M, Fates
from homestretch.rehearsal.pacing import elapsed_s
from homestretch.rehearsal.schedule import FINISH_CLOSES_S, MARATHON, RACES, STARTS

NEVER = -1
HALF_MAT = next(k for k, mat in enumerate(MATS) if mat.id == "half")
FINISH_MAT = len(MATS) - 1


def mats_m(race: int) -> Floats:
    """(p,) metres of the race at which it crosses each of ``MATS``; NaN where it does not pass."""
    metres = [mat.marathon_m if race == MARATHON else mat.half_m for mat in MATS]
    return np.array([np.nan if metre is None else metre for metre in metres])


@dataclass(frozen=True, slots=True)
class Crossings:
    """Times in milliseconds after local midnight, NEVER where there was none."""

    gun_ms: Ints
    """(starts,) when the guns of ``STARTS`` really went off"""
    started_ms: Ints
    """(n,) at the start line"""
    crossed_ms: Ints
    """(n, p) at the mats, true whether or not anything read it"""
    left_ms: Ints
    """(n,) when somebody left the course or was fetched from it"""


def make_crossings(seed: int, field: Field, fates: Fates) -> Crossings:
    """Everybody's day at the mats."""
    rng = stream(seed, "crossings")
    gun_ms = np.array([start.gun_s * 1000 for start in STARTS]) + rng.integers(
        150, 2400, len(STARTS)
    )
    started_ms = gun_ms[field.start] + np.round(field.delay_s * 1000).astype(np.int64)
    for row in field.cast.values():
        # Their day is written by the clock, not by the gun.
        started_ms[row] = round((field.gun_s[row] + field.delay_s[row]) * 1000)
    crossed_ms = np.full((len(field), len(MATS)), NEVER, dtype=np.int64)
    left_ms = np.full(len(field), NEVER, dtype=np.int64)
    for race in range(len(RACES)):
        rows = np.flatnonzero(field.race == race)
        metres = mats_m(race)
        passes = np.isfinite(metres)
        net_s = field.elapsed_s(race, metres[passes])
        clock = started_ms[rows, None] + np.round(net_s * 1000).astype(np.int64)
        on_course = metres[passes] <= fates.leave_m[rows, None]
        crossed_ms[np.ix_(rows, np.flatnonzero(passes))] = np.where(on_course, clock, NEVER)
        left_ms[rows] = _left_ms(field, fates, race, started_ms)
    _side_by_side(rng, field, crossed_ms)
    _carry(field, fates, started_ms, crossed_ms, left_ms)
    _lose_the_way(field, fates, crossed_ms, left_ms)
    started_ms[fates.leave_m < 0] = NEVER
    _finish_late(fates, crossed_ms)
    return Crossings(gun_ms=gun_ms, started_ms=started_ms, crossed_ms=crossed_ms, left_ms=left_ms)


def _left_ms(field: Field, fates: Fates, race: int, started_ms: Ints) -> Ints:
    rows = np.flatnonzero(field.race == race)
    left = np.full(len(rows), NEVER, dtype=np.int64)
    for place in np.flatnonzero(
        np.isfinite(fates.leave_m[rows]) & (fates.leave_m[rows] > 0)
    ).tolist():
        leave_m = fates.leave_m[rows[place]]
        left[place] = started_ms[rows[place]] + round(
            1000 * _elapsed_of(field, int(rows[place]), leave_m)
        )
    return left


def _elapsed_of(field: Field, row: int, distance_m: float) -> float:
    knots_m = knots_of(int(field.race[row]))
    return float(elapsed_s(field.log_pace[row : row + 1], knots_m, np.array([distance_m]))[0, 0])


def _side_by_side(rng: np.random.Generator, field: Field, crossed_ms: Ints) -> None:
    """Who runs beside somebody crosses within a second or so: a Laplace gap of 0.6 s."""
    beside = [(lead, follow, 0.0) for lead, follow in field.pairs.tolist()]
    mara, jo = (field.cast[key] for key in STRANGERS)
    metres = mats_m(MARATHON)
    beside.append((mara, jo, TOGETHER_FROM_M))
    for lead, follow, from_m in beside:
        gap_ms = np.round(1000 * rng.laplace(0.0, 0.6, len(MATS))).astype(np.int64)
        if from_m:
            gap_ms[FINISH_MAT] = 640
        both = (crossed_ms[lead] != NEVER) & (crossed_ms[follow] != NEVER) & ~(metres < from_m)
        # They may start a step apart, but nobody starts before the gun.
        gap_ms[0] = abs(gap_ms[0])
        crossed_ms[follow, both] = (crossed_ms[lead] + gap_ms)[both]


def _carry(field: Field, fates: Fates, started_ms: Ints, crossed_ms: Ints, left_ms: Ints) -> None:
    """Somebody is carried ahead by a vehicle and goes on from there."""
    for row in (row for row, outcome in enumerate(fates.outcome) if outcome == "moved up"):
        into, out = (_elapsed_of(field, row, metres) for metres in (CARRIED_FROM_M, CARRIED_TO_M))
        saved_ms = round(1000 * (out - into - CARRIED_FOR_S))
        left_ms[row] = started_ms[row] + round(1000 * into)
        crossed_ms[row, mats_m(MARATHON) > CARRIED_TO_M] -= saved_ms


def _lose_the_way(field: Field, fates: Fates, crossed_ms: Ints, left_ms: Ints) -> None:
    """A half marathoner misses the turn and crosses the marathon's half mat before somebody notices."""
    for row in (row for row, outcome in enumerate(fates.outcome) if outcome == "wrong turn"):
        turned_ms = left_ms[row]
        pace = float(np.exp(field.log_pace[row, -1]))
        crossed_ms[row, HALF_MAT] = turned_ms + round(
            1000 * pace * (MATS[HALF_MAT].marathon_m - TURN_M)
        )
        left_ms[row] = crossed_ms[row, HALF_MAT] + 90_000


def _finish_late(fates: Fates, crossed_ms: Ints) -> None:
    """Whoever goes on along the sidewalk and comes home after the finish has closed has finished late."""
    for row in np.flatnonzero(crossed_ms[:, FINISH_MAT] > round(1000 * FINISH_CLOSES_S)).tolist():
        if fates.outcome[row] == "finished":
            fates.outcome[row] = "finished late"
