"""Who is at risk of being caught, and who is behind the sweep and in whose hands."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import FOUR_FIFTHS, is_caught_known, is_forecast_of, positions
from homestretch.boards.clearing import on_the_way
from homestretch.boards.people import LedgerEntry, ledger_entries, reads_health
from homestretch.boards.words import say_chance
from homestretch.forecast.values import FINISH, MEDIAN, NEXT, Coming
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools, Ints, Mark, Status

AT_RISK = 0.2
NOBODY_HAS_THEM = said("on the road, nobody has them yet")
KEPT = (Status.RIDING, Status.IN_CARE)


class Home(msgspec.Struct, frozen=True):
    """Expected at the finish: the middle, and between which two moments in four cases of five (UTC ms)."""

    median_at: int
    from_at: int
    until_at: int


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the sweep may catch, or who may come too late for a cutoff. ``margin_min`` is the least
    time to spare ahead, by the median; ``needed_s_per_km`` the slowest even pace from here that is in time
    everywhere, 0: none is any more."""

    who: Shown
    race: str
    p: float
    chance: str
    margin_min: float | None
    needed_s_per_km: float | None
    home: Home | None
    next_point: str
    overdue_at: str


class BehindRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody behind the sweep: last contact, and ``owner``: who has them. ``overdue_at`` names the point at
    which they are so late that nobody knows where they are (empty: they are not); then nothing is said of when
    they come home."""

    entry: LedgerEntry
    owner: str
    nobody_has_them: bool
    home: Home | None
    overdue_at: str


def _competes_with_it(picture: Picture) -> Bools:
    """(n,) everybody but those who are the sweep: people who close the course on foot."""
    return np.array([role != "sweeper" for role in picture.state.roster.role], np.bool_)


def find_at_risk(picture: Picture) -> Ints:
    """(k,) rows before the sweep with a chance of being caught, the most urgent first: by that chance, then by
    the time that is left. Who was read since that was reckoned stands there again when it is reckoned anew."""
    caught = picture.caught
    if caught is None or picture.forecast is None or picture.state.over:
        return np.zeros(0, np.int64)
    p = np.nan_to_num(caught.p_anywhere)
    found = np.flatnonzero(
        (p >= AT_RISK) & ~caught.behind & on_the_way(picture) & _competes_with_it(picture)
    )
    found = found[is_caught_known(picture, found)]
    margin_s = np.nan_to_num(caught.margin_s[found], nan=np.inf)
    return found[np.lexsort((found, margin_s, -np.round(p[found], 2)))]


def find_behind(picture: Picture, viewer: Viewer) -> Ints:
    """(k,) rows behind the sweep, the oldest contact first: those who run on, those who stopped, and those
    whom somebody has and nobody has closed yet. While nothing is reckoned, everybody who was last seen behind
    the place where the sweep is now: some of them may be ahead of it. Who is in care stands there for those alone who
    read of health."""
    state, sweep, caught = picture.state, picture.event.sweep, picture.caught
    if sweep is None or state.sweep is None or not state.sweep.distance_m:
        return np.zeros(0, np.int64)
    swept = [race.id == sweep.race for race in picture.event.races]
    of_race = np.array(swept, np.bool_)[state.roster.race]
    stopped = (state.marks & int(Mark.SAID_TO_WITHDRAW)) != 0
    kept = np.isin(state.status, KEPT if reads_health(viewer) else (Status.RIDING,))
    waits = (np.isin(state.status, ON_THE_ROAD) & stopped) | kept
    waits &= of_race & (state.gun_ms == NEVER) & (state.last_proof_at != NEVER)
    found = waits & (np.nan_to_num(state.last_proof_m) < state.sweep.distance_m)
    if caught is None or not is_reckoned(picture):
        out = np.isin(state.status, ON_THE_ROAD) & of_race
        found |= out & (np.nan_to_num(state.last_proof_m) < state.sweep.distance_m)
    else:
        follows = np.flatnonzero(on_the_way(picture) & of_race)
        with np.errstate(invalid="ignore"):
            by_pace = positions(picture, follows) < state.sweep.distance_m
        found |= caught.behind & on_the_way(picture) & ~of_race
        chased = is_caught_known(picture, follows)
        found[follows] |= np.where(chased, caught.behind[follows], by_pace)
    chosen = np.flatnonzero(found & _competes_with_it(picture))
    return chosen[np.argsort(state.last_proof_at[chosen], kind="stable")]


def is_reckoned(picture: Picture) -> bool:
    """Whether it is known who is behind the sweep now, and not only where everybody was seen last."""
    return picture.caught is not None and not stands_still(picture)


def stands_still(picture: Picture) -> bool:
    """Whether the sweep's race is stopped, on hold or delayed; without a sweep, whether every race is."""
    quiet, sweep = picture.state.quiet, picture.event.sweep
    if sweep is None:
        return bool(quiet.all())
    return any(
        quiet[number] for number, race in enumerate(picture.event.races) if race.id == sweep.race
    )


def make_risk(picture: Picture, viewer: Viewer, row: int) -> RiskRow:
    """One of those at risk; the caller has made sure that the viewer keeps the ledger."""
    state, caught, forecast = picture.state, picture.caught, picture.forecast
    assert caught is not None  # nobody is at risk before that was made
    assert forecast is not None
    p, margin_s = float(caught.p_anywhere[row]), float(caught.margin_s[row])
    needed, point = float(caught.needed_s_per_km[row]), int(forecast.next_point[row])
    return RiskRow(
        who=shown(picture, viewer, row),
        race=picture.event.races[int(state.roster.race[row])].name,
        p=round(p, 3),
        chance=say_chance(p),
        margin_min=None if np.isnan(margin_s) else round(margin_s / 60.0, 1),
        needed_s_per_km=None if np.isnan(needed) else round(needed, 1),
        home=_home(picture, row),
        next_point="" if point == NEVER else state.points.names[point],
        overdue_at=_overdue_at(picture, row),
    )


def make_behind(picture: Picture, viewer: Viewer, row: int) -> BehindRow:
    """One of those behind the sweep; the caller has made sure likewise."""
    (entry,) = ledger_entries(picture, viewer, [row])
    nobody = Status(int(picture.state.status[row])) in ON_THE_ROAD
    follows = bool(on_the_way(picture)[row])
    owner = joined((entry.status, entry.keeper), ": ") if entry.keeper else entry.status
    if nobody:
        owner = NOBODY_HAS_THEM
        if entry.said_to_withdraw:
            owner = said("said to stop, nobody has them yet")
    return BehindRow(
        entry=entry,
        owner=owner,
        nobody_has_them=nobody,
        home=_home(picture, row) if follows else None,
        overdue_at=_overdue_at(picture, row) if follows else "",
    )


def _home(picture: Picture, row: int) -> Home | None:
    forecast = picture.forecast
    levels = None if forecast is None else forecast.arrivals_at(row, FINISH)
    if levels is None or not is_forecast_of(picture, row) or _overdue_at(picture, row):
        return None
    low, high = FOUR_FIFTHS
    return Home(*(max(levels[level], picture.now) for level in (MEDIAN, low, high)))


def _overdue_at(picture: Picture, row: int) -> str:
    """The name of the next point when somebody is so late there that nobody knows where they are, else
    empty."""
    forecast = picture.forecast
    if forecast is None or not is_forecast_of(picture, row):
        return ""
    if forecast.coming[row, NEXT] != Coming.OVERDUE:
        return ""
    point = int(forecast.next_point[row])
    return said("the finish") if point == NEVER else picture.state.points.names[point]
