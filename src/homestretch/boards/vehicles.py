"""Vehicles: who leads and sweeps for everybody, and for control every vehicle with its phone."""

from __future__ import annotations

import msgspec

from homestretch.boards.axis import Axis
from homestretch.boards.words import say_count
from homestretch.picture import Picture
from homestretch.race.event import VehicleKind
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import joined, said
from homestretch.state.snapshot import NEVER
from homestretch.state.vehicle_track import FIX_HOLDS_MS, VehicleTrack

SHOWN_TO_ALL: frozenset[VehicleKind] = frozenset(("sweep", "lead"))
STAFF: frozenset[Role] = frozenset(("director", "control"))
"""Who sees all other vehicles too, and how their phones are."""
KIND_WORDS: dict[VehicleKind, str] = {
    "sweep": said("sweep"),
    "lead": said("lead vehicle"),
    "marshal": said("marshal"),
    "bus": said("bus"),
    "other": said("vehicle"),
}
ON_COURSE_M = 150.0


class VehicleMark(msgspec.Struct, frozen=True, kw_only=True):
    """Another vehicle, where a fix at ``seen_at``, ``age_ms`` ago, put it."""

    name: str
    kind: VehicleKind
    at_m: float
    seen_at: int
    age_ms: int


class VehicleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle and its phone. Moments are UTC ms, None where there was none; ``battery`` is a share of 1.

    ``at_m`` are metres of its race as of ``placed_at``; ``off_m`` how far off the course the newest fix
    is, None while it is on it. ``left_out`` says in words which pings were not used.
    """

    name: str
    kind: str
    race: str
    at_m: float | None
    placed_at: int | None
    off_m: float | None
    seen_at: int | None
    heard_at: int | None
    battery: float | None
    stale: bool
    left_out: tuple[str, ...]


class VehicleTable(msgspec.Struct, frozen=True, kw_only=True):
    """Every vehicle of the plan; ``unknown`` are names that pings give and the plan does not know."""

    vehicles: tuple[VehicleRow, ...]
    unknown: tuple[tuple[str, int], ...]


def list_marks(picture: Picture, viewer: Viewer, axis: Axis) -> tuple[VehicleMark, ...]:
    """The vehicles beside the one that closes the course, as far as this viewer sees them: from the first gun
    of their race on, where a fix has put them that still holds."""
    if picture.state.over:
        return ()
    races = picture.event.races
    offset_m = {race.id: axis.offset_m[place] for place, race in enumerate(races)}
    begins_at = {race.id: min(wave.gun_at for wave in race.waves) for race in races}
    return tuple(
        VehicleMark(
            name=track.name,
            kind=track.kind,
            at_m=round(min(max(at_m + offset_m[track.race], 0.0), axis.length_m), 1),
            seen_at=track.placed_at,
            age_ms=max(0, picture.now - track.placed_at),
        )
        for track in picture.state.vehicles
        if not _closes(picture, track)
        and (track.kind in SHOWN_TO_ALL or viewer.role in STAFF)
        and (at_m := track.distance_m) is not None
        and picture.now - track.placed_at <= FIX_HOLDS_MS
        and picture.now >= begins_at[track.race]
    )


def make_vehicle_table(picture: Picture, viewer: Viewer) -> VehicleTable | None:
    """The table for control and the director; None for everybody else, and where there is nothing to say."""
    state = picture.state
    if viewer.role not in STAFF or not (state.vehicles or state.unknown_vehicles):
        return None
    return VehicleTable(
        vehicles=tuple(_row(picture, track) for track in state.vehicles),
        unknown=tuple(sorted(state.unknown_vehicles.items())),
    )


def _row(picture: Picture, track: VehicleTrack) -> VehicleRow:
    races = {race.id: race.name for race in picture.event.races}
    return VehicleRow(
        name=track.name,
        kind=KIND_WORDS[track.kind],
        race=races[track.race],
        at_m=None if track.distance_m is None else round(track.distance_m, 1),
        placed_at=_moment(track.placed_at),
        off_m=round(off_m, 1) if (off_m := track.off_m or 0.0) > ON_COURSE_M else None,
        seen_at=_moment(track.seen_at),
        heard_at=_moment(track.heard_at),
        battery=track.battery,
        stale=track.stale,
        left_out=tuple(_say_left_out(track)),
    )


def _say_left_out(track: VehicleTrack) -> list[str]:
    counts = (
        (track.repeated, said("only repeated the position before")),
        (track.jumped, said("farther away than anybody drives")),
        (track.inexact, said("too inexact")),
    )
    return [joined((say_count(count), words), " ") for count, words in counts if count]


def _closes(picture: Picture, track: VehicleTrack) -> bool:
    sweep = picture.event.sweep
    return sweep is not None and track.name == sweep.vehicle


def _moment(at: int) -> int | None:
    return None if at == NEVER else at
