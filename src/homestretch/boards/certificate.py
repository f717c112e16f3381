"""The certificate of one finisher: who, how far, how long, among whom. The last at the line has the same as the first.

Everybody who finished has one, in the race or after the cutoff, with or without a place; through the same gate as the
runner's page.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.ahead import is_running
from homestretch.boards.finishers import at_the_line
from homestretch.boards.frame import make_frame
from homestretch.boards.people import get_shown
from homestretch.boards.splits import list_splits
from homestretch.boards.standing import Standing, as_declared, find_standing
from homestretch.boards.words import SEX_WORDS, say_ordinal
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.privacy import Shown, Viewer
from homestretch.state.podiums import list_categories, places_of
from homestretch.state.snapshot import NEVER, Ints

APART = 0.17
"""Points along the drawn road stand at least this share of the way from each other, so that their words do not meet."""


class CertificateChoices(Choices, frozen=True, kw_only=True):
    """Whose certificate it is."""

    bib: Text


class Among(msgspec.Struct, frozen=True, kw_only=True):
    """A place, of how many, among whom: ``women 40-44``."""

    place: int
    of: int
    whom: str


class WayMark(msgspec.Struct, frozen=True, kw_only=True):
    """A point along the way: its share of it, and the time from the own start."""

    name: str
    share: float
    net_ms: int


class CertificateBoard(Board, frozen=True, kw_only=True):
    """Times in ms, ``finish_at`` UTC ms. ``line_words`` say how many were at the line before; ``first`` and ``last`` of
    all who were there, the last only when nobody of the race is on the road any more. ``provisional`` while no version
    with this finish was declared."""

    who: Shown
    race: str
    race_name: str
    distance_m: float
    places_by: str
    gun_ms: int
    net_ms: int
    finish_at: int
    team: str
    among: tuple[Among, ...]
    way: tuple[WayMark, ...]
    line_words: str
    first: bool
    last: bool
    provisional: bool
    standing: Standing


def rows(picture: Picture, viewer: Viewer, choices: CertificateChoices) -> CertificateBoard:
    """The certificate of a bib; NotFound for who is hidden from this viewer, and who has not finished."""
    row, who = get_shown(picture, viewer, choices.bib)
    entrant = picture.state.roster.entrants[row]
    race = picture.event.races[int(picture.state.roster.race[row])]
    frame, standing = make_frame(picture, viewer), find_standing(picture, race)
    declared = _find_declared(picture, race, entrant)
    provisional = declared is None
    shown_in, row = declared or (picture, row)
    state, number = shown_in.state, picture.event.races.index(race)
    if state.gun_ms[row] == NEVER or not _finished(shown_in, race)[row]:
        raise NotFound(
            f"There is no certificate for bib {choices.bib} yet.",
            "It is here a moment after the finish.",
        )
    roster = state.roster
    place, of = _find_order(shown_in, race, row)
    over = not is_running(picture, picture.state.roster.race == number)
    return CertificateBoard(
        frame=frame,
        who=who,
        race=race.id,
        race_name=race.name,
        distance_m=_find_distance(shown_in, race, row),
        places_by="gun" if roster.leg[row] != NEVER else race.places_by,
        gun_ms=int(state.gun_ms[row]),
        net_ms=int(state.net_ms[row]),
        finish_at=int(state.finish_at[row]),
        team=roster.team[row] if roster.leg[row] != NEVER else "",
        among=_list_among(shown_in, number, row),
        way=_choose(shown_in, viewer, race, row),
        line_words=_say_order(place, of, over=over) if roster.leg[row] == NEVER else "",
        first=place == 1,
        last=over and place == of,
        provisional=provisional,
        standing=standing,
    )


def _find_declared(picture: Picture, race: Race, entrant: str) -> tuple[Picture, int] | None:
    """The newest version and the row in it, if it has a finish of this entrant."""
    declared = as_declared(picture, race)
    there = declared.state.roster.entrants
    if declared is picture or entrant not in there:
        return None
    row = there.index(entrant)
    return (declared, row) if _finished(declared, race)[row] else None


def _finished(picture: Picture, race: Race) -> list[bool]:
    """(n,) who has a finish in the race; of a relay everybody whose own leg has."""
    found = at_the_line(picture, race)
    legs = picture.state.roster.leg != NEVER
    found |= legs & (picture.state.gun_ms != NEVER)
    finished: list[bool] = found.tolist()
    return finished


def _find_order(picture: Picture, race: Race, row: int) -> tuple[int, int]:
    """Which at the line of the race, of how many until now."""
    at = picture.state.finish_at[at_the_line(picture, race)]
    return int(np.count_nonzero(at < picture.state.finish_at[row])) + 1, len(at)


def _say_order(place: int, of: int, *, over: bool) -> str:
    if place == 1:
        return "the first at the line"
    if over and place == of:
        return f"the last of {of:,} at the line: with this finish the race was complete"
    return f"the {say_ordinal(place)} at the line" + (f" of {of:,}" if over else "")


def _find_distance(picture: Picture, race: Race, row: int) -> float:
    """Metres of the own course: the race's, or from one exchange to the next."""
    roster, points = picture.state.roster, picture.state.points
    if roster.leg[row] == NEVER:
        return race.distance_m
    metres = points.distance_m[int(roster.race[row])]
    ends = (int(roster.start_point[row]), int(roster.end_point[row]))
    if NEVER in ends:
        return race.distance_m
    return float(metres[ends[1]] - metres[ends[0]])


def _list_among(picture: Picture, race: int, row: int) -> tuple[Among, ...]:
    """Every place that somebody has, the largest company first."""
    state, roster = picture.state, picture.state.roster
    found = []
    mine = (roster.race == race) & (state.place != NEVER)
    if state.place[row] != NEVER:
        found.append(Among(place=int(state.place[row]), of=int(mine.sum()), whom="everybody"))
    for category in list_categories(picture.event, roster):
        if category.race == race and row in category.rows and not category.relay:
            place: Ints = places_of(state, category)
            own = int(place[category.rows == row][0])
            words = [SEX_WORDS.get(category.sex, ""), category.group, category.division]
            whom = " ".join(word for word in words if word)
            if own != NEVER:
                found.append(Among(place=own, of=int((place != NEVER).sum()), whom=whom))
    return tuple(found)


def _choose(picture: Picture, viewer: Viewer, race: Race, row: int) -> tuple[WayMark, ...]:
    """The finish and the points before it that were passed, as many as have room beside each other."""
    passed = [
        WayMark(name=split.name, share=split.distance_m / race.distance_m, net_ms=split.net_ms)
        for split in list_splits(picture, viewer, row)
        if split.net_ms is not None and split.net_ms > 0 and split.distance_m > 0
    ]
    kept: list[WayMark] = []
    for mark in reversed(passed):
        if mark.share >= APART and (not kept or kept[-1].share - mark.share >= APART):
            kept.append(mark)
    assert all(later.share > sooner.share for later, sooner in pairwise(kept))
    return tuple(reversed(kept))


def pulse(picture: Picture, choices: CertificateChoices) -> object:
    """The finish, or a word on the results."""
    row = picture.state.roster.find_row(choices.bib)
    return (
        None if row is None else (int(picture.state.finish_at[row]), picture.state.words.declared)
    )


BOARD = BoardKind(
    pulse=pulse,
    name="certificate",
    path="/{event}/runners/{bib}/certificate",
    who=EVERYBODY,
    choices=CertificateChoices,
    rows=rows,
    template="certificate.html",
)
