"""The vehicles of an event, the sweep's among them, and whose phone is whose."""

from __future__ import annotations

import msgspec

from homestretch.race.event import Event, Vehicle
from homestretch.race.spelling import place_key


def list_vehicles(event: Event) -> tuple[Vehicle, ...]:
    """Every vehicle of the plan. The one that ``[sweep]`` names is there also without a table of its own,
    and goes with the sweep's race."""
    sweep = event.sweep
    if sweep is None:
        return event.vehicles
    of_sweep = Vehicle(name=sweep.vehicle, kind="sweep", race=sweep.race)
    others = []
    for vehicle in event.vehicles:
        if place_key(vehicle.name) == place_key(sweep.vehicle):
            of_sweep = msgspec.structs.replace(of_sweep, ids=vehicle.ids)
        else:
            others.append(vehicle)
    return (of_sweep, *others)


def find_vehicle(event: Event, name: str) -> Vehicle | None:
    """The vehicle with this name, however it is written."""
    key = place_key(name)
    return next((one for one in list_vehicles(event) if place_key(one.name) == key), None)


def list_phones(event: Event) -> dict[str, str]:
    """What phones call themselves (casefolded) -> the vehicle's name. A phone that is called like its
    vehicle is known without ``ids``."""
    vehicles = list_vehicles(event)
    by_name = {vehicle.name.casefold(): vehicle.name for vehicle in vehicles}
    by_id = {each.casefold(): vehicle.name for vehicle in vehicles for each in vehicle.ids}
    return by_name | by_id
