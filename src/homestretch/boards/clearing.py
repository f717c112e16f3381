"""When a point of the course is clear: the last runner has come with 99 %, and so has the sweep."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from homestretch.boards.ahead import SPREAD, SPREAD_MS, find_unseen, is_forecast
from homestretch.forecast.closing import closing_of_sweep
from homestretch.forecast.stations import StationAhead, look_ahead
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools, Ints, Status

MINUTES = 30
MINUTE_MS = 60_000


class Waiting(msgspec.Struct, frozen=True):
    """Entrants of whom nothing has been seen while their start is open, and when the last of these starts
    closes (UTC ms, None without anybody)."""

    count: int
    until_at: int | None = None


class Clearing(msgspec.Struct, frozen=True, kw_only=True):
    """Moments in UTC ms. ``last_at``: everybody who is on the way has come with 99 % (None: nobody is);
    ``sweep_at``: the sweep has come (None: it does not come here); ``clear_at``: both, None while somebody may
    still start. ``overdue``: nobody knows where they are, and they are looked for."""

    to_come: int
    last_at: int | None
    sweep_at: int | None
    clear_at: int | None
    overdue: int
    waiting: Waiting


def on_the_way(picture: Picture) -> Bools:
    """(n,) on the road, in a race of which times may be said."""
    state = picture.state
    return np.isin(state.status, ON_THE_ROAD) & ~state.quiet[state.roster.race]


def is_quiet(picture: Picture, point: Point) -> bool:
    """Whether a race stands still that passes here: then nothing is said of when the point is clear."""
    quiet = picture.state.quiet
    return any(
        quiet[number] and race.id in point.distance_m
        for number, race in enumerate(picture.event.races)
    )


def find_ahead(picture: Picture, point: Point, minutes: int = MINUTES) -> StationAhead | None:
    """What is expected at a point; None before anything was forecast."""
    waiting = find_waiting(picture, point).count
    return find_ahead_of(picture, point, on_the_way(picture), minutes, waiting)


def find_ahead_of(
    picture: Picture, point: Point, comes: Bools, minutes: int = 0, waiting: int = 0
) -> StationAhead | None:
    """What is expected at a point of some (n,), and of so many who may still start; None before anything was
    forecast. Whoever was read since the forecast counts as that read says."""
    forecast = picture.forecast
    if forecast is None or point.id not in forecast.places[2:]:
        return None
    place = 2 + forecast.places[2:].index(point.id)
    known = is_forecast(picture, np.arange(len(comes)))
    ahead = look_ahead(forecast, place, minutes, waiting, comes & known)
    return _with_the_newest(picture, point, ahead, np.flatnonzero(comes & ~known))


def _with_the_newest(
    picture: Picture, point: Point, ahead: StationAhead, rows: Ints
) -> StationAhead:
    """What is expected, with those (k,) of whom the forecast does not know the newest read yet: by their pace since
    then, while they are before the point."""
    state = picture.state
    at_m = np.array([point.distance_m.get(race.id, np.nan) for race in picture.event.races])
    with np.errstate(invalid="ignore"):
        rows = rows[state.last_proof_m[rows] < at_m[state.roster.race[rows]]]
    if not len(rows):
        return ahead
    late = find_unseen(picture, rows)
    left_m = at_m[state.roster.race[rows]] - state.position_m[rows]
    left_ms = np.maximum(left_m, 0.0) * state.pace_s_per_km[rows]
    left_ms = left_ms[~late & ~np.isnan(left_ms)]
    bins = len(ahead.per_minute)
    per_minute = np.histogram(left_ms, bins=bins or 1, range=(0, max(bins, 1) * MINUTE_MS))[0][
        :bins
    ]
    even_ms = left_ms.max(initial=0.0)
    last_ms = even_ms * (1 + SPREAD) + SPREAD_MS
    return replace(
        ahead,
        per_minute=ahead.per_minute + per_minute,
        to_come=ahead.to_come + len(left_ms),
        last_at=max(ahead.last_at, picture.now + int(last_ms)) if len(left_ms) else ahead.last_at,
        even_at=max(ahead.even_at, picture.now + int(even_ms)) if len(left_ms) else ahead.even_at,
        overdue=ahead.overdue + int(late.sum()),
    )


def find_clearing(
    picture: Picture, point: Point, ahead: StationAhead | None = None
) -> Clearing | None:
    """When a point is clear; None before anything was forecast, and while a race stands still."""
    ahead = ahead or find_ahead(picture, point, 0)
    if ahead is None or is_quiet(picture, point):
        return None
    waiting = find_waiting(picture, point)
    last_at = None if ahead.last_at == NEVER else ahead.last_at
    sweep_at = find_sweep_at(picture, point)
    moments = [at for at in (last_at, sweep_at) if at is not None]
    clear_at = max([picture.now, *moments])
    return Clearing(
        to_come=round(ahead.to_come),
        last_at=last_at,
        sweep_at=sweep_at,
        clear_at=None if waiting.count else clear_at,
        overdue=ahead.overdue,
        waiting=waiting,
    )


def find_waiting(picture: Picture, point: Point) -> Waiting:
    """Who may still start and then comes here."""
    state, races = picture.state, picture.event.races
    open_ms = np.array([race.start_open_min * MINUTE_MS for race in races])
    passes = np.array([race.id in point.distance_m for race in races], np.bool_)
    closes_at = state.roster.gun_at + open_ms[state.roster.race]
    waits = (state.status == Status.ENTERED) & passes[state.roster.race]
    waits &= closes_at > picture.now
    if not waits.any():
        return Waiting(0)
    return Waiting(int(waits.sum()), int(closes_at[waits].max()))


def find_sweep_at(picture: Picture, point: Point) -> int | None:
    """When the sweep comes, or came, to a point of its course (UTC ms)."""
    sweep, track = picture.event.sweep, picture.state.sweep
    if sweep is None or track is None or sweep.race not in point.distance_m:
        return None
    metres = np.array([point.distance_m[sweep.race]])
    return int(closing_of_sweep(sweep, track, metres, picture.now).at[0])
