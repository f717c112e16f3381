"""The splits of one runner: each point of the own course, with the read that says so, a hole, or what is ahead."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import expected_at
from homestretch.picture import Picture
from homestretch.race.privacy import STAFF, Viewer
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Status


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a split rests on: the moment of the read (UTC ms) and, for staff, its position in the log."""

    read_at: int
    seq: int | None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the runner's course. Exactly one of these holds: it was passed (``passed_at``), the
    mat missed the runner (``missed``), it is ahead (with an interval in which four of five come and about its
    middle, UTC ms, when they can be said; ``expected_soon``: any minute)."""

    point: str
    name: str
    distance_m: float
    passed_at: int | None = None
    net_ms: int | None = None
    gun_ms: int | None = None
    leg_pace_s_per_km: float | None = None
    missed: bool = False
    expected_from_at: int | None = None
    expected_until_at: int | None = None
    expected_at: int | None = None
    expected_soon: bool = False
    evidence: Evidence | None = None


def list_splits(picture: Picture, viewer: Viewer, row: int) -> tuple[Split, ...]:
    """The points of an entrant's own course: those that were passed, the holes, and those ahead."""
    state, roster = picture.state, picture.state.roster
    distances = state.points.distance_m[int(roster.race[row])]
    columns = [int(column) for column in np.argsort(distances) if not np.isnan(distances[column])]
    if roster.leg[row] != NEVER:
        columns = [c for c in columns if _in_own_leg(picture, row, float(distances[c]))]
    reached_m = float(state.last_proof_m[row]) if state.last_proof_at[row] != NEVER else -1.0
    if state.finish_at[row] != NEVER:
        reached_m = float("inf")
    splits: list[Split] = []
    before: tuple[int, float] | None = None
    for column in columns:
        at, at_m = int(state.passed_at[row, column]), float(distances[column])
        if at != NEVER:
            splits.append(_passed(picture, viewer, row, column, at, at_m, before))
            before = (at, at_m)
        elif at_m < reached_m or _may_come(picture, row):
            splits.append(_not_passed(picture, row, column, at_m, missed=at_m < reached_m))
    return tuple(splits)


def _may_come(picture: Picture, row: int) -> bool:
    return Status(int(picture.state.status[row])) in (Status.ENTERED, *ON_THE_ROAD)


def _in_own_leg(picture: Picture, row: int, at_m: float) -> bool:
    roster = picture.state.roster
    distances = picture.state.points.distance_m[int(roster.race[row])]
    start, end = int(roster.start_point[row]), int(roster.end_point[row])
    first_m = float(distances[start]) if start != NEVER else 0.0
    last_m = float(distances[end]) if end != NEVER else float("inf")
    return first_m <= at_m <= last_m


def _passed(
    picture: Picture,
    viewer: Viewer,
    row: int,
    column: int,
    at: int,
    at_m: float,
    before: tuple[int, float] | None,
) -> Split:
    state = picture.state
    pace = None
    if before is not None and at_m > before[1]:
        pace = round((at - before[0]) / (at_m - before[1]), 1)
    start_at, is_start = int(state.start_at[row]), column == state.roster.start_point[row]
    seq = int(state.evidence[row, column])
    return Split(
        point=state.points.ids[column],
        name=state.points.names[column],
        distance_m=at_m,
        passed_at=at,
        net_ms=None if is_start or start_at == NEVER else at - start_at,
        gun_ms=None if is_start else at - int(state.roster.gun_at[row]),
        leg_pace_s_per_km=pace,
        evidence=Evidence(read_at=at, seq=seq if viewer.role in STAFF and seq != NEVER else None),
    )


def _not_passed(picture: Picture, row: int, column: int, at_m: float, *, missed: bool) -> Split:
    points = picture.state.points
    on_road = Status(int(picture.state.status[row])) in ON_THE_ROAD
    point = points.ids[column]
    expected = expected_at(picture, row, point, at_m) if on_road and not missed else None
    return Split(
        point=point,
        name=points.names[column],
        distance_m=at_m,
        missed=missed,
        expected_from_at=expected.from_at if expected else None,
        expected_until_at=expected.until_at if expected else None,
        expected_at=expected.about_at if expected else None,
        expected_soon=bool(expected and expected.soon),
    )
