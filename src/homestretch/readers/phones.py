"""Fixes of phones in vehicles, whatever app sends them: whose the phone is, and its numbers as a ping."""

from __future__ import annotations

import math
from collections.abc import Iterable

from homestretch.errors import FactError
from homestretch.facts import Ping
from homestretch.readers import Caller, Reply, clean_name

LATEST_AT = 4_102_444_800_000
"""The year 2100, UTC ms."""
LARGEST = 1e6
NOBODYS = "a phone that is in no vehicle of the plan"


def find_vehicle(caller: Caller, names: Iterable[object]) -> str:
    """The vehicle that the plan puts this phone into, by what it calls itself (the most telling name
    first), else the one of the key; empty: none."""
    for name in names:
        found = caller.phones.get(str(name).strip().casefold())
        if found:
            return found
    return caller.vehicle


def refuse(names: Iterable[object]) -> Reply:
    """The answer to a phone that is in no vehicle. It keeps its fixes and sends them again, so nothing is
    lost when the plan learns of it."""
    said = [f'"{name}"' for each in names if (name := clean_name(str(each), 60))]
    called = f"calls itself {' and '.join(said)}" if said else "does not say what it is called"
    words = (
        f"No vehicle has this phone: it {called}. Write what it is called into the ids of a [[vehicle]] "
        "in event.toml, or make its key with --at and the name of the vehicle.\n"
    )
    return Reply([], 400, words.encode(), trouble=NOBODYS)


def make_ping(
    vehicle: str,
    at: int | None,
    lat: object,
    lon: object,
    *,
    accuracy_m: object = None,
    speed_m_per_s: float | None = None,
    battery: float | None = None,
) -> Ping:
    """A fix as a fact; FactError with the reason for one that cannot be kept. ``at`` is UTC ms.

    Speed and battery that cannot be are left out: a fix is worth more than they are.
    """
    if at is None:
        raise FactError("a fix without its time")
    if not 0 < at < LATEST_AT:
        raise FactError("a fix with a time that cannot be")
    north, east = find_number(lat), find_number(lon)
    if north is None or east is None:
        raise FactError("a fix without its place")
    if abs(north) > 90 or abs(east) > 180:
        raise FactError("a fix that is nowhere on the Earth")
    within_m = find_number(accuracy_m)
    if within_m is not None and within_m < 0:
        raise FactError("a fix that the phone itself calls wrong")  # how an iPhone says so
    return Ping(
        seen_at=at,
        vehicle=vehicle,
        lat=north,
        lon=east,
        accuracy_m=_up_to(LARGEST, within_m),
        speed_m_per_s=_up_to(LARGEST, speed_m_per_s),
        battery=_up_to(1.0, battery),
    )


def _up_to(most: float, number: float | None) -> float | None:
    return number if number is not None and 0 <= number <= most else None


def find_number(value: object) -> float | None:
    """A finite number that was sent as one, or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def scaled(value: object, unit: float) -> float | None:
    """A number in ``unit``s, to three decimals."""
    number = find_number(value)
    return None if number is None else round(number * unit, 3)
