"""Places: by order at the line in integer milliseconds, never by rounded times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from homestretch.race.event import Event
from homestretch.race.groups import age_group
from homestretch.state.snapshot import NEVER, Bools, Ints, Roster


def rank(
    event: Event,
    roster: Roster,
    gun_ms: Ints,
    net_ms: Ints,
    ranked: Bools,
    tie_keys: tuple[Ints, ...],
) -> tuple[Ints, Ints, Ints]:
    """(n,) place in the race, in the sex, in sex and age group; NEVER for who is not ranked.

    A race ranks by gun or net time as the plan says. ``tie_keys`` (most important first) settle equal
    milliseconds; a shared place is only ever given by a ruling.
    """
    n = len(roster.race)
    by_net = np.array([race.places_by == "net" for race in event.races])[roster.race]
    elapsed = np.where(by_net, net_ms, gun_ms)
    rows = np.flatnonzero(ranked)
    keys = tuple(key[rows] for key in reversed(tie_keys))
    order = rows[np.lexsort((*keys, elapsed[rows], roster.race[rows]))]
    sexes = {"": 0, "f": 1, "m": 2, "x": 3}
    sex = np.array([sexes.get(value, 0) for value in roster.sex], np.int64)
    groups = {
        name: number
        for number, name in enumerate(sorted({age_group(int(a)) for a in set(roster.age)}))
    }
    group_of_age = {age: groups[age_group(age)] for age in set(roster.age.tolist())}
    group = np.array([group_of_age[age] for age in roster.age.tolist()], np.int64)
    in_race = _within(order, roster.race, n)
    in_sex = _within(order[sex[order] > 0], roster.race * 8 + sex, n)
    known = (sex[order] > 0) & (roster.age[order] >= 0)
    in_group = _within(order[known], (roster.race * 8 + sex) * 64 + group, n)
    return in_race, in_sex, in_group


def _within(order: npt.NDArray[np.intp], key: Ints, n: int) -> Ints:
    """Places 1, 2, ... of ``order`` within each value of ``key``."""
    place: Ints = np.full(n, NEVER, np.int64)
    if len(order):
        keys = key[order]
        by_key = np.argsort(keys, kind="stable")
        sorted_keys = keys[by_key]
        begins = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
        lengths = np.diff(np.r_[begins, len(order)])
        place[order[by_key]] = np.arange(len(order)) - np.repeat(begins, lengths) + 1
    return place
