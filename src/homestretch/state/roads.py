"""The road, zone by zone: a zone is open by the fact that an official said so, and by nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from homestretch.facts import RoadOpened
from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.lookup import Lookup
from homestretch.state.snapshot import Points, RoadWord, Zone


def list_zones(
    columns: Columns,
    event: Event,
    points: Points,
    lookup: Lookup,
    void: frozenset[int],
    until: int,
) -> tuple[Zone, ...]:
    """The zones between neighbouring mats of the longest course, in its order, with what was said of each.

    A word may open several zones at once; one that names a place off this course, or one place twice, opens
    none.
    """
    if not event.races:
        return ()
    longest = max(range(len(event.races)), key=lambda race: event.races[race].distance_m)
    metres = points.distance_m[longest]
    order = np.argsort(metres, kind="stable").tolist()
    along = [column for column in order if not np.isnan(metres[column])]
    words = _list_words(columns, points, lookup, along, void, until)
    place = {column: number for number, column in enumerate(along)}
    return tuple(
        Zone(
            start,
            end,
            tuple(
                word
                for word in words
                if place[word.from_point] <= place[start] and place[end] <= place[word.to_point]
            ),
        )
        for start, end in pairwise(along)
    )


def _list_words(
    columns: Columns,
    points: Points,
    lookup: Lookup,
    along: list[int],
    void: frozenset[int],
    until: int,
) -> list[RoadWord]:
    """Every word that holds, the one that was said first at the head."""
    found = []
    for logged, fact in columns.of_kind(RoadOpened):
        if logged.seq in void or fact.seen_at > until:
            continue
        starts = _find(points, lookup, along, fact.from_place)
        ends = _find(points, lookup, along, fact.to_place)
        if not starts or not ends or starts[0] == ends[-1]:
            continue
        start, end = sorted((starts[0], ends[-1]))
        found.append(
            RoadWord(logged.id, along[start], along[end], fact.seen_at, fact.by, fact.text_ref)
        )
    return found


def _find(points: Points, lookup: Lookup, along: list[int], place: str) -> list[int]:
    """Where on the course a place is; a name that stands for several mats, of start and finish, is all."""
    meant = [points.ids.index(place)] if place in points.ids else lookup.points_of(place)
    return [number for number, column in enumerate(along) if column in meant]
