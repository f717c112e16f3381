"""A road: everybody with the same start and the same end, and the tables of when they come to every site.

A race is one road; each leg of a relay is a road of its own. A table is made again when its runner was read,
or when what was learnt from the runners ahead changed; it does not depend on now.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from homestretch.forecast.calibration import Spread, measure_spread, usual_widths, wanted_scores
from homestretch.forecast.chase import Chase
from homestretch.forecast.effects import NODES, Ahead, Effects, Reach, learn, nodes_of, prior
from homestretch.forecast.figures import COVARIATES, Model
from homestretch.forecast.gains import READ_VARIANCE, GainsKept
from homestretch.forecast.kernels import expect_reads, expect_site, tabulate
from homestretch.forecast.layout import Layout, make_layout
from homestretch.forecast.leaning import lean_of, learn_lean, surprise, surprises, usual_lean
from homestretch.forecast.outcomes import LEAST, STEP_S
from homestretch.forecast.past import Edition, outcomes_of
from homestretch.forecast.runners import Runners
from homestretch.forecast.values import LEVEL_SCORES, MEDIAN
from homestretch.state.snapshot import NEVER, Floats, Ints

WRONG_SCORE = -7.0
"""A read that is so many standard deviations too early is somebody else's, or another clock's."""
WRONG_S = 1800.0
"""How far off such a read is taken to be."""
MOVED_WIDER = 1.5
"""How much less sure the way of somebody is who was carried for a part of it."""


@dataclass(slots=True)
class Learnt:
    """What the runners ahead have shown by the end of a closed interval."""

    at: int
    effects: Effects
    spread: Spread
    lean: Floats
    """(mats,) the part of a surprise at each mat that returns behind it"""
    tables: tuple[Floats, Floats]
    wanted: Floats


class _Known(NamedTuple):
    """(k, v) variables of runners, how far each is off (s), and its expected value and deviation."""

    rows: Floats
    noise: Floats
    mean: Floats
    sd: Floats


class Road:
    """Layout, gains and tables of one road; rows are those of ``Runners``."""

    def __init__(
        self, model: Model, length_m: float, mats_m: Floats, others_m: Floats, known: Effects | None
    ) -> None:
        self.model = model
        self.layout: Layout = make_layout(model, length_m, mats_m, others_m)
        self.mats = np.flatnonzero(self.layout.is_mat)
        self.mats_m = self.layout.sites_m[self.mats]
        self.rho = correlations(self.layout)
        self._kept = GainsKept(self.layout)
        self._legs = max(len(self.mats) - 1, 0)
        self._reach = Reach(self.layout, self._kept) if self._legs else None
        self._before = prior(self._legs, known)
        self._course = known
        self.learnt = self._learn_nothing()
        self._known = _Known(*np.zeros((4, 0, 0)))
        self._home_of: tuple[tuple[float, bytes], Floats] = ((-1.0, b""), np.ones(len(self.mats)))
        self._given = (length_m, mats_m, others_m)
        self.tables: npt.NDArray[np.float32] = np.zeros((0, 0, 0), np.float32)

    @cached_property
    def chase(self) -> Chase:
        """The samples of this road, made when they are first wanted."""
        return Chase(self.model, *self._given)

    def known(self, rows: Ints) -> tuple[Floats, Floats]:
        """(k, v) variables of some rows, and how far each is off."""
        return self._known.rows[rows], self._known.noise[rows]

    def wider(self, last: Ints, place: Floats) -> Floats:
        """(k,) by how much whole ways home stray more than the mixture says, by the last site read and the
        position between nodes of pace (k,)."""
        band = self.learnt.spread.bands_of(place)
        levels = self.learnt.wanted[band, last + 1, -1]
        low, high = 2, len(LEVEL_SCORES) - 3
        span = LEVEL_SCORES[high] - LEVEL_SCORES[low]
        found: Floats = (levels[:, high] - levels[:, low]) / span
        return found

    def take(self, runners: Runners, changed: Ints) -> None:
        """What is known of some rows (k,) anew."""
        n, v = len(runners.start_s), COVARIATES + len(self.layout.sites_m)
        if self._known.rows.shape != (n, v):
            self._known = _Known(*np.full((4, n, v), np.nan))
            shape = (n, len(self.layout.sites_m), len(LEVEL_SCORES))
            self.tables = np.full(shape, np.nan, np.float32)
            changed = np.arange(n)
        if len(changed):
            known = self._expect(runners, changed)
            for whole, part in zip(self._known, known, strict=True):
                whole[changed] = part

    def _expect(self, runners: Runners, chosen: Ints) -> _Known:
        """Variables of some rows, and what each read was to be expected, given those before it."""
        rows, noise = runners.variables(chosen, self.layout.sites_m)
        mean, sd = np.full((2, *rows.shape), np.nan)
        numbers, gains = self._kept.find(noise)
        expect_reads(rows, numbers, gains, mean, sd)
        wrong = (rows - mean < WRONG_SCORE * sd) & np.isfinite(noise)
        wrong[:, :COVARIATES] = False
        again = np.flatnonzero(wrong.any(axis=1))
        if len(again):
            noise[wrong] = WRONG_S
            numbers, gains = self._kept.find(noise[again])
            part = np.full((2, len(again), rows.shape[1]), np.nan)
            expect_reads(rows[again], numbers, gains, part[0], part[1])
            mean[again], sd[again] = part
        return _Known(rows, noise, mean, sd)

    def learn(self, runners: Runners, at: int) -> None:
        """Course and day as runners show them who are known up to the end of a closed interval (UTC ms)."""
        if self._reach is None:
            return
        known = self._expect_all(runners)
        self._expect_next(runners, known)
        columns = COVARIATES + self.mats
        ahead = Ahead(
            passed_s=np.ascontiguousarray(runners.passed_s[:, self.mats]),
            start_s=runners.start_s,
            pace=np.ascontiguousarray(known.rows[:, columns]),
            mean=np.ascontiguousarray(known.mean[:, columns]),
            sd=np.ascontiguousarray(known.sd[:, columns]),
            counts=runners.counts,
        )
        at_s = runners.seconds(at)
        effects = learn(self._before, ahead, self.mats_m, at_s)
        usual = usual_widths(self.model, self.layout, self.mats_m)
        scores = surprises(ahead, effects, self.mats_m)
        spread = measure_spread(ahead, scores, usual, self.mats_m, at_s)
        often = usual_lean(self.model, self.layout, self.mats_m)
        lean = learn_lean(ahead, scores, often, self.mats_m, at_s)
        home = self._home(runners, at_s)
        wanted = wanted_scores(self.model, self.layout, self.mats_m, spread, home)
        self.learnt = Learnt(at, effects, spread, lean, self._reach.tables(effects), wanted)

    def _home(self, runners: Runners, at_s: float) -> Floats:
        """(mats,) what the forecasts that were issued earlier show of whole ways home: made again now and then,
        from the passings as they are known."""
        step_s = np.floor(at_s / STEP_S) * STEP_S
        then = runners.until(round(runners.base + 1000.0 * step_s))
        race = _so_far(then, self.mats, self.mats_m)
        whole = self.mats_m[-1] >= self.layout.length_m - 1.0
        if not whole or np.isfinite(race.times[:, -1]).sum() < LEAST:
            return np.ones(len(self.mats))
        key = float(step_s), then.key_of_what_it_shows()
        if key != self._home_of[0]:
            outcomes = outcomes_of(self.model, race, self._course)
            self._home_of = key, outcomes.widths(step_s)
        return self._home_of[1]

    def _expect_all(self, runners: Runners) -> _Known:
        """The same for everybody; of those who are known as they were when last taken it is known."""
        everybody = np.arange(len(runners.start_s))
        rows, _ = runners.variables(everybody, self.layout.sites_m)
        known = _Known(*(part.copy() for part in self._known))
        same = (rows == known.rows) | (np.isnan(rows) & np.isnan(known.rows))
        other = np.flatnonzero(~same.all(axis=1))
        if len(other):
            for whole, part in zip(known, self._expect(runners, other), strict=True):
                whole[other] = part
        return known

    def _expect_next(self, runners: Runners, known: _Known) -> None:
        """What the mat behind the last read one is expected to show, for those who are on their way."""
        last = runners.last_site
        after = np.searchsorted(self.mats, last, side="right")
        here = np.flatnonzero((last >= 0) & (after < len(self.mats)))
        if not len(here):
            return
        numbers, gains = self._kept.find(known.noise[here])
        next_site = self.mats[after[here]]
        expected, off = np.empty((2, len(here)))
        expect_site(known.rows[here], numbers, next_site, gains, expected, off)
        known.mean[here, COVARIATES + next_site] = expected
        known.sd[here, COVARIATES + next_site] = off

    def _learn_nothing(self) -> Learnt:
        sites = len(self.layout.sites_m)
        spread = Spread.unknown(self._legs)
        flat = np.zeros((1 + sites, sites, len(NODES)))
        tables = (flat, flat) if self._reach is None else self._reach.tables(self._before)
        as_ever = np.ones(len(self.mats))
        wanted = wanted_scores(self.model, self.layout, self.mats_m, spread, as_ever)
        lean = usual_lean(self.model, self.layout, self.mats_m)
        return Learnt(NEVER, self._before, spread, lean, tables, wanted)

    def _lean(self, rows: Ints, last: Ints) -> Floats:
        """(n,) what is added to the scores ahead of some rows (k,), by the newest read; 0 for the others."""
        lean, known = np.zeros(len(last)), self._known
        for mat in range(1, len(self.mats)):
            mine = rows[last[rows] == self.mats[mat]]
            if len(mine):
                here = COVARIATES + self.mats[mat]
                pace = known.rows[mine][:, [COVARIATES + self.mats[mat - 1], here]]
                expected = known.mean[mine, here], known.sd[mine, here]
                effects = self.learnt.effects
                scores = surprise(pace, *expected, effects, self.mats_m, mat)
                sure = (
                    known.noise[mine, here] == 0.0
                )  # what a person saw, or a wrong read, tells nothing
                lean[mine] = np.where(sure, lean_of(scores, self.learnt.lean[mat], pace[:, 1]), 0.0)
        return lean

    def tabulate(self, runners: Runners, rows: Ints) -> None:
        """The tables of some rows (k,)."""
        if not len(rows):
            return
        numbers = np.zeros(len(self._known.rows), np.int64)
        numbers[rows], gains = self._kept.find(self._known.noise[rows])
        last = runners.last_site
        newest = np.full(len(last), np.nan)
        read = rows[last[rows] >= 0]
        newest[read] = self._known.rows[read, COVARIATES + last[read]]
        place = nodes_of(newest)
        shift, extra = self.learnt.tables
        tabulate(
            rows, self._known.rows, numbers, last, self.learnt.spread.bands_of(place), gains,
            self.layout.sites_m, shift, extra, place, self._lean(rows, last), self.learnt.wanted, self.tables,
        )  # fmt: skip
        for row in rows[runners.from_m[rows] > 0.0].tolist():
            from_m = float(runners.from_m[row])
            self.tables[row] = _from_where_they_went_on(
                self.tables[row], self.layout.sites_m, from_m
            )


def _so_far(runners: Runners, mats: Ints, mats_m: Floats) -> Edition:
    """A race so far, of those who say something of the day, as an edition."""
    times = runners.passed_s[:, mats] - runners.start_s[:, None]
    times = np.where(times > 0.0, times, np.nan)
    rows = np.flatnonzero(runners.counts & np.isfinite(times).any(axis=1))
    parts = (runners.start_s, runners.woman, runners.age)
    start_s, woman, age = (part[rows] for part in parts)
    return Edition("so far", mats_m, times[rows], start_s, woman, age, clocks=True)


def correlations(layout: Layout) -> Floats:
    """(1 + s, s, s) correlation of the log times at two sites, once the mats up to a site have been read.

    The components' own, in their shares: what is alike in everybody of a kind, not between kinds.
    """
    sites = len(layout.sites_m)
    found = np.zeros((1 + sites, sites, sites))
    for share, covariance in zip(layout.shares, layout.covariances, strict=True):
        left = covariance[COVARIATES:, COVARIATES:] + READ_VARIANCE * np.eye(sites)
        for k in range(1 + sites):
            if k and layout.is_mat[k - 1]:
                read = left[:, k - 1]
                left = left - np.outer(read, read) / left[k - 1, k - 1]
            sd = np.sqrt(np.maximum(np.diag(left), READ_VARIANCE))
            found[k] += share * np.clip(left / (sd * sd[:, None]), -1.0, 1.0)
    return found


def _from_where_they_went_on(
    table: npt.NDArray[np.float32], sites_m: Floats, from_m: float
) -> npt.NDArray[np.float32]:
    """(s, q) log times of somebody who was moved up, from where and when they went on.

    The difference of two arrivals at equal chances, and wider: who was carried is not as before.
    """
    log_times = np.array([[np.interp(np.log(from_m), np.log(sites_m), level)] for level in table.T])
    ahead = np.maximum(np.exp(table) - np.exp(log_times.T), 1.0)
    middle = np.log(ahead[:, MEDIAN : MEDIAN + 1])
    way: npt.NDArray[np.float32] = (middle + MOVED_WIDER * (np.log(ahead) - middle)).astype(
        np.float32
    )
    return np.maximum.accumulate(way, axis=1)
