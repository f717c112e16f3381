"""What people saw of a race, from the state to the places between its mats.

Two bibs in one entry were before the same eyes at once. Whoever enters three and more at once, or one by one within
seconds, saw a crowd: it says who was there, not who was with whom, and counts for nothing here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from homestretch.companions.seen import LINE_S, TAP_S, Seen, arrange
from homestretch.companions.values import Bools, Floats, Ints
from homestretch.race.event import Event
from homestretch.state.snapshot import Mark, State

TWO: Final = 2
SLACK_S: Final = 30.0
"""So much before the mat behind, or after the mat ahead, somebody can still have been seen between them; else it was
another bib."""


class Noticed(NamedTuple):
    """What people saw of the rows of one race; ``point`` (s,) in ``Event.points`` and ``seq`` (s,) say where it comes
    from."""

    seen: Seen
    point: Ints
    seq: Ints


def notice(
    event: Event, state: State, race: int, rows: Ints, metres: Floats, times_s: Floats, first_s: float
) -> Noticed:  # fmt: skip
    """Sightings of the rows (n,) of a race with mats at ``metres`` (m,), read at ``times_s`` (n, m) after
    ``first_s``."""
    all_of = state.sightings
    kept = (state.roster.race[all_of.row] == race) & (all_of.in_entry <= TWO)
    kept &= (all_of.in_entry == TWO) | (all_of.in_a_row <= TWO)
    kept &= (state.marks[all_of.row] & Mark.MOVED_UP) == 0
    race_id = event.races[race].id
    point_m = np.array([point.distance_m.get(race_id, np.nan) for point in event.points])
    at_m = point_m[all_of.point]
    kept &= (at_m >= metres[0]) & (at_m <= metres[-1])
    which = np.flatnonzero(kept)
    row, at_m = np.searchsorted(rows, all_of.row[which]), at_m[which]
    leg = np.searchsorted(metres, at_m, side="right") - 1
    ahead_m = np.append(metres[1:], np.inf)[leg]
    part = (at_m - metres[leg]) / (ahead_m - metres[leg])
    at_s = all_of.at[which] / 1000.0 - first_s
    possible = _can_be(times_s[row], leg, part, at_s)
    error_s = np.where(all_of.in_entry[which] == TWO, LINE_S, TAP_S)
    seen, order = arrange(
        len(rows), row[possible], leg[possible], part[possible], at_s[possible], error_s[possible]
    )
    source = which[possible][order]
    return Noticed(seen, all_of.point[source], all_of.seq[source])


def _can_be(read_s: Floats, leg: Ints, part: Floats, at_s: Floats) -> Bools:
    """(s,) who was seen between the reads (s, m) that they have before and behind that place."""
    mats = np.arange(read_s.shape[1])
    behind = np.where(mats <= leg[:, None], read_s, np.nan)
    ahead = np.where(mats >= (leg + (part > 0.0))[:, None], read_s, np.nan)
    latest = np.where(np.isnan(behind), -np.inf, behind).max(axis=1, initial=-np.inf)
    soonest = np.where(np.isnan(ahead), np.inf, ahead).min(axis=1, initial=np.inf)
    return np.asarray((at_s >= latest - SLACK_S) & (at_s <= soonest + SLACK_S))
