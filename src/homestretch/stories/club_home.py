"""People of one club who came home together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.showing import may_pair
from homestretch.stories.gate import shown_in_story
from homestretch.stories.measures import home_order
from homestretch.stories.telling import MOST, among_people, so_far, tell, told_finishers
from homestretch.stories.values import Sentence, Stand, Story, StoryKind
from homestretch.stories.wording import stand, write

WITHIN_S = 5.0
LEAST, LARGEST = 3, 8


def find(picture: Picture) -> Iterator[Story]:
    """Groups of three to eight who crossed the line within five seconds; the larger the group, the further out."""
    order = home_order(picture)
    for race in range(len(picture.event.races)):
        clubs: dict[str, list[int]] = defaultdict(list)
        for row in told_finishers(picture, race).tolist():
            if club := shown_in_story(picture, row).club:
                clubs[club].append(row)
        groups = [group for rows in clubs.values() for group in _groups(picture, rows)]
        groups.sort(key=lambda group: (-len(group), -int(order[group[0]])))
        for rank, group in enumerate(groups[:MOST]):
            rarity = among_people(picture, race, len(groups), rank)
            yield tell(
                picture,
                "club",
                group,
                _headline(picture, group),
                _sentences(picture, group),
                rarity,
            )


def _groups(picture: Picture, rows: list[int]) -> Iterator[tuple[int, ...]]:
    """Runs of people, in the order of their finish, of whom all were home within ``WITHIN_S`` and each agreed to be
    shown with the others."""
    finish = picture.state.finish_at
    group: list[int] = []
    for row in rows:
        near = not group or int(finish[row]) - int(finish[group[0]]) <= WITHIN_S * 1000
        if near and all(may_pair(picture, row, other) for other in group):
            group.append(row)
            continue
        if LEAST <= len(group) <= LARGEST:
            yield tuple(group)
        group = [row]
    if LEAST <= len(group) <= LARGEST:
        yield tuple(group)


def _headline(picture: Picture, group: tuple[int, ...]) -> Sentence:
    return write(
        picture, "headline", "{0:words} of {1}, home together",
        stand(picture, "how_many", *group), stand(picture, "club", group[0]),
    )  # fmt: skip


def _sentences(picture: Picture, group: tuple[int, ...]) -> Iterator[Sentence]:
    end = int(picture.state.roster.end_point[group[0]])
    names = [stand(picture, "who", row) for row in group]
    race = int(picture.state.roster.race[group[0]])
    listed = ", ".join(f"{{{at}}}" for at in range(len(names) - 1)) + f" and {{{len(names) - 1}}}"
    yield write(
        picture, "club", f"{listed} of {{{len(names)}}} crossed the line within {{{len(names) + 1}:within}} of each other.",
        *names, stand(picture, "club", group[0]), stand(picture, "span", end, *group),
    )  # fmt: skip
    order = sorted(group, key=lambda row: int(home_order(picture)[row]))
    begin, close = (stand(picture, "passed", row, end) for row in (order[0], order[-1]))
    when = "at {0}" if _clock_s(begin) == _clock_s(close) else "between {0} and {2}"
    times = (begin,) if _clock_s(begin) == _clock_s(close) else (begin, close)
    yield write(
        picture, "line", f"They were home {when}, in a field of {{1}} finishers{so_far(picture, race)}.",
        begin, stand(picture, "finishers", race), *times[1:],
    )  # fmt: skip


def _clock_s(passed: Stand) -> int:
    """The second that a clock showed."""
    return int(passed.found.value) // 1000


STORY = StoryKind(
    name="club",
    words=said("people of a club who came home together"),
    never=said("that they ran together all day, or that anybody waited for anybody"),
    find=find,
)
