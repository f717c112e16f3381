"""The frozen forecast of a moment. n entrants, m mats, t places, q levels; times in s from ``now``."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from homestretch.state.snapshot import Bools, Floats, Ints

LEVELS = np.array([0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.995])
"""The chances at which arrivals are given: their middle is the median, 3 and 5 span half of all, 2 and 6 four
fifths."""
LEVEL_SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
MEDIAN = 4
P_NOT_READ = 0.02
"""How often a mat misses somebody."""
NEXT, FINISH = 0, 1
"""The first two places of every runner: the next point that hears, and the end of the own course."""


class Coming(enum.IntEnum):
    """What may be said of somebody's arrival at a place."""

    NOT = 0
    """no arrival: not out, home, on a bus, said to stop, behind it already, or nothing is said of times now"""
    DUE = 1
    ANY_MINUTE = 2
    """later than nine in ten would be, or so close that minutes say nothing"""
    OVERDUE = 3
    """later than 99 in 100 would be: they have stopped, or were missed"""
    MAYBE_PASSED = 4
    """nothing reads there, and they are more likely through than not"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who comes where and when, as far as the facts of one state can tell."""

    now: int
    last_seq: int
    """log position up to which the state that was used knew the facts"""
    learnt_at: int
    """UTC ms: end of the interval up to which course and day were learnt from the runners ahead"""
    places: tuple[str, ...]
    """(t,) ids of points; the first two are empty: each runner's own next point, and own end"""
    coming: npt.NDArray[np.int8]
    """(n, t) ``Coming``"""
    in_s: npt.NDArray[np.int32]
    """(n, t, q) s from now at ``LEVELS``, never negative, never falling; NEVER where there is no arrival"""
    p_to_come: npt.NDArray[np.float32]
    """(n, t) chance that they have not been there yet"""
    next_point: Ints
    """(n,) column of the next mat that hears, NEVER for none"""
    position_m: Floats
    """(n,) where they are now, NaN unless on the road"""
    pace_s_per_km: Floats
    """(n,) pace from there to the next point, NaN likewise"""
    learnt_from: tuple[int, ...]
    """(races,) the fewest runners that any leg ahead of everybody was learnt from; 0: a course and day of
    which nothing is known yet"""
    borrowed: Bools
    """(n,) no race of this length or kind is in the pool: intervals are wider by a stated rule"""

    def arrivals_at(self, row: int, place: int) -> tuple[int, ...] | None:
        """UTC ms of one runner's arrival at the levels, or None when nothing can be said."""
        if self.in_s[row, place, 0] < 0:
            return None
        return tuple(self.now + 1000 * int(s) for s in self.in_s[row, place])

    def quantile_s(self, row: int, place: int, level: float) -> float:
        """Seconds from now before which they come with a chance; straight between ``LEVELS`` in the score."""
        score = NormalDist().inv_cdf(min(max(level, 1e-6), 1.0 - 1e-6))
        return float(line(LEVEL_SCORES, self.in_s[row, place].astype(np.float64), score))

    def p_within(self, row: int, place: int, seconds: float) -> float:
        """The chance that they come within so many seconds from now."""
        if seconds < 0.0 or self.in_s[row, place, 0] < 0:
            return 0.0
        return float(p_within(self.in_s[row : row + 1, place], seconds)[0])


@dataclass(frozen=True, slots=True)
class Caught:
    """Who is caught by the sweep, or comes too late for a cutoff, and where."""

    now: int
    last_seq: int
    p_before: npt.NDArray[np.float32]
    """(n, m) chance that each mat ahead has closed when they come, NaN behind them and where nothing closes"""
    p_anywhere: npt.NDArray[np.float32]
    """(n,) chance to be caught anywhere ahead, NaN for who is not on the way and where nothing closes"""
    margin_s: Floats
    """(n,) least time between the median arrival and the closing, of all sites ahead; negative: too late"""
    needed_s_per_km: Floats
    """(n,) the slowest even pace from where they are that is in time everywhere; 0: none is any more"""
    behind: Bools
    """(n,) the sweep is ahead of them: caught, which is not out"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How forecasts of the finish were kept: minutes, and shares of people."""

    people: int
    off_min: float
    """mean absolute error of the median"""
    flat_off_min: float
    """the same of constant pace"""
    within_5: float
    in_50: float
    in_80: float
    in_90: float


@dataclass(frozen=True, slots=True)
class KeptAt:
    """After one mat: for everybody, and for each group of pace there, the fastest first (none of few people)."""

    metres: float
    everybody: Kept
    by_pace: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What the forecasts of one race were worth. ``race`` is its number in the event; ``people`` taught the day,
    ``finishers`` of them are judged; ``borrowed``: no race of this length is in the pool."""

    race: int
    people: int
    finishers: int
    borrowed: bool
    points: tuple[KeptAt, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """``entrants`` is the key of the roster whose rows are meant: with other entrants it says nothing."""

    entrants: str
    forecast: Forecast | None = None
    caught: Caught | None = None
    hindsight: tuple[Hindsight, ...] = ()
    """once the event is over"""


NOTHING = Ahead("")


def line(x: Floats, y: Floats, at: float) -> float:
    """Straight between points, and on beyond them as between the outermost two; never negative."""
    i = int(np.clip(np.searchsorted(x, at), 1, len(x) - 1))
    return float(max(y[i - 1] + (at - x[i - 1]) * (y[i] - y[i - 1]) / (x[i] - x[i - 1]), 0.0))


def p_within(in_s: npt.NDArray[np.int32], seconds: float) -> Floats:
    """(k,) chances that arrivals (k, q) come within so many seconds."""
    i = np.clip((in_s <= seconds).sum(axis=1), 1, len(LEVELS) - 1)
    rows = np.arange(len(in_s))
    low, high = in_s[rows, i - 1].astype(np.float64), in_s[rows, i].astype(np.float64)
    part = (seconds - low) / np.maximum(high - low, 1.0)
    score = LEVEL_SCORES[i - 1] + part * (LEVEL_SCORES[i] - LEVEL_SCORES[i - 1])
    return below(np.clip(score, -5.0, 5.0))


_SCORES = np.linspace(-5.0, 5.0, 1001)
_SHARES = np.array([NormalDist().cdf(score) for score in _SCORES])


def below(scores: Floats) -> Floats:
    """Shares of a normal distribution below scores."""
    shares: Floats = np.interp(scores, _SCORES, _SHARES)
    return shares
