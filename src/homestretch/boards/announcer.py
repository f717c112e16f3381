"""The announcer's page: who will cross the line in the next minutes, who just did, and what to say about them.

Whoever reads it may say it aloud, so everybody is shown on it as they may be called out, to every viewer alike. The
last finishers stand in the same rows as the first; nobody is called alone, slow or last but by the call to the line.
"""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices
from homestretch.boards.ahead import (
    end_m,
    expected_home,
    find_next_start,
    find_unseen,
    first_home_at,
    is_forecast,
)
from homestretch.boards.clearing import on_the_way
from homestretch.boards.finishers import at_the_line
from homestretch.boards.frame import make_frame
from homestretch.boards.people import shown_aloud
from homestretch.boards.together import list_together
from homestretch.boards.words import ROLE_WORDS, SEX_WORDS, say_holding, say_ordinal
from homestretch.forecast.values import FINISH, MEDIAN, Coming
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, Ints

CREW: frozenset[Role] = frozenset(("announcer", "control", "director", "medical"))
"""who is shown everybody who comes in the next minutes"""
COMING, COMING_IN_PUBLIC, HOME, ON_A_WALL = 20, 5, 10, 5
AHEAD_S = 600
"""the next minutes"""
MARATHON_M = 42_000.0
ALOUD = Viewer("announcer")
PODIUM = 3


class ComingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who comes to the line between two moments (UTC ms) in four cases of five, or any minute. ``say`` is
    what may be said of them."""

    who: Shown
    race: str
    any_minute: bool
    from_at: int
    until_at: int
    say: tuple[str, ...]


class HomeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is at the line since ``finish_at`` (UTC ms); ``time_ms``: the time by which the race is
    ranked."""

    who: Shown
    race: str
    finish_at: int
    time_ms: int
    say: tuple[str, ...]


class AnnouncerBoard(Board, frozen=True, kw_only=True):
    """``silent`` says why nobody is announced as coming, empty otherwise. ``coming_count``: how many are expected in
    the next ten minutes, listed or not; ``next_at``: while there is nobody, about when the next one is (UTC ms)."""

    silent: str
    coming_count: int
    next_at: int | None
    coming: tuple[ComingRow, ...]
    home: tuple[HomeRow, ...]


def rows(picture: Picture, viewer: Viewer, choices: Choices) -> AnnouncerBoard:
    """The board, the same for everybody but for how many of those who come it lists."""
    silent = _say_silent(picture)
    coming = np.zeros(0, np.int64) if silent else _find_coming(picture)
    most = COMING if viewer.role in CREW and not choices.wall else COMING_IN_PUBLIC
    newest = _find_home(picture)[: ON_A_WALL if choices.wall else HOME]
    return AnnouncerBoard(
        frame=make_frame(picture, viewer),
        silent=silent,
        coming_count=len(coming),
        next_at=None
        if silent or len(coming)
        else first_home_at(picture, np.flatnonzero(on_the_way(picture))),
        coming=tuple(_coming(picture, row) for row in coming[:most].tolist()),
        home=tuple(_home(picture, row) for row in newest.tolist()),
    )


def _say_silent(picture: Picture) -> str:
    if picture.state.over:
        return said("Nobody is on the road any more.")
    if picture.state.quiet.all():
        why = say_holding([flag.state for flag in picture.state.flags])
        return said("Nothing is said of times {why}.", why=why)
    if not on_the_way(picture).any():
        _, next_at = find_next_start(picture)
        if next_at is None:
            return said("Nobody is on the road.")
        start = say_time(next_at, picture.event.zone_info)
        return said("Nobody is on the road. The first start is at {time}.", time=start)
    if picture.forecast is None:
        return said("The forecast is being made. It appears here by itself.")
    return ""


def _find_coming(picture: Picture) -> Ints:
    """(k,) rows of those who come in the next minutes, by the middle of their arrivals."""
    forecast = picture.forecast
    assert forecast is not None  # asked for only with a forecast
    said = np.isin(forecast.coming[:, FINISH], (Coming.DUE, Coming.ANY_MINUTE))
    everybody = np.arange(len(said))
    known = is_forecast(picture, everybody)
    by_pace_s = (end_m(picture, everybody) - picture.state.position_m) * picture.state.pace_s_per_km
    in_s = forecast.in_s[:, FINISH, MEDIAN] - (picture.now - forecast.now) / 1000
    in_s = np.where(known, in_s, by_pace_s / 1000)
    found = np.flatnonzero((said | ~known) & on_the_way(picture) & (in_s <= AHEAD_S))
    found = found[~find_unseen(picture, found)]
    found = found[[expected_home(picture, row) is not None for row in found.tolist()]]
    return found[np.argsort(in_s[found], kind="stable")]


def _find_home(picture: Picture) -> Ints:
    """(k,) rows of those who are at the line, the newest first."""
    at_line = np.zeros(len(picture.state.status), np.bool_)
    for race in picture.event.races:
        at_line |= at_the_line(picture, race)
    found = np.flatnonzero(at_line)
    return found[np.argsort(-picture.state.finish_at[found], kind="stable")]


def _coming(picture: Picture, row: int) -> ComingRow:
    expected = expected_home(picture, row)
    assert expected is not None  # they are among those who come
    who = shown_aloud(picture, row)
    return ComingRow(
        who=who,
        race=picture.event.races[int(picture.state.roster.race[row])].name,
        any_minute=expected.soon,
        from_at=expected.from_at,
        until_at=expected.until_at,
        say=_list_words(picture, row, who),
    )


def _home(picture: Picture, row: int) -> HomeRow:
    state = picture.state
    race = picture.event.races[int(state.roster.race[row])]
    times = state.net_ms if race.places_by == "net" else state.gun_ms
    who = shown_aloud(picture, row)
    return HomeRow(
        who=who,
        race=race.name,
        finish_at=int(state.finish_at[row]),
        time_ms=int(times[row]),
        say=(*_list_places(picture, row, who), *_list_words(picture, row, who)),
    )


def _list_words(picture: Picture, row: int, who: Shown) -> tuple[str, ...]:
    """With whom they come (a wall has room for one line), home town, club, what they told at entry; nothing of whom
    nobody may name."""
    if who.hidden:
        return ()
    roster = picture.state.roster
    person = picture.names.persons.get(roster.entrants[row])
    found: list[str] = [said("from {town}", town=who.town)] if who.town else []
    found += [who.club] if who.club else []
    long = picture.event.races[int(roster.race[row])].distance_m >= MARATHON_M
    if person and person.first_marathon and long:
        found.append(said("first marathon, as told"))
    if roster.team[row]:
        found.append(said("for {team}", team=roster.team[row]))
    if role := ROLE_WORDS.get(roster.role[row]):
        found.append(role)
    return (*_list_beside(picture, row), *found)


def _list_beside(picture: Picture, row: int) -> list[str]:
    """With whom, since where, if both agreed and both may be called out."""
    beside = [one for one in list_together(picture, ALOUD, row) if one.still]
    rows = [picture.state.roster.find_row(one.who.bib) for one in beside]
    return [
        said("side by side with {name} since {point}", name=one.who.name, point=one.since_name)
        for one, other in zip(beside, rows, strict=True)
        if other is not None and not shown_aloud(picture, other).hidden
    ]


def _list_places(picture: Picture, row: int, who: Shown) -> tuple[str, ...]:
    """The places that are called out: the first three of the race, and of the women, men, non-binary."""
    state, roster = picture.state, picture.state.roster
    if who.hidden:
        return ()
    found = []
    if 0 < (place := int(state.place[row])) <= PODIUM:
        found.append(said("{place} of the race", place=say_ordinal(place)))
    for place, among in (
        (int(state.place_sex[row]), SEX_WORDS.get(roster.sex[row], "")),
        (int(state.place_apart[row]), roster.division[row] or said("teams")),
    ):
        if 0 < place <= PODIUM:
            found.append(said("{place} of the {among}", place=say_ordinal(place), among=among))
    return tuple(found)


def pulse(picture: Picture, _: Choices) -> object:
    """Somebody crossed the line, or control said something."""
    finish_at = picture.state.finish_at
    newest = int(finish_at.max(initial=NEVER))
    return newest, int((finish_at != NEVER).sum()), picture.state.flags


BOARD = BoardKind(
    pulse=pulse,
    name="announcer",
    path="/{event}/announcer",
    who=EVERYBODY,
    choices=Choices,
    rows=rows,
    template="announcer.html",
)
