"""The devices: who is there, what each reads, whose clock is off, and which point is silent though runners are
due. For course control and the director."""

from __future__ import annotations

from typing import Literal

import msgspec

from homestretch.boards import Board, BoardKind, Choices
from homestretch.boards.alarms import Alarm, list_alarms
from homestretch.boards.clocks import ClockWords, list_clocks
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.reads import UnusedReads, make_unused_reads
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, RECENT_MS, Device

OFF_MS = 2_000
"""A clock that is off by less decides nothing that anybody would see."""
DOOR = "door:"
CORRECTING_ROLES: frozenset[Role] = frozenset(("control", "director"))

State = Literal["there", "gone", "told"]


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source. ``state``: there (connected), gone, or told (it comes with each message). Moments are UTC
    ms, None where there was none; ``clock_ms`` is ours minus its own, None while that is unknown."""

    source: str
    points: tuple[str, ...]
    unknown_places: tuple[str, ...]
    state: State
    state_since_at: int | None
    heard_at: int | None
    seen_at: int | None
    reads: int
    reads_a_minute: float
    clock_ms: int | None
    clock_off: bool
    battery: float | None
    on_mains: bool | None
    temperature_c: float | None
    reads_nobody: bool
    markers: int
    unreadable: tuple[tuple[str, int], ...]
    errors: tuple[str, ...]


class ReceiverRow(msgspec.Struct, frozen=True, kw_only=True):
    """Another system that is told what happens, as it was said last: ``failing`` with the reason and how much waits,
    or taking what it is sent. Moments are UTC ms."""

    name: str
    failing: bool
    since_at: int
    reason: str
    waiting: int
    tries: int


class AlarmSent(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that went out: when (UTC ms), to whom, in which words, after how many attempts."""

    sent_at: int
    to: str
    words: str
    tries: int


class DevicesBoard(Board, frozen=True, kw_only=True):
    """``troubles``: what was in the way at the doors. ``may_correct``: the viewer may say that a clock is
    wrong. ``doubled``: bibs whose chips are read at the same moment everywhere."""

    alarms: tuple[Alarm, ...]
    clocks: ClockWords
    may_correct: bool
    devices: tuple[DeviceRow, ...]
    troubles: tuple[tuple[str, str, int], ...]
    reads: UnusedReads
    doubled: tuple[tuple[str, str], ...] = ()
    receivers: tuple[ReceiverRow, ...] = ()
    alarms_sent: tuple[AlarmSent, ...] = ()
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, _: Choices) -> DevicesBoard:
    """The board of the devices; RefusedError for who does not keep the ledger."""
    if viewer.role not in LEDGER_ROLES:
        raise RefusedError(said("The devices are for course control."), said("Open your own link."))
    state = picture.state
    told = [device for device in state.devices if not device.source.startswith(DOOR)]
    return DevicesBoard(
        frame=make_frame(picture, viewer),
        alarms=tuple(list_alarms(picture)),
        clocks=list_clocks(picture),
        may_correct=viewer.role in CORRECTING_ROLES,
        devices=tuple(_row(picture, device) for device in told),
        troubles=tuple(
            (device.source.removeprefix(DOOR), words, device.last_heard_at)
            for device in state.devices
            if device.source.startswith(DOOR)
            for words in device.errors
        ),
        reads=make_unused_reads(picture),
        doubled=_list_doubled(picture),
        receivers=_list_receivers(picture),
        alarms_sent=tuple(
            AlarmSent(sent_at=one.seen_at, to=one.to, words=one.alarm, tries=one.tries)
            for one in picture.state.deliveries
            if one.alarm
        ),
    )


def _list_receivers(picture: Picture) -> tuple[ReceiverRow, ...]:
    newest = {one.to: one for one in reversed(picture.state.deliveries)}
    return tuple(
        ReceiverRow(
            name=name,
            failing=one.outcome == "failing",
            since_at=one.seen_at,
            reason=one.reason,
            waiting=one.waiting,
            tries=one.tries,
        )
        for name, one in sorted(newest.items())
    )


def _list_doubled(picture: Picture) -> tuple[tuple[str, str], ...]:
    """Two chips that keep a distance of hundredths at every mat: perhaps one person wears both."""
    bibs = picture.state.roster.bibs
    found = picture.companions.doubled if picture.companions is not None else ()
    return tuple((bibs[one], bibs[other]) for one, other in found)


def _row(picture: Picture, device: Device) -> DeviceRow:
    points, status = picture.state.points, device.status
    silent = any(points.silent[column] for column in device.points)
    known = {name.casefold() for name in device.places}
    return DeviceRow(
        source=device.source,
        points=tuple(points.names[column] for column in device.points),
        unknown_places=() if device.points else tuple(sorted(known)),
        state="told" if device.connected is None else "there" if device.connected else "gone",
        state_since_at=_moment(device.connected_at),
        heard_at=_moment(device.last_heard_at),
        seen_at=_moment(device.last_seen_at),
        reads=device.reads,
        reads_a_minute=round(device.recent / (RECENT_MS / 60_000), 1),
        clock_ms=device.offset_ms,
        clock_off=device.offset_ms is not None and abs(device.offset_ms) > OFF_MS,
        battery=None if status is None else status.battery,
        on_mains=None if status is None else status.on_mains,
        temperature_c=None if status is None else status.temperature_c,
        reads_nobody=silent and bool(device.connected),
        markers=device.markers,
        unreadable=device.unreadable,
        errors=device.errors,
    )


def _moment(at: int) -> int | None:
    return None if at == NEVER else at


def pulse(picture: Picture, _: Choices) -> object:
    """A device came or went, a point fell silent, a clock seems wrong or was corrected."""
    state = picture.state
    connected = tuple(device.connected for device in state.devices)
    findings = () if picture.clocks is None else picture.clocks.findings
    return state.points.silent.tobytes(), connected, findings, state.corrections, state.deliveries


BOARD = BoardKind(
    pulse=pulse,
    name="devices",
    path="/{event}/devices",
    who=LEDGER_ROLES,
    choices=Choices,
    rows=rows,
    template="devices.html",
)
