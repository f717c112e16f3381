"""People whom no point expects any more: where their last proof of life is, and the odds that a mat missed them."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import find_unseen, is_forecast
from homestretch.boards.people import LedgerEntry, ledger_entries
from homestretch.forecast.values import NEXT, P_NOT_READ
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools, Floats, Ints, Mark
from homestretch.state.where import GONE_MS, GONE_SHARE

WORTH = 30
"""The share of runners that a mat misses is measured on the day, beside so many who were missed as usual."""
P_ENDS = 0.002
"""So many end their race on a leg and nobody is told: one in a hundred of a field, over some five legs."""
SLOWER = 0.02
"""Chance that somebody is only so much slower, where no forecast says it."""


class OverdueRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was clearly due at ``due_point`` at ``due_at`` (UTC ms) and was not read. ``mats`` should have
    read them by now; ``p_missed`` is the chance that all of these missed them and they are ahead on the road, as
    against having stopped or being slower than nearly everybody. ``grave``: at two points, or the finish."""

    entry: LedgerEntry
    due_point: str
    due_at: int
    mats: int
    p_missed: float
    grave: bool


def find_overdue(picture: Picture) -> Ints:
    """(k,) rows of those overdue, the likeliest to have stopped first, of these the oldest proof."""
    state = picture.state
    on_road = np.flatnonzero(np.isin(state.status, ON_THE_ROAD))
    late = find_unseen(picture, on_road) | ((state.marks[on_road] & int(Mark.OVERDUE)) != 0)
    rows = on_road[late & ~state.quiet[state.roster.race[on_road]]]
    grave = (state.marks[rows] & int(Mark.OVERDUE)) != 0
    odds = np.round(p_missed(picture, rows), 2)
    order = np.lexsort((state.last_proof_at[rows], odds, ~grave))
    found: Ints = rows[order]
    return found


def make_overdue(picture: Picture, viewer: Viewer, rows: Ints) -> tuple[OverdueRow, ...]:
    """Rows of the board; the caller has made sure that the viewer keeps the ledger."""
    state, odds = picture.state, p_missed(picture, rows)
    entries = ledger_entries(picture, viewer, rows.tolist())
    mats = _due_mats(picture, rows).sum(axis=1)
    found = []
    for place, (row, entry) in enumerate(zip(rows.tolist(), entries, strict=True)):
        column = int(state.due_point[row])
        found.append(
            OverdueRow(
                entry=entry,
                due_point=said("the finish") if column == NEVER else state.points.names[column],
                due_at=int(state.due_at[row]),
                mats=int(mats[place]),
                p_missed=round(float(odds[place]), 2),
                grave=bool(state.marks[row] & Mark.OVERDUE),
            )
        )
    return tuple(found)


def p_missed(picture: Picture, rows: Ints) -> Floats:
    """(k,) chances that every mat that should have read them by now has missed them.

    By Bayes, of three cases: all of them missed the runner (each with the share that it has missed today), the
    runner stopped on one of the legs (``P_ENDS`` each), or is so slow as the forecast says that hardly anybody
    is.
    """
    if not len(rows):
        return np.zeros(0, np.float64)
    due = _due_mats(picture, rows)
    races = picture.state.roster.race[rows]
    missed = np.where(due, _shares_missed(picture)[races], 1.0).prod(axis=1)
    mats = np.maximum(due.sum(axis=1), 1)
    missed = np.where(due.any(axis=1), missed, P_NOT_READ)
    stopped = P_ENDS * mats
    odds: Floats = missed / (missed + stopped + _slower(picture, rows))
    return odds


def _slower(picture: Picture, rows: Ints) -> Floats:
    """(k,) how likely it was not to have come to the next point by now: the forecast's chance without its word
    on mats."""
    if picture.forecast is None:
        return np.full(len(rows), SLOWER)
    p = picture.forecast.p_to_come[rows, NEXT].astype(np.float64)
    slower: Floats = p * P_NOT_READ / np.maximum(1.0 - p + p * P_NOT_READ, 1e-9)
    return np.where(is_forecast(picture, rows), slower, SLOWER)


def _due_mats(picture: Picture, rows: Ints) -> Bools:
    """(k, m) mats that hear and should have read each of the rows since the last proof, at their pace: the next one,
    and those behind it at which nobody would expect them any more."""
    state, points = picture.state, picture.state.points
    metres = points.distance_m[state.roster.race[rows]]
    way_m = metres - np.nan_to_num(state.last_proof_m[rows])[:, None]
    way_ms = way_m * np.nan_to_num(state.pace_s_per_km[rows], nan=400.0)[:, None]
    gone_ms = (picture.now - state.last_proof_at[rows])[:, None]
    with np.errstate(invalid="ignore"):
        due = (way_m > 0.5) & (gone_ms > (1.0 + GONE_SHARE) * way_ms + GONE_MS)
    due[np.arange(len(rows)), state.due_point[rows]] |= state.due_point[rows] != NEVER
    found: Bools = due & ~(points.silent | points.lifted)[None, :]
    return found


def _shares_missed(picture: Picture) -> Floats:
    """(races, m) share of the runners who came to a later point that each mat has missed, so far today."""
    state, points = picture.state, picture.state.points
    shares = np.full(points.distance_m.shape, P_NOT_READ)
    for race, metres in enumerate(points.distance_m):
        order = np.argsort(metres, kind="stable")[: int((~np.isnan(metres)).sum())]
        read = state.passed_at[np.ix_(state.roster.race == race, order)] >= 0
        if not read.size:
            continue
        behind = np.logical_or.accumulate(read[:, ::-1], axis=1)[:, ::-1]
        later = np.zeros_like(read)
        later[:, :-1] = behind[:, 1:]
        holes = (later & ~read).sum(axis=0)
        shares[race, order] = (holes + WORTH * P_NOT_READ) / (later.sum(axis=0) + WORTH)
    return shares
