"""When the last of some people comes: the chance that all are there is the product of everybody's chances."""

from __future__ import annotations

import numpy as np

from homestretch.forecast.values import MEDIAN, Forecast, p_within
from homestretch.state.snapshot import Ints

FARTHEST_S = 86_400.0
NEAR_S = 5.0


def last_within(
    forecast: Forecast, place: int, rows: Ints, levels: tuple[float, ...]
) -> list[int] | None:
    """Seconds from the forecast's now before which all of these rows have come to a place, with each of some
    chances; None when of nobody anything can be said."""
    in_s = forecast.in_s[rows, place]
    in_s = in_s[in_s[:, 0] >= 0]
    if not len(in_s):
        return None
    # Who has come almost surely before the median of somebody else alters nothing.
    in_s = in_s[in_s[:, -1] >= in_s[:, MEDIAN].max()]
    found = []
    for level in levels:
        low, high = 0.0, FARTHEST_S
        while high - low > NEAR_S:
            middle = (low + high) / 2.0
            all_in = np.log(np.maximum(p_within(in_s, middle), 1e-12)).sum()
            low, high = (low, middle) if all_in >= np.log(level) else (middle, high)
        found.append(round(high))
    return found
