"""The sweep and one road: the closing of its sites, the chance at each of them, and the chance anywhere."""

from __future__ import annotations

import numpy as np

from homestretch.forecast.closing import Closing, closing_of_cutoffs, closing_of_sweep
from homestretch.forecast.effects import nodes_of
from homestretch.forecast.figures import COVARIATES
from homestretch.forecast.road import Road
from homestretch.forecast.runners import Runners
from homestretch.forecast.sweep import catch
from homestretch.forecast.values import Caught
from homestretch.race.event import Event
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, State

AT_RISK = 0.01
"""Nobody below this chance at every mat is followed kilometre by kilometre."""


class Hunt:
    """One road at one moment; ``closes``: whether anything closes it."""

    def __init__(
        self, road: Road, runners: Runners, event: Event, race: int, start_m: float, state: State
    ) -> None:
        self._road, self._runners, self._state = road, runners, state
        self._event, self._race, self._start_m = event, race, start_m
        sweep = event.sweep
        self._swept = sweep is not None and sweep.race == event.races[race].id
        self.closes = self._swept or bool((state.points.cutoff_at[race] >= 0).any())

    def run(self, columns: Ints, hears: Bools, position_m: Floats) -> Caught:
        """(n, s) and (n,) of this road's rows; ``columns`` and ``hears`` (s,), ``position_m`` (n,) metres of
        the race."""
        road, runners, now = self._road, self._runners, self._state.now
        sites = road.layout.sites_m
        n = len(runners.start_s)
        closing = self._closing(sites, columns)
        elapsed_s = runners.seconds(now) - runners.since_s
        rows = np.flatnonzero(runners.runs)
        ahead = hears[None, :] & (np.arange(len(sites)) > runners.reached_site[:, None])
        near = np.where(ahead.any(axis=1), ahead.argmax(axis=1), NEVER)
        p_before = np.full((n, len(sites)), np.nan, np.float32)
        margin_s = np.full(n, np.inf)
        catch(
            rows, road.tables, elapsed_s, runners.reached_site, near, hears, road.rho,
            self._after(closing, runners.since_s), closing.off_s, p_before, margin_s,
        )  # fmt: skip
        p_anywhere = np.fmax.reduce(p_before, axis=1)
        if self._swept:
            followed = rows[np.nan_to_num(p_anywhere[rows]) > AT_RISK]
            followed = followed[runners.from_m[followed] == 0.0]
            sampled = self._follow(followed, elapsed_s, near)
            p_anywhere[followed] = np.maximum(p_anywhere[followed], sampled)
        margin_s[~np.isfinite(margin_s)] = np.nan
        needed = self._needed(closing, sites, position_m, np.isfinite(margin_s))
        track = self._state.sweep
        behind = np.zeros(n, np.bool_)
        if self._swept and track is not None:
            behind = runners.runs & (np.nan_to_num(position_m, nan=np.inf) < track.distance_m)
        last_seq = self._state.last_seq
        return Caught(now, last_seq, p_before, p_anywhere, margin_s, needed, behind)

    def _closing(self, sites: Floats, columns: Ints) -> Closing:
        sweep, track = self._event.sweep, self._state.sweep
        if self._swept and sweep is not None and track is not None:
            return closing_of_sweep(sweep, track, sites + self._start_m, self._state.now)
        return closing_of_cutoffs(columns, self._state.points.cutoff_at[self._race])

    def _after(self, closing: Closing, since_s: Floats) -> Floats:
        """(n, s) closings in s after each runner's own beginning, NaN where nothing closes."""
        at_s = np.where(closing.at >= 0, (closing.at - self._runners.base) / 1000.0, np.nan)
        after: Floats = at_s[None, :] - since_s[:, None]
        return after

    def _follow(self, rows: Ints, elapsed_s: Floats, near: Ints) -> Floats:
        """(k,) chances anywhere ahead, by samples."""
        if not len(rows):
            return np.zeros(0)
        road, runners = self._road, self._runners
        chase = road.chase
        sites = road.layout.sites_m
        values, noise = road.known(rows)
        place = np.searchsorted(chase.layout.sites_m, sites - 0.5)
        shape = (len(rows), COVARIATES + len(chase.layout.sites_m))
        own, own_noise = np.full((2, *shape), np.nan)
        for of, to in ((values, own), (noise, own_noise)):
            to[:, :COVARIATES], to[:, COVARIATES + place] = of[:, :COVARIATES], of[:, COVARIATES:]
        last = runners.last_site[rows]
        newest = np.where(last >= 0, values[np.arange(len(rows)), COVARIATES + last], np.nan)
        closing = self._closing(chase.layout.sites_m, np.full(shape[1] - COVARIATES, NEVER))
        reached = runners.reached_site[rows]
        return chase.run(
            own,
            own_noise,
            elapsed_s[rows],
            np.where(reached >= 0, sites[reached], 0.0),
            np.where(near[rows] >= 0, sites[near[rows]], np.nan),
            nodes_of(newest),
            road.wider(last, nodes_of(newest)),
            self._after(closing, runners.start_s[rows]),
            closing.off_s,
            road.learnt.effects,
        )

    def _needed(self, closing: Closing, sites: Floats, position_m: Floats, rows: Bools) -> Floats:
        """(n,) s a km: the slowest even pace from here that comes to every site ahead in time."""
        left_s = np.where(closing.at >= 0, (closing.at - self._state.now) / 1000.0, np.nan)
        way_m = sites[None, :] + self._start_m - position_m[:, None]
        pace = np.where(way_m > 1.0, 1000.0 * left_s / np.maximum(way_m, 1.0), np.nan)
        slowest = np.fmin.reduce(pace, axis=1)
        needed: Floats = np.where(rows, np.maximum(slowest, 0.0), np.nan)
        return needed
