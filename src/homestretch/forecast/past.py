"""A past race, forecast again as it would have been on its day: after each mat, with what was known then.

For every runner and mat the forecast is made with the effects of the last closed interval before the
runner was read there. Nothing later than that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.forecast.effects import Ahead, Effects, Reach, learn, nodes_of, prior
from homestretch.forecast.figures import COVARIATES, Model
from homestretch.forecast.gains import GainsKept
from homestretch.forecast.kernels import expect_reads, tabulate
from homestretch.forecast.layout import Layout, make_layout
from homestretch.state.snapshot import Bools, Floats, Ints

STEP_S = 300.0
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


def spread_starts(times: Floats) -> Floats:
    """(n,) starts of a file without clocks: the fastest first, evenly over ``EVEN_START_S``."""
    finish = np.where(np.isfinite(times[:, -1]), times[:, -1], np.inf)
    order = np.argsort(np.argsort(finish, kind="stable"), kind="stable")
    return EVEN_START_S * order / max(len(order), 1)


class Replay:
    """Forecasts of one edition by one model, as issued."""

    def __init__(self, model: Model, edition: Edition, *, live: bool = True) -> None:
        self.edition, self.live = edition, live
        self.layout: Layout = make_layout(
            model, float(edition.sites_m[-1]), edition.sites_m, edition.sites_m
        )
        self._kept = GainsKept(self.layout)
        self._reach = Reach(self.layout, self._kept)
        self.pace: Floats = np.log(edition.times / edition.sites_m)
        self.rows: Floats = np.column_stack(
            [edition.woman, (edition.age - 40.0) / 10.0, self.pace]
        )
        self._ahead = self._what_ahead_shows()
        self._known: dict[float, tuple[Floats, Floats]] = {}

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

    def effects_at(self, at_s: float) -> Effects:
        """What was known of course and day at a moment."""
        legs = len(self.layout.sites_m) - 1
        return learn(prior(legs), self._ahead, self.layout.sites_m, at_s)

    def after(self, mat: int, wanted: Floats) -> Floats:
        """(n, s, q) log times at every later site as forecast when each runner was read at a mat.

        ``wanted`` (bands, 1 + s, s, q) as in ``kernels.tabulate``; NaN where a runner was not read there.
        """
        sites, levels = len(self.layout.sites_m), wanted.shape[3]
        known = self.rows.copy()
        known[:, COVARIATES + mat + 1 :] = np.nan
        numbers, gains = self._kept.find(np.where(np.isfinite(known), 0.0, np.nan))
        table = np.full((len(known), sites, levels), np.nan, np.float32)
        read_s = self._ahead.passed_s[:, mat]
        for at_s, rows in self._by_interval(read_s):
            shift, extra = self._effects_known(at_s)
            tabulate(
                rows, known, numbers, np.full(len(known), mat), np.zeros(len(known), np.int64),
                gains, self.layout.sites_m, shift, extra, nodes_of(self.pace[:, mat]), wanted, table,
            )  # fmt: skip
        return table.astype(np.float64)

    def _by_interval(self, read_s: Floats) -> list[tuple[float, Ints]]:
        """(end of the last closed interval, rows) of those who were read in each interval."""
        if not self.live:
            return [(-np.inf, np.flatnonzero(np.isfinite(read_s)))]
        interval = np.floor(read_s / STEP_S)
        return [
            (float(one) * STEP_S, np.flatnonzero(interval == one))
            for one in np.unique(interval[np.isfinite(interval)])
        ]

    def _effects_known(self, at_s: float) -> tuple[Floats, Floats]:
        if at_s not in self._known:
            self._known[at_s] = self._reach.tables(self.effects_at(at_s))
        return self._known[at_s]


def scores_of(table: Floats, levels_score: Floats, actual: Floats) -> Floats:
    """(n,) the normal score that a forecast (n, q) gave to what then happened (log times (n,))."""
    scores = np.full(len(actual), np.nan)
    fine = np.isfinite(actual) & np.isfinite(table).all(axis=1)
    for row in np.flatnonzero(fine):
        scores[row] = _score(table[row], levels_score, float(actual[row]))
    return scores


def _score(table: Floats, levels_score: Floats, actual: float) -> float:
    place = int(np.clip(np.searchsorted(table, actual), 1, len(table) - 1))
    step = table[place] - table[place - 1]
    part = (actual - table[place - 1]) / max(step, 1e-9)
    found = levels_score[place - 1] + part * (levels_score[place] - levels_score[place - 1])
    return float(np.clip(found, -6.0, 6.0))


__all__ = ["Bools", "Edition", "Replay", "scores_of", "spread_starts"]
