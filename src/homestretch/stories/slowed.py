"""Somebody who ran, came to a walking pace, and still made it in time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import Ints, Status
from homestretch.stories.measures import pace, swept_races
from homestretch.stories.telling import (
    MOST,
    among_people,
    came_home,
    own_columns,
    tell,
    told_finishers,
)
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

RUNNING_S_PER_KM, WALKING_S_PER_KM, STANDING_S_PER_KM = 480.0, 600.0, 900.0
"""Faster than the first is running; slower than the second is 6 km/h, a brisk walk; slower than the third, 4 km/h,
somebody stood still for a while, and what was the matter then is not for us to tell."""
LEAST_M = 2_000.0
"""On a shorter leg a stop would look like a walk."""
SWEEP_S = 60 * 60.0
"""The sweep car is told of when it was due within so long."""


def find(picture: Picture) -> Iterator[Story]:
    """The stories of this kind; the larger the change of pace, the further out."""
    for race in range(len(picture.event.races)):
        rows = told_finishers(picture, race)
        rows = rows[picture.state.status[rows] == Status.FINISHED]
        slowed = {
            row: legs for row in _may_have(picture, race, rows) if (legs := _legs(picture, row))
        }
        found = sorted(slowed, key=lambda row: -_change(picture, row, slowed[row]))
        for rank, row in enumerate(found[:MOST]):
            rarity = among_people(picture, race, len(found), rank)
            headline, sentences = (
                _headline(picture, slowed[row]),
                _sentences(picture, row, slowed[row]),
            )
            yield tell(picture, "slowed", (row,), headline, sentences, rarity)


Legs = tuple[tuple[int, int], tuple[int, int]]


def _may_have(picture: Picture, race: int, rows: Ints) -> list[int]:
    """Those with a leg at a walk between two neighbouring mats: only they are looked at one by one. A mat that
    missed somebody hides none, because legs beside it are looked at as one."""
    metres = picture.state.points.distance_m[race]
    order = [c for c in np.argsort(metres).tolist() if not np.isnan(metres[c])]
    if len(order) < 2:
        return []
    at = np.where(
        picture.state.passed_at[rows][:, order] < 0, np.nan, picture.state.passed_at[rows][:, order]
    )
    holes = np.isnan(at).any(axis=1)
    walked = (np.diff(at, axis=1) > WALKING_S_PER_KM * np.diff(metres[order])).any(axis=1)
    found: list[int] = rows[walked | holes].tolist()
    return found


def _legs(picture: Picture, row: int) -> Legs | None:
    """The leg run and the slowest one after it, at a walk; None where there are none."""
    columns = own_columns(picture, row)
    metres = picture.state.points.distance_m[int(picture.state.roster.race[row])]
    at = picture.state.passed_at[row]
    legs = [
        leg for leg in itertools.pairwise(columns) if metres[leg[1]] - metres[leg[0]] >= LEAST_M
    ]
    if len(legs) < 3:
        return None
    paces = [int(at[end] - at[start]) / float(metres[end] - metres[start]) for start, end in legs]
    slowest = paces.index(max(paces))
    before = paces[:slowest]
    is_walk = WALKING_S_PER_KM <= paces[slowest] <= STANDING_S_PER_KM
    if not is_walk or not before or max(before) > RUNNING_S_PER_KM:
        return None
    return legs[slowest - 1], legs[slowest]


def _change(picture: Picture, row: int, legs: Legs) -> float:
    return pace(picture, row, *legs[1]).value / pace(picture, row, *legs[0]).value


def _headline(picture: Picture, legs: Legs) -> Sentence:
    start, end = (stand(picture, "point", column) for column in legs[1])
    return write(
        picture,
        "headline",
        "At a walking pace from {0:point} to {1:point}, and home in time",
        start,
        end,
    )


def _sentences(picture: Picture, row: int, legs: Legs) -> Iterator[Sentence]:
    (a, b), (c, d) = legs
    yield write(
        picture, "pace", "From {0:point} to {1:point} the pace of {2} was {3}, from {4:point} to {5:point} {6}.",
        stand(picture, "point", a), stand(picture, "point", b), stand(picture, "who", row),
        stand(picture, "pace", row, a, b), stand(picture, "point", c), stand(picture, "point", d),
        stand(picture, "pace", row, c, d),
    )  # fmt: skip
    yield came_home(picture, row)
    end = int(picture.state.roster.end_point[row])
    if int(picture.state.roster.race[row]) in swept_races(picture):
        left = stand(picture, "before_sweep", row, end)
        if 0 < left.found.value <= SWEEP_S:
            yield write(picture, "sweep", "The sweep car was due there {0} later.", left)


STORY = StoryKind(
    name="slowed",
    words=said("came to a walking pace, and still made it"),
    never=said("why: nothing of cramps, pain or health"),
    find=find,
)
