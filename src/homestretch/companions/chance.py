"""How often chance looks like company: the lag null, measured on the race itself, always.

A random half of the field is shifted by 20 to 90 s. Whoever is then beside somebody of the other half is so by
chance, at the density, the paces and the evenness of this day. Half of all chance pairs are within one half, so
the count is doubled. It is repeated with other halves and lags until the count is no matter of luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from homestretch.companions.path import score_pairs
from homestretch.companions.scan import NEAR_S, candidates
from homestretch.companions.seen import Seen, nobody_seen, seen_candidates
from homestretch.companions.values import Bools, Floats, Ints, Model

FALSE_PER_RUNNER: Final = 1e-4
LEAST_LAG_S, MOST_LAG_S = 20.0, 90.0
LEAST_SHIFTS, MOST_SHIFTS, RUNNERS_SHIFTED = 16, 200, 768_000
"""Large fields are shifted 16 times; small ones more often, so that as many runners are."""
COUNTED: Final = 8
"""With fewer chance pairs than this above a score, its rate is taken from the tail below it,"""
TAIL: Final = 40
"""which so many of the best chance pairs show: above them the logarithm of the rate falls straight."""
SAFE: Final = 3.5
"""Score that holds without any measurement, where there are too few chance pairs to measure by. If the null is
exact, the chance pairs of a runner are worth 10**score together at most 0.3 + 0.03 a mat, half of it theirs: one
in 10,000 runners at 3.5."""
LAST_SHARE: Final = 0.05
SIDED_95: Final = 1.645
ASKED_FALSE: Final = 0.1
"""Of the pairs below the threshold about which the runners themselves may be asked, chance makes at most this share,"""
ASKED_SCORE: Final = 1.0
"""and none is asked about whose own odds are below ten to one."""
ASKED_STEP: Final = 0.1


@dataclass(frozen=True, slots=True)
class Chance:
    """What scores are worth in one race. ``last`` and ``runners`` are of the field that it was measured on."""

    shifts: int
    runners: int
    """who was read at two mats or more"""
    last: Bools
    """(n,) the last twentieth of them on the road, who are bunched as nobody else"""
    scores: Floats
    """scores of chance pairs without anybody of the last twentieth, the highest first"""
    scores_last: Floats
    """and of those with"""
    threshold: float
    threshold_last: float

    @property
    def expected_false(self) -> float:
        """How many pairs chance alone puts above the thresholds."""
        return self._above(self.scores, self.threshold, self.last_count(False)) + self._above(
            self.scores_last, self.threshold_last, self.last_count(True)
        )

    def last_count(self, last: bool) -> int:
        """How many runners are of the last twentieth, or are not."""
        of_last = int(self.last.sum())
        return of_last if last else self.runners - of_last

    def _above(self, scores: Floats, threshold: float, runners: int) -> float:
        count = int((scores > threshold).sum())
        if count >= COUNTED:
            return 2.0 * count / self.shifts
        return FALSE_PER_RUNNER * runners

    def passes(self, i: Ints, j: Ints, score: Floats) -> Bools:
        """(k,) which pairs are more than chance allows."""
        last = self.last[i] | self.last[j]
        return np.asarray(score > np.where(last, self.threshold_last, self.threshold))

    def asks(self, i: Ints, j: Ints, score: Floats) -> Bools:
        """(k,) which pairs are less than sure, but sure enough for a question to the runner: from the thresholds
        down as far as chance makes no more of them than ``ASKED_FALSE``."""
        kept = self.passes(i, j, score)
        below = score[~kept & (score >= ASKED_SCORE)]
        chance = np.concatenate([
            self.scores[self.scores <= self.threshold],
            self.scores_last[self.scores_last <= self.threshold_last],
        ])  # fmt: skip
        lowest = np.inf
        for least in np.arange(SAFE, ASKED_SCORE - ASKED_STEP / 2, -ASKED_STEP).tolist():
            asked = int((below >= least).sum())
            if asked and 2.0 * int((chance >= least).sum()) / self.shifts > ASKED_FALSE * asked:
                break
            lowest = least if asked else lowest
        return np.asarray(~kept & (score >= lowest))


def measure(
    times_s: Floats, mu_s: Floats, var_s2: Floats, model: Model, seed: int = 1,
    most_shifts: int = MOST_SHIFTS, seen: Seen | None = None,
) -> Chance:  # fmt: skip
    """The lag null of a field (n, m) and what people saw of it, which is shifted alike; the same field and seed give
    the same."""
    seen = nobody_seen(len(times_s)) if seen is None else seen
    read = np.isfinite(times_s).sum(axis=1) >= 2
    runners = int(read.sum())
    shifts = int(np.clip(RUNNERS_SHIFTED // max(runners, 1), LEAST_SHIFTS, most_shifts))
    last = last_of(times_s) & read
    chance, chance_last = [np.zeros(0)], [np.zeros(0)]
    random = np.random.default_rng(seed)
    # Who is on which side depends on their times, never on the order of the rows.
    order, sides = np.lexsort(times_s.T), np.zeros(len(times_s), dtype=np.bool_)
    for shift in range(shifts if runners > 1 else 0):
        lag_s = LEAST_LAG_S + (MOST_LAG_S - LEAST_LAG_S) * (shift + 0.5) / shifts
        sides[order] = random.random(len(times_s)) < 0.5
        # Whole seconds, as mats that tell whole seconds would have read it.
        by_s = np.where(sides, np.rint(lag_s), 0.0)
        shifted, shifted_seen = times_s + by_s[:, None], _shift(seen, by_s)
        pairs = np.concatenate([
            candidates(shifted, NEAR_S, sides), seen_candidates(shifted, shifted_seen, NEAR_S, sides)
        ])  # fmt: skip
        scores = score_pairs(pairs, shifted, mu_s, var_s2, model, shifted_seen)
        with_last = last[pairs].any(axis=1)
        chance.append(scores[~with_last])
        chance_last.append(scores[with_last])
    ordered, ordered_last = (np.sort(np.concatenate(one))[::-1] for one in (chance, chance_last))
    of_last = int(last.sum())
    return Chance(
        shifts=shifts, runners=runners, last=last, scores=ordered, scores_last=ordered_last,
        threshold=threshold_of(ordered, runners - of_last, shifts),
        threshold_last=threshold_of(ordered_last, of_last, shifts),
    )  # fmt: skip


def _shift(seen: Seen, by_s: Floats) -> Seen:
    """What was seen, each runner (n,) so many seconds later."""
    return seen._replace(at_s=seen.at_s + np.repeat(by_s, np.diff(seen.start)))


def threshold_of(scores: Floats, runners: int, shifts: int) -> float:
    """The score above which chance makes at most one pair in 10,000 runners, the luck of the count allowed for;
    ``scores`` the highest first."""
    allowed = surely_below(FALSE_PER_RUNNER * runners * shifts / 2.0)
    if allowed >= COUNTED and len(scores) > allowed:
        return float(scores[int(allowed)])
    tail = min(TAIL, len(scores) - 1)
    if tail < TAIL // 2 or runners == 0:
        return SAFE
    base = float(scores[tail])
    excess = float((scores[:tail] - base).mean())
    return base + excess * float(np.log(max(tail / max(allowed, 1e-9), 1.0)))


def surely_below(most: float) -> float:
    """How many may be counted so that, 19 times of 20, no more than ``most`` are to be expected (Poisson)."""
    root = (sqrt(SIDED_95**2 + 4.0 * most) - SIDED_95) / 2.0
    return root * root


def last_of(times_s: Floats) -> Bools:
    """(n,) who was among the last twentieth at the last mat that read them."""
    n, m = times_s.shape
    known = np.isfinite(times_s)
    newest = np.where(known.any(axis=1), m - 1 - known[:, ::-1].argmax(axis=1), 0)
    limits = np.full(m, np.inf)
    for mat in range(m):
        if known[:, mat].any():
            limits[mat] = np.quantile(times_s[known[:, mat], mat], 1.0 - LAST_SHARE)
    with np.errstate(invalid="ignore"):
        return np.asarray(times_s[np.arange(n), newest] > limits[newest])
