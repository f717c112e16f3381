"""When the road closes: the sweep along its course by its plan and its phone, or the cutoffs of a race.

A car that is behind its plan goes on from where it is at the closing pace; one that is ahead of it waits:
nobody is caught before the planned time. How sure that is: a minute and three hundredths of the time ahead
after a fix, two minutes and as much by the plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.race.event import Sweep
from homestretch.state.snapshot import NEVER, Floats, Ints, SweepTrack

FIX_OFF_S, PLAN_OFF_S, OFF_SHARE = 60.0, 120.0, 0.03


@dataclass(frozen=True, slots=True)
class Closing:
    """(s,) UTC ms at which the road closes at each site, NEVER where nothing closes it, and how sure (s)."""

    at: Ints
    off_s: Floats


def closing_of_sweep(sweep: Sweep, track: SweepTrack, metres: Floats, now: int) -> Closing:
    """When the sweep comes to these metres of its race (s,); where it has been, when its pace had it there."""
    pace_ms = sweep.pace_s_per_km  # ms a metre and s a km are the same
    planned = sweep.start_at + metres * pace_ms
    if not track.fixes:
        off_s = PLAN_OFF_S + OFF_SHARE * np.maximum(planned - now, 0.0) / 1000.0
        return Closing(planned.astype(np.int64), off_s)
    going_on = track.seen_at + (metres - track.distance_m) * pace_ms
    at = np.where(metres > track.distance_m, np.maximum(planned, going_on), going_on)
    off_s = FIX_OFF_S + OFF_SHARE * np.maximum(at - now, 0.0) / 1000.0
    return Closing(at.astype(np.int64), off_s)


def closing_of_cutoffs(columns: Ints, cutoff_at: Ints) -> Closing:
    """Of a race without a sweep of its own: at its mats (s,) with a cutoff, on the second."""
    at = np.where(columns >= 0, cutoff_at[columns], NEVER)
    return Closing(at, np.zeros(len(at)))
