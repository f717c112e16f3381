"""The clock check: is a device's clock wrong, since when, by how much; told by the reads themselves.

In: passing times, which device made them, metres, and all reads where there are any. Out: findings,
each a correction that an official may accept, with its error and what can and cannot be known. Never: a
change of a time, a fact, a wall clock.
"""

from homestretch.clocks.check import check_clocks, course_shape
from homestretch.clocks.finding import ClockCheck, ClockFinding, Kind
from homestretch.clocks.shape import Shape, fit_shape, list_bends
from homestretch.clocks.watched import Reads, Watched
from homestretch.clocks.watching import make_check, make_watched

__all__ = [
    "ClockCheck",
    "ClockFinding",
    "Kind",
    "Reads",
    "Shape",
    "Watched",
    "check_clocks",
    "course_shape",
    "fit_shape",
    "list_bends",
    "make_check",
    "make_watched",
]
