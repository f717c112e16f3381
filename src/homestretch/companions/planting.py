"""Planted companions: real runners, one of whom comes along with the other from a mat on; what is found of them.

The second one keeps their own times up to the mat before, and their own holes; from the first mat together on they
have the other's times and a gap drawn from what people together show, in whole seconds. Before, both were no farther
apart than somebody can make up or lose on that leg. The thresholds are those of the race without the planted.
"""

from __future__ import annotations

from math import sqrt
from typing import Final, NamedTuple

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.finding import at_mats
from homestretch.companions.pace import HABITS, Habits, learn, run_rows
from homestretch.companions.path import score_pairs, together_pairs
from homestretch.companions.scan import NEAR_S, first_near
from homestretch.companions.values import Bools, Field, Floats, Ints

PLACES: Final = ("first half", "next 40 %", "next 8 %", "last 2 %")
PLACE_EDGES: Final = (0.5, 0.9, 0.98)
APART_S: Final = (10.0, 300.0)
MADE_UP_S_PER_M: Final = 0.06
"""Who meets has been no farther apart than a minute for each kilometre of the leg."""
THINNED: Final = 4650


class Plants(NamedTuple):
    """k planted pairs."""

    i: Ints
    j: Ints
    first: Ints
    """(k,) first mat together"""
    place: Ints
    """(k,) which part of the field by the finish of ``i``, of ``PLACES``"""


class Cell(NamedTuple):
    """What was found of one kind of planted pairs."""

    first: str
    place: str
    plants: int
    recall: float
    low: float
    high: float
    """Wilson's interval at 95 %"""
    since_exact: float
    """of the found, whose first mat together is the right one; NaN where none was found"""
    since_near: float
    """the same, within one mat"""


def recall(
    field: Field, names: tuple[str, ...], firsts: tuple[int, ...], least: int = 120,
    thinned: int | None = None, seed: int = 1, habits: Habits = HABITS,
) -> list[Cell]:  # fmt: skip
    """Cells of first mat and place with ``least`` plants where the field has people for them; ``thinned``: in
    random fields of so many runners, each with its own calibration."""
    random = np.random.default_rng(seed)
    counts = np.zeros((len(firsts), len(PLACES), 4), dtype=np.int64)
    size = min(thinned or len(field.times_s), len(field.times_s))
    each = max(1, min(least, size // 1000))
    for _ in range(-(-least // each)):
        rows = random.choice(len(field.times_s), size, replace=False) if thinned else slice(None)
        times_s = np.ascontiguousarray(field.times_s[rows])
        model = learn(times_s, field.metres, habits)
        chance = measure(times_s, *run_rows(times_s, model), model)
        _count(Field(times_s, field.metres), chance, firsts, each, random, counts, habits)
        if not thinned:
            for _ in range(-(-least // each) - 1):
                _count(Field(times_s, field.metres), chance, firsts, each, random, counts, habits)
            break
    return [
        _cell(names[first], PLACES[place], *counts[at, place].tolist())
        for at, first in enumerate(firsts)
        for place in range(len(PLACES))
        if counts[at, place, 0]
    ]


def _count(
    field: Field, chance: Chance, firsts: tuple[int, ...], each: int,
    random: np.random.Generator, counts: Ints, habits: Habits,
) -> None:  # fmt: skip
    """Adds planted, found, found with the right first mat, and with it within one mat."""
    times_s, plants = plant(field, firsts, each, random)
    found, since = find_planted(Field(times_s, field.metres), plants, chance, habits)
    off = np.abs(since - plants.first)
    at = np.searchsorted(firsts, plants.first)
    for column, which in enumerate(
        (np.ones(len(off), bool), found, found & (off == 0), found & (off <= 1))
    ):
        np.add.at(counts[:, :, column], (at[which], plants.place[which]), 1)


def plant(
    field: Field, firsts: tuple[int, ...], each: int, random: np.random.Generator
) -> tuple[Floats, Plants]:
    """The times of a field with up to ``each`` pairs planted for each first mat and place."""
    times_s = field.times_s.copy()
    free = np.isfinite(field.times_s[:, -1])
    known = np.where(np.isfinite(field.times_s[:, -1]), field.times_s[:, -1], np.inf)
    share = np.argsort(np.argsort(known, kind="stable"), kind="stable") / max(free.sum(), 1)
    place = np.digitize(share, PLACE_EDGES)
    plants: list[tuple[int, int, int, int]] = []
    for first in firsts:
        for part in range(len(PLACES)):
            rows = np.flatnonzero((place == part) & free & np.isfinite(field.times_s[:, first]))
            taken = 0
            for i in random.permutation(rows).tolist():
                if taken == each:
                    break
                if not free[i] or (j := _partner(field, i, first, free, random)) < 0:
                    continue
                free[i] = free[j] = False
                taken += 1
                _join(times_s, field.times_s, i, j, first, random)
                plants.append((i, j, first, part))
    columns = np.array(plants, dtype=np.int64).reshape(-1, 4).T
    return times_s, Plants(*columns)


def _partner(field: Field, i: int, first: int, free: Bools, random: np.random.Generator) -> int:
    """Somebody who can have come beside i on the leg to a mat; -1 for nobody."""
    could = free & np.isfinite(field.times_s[:, first])
    could[i] = False
    if first:
        apart = np.abs(field.times_s[:, first] - field.times_s[i, first])
        leg_m = float(field.metres[first] - field.metres[first - 1])
        could &= (apart >= APART_S[0]) & (apart <= min(APART_S[1], MADE_UP_S_PER_M * leg_m))
    rows = np.flatnonzero(could)
    return int(random.choice(rows)) if len(rows) else -1


def _join(
    times_s: Floats, own_s: Floats, i: int, j: int, first: int, random: np.random.Generator
) -> None:
    mats = own_s.shape[1] - first
    wide = random.choice([0.6, 3.0, 30.0], size=mats, p=[0.88, 0.09, 0.03])
    beside = own_s[i, first:] + np.rint(random.laplace(0.0, 1.0, mats) * wide)
    times_s[j, first:] = np.where(np.isfinite(own_s[j, first:]), beside, np.nan)


def find_planted(
    field: Field, plants: Plants, chance: Chance, habits: Habits = HABITS
) -> tuple[Bools, Ints]:
    """(k,) who of the planted is found in their field, and since which mat."""
    times_s = field.times_s
    model = learn(times_s, field.metres, habits)
    null = *run_rows(times_s, model), model
    pairs = np.column_stack([plants.i, plants.j])
    near = np.array([first_near(times_s[a], times_s[b], NEAR_S) >= 0 for a, b in pairs], dtype=bool)
    scores = score_pairs(pairs, times_s, *null)
    found = near & chance.passes(pairs[:, 0], pairs[:, 1], scores)
    gaps_s = times_s[plants.j] - times_s[plants.i]
    since = at_mats(together_pairs(pairs, times_s, *null).at_mats, gaps_s).argmax(axis=1)
    return np.asarray(found), since


def _cell(first: str, place: str, plants: int, found: int, exact: int, near: int) -> Cell:
    low, high = wilson(found, plants)
    share = [one / found if found else float("nan") for one in (exact, near)]
    return Cell(first, place, plants, found / plants, low, high, *share)


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    p = hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)
