"""What may be said of times ahead: at constant pace for now, and nothing while the event is stopped."""

from __future__ import annotations

import numpy as np

from homestretch.picture import Picture
from homestretch.state.snapshot import Floats, Ints, Mark

SPREAD = 0.05
SPREAD_MS = 60_000
LATE_MS = 5 * 60_000
"""somebody who waits that long before a mat has stopped, or the mat missed them: nothing is promised"""


NO_TELLING = int(Mark.OVERDUE | Mark.SAID_TO_WITHDRAW)


def speaks_ahead(picture: Picture, row: int) -> bool:
    """Whether boards may speak of times ahead of an entrant: not while the race is stopped, on hold or
    delayed."""
    return not picture.state.quiet[picture.state.roster.race[row]]


def positions(picture: Picture, rows: Ints) -> Floats:
    """(rows,) metres along the own course: now, at constant pace; while nothing is said of times ahead,
    at the last proof. NaN where unknown."""
    state = picture.state
    along = state.position_m[rows]
    stay = state.quiet[state.roster.race[rows]] & ~np.isnan(along)
    return np.where(stay, state.last_proof_m[rows], along)


def expected_between(picture: Picture, row: int, at_m: float) -> tuple[int, int] | None:
    """The interval (UTC ms) in which the entrant reaches ``at_m`` (own course) at constant pace.

    None when nobody can say: not on the road, overdue, about to stop, waiting before a mat, or the race is
    stopped.
    """
    state = picture.state
    position_m, pace = float(state.position_m[row]), float(state.pace_s_per_km[row])
    if not speaks_ahead(picture, row) or np.isnan(position_m) or np.isnan(pace):
        return None
    if int(state.marks[row]) & NO_TELLING or position_m > at_m:
        return None
    if _lateness_ms(picture, row) > LATE_MS:
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
