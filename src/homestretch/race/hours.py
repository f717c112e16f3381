"""The hours of an event: when its date begins, when the first gun is, and from when on nobody is on the road."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from homestretch.race.event import Event

AFTER_MS: Final = 3 * 3_600_000
WALKING_S_PER_KM: Final = 900


class Hours(NamedTuple):
    """When the event's date begins, its first gun, and from when on nobody is on the road (UTC ms)."""

    midnight_at: int
    first_gun_at: int
    over_at: int


def list_hours(event: Event) -> Hours:
    """The hours of an event by its plan: three hours after the last cutoff, else after a walk of the longest
    race that begins with the last gun, all is over."""
    guns = [wave.gun_at for race in event.races for wave in race.waves]
    ends = [at for point in event.points for at in point.cutoff_at.values()]
    if not ends:
        longest_km = max(race.distance_m for race in event.races) / 1000.0
        ends = [max(guns) + round(longest_km * WALKING_S_PER_KM * 1000)]
    midnight = dt.datetime.combine(
        dt.date.fromisoformat(event.date), dt.time(), tzinfo=event.zone_info
    )
    return Hours(int(midnight.timestamp()) * 1000, min(guns), max(*ends, max(guns)) + AFTER_MS)
