"""The certificate of one finisher: who, how far, how long, among whom. The last at the line has the same as the first.

Everybody who finished has one, in the race or after the cutoff, with or without a place; through the same gate as the
runner's page.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.ahead import is_running
from homestretch.boards.finishers import at_the_line
from homestretch.boards.frame import make_frame
from homestretch.boards.people import get_shown
from homestretch.boards.result_row import find_protested, find_shared
from homestretch.boards.splits import list_splits
from homestretch.boards.standing import Standing, find_declared, find_standing
from homestretch.boards.words import SEX_WORDS, say_count, say_group, say_ordinal
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_elapsed, say_time
from homestretch.race.event import Race
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.state.podiums import list_categories, places_of
from homestretch.state.snapshot import NEVER, Ints, Status

APART = 0.17
"""Points along the drawn road stand at least this share of the way from each other, so that their words do not meet."""


_WITHOUT = frozenset((Status.DNS, Status.DNF, Status.DSQ))
"""Who will not finish."""


class CertificateChoices(Choices, frozen=True, kw_only=True):
    """Whose certificate it is."""

    bib: Text


class WayMark(msgspec.Struct, frozen=True, kw_only=True):
    """A point along the way: its share of it, and the time from the own start."""

    name: str
    share: float
    net_ms: int


class CertificateBoard(Board, frozen=True, kw_only=True):
    """Times in ms, ``finish_at`` UTC ms. Sentences: ``did`` what, the other time, every place ``among`` how many, which
    at the ``line`` and when, how the results ``stand``. ``first`` and ``last`` of all who were at the line, the last only
    when nobody of the race is on the road any more. ``provisional`` while no version with this finish was declared."""

    who: Shown
    race: str
    race_name: str
    distance_m: float
    places_by: str
    gun_ms: int
    net_ms: int
    finish_at: int
    date_words: str
    did: str
    times_words: str
    among: tuple[str, ...]
    way: tuple[WayMark, ...]
    line: str
    stand: str
    first: bool
    last: bool
    provisional: bool
    standing: Standing


class _Finish(NamedTuple):
    """A finish: the Picture that has it, of a version or of now, its race and row in there, which at the line it was,
    of how many, and whether nobody of the race is on the road any more."""

    picture: Picture
    race: Race
    row: int
    place: int
    of: int
    over: bool

    @property
    def leg(self) -> bool:
        """Whether it is one leg of a relay."""
        return bool(self.picture.state.roster.leg[self.row] != NEVER)


def _get_shown(picture: Picture, viewer: Viewer, bib: str) -> tuple[int, Shown]:
    """The row of a bib and how this viewer sees it; NotFound as for a runner's page, and while the entry is held."""
    row, who = get_shown(picture, viewer, bib)
    if picture.state.is_held(row):
        raise NotFound(
            said("There is no certificate for bib {bib} now.", bib=bib),
            said("Ask the race office."),
        )
    return row, who


def rows(picture: Picture, viewer: Viewer, choices: CertificateChoices) -> CertificateBoard:
    """The certificate of a bib; NotFound for who is hidden from this viewer, and who has not finished."""
    row, who = _get_shown(picture, viewer, choices.bib)
    one = _find_finish(picture, row, choices.bib)
    race, state, frame = one.race, one.picture.state, make_frame(picture, viewer)
    gun_ms, net_ms = int(state.gun_ms[one.row]), int(state.net_ms[one.row])
    by_net, distance_m = race.places_by == "net" and not one.leg, _find_distance(one)
    standing, provisional = find_standing(picture, race), one.picture is picture
    return CertificateBoard(
        frame=frame,
        who=who,
        race=race.id,
        race_name=race.name,
        distance_m=distance_m,
        places_by="net" if by_net else "gun",
        gun_ms=gun_ms,
        net_ms=net_ms,
        finish_at=int(state.finish_at[one.row]),
        date_words=joined((frame.event.date_words, frame.event.date[:4]), " "),
        did=_say_what(one, say_distance(distance_m, picture.event.units)),
        times_words=_say_times(gun_ms, net_ms, by_net=by_net),
        among=_list_among(one),
        way=_choose(one, viewer),
        line=_say_order(one),
        stand=_say_stand(picture, row, said("Provisional") if provisional else standing.words),
        first=one.place == 1,
        last=one.over and one.place == one.of,
        provisional=provisional,
        standing=standing,
    )


def _say_stand(picture: Picture, row: int, words: str) -> str:
    if row not in find_protested(picture):
        return words
    return joined((words, said("under protest, which is not decided yet")), ", ")


def _find_finish(picture: Picture, row: int, bib: str) -> _Finish:
    """The finish of a row, as the newest version has it, else as it is now; NotFound without one."""
    roster = picture.state.roster
    race = picture.event.races[int(roster.race[row])]
    found, there = find_declared(picture, race, row)
    if not _finished(found, race)[there]:
        found, there = picture, row
    if found.state.gun_ms[there] == NEVER or not _finished(found, race)[there]:
        if picture.state.over or picture.state.status[row] in _WITHOUT:
            raise NotFound(
                said("There is no certificate for bib {bib}.", bib=bib),
                said("Everybody who finished has one."),
            )
        raise NotFound(
            said("There is no certificate for bib {bib} yet.", bib=bib),
            said("It is here a moment after the finish."),
        )
    place, of = _find_order(found, race, there)
    over = not is_running(picture, roster.race == picture.event.races.index(race))
    return _Finish(found, race, there, place, of, over)


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


def _say_what(one: _Finish, distance: str) -> str:
    if not one.leg:
        return said("finished the {race}, {distance}", race=one.race.name, distance=distance)
    team = one.picture.state.roster.team[one.row] or said("a team")
    return said(
        "ran a leg of the {race} for {team}, {distance}",
        race=one.race.name, team=team, distance=distance,
    )  # fmt: skip


def _say_times(gun_ms: int, net_ms: int, *, by_net: bool) -> str:
    if by_net:
        return said("net time · gun {time}", time=say_elapsed(gun_ms))
    return said("gun time · net {time}", time=say_elapsed(net_ms))


def _say_order(one: _Finish) -> str:
    at = int(one.picture.state.finish_at[one.row])
    time = say_time(at, one.picture.event.zone_info, seconds=True)
    if one.leg:
        return said("At the line at {time}.", time=time)
    if one.place == 1:
        return said("The first at the line, at {time}.", time=time)
    count, ordinal = say_count(one.of), say_ordinal(one.place)
    if one.over and one.place == one.of:
        return said(
            "The last of {count} at the line, at {time}: with this finish the race was complete.",
            count=count, time=time,
        )  # fmt: skip
    if one.over:
        return said(
            "The {place} at the line of {count}, at {time}.", place=ordinal, count=count, time=time
        )
    return said("The {place} at the line, at {time}.", place=ordinal, time=time)


def _find_distance(one: _Finish) -> float:
    """Metres of the own course: the race's, or from one exchange to the next."""
    race, row = one.race, one.row
    roster, points = one.picture.state.roster, one.picture.state.points
    if not one.leg:
        return race.distance_m
    metres = points.distance_m[int(roster.race[row])]
    ends = (int(roster.start_point[row]), int(roster.end_point[row]))
    if NEVER in ends:
        return race.distance_m
    return float(metres[ends[1]] - metres[ends[0]])


def _list_among(one: _Finish) -> tuple[str, ...]:
    """Every place that somebody has, the largest company first: ``14th of 372``, ``3rd of 41 women 40-44``."""
    picture, row = one.picture, one.row
    state, roster = picture.state, picture.state.roster
    race = picture.event.races.index(one.race)
    found: list[str] = []
    mine = (roster.race == race) & (state.place != NEVER)
    if state.place[row] != NEVER:
        place, count = say_ordinal(int(state.place[row])), say_count(int(mine.sum()))
        words = said("{place} of {count}", place=place, count=count)
        if row in find_shared(picture):
            words = joined((words, said("shared by ruling")), ", ")
        found.append(words)
    for category in list_categories(picture.event, roster):
        if category.race == race and row in category.rows and not category.relay:
            places: Ints = places_of(state, category)
            own, of = int(places[category.rows == row][0]), int((places != NEVER).sum())
            if own != NEVER:
                whom = (
                    SEX_WORDS.get(category.sex, ""),
                    say_group(category.group),
                    category.division,
                )
                found.append(
                    said(
                        "{place} of {count} {whom}",
                        place=say_ordinal(own),
                        count=say_count(of),
                        whom=joined([word for word in whom if word], " "),
                    )
                )
    return tuple(found)


def _choose(one: _Finish, viewer: Viewer) -> tuple[WayMark, ...]:
    """The finish and the points before it that were passed, as many as have room beside each other."""
    passed = [
        WayMark(name=split.name, share=split.distance_m / one.race.distance_m, net_ms=split.net_ms)
        for split in list_splits(one.picture, viewer, one.row)
        if split.net_ms is not None and split.net_ms > 0 and split.distance_m > 0
    ]
    kept: list[WayMark] = []
    for mark in reversed(passed):
        if mark.share >= APART and (not kept or kept[-1].share - mark.share >= APART):
            kept.append(mark)
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
