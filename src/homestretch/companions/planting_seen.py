"""Planted companions who meet behind the last mats, and somebody who saw them: what of them is found, and how often a
line with two who only came by together makes a pair.

They come together on the leg before the last; the last two mats read both. On that leg and on the last one somebody
may have seen them, where the first one was by an even pace on the leg. A line has both bibs at one time, if they were
within ``LINE_REACH_S`` of each other; a tap has its own error.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.path import score_pairs
from homestretch.companions.planting import PLACES, Plants, plant, wilson
from homestretch.companions.seen import (
    LINE_S,
    TAP_S,
    Seen,
    arrange,
    nobody_seen,
    pairs_within,
)
from homestretch.companions.values import Bools, Field, Floats, Ints

How: TypeAlias = Literal["nobody", "taps", "lines"]
LINE_REACH_S: Final = 3.0
ON_LEG: Final = 0.6, 0.45
"""How far on the leg before the last, and on the last one, somebody stands."""
LAGS_S: Final = 25.0, 40.0, 60.0, 80.0


class SeenCell(NamedTuple):
    """What was found of pairs that people saw in one way at some places."""

    how: How
    places_m: tuple[float, ...]
    place: str
    plants: int
    recall: float
    low: float
    high: float
    """Wilson's interval at 95 %"""


class ByChance(NamedTuple):
    """Lines with two who only came by within seconds of each other at all of some places."""

    places_m: tuple[float, ...]
    lines: int
    above: int
    """how many of them are above the threshold"""


WAYS: Final[tuple[tuple[How, int], ...]] = (
    ("nobody", 0), ("taps", 1), ("lines", 1), ("taps", 2), ("lines", 2),
)  # fmt: skip
"""Who saw them, and at how many places."""


def list_places(metres: Floats) -> list[tuple[int, float]]:
    """(leg, part) of the places at which somebody may stand."""
    return [(len(metres) - 3 + at, part) for at, part in enumerate(ON_LEG)]


def recall_seen(
    field: Field, least: int = 120, thinned: int | None = None, seed: int = 1
) -> list[SeenCell]:
    """Cells of who saw them and place in the field, with ``least`` plants where the field has people for them;
    ``thinned``: in random fields of so many runners, each with its own calibration."""
    random = np.random.default_rng(seed)
    size = min(thinned or len(field.times_s), len(field.times_s))
    each = max(1, min(least, size // 200))
    hits = np.zeros((len(WAYS), len(PLACES), 2), np.int64)
    for _ in range(-(-least // each)):
        rows = random.choice(len(field.times_s), size, replace=False) if thinned else slice(None)
        of_rows = Field(np.ascontiguousarray(field.times_s[rows]), field.metres)
        model = learn(of_rows.times_s, field.metres)
        chance = measure(of_rows.times_s, *run_rows(of_rows.times_s, model), model)
        _count(of_rows, chance, each, random, hits)
    places_m = _metres(field.metres)
    return [
        SeenCell(how, places_m[:many], PLACES[place], int(of), found / of, *wilson(found, of))
        for (how, many), counts in zip(WAYS, hits.tolist(), strict=True)
        for place, (of, found) in enumerate(counts)
        if of
    ]


def _metres(metres: Floats) -> tuple[float, ...]:
    places = list_places(metres)
    return tuple(
        float(metres[leg] + part * (metres[leg + 1] - metres[leg])) for leg, part in places
    )


def _count(
    field: Field, chance: Chance, each: int, random: np.random.Generator, hits: Ints
) -> None:
    """Adds how many were planted, and found, by way and place."""
    times_s, plants = plant(field, (len(field.metres) - 2,), each, random)
    model = learn(times_s, field.metres)
    null = *run_rows(times_s, model), model
    pairs = np.column_stack([plants.i, plants.j])
    for way, (how, many) in enumerate(WAYS):
        seen = _see(times_s, plants, how, list_places(field.metres)[:many], random)
        scores = score_pairs(pairs, times_s, *null, seen)
        found = chance.passes(plants.i, plants.j, scores)
        np.add.at(hits[way, :, 0], plants.place, 1)
        np.add.at(hits[way, :, 1], plants.place, found)


def _see(
    times_s: Floats, plants: Plants, how: How, places: list[tuple[int, float]],
    random: np.random.Generator,
) -> Seen:  # fmt: skip
    """What people saw of the planted."""
    if how == "nobody" or not len(plants.i):
        return nobody_seen(len(times_s))
    k = len(plants.i)
    first_s = np.concatenate([_on_the_way(times_s[plants.i], *place) for place in places])
    wide = random.choice([0.6, 3.0, 30.0], size=len(first_s), p=[0.88, 0.09, 0.03])
    gap_s = random.laplace(0.0, 1.0, len(first_s)) * wide
    if how == "lines":
        first_s = np.where(np.abs(gap_s) <= LINE_REACH_S, first_s, np.nan)
        at_s = np.concatenate([first_s, first_s])
    else:
        at_s = np.concatenate([first_s, first_s + gap_s])
        at_s = at_s + random.laplace(0.0, TAP_S, len(at_s))
    rows = np.concatenate([np.tile(plants.i, len(places)), np.tile(plants.j, len(places))])
    leg, part = (np.tile(np.repeat(one, k), 2) for one in zip(*places, strict=True))
    return _arrange(times_s, rows, leg, part, at_s, LINE_S if how == "lines" else TAP_S)


def _arrange(
    times_s: Floats, rows: Ints, leg: Ints, part: Floats, at_s: Floats, error_s: float
) -> Seen:
    known = np.isfinite(at_s)
    errors = np.full(int(known.sum()), error_s)
    return arrange(
        len(times_s), rows[known], leg[known], part[known].astype(float), at_s[known], errors
    )[0]


def _on_the_way(times_s: Floats, leg: int, part: float) -> Floats:
    """(n,) when each was on a part of a leg, by an even pace; NaN where a mat of it missed them."""
    return np.asarray(times_s[:, leg] + part * (times_s[:, leg + 1] - times_s[:, leg]))


def lines_by_chance(field: Field, many: int, seed: int = 1) -> ByChance:
    """Of all who come by within a line's reach of each other by chance at ``many`` places (halves of the field are
    shifted, as by the lag null), how many would be a pair if somebody had entered both in one line there."""
    random = np.random.default_rng(seed)
    times_s = field.times_s
    model = learn(times_s, field.metres)
    null = *run_rows(times_s, model), model
    chance = measure(times_s, *null)
    places, lines, above = list_places(field.metres)[:many], 0, 0
    for lag_s in LAGS_S:
        sides = random.random(len(times_s)) < 0.5
        shifted = times_s + np.where(sides, lag_s, 0.0)[:, None]
        pairs = _apart(_come_by(shifted, places, sides), random)
        middle_s = [_on_the_way(shifted[pairs[:, 0]], *place) for place in places]
        rows = np.concatenate([pairs.T.ravel()] * many)
        leg, part = (np.repeat(one, 2 * len(pairs)) for one in zip(*places, strict=True))
        at_s = np.concatenate([np.tile(one, 2) for one in middle_s])
        seen = _arrange(shifted, rows, leg, part, at_s, LINE_S)
        scores = score_pairs(pairs, shifted, *null, seen)
        lines += len(pairs)
        above += int(chance.passes(pairs[:, 0], pairs[:, 1], scores).sum())
    return ByChance(_metres(field.metres)[:many], lines, above)


def _come_by(times_s: Floats, places: list[tuple[int, float]], sides: Bools) -> Ints:
    """(k, 2) pairs of both sides who are within a line's reach at all places."""
    at_s = [_on_the_way(times_s, *place) for place in places]
    known = np.flatnonzero(np.isfinite(at_s[0]))
    pairs = pairs_within(at_s[0][known], known, at_s[0][known], known, LINE_REACH_S)
    pairs = pairs[(pairs[:, 0] < pairs[:, 1]) & (sides[pairs[:, 0]] != sides[pairs[:, 1]])]
    for more_s in at_s[1:]:
        pairs = pairs[np.abs(more_s[pairs[:, 0]] - more_s[pairs[:, 1]]) <= LINE_REACH_S]
    return np.asarray(pairs)


def _apart(pairs: Ints, random: np.random.Generator) -> Ints:
    """Some of the pairs, nobody in two of them: a runner is in one line at a place."""
    taken: set[int] = set()
    kept = []
    for one, other in random.permutation(pairs).tolist():
        if one not in taken and other not in taken:
            taken |= {one, other}
            kept.append((one, other))
    return np.array(kept, np.int64).reshape(-1, 2)
