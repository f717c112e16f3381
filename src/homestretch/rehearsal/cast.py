"""The few whose day is written by hand, so that everybody who watches the rehearsal meets them.

Mara and Jo, who do not know each other, start in different waves, meet about mile 14 and come home
together five minutes ahead of the sweep car. Nell is passed by it, goes on along the sidewalk and is
the last one home. All are invented.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.rehearsal.course import MARATHON_M, METRES_PER_MILE
from homestretch.rehearsal.figures import Floats, get_figures
from homestretch.rehearsal.schedule import clock_s, sweep_s

MEET_M = 14 * METRES_PER_MILE
TOGETHER_FROM_M = 25000.0
STRANGERS_FINISH_S = clock_s(15, 5, 8.31)


class Part(NamedTuple):
    """One of the cast: ``ahead_min`` are minutes ahead of the sweep car at the knots of the figures."""

    key: str
    bib: int
    first: str
    last: str
    woman: bool
    age: int
    start: int
    """position in ``schedule.STARTS``"""
    ahead_min: tuple[float, ...]
    club: str = ""
    first_marathon: bool = False


_LAST_MIN = (float(sweep_s(np.array(MARATHON_M))) - STRANGERS_FINISH_S) / 60

PARTS = (
    Part("mara", 4312, "Mara", "Sedgerholm", True, 58, 5, (49, 45, 41, 34, 30, 23, 14.5, 5.1, _LAST_MIN), "Steel Valley Striders"),
    Part("jo", 5127, "Jo", "Rillenquist", True, 36, 4, (56, 53, 48, 38, 30, 23, 14.5, 5.1, _LAST_MIN), first_marathon=True),
    Part("tobi", 6088, "Tobi", "Orringarth", False, 41, 5, (50, 48, 45, 41, 38, 33, 17, 3.2, 2.0), "Steel Valley Striders"),
    Part("anna", 3954, "Anna", "Linnetvale", True, 63, 4, (51, 44.5, 38, 30, 25, 18.5, 12, 4.0, 2.7)),
    Part("dee", 4471, "Dee", "Morrowkeld", True, 52, 2, (61, 53, 45, 35.5, 29.5, 21, 12.5, 3.0, 0.9)),
    Part("sam", 4120, "Sam", "Wandersog", False, 29, 5, (52.5, 49.6, 46.2, 41.6, 38.5, 33.3, 26, 2.2, -7.0), first_marathon=True),
    Part("nell", 5983, "Nell", "Bramblethwaite", True, 71, 5, (46, 41, 35, 28, 24, 18, 12, -3.0, -11.5)),
)  # fmt: skip
STRANGERS = ("mara", "jo")
LAST_HOME = "nell"


def crossing_s(part: Part) -> Floats:
    """(9,) times of day at the knots of the figures."""
    knots_m = get_figures().knots_m
    return sweep_s(knots_m) - 60.0 * np.array(part.ahead_min)
