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
        left_ms = sweep_due(picture)[roster.end_point[rows]] - at[rows, roster.end_point[rows]]
        near = (left_ms > 0) & (left_ms <= JUST_S * 1000)
        found = rows[near][np.argsort(left_ms[near], kind="stable")].tolist()
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
    if earlier and sweep_due(picture)[earlier[-1]] > picture.state.passed_at[row, earlier[-1]]:
        yield write(
            picture, "before", "At {0:point} it was due {1} later.",
            stand(picture, "point", earlier[-1]), stand(picture, "before_sweep", row, earlier[-1]),
        )  # fmt: skip


STORY = StoryKind(
    name="ahead",
    words=said("home just ahead of the sweep car"),
    never=said("that it was close to being caught, or that anybody was slow"),
    find=find,
)
