"""A past race, forecast again as it would have been on its day: after each mat, with what was known then.

For every runner and mat the forecast is made with the effects of the last closed interval before the
runner was read there. Nothing later than that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from homestretch.forecast.calibration import (
    Spread,
    count_surprises,
    measure_spread,
    usual_widths,
    wanted_scores,
    widths,
)
from homestretch.forecast.effects import Ahead, Effects, Reach, learn, nodes_of, prior, unknown
from homestretch.forecast.figures import COVARIATES, Model
from homestretch.forecast.gains import GainsKept
from homestretch.forecast.kernels import expect_reads, tabulate
from homestretch.forecast.layout import Layout, make_layout
from homestretch.forecast.leaning import lean_of, learn_lean, surprise, surprises, usual_lean
from homestretch.forecast.outcomes import DRAWN, Outcomes
from homestretch.forecast.values import LEVEL_SCORES
from homestretch.state.snapshot import Floats, Ints

STEP_S, SETTLES_S = 300.0, 90.0
"""As live: an interval, and how long after its end it counts as closed."""
EVEN_START_S = 1800.0
"""Files that do not know who started when: by pace, spread evenly over so long."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Finishers of one race: net times (n, sites) in s at mats and the end, NaN where there is none."""

    name: str
    sites_m: Floats
    times: Floats
    start_s: Floats
    """(n,) when each crossed the start line, in s after some moment"""
    woman: Floats
    """(n,) 1, 0 or NaN"""
    age: Floats
    """(n,) years or NaN"""
    clocks: bool
    """whether the starts are those of the day, or spread by a rule"""


def spread_starts(times: Floats, sites_m: Floats) -> Floats:
    """(n,) starts of a file without clocks: the fastest first, evenly over ``EVEN_START_S``.

    By the pace at the first mat: by that at the finish, who starts early among equals at the half would be
    who does not fade, and every day would look fast from ahead.
    """
    pace = times / sites_m
    known = np.isfinite(pace)
    first = pace[np.arange(len(pace)), known.argmax(axis=1)]
    order = np.argsort(np.argsort(np.where(known.any(axis=1), first, np.inf), kind="stable"))
    return EVEN_START_S * order / max(len(order), 1)


class _Learnt(NamedTuple):
    """What was known of course and day at a moment: see ``road.Learnt``."""

    effects: Effects
    spread: Spread
    lean: Floats
    tables: tuple[Floats, Floats]


class Replay:
    """Forecasts of one edition by one model, as issued."""

    def __init__(
        self,
        model: Model,
        edition: Edition,
        *,
        live: bool = True,
        course: Effects | None = None,
        by_outcomes: bool = True,
    ) -> None:
        """Without ``by_outcomes`` intervals stay as wide as legs alone make them."""
        self.model, self.edition, self.live, self._course = model, edition, live, course
        self._by_outcomes = by_outcomes and live and bool(np.isfinite(model.leg_width).all())
        self.layout: Layout = make_layout(
            model, float(edition.sites_m[-1]), edition.sites_m, edition.sites_m
        )
        self._kept = GainsKept(self.layout)
        self._reach = Reach(self.layout, self._kept)
        self.pace: Floats = np.log(edition.times / edition.sites_m)
        self.rows: Floats = np.column_stack([edition.woman, (edition.age - 40.0) / 10.0, self.pace])
        self._ahead = self._what_ahead_shows()
        self._known: dict[float, _Learnt] = {}

    def _what_ahead_shows(self) -> Ahead:
        numbers, gains = self._kept.find(np.where(np.isfinite(self.rows), 0.0, np.nan))
        mean, sd = np.full((2, *self.rows.shape), np.nan)
        expect_reads(self.rows, numbers, gains, mean, sd)
        return Ahead(
            passed_s=self.edition.times + self.edition.start_s[:, None],
            start_s=self.edition.start_s,
            pace=self.pace,
            mean=np.ascontiguousarray(mean[:, COVARIATES:]),
            sd=np.ascontiguousarray(sd[:, COVARIATES:]),
            counts=np.ones(len(mean), np.bool_),
        )

    def after(self, mat: int, levels: Floats = LEVEL_SCORES, chosen: Ints | None = None) -> Floats:
        """(n, s, q) log times at every later site as forecast when each runner was read at a mat, at normal
        scores (q,); NaN where a runner was not read there. ``chosen``: (k, s, q) of these rows alone."""
        chosen = np.arange(len(self.rows)) if chosen is None else chosen
        known = self.rows[chosen]
        known[:, COVARIATES + mat + 1 :] = np.nan
        numbers, gains = self._kept.find(np.where(np.isfinite(known), 0.0, np.nan))
        table = np.full((len(known), len(self.layout.sites_m), len(levels)), np.nan, np.float32)
        place = nodes_of(self.pace[chosen, mat])
        lean = np.zeros(len(known))
        for at_s, rows in self._by_interval(self._ahead.passed_s[chosen, mat]):
            learnt, home = self._learnt(at_s), self._home(at_s)
            lean[rows] = self._lean(learnt, mat, chosen[rows])
            spread, (shift, extra) = learnt.spread, learnt.tables
            mats_m = self.layout.sites_m
            wanted = wanted_scores(
                self.model, self.layout, mats_m, spread, home, levels, last=(mat + 1,)
            )
            tabulate(
                rows, known, numbers, np.full(len(known), mat), spread.bands_of(place), gains,
                mats_m, shift, extra, place, lean, wanted, table,
            )  # fmt: skip
        return table.astype(np.float64)

    @cached_property
    def _outcomes(self) -> Outcomes:
        return outcomes_of(self.model, self.edition, self._course)

    def _home(self, at_s: float) -> Floats:
        """(m,) what the forecasts that were issued earlier show of whole ways home."""
        known = self._by_outcomes and np.isfinite(at_s)
        return self._outcomes.widths(at_s) if known else np.ones(len(self.layout.sites_m))

    def _lean(self, learnt: _Learnt, mat: int, rows: Ints) -> Floats:
        """(k,) what is added to the scores ahead of rows that were read at a mat."""
        if not mat:
            return np.zeros(len(rows))
        ahead, mats_m = self._ahead, self.layout.sites_m
        pace, expected = ahead.pace[rows], (ahead.mean[rows, mat], ahead.sd[rows, mat])
        here = surprise(pace[:, mat - 1 : mat + 1], *expected, learnt.effects, mats_m, mat)
        return lean_of(here, learnt.lean[mat], pace[:, mat])

    def promises_in_the_end(self) -> tuple[Floats, Floats]:
        """When all was over: (legs,) how wide the surprises of each leg were, and (m,) the part of them that
        returned behind each mat."""
        mats_m, ahead = self.layout.sites_m, self._ahead
        effects = learn(prior(len(mats_m) - 1, self._course), ahead, mats_m, np.inf)
        scores = surprises(ahead, effects, mats_m)
        wide = widths(count_surprises(ahead, scores, mats_m, np.inf).sum(axis=1))
        return wide, learn_lean(ahead, scores, np.zeros(len(mats_m)), mats_m, np.inf, few=0.0)

    def learnt_in_the_end(self) -> Effects:
        """What the whole edition shows of its course and day, whatever was believed before."""
        mats_m = self.layout.sites_m
        open_minded = unknown(len(mats_m) - 1)
        return learn(open_minded, self._ahead, mats_m, np.inf)

    def _by_interval(self, read_s: Floats) -> list[tuple[float, Ints]]:
        """(end of the last closed interval, rows) of those who were read in each interval."""
        if not self.live:
            return [(-np.inf, np.flatnonzero(np.isfinite(read_s)))]
        interval = np.floor((read_s - SETTLES_S) / STEP_S)
        return [
            (float(one) * STEP_S, np.flatnonzero(interval == one))
            for one in np.unique(interval[np.isfinite(interval)])
        ]

    def _learnt(self, at_s: float) -> _Learnt:
        """What was known of course and day at a moment."""
        if at_s not in self._known:
            mats_m, ahead = self.layout.sites_m, self._ahead
            effects = learn(prior(len(mats_m) - 1, self._course), ahead, mats_m, at_s)
            scores = surprises(ahead, effects, mats_m)
            usual = usual_widths(self.model, self.layout, mats_m)
            often = usual_lean(self.model, self.layout, mats_m)
            self._known[at_s] = _Learnt(
                effects,
                measure_spread(ahead, scores, usual, mats_m, at_s),
                learn_lean(ahead, scores, often, mats_m, at_s),
                self._reach.tables(effects),
            )
        return self._known[at_s]


def outcomes_of(model: Model, edition: Edition, course: Effects | None = None) -> Outcomes:
    """What became of the forecasts of some people of an edition, drawn by lot, from what they show alone."""
    some = drawn(edition, DRAWN)
    replay = Replay(model, some, course=course, by_outcomes=False)
    finish = np.log(some.times[:, -1])
    return Outcomes(
        some.times,
        some.start_s,
        some.sites_m,
        lambda mat, rows: scores_of(
            replay.after(mat, chosen=rows)[:, -1], LEVEL_SCORES, finish[rows]
        ),
    )


def drawn(edition: Edition, most: int) -> Edition:
    """At most so many people of an edition, drawn by lot, the same every time."""
    chosen = np.random.default_rng(7).permutation(len(edition.times))[:most]
    return replace(
        edition,
        times=edition.times[chosen],
        start_s=edition.start_s[chosen],
        woman=edition.woman[chosen],
        age=edition.age[chosen],
    )


def scores_of(table: Floats, levels_score: Floats, actual: Floats) -> Floats:
    """(n,) the normal score that a forecast (n, q) gave to what then happened (log times (n,)), NaN where
    either is unknown; straight between the levels, and on beyond them."""
    i = np.clip((table <= actual[:, None]).sum(axis=1), 1, table.shape[1] - 1)
    rows = np.arange(len(table))
    low, high = table[rows, i - 1], table[rows, i]
    part = (actual - low) / np.maximum(high - low, 1e-7)
    score = levels_score[i - 1] + part * (levels_score[i] - levels_score[i - 1])
    clipped: Floats = np.clip(score, -6.0, 6.0)
    return clipped
