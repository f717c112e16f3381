"""What the processes of a server must know: which events, where their doors are, by which clock."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from homestretch.race.clock import EventClock
from homestretch.server.held_clock import HeldClock
from homestretch.server.push_key import PushKey
from homestretch.server.tls import Tls


class DoorSpec(msgspec.Struct):
    """The protocol spoken at a door, and the listening socket handed down for it; or, without one (-1), the
    device that is called. ``place`` is what the plan calls the device."""

    reader: str
    fd: int
    host: str
    port: int
    place: str = ""


class EventSpec(msgspec.Struct):
    """An event that a keeper serves: its id, its store, its doors."""

    id: str
    folder: str
    store: str
    zone: str
    date: str
    doors: list[DoorSpec]
    push: PushKey | None = None
    push_public: str = ""

    def list_ports(self) -> list[tuple[str, int]]:
        """(reader, port) of each door at which devices knock."""
        return [(door.reader, door.port) for door in self.doors if door.fd >= 0]


class FrontSpec(msgspec.Struct):
    """What a front must know: the way to the keeper, where the pages listen, whose headers are trusted."""

    wire: str
    http_fd: int
    behind_proxy: str = ""
    tls: Tls | None = None
    push_keys: dict[str, str] = {}
    folders: dict[str, str] = {}
    """the folders of the events by id: what is uploaded is kept in them"""


class PushSpec(msgspec.Struct):
    """What the process that sends to phones must know: the way to the keeper, and the key of each event."""

    wire: str
    keys: dict[str, PushKey]


class BesideSpec(msgspec.Struct):
    """What the process beside the keeper must know: the way to it, and the folders of the events by id."""

    wire: str
    folders: dict[str, str] = {}


class ServerSpec(msgspec.Struct):
    """What the keeper of a server must know. It may hold a password: the supervisor tells it on a pipe."""

    events: list[EventSpec]
    wire: str
    http_fd: int
    clock: EventClock = EventClock()
    clock_file: str = ""
    """where the processes of a rehearsal agree on when its clock goes"""
    rehearsal: str = ""
    behind_proxy: str = ""
    tls: Tls | None = None

    @property
    def of_front(self) -> FrontSpec:
        """What a front may know of it."""
        keys = {event.id: event.push_public for event in self.events if event.push}
        folders = {event.id: event.folder for event in self.events}
        return FrontSpec(self.wire, self.http_fd, self.behind_proxy, self.tls, keys, folders)

    @property
    def pushing(self) -> PushSpec:
        """What the process may know that sends to phones."""
        keys = {event.id: event.push for event in self.events if event.push}
        return PushSpec(f"{self.wire}-pushing", keys)

    @property
    def beside(self) -> BesideSpec:
        """What the process that forecasts may know: a way to the keeper on which it is trusted."""
        folders = {event.id: event.folder for event in self.events}
        return BesideSpec(f"{self.wire}-beside", folders)

    def make_clock(self) -> HeldClock:
        """The clock of the events."""
        return HeldClock(self.clock, Path(self.clock_file) if self.clock_file else None)


def environment_of(event: EventSpec) -> dict[str, str]:
    """The environment of a command about an event: it names the database that the event is kept in."""
    named = {} if event.store == event.folder else {"HOMESTRETCH_DATABASE": event.store}
    return {**os.environ, **named}
