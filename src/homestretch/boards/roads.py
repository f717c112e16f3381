"""The road, zone by zone: open by the fact that an official said so, and when the forecast would allow it."""

from __future__ import annotations

import msgspec

from homestretch.boards.clearing import Clearing, find_clearing
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.race.saying import said
from homestretch.state.snapshot import RoadWord, Zone


class OpenedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A word that a road is open: who said it when (UTC ms), of which way, why if that was written; ``fact``
    names it in a strike."""

    by: str
    opened_at: int
    from_name: str
    to_name: str
    why: str
    fact: str


class ZoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """The road between two neighbouring timing points. ``opened`` has every word that it is open, none: it is
    closed. ``may_open_at`` (UTC ms) is when the last runner is through with 99 % and the sweep as well; None
    while nothing can be said, and then ``waits`` says why. Nothing opens by itself."""

    from_point: str
    to_point: str
    from_name: str
    to_name: str
    from_m: float
    to_m: float
    opened: tuple[OpenedRow, ...]
    may_open_at: int | None
    last_at: int | None
    sweep_at: int | None
    overdue: int
    waits: str


def list_zones(picture: Picture) -> tuple[ZoneRow, ...]:
    """Every zone of the longest course, in its order."""
    points = {column: _point(picture, column) for column in range(len(picture.state.points.ids))}
    ends = {end for zone in picture.state.zones for end in (zone.from_point, zone.to_point)}
    clearings = {column: find_clearing(picture, points[column]) for column in sorted(ends)}
    return tuple(_row(picture, zone, points, clearings) for zone in picture.state.zones)


def find_zone(picture: Picture, from_point: str, to_point: str) -> Zone | None:
    """The zone between two points, by their ids."""
    ids = picture.state.points.ids
    wanted = (from_point, to_point)
    return next(
        (
            zone
            for zone in picture.state.zones
            if (ids[zone.from_point], ids[zone.to_point]) == wanted
        ),
        None,
    )


def _row(
    picture: Picture, zone: Zone, points: dict[int, Point], clearings: dict[int, Clearing | None]
) -> ZoneRow:
    start, end = points[zone.from_point], points[zone.to_point]
    both = [clearings[zone.from_point], clearings[zone.to_point]]
    known = [one for one in both if one is not None]
    longest = max(picture.event.races, key=lambda race: race.distance_m).id
    moments = [one.clear_at for one in known if one.clear_at is not None]
    sure = len(known) == len(both) == len(moments)
    return ZoneRow(
        from_point=start.id,
        to_point=end.id,
        from_name=start.name,
        to_name=end.name,
        from_m=start.distance_m[longest],
        to_m=end.distance_m[longest],
        opened=tuple(_opened(picture, word, points) for word in zone.words),
        may_open_at=max(moments) if sure else None,
        last_at=max((one.last_at for one in known if one.last_at is not None), default=None),
        sweep_at=max((one.sweep_at for one in known if one.sweep_at is not None), default=None),
        overdue=max((one.overdue for one in known), default=0),
        waits="" if sure else _say_why(picture, known),
    )


def _say_why(picture: Picture, known: list[Clearing]) -> str:
    if len(known) < 2:
        if picture.state.quiet.any():
            return said("nothing is said of times while a race stands still")
        return said("the forecast is being made")
    return said("people may still start")


def _opened(picture: Picture, word: RoadWord, points: dict[int, Point]) -> OpenedRow:
    texts = picture.names.texts
    return OpenedRow(
        by=texts.get(word.by, word.by),
        opened_at=word.opened_at,
        from_name=points[word.from_point].name,
        to_name=points[word.to_point].name,
        why=texts.get(word.text_ref or "", ""),
        fact=f"{word.id.number} {word.id.digest} {word.id.source}",
    )


def _point(picture: Picture, column: int) -> Point:
    point = picture.event.find_point(picture.state.points.ids[column])
    assert point is not None  # columns follow the points of the event
    return point
