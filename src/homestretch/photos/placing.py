"""At which point of the plan a picture was taken, from the position that it says of itself.

The position is laid on the road; the points that lie near it along the road are meant. Where the road passes
twice, by who was on their way there then: when nearly all of those were at one of the points, that is it. Else
nobody knows, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from homestretch.photos.camera import Due
from homestretch.race.event import Plan, Point
from homestretch.state.course_line import CourseLine, list_pieces

OFF_ROAD_M: Final = 150.0
"""Who takes pictures stands beside the road, and the positions of phones are off by some tens of metres."""
FROM_POINT_M: Final = 300.0
"""Further along the road than this a forecast for the point would be wrong by minutes."""
ONE_PLACE_M: Final = 2 * FROM_POINT_M
"""Points nearer to each other along the road are one place: the nearest is meant."""
AROUND_S: Final = 900.0
"""A camera's clock may be off; who was due within so many seconds may be in the picture."""
LEAST: Final = 3
MORE: Final = 5.0
"""So many people, and so many times as many as at any other place, settle it."""


def list_near(plan: Plan, latitude: float, longitude: float) -> list[Point]:
    """The points of the plan that a position may be, one of each stretch of road, the nearest along it in front."""
    found: dict[str, tuple[float, float, Point]] = {}
    for race in plan.event.races:
        line = CourseLine(plan.course, list_pieces(plan.event, race))
        along_m, off_m = line.near(latitude, longitude)
        on = along_m[off_m <= OFF_ROAD_M]
        for point in plan.event.list_points(race.id) if on.size else ():
            at_m = point.distance_m[race.id]
            away_m = float(np.abs(on - at_m).min())
            if away_m <= FROM_POINT_M and (point.id not in found or away_m < found[point.id][0]):
                found[point.id] = (away_m, at_m, point)
    apart: list[tuple[float, float, Point]] = []
    for one in sorted(found.values(), key=lambda it: (it[0], it[2].id)):
        if all(abs(one[1] - other[1]) > ONE_PLACE_M for other in apart):
            apart.append(one)
    return [point for *_, point in apart]


def choose_place(near: Sequence[Point], due: Mapping[str, Mapping[str, Due]], taken_at: int) -> str:
    """The id of the one point among those ``near`` at which people were due when a picture was taken (UTC ms);
    empty when that leaves it open. ``due`` is, by point, when everybody is there."""
    if len(near) <= 1:
        return near[0].id if near else ""
    counts = sorted(((_count(due.get(one.id, {}), taken_at), one.id) for one in near), reverse=True)
    (most, place), (second, _) = counts[:2]
    return place if most >= LEAST and most >= MORE * second else ""


def _count(due: Mapping[str, Due], taken_at: int) -> int:
    return sum(abs(one.at - taken_at) <= AROUND_S * 1000 for one in due.values())
