"""What devices and people at the course say: reads, positions, sightings, how a device is, what nobody could read."""

from __future__ import annotations

from homestretch.facts.identity import Fact


class Read(Fact, frozen=True, kw_only=True, tag="read", omit_defaults=True):
    """A timing system detected a chip. ``place`` is the location name as the device says it."""

    chip: str
    place: str


class Ping(Fact, frozen=True, kw_only=True, tag="ping", omit_defaults=True):
    """One position of a vehicle's phone (degrees, metres, metres per second; battery as a share of 1)."""

    vehicle: str
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_m_per_s: float | None = None
    battery: float | None = None


class Sighting(Fact, frozen=True, kw_only=True, tag="sighting", omit_defaults=True):
    """A person saw this bib at this place then; unreadable digits are ``*``."""

    bib: str
    place: str
    by: str = ""
    text_ref: str | None = None


class Marker(Fact, frozen=True, kw_only=True, tag="marker", omit_defaults=True):
    """A device marked a moment at its place: a gun, a button. It proposes, an official decides."""

    place: str
    label: str = ""


class DeviceStatus(Fact, frozen=True, kw_only=True, tag="device-status", omit_defaults=True):
    """How a source is, as its own protocol or our side of the connection tells it.

    ``battery`` is a share of 1, ``temperature_c`` degrees Celsius; None where nothing was said.
    ``reading``: whether it is told to read (a box can talk and not read). ``errors`` are words.
    """

    of: str
    place: str = ""
    connected: bool | None = None
    reading: bool | None = None
    on_mains: bool | None = None
    battery: float | None = None
    temperature_c: float | None = None
    has_gps: bool | None = None
    antennas: int | None = None
    errors: tuple[str, ...] = ()


class ClockChecked(Fact, frozen=True, kw_only=True, tag="clock-checked", omit_defaults=True):
    """A source's own protocol told its clock: server time minus device time. Shown, not applied."""

    of: str
    offset_ms: int


class Unreadable(Fact, frozen=True, kw_only=True, tag="unreadable", omit_defaults=True):
    """Bytes that no reader understood: a named reason, and where the raw bytes are kept for a while.

    ``more``: this many others of the same source, which sends too many of them to keep each.
    """

    reason: str
    place: str = ""
    text_ref: str | None = None
    more: int = 0
