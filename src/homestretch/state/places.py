"""Which timing point a place name means, for each race."""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np

from homestretch.race.event import Event
from homestretch.state.kernels import FAR, Ints32, Rows
from homestretch.state.snapshot import NEVER, Bools, Ints, Roster, Unused

UNKNOWN = -2
"""A place that the plan does not know."""
SEVERAL = -3
"""A place that is more than one point of this race: one box as start and finish, or out and back."""

USUAL_PACE_MS_PER_M = 400.0
"""Pace (ms a metre = s a km) by which a passing is given to a lap when nothing else is known."""


class Lookup(Protocol):
    """What is asked of the lookup here."""

    def points_at(self, symbol: int) -> list[int]:
        """Columns of the mats that a place symbol means."""
        ...


def place_key(name: str) -> str:
    """A place as it is compared: without regard to case; blanks and underscores are dashes."""
    return re.sub(r"[\s_\-]+", "-", name.strip().casefold())


def points_by_place(event: Event) -> dict[str, list[int]]:
    """Place key -> positions in the mats of the event; a point is also known by its id and name."""
    found: dict[str, list[int]] = {}
    mats = [point for point in event.points if point.kind == "mat"]
    for position, mat in enumerate(mats):
        for key in {place_key(name) for name in (*mat.devices, mat.id, mat.name)}:
            found.setdefault(key, []).append(position)
    return found


def find_points(known: dict[str, list[int]], place: str) -> list[int]:
    """Positions of the mats that a place means; ``FINISH-2`` is a second device of ``finish``."""
    key = place_key(place)
    return known.get(key) or known.get(re.sub(r"-\d$", "", key), [])


def choose_among(
    roster: Roster, rows: Rows, first: Ints, lookup: Lookup, row: Ints, place: Ints32, at: Ints
) -> tuple[Ints, Ints]:
    """(reads,) the column of each read at a place that is several points of its race, NEVER when none
    fits, and then the reason (``Unused``).

    A column fits when the row could be there by then, had been at the points before it and had not yet
    been at the points behind it (``first`` (n, m): first reads at the other points, after base). Of
    several that fit, the start is meant while the start mat is open, else the one whose usual moment is
    nearest.
    """
    best: Ints = np.full(len(row), NEVER, np.int64)
    best_miss = np.full(len(row), np.inf)
    at_start: Bools = np.zeros(len(row), np.bool_)
    when = at - rows.base
    for symbol in np.unique(place):
        for column in lookup.points_at(int(symbol)):
            reads = np.flatnonzero(
                (place == symbol) & ~np.isnan(rows.metres[roster.race[row], column])
            )
            who, t = row[reads], when[reads]
            metres, gun = rows.metres[roster.race[who]], rows.facts[who, 3].astype(np.int64)
            low = gun + rows.reach_ms[rows.facts[who, 1], column]
            here_m = metres[:, column]
            seen = first[who]
            before = np.nan_to_num(metres, nan=np.inf) < here_m[:, None]
            behind = np.nan_to_num(metres, nan=-np.inf) > here_m[:, None]
            after_all = np.where(before & (seen != FAR), seen, -FAR).max(axis=1)
            before_all = np.where(behind, seen, FAR).min(axis=1)
            fits = (t >= low) & (t > after_all) & (t < before_all)
            is_start = roster.start_point[who] == column
            at_start[reads] |= is_start & (t < low)
            in_window = is_start & (t <= gun + rows.open_ms[roster.race[who]])
            miss = np.where(in_window, -1.0, np.abs(t - gun - here_m * USUAL_PACE_MS_PER_M))
            better = fits & (miss < best_miss[reads])
            best[reads[better]] = column
            best_miss[reads[better]] = miss[better]
    return best, np.where(at_start, Unused.BEFORE_THE_GUN, Unused.TOO_FAST)
