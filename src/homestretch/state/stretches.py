"""Who may have left out a stretch of the course: not read on it, and faster across it than anywhere else.

Every line of mats misses some runners, so a hole alone says nothing; nor does one fast leg. Both together are a
question, which an official decides (``dsq``, ``reinstated``).
"""

from __future__ import annotations

import numpy as np

from homestretch.race.event import Event
from homestretch.state.snapshot import Bools, Floats, Ints, Points, Roster

ONE_HOLE, MORE_HOLES = 0.75, 0.85
"""Across one hole somebody must have been so much faster than on their own fastest leg; across more, the mats can
hardly have missed them, and less is enough."""
SHORTEST_LEG_M = 1_500.0
OWN_LEGS = 2
"""So many legs without a hole tell how fast somebody is."""
HEARD = 0.5
"""A mat that has read fewer of those who came to a later one hears too little to miss anybody."""


def find_left_out(
    event: Event, roster: Roster, points: Points, passed_at: Ints, planned_to_m: Floats
) -> Bools:
    """(n,) who was faster across points that did not read them than on any leg between two that did. Nothing is
    said of a race whose course was changed on the day."""
    found: Bools = np.zeros(len(roster.race), np.bool_)
    for number in range(len(event.races)):
        metres = points.distance_m[number]
        columns = np.argsort(metres, kind="stable")[: int((~np.isnan(metres)).sum())]
        rows = np.flatnonzero(roster.race == number)
        if len(columns) < OWN_LEGS + 1 or not len(rows) or np.isfinite(planned_to_m[number]):
            continue
        found[rows] = _of_race(metres[columns], passed_at[np.ix_(rows, columns)])
    return found


def _of_race(metres: Floats, at: Ints) -> Bools:
    """(k,) the same for the runners of one race: points in the order of the course, passings (k, c) UTC ms. Only
    those with a hole are looked at more closely."""
    read = at >= 0
    later = np.logical_or.accumulate(read[:, ::-1], axis=1)[:, ::-1]
    hears = read.sum(axis=0) >= HEARD * np.maximum(later.sum(axis=0), 1)
    with_holes = np.flatnonzero((later & ~read & hears)[:, 1:].any(axis=1))
    found: Bools = np.zeros(len(at), np.bool_)
    found[with_holes] = _too_quick(metres, at[with_holes], hears)
    return found


def _too_quick(metres: Floats, at: Ints, hears: Bools) -> Bools:
    """(k,) whether some hole was crossed faster than any leg without one was run."""
    k, count = at.shape
    read = at >= 0
    before_m, before_at = np.full((2, k), np.nan)
    holes, legs = np.zeros((2, k), np.int64)
    fastest, over_one, over_more = np.full((3, k), np.inf)
    for column in range(count):
        here = read[:, column]
        way_m = metres[column] - before_m
        with np.errstate(invalid="ignore", divide="ignore"):
            pace = np.where(here & (way_m > 0), (at[:, column] - before_at) / way_m, np.inf)
        whole = here & (holes == 0) & (way_m >= SHORTEST_LEG_M)
        fastest = np.where(whole, np.minimum(fastest, pace), fastest)
        legs += whole
        over_one = np.where(here & (holes == 1), np.minimum(over_one, pace), over_one)
        over_more = np.where(here & (holes > 1), np.minimum(over_more, pace), over_more)
        before_m = np.where(here, metres[column], before_m)
        before_at = np.where(here, at[:, column], before_at)
        holes = np.where(here, 0, holes + int(hears[column]))
    known = (legs >= OWN_LEGS) & np.isfinite(fastest)
    quick: Bools = (over_one < ONE_HOLE * fastest) | (over_more < MORE_HOLES * fastest)
    quick &= known
    return quick
