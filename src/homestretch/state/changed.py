"""Who came home on a changed course: whoever had not passed the place of the change when it was said."""

from __future__ import annotations

import numpy as np

from homestretch.race.event import Event
from homestretch.state.flag import Change, Flags
from homestretch.state.passings import Passings
from homestretch.state.proofs import Proofs
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Points, Roster


def find_on_changed_course(
    event: Event, roster: Roster, points: Points, passings: Passings, proofs: Proofs, flags: Flags
) -> Bools:
    """(n,) finishers whose way home may have been another one: at home after the change, and not known to be
    behind its place when it was said; or sooner at home than anybody runs the way as planned."""
    found = np.zeros(len(roster.race), np.bool_)
    if not passings.at.shape[1]:
        return found
    for race, changes in enumerate(flags.changes):
        rows = np.flatnonzero((roster.race == race) & (proofs.finish_at >= 0))
        if not changes or not len(rows):
            continue
        metres = points.distance_m[race]
        passed_at = passings.at[rows].copy()
        ends = roster.end_point[rows]
        passed_at[np.arange(len(rows)), ends] = np.where(ends >= 0, NEVER, passed_at[:, -1])
        for change in changes:
            found[rows] |= _is_affected(change, metres, passed_at, proofs.finish_at[rows])
        of_division = {
            name: fastest_s_per_km(event.races[race], name) for name in set(roster.division)
        }
        pace = [of_division[roster.division[row]] for row in rows.tolist()]
        left_m = _end_m(event, race, ends, metres) - _at_last(metres, passed_at)
        since_at = np.maximum(passed_at.max(axis=1), roster.gun_at[rows])
        found[rows] |= left_m * np.array(pace) > proofs.finish_at[rows] - since_at
    return found


def _is_affected(change: Change, metres: Floats, passed_at: Ints, finish_at: Ints) -> Bools:
    """(k,) by their passings (k, m) before the end, at points (m,): between two of them they ran evenly."""
    home = finish_at <= change.since_at
    if change.from_m is None:
        return ~home
    least_m, _ = _known_between(change.since_at, metres, passed_at)
    _, most_m = _known_between(change.until_at, metres, passed_at)
    affected: Bools = ~home & ~(least_m >= change.from_m) & ~(most_m < change.from_m)
    return affected


def _known_between(at: int, metres: Floats, passed_at: Ints) -> tuple[Floats, Floats]:
    """(k,) metres: how far they had run at least, and at most, at a moment (UTC ms)."""
    read = (passed_at != NEVER) & ~np.isnan(metres)[None, :]
    before, ahead = read & (passed_at <= at), read & (passed_at > at)
    last_m = np.where(before, metres, -np.inf).max(axis=1)
    last_at = np.where(before, passed_at, NEVER).max(axis=1)
    next_at = np.where(ahead, passed_at, np.iinfo(np.int64).max).min(axis=1)
    next_m = np.where(ahead & (passed_at == next_at[:, None]), metres, -np.inf).max(axis=1)
    next_m = np.where(ahead.any(axis=1), next_m, np.inf)
    between = np.isfinite(last_m) & np.isfinite(next_m)
    share = np.where(between, (at - last_at) / np.maximum(next_at - last_at, 1), 0.0)
    way_m = np.where(between, next_m, 0.0) - np.where(between, last_m, 0.0)
    here_m = last_m + share * way_m
    return here_m, np.where(between, here_m, next_m)


def _end_m(event: Event, race: int, ends: Ints, metres: Floats) -> Floats:
    return np.where(ends >= 0, metres[np.maximum(ends, 0)], event.races[race].distance_m)


def _at_last(metres: Floats, passed_at: Ints) -> Floats:
    """(k,) metres of the newest passing, 0 before the first."""
    read = (passed_at != NEVER) & ~np.isnan(metres)[None, :]
    last: Floats = np.where(read, np.nan_to_num(metres), 0.0).max(axis=1)
    return last
