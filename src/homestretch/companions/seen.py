"""Sightings as further places where two were together: what a person saw of runners, between the mats or at one.

A sighting is a time with an error of its own, of one runner at one place. It tells nothing of how anybody runs (the
own-pace null is of mats alone) and is put between the mats only where the pair has two times to compare.
"""

from __future__ import annotations

from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from homestretch.companions.values import Bools, Floats, Ints

TAP_S: Final = 3.0
"""Scale of Laplace's error of a time that a person tapped: they look up, and type."""
LINE_S: Final = 1.0
"""The same of two bibs in one entry, who were before the same eyes at once."""
APART_S: Final = 1e7
REACH: Final = 2.0
"""Two are near where they were seen if the gap is no more than at a mat and so many times its error."""


class Seen(NamedTuple):
    """s sightings of n runners, at most one of each runner at each place. Who was seen where: ``part`` of the way
    from mat ``leg`` to the next one, 0 at the mat itself."""

    start: Ints
    """(n + 1,) the sightings of row i are those from ``start[i]`` to before ``start[i + 1]``, along the course"""
    leg: Ints
    part: Floats
    at_s: Floats
    error_s: Floats
    """scale of the error"""


class Nodes(NamedTuple):
    """Room for the places where two rows can be compared, in the order of the course."""

    leg: Ints
    part: Floats
    gap_s: Floats
    """seconds that the second is behind the first"""
    middle_s: Floats
    """when they were there"""
    error_s2: Floats
    """square of the scale of the gap's error, 0 where mats read both"""
    a: Ints
    """sighting of the first, -1 where a mat read it"""
    b: Ints


def nobody_seen(runners: int) -> Seen:
    """No sightings."""
    none = np.zeros(0)
    return Seen(np.zeros(runners + 1, np.int64), np.zeros(0, np.int64), none, none, none)


def arrange(
    runners: int, row: Ints, leg: Ints, part: Floats, at_s: Floats, error_s: Floats
) -> tuple[Seen, Ints]:
    """Sightings (s,) in any order by row and place, and which of the given each one is; of several of one runner at
    one place the surest, of these the first given."""
    order = np.lexsort((np.arange(len(row)), error_s, part, leg, row))
    of = np.column_stack([row, leg, part])[order]
    first = np.ones(len(order), bool)
    first[1:] = (of[1:] != of[:-1]).any(axis=1)
    kept = order[first]
    counts = np.bincount(row[kept], minlength=runners)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Seen(start, leg[kept], part[kept], at_s[kept], error_s[kept]), kept


def room_for(mats: int, seen: Seen) -> Nodes:
    """Room for the places of any two rows."""
    most = mats + int(np.diff(seen.start).max(initial=0))
    return Nodes(*(np.empty(most, kind) for kind in (int, float, float, float, float, int, int)))


@njit(cache=True)
def _put(
    nodes: Nodes, at: int, leg: int, part: float, times: tuple[float, float],
    errors: tuple[float, float], sightings: tuple[int, int],
) -> None:  # fmt: skip
    nodes.leg[at], nodes.part[at] = leg, part
    nodes.gap_s[at], nodes.middle_s[at] = times[1] - times[0], 0.5 * (times[0] + times[1])
    nodes.error_s2[at] = errors[0] * errors[0] + errors[1] * errors[1]
    nodes.a[at], nodes.b[at] = sightings


@njit(cache=True)
def _at_mat(seen: Seen, k: int, end: int, mat: int, read_s: float) -> tuple[float, float, int, int]:
    """Time, error and sighting (-1: it was read) of a row at a mat, and its next sighting."""
    if k < end and seen.leg[k] == mat and seen.part[k] == 0.0:
        if np.isnan(read_s):
            return seen.at_s[k], seen.error_s[k], k, k + 1
        return read_s, 0.0, -1, k + 1
    return read_s, 0.0, -1, k


@njit(cache=True)
def compare(i: int, j: int, times_s: Floats, seen: Seen, nodes: Nodes) -> int:
    """Fills the places at which both rows were read or seen; returns how many there are."""
    count = 0
    a, b = seen.start[i], seen.start[j]
    a_end, b_end = seen.start[i + 1], seen.start[j + 1]
    if a == a_end and b == b_end:
        for mat in range(times_s.shape[1]):
            times = (times_s[i, mat], times_s[j, mat])
            if not np.isnan(times[1] - times[0]):
                _put(nodes, count, mat, 0.0, times, (0.0, 0.0), (-1, -1))
                count += 1
        return count
    for mat in range(times_s.shape[1]):
        one_s, one_e, one, a = _at_mat(seen, a, a_end, mat, times_s[i, mat])
        other_s, other_e, other, b = _at_mat(seen, b, b_end, mat, times_s[j, mat])
        if not np.isnan(other_s - one_s):
            _put(nodes, count, mat, 0.0, (one_s, other_s), (one_e, other_e), (one, other))
            count += 1
        while a < a_end and b < b_end and seen.leg[a] == mat and seen.leg[b] == mat:
            if seen.part[a] == seen.part[b]:
                times = (seen.at_s[a], seen.at_s[b])
                errors = (seen.error_s[a], seen.error_s[b])
                _put(nodes, count, mat, seen.part[a], times, errors, (a, b))
                count += 1
            earlier = seen.part[a]
            if earlier <= seen.part[b]:
                a += 1
            if seen.part[b] <= earlier:
                b += 1
        while a < a_end and seen.leg[a] == mat:
            a += 1
        while b < b_end and seen.leg[b] == mat:
            b += 1
    return count


@njit(cache=True)
def _are_near(nodes: Nodes, at: int, near_s: float) -> bool:
    return bool(abs(nodes.gap_s[at]) <= near_s + REACH * sqrt(nodes.error_s2[at]))


@njit(cache=True)
def _near_where_seen(
    pairs: Ints, times_s: Floats, seen: Seen, near_s: float, nodes: Nodes
) -> Bools:
    """(k,) which pairs were near at two places in a row, at one of which at least a person saw one of them, and
    never were so by mats alone."""
    out = np.zeros(len(pairs), np.bool_)
    for k in range(len(pairs)):
        count = compare(pairs[k, 0], pairs[k, 1], times_s, seen, nodes)
        was_near = was_read = read_before = by_mats = False
        for at in range(count):
            near, read = _are_near(nodes, at, near_s), nodes.error_s2[at] == 0.0
            out[k] |= near and was_near and not (read and was_read)
            was_near, was_read = near, read
            if read:
                by_mats |= near and read_before
                read_before = near
        out[k] &= not by_mats
    return out


def seen_candidates(times_s: Floats, seen: Seen, near_s: float, sides: Bools | None = None) -> Ints:
    """(k, 2) rows i < j, each pair once, who may have been together where somebody saw them, and who are no
    candidates by mats alone; with ``sides`` (n,) only pairs of both sides."""
    if not len(seen.leg):
        return np.zeros((0, 2), np.int64)
    n, mats = times_s.shape
    row = np.repeat(np.arange(n), np.diff(seen.start))
    reach_s = near_s + REACH * sqrt(2.0) * float(seen.error_s.max())
    # Every place has its own stretch of time, so that all are looked at in one go.
    _, place = np.unique(np.column_stack([seen.leg, seen.part]), axis=0, return_inverse=True)
    at_s = seen.at_s + APART_S * place.ravel()
    found = [pairs_within(at_s, row, at_s, row, reach_s)]
    missed = np.flatnonzero((seen.part == 0.0) & np.isnan(times_s[row, seen.leg]))
    for mat in np.unique(seen.leg[missed]).tolist():
        here = missed[seen.leg[missed] == mat]
        read = np.flatnonzero(np.isfinite(times_s[:, mat]))
        found.append(pairs_within(times_s[read, mat], read, seen.at_s[here], row[here], reach_s))
    pairs = np.concatenate(found)
    if sides is not None:
        pairs = pairs[sides[pairs[:, 0]] != sides[pairs[:, 1]]]
    each = np.unique(pairs.min(axis=1) * n + pairs.max(axis=1)) if len(pairs) else pairs[:, 0]
    pairs = np.column_stack([each // n, each % n])
    return pairs[_near_where_seen(pairs, times_s, seen, near_s, room_for(mats, seen))]


def pairs_within(at_s: Floats, rows: Ints, other_s: Floats, others: Ints, reach_s: float) -> Ints:
    """(k, 2) of each other row with whom it is within reach of, by time."""
    order = np.argsort(at_s, kind="stable")
    low = np.searchsorted(at_s[order], other_s - reach_s, side="left")
    high = np.searchsorted(at_s[order], other_s + reach_s, side="right")
    count = high - low
    behind = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    one = rows[order[np.repeat(low, count) + behind]]
    pairs = np.column_stack([one, np.repeat(others, count)])
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])
