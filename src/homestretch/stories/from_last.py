"""From among the last at the half to well up the field."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.stories.measures import overtaken, times_at
from homestretch.stories.telling import MOST, among_people, came_home, tell, told_finishers
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

LAST_SHARE, LEAST_GAIN = 0.03, 0.05
"""Among so large a share of the field at the half from the end; at least so large a share was then passed."""
AHEAD_SHARE, LEAST_FIELD = 0.5, 20


def find(picture: Picture) -> Iterator[Story]:
    """The stories of this kind; the more were passed, the further out."""
    for race in range(len(picture.event.races)):
        middle = _middle(picture, race)
        if middle == NEVER:
            continue
        times, rows = times_at(picture, race, middle), told_finishers(picture, race)
        if len(times) < LEAST_FIELD:
            continue
        last = times[-max(1, round(LAST_SHARE * len(times)))]
        back = [int(row) for row in rows if picture.state.passed_at[row, middle] >= last]
        gain = {row: int(overtaken(picture, row, middle).value) for row in back}
        least = max(10, round(LEAST_GAIN * len(times)))
        best = sorted((row for row in back if gain[row] >= least), key=lambda row: -gain[row])
        for rank, row in enumerate(best[:MOST]):
            rarity = among_people(picture, race, len(best), rank)
            yield tell(
                picture, "from-last", (row,), _headline(picture, row, middle), _sentences(picture, row, middle), rarity
            )  # fmt: skip


def _middle(picture: Picture, race: int) -> int:
    """The mat nearest to half of the way, NEVER where none is near it."""
    metres = picture.state.points.distance_m[race]
    off = np.abs(metres / picture.event.races[race].distance_m - AHEAD_SHARE)
    if np.isnan(off).all() or np.nanmin(off) > 0.1:
        return NEVER
    return int(np.nanargmin(off))


def _headline(picture: Picture, row: int, middle: int) -> Sentence:
    return write(
        picture, "headline", "Past {0} others from {1:point} to the finish",
        stand(picture, "overtaken", row, middle), stand(picture, "point", middle),
    )  # fmt: skip


def _sentences(picture: Picture, row: int, middle: int) -> Iterator[Sentence]:
    race = int(picture.state.roster.race[row])
    yield write(
        picture, "half", "{0} passed {1:point} at {2}, number {3} of the {4} finishers who were timed there.",
        stand(picture, "who", row), stand(picture, "point", middle), stand(picture, "passed", row, middle),
        stand(picture, "order_at", row, middle), stand(picture, "read_at", race, middle),
    )  # fmt: skip
    yield write(
        picture, "passed", "{0} came home before {1} of those who were ahead there.",
        stand(picture, "who", row), stand(picture, "overtaken", row, middle),
    )  # fmt: skip
    yield came_home(picture, row)


STORY = StoryKind(
    name="from-last",
    words=said("from among the last at the half"),
    never=said("anything of those who were passed"),
    find=find,
)
