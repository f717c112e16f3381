"""What befalls people on the day: who stays at home, stops, is passed by the sweep car, swaps chips.

Each group of people is drawn once and belongs to one happening only, so that a test can follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from homestretch.rehearsal.cast import LAST_HOME
from homestretch.rehearsal.course import HALF_M, MARATHON_M, on_the_line
from homestretch.rehearsal.field import Field
from homestretch.rehearsal.figures import Floats, Ints, stream
from homestretch.rehearsal.schedule import HALF, MARATHON, clock_s, sweep_s

Outcome: TypeAlias = Literal[
    "finished",
    "finished late",
    "did not start",
    "bus",
    "care",
    "self",
    "lost",
    "moved up",
    "wrong turn",
]
"""How a day ends. ``lost``: stopped unseen and was found by telephone; ``moved up``: carried ahead by a
vehicle and finished; ``wrong turn``: a half marathoner on the marathon's loop, fetched by the bus."""

STAY_AT_HOME = 0.06
STOP = (0.011, 0.0035)
"""Shares of the marathon and the half that stop by themselves."""
STOP_BY = (("bus", 0.45), ("care", 0.2), ("self", 0.35))
RIDE_WHEN_CAUGHT = 0.7
GRID_M = 250.0
LOST_AT_M = 33800.0
CARRIED_FROM_M, CARRIED_TO_M = 31000.0, 34000.0
CARRIED_FOR_S = 660.0


@dataclass(slots=True)
class Fates:
    """What befalls whom; all integers in arrays and tuples are rows of the field."""

    outcome: list[Outcome]
    leave_m: Floats
    """(n,) metres of the own race at which somebody leaves the course; infinite: never"""
    caught_m: Floats
    """(n,) where the sweep car passes somebody who is on the road; infinite: nowhere"""
    swapped: list[tuple[int, int]]
    """who wear each other's chips"""
    replaced: Ints
    """who get another chip at the desk before the start"""
    told_late: int
    """the one of ``replaced`` whom control hears of hours later"""
    dead_chips: Ints
    """whose chips are not read after 25 km"""
    standing: int
    """who stays on the finish mat"""
    warming_up: Ints
    """who walk over the start mat before their gun"""


def make_fates(seed: int, field: Field) -> Fates:
    """Draws everybody's fate."""
    rng = stream(seed, "fates")
    decks = [_deck(rng, field, race) for race in (MARATHON, HALF)]
    n = len(field)
    fates = Fates(
        outcome=["finished"] * n,
        leave_m=np.full(n, np.inf),
        caught_m=np.full(n, np.inf),
        swapped=[
            (_deal(decks[MARATHON]), _deal(decks[MARATHON])),
            (_deal(decks[HALF]), _deal(decks[HALF])),
        ],
        replaced=np.array([_deal(decks[k % 2]) for k in range(max(6, n // 900))], dtype=np.int64),
        told_late=-1,
        dead_chips=np.array(
            [_deal(decks[MARATHON]) for _ in range(max(2, n // 5000))], dtype=np.int64
        ),
        standing=_deal(decks[HALF]),
        warming_up=np.flatnonzero(rng.random(n) < 0.03),
    )
    fates.told_late = int(fates.replaced[-1])
    _settle(fates, _deal(decks[MARATHON]), "lost", LOST_AT_M)
    _settle(fates, _deal(decks[HALF]), "wrong turn", 15700.0)
    fates.outcome[_deal(decks[MARATHON])] = "moved up"
    _stop(rng, field, fates, decks)
    _catch(rng, field, fates)
    return fates


def _deck(rng: np.random.Generator, field: Field, race: int) -> list[int]:
    """People of a race to whom something may happen, shuffled: runners outside of cast and pairs.

    Very slow ones are left to the sweep car."""
    paired = np.zeros(len(field), dtype=bool)
    paired[field.pairs.ravel()] = True
    paired[list(field.cast.values())] = True
    finish_s = np.full(len(field), np.inf)
    finish_s[field.race == race] = field.elapsed_s(race, np.array([(MARATHON_M, HALF_M)[race]]))[
        :, 0
    ]
    plain = ~paired & ~field.pacer & ~field.wheelchair
    usual = finish_s < (clock_s(6, 30), clock_s(3, 5))[race]
    return [
        int(row) for row in rng.permutation(np.flatnonzero(plain & usual & (field.race == race)))
    ]


def _deal(deck: list[int]) -> int:
    return deck.pop()


def _settle(fates: Fates, row: int, outcome: Outcome, leave_m: float) -> None:
    fates.outcome[row] = outcome
    fates.leave_m[row] = leave_m


def _stop(rng: np.random.Generator, field: Field, fates: Fates, decks: list[list[int]]) -> None:
    """No-shows and drop-outs; each way of stopping happens at least once."""
    for race, deck in enumerate(decks):
        entered = int(np.sum(field.race == race))
        for _ in range(round(STAY_AT_HOME * entered)):
            _settle(fates, _deal(deck), "did not start", -1.0)
        ways: list[Outcome] = ["bus", "care", "self"]
        more = max(0, round(STOP[race] * entered) - len(ways))
        drawn = rng.choice(3, more, p=[share for _, share in STOP_BY])
        for way in [*ways, *(ways[k] for k in drawn.tolist())]:
            part = 1.0 - 0.75 * rng.random() ** 1.6
            _settle(fates, _deal(deck), way, 0.96 * part * (MARATHON_M, HALF_M)[race])


def _catch(rng: np.random.Generator, field: Field, fates: Fates) -> None:
    """Finds whom the sweep car passes; most of them ride, the others go on along the sidewalk."""
    started_s = field.gun_s + field.delay_s
    last_s = _finish_s(field, MARATHON)[field.cast[LAST_HOME]]
    for race in (MARATHON, HALF):
        rows = np.flatnonzero(field.race == race)
        grid_m = np.arange(GRID_M, (MARATHON_M, HALF_M)[race], GRID_M)
        line_m = grid_m if race == MARATHON else on_the_line(grid_m)
        clock = started_s[rows, None] + field.elapsed_s(race, grid_m)
        behind = (clock > sweep_s(line_m)) & (grid_m < fates.leave_m[rows, None])
        finish_s = _finish_s(field, race)
        for place in np.flatnonzero(behind.any(axis=1)).tolist():
            row = int(rows[place])
            fates.caught_m[row] = grid_m[int(np.argmax(behind[place]))]
            too_late = finish_s[row] > last_s - 60.0
            if row in field.cast.values() or fates.outcome[row] != "finished":
                continue
            if too_late or rng.random() < RIDE_WHEN_CAUGHT:
                _settle(fates, row, "bus", float(fates.caught_m[row]))


def _finish_s(field: Field, race: int) -> Floats:
    """(n,) time of day at the finish if nothing happens; NaN in the other race."""
    finish_s = np.full(len(field), np.nan)
    rows = field.race == race
    net_s = field.elapsed_s(race, np.array([(MARATHON_M, HALF_M)[race]]))[:, 0]
    finish_s[rows] = (field.gun_s + field.delay_s)[rows] + net_s
    return finish_s
