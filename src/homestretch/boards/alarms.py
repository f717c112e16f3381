"""What course control must look at now: points at which runners are due and nobody is read, and clocks that
seem wrong."""

from __future__ import annotations

import msgspec

from homestretch.boards.clocks import list_clocks
from homestretch.boards.words import LEDGER_ROLES, list_words
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, said
from homestretch.state.snapshot import NEVER, Device


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A timing point at which runners are due and nobody is read. ``since_at`` (UTC ms) is when it was heard
    last, None: never; ``devices`` says of each device there how it is."""

    point: str
    name: str
    since_at: int | None
    devices: tuple[str, ...]


def list_sentences(picture: Picture, viewer: Viewer) -> tuple[str, ...]:
    """Every alarm in a sentence, for those who keep the ledger."""
    if viewer.role not in LEDGER_ROLES:
        return ()
    zone = picture.event.zone_info
    silent = [
        said(
            "Nobody is read at {point} since {time}, and runners are due.",
            point=alarm.name,
            time=say_time(alarm.since_at, zone),
        )
        if alarm.since_at
        else said("Nobody is read at {point}, and runners are due.", point=alarm.name)
        for alarm in list_alarms(picture)
    ]
    wrong = [
        said(
            "The clock of {device} at {point} seems wrong.",
            device=one.source or said("a device"),
            point=one.point,
        )
        for one in list_clocks(picture).proposals
    ]
    return (*silent, *wrong)


def list_alarms(picture: Picture) -> list[Alarm]:
    """The points that are silent while runners are due there, each with how its devices are."""
    points = picture.state.points
    return [
        Alarm(
            point=points.ids[column],
            name=points.names[column],
            since_at=_moment(int(points.heard_at[column])),
            devices=tuple(
                _say_of(picture, device)
                for device in picture.state.devices
                if column in device.points
            ),
        )
        for column in range(len(points.ids))
        if points.silent[column]
    ]


def _say_of(picture: Picture, device: Device) -> str:
    """How a device at a silent point is: off, gone, or there and reading nobody."""
    name = list_words(list(device.places)) or device.source
    if device.connected is False:
        since = say_time(device.connected_at, picture.event.zone_info)
        gone = said("{device} is gone since {time}", device=name, time=since)
        return joined((gone, f"({device.errors[0]})"), " ") if device.errors else gone
    if device.status is not None and device.status.reading is False:
        return said("{device} is there, and is told not to read", device=name)
    if device.connected:
        return said("{device} is connected and reads nobody", device=name)
    return said("{device} sends nothing", device=name)


def _moment(at: int) -> int | None:
    return None if at == NEVER else at
