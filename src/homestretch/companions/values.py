"""What the room takes and gives. n runners, m mats in the order of the course, l = m - 1 legs, k pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Field(NamedTuple):
    """``times_s`` (n, m) clock seconds at each mat, NaN where nothing was read; ``metres`` (m,) rising."""

    times_s: Floats
    metres: Floats


class Model(NamedTuple):
    """How people of this field run by themselves, and how dense it is: all that a score needs beside two rows.

    ``a`` start bins, ``b`` pace bins, ``c`` coefficients. Log paces are natural logarithms of s per m.
    """

    metres: Floats
    start_edges: Floats
    """(a - 1,) clock seconds at the first mat between the bins of ``start_log``"""
    start_log: Floats
    """(a,) log pace of the first leg by when they were at the first mat"""
    weights: Floats
    """(l, c) intercept, the last three log paces, their mean so far, and its square"""
    edges: Floats
    """(l, b - 1) predicted log paces between the bins of ``scale``"""
    scale: Floats
    """(l, b) spread of the log pace around its prediction"""
    even: float
    """power with which a runner's own evenness so far scales that spread"""
    first_s: float
    """clock seconds at which ``density`` begins"""
    density: Floats
    """(m, t) runners a second within ``DENSITY_S`` of each ``DENSITY_STEP_S``"""


class SeenBeside(NamedTuple):
    """q places where somebody saw two together, in the order of the pairs and of the course."""

    pair: Ints
    """number of the pair"""
    leg: Ints
    """the mat at or behind it"""
    part: Floats
    """how much of the way to the next mat"""
    gap_s: Floats
    """seconds that j was behind i, as they were seen"""
    a: Ints
    """sighting of i, -1 where a mat read it"""
    b: Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """k pairs with ``i`` < ``j``, the best first; mats are columns of the field."""

    i: Ints
    j: Ints
    score: Floats
    """(k,) decades of odds that they were together anywhere"""
    together: Bools
    """(k, m) more likely together than not at each mat; false where one was not read"""
    since: Ints
    """(k,) first mat together, -1 when people alone saw them"""
    until: Ints
    """(k,) last mat together, -1 likewise"""
    gaps_s: Floats
    """(k, m) seconds that j was behind i"""
    pack: Bools
    """(k,) one of both has more companions than a group of friends has"""
    group: Ints
    """(k,) number of the group or pack, from 0; two by themselves are one too"""
    group_size: Ints
    """(k,) how many are in it"""
    beside: SeenBeside
    """where people saw them together, between mats or at one that missed one of them"""


class Maybe(NamedTuple):
    """q pairs that timing is less sure of (chance makes one in ten of them, or fewer), the best first: a question to
    each of both, and nothing that is told."""

    i: Ints
    j: Ints
    since: Ints
    """(q,) first mat together"""
    until: Ints
    """(q,) last mat together"""


@dataclass(frozen=True, slots=True)
class Found:
    """Who was together, and what the race itself says of chance."""

    pairs: Pairs
    threshold: float
    threshold_last: float
    """of the last twentieth of the field, among itself"""
    expected_false: float
    """pairs of ``pairs`` that chance alone would have made, by the lag null"""
    false_per_runner: float
    packs: int
    maybe: Maybe
