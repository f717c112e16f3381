"""Whom people saw where, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Sightings:
    """s sightings that can be: of somebody in the race, at one point of their course, while nobody carried them. In
    the order of the law."""

    row: npt.NDArray[np.int64]
    point: npt.NDArray[np.int64]
    """position in ``Event.points``"""
    at: npt.NDArray[np.int64]
    """UTC ms"""
    seq: npt.NDArray[np.int64]
    """log position: its evidence"""
    in_entry: npt.NDArray[np.int64]
    """how many sightings were entered at once: by the same hand, at one place, with one time; this one included"""
    in_a_row: npt.NDArray[np.int64]
    """how many the same hand entered at that place within ``IN_A_ROW_MS`` before or after; this one included"""
