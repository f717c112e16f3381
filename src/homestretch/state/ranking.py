"""Places: by order at the line in integer milliseconds, never by rounded times."""

from __future__ import annotations

from collections.abc import Sequence
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
    is in none, because the sex or the age is not known. ``apart``: keys of a race's divisions and of its
    relay, NEVER for who is in neither. ``by_net``: whose race ranks by net time, ``groups_by_net``: its age groups.
    ``team`` (n,): the number
    of a relay runner's team, and ``legs`` (races,) how many a team of the race has."""

    race: Ints
    sex: Ints
    group: Ints
    apart: Ints
    by_net: Bools
    groups_by_net: Bools
    team: Ints
    legs: Ints


class Places(NamedTuple):
    """(n,) place in the race, in the sex, in sex and age group, among the own division or relay; NEVER
    for who is not ranked there."""

    race: Ints
    sex: Ints
    group: Ints
    apart: Ints


def make_rivals(event: Event, roster: Roster) -> Rivals:
    """Follows from the plan and the entrants alone."""
    sex = np.array([_SEXES.get(value, NEVER) for value in roster.sex], np.int64)
    ages = set(roster.age.tolist())
    groups = {name: number for number, name in enumerate(sorted({age_group(a) for a in ages}))}
    of_age = {age: groups[age_group(age)] if age >= 0 else NEVER for age in ages}
    group = np.array([of_age[age] for age in roster.age.tolist()], np.int64)
    race_sex = np.where(sex > 0, roster.race * 4 + sex, NEVER)
    of_group = np.where((sex > 0) & (group >= 0), race_sex * _GROUPS + group, NEVER)
    by_net = np.array([race.places_by == "net" for race in event.races], np.bool_)
    groups_by = [race.groups_by or race.places_by for race in event.races]
    groups_by_net = np.array([by == "net" for by in groups_by], np.bool_)
    relay, team = roster.leg != NEVER, _teams(roster)
    legs = [
        int(roster.leg[roster.race == race].max(initial=NEVER)) for race in range(len(event.races))
    ]
    return Rivals(
        race=np.where(roster.competes, roster.race, NEVER),
        sex=np.where(roster.competes, race_sex, NEVER),
        group=np.where(roster.competes, of_group, NEVER),
        apart=_apart(roster, relay),
        by_net=by_net[roster.race] & ~relay,
        groups_by_net=groups_by_net[roster.race] & ~relay,
        team=team,
        legs=np.array(legs, np.int64),
    )


def _apart(roster: Roster, relay: Bools) -> Ints:
    """Keys of the tables beside the field: the runners of each division, the last legs of each relay."""
    names = sorted(set(roster.division))
    numbers = {name: number for number, name in enumerate(names)}
    runs = np.array([role == "runner" for role in roster.role], np.bool_)
    division = np.array([numbers[name] for name in roster.division], np.int64)
    has_one = np.array([bool(name) for name in roster.division], np.bool_)
    key = roster.race * (len(names) + 1) + np.where(relay, len(names), division)
    found: Ints = np.where(runs & (has_one | relay), key, NEVER)
    return found


def _teams(roster: Roster) -> Ints:
    numbers: dict[tuple[int, str], int] = {}
    named = zip(roster.race.tolist(), roster.team, roster.leg.tolist(), strict=True)
    return np.array(
        [
            numbers.setdefault((race, team), len(numbers)) if leg != NEVER else NEVER
            for race, team, leg in named
        ],
        np.int64,
    )


def _anchors(rivals: Rivals, leg: Ints, race: Ints, ranked: Bools) -> Bools:
    """(n,) the last legs of the teams of which every leg was run and counts."""
    run = np.zeros(int(rivals.team.max(initial=-1)) + 1, np.int64)
    here = ranked & (rivals.team != NEVER)
    for number in set(leg[here].tolist()):
        run[np.unique(rivals.team[here & (leg == number)])] += 1
    last: Bools = here & (leg == rivals.legs[race])
    last[last] = run[rivals.team[last]] == rivals.legs[race][last]
    return last


def rank(
    rivals: Rivals,
    roster: Roster,
    gun_ms: Ints,
    net_ms: Ints,
    ranked: Bools,
    tie_keys: tuple[Ints, ...],
    shared: Sequence[Sequence[int]] = (),
) -> Places:
    """Places of those who may be ranked (n,): timed, and not ruled out.

    A race ranks by gun or net time as the plan says, a relay by the gun time of its last leg, once every
    leg was run. ``tie_keys`` (most important first) settle equal milliseconds; a shared place is only ever
    given by a ruling: ``shared`` are the rows of each.
    """
    if (rivals.team != NEVER).any():
        relay = rivals.team != NEVER
        ranked = ranked & (~relay | _anchors(rivals, roster.leg, roster.race, ranked))
    elapsed = np.where(rivals.by_net, net_ms, gun_ms)
    rows = np.flatnonzero(ranked)
    order = of_groups = _in_order(rows, roster.race, elapsed, tie_keys)
    if (rivals.groups_by_net != rivals.by_net).any():
        elapsed = np.where(rivals.groups_by_net, net_ms, gun_ms)
        of_groups = _in_order(rows, roster.race, elapsed, tie_keys)
    places = Places(
        race=_within(order, rivals.race),
        sex=_within(order, rivals.sex),
        group=_within(of_groups, rivals.group),
        apart=_within(order, rivals.apart),
    )
    if shared:
        keys = (rivals.race, rivals.sex, rivals.group, rivals.apart)
        for place, key in zip(places, keys, strict=True):
            _share(place, key, shared)
    return places


def _share(place: Ints, key: Ints, shared: Sequence[Sequence[int]]) -> None:
    """Give those of each ruling who stand in one table, one behind the other, the best of their places; who comes
    next keeps the own one. Rulings that have somebody in common are one."""
    before = place.copy()
    for rows in _joined(shared):
        here = [row for row in rows if before[row] != NEVER]
        for table in {int(key[row]) for row in here}:
            mine = np.array([row for row in here if key[row] == table], np.int64)
            places = np.sort(before[mine])
            if (np.diff(places) == 1).all():
                place[mine] = places[0]


def _joined(shared: Sequence[Sequence[int]]) -> list[set[int]]:
    found: list[set[int]] = []
    for rows in map(set, shared):
        touching = [group for group in found if group & rows]
        found = [group for group in found if not group & rows] + [rows.union(*touching)]
    return found


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
