"""Bibs that people wrote down and that can hardly be: told to whoever wrote them, and asked of course control, which
takes the word back or says whose bib it was."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import msgspec

from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.saying import counted, said
from homestretch.race.spelling import bib_key
from homestretch.state.entered import Doubted
from homestretch.state.snapshot import NEVER, Question

MISTYPED: Final = "perhaps another bib was meant"


class SeenRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sighting that can hardly be: where and when (UTC ms), why not; ``fact`` names it in a strike."""

    place: str
    seen_at: int
    why: str
    fact: str


def list_mistyped(picture: Picture) -> tuple[Question, ...]:
    """One question for each entrant of whom such a thing was written down and on whom nobody has ruled, since the
    first word; of bibs that nobody has the state asks itself."""
    state = picture.state
    known = [one for one in state.doubted if one.row not in (NEVER, *state.ruled)]
    return tuple(
        _ask(picture, row, list(words))
        for row, words in groupby(sorted(known, key=lambda one: one.row), lambda one: one.row)
    )


def _ask(picture: Picture, row: int, words: list[Doubted]) -> Question:
    """``seen at Mile 25 at 11:02, and 2 more; that bib was read at 10K at 11:04``"""
    first = words[0]
    detail = said(
        "written down at {place}, {time}; {why}",
        place=_place(picture, first),
        time=say_time(first.seen_at, picture.event.zone_info),
        why=say_against(picture, first),
    )
    if len(words) > 1:
        detail = said("{what}; and {count} more", what=detail, count=counted(len(words) - 1))
    return Question(MISTYPED, row, first.seen_at, detail)


def list_seen(picture: Picture, bib: str) -> tuple[SeenRow, ...]:
    """What was written down under a bib and can hardly be, in the order of the law."""
    return tuple(
        SeenRow(
            place=_place(picture, one),
            seen_at=one.seen_at,
            why=say_against(picture, one),
            fact=f"{one.id.number} {one.id.digest} {one.id.source}",
        )
        for one in picture.state.doubted
        if bib_key(one.bib) == bib_key(bib)
    )


def say_against(picture: Picture, doubted: Doubted) -> str:
    """Why it can hardly be that somebody was there."""
    state, zone = picture.state, picture.event.zone_info
    if doubted.row == NEVER:
        return said("nobody has this bib")
    if doubted.column != NEVER:
        return said(
            "that bib was read at {point} at {time}",
            point=state.points.names[doubted.column],
            time=say_time(doubted.read_at, zone),
        )
    if doubted.read_at != NEVER:
        return said("that bib starts at {time}", time=say_time(doubted.read_at, zone))
    race = picture.event.races[int(state.roster.race[doubted.row])].name
    return said("that bib runs in {race}, which does not pass there", race=race)


def _place(picture: Picture, doubted: Doubted) -> str:
    point = picture.event.find_point(doubted.place)
    return point.name if point else doubted.place
