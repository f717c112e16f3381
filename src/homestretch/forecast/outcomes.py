"""What became of the forecasts of the finish that were issued earlier on the day, and what follows for new ones.

Legs (``calibration``) tell soon how wild a day is. What they cannot tell is how whole ways home turn out: how legs
add up, and how far behind the day its learning runs. So some runners' forecasts are made again as they were issued
(``past``), and compared with their finish as soon as it is due. In conformal prediction the scale is taken from
such scores (Lei et al., "Distribution-Free Predictive Inference for Regression", 2018); here from the newest
ones, since runners who come home together are alike, and as far as there are enough of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from homestretch.forecast.calibration import EDGE, INSIDE
from homestretch.forecast.effects import OVERDUE
from homestretch.state.snapshot import Floats, Ints

STEP_S = 900.0
"""So often outcomes are looked at."""
DRAWN = 4000
"""So many runners, drawn by lot, say it for all."""
NEWEST = 1000
"""So many of those whose finish was due last are looked at."""
FEW, LEAST = 1000.0, 100
"""So many runners are counted in for whom promises were kept; of fewer than ``LEAST`` nothing is said."""
FROM_SHARE = 0.49
"""From here on (of the course): before, hardly anybody is home while others still pass the mat."""
FARTHEST = 6.0
"""The size of a score that nobody has; who has not come although overdue has it."""
NARROWEST, WIDEST = 0.7, 1.5


Issued = Callable[[int, Ints], Floats]
"""A mat and rows (k,) to the normal scores (k,) that the forecasts issued there gave to the finish."""


class _AtMat(NamedTuple):
    """Of those who were read at a mat, in order: rows and from when they count (k,); of all, the size of their
    score (n,), NaN as long as nobody has asked."""

    rows: Ints
    due_s: Floats
    size: Floats


class Outcomes:
    """Of n runners with net times (n, m) in s at mats, the last of them the end (NaN: not read, or not yet)."""

    def __init__(self, times: Floats, start_s: Floats, mats_m: Floats, issued: Issued) -> None:
        self._times, self._start_s, self._mats_m, self._issued = times, start_s, mats_m, issued
        self._of_mat: dict[int, _AtMat] = {}

    def widths(self, at_s: float) -> Floats:
        """(m,) by how much the intervals of whole ways home from each mat are to be widened, by what had
        happened up to the last full step before a moment."""
        last_s = np.floor(at_s / STEP_S) * STEP_S
        found = np.ones(len(self._mats_m))
        for mat in np.flatnonzero(self._mats_m[:-1] >= FROM_SHARE * self._mats_m[-1]).tolist():
            found[mat] = self._width(mat, last_s)
        return found

    def _width(self, mat: int, at_s: float) -> float:
        of = self._at(mat)
        count = int(np.searchsorted(of.due_s, at_s, side="right"))
        if count < LEAST:
            return 1.0
        newest = of.rows[max(count - NEWEST, 0) : count]
        new = newest[np.isnan(of.size[newest])]
        if len(new):
            of.size[new] = np.nan_to_num(np.abs(self._issued(mat, new)), nan=FARTHEST)
        came_s = self._start_s[newest] + self._times[newest, -1]
        sizes = np.where(came_s <= at_s, of.size[newest], FARTHEST)
        wide = np.clip(np.quantile(sizes, INSIDE) / EDGE, NARROWEST, WIDEST)
        return float(wide ** (count / (count + FEW)))

    def _at(self, mat: int) -> _AtMat:
        """They count once they would be overdue by the pace that they had at the mat, arrived or not: of those
        who have come at once only the fast are known."""
        if mat not in self._of_mat:
            here_s, here_m = self._times[:, mat], self._mats_m[mat]
            left = OVERDUE * (self._mats_m[-1] - here_m) / here_m
            due_s = self._start_s + here_s * (1.0 + left)
            rows = np.flatnonzero(np.isfinite(due_s))
            rows = rows[np.argsort(due_s[rows], kind="stable")]
            self._of_mat[mat] = _AtMat(rows, due_s[rows], np.full(len(due_s), np.nan))
        return self._of_mat[mat]
