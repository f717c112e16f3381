"""The last finisher of a race, once nobody of it is on the road any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, NEVER
from homestretch.stories.measures import home_order
from homestretch.stories.telling import (
    among_people,
    is_under_way,
    own_columns,
    tell,
    told_finishers,
)
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

LEAST_POINTS = 4


def find(picture: Picture) -> Iterator[Story]:
    """One for each race that is over, if the last finisher is somebody of whom something may be told."""
    state = picture.state
    for race in range(len(picture.event.races)):
        mine = state.roster.race == race
        finished = int(np.count_nonzero(mine & np.isin(state.status, FINISHERS)))
        rows = told_finishers(picture, race)
        if not len(rows) or finished < 2 or is_under_way(picture, race):
            continue
        row = int(rows[-1])
        if int(home_order(picture)[row]) == finished:
            rarity = among_people(picture, race, 1, 0)
            yield tell(
                picture, "last", (row,), _headline(picture, row), _sentences(picture, row), rarity
            )


def _headline(picture: Picture, row: int) -> Sentence:
    race = int(picture.state.roster.race[row])
    return write(picture, "headline", "The last of {0} home", stand(picture, "finishers", race))


def _sentences(picture: Picture, row: int) -> Iterator[Sentence]:
    roster = picture.state.roster
    race, end, start = (int(of[row]) for of in (roster.race, roster.end_point, roster.start_point))
    who = stand(picture, "who", row)
    yield write(
        picture, "line", "{0} crossed the line at {1}, and with that the field of the {2} was home.",
        who, stand(picture, "passed", row, end), stand(picture, "race", race),
    )  # fmt: skip
    if start != NEVER and picture.state.passed_at[row, start] >= 0:
        yield write(
            picture, "time", "{0} had started at {1}, and was on the course for {2}.",
            who, stand(picture, "passed", row, start), stand(picture, "net", row),
        )  # fmt: skip
    yield from _on_the_way(picture, row)


def _on_the_way(picture: Picture, row: int) -> Iterator[Sentence]:
    """How many timing points saw them, which is what a day on the course is made of."""
    columns = own_columns(picture, row)
    if len(columns) >= LEAST_POINTS:
        yield write(
            picture, "points", "{0:words} timing points read {1} on the course, from {2:point} to {3:point}.",
            stand(picture, "points_read", row, row, *columns), stand(picture, "who", row),
            stand(picture, "point", columns[0]), stand(picture, "point", columns[-1]),
        )  # fmt: skip


STORY = StoryKind(
    name="last",
    words=said("the last one home"),
    never=said("that it was slow, that it took long, or that anybody waited"),
    find=find,
)
