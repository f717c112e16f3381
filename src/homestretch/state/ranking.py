"""Places: by order at the line in integer milliseconds, never by rounded times."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from homestretch.race.event import Event
from homestretch.race.groups import age_group
from homestretch.state.snapshot import NEVER, Bools, Ints, Roster

_SEXES = {"f": 1, "m": 2, "x": 3}
_GROUPS = 64
"""More than there are age groups."""


class Rivals(NamedTuple):
    """Who is ranked with whom: keys (n,) of race, of race and sex, of these and age group; NEVER for who
    is in none, because the sex or the age is not known. ``by_net``: whose race ranks by net time."""

    race: Ints
    sex: Ints
    group: Ints
    by_net: Bools


def make_rivals(event: Event, roster: Roster) -> Rivals:
    """Follows from the plan and the entrants alone."""
    sex = np.array([_SEXES.get(value, NEVER) for value in roster.sex], np.int64)
    ages = set(roster.age.tolist())
    groups = {name: number for number, name in enumerate(sorted({age_group(a) for a in ages}))}
    of_age = {age: groups[age_group(age)] if age >= 0 else NEVER for age in ages}
    group = np.array([of_age[age] for age in roster.age.tolist()], np.int64)
    race_sex = np.where(sex > 0, roster.race * 4 + sex, NEVER)
    of_group = np.where((sex > 0) & (group >= 0), race_sex * _GROUPS + group, NEVER)
    by_net = np.array([race.places_by == "net" for race in event.races], np.bool_)[roster.race]
    return Rivals(roster.race, race_sex, of_group, by_net)


def rank(
    rivals: Rivals, gun_ms: Ints, net_ms: Ints, ranked: Bools, tie_keys: tuple[Ints, ...]
) -> tuple[Ints, Ints, Ints]:
    """(n,) place in the race, in the sex, in sex and age group; NEVER for who is not ranked.

    A race ranks by gun or net time as the plan says. ``tie_keys`` (most important first) settle equal
    milliseconds; a shared place is only ever given by a ruling.
    """
    elapsed = np.where(rivals.by_net, net_ms, gun_ms)
    order = _in_order(np.flatnonzero(ranked), rivals.race, elapsed, tie_keys)
    return (
        _within(order, rivals.race),
        _within(order, rivals.sex),
        _within(order, rivals.group),
    )


def _in_order(
    rows: npt.NDArray[np.intp], race: Ints, elapsed: Ints, tie_keys: tuple[Ints, ...]
) -> npt.NDArray[np.intp]:
    """Rows by race and time; only where times are equal are the other keys looked at."""
    order = rows[np.lexsort((elapsed[rows], race[rows]))]
    equal = (np.diff(race[order]) == 0) & (np.diff(elapsed[order]) == 0)
    tied = np.flatnonzero(np.r_[False, equal] | np.r_[equal, False]) if len(order) else rows
    if len(tied):
        here = order[tied]
        keys = tuple(key[here] for key in reversed(tie_keys))
        order[tied] = here[np.lexsort((here, *keys, elapsed[here], race[here]))]
    return order


def _within(order: npt.NDArray[np.intp], key: Ints) -> Ints:
    """(n,) places 1, 2, ... of ``order`` within each value of ``key``; NEVER for who has none."""
    place: Ints = np.full(len(key), NEVER, np.int64)
    order = order[key[order] != NEVER]
    if len(order):
        keys = key[order]
        by_key = np.argsort(keys, kind="stable")
        sorted_keys = keys[by_key]
        begins = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
        lengths = np.diff(np.r_[begins, len(order)])
        place[order[by_key]] = np.arange(len(order)) - np.repeat(begins, lengths) + 1
    return place
