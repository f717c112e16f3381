"""Pairs to groups and packs.

A runner with more companions than friends are is in a pace team or a pack: of it only its size is said, never who
is with whom. All others are grouped by complete linkage: everybody in a group is with everybody else in it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from homestretch.companions.values import Bools, Floats, Ints

MOST_COMPANIONS: Final = 4


def packed(i: Ints, j: Ints, runners: int) -> tuple[Bools, Ints]:
    """(k,) which pairs touch a pack, and (n,) how many companions each runner has."""
    degree = np.bincount(i, minlength=runners) + np.bincount(j, minlength=runners)
    return np.asarray((degree[i] > MOST_COMPANIONS) | (degree[j] > MOST_COMPANIONS)), degree


def group(i: Ints, j: Ints, score: Floats, runners: int) -> tuple[Bools, Ints, Ints, int]:
    """(k,) in a pack or not, number and size of each pair's group or pack, and how many packs there are.

    The size of a pack is about what its middle runner sees: their companions and they themselves.
    """
    pack, degree = packed(i, j, runners)
    numbers, sizes = np.zeros(len(i), np.int64), np.zeros(len(i), np.int64)
    packs = _packs(i, j, degree)
    of_packs: dict[int, list[int]] = {}
    for runner, number in packs.items():
        of_packs.setdefault(number, []).append(int(degree[runner]) + 1)
    for k in np.flatnonzero(pack).tolist():
        a, b = int(i[k]), int(j[k])
        numbers[k] = packs[a] if a in packs else packs[b]
        sizes[k] = int(np.median(of_packs[int(numbers[k])]))
    free = np.flatnonzero(~pack)
    free = free[np.lexsort((j[free], i[free], -score[free]))]
    ends = list(zip(i[free].tolist(), j[free].tolist(), strict=True))
    members = _complete(ends)
    heads = {one: len(of_packs) + at for at, one in enumerate(dict.fromkeys(members.values()))}
    for k, (a, b) in zip(free.tolist(), ends, strict=True):
        if b in members[a]:
            numbers[k], sizes[k] = heads[members[a]], len(members[a])
        else:  # one was with both, not all with all: two by themselves
            numbers[k], sizes[k] = len(of_packs) + len(heads) + k, 2
    return pack, numbers, sizes, len(of_packs)


def _packs(i: Ints, j: Ints, degree: Ints) -> dict[int, int]:
    """Number of the pack of each runner who has too many companions; such who are companions share one."""
    hubs = np.flatnonzero(degree > MOST_COMPANIONS).tolist()
    parent = {hub: hub for hub in hubs}

    def head(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in zip(i.tolist(), j.tolist(), strict=True):
        if a in parent and b in parent:
            a, b = head(a), head(b)
            parent[max(a, b)] = min(a, b)
    heads = {one: at for at, one in enumerate(sorted({head(hub) for hub in hubs}))}
    return {hub: heads[head(hub)] for hub in hubs}


def _complete(ends: list[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Everybody's group, pairs joined from the best on, whenever all of both groups are pairs."""
    linked = {(a, b) for a, b in ends} | {(b, a) for a, b in ends}
    groups = {one: frozenset((one,)) for pair in ends for one in pair}
    for a, b in ends:
        one, other = groups[a], groups[b]
        if one is not other and all((x, y) in linked for x in one for y in other):
            joined = one | other
            groups.update(dict.fromkeys(joined, joined))
    return groups
