"""A state to a forecast: roads, what they have learnt, tables, and what holds now. The whole flow is here.

::

    state ─► runners of each road ─► reads that are new ─► (an interval closed? learn) ─► tables ─► now

The forecast depends on the state alone. What is kept between two states is kept because it would come out
the same again: a forecaster that starts anew in the middle of the day says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from homestretch.forecast.courses import CourseKnown
from homestretch.forecast.effects import CLOSES_MS
from homestretch.forecast.figures import Model, get_model
from homestretch.forecast.hunt import Hunt
from homestretch.forecast.road import Road
from homestretch.forecast.runners import NEAR_M, Runners, find_people, make_runners
from homestretch.forecast.ticking import hold_now
from homestretch.forecast.values import FINISH, LEVELS, MEDIAN, NEXT, Caught, Coming, Forecast
from homestretch.race.event import Event
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Roster, State

SETTLES_MS = 90_000
"""An interval closes so long after its end: by then nearly all its reads have come in."""


@dataclass(slots=True)
class _Part:
    """Of one road, for its rows ``rows`` that have arrivals ahead: columns of the forecast."""

    rows: Ints
    in_s: npt.NDArray[np.int32]
    coming: npt.NDArray[np.int8]
    p_to_come: npt.NDArray[np.float32]
    next_point: Ints
    position_m: Floats
    pace_s_per_km: Floats


@dataclass(slots=True)
class _Group:
    """A road, the rows of the state that run on it, where it starts, and what was seen of it last."""

    road: Road
    rows: Ints
    people: tuple[Floats, Floats]
    start_m: float
    race: int
    runners: Runners | None = None
    learnt_key: bytes = b""


class Forecaster:
    """Makes forecasts of one event. ``stations`` are ids of points for which arrivals are wanted beside each
    runner's next point and end; ``known`` what earlier editions have shown of a race's course."""

    def __init__(
        self,
        event: Event,
        model: Model | None = None,
        stations: Sequence[str] = (),
        known: Mapping[str, CourseKnown] | None = None,
    ) -> None:
        self._event = event
        self._model = model or get_model()
        self._stations = tuple(stations)
        self._known = dict(known or {})
        self._roster: Roster | None = None
        self._groups: list[_Group] = []

    def make(self, state: State) -> Forecast:
        """The forecast of a state."""
        if self._roster is not state.roster:
            self._roster, self._groups = state.roster, self._find_groups(state)
        n, places = len(state.status), 2 + len(self._stations)
        in_s = np.full((n, places, len(LEVELS)), NEVER, np.int32)
        coming = np.full((n, places), Coming.NOT, np.int8)
        p_to_come = np.zeros((n, places), np.float32)
        next_point, position_m, pace = np.full(n, NEVER), np.full(n, np.nan), np.full(n, np.nan)
        learnt_at = (state.now - SETTLES_MS) // CLOSES_MS * CLOSES_MS
        for group in self._groups:
            runners = self._take(group, state, learnt_at)
            part = self._hold(group, runners, state)
            out = group.rows[part.rows]
            in_s[out], coming[out] = part.in_s[part.rows], part.coming[part.rows]
            p_to_come[out] = part.p_to_come[part.rows]
            next_point[out] = part.next_point[part.rows]
            position_m[out], pace[out] = part.position_m[part.rows], part.pace_s_per_km[part.rows]
        return Forecast(
            now=state.now,
            last_seq=state.last_seq,
            learnt_at=learnt_at,
            places=("", "", *self._stations),
            coming=coming,
            in_s=in_s,
            p_to_come=p_to_come,
            next_point=next_point,
            position_m=position_m,
            pace_s_per_km=pace,
            learnt_from=self._learnt_from(),
            borrowed=self._borrowed(state),
        )

    def _take(self, group: _Group, state: State, learnt_at: int) -> Runners:
        """New reads go into the road; at the end of an interval it learns; tables are made again."""
        road, before = group.road, group.runners
        base = int(state.roster.gun_at[group.rows].min())
        runners = make_runners(
            state, group.rows, group.people, group.start_m, road.layout.sites_m, base
        )
        changed = runners.changed_since(before if before and before.base == base else None)
        road.take(runners, changed)
        shown = runners.until(learnt_at)
        key = shown.key_of_what_it_shows()
        if key != group.learnt_key or road.learnt.at != learnt_at:
            road.learn(shown, learnt_at)
            group.learnt_key, changed = key, np.flatnonzero(runners.runs)
        elif before is not None:
            changed = np.union1d(changed, np.flatnonzero(runners.runs & ~before.runs))
        road.tabulate(runners, changed[runners.runs[changed]])
        group.runners = runners
        return runners

    def _hold(self, group: _Group, runners: Runners, state: State) -> _Part:
        """What holds at the state's now, from the tables."""
        road, n = group.road, len(group.rows)
        sites = road.layout.sites_m
        columns, hears = self._listen(group, state)
        rows = np.flatnonzero(runners.runs)
        ahead = hears[None, :] & (np.arange(len(sites)) > runners.reached_site[:, None])
        near = np.where(ahead.any(axis=1), ahead.argmax(axis=1), NEVER)
        end = len(sites) - 1
        asked = np.full((n, 2 + len(self._stations)), NEVER)
        asked[:, NEXT] = np.where(near >= 0, near, end)
        asked[:, FINISH] = end
        for place, site in enumerate(self._station_sites(group), start=2):
            asked[:, place] = site
        shape = asked.shape
        in_s = np.full((*shape, len(LEVELS)), NEVER, np.int32)
        coming, p_to_come = np.full(shape, Coming.NOT, np.int8), np.zeros(shape, np.float32)
        elapsed_s = runners.seconds(state.now) - runners.since_s
        hold_now(
            rows, asked, road.tables, elapsed_s, runners.reached_site, near, hears, road.rho,
            in_s, coming, p_to_come,
        )  # fmt: skip
        position_m, pace = _where(group, runners, elapsed_s, near, in_s)
        next_point = np.where(near >= 0, columns[near], NEVER)
        return _Part(rows, in_s, coming, p_to_come, next_point, position_m, pace)

    def chase(self, state: State) -> Caught:
        """Who is caught; what takes longest of all, and may be asked for beside the fold."""
        n, m = state.passed_at.shape
        p_before = np.full((n, m), np.nan, np.float32)
        p_anywhere = np.full(n, np.nan, np.float32)
        margin_s, needed, behind = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, np.bool_)
        forecast = self.make(state)
        for group in self._groups:
            assert group.runners is not None  # made by make
            hunt = Hunt(group.road, group.runners, self._event, group.race, group.start_m, state)
            if not hunt.closes:
                continue
            columns, hears = self._listen(group, state)
            found = hunt.run(columns, hears, forecast.position_m[group.rows])
            mats = np.flatnonzero(columns >= 0)
            p_before[group.rows[:, None], columns[mats]] = found.p_before[:, mats]
            p_anywhere[group.rows], margin_s[group.rows] = found.p_anywhere, found.margin_s
            needed[group.rows], behind[group.rows] = found.needed_s_per_km, found.behind
        return Caught(state.now, state.last_seq, p_before, p_anywhere, margin_s, needed, behind)

    def _find_groups(self, state: State) -> list[_Group]:
        roster, points = state.roster, state.points
        keys = np.column_stack([roster.race, roster.start_point, roster.end_point])
        groups = []
        for race, start, end in np.unique(keys, axis=0).tolist() if len(keys) else []:
            rows = np.flatnonzero((keys == (race, start, end)).all(axis=1))
            plan, metres = self._event.races[race], points.distance_m[race]
            start_m = float(metres[start]) if start >= 0 else 0.0
            end_m = float(metres[end]) if end >= 0 else plan.distance_m
            others = [
                point.distance_m[plan.id] - start_m
                for point in self._event.points
                if point.kind == "station" and plan.id in point.distance_m
            ]
            mats_m = _inside(metres - start_m, end_m - start_m)
            known = self._known.get(plan.id)
            road = Road(
                self._model,
                end_m - start_m,
                mats_m,
                _inside(np.array(others), end_m - start_m),
                known.effects if known and known.holds_at(np.sort(mats_m)) else None,
            )
            groups.append(_Group(road, rows, find_people(roster, rows), start_m, race))
        return groups

    def _listen(self, group: _Group, state: State) -> tuple[Ints, Bools]:
        """(s,) column of the mat at each site, NEVER for none, and whether it hears."""
        sites = group.road.layout.sites_m
        columns = np.full(len(sites), NEVER)
        own_m = state.points.distance_m[group.race] - group.start_m
        for column in np.flatnonzero(own_m > NEAR_M):
            at = int(np.searchsorted(sites, own_m[column] - NEAR_M))
            if at < len(sites):
                columns[at] = column
        deaf = state.points.silent | state.points.lifted
        return columns, (columns >= 0) & ~deaf[columns]

    def _station_sites(self, group: _Group) -> list[int]:
        """The site of each station on a road, NEVER where it does not pass."""
        race_id = self._event.races[group.race].id
        sites, found = group.road.layout.sites_m, []
        for station in self._stations:
            point = self._event.find_point(station)
            metres = point.distance_m.get(race_id, np.nan) if point else np.nan
            own_m = metres - group.start_m
            near = np.flatnonzero(np.abs(sites - own_m) <= NEAR_M)
            found.append(int(near[0]) if len(near) else NEVER)
        return found

    def _learnt_from(self) -> tuple[int, ...]:
        """By race: how many runners the leg was learnt from that the fewest have shown."""
        found = [0] * len(self._event.races)
        for group in self._groups:
            seen = group.road.learnt.effects.seen
            found[group.race] = int(seen.min()) if len(seen) else 0
        return tuple(found)

    def _borrowed(self, state: State) -> Bools:
        borrowed = np.array([division != "" for division in state.roster.division], np.bool_)
        for group in self._groups:
            borrowed[group.rows] |= group.road.layout.borrowed
        return borrowed


def _inside(metres: Floats, length_m: float) -> Floats:
    return metres[(metres > NEAR_M) & (metres <= length_m + NEAR_M)]


def _where(
    group: _Group,
    runners: Runners,
    elapsed_s: Floats,
    near: Ints,
    in_s: npt.NDArray[np.int32],
) -> tuple[Floats, Floats]:
    """(n,) metres of the race, and pace to the next point: on the straight line in time from the newest
    read to the median arrival at the next point, and never past it."""
    sites = group.road.layout.sites_m
    rows = np.arange(len(near))
    reached = runners.reached_site
    times = np.where(np.isfinite(runners.seen_s), runners.seen_s, runners.passed_s)
    from_m = np.where(reached >= 0, sites[reached], 0.0)
    read_s = np.where(reached >= 0, times[rows, reached], runners.start_s)
    moved = runners.from_m > 0.0
    from_m = np.where(moved, np.maximum(runners.from_m, 0.0), from_m)
    read_s = np.where(moved, runners.since_s, read_s)
    gone_s = np.maximum(elapsed_s + runners.since_s - read_s, 0.0)
    to_m = np.where(near >= 0, sites[near], sites[-1])
    left_s = np.maximum(in_s[:, NEXT, MEDIAN], 1)
    position = from_m + (to_m - from_m) * gone_s / (gone_s + left_s)
    position = np.where(gone_s + left_s > 0, np.minimum(position, to_m - 1.0), from_m)
    pace = left_s / np.maximum(to_m - position, 1.0) * 1000.0
    return group.start_m + np.maximum(position, from_m), pace
