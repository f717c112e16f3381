"""For what a key speaks: its role, and the point or the vehicle of the plan that it was made for.

A lost phone that can ping as the sweep car, or a box that can read at the finish, would do more harm than the
one device that it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from homestretch.errors import FactError
from homestretch.facts import (
    AnyFact,
    DeviceStatus,
    HelpCalled,
    Marker,
    Ping,
    Read,
    Sighting,
    TakenOver,
    Withdrawn,
)
from homestretch.race.privacy import Role
from homestretch.race.saying import said
from homestretch.race.spelling import place_key


def _it_is(name: str) -> str:
    return said("It is {name}.", name=name)


def _itself(place: str) -> frozenset[str]:
    """What a place means while there is no plan."""
    return frozenset({place})


class Bound(NamedTuple):
    """A key's role, the point that it was made for (``station``), the vehicle that it is (``vehicle``), and
    which points of the plan a place means; none for a place that the plan does not know."""

    role: Role
    station: str = ""
    vehicle: str = ""
    points_of: Callable[[str], frozenset[str]] = _itself

    def check(self, fact: AnyFact) -> None:
        """FactError when this is another's to say."""
        if self.role == "station" and isinstance(
            fact, Sighting | TakenOver | Withdrawn | HelpCalled
        ):
            self._check_station(fact.place)
        elif self.role == "device":
            self._check_device(fact)
        elif self.role == "sweep" and isinstance(fact, TakenOver):
            self._check_sweep(fact)

    def _check_station(self, place: str) -> None:
        """A person stands in one place: a name that means others as well will not do."""
        if self.station and place and not self._is_here(place, alone=True):
            raise FactError(said("A station's key speaks for its own place."), _it_is(self.station))

    def _check_sweep(self, fact: TakenOver) -> None:
        """A driver takes people on board of the own vehicle, and lets them off; who goes on is control's word."""
        if fact.taken_by == "vehicle":
            raise FactError(said("Whom a vehicle carries ahead is said by course control."))
        if fact.taken_by == "bus" and not fact.keeper:
            raise FactError(said("A driver says which vehicle has somebody."), _it_is(self.vehicle))

    def _check_device(self, fact: AnyFact) -> None:
        is_vehicle = (
            bool(self.vehicle)
            and place_key(self.station) == place_key(self.vehicle)
            and not self.points_of(self.station)
        )
        match fact:
            case Ping(vehicle=vehicle):
                if self.vehicle and place_key(vehicle) != place_key(self.vehicle):
                    raise FactError(said("This key speaks for one vehicle."), _it_is(self.vehicle))
                if self.station and not is_vehicle:
                    raise FactError(said("This key speaks for one point."), _it_is(self.station))
            case Read(place=place) | Marker(place=place) | DeviceStatus(place=place):
                if is_vehicle and place:
                    raise FactError(said("This key speaks for one vehicle."), _it_is(self.vehicle))
                if self.station and place and not self._may_be_here(place):
                    raise FactError(said("This key speaks for one point."), _it_is(self.station))

    def _may_be_here(self, place: str) -> bool:
        """Whether a device of this point can call its place so: one that nobody knows waits to be named."""
        return not self.points_of(place) or self._is_here(place)

    def _is_here(self, place: str, *, alone: bool = False) -> bool:
        meant = {place_key(point) for point in self.points_of(place)}
        here = place_key(self.station)
        return meant == {here} if alone else here in meant
