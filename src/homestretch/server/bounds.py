"""For what a key speaks: its own point or vehicle, and nothing beyond."""

from __future__ import annotations

from collections.abc import Sequence

from homestretch.errors import FactError, RefusedError
from homestretch.facts import encode
from homestretch.live import Live
from homestretch.race.saying import said
from homestretch.race.vehicles import find_vehicle
from homestretch.readers import Heard, unreadable
from homestretch.readers.speaking import Bound
from homestretch.state.places import make_ids
from homestretch.store.keys import Key, signature_of


def bound_of(live: Live, keys: Sequence[Key], key: Key) -> Bound:
    """For what a key speaks, as the plan that holds says it; RefusedError for one that was made for no place."""
    if key.role == "station" and not key.station:
        raise RefusedError(said("This key was made for no place."), said("Make one with --at."))
    if key.role == "sweep" and not key.station:
        raise RefusedError(said("This key was made for no vehicle."), said("Make one with --at."))
    if live.picture is None:
        return Bound(key.role, key.station)
    event = live.picture.event
    names = (key.station, signature_of(key, keys).by)
    vehicles = [vehicle.name for name in names if name and (vehicle := find_vehicle(event, name))]
    return Bound(key.role, key.station, vehicles[0] if vehicles else "", make_ids(event))


def within(bound: Bound, item: Heard, at: int) -> Heard:
    """What a device said, or, when it was another's to say, its words as unreadable ones."""
    said = item.received
    try:
        bound.check(said.fact)
    except FactError as error:
        return unreadable(encode(said.fact), error.what, said.source, at, number=said.number)
    return item
