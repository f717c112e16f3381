"""When the last of some people comes: the chance that all are there is the product of everybody's chances."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from homestretch.forecast.values import LEVELS, Forecast, p_within
from homestretch.state.snapshot import Floats, Ints

FARTHEST_S = 86_400.0
NEAR_S = 1.0
AT_ALL = 1.0
"""So many times as far beyond the outermost level as that lies beyond the one before, which is 3.2 deviations off,
everybody has come: no level of any forecast was ever measured farther out, and of thousands of people even what a
straight line gives to the ends of their distributions would add up to hours."""
DECIDES = 0.4
"""Of whom there is so much doubt that they are still to come, they do not decide when the last one is in."""


def last_within(
    forecast: Forecast, place: int, rows: Ints, levels: tuple[float, ...]
) -> list[int] | None:
    """Seconds from the forecast's now before which all of these rows have come to a place, with each of some
    chances; None when of nobody anything can be said."""
    in_s = forecast.in_s[rows, place]
    in_s = in_s[in_s[:, 0] >= 0]
    if not len(in_s):
        return None
    return [until_all(in_s, np.ones(len(in_s)), level) for level in levels]


def until_all(in_s: npt.NDArray[np.int32], p_to_come: Floats, level: float) -> int:
    """Seconds after which everybody has come with a chance of ``level``: arrivals (k, q) at ``LEVELS``, k > 0,
    each of them still to come with a chance of ``p_to_come`` (k,)."""
    # All are never in before one alone is: who has come almost surely by then alters nothing.
    own = int(np.searchsorted(LEVELS, level, side="right")) - 1
    deciding = in_s[p_to_come > DECIDES, own]
    end_s = in_s[:, -1] + AT_ALL * (in_s[:, -1] - in_s[:, -2])
    late = end_s >= deciding.max(initial=0)
    in_s, p_to_come, end_s = in_s[late], p_to_come[late], end_s[late]
    low, high = 0.0, FARTHEST_S
    while high - low > NEAR_S:
        middle = (low + high) / 2.0
        missing = np.where(end_s > middle, p_to_come * (1.0 - p_within(in_s, middle)), 0.0)
        all_in = float(np.log1p(-np.minimum(missing, 1.0 - 1e-12)).sum())
        low, high = (low, middle) if all_in >= np.log(level) else (middle, high)
    return int(np.ceil(high))
