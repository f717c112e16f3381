"""Two who were apart, met on the course, and finished together."""

from __future__ import annotations

from collections.abc import Iterator

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.stories.measures import swept_races
from homestretch.stories.pairs import Pair, list_pairs
from homestretch.stories.telling import MOST, among_pairs, came_home_both, tell
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

APART_S = 60.0
"""So far apart they were at some point before: nearer than that may be one group that was strung out."""
SWEEP_S = 20 * 60.0
"""The sweep car is told of when it was due within so long."""


def find(picture: Picture) -> Iterator[Story]:
    """The stories of this kind. The further apart they were and the longer they then kept together, the further out."""
    apart = [
        pair for pair in list_pairs(picture) if pair.before and _apart_s(picture, pair) >= APART_S
    ]
    for race in range(len(picture.event.races)):
        met = [pair for pair in apart if pair.race == race]
        met.sort(key=lambda pair: (-_together_m(picture, pair), -_apart_s(picture, pair)))
        for rank, pair in enumerate(met[:MOST]):
            yield tell(
                picture, "met", (pair.first, pair.other), _headline(picture, pair), _sentences(picture, pair),
                among_pairs(picture, race, len(met), rank), since=pair.since,
            )  # fmt: skip


def _apart_s(picture: Picture, pair: Pair) -> float:
    at = picture.state.passed_at
    return abs(int(at[pair.first, pair.before[-1]]) - int(at[pair.other, pair.before[-1]])) / 1000.0


def _together_m(picture: Picture, pair: Pair) -> float:
    metres = picture.state.points.distance_m[pair.race]
    return float(metres[pair.beside[-1]] - metres[pair.since])


def _headline(picture: Picture, pair: Pair) -> Sentence:
    gap = stand(picture, "apart", pair.first, pair.other, pair.before[-1])
    return write(
        picture,
        "headline",
        "{0:words} apart at {1:point}",
        gap,
        stand(picture, "point", pair.before[-1]),
    )


def _sentences(picture: Picture, pair: Pair) -> Iterator[Sentence]:
    first, other = pair.first, pair.other
    at, far = picture.state.passed_at, pair.before[-1]
    ahead, behind = (first, other) if at[first, far] <= at[other, far] else (other, first)
    names = [stand(picture, "who", row) for row in (ahead, behind)]
    point, since = (stand(picture, "point", column) for column in (far, pair.since))
    yield write(
        picture, "apart", "{0} passed {1:point} {2} before {3}.",
        names[0], point, stand(picture, "apart", ahead, behind, far), names[1],
    )  # fmt: skip
    yield write(
        picture, "closed",
        "Between {0:point} and {1:point} the gap closed. From {1:point} to the finish they passed every timing point"
        " that read both within {2:within} of each other.",
        point, since, stand(picture, "furthest", first, other, *pair.beside),
    )  # fmt: skip
    yield from _end(picture, pair)


def _end(picture: Picture, pair: Pair) -> Iterator[Sentence]:
    end, at = pair.beside[-1], picture.state.passed_at
    yield came_home_both(picture, pair.first, pair.other)
    later = max((pair.first, pair.other), key=lambda row: int(at[row, end]))
    left = stand(picture, "before_sweep", later, end)
    if pair.race in swept_races(picture) and 0 < left.found.value <= SWEEP_S:
        yield write(picture, "sweep", "That was {0} before the sweep car was due there.", left)


STORY = StoryKind(
    name="met",
    words=said("met on the course and finished together"),
    never=said(
        "where they met beyond two timing points, why, what they said, or what they are to each other"
    ),
    find=find,
    of_pairs=True,
)
