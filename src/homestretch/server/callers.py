"""Who knocks at the door of a protocol over HTTP: the key that was shown, and what the plan knows of phones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from homestretch.race.event import Event
from homestretch.race.vehicles import find_vehicle, list_phones
from homestretch.readers import Caller
from homestretch.store.keys import Key


def make_caller(signed: str, key: Key, event: Event | None, zone: ZoneInfo, date: str) -> Caller:
    """What a reader is told of a request's key, which signs as ``signed``; ``event`` is the plan that holds,
    None before one was loaded. The vehicle of a key is the one that it was made for, else the one that it
    is called like."""
    if event is None:
        return Caller(signed, key.station, zone, date)
    named = [find_vehicle(event, name) for name in (key.station, key.label) if name]
    vehicle = next((found.name for found in named if found), "")
    return Caller(signed, key.station, zone, date, vehicle, list_phones(event))
