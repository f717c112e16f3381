"""A vehicle as boards see it: where its phone last put it, how old that is, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.race.event import VehicleKind

FIX_HOLDS_MS = 5 * 60_000
"""so long a position of a vehicle is believed"""


@dataclass(frozen=True, slots=True)
class VehicleTrack:
    """A vehicle as its phone tells it. Moments are UTC ms, NEVER where there was none.

    ``heard_at`` is newer than ``received_at`` when its phone goes on talking without a new position.
    """

    name: str
    kind: VehicleKind
    race: str
    """the race that it goes with, on whose course it is"""
    seen_at: int
    """time of its newest fix that counts"""
    received_at: int
    """when that fix arrived"""
    heard_at: int
    """when anything last arrived from its phone"""
    lat: float | None
    lon: float | None
    distance_m: float | None
    """metres of its race; None while it has not been on the course"""
    placed_at: int
    """time of the fix that put it there"""
    off_m: float | None
    """how far off the course its newest fix is; None before the first"""
    battery: float | None
    """a share of 1"""
    stale: bool
    """its newest fix is older than ``FIX_HOLDS_MS``, or there is none"""
    fixes: int
    repeated: int
    """pings that only repeated the position before them"""
    jumped: int
    """fixes that no vehicle could have reached"""
    inexact: int
    """fixes too inexact to be used"""
