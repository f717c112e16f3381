"""Which timing point a place name means, for each race."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from homestretch.race.event import Event
from homestretch.race.spelling import place_key

UNKNOWN = -2
"""A place that the plan does not know."""
SEVERAL = -3
"""A place that is more than one point of this race: one box as start and finish, or out and back."""


def points_by_place(event: Event) -> dict[str, list[int]]:
    """Place key -> positions in the mats of the event; a point is also known by its id and name."""
    found: dict[str, list[int]] = {}
    mats = [point for point in event.points if point.kind == "mat"]
    for position, mat in enumerate(mats):
        for key in {place_key(name) for name in (*mat.devices, mat.id, mat.name)}:
            found.setdefault(key, []).append(position)
    return found


def find_points(known: dict[str, list[int]], place: str) -> list[int]:
    """Positions of the mats that a place means; ``FINISH-2`` is a second device of ``finish``."""
    key = place_key(place)
    return known.get(key) or known.get(re.sub(r"-\d$", "", key), [])


def make_ids(event: Event) -> Callable[[str], frozenset[str]]:
    """What a place means, as ids of points, stations among them; none for a place that nobody knows."""
    known = points_by_place(event)
    mats = [point for point in event.points if point.kind == "mat"]

    @cache
    def ids_of(place: str) -> frozenset[str]:
        key = place_key(place)
        named = {
            point.id
            for point in event.points
            if key in (place_key(point.id), place_key(point.name))
        }
        return frozenset(named or {mats[position].id for position in find_points(known, place)})

    return ids_of
