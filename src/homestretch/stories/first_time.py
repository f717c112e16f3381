"""Somebody who said at entry that it is their first marathon, and who came home among the last."""

from __future__ import annotations

from collections.abc import Iterator

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.stories.measures import home_order
from homestretch.stories.telling import MOST, among_people, came_home, tell, told_finishers
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

LAST_SHARE = 0.05
LEAST_M = 42_000.0
"""On a shorter course nobody runs a marathon, whatever was said at entry."""


def find(picture: Picture) -> Iterator[Story]:
    """Those among the last twentieth of the finishers; the nearer to the end, the further out."""
    order = home_order(picture)
    for race, distance_m in enumerate(one.distance_m for one in picture.event.races):
        if distance_m < LEAST_M:
            continue
        rows = told_finishers(picture, race)
        mine = order[picture.state.roster.race == race]
        last = mine.max(initial=0)
        late = rows[order[rows] > (1.0 - LAST_SHARE) * last]
        new = [row for row in late[::-1].tolist() if _is_first(picture, row)]
        for rank, row in enumerate(new[:MOST]):
            rarity = among_people(picture, race, len(new), rank)
            yield tell(
                picture, "first", (row,), _headline(picture, row), _sentences(picture, row), rarity
            )


def _is_first(picture: Picture, row: int) -> bool:
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    return person is not None and person.first_marathon


def _headline(picture: Picture, row: int) -> Sentence:
    return write(picture, "headline", "A first marathon, in {0}", stand(picture, "net", row))


def _sentences(picture: Picture, row: int) -> Iterator[Sentence]:
    yield write(
        picture,
        "first",
        "It was the first marathon for {0}, as told at entry.",
        stand(picture, "first", row),
    )
    yield came_home(picture, row)


STORY = StoryKind(
    name="first",
    words=said("a first marathon"),
    never=said("that it was hard, or how the others did"),
    find=find,
)
