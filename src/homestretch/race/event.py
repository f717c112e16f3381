"""The plan of an event: its races, waves, timing points, sweep and doors, as event.toml says it."""

from __future__ import annotations

from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from homestretch.errors import NotFound
from homestretch.race.course import Course
from homestretch.race.saying import said


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Entrants who share one gun. ``division`` names a division that starts with it (wheelchair)."""

    name: str
    gun_at: int
    division: str = ""


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """One distance with its start and field; ``legs`` are the exchange points of a relay, in order;
    ``aliases`` what files of entrants call it beside its id and name. ``places_by`` is the time by which the race,
    its sexes and divisions are ranked, ``groups_by`` the one of its age groups (None: the same)."""

    id: str
    name: str
    distance_m: float
    waves: tuple[Wave, ...]
    places_by: Literal["gun", "net"] = "gun"
    groups_by: Literal["gun", "net"] | None = None
    legs: tuple[str, ...] = ()
    start_open_min: float = 60.0
    fastest_s_per_km: float = 160.0
    aliases: tuple[str, ...] = ()


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place where runners are read (``mat``) or cheered and seen (``station``).

    ``distance_m`` has one distance for each race that passes here; ``cutoff_at`` when it closes for a
    race; ``devices`` are the location names that readers give for it, without regard to case.
    """

    id: str
    name: str
    kind: Literal["mat", "station"] = "mat"
    distance_m: dict[str, float] = {}
    cutoff_at: dict[str, int] = {}
    devices: tuple[str, ...] = ()
    address: str = ""


USUAL_SWEEP = "sweep"
"""The sweep's vehicle where the plan does not name it."""


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """The car that closes the course: its race, when it leaves the start, and the closing pace."""

    race: str
    start_at: int
    pace_s_per_km: float
    vehicle: str = USUAL_SWEEP


VehicleKind: TypeAlias = Literal["sweep", "lead", "marshal", "bus", "other"]


class Vehicle(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle whose phone tells where it is. ``ids`` are what its phone calls itself, without regard to
    case; ``race`` is the race that it goes with (empty: the longest)."""

    name: str
    kind: VehicleKind
    ids: tuple[str, ...] = ()
    race: str = ""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """An address on which the event listens for a timing system's protocol, or (``calls``) at which it
    calls a device. ``place`` is what the plan calls a device that does not say where it stands."""

    reader: str
    host: str = "127.0.0.1"
    port: int
    place: str = ""
    calls: bool = False


class Privacy(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for entrants who said nothing: how they are shown. ``minimum_age`` (years): nobody younger is
    entered, so that an unknown age is no child's."""

    unless_told: Literal["name", "initials", "hidden"] = "initials"
    minimum_age: float | None = None


class Awards(msgspec.Struct, frozen=True, kw_only=True):
    """``podium`` places of each category get an award; who protests does so within ``protest_min`` minutes after the
    results were posted."""

    podium: int = 3
    protest_min: float = 30.0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The whole day, as the organiser planned it. All ``_at`` are UTC milliseconds."""

    id: str
    name: str
    date: str
    zone: str
    races: tuple[Race, ...]
    points: tuple[Point, ...]
    sweep: Sweep | None = None
    vehicles: tuple[Vehicle, ...] = ()
    doors: tuple[Door, ...] = ()
    privacy: Privacy = Privacy()
    awards: Awards = Awards()
    units: Literal["mi", "km"] = "km"
    language: str = "en"
    phone: str = ""
    emergency_phone: str = ""
    radio_channel: str = ""
    note: str = ""
    dead_time_s: float = 60.0

    def get_race(self, race_id: str) -> Race:
        """The race with this id, or NotFound."""
        for race in self.races:
            if race.id == race_id:
                return race
        known = ", ".join(race.id for race in self.races)
        raise NotFound(
            said("There is no race {race}.", race=repr(race_id)),
            said("The races are: {races}.", races=known),
        )

    def find_point(self, point_id: str) -> Point | None:
        """The point with this id, if there is one."""
        return next((point for point in self.points if point.id == point_id), None)

    def list_points(self, race_id: str) -> list[Point]:
        """The points of a race in the order of its course."""
        on_course = [point for point in self.points if race_id in point.distance_m]
        return sorted(on_course, key=lambda point: point.distance_m[race_id])

    @property
    def zone_info(self) -> ZoneInfo:
        """The event's time zone."""
        return ZoneInfo(self.zone)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What enters the log as the plan: the event and the line of its course."""

    event: Event
    course: Course
