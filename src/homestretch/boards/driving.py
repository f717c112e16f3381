"""What the driver of a sweep vehicle sees: who is just ahead, who was passed and walks on, who rides, what is next."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import find_unseen, positions
from homestretch.picture import Picture
from homestretch.race.event import Vehicle
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.spelling import place_key
from homestretch.race.vehicles import find_vehicle, list_vehicles
from homestretch.showing import shown
from homestretch.state.snapshot import ON_THE_ROAD, Ints, Mark, Status

DRIVERS: frozenset[Role] = frozenset(("sweep",))
NEAR = 8
"""People ahead, and behind, whom a driver is shown."""


class NearRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody near the vehicle: ``by_m`` metres ahead of it (behind it, when passed), and how many minutes those
    are at its closing pace. ``seen_at`` (UTC ms) is their last proof, at ``seen_m`` of the course; ``stops``: they
    have said to stop; ``unsure``: no point has read them where they were due, and they may be anywhere."""

    who: Shown
    by_m: float
    by_min: float
    seen_at: int
    stops: bool
    unsure: bool


class Rider(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on board, since when (UTC ms)."""

    who: Shown
    since_at: int


class NextStop(msgspec.Struct, frozen=True, kw_only=True):
    """The next point on the road: metres from here, and its address."""

    id: str
    name: str
    in_m: float
    address: str


class Driving(msgspec.Struct, frozen=True, kw_only=True):
    """``at_m``: where the vehicle is along its course, None before its phone was heard (``seen_at``: its last fix,
    UTC ms; None while only its plan says where it is). ``reckoned``: where people are now is reckoned; else it is
    where they were last seen. ``others`` are vehicles to which people can be handed. ``speed``: how many times as fast
    as life the event's clock runs."""

    vehicle: str
    race: str
    at_m: float | None
    seen_at: int | None
    reckoned: bool
    ahead: tuple[NearRow, ...]
    passed: tuple[NearRow, ...]
    passed_count: int
    on_board: tuple[Rider, ...]
    stop: NextStop | None
    others: tuple[str, ...]
    speed: float


def make_driving(picture: Picture, viewer: Viewer) -> Driving:
    """The page of the vehicle that the viewer's key was made for."""
    vehicle = find_vehicle(picture.event, viewer.station) if viewer.station else None
    race = _race_of(picture, vehicle)
    at_m, seen_at = _find_place(picture, vehicle)
    ahead, passed = _find_near(picture, race, at_m)
    return Driving(
        vehicle=vehicle.name if vehicle else viewer.station,
        race=picture.event.races[race].name,
        at_m=at_m,
        seen_at=seen_at,
        reckoned=not bool(picture.state.quiet[race]),
        ahead=_near(picture, viewer, ahead[:NEAR], at_m),
        passed=_near(picture, viewer, passed[:NEAR], at_m),
        passed_count=len(passed),
        on_board=_on_board(picture, viewer, vehicle),
        stop=_next_stop(picture, race, at_m),
        others=tuple(
            other.name
            for other in list_vehicles(picture.event)
            if other.kind in ("sweep", "bus") and (vehicle is None or other.name != vehicle.name)
        ),
        speed=picture.speed,
    )


def _race_of(picture: Picture, vehicle: Vehicle | None) -> int:
    """The position of the race that a vehicle goes with: its own, the sweep's, or the longest."""
    races, sweep = picture.event.races, picture.event.sweep
    wanted = vehicle.race if vehicle and vehicle.race else sweep.race if sweep else ""
    longest = max(range(len(races)), key=lambda number: races[number].distance_m)
    return next((number for number, race in enumerate(races) if race.id == wanted), longest)


def _find_place(picture: Picture, vehicle: Vehicle | None) -> tuple[float | None, int | None]:
    """Metres along the course and the last fix (UTC ms); the car that closes the course is where its plan has it
    while its phone is silent."""
    sweep, track = picture.event.sweep, picture.state.sweep
    if vehicle is None:
        return None, None
    if sweep and track and place_key(sweep.vehicle) == place_key(vehicle.name):
        return track.distance_m, track.seen_at if track.fixes else None
    own = next((one for one in picture.state.vehicles if one.name == vehicle.name), None)
    if own is None or own.distance_m is None:
        return None, None
    return own.distance_m, own.placed_at


def _find_near(picture: Picture, race: int, at_m: float | None) -> tuple[Ints, Ints]:
    """Rows on the road of the race, the nearest first: ahead of the vehicle, and behind it. Nobody counts as passed
    before the vehicle has moved."""
    state = picture.state
    rows = np.flatnonzero(
        np.isin(state.status, ON_THE_ROAD) & (state.roster.race == race) & (state.roster.leg < 0)
    )
    rows = rows[[state.roster.role[row] != "sweeper" for row in rows.tolist()]]
    if at_m is None or not len(rows):
        return rows[:0], rows[:0]
    gap_m = positions(picture, rows) - at_m
    known = ~np.isnan(gap_m)
    rows, gap_m = rows[known], gap_m[known]
    order = np.argsort(np.abs(gap_m), kind="stable")
    rows, gap_m = rows[order], gap_m[order]
    return rows[gap_m >= 0], rows[gap_m < 0] if at_m > 0 else rows[:0]


def _near(picture: Picture, viewer: Viewer, rows: Ints, at_m: float | None) -> tuple[NearRow, ...]:
    if at_m is None:
        return ()
    state, sweep = picture.state, picture.event.sweep
    pace = sweep.pace_s_per_km if sweep else 600.0
    unseen = find_unseen(picture, rows).tolist()
    gaps = np.abs(positions(picture, rows) - at_m).tolist()
    return tuple(
        NearRow(
            who=shown(picture, viewer, row),
            by_m=round(gap_m, 1),
            by_min=round(gap_m * pace / 60_000, 1),
            seen_at=int(state.last_proof_at[row]),
            stops=bool(state.marks[row] & Mark.SAID_TO_WITHDRAW),
            unsure=bool(late),
        )
        for row, gap_m, late in zip(rows.tolist(), gaps, unseen, strict=True)
    )


def riders_of(picture: Picture, vehicle: str) -> list[int]:
    """Rows of who rides in a vehicle now: each entrant has one status and one keeper, so nobody rides in two."""
    state, key = picture.state, place_key(vehicle)
    return [
        row
        for row in np.flatnonzero(state.status == Status.RIDING).tolist()
        if place_key(state.held_by.get(row, "")) == key
    ]


def _on_board(picture: Picture, viewer: Viewer, vehicle: Vehicle | None) -> tuple[Rider, ...]:
    if vehicle is None:
        return ()
    proof = picture.state.last_proof_at
    return tuple(
        Rider(who=shown(picture, viewer, row), since_at=int(proof[row]))
        for row in riders_of(picture, vehicle.name)
    )


def _next_stop(picture: Picture, race: int, at_m: float | None) -> NextStop | None:
    """The next point where people stand."""
    race_id = picture.event.races[race].id
    here = at_m or 0.0
    for point in picture.event.list_points(race_id):
        if point.distance_m[race_id] > here:
            return NextStop(
                id=point.id,
                name=point.name,
                in_m=round(point.distance_m[race_id] - here, 1),
                address=point.address,
            )
    return None
