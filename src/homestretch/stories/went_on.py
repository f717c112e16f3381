"""Somebody whom the sweep car's plan had passed, or a cutoff, who went on and finished."""

from __future__ import annotations

from collections.abc import Iterator

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.stories.measures import home_order, sweep_due, swept_races
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


def find(picture: Picture) -> Iterator[Story]:
    """Finishers who passed a point before the finish after the sweep car was due there; the earlier on the course
    that was, the further out."""
    metres, order = picture.state.points.distance_m, home_order(picture)
    for race in swept_races(picture):
        rows = told_finishers(picture, race).tolist()
        behind = {row: c for row in rows if (c := _first_behind(picture, row)) != NEVER}
        found = sorted(behind, key=lambda row: (metres[race, behind[row]], -order[row]))
        for rank, row in enumerate(found[:MOST]):
            rarity = among_people(picture, race, len(found), rank)
            headline, sentences = (
                _headline(picture, behind[row]),
                _sentences(picture, row, behind[row]),
            )
            yield tell(picture, "went-on", (row,), headline, sentences, rarity)


def _first_behind(picture: Picture, row: int) -> int:
    """The first column before the finish that somebody passed after the car was due, and stayed behind it."""
    due, at = sweep_due(picture), picture.state.passed_at
    end = int(picture.state.roster.end_point[row])
    if due[end] == NEVER or at[row, end] <= due[end]:
        return NEVER
    late = [c for c in own_columns(picture, row) if due[c] != NEVER and at[row, c] > due[c]]
    return late[0] if late[0] != end else NEVER


def _headline(picture: Picture, column: int) -> Sentence:
    return write(
        picture,
        "headline",
        "On from {0:point} behind the sweep car",
        stand(picture, "point", column),
    )


def _sentences(picture: Picture, row: int, column: int) -> Iterator[Sentence]:
    yield write(
        picture, "behind", "The sweep car was due at {0:point} at {1}; {2} passed there {3} later, and went on.",
        stand(picture, "point", column), stand(picture, "sweep_time", column), stand(picture, "who", row),
        stand(picture, "behind_sweep", row, column),
    )  # fmt: skip
    yield came_home(picture, row)


STORY = StoryKind(
    name="went-on",
    words=said("went on behind the sweep car, and finished"),
    never=said("that the race was over for them, or that they should have stopped"),
    find=find,
)
