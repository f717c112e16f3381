"""What may be said of times ahead: at constant pace for now, and nothing while the event is stopped."""

from __future__ import annotations

import numpy as np

from homestretch.picture import Picture
from homestretch.state.snapshot import Floats, Ints, Mark

SILENT_FLAGS = ("delayed", "hold", "stopped")
SPREAD = 0.05
SPREAD_MS = 60_000
LATE_MS = 5 * 60_000
"""somebody who waits that long before a mat has stopped, or the mat missed them: nothing is promised"""


def speaks_ahead(picture: Picture) -> bool:
    """Whether boards may speak of times ahead: not while the event is stopped, held or delayed."""
    return picture.state.flag.state not in SILENT_FLAGS


def positions(picture: Picture, rows: Ints) -> Floats:
    """(rows,) metres along the own course: now, at constant pace; while nothing is said of times ahead,
    at the last proof. NaN where unknown."""
    state = picture.state
    if speaks_ahead(picture):
        return state.position_m[rows]
    known = ~np.isnan(state.position_m[rows])
    return np.where(known, state.last_proof_m[rows], np.nan)


def expected_between(picture: Picture, row: int, at_m: float) -> tuple[int, int] | None:
    """The interval (UTC ms) in which the entrant reaches ``at_m`` (own course) at constant pace.

    None when nobody can say: not on the road, overdue, waiting before a mat, or the event is stopped.
    """
    state = picture.state
    position_m, pace = float(state.position_m[row]), float(state.pace_s_per_km[row])
    if not speaks_ahead(picture) or np.isnan(position_m) or np.isnan(pace):
        return None
    if state.marks[row] & Mark.OVERDUE or position_m > at_m or _lateness_ms(picture, row) > LATE_MS:
        return None
    left_ms = (at_m - position_m) * pace
    early = picture.now + left_ms * (1 - SPREAD)
    late = picture.now + left_ms * (1 + SPREAD) + SPREAD_MS
    return int(early), int(late)


def _lateness_ms(picture: Picture, row: int) -> float:
    """How long ago the entrant should have been where they are drawn, at constant pace."""
    state = picture.state
    since_m = float(state.position_m[row]) - float(state.last_proof_m[row])
    return float(picture.now - state.last_proof_at[row] - since_m * state.pace_s_per_km[row])
