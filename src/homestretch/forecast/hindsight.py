"""A race that is over, forecast again: what would have been said of the finish at every mat, against what happened.

As live, every forecast is made with what the runners ahead had shown by the end of the last closed interval; it
is made anew from the passings, as if every read had come in at once. So a restart shows the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.past import Edition, Replay
from homestretch.forecast.runners import NEAR_M, find_people, make_runners
from homestretch.forecast.scoring import score
from homestretch.forecast.simple import SCORES
from homestretch.forecast.values import Hindsight, Kept, KeptAt
from homestretch.race.event import Event
from homestretch.state.snapshot import Bools, Floats, State

MOST = 8000
"""So many runners, drawn by lot, say it as well as all do, in some seconds."""
LEAST = 20
"""Of fewer finishers nothing is said: figures of a few would be somebody's."""
PACES = 3
"""As many groups of pace as are shown, each of as many runners."""


def look_back(event: Event, state: State, model: Model | None = None) -> tuple[Hindsight, ...]:
    """Every race of the event of which enough people finished and were read on the way."""
    found = []
    for race in range(len(event.races)):
        edition = _as_edition(event, state, race)
        if edition is None:
            continue
        replay = Replay(model or get_model(), edition)
        points = tuple(_points(replay))
        finishers = int(np.isfinite(edition.times[:, -1]).sum())
        if points:
            found.append(
                Hindsight(race, len(edition.times), finishers, replay.layout.borrowed, points)
            )
    return tuple(found)


def key_of(state: State) -> bytes:
    """The same for states that show the same passings of the same people."""
    parts = (state.passed_at, state.start_at, state.roster.competes, state.marks, state.status)
    return state.roster.key.encode() + b"".join(
        np.ascontiguousarray(one).tobytes() for one in parts
    )


def _as_edition(event: Event, state: State, race: int) -> Edition | None:
    """Those who ran the whole way by themselves, with a start that was read; None for too few finishers."""
    roster = state.roster
    metres = state.points.distance_m[race]
    length_m = event.races[race].distance_m
    from_m = np.where(roster.start_point >= 0, metres[roster.start_point], 0.0)
    to_m = np.where(roster.end_point >= 0, metres[roster.end_point], length_m)
    whole = (from_m <= NEAR_M) & (to_m >= length_m - NEAR_M)
    rows = np.flatnonzero((roster.race == race) & whole & (state.start_at >= 0))
    inside = (metres > NEAR_M) & (metres <= length_m + NEAR_M)
    sites_m = np.unique(np.append(metres[inside], length_m))
    if len(rows) < LEAST or len(sites_m) < 2:
        return None
    base = int(roster.gun_at[rows].min())
    runners = make_runners(state, rows, find_people(roster, rows), 0.0, sites_m, base)
    times = runners.passed_s - runners.start_s[:, None]
    times = np.where(times > 0.0, times, np.nan)
    chosen = np.flatnonzero(runners.counts & np.isfinite(times).any(axis=1))
    chosen = np.sort(np.random.default_rng(7).permutation(chosen)[:MOST])
    if np.isfinite(times[chosen, -1]).sum() < LEAST:
        return None
    read = np.isfinite(times[chosen]).any(axis=0)
    return Edition(
        name=event.races[race].id,
        sites_m=sites_m[read],
        times=times[chosen][:, read],
        start_s=runners.start_s[chosen],
        woman=runners.woman[chosen],
        age=runners.age[chosen],
        clocks=True,
    )


def _points(replay: Replay) -> Iterator[KeptAt]:
    times, sites_m = replay.edition.times, replay.edition.sites_m
    for mat, metres in enumerate(sites_m[:-1].tolist()):
        ours = np.exp(replay.after(mat, SCORES)[:, -1])
        judged = np.isfinite(ours).all(axis=1) & np.isfinite(times[:, -1])
        if judged.sum() < LEAST:
            continue
        flat = times[:, mat] * sites_m[-1] / metres
        everybody = _kept(ours, flat, times[:, -1], judged)
        yield KeptAt(metres, everybody, tuple(_by_pace(ours, flat, times, mat, judged)))


def _by_pace(ours: Floats, flat: Floats, times: Floats, mat: int, judged: Bools) -> Iterator[Kept]:
    if judged.sum() < PACES * LEAST:
        return
    order = np.flatnonzero(judged)[np.argsort(times[judged, mat], kind="stable")]
    for part in np.array_split(order, PACES):
        mine = np.zeros(len(times), np.bool_)
        mine[part] = True
        yield _kept(ours, flat, times[:, -1], mine)


def _kept(ours: Floats, flat: Floats, actual: Floats, rows: Bools) -> Kept:
    of = score(ours[rows], actual[rows])
    return Kept(
        people=int(rows.sum()),
        off_min=of["mae"],
        flat_off_min=score(flat[rows, None], actual[rows])["mae"],
        within_5=of["within_5"],
        in_50=of["coverage_50"],
        in_80=of["coverage_80"],
        in_90=of["coverage_90"],
    )
