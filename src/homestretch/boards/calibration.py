"""What the forecasts of a race were worth, once it is over: by point and by pace, as numbers of people alone."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.frame import make_frame
from homestretch.forecast.values import Hindsight, Kept, KeptAt
from homestretch.picture import Picture
from homestretch.race.clock import say_distance
from homestretch.race.privacy import Viewer
from homestretch.race.saying import decimal, said

PACES = (
    said("the fastest third there"),
    said("the middle third"),
    said("the slowest third"),
)


class CalibrationChoices(Choices, frozen=True, kw_only=True):
    """``race`` is one of the event's."""

    race: Text


class KeptRow(msgspec.Struct, frozen=True, kw_only=True):
    """How forecasts of the finish were kept for some people: mean errors in minutes (``flat_off_min``: of constant
    pace), and shares: within 5 minutes, and in the intervals of 50, 80 and 90 %."""

    who: str
    people: int
    off_min: float
    flat_off_min: float
    within_5: float
    in_50: float
    in_80: float
    in_90: float


class PointRow(msgspec.Struct, frozen=True, kw_only=True):
    """The forecasts that were made when people were read at one point."""

    point: str
    metres: float
    everybody: KeptRow
    by_pace: tuple[KeptRow, ...]


class CalibrationBoard(Board, frozen=True, kw_only=True):
    """``points`` in the order of the course, empty while nothing is said: ``words`` say why."""

    race: str
    race_name: str
    finishers: int
    borrowed: bool
    words: str
    points: tuple[PointRow, ...]


def rows(picture: Picture, viewer: Viewer, choices: CalibrationChoices) -> CalibrationBoard:
    """The hindsight of a race; NotFound when the event has no such race."""
    race = picture.event.get_race(choices.race)
    number = picture.event.races.index(race)
    found = next((one for one in picture.hindsight if one.race == number), None)
    return CalibrationBoard(
        frame=make_frame(picture, viewer),
        race=race.id,
        race_name=race.name,
        finishers=found.finishers if found else 0,
        borrowed=bool(found and found.borrowed),
        words=_say(picture, found),
        points=tuple(_point(picture, number, at) for at in found.points) if found else (),
    )


def _say(picture: Picture, found: Hindsight | None) -> str:
    if not picture.state.over:
        return said("What the forecasts were worth is said here once the last runner is home.")
    if found is None:
        return said(
            "The forecasts are being compared with what happened. Of a race with fewer than 20"
            " finishers, or without a point on the way, nothing is said."
        )
    last = found.points[-1].everybody
    where = _name(picture, found.race, found.points[-1].metres)
    return said(
        "From {point} on, the finish was forecast to {minutes} minutes on average;"
        " {count} of 100 came within the interval of four in five.",
        point=where,
        minutes=decimal(last.off_min, 1),
        count=f"{100 * last.in_80:.0f}",
    )


def _point(picture: Picture, race: int, at: KeptAt) -> PointRow:
    return PointRow(
        point=_name(picture, race, at.metres),
        metres=at.metres,
        everybody=_row(said("everybody"), at.everybody),
        by_pace=tuple(_row(who, one) for who, one in zip(PACES, at.by_pace, strict=False)),
    )


def _name(picture: Picture, race: int, metres: float) -> str:
    """The name of the point there, else its distance."""
    points = picture.state.points
    there = np.flatnonzero(np.abs(points.distance_m[race] - metres) <= 1.0)
    if len(there):
        return str(points.names[int(there[0])])
    return say_distance(metres, picture.event.units)


def _row(who: str, one: Kept) -> KeptRow:
    return KeptRow(
        who=who,
        people=one.people,
        off_min=round(one.off_min, 2),
        flat_off_min=round(one.flat_off_min, 2),
        within_5=round(one.within_5, 4),
        in_50=round(one.in_50, 4),
        in_80=round(one.in_80, 4),
        in_90=round(one.in_90, 4),
    )


BOARD = BoardKind(
    name="calibration",
    path="/{event}/forecasts/{race}",
    who=EVERYBODY,
    choices=CalibrationChoices,
    rows=rows,
    template="calibration.html",
)
