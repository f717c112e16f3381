"""What the kinds of story have in common: how one is put together, and how many of a kind are enough."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.sharing import once_a_picture
from homestretch.state.snapshot import FINISHERS, NEVER, OPEN, Ints
from homestretch.stories.gate import may_tell
from homestretch.stories.measures import home_order
from homestretch.stories.values import Rarity, Sentence, Story, story_id
from homestretch.stories.wording import stand, write

MOST = 12
"""Candidates of one kind in a race: more would be a list, not stories."""


def tell(
    picture: Picture,
    kind: str,
    rows: tuple[int, ...],
    headline: Sentence,
    sentences: Iterable[Sentence],
    rarity: Rarity,
    *,
    since: int = -1,
) -> Story:
    """A story of finishers of one race."""
    roster = picture.state.roster
    race = int(roster.race[rows[0]])
    people = tuple(roster.entrants[row] for row in rows)
    order = home_order(picture)
    return Story(
        id=story_id(kind, people),
        kind=kind,
        race=race,
        rows=rows,
        entrants=people,
        headline=headline,
        sentences=tuple(sentences),
        rarity=rarity,
        behind=int(order[roster.race == race].max()) - int(order[list(rows)].max()),
        since=since,
    )


def told_finishers(picture: Picture, race: int) -> Ints:
    """Rows of a race's finishers of whom something may be told and whom the last mat read, in the order in which
    they came home."""
    return _told_finishers(picture)[race]


@once_a_picture
def _told_finishers(picture: Picture) -> tuple[Ints, ...]:
    return tuple(_told_of(picture, race) for race in range(len(picture.event.races)))


def _told_of(picture: Picture, race: int) -> Ints:
    state, roster = picture.state, picture.state.roster
    rows = np.flatnonzero(
        may_tell(picture) & (roster.race == race) & np.isin(state.status, FINISHERS)
    )
    ends = roster.end_point[rows]
    rows, ends = rows[ends != NEVER], ends[ends != NEVER]
    read: Ints = rows[state.passed_at[rows, ends] >= 0]
    return read[np.argsort(home_order(picture)[read], kind="stable")]


def among_people(picture: Picture, race: int, found: int, rank: int) -> Rarity:
    """So many of a kind, among the finishers of whom something may be told."""
    return Rarity(found, len(told_finishers(picture, race)), said("finishers"), rank)


def among_pairs(picture: Picture, race: int, found: int, rank: int) -> Rarity:
    """So many pairs of a kind, among all pairs of finishers of whom something may be told."""
    people = len(told_finishers(picture, race))
    return Rarity(found, people * (people - 1) // 2, said("pairs of finishers"), rank)


def own_columns(picture: Picture, row: int) -> list[int]:
    """The columns that read somebody, in the order of the course."""
    state = picture.state
    metres = state.points.distance_m[int(state.roster.race[row])]
    return [
        c
        for c in np.argsort(metres).tolist()
        if not np.isnan(metres[c]) and state.passed_at[row, c] >= 0
    ]


def so_far(picture: Picture, race: int) -> str:
    """What is added to a count of a race that may still grow."""
    return " so far" if is_under_way(picture, race) else ""


def is_under_way(picture: Picture, race: int) -> bool:
    """Whether somebody of a race is not accounted for yet."""
    mine = picture.state.roster.race == race
    return bool(np.isin(picture.state.status[mine], OPEN).any())


def came_home_both(picture: Picture, one: int, other: int) -> Sentence:
    """``They crossed the line at 15:05:08 and 15:05:09, numbers 4,009 and 4,010 of 4,018 finishers.``"""
    roster = picture.state.roster
    end, race = int(roster.end_point[one]), int(roster.race[one])
    rows = sorted((one, other), key=lambda row: int(home_order(picture)[row]))
    times = [stand(picture, "passed", row, end) for row in rows]
    places = [*(stand(picture, "home", row) for row in rows), stand(picture, "finishers", race)]
    if int(times[0].found.value) // 1000 == int(times[1].found.value) // 1000:
        words = f"They crossed the line in the same second, at {{0}}, numbers {{1}} and {{2}} of {{3}} finishers{so_far(picture, race)}."
        return write(picture, "line", words, times[0], *places)
    words = f"They crossed the line at {{0}} and {{1}}, numbers {{2}} and {{3}} of {{4}} finishers{so_far(picture, race)}."
    return write(picture, "line", words, *times, *places)


def came_home(picture: Picture, row: int) -> Sentence:
    """``Nell Bramblethwaite crossed the line at 15:16:38, number 4,017 of 4,018 finishers.``"""
    end, race = int(picture.state.roster.end_point[row]), int(picture.state.roster.race[row])
    return write(
        picture,
        "line",
        f"{{0}} crossed the line at {{1}}, number {{2}} of {{3}} finishers{so_far(picture, race)}.",
        stand(picture, "who", row),
        stand(picture, "passed", row, end),
        stand(picture, "home", row),
        stand(picture, "finishers", race),
    )
