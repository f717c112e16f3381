"""Two who were side by side at every timing point from the first to the finish."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.stories.measures import furthest, home_order
from homestretch.stories.pairs import Pair, list_pairs
from homestretch.stories.telling import MOST, among_pairs, came_home_both, tell
from homestretch.stories.values import Sentence, Story, StoryKind
from homestretch.stories.wording import stand, write

LEAST_POINTS = 4


def find(picture: Picture) -> Iterator[Story]:
    """The stories of this kind: the less they were ever apart (in whole seconds), and the nearer to the end of the
    field, the further out."""
    order = home_order(picture)
    for race in range(len(picture.event.races)):
        pairs = [pair for pair in list_pairs(picture) if pair.race == race and not pair.before]
        pairs = [pair for pair in pairs if len(pair.read) >= LEAST_POINTS]
        pairs.sort(key=lambda pair: (ceil(_most_s(picture, pair)), -int(order[pair.first])))
        for rank, pair in enumerate(pairs[:MOST]):
            yield tell(
                picture, "beside", (pair.first, pair.other), _headline(picture, pair), _sentences(picture, pair),
                among_pairs(picture, race, len(pairs), rank), since=pair.since,
            )  # fmt: skip


def _most_s(picture: Picture, pair: Pair) -> float:
    return furthest(picture, pair.first, pair.other, *pair.read).value


def _headline(picture: Picture, pair: Pair) -> Sentence:
    read = stand(picture, "points_read", pair.first, pair.other, *pair.read)
    apart = stand(picture, "furthest", pair.first, pair.other, *pair.read)
    words = "{0:words} timing points, never more than {1:within} apart"
    return write(picture, "headline", words, read, apart)


def _sentences(picture: Picture, pair: Pair) -> Iterator[Sentence]:
    first, other = pair.first, pair.other
    yield write(
        picture, "beside",
        "{0} and {1} were side by side at all {2:words} timing points that read both, from {3:point} to the finish, and"
        " never more than {4:within} apart there.",
        stand(picture, "who", first), stand(picture, "who", other),
        stand(picture, "points_read", first, other, *pair.read), stand(picture, "point", pair.read[0]),
        stand(picture, "furthest", first, other, *pair.read),
    )  # fmt: skip
    yield came_home_both(picture, first, other)


STORY = StoryKind(
    name="beside",
    words=said("side by side all the way"),
    never=said("that they belong together, or that one ran for the other"),
    find=find,
    of_pairs=True,
)
