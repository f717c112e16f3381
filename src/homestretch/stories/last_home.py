"""The last finisher of a race, once nobody of it is on the road any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, OPEN
from homestretch.stories.measures import home_order
from homestretch.stories.telling import among_people, came_home, tell, told_finishers
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write


def find(picture: Picture) -> Iterator[Story]:
    """One for each race that is over, if the last finisher is somebody of whom something may be told."""
    state = picture.state
    for race in range(len(picture.event.races)):
        mine = state.roster.race == race
        finished = int(np.count_nonzero(mine & np.isin(state.status, FINISHERS)))
        rows = told_finishers(picture, race)
        if not len(rows) or finished < 2 or np.isin(state.status[mine], OPEN).any():
            continue
        row = int(rows[-1])
        if int(home_order(picture)[row]) == finished:
            rarity = among_people(picture, race, 1, 0)
            yield tell(
                picture, "last", (row,), _headline(picture, row), _sentences(picture, row), rarity
            )


def _headline(picture: Picture, row: int) -> Sentence:
    return write(picture, "headline", "{0} on the course", stand(picture, "net", row))


def _sentences(picture: Picture, row: int) -> Iterator[Sentence]:
    yield came_home(picture, row)
    yield write(
        picture, "field", "With {0} the field of the {1} was home.",
        stand(picture, "who", row), stand(picture, "race", int(picture.state.roster.race[row])),
    )  # fmt: skip
    yield write(
        picture, "time", "From the start to the finish {0} was on the course for {1}.",
        stand(picture, "who", row), stand(picture, "net", row),
    )  # fmt: skip


STORY = StoryKind(
    name="last",
    words=said("the last one home"),
    never=said("that it was slow, that it took long, or that anybody waited"),
    find=find,
)
