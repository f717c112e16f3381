"""One road for all races: metres along the longest course, on which every race is drawn.

Races share the road, and many share their mats. A race that starts elsewhere on the longest course is
shifted by what its shared points say; a point that lies at another distance for a race (a shared finish)
is a place of its own for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.boards.ahead import positions
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import ON_THE_ROAD, Floats, Ints

SAME_PLACE_M = 50.0
FEW = 50
"""On a road with so few people a single position could tell who it is."""


@dataclass(frozen=True, slots=True)
class Axis:
    """``longest`` is a position in ``Event.races``; ``offset_m`` (races,) is added to a race's metres."""

    longest: int
    length_m: float
    offset_m: tuple[float, ...]


def make_axis(picture: Picture) -> Axis:
    """The road of an event: its longest race, and where each race lies along it."""
    races = picture.event.races
    longest = max(range(len(races)), key=lambda race: races[race].distance_m)
    distances = picture.state.points.distance_m
    offsets = []
    for race in range(len(races)):
        shift = distances[longest] - distances[race]
        shared = shift[~np.isnan(shift)]
        offsets.append(float(np.median(shared)) if len(shared) else 0.0)
    return Axis(longest, races[longest].distance_m, tuple(offsets))


def on_road(picture: Picture) -> Ints:
    """Rows of everybody who is on the road."""
    return np.flatnonzero(np.isin(picture.state.status, ON_THE_ROAD))


def find_shown_m(picture: Picture, viewer: Viewer, row: int) -> float | None:
    """Where a viewer may see this entrant along the entrant's own course, None when nobody knows.

    A hidden entrant is shown in the middle of the zone between two timing points.
    """
    position_m = float(positions(picture, np.array([row]))[0])
    if np.isnan(position_m):
        return None
    if shown(picture, viewer, row).hidden:
        near_m, far_m = zone(picture, row)
        return (near_m + far_m) / 2
    return position_m


def zone(picture: Picture, row: int) -> tuple[float, float]:
    """The metres (own course) between which the entrant runs: the mats before and after."""
    race = int(picture.state.roster.race[row])
    distances = picture.state.points.distance_m[race]
    position_m = float(positions(picture, np.array([row]))[0])
    behind = distances[distances <= position_m]
    ahead = distances[distances > position_m]
    end_m = picture.event.races[race].distance_m
    return float(behind.max(initial=0.0)), float(ahead.min(initial=end_m))


def shown_positions(picture: Picture, viewer: Viewer, rows: Ints) -> Floats:
    """(rows,) metres along the own course as this viewer may see them, NaN where unknown."""
    along: Floats = positions(picture, rows).copy()
    if len(rows) <= FEW:
        for at, row in enumerate(rows):
            shown_m = find_shown_m(picture, viewer, int(row))
            along[at] = np.nan if shown_m is None else shown_m
    return along
