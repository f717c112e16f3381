"""Numbers in an item of the JSON door that are of the right type and still cannot be."""

from __future__ import annotations

import math

from homestretch.errors import FactError
from homestretch.facts import (
    AnyFact,
    ClockChecked,
    Corrected,
    DeviceStatus,
    Flag,
    HelpHeard,
    Ping,
    ProtestDecided,
    Struck,
    Unreadable,
)

LARGEST_OFFSET_MS = 100 * 366 * 86_400_000


def check_numbers(fact: AnyFact) -> None:
    """FactError for a number that is out of its range."""
    match fact:
        case Ping(lat=lat, lon=lon, accuracy_m=accuracy_m, speed_m_per_s=speed, battery=battery):
            possible = abs(lat) <= 90 and abs(lon) <= 180
            possible &= all(0 <= (number or 0) < 1e6 for number in (accuracy_m, speed))
            possible &= 0 <= (battery or 0) <= 1
        case DeviceStatus(battery=battery, temperature_c=celsius, antennas=antennas):
            possible = 0 <= (battery or 0) <= 1 and -100 <= (celsius or 0) <= 200
            possible &= 0 <= (antennas or 0) < 1000
        case ClockChecked(offset_ms=offset_ms):
            possible = abs(offset_ms) <= LARGEST_OFFSET_MS
        case Corrected(offset_ms=offset_ms):
            possible = abs(offset_ms) <= LARGEST_OFFSET_MS
        case (
            Struck(number=number, digest=digest)
            | HelpHeard(number=number, digest=digest)
            | ProtestDecided(number=number, digest=digest)
        ):
            possible = max(abs(number), abs(digest)) < 2**63
        case Flag(from_m=from_m):
            possible = from_m is None or (math.isfinite(from_m) and 0 <= from_m < 1e7)
        case Unreadable(more=more):
            possible = 0 <= more < 2**31
        case _:
            return
    if not possible:
        raise FactError("A number is out of its range.")
