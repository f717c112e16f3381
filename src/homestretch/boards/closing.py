"""Every point of the course in one table: how many are still to come, when it may close, how its devices are."""

from __future__ import annotations

import msgspec

from homestretch.boards.clearing import find_clearing
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.race.privacy import Viewer
from homestretch.sharing import once_a_picture
from homestretch.state.snapshot import NEVER


class ClosingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A point. ``to_come`` are expected there still, None before anything is forecast; ``may_close_at`` (UTC ms):
    the last of those on their way has come with 99 % and the sweep is through, None while somebody may still start
    or nothing can be said; ``last_read_at``: NEVER without a mat or a read."""

    id: str
    name: str
    mat: bool
    to_come: int | None
    may_close_at: int | None
    waiting: int
    overdue: int
    last_read_at: int
    silent: bool
    lifted: bool


@once_a_picture
def list_closing(picture: Picture, _: Viewer) -> tuple[ClosingRow, ...]:
    """Every point, in the order of the longest course; those that it does not pass after it."""
    races = picture.event.races
    longest = max(races, key=lambda race: race.distance_m, default=None)
    first = picture.event.list_points(longest.id) if longest else []
    others = [point for point in picture.event.points if point not in first]
    return tuple(_row(picture, point) for point in (*first, *others))


def _row(picture: Picture, point: Point) -> ClosingRow:
    points = picture.state.points
    column = points.ids.index(point.id) if point.id in points.ids else NEVER
    mat = column != NEVER
    clearing = None if picture.state.over else find_clearing(picture, point)
    return ClosingRow(
        id=point.id,
        name=point.name,
        mat=mat,
        to_come=clearing.to_come if clearing else None,
        may_close_at=clearing.clear_at if clearing else None,
        waiting=clearing.waiting.count if clearing else 0,
        overdue=clearing.overdue if clearing else 0,
        last_read_at=int(points.last_read_at[column]) if mat else NEVER,
        silent=bool(points.silent[column]) if mat else False,
        lifted=bool(points.lifted[column]) if mat else False,
    )
