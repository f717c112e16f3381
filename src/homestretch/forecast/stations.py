"""A station: who is still to come, how many a minute, and when the last one is expected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.forecast.last import AT_ALL, until_all
from homestretch.forecast.values import Coming, Forecast, p_within
from homestretch.state.snapshot import NEVER, Bools, Floats

EVEN, SURE = 0.5, 0.99
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class StationAhead:
    """What is expected at one place."""

    per_minute: Floats
    """(minutes,) expected arrivals in each minute from now on"""
    to_come: float
    """how many are expected to come at all, of those who are on their way"""
    last_at: int
    """UTC ms before which all of them who are not overdue have come with 99 %; NEVER: nobody is to come"""
    even_at: int
    """UTC ms before which, as likely as not, they all have come; NEVER: nobody is to come"""
    overdue: int
    """of how many nobody knows: they are looked for, a station does not wait for them alone"""
    not_started: int
    """entrants of whom nothing has been seen; they may come yet while a start is open"""


def look_ahead(
    forecast: Forecast, place: int, minutes: int, not_started: int = 0, rows: Bools | None = None
) -> StationAhead:
    """What is expected at one of the forecast's places, of all runners or of some (n,)."""
    comes = forecast.in_s[:, place, 0] >= 0
    if rows is not None:
        comes &= rows
    overdue = comes & (forecast.coming[:, place] == Coming.OVERDUE)
    chosen = np.flatnonzero(comes & ~overdue)
    in_s = forecast.in_s[chosen, place]
    p_to_come = forecast.p_to_come[chosen, place].astype(np.float64)
    until = np.arange(minutes + 1) * MINUTE_S
    soon = in_s[:, 0] - AT_ALL * (in_s[:, 1] - in_s[:, 0]) <= until[-1]
    come_by = np.array([float((p_to_come[soon] * p_within(in_s[soon], at)).sum()) for at in until])
    come_by[0] = 0.0
    even_at, last_at = (
        forecast.now + 1000 * until_all(in_s, p_to_come, level) if len(in_s) else NEVER
        for level in (EVEN, SURE)
    )
    return StationAhead(
        per_minute=np.diff(come_by),
        to_come=float(p_to_come.sum()),
        last_at=last_at,
        even_at=even_at,
        overdue=int(overdue.sum()),
        not_started=not_started,
    )
