"""The frozen columns that a Picture has of companions: who is together, by rows of its roster and mats of its state."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from homestretch.companions.riding import Ride
from homestretch.companions.values import Bools, Ints


class OfRace(NamedTuple):
    """What a race says of chance; ``learnt_at`` UTC ms: the state by which it was measured last."""

    runners: int
    pairs: int
    packs: int
    expected_false: float
    threshold: float
    threshold_last: float
    learnt_at: int


class SeenTogether(NamedTuple):
    """A place where people saw both of a pair: between two mats, or at one that missed one of them."""

    pair: int
    """position in the columns of the pairs"""
    point: int
    """position in ``Event.points``"""
    at: int
    """UTC ms, when the first of both was there"""
    gap_s: float
    """seconds that j was behind i, as they were seen"""
    evidence: tuple[int, ...]
    """log positions of what was seen"""


@dataclass(frozen=True, slots=True)
class Companions:
    """k pairs of all races, m mats of the event's state; rows are those of the roster with this key."""

    entrants: str
    now: int
    last_seq: int
    """log position up to which the state that was used knew the facts"""
    i: Ints
    j: Ints
    score: npt.NDArray[np.float32]
    together: Bools
    """(k, m)"""
    gaps_s: npt.NDArray[np.float32]
    """(k, m) seconds that j was behind i, NaN where one was not read"""
    pack: Bools
    """(k,) of a pack only its size is said, never who is with whom"""
    group_size: Ints
    seen: tuple[SeenTogether, ...]
    """by pair and along the course"""
    maybe: Ints
    """(q, 4) what is asked of each of two, and told to nobody: their rows, the columns since and until"""
    races: tuple[OfRace | None, ...]
    """(races,) None while nothing was measured"""
    rides: tuple[Ride, ...]
    """people who may have been in one vehicle, by rows of the roster and columns of the state"""
    doubled: tuple[tuple[int, int], ...]
    """rows of two chips that were read at the same moment everywhere: perhaps one person with both"""

    def list_odd(self, ruled: frozenset[int]) -> set[tuple[int, int]]:
        """Pairs of rows (the smaller first) that are a question for control and no story: two chips on one person,
        people in a vehicle; without those of whom an official has ruled on one (``ruled``, rows)."""
        riding = (pair for ride in self.rides for pair in combinations(sorted(ride.rows), 2))
        return {pair for pair in (*self.doubled, *riding) if not ruled & set(pair)}
