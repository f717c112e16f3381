"""The invented field: who is entered in which race and wave, and how each would run the day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from homestretch.errors import PlanError
from homestretch.rehearsal.cast import PARTS, crossing_s
from homestretch.rehearsal.figures import Bools, Floats, Ints, get_figures, stream
from homestretch.rehearsal.names import Names, make_names
from homestretch.rehearsal.pacing import (
    as_half,
    draw_people,
    elapsed_s,
    log_pace_of,
    start_delays_s,
)
from homestretch.rehearsal.schedule import (
    HALF,
    MARATHON,
    MASS_STARTS,
    ROAD_SHARE,
    STARTS,
    WHEELCHAIR_START,
    clock_s,
)

FIRST_BIB: Final = 2101
LEAST: Final = {"marathon": 120, "half": 80}
PACER_FINISH_S: Final = (
    (MARATHON, clock_s(3, 30)), (MARATHON, clock_s(4, 0)), (MARATHON, clock_s(4, 30)), (MARATHON, clock_s(5, 0)),
    (HALF, clock_s(1, 45)), (HALF, clock_s(2, 0)), (HALF, clock_s(2, 15)), (HALF, clock_s(2, 30)),
)  # fmt: skip
SHARE_IN_PAIRS: Final = 0.03
WOMEN_ODDS_HALF: Final = 1.6
"""Half marathons have more women than marathons: the odds of the figures times this."""


@dataclass(frozen=True, slots=True)
class Field:
    """n people entered, marathon first. Columns have n rows unless said."""

    race: Ints
    """position in ``schedule.RACES``"""
    start: Ints
    """position in ``schedule.STARTS``"""
    bib: Ints
    chip: Ints
    """as entered; written as six hexadecimal digits"""
    woman: Bools
    undisclosed: Bools
    """said neither f nor m"""
    age: Ints
    pacer: Bools
    wheelchair: Bools
    log_pace: Floats
    """(n, 9) log average net pace, at the knots of the figures (half of them for the half)"""
    delay_s: Floats
    """from the gun to the start line"""
    names: Names
    cast: dict[str, int]
    """key of a part -> row"""
    pairs: Ints
    """(k, 2) rows of people who run side by side from start to finish"""

    def __len__(self) -> int:
        return len(self.race)

    def elapsed_s(self, race: int, distance_m: Floats) -> Floats:
        """Net seconds (rows of the race, d) at distances of that race."""
        knots_m = knots_of(race)
        return elapsed_s(self.log_pace[self.race == race], knots_m, distance_m)

    @property
    def gun_s(self) -> Floats:
        """(n,) planned gun, seconds after midnight."""
        return np.array([start.gun_s for start in STARTS], dtype=np.float64)[self.start]


def knots_of(race: int) -> Floats:
    """The distances at which paces of this race are known."""
    knots_m = get_figures().knots_m
    return knots_m if race == MARATHON else knots_m / 2


def make_field(seed: int, marathon: int = 4000, half: int = 6000) -> Field:
    """A field of this size; PlanError when it is too small to hold what a day promises."""
    for name, size in (("marathon", marathon), ("half", half)):
        if size < LEAST[name]:
            raise PlanError(
                f"A rehearsal with {size} entrants in the {name} is too small for what happens in it.",
                f"Ask for at least {LEAST[name]}.",
            )
    field = _join(_runners(seed, MARATHON, marathon), _runners(seed, HALF, half))
    rng = stream(seed, "field")
    field = _with_special(rng, field)
    field = _with_pairs(rng, _with_cast(_with_waves(rng, field)))
    return replace(field, bib=_bibs(rng, field), chip=_chips(rng, len(field)))


def _runners(seed: int, race: int, n: int) -> Field:
    rng = stream(seed, f"people of race {race}")
    people = draw_people(rng, n, WOMEN_ODDS_HALF if race == HALF else 1.0)
    nobody, zeros = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64)
    return Field(
        race=zeros + race,
        start=zeros,
        bib=zeros,
        chip=zeros,
        woman=people.woman,
        undisclosed=rng.random(n) < 0.008,
        age=people.age,
        pacer=nobody,
        wheelchair=nobody,
        log_pace=as_half(people.log_pace) if race == HALF else people.log_pace,
        delay_s=np.zeros(n),
        names=make_names(rng, people.woman),
        cast={},
        pairs=np.empty((0, 2), dtype=np.int64),
    )


def _join(first: Field, second: Field) -> Field:
    columns = {
        column.name: np.concatenate([getattr(first, column.name), getattr(second, column.name)])
        for column in fields(Field)
        if column.name not in ("names", "cast", "pairs")
    }
    names = Names(
        **{
            column.name: getattr(first.names, column.name) + getattr(second.names, column.name)
            for column in fields(Names)
        }
    )
    return Field(**columns, names=names, cast={}, pairs=first.pairs)


def _with_special(rng: np.random.Generator, field: Field) -> Field:
    """Makes some of the first rows of each race wheelchair racers and pacers; the cast comes before."""
    pacer, wheelchair = field.pacer.copy(), field.wheelchair.copy()
    log_pace, undisclosed = field.log_pace.copy(), field.undisclosed.copy()
    marathon = int(np.sum(field.race == MARATHON))
    row = len(PARTS)
    chairs = slice(row, row + max(6, round(marathon / 330)))
    wheelchair[chairs] = True
    count = chairs.stop - chairs.start
    finish = np.log(clock_s(1, 57) / 42195.0) + 0.17 * rng.standard_normal((count, 1))
    wobble = np.cumsum(0.008 * rng.standard_normal((count, log_pace.shape[1])), axis=1)
    log_pace[chairs] = finish + wobble - wobble[:, -1:]
    next_row = {MARATHON: chairs.stop, HALF: marathon}
    for race, finish_s in PACER_FINISH_S:
        place, next_row[race] = next_row[race], next_row[race] + 1
        pacer[place] = True
        log_pace[place] = np.log((finish_s - rng.uniform(10, 40)) / knots_of(race)[-1])
        log_pace[place, :-1] += 0.002 * rng.standard_normal(log_pace.shape[1] - 1)
    undisclosed[: next_row[MARATHON]] = False
    return replace(
        field, pacer=pacer, wheelchair=wheelchair, log_pace=log_pace, undisclosed=undisclosed
    )


def _with_waves(rng: np.random.Generator, field: Field) -> Field:
    """Waves by what people hope to run: what they will run, give or take six percent."""
    start, delay_s = field.start.copy(), field.delay_s.copy()
    finish = field.log_pace[:, -1]
    hope = finish + np.where(field.pacer, 0.0, 0.06) * rng.standard_normal(len(field))
    for race, positions in enumerate(MASS_STARTS):
        rows = np.flatnonzero((field.race == race) & ~field.wheelchair)
        rows = rows[np.argsort(hope[rows], kind="stable")]
        for position, wave in zip(positions, np.array_split(rows, len(positions)), strict=True):
            start[wave] = position
            speed_rank = np.argsort(np.argsort(finish[wave])) / max(1, len(wave) - 1)
            delay_s[wave] = start_delays_s(rng, speed_rank, ROAD_SHARE)
    chairs = np.flatnonzero(field.wheelchair)
    start[chairs] = WHEELCHAIR_START
    delay_s[chairs] = 0.6 + np.sort(rng.exponential(2.0, len(chairs)))
    return replace(field, start=start, delay_s=delay_s)


def _with_cast(field: Field) -> Field:
    """The first rows of the marathon become the cast."""
    knots_m = knots_of(MARATHON)
    names = field.names
    for row, part in enumerate(PARTS):
        names.first[row], names.last[row], names.club[row] = part.first, part.last, part.club
        field.woman[row], field.age[row] = part.woman, part.age
        field.start[row] = part.start
        field.delay_s[row] = 60.0 + 4.7 * row
        started_s = STARTS[part.start].gun_s + field.delay_s[row]
        field.log_pace[row] = log_pace_of(crossing_s(part) - started_s, knots_m)
    return replace(field, cast={part.key: row for row, part in enumerate(PARTS)})


def _with_pairs(rng: np.random.Generator, field: Field) -> Field:
    """Some people run with a friend from gun to line: in one wave, at one pace, half of them clubmates."""
    start, delay_s, log_pace = field.start.copy(), field.delay_s.copy(), field.log_pace.copy()
    pairs = []
    for race in (MARATHON, HALF):
        plain = (field.race == race) & ~field.pacer & ~field.wheelchair
        plain[list(field.cast.values())] = False
        rows = rng.permutation(np.flatnonzero(plain))
        pairs.append(rows[: 2 * max(2, round(SHARE_IN_PAIRS * len(rows) / 2))].reshape(-1, 2))
    together = np.concatenate(pairs)
    leads, follows = together[:, 0], together[:, 1]
    start[follows], delay_s[follows] = start[leads], delay_s[leads]
    log_pace[follows] = log_pace[leads]
    for lead, follow in together[::2].tolist():
        field.names.club[follow] = field.names.club[lead]
    return replace(field, start=start, delay_s=delay_s, log_pace=log_pace, pairs=together)


def _bibs(rng: np.random.Generator, field: Field) -> Ints:
    """Numbers in the order of entry, which says nothing; each race has its own thousands."""
    marathon = int(np.sum(field.race == MARATHON))
    kept = [part.bib for part in PARTS]
    free = np.setdiff1d(np.arange(FIRST_BIB, FIRST_BIB + marathon + len(kept)), kept)
    half_first = -(-(FIRST_BIB + marathon + len(kept)) // 10000) * 10000 + 1
    bibs = np.concatenate(
        [rng.permutation(free)[:marathon], half_first + rng.permutation(len(field) - marathon)]
    )
    bibs[: len(kept)] = kept
    # Wheelchair racers and pacers wear numbers that tell them apart.
    bibs[field.wheelchair] = np.arange(1, field.wheelchair.sum() + 1) + 100
    bibs[field.pacer] = np.arange(1, field.pacer.sum() + 1) + 900
    return bibs.astype(np.int64)


def _chips(rng: np.random.Generator, n: int) -> Ints:
    """Different numbers of six hexadecimal digits without a leading zero; the low ones stay free."""
    return 0x410000 + rng.permutation(4 * n)[:n].astype(np.int64)


def say_chip(chip: int) -> str:
    """``413A35``"""
    return f"{chip:06X}"


def births(rng: np.random.Generator, age: Ints, date: dt.date) -> list[str]:
    """Invented dates of birth (ISO) of people who are this old on ``date``."""
    days = rng.integers(1, 365, len(age)).tolist()
    born = []
    for years, day in zip(age.tolist(), days, strict=True):
        # 29 February is nobody's birthday: the day of the race in another year must exist.
        anniversary = date.replace(year=date.year - years, day=min(date.day, 28))
        born.append((anniversary - dt.timedelta(days=day)).isoformat())
    return born
