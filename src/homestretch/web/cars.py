"""Vehicles on the ribbon in words: what each is called, and how old its last word is."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.boards.ribbon import SweepMark
from homestretch.boards.vehicles import VehicleMark
from homestretch.boards.words import say_age
from homestretch.race.clock import say_pace
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER

FRESH_MS = 60_000
"""A fix that is older is said with its age."""


@dataclass(frozen=True, slots=True)
class Car:
    """A vehicle on the road: which kind, and what it says when pointed at."""

    x: str
    kind: str
    title: str


def say_sweep(sweep: SweepMark, units: str) -> str:
    """The closing pace while its phone is heard each minute, else how old its last word is."""
    if sweep.seen_at == NEVER:
        return said("sweep, by its plan")
    if sweep.planned or sweep.age_ms > FRESH_MS:
        return said("sweep, heard {age}", age=say_age(sweep.age_ms))
    return said("sweep {pace}", pace=say_pace(sweep.pace_s_per_km, units))


def say_car(car: VehicleMark) -> str:
    """``lead-car, heard 2 min ago``"""
    return said("{car}, heard {age}", car=car.name, age=say_age(car.age_ms))
