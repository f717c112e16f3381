"""Home just ahead of the sweep car."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.stories.measures import sweep_due, swept_races
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

JUST_S = 5 * 60.0


def find(picture: Picture) -> Iterator[Story]:
    """Those who were home up to five minutes before the car was due; the nearer it was, the further out."""
    at, roster = picture.state.passed_at, picture.state.roster
    for race in swept_races(picture):
        rows = told_finishers(picture, race)
        ends = roster.end_point[rows]
        left_s = (
            sweep_due(picture)[ends] // 1000 - at[rows, ends] // 1000
        )  # as the clocks showed it
        near = (left_s > 0) & (left_s <= JUST_S)
        found = rows[near][np.argsort(left_s[near], kind="stable")].tolist()
        for rank, row in enumerate(found[:MOST]):
            rarity = among_people(picture, race, len(found), rank)
            headline, sentences = _headline(picture, row), _sentences(picture, row)
            yield tell(picture, "ahead", (row,), headline, sentences, rarity)


def _headline(picture: Picture, row: int) -> Sentence:
    end = int(picture.state.roster.end_point[row])
    return write(
        picture,
        "headline",
        "{0:words} ahead of the sweep car",
        stand(picture, "before_sweep", row, end),
    )


def _sentences(picture: Picture, row: int) -> Iterator[Sentence]:
    end = int(picture.state.roster.end_point[row])
    yield came_home(picture, row)
    yield write(
        picture, "sweep", "The sweep car was due there at {0}, {1} later.",
        stand(picture, "sweep_time", end), stand(picture, "before_sweep", row, end),
    )  # fmt: skip
    earlier = [c for c in own_columns(picture, row)[1:-1] if sweep_due(picture)[c] != NEVER]
    if earlier and stand(picture, "before_sweep", row, earlier[-1]).found.value > 0:
        yield write(
            picture, "before", "At {0:point} it had been due {1} after {2}.",
            stand(picture, "point", earlier[-1]), stand(picture, "before_sweep", row, earlier[-1]),
            stand(picture, "who", row),
        )  # fmt: skip


STORY = StoryKind(
    name="ahead",
    words=said("home just ahead of the sweep car"),
    never=said("that it was close to being caught, or that anybody was slow"),
    find=find,
)
