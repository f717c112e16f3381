"""Who of those still to come has no picture yet, and until when a photographer has reason to stay. For staff alone:
who has none is on the road, and often the last."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ahead import NO_TELLING, expected_at
from homestretch.boards.clearing import find_ahead_of, is_quiet, on_the_way
from homestretch.forecast.values import MEDIAN, Coming
from homestretch.photos.deciding import AUTO
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.spelling import bib_key
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Bools, Ints

NEXT_PEOPLE = 10


class Unpictured(msgspec.Struct, frozen=True):
    """Somebody without a picture who comes next, about when (UTC ms)."""

    who: Shown
    about_at: int


class Staying(msgspec.Struct, frozen=True, kw_only=True):
    """A place where pictures are taken. ``to_come``: expected there of those on their way, ``unpictured`` of them
    are in no picture of the day yet; before ``stay_until`` (UTC ms) all of these have come as likely as not, before
    ``last_at`` with 99 % (None: nobody is to come). ``overdue``: in no picture, and nobody knows where they are."""

    point: str
    name: str
    to_come: int
    unpictured: int
    stay_until: int | None
    last_at: int | None
    overdue: int
    next: tuple[Unpictured, ...] = ()


def find_pictured(picture: Picture) -> Bools:
    """(n,) of whom there is a picture: read for certain, or said by a person."""
    keys = {
        bib_key(tag.bib)
        for photo in picture.state.photos
        if photo.usable
        for tag in photo.tags
        if tag.answered or tag.p >= AUTO
    }
    bibs = picture.state.roster.bibs
    return np.fromiter((bib_key(bib) in keys for bib in bibs), np.bool_, len(bibs))


def find_staying(picture: Picture, point: Point) -> Staying | None:
    """Until when to stay at a point; None where nothing may be said of times ahead."""
    there = on_the_way(picture)
    everybody = find_ahead_of(picture, point, there)
    without = find_ahead_of(picture, point, there & ~find_pictured(picture))
    if everybody is None or without is None or is_quiet(picture, point):
        return None
    return Staying(
        point=point.id,
        name=point.name,
        to_come=round(everybody.to_come),
        unpictured=round(without.to_come),
        stay_until=None if without.even_at == NEVER else max(picture.now, without.even_at),
        last_at=None if without.last_at == NEVER else max(picture.now, without.last_at),
        overdue=without.overdue,
    )


def list_staying(picture: Picture, viewer: Viewer) -> tuple[Staying, ...]:
    """Every point where a picture was taken today, in the order of the plan, with who comes next."""
    places = {photo.place for photo in picture.state.photos if photo.usable}
    pictured = find_pictured(picture)
    found = []
    for point in picture.event.points:
        staying = find_staying(picture, point) if point.id in places else None
        if staying is not None:
            comers = _list_comers(picture, point, ~pictured)
            named = _name(picture, viewer, point, comers)
            found.append(msgspec.structs.replace(staying, next=named))
    return tuple(found)


def _list_comers(picture: Picture, point: Point, chosen: Bools) -> Ints:
    """(k,) who of the chosen is expected at a point, in the order of their coming."""
    forecast = picture.forecast
    assert forecast is not None  # asked for only with a forecast
    place = 2 + forecast.places[2:].index(point.id)
    expected = np.isin(forecast.coming[:, place], (Coming.DUE, Coming.ANY_MINUTE))
    expected &= chosen & on_the_way(picture) & ((picture.state.marks & NO_TELLING) == 0)
    rows = np.flatnonzero(expected)
    return rows[np.lexsort((rows, forecast.in_s[rows, place, MEDIAN]))]


def _name(picture: Picture, viewer: Viewer, point: Point, rows: Ints) -> tuple[Unpictured, ...]:
    named: list[Unpictured] = []
    for row in rows.tolist():
        race = picture.event.races[int(picture.state.roster.race[row])]
        expected = expected_at(picture, row, point.id, point.distance_m[race.id])
        if expected is not None:
            named.append(Unpictured(shown(picture, viewer, row), expected.about_at))
        if len(named) == NEXT_PEOPLE:
            break
    return tuple(named)
