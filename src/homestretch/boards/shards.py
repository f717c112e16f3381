"""Runners in shards, for pages that very many follow at once: what the public may read of sixty-four bibs.

A shard says who has finished and how, and of everybody else only whether they are on the road: a list of who is where
does not exist, whoever asks for it. Where one runner is, their own page says.
"""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.boards.standing import find_declared, find_status
from homestretch.boards.words import say_status
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.snapshot import FINISHERS, NEVER, Mark, Status

SHARD: Final = 64
PUBLIC: Final = Viewer()


class ShardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One runner: ``status`` in words, times in ms, ``place`` 0 while there is none."""

    bib: str
    name: str
    race: str
    status: str
    gun_ms: int | None = None
    net_ms: int | None = None
    place: int = 0


class Shard(msgspec.Struct, frozen=True, kw_only=True):
    """Shard ``number`` of ``shards``, from 0, in the order of races and bibs; whoever is hidden is left out."""

    event: str
    number: int
    shards: int
    provisional: bool
    runners: tuple[ShardRow, ...]


def make_shard(picture: Picture, number: int) -> Shard:
    """One shard; NotFound when there are not so many."""
    entrants = len(picture.state.roster.entrants)
    shards = -(-entrants // SHARD)
    if not 0 <= number < shards:
        raise NotFound(
            said("There is no such shard of runners."), said("They are numbered from 0.")
        )
    rows = range(number * SHARD, min(entrants, (number + 1) * SHARD))
    found = (_row(picture, row) for row in rows)
    return Shard(
        event=picture.event.id,
        number=number,
        shards=shards,
        provisional=picture.provisional,
        runners=tuple(one for one in found if one is not None),
    )


def _row(picture: Picture, row: int) -> ShardRow | None:
    state, who = picture.state, shown(picture, PUBLIC, row)
    if who.hidden:
        return None
    race, status = (
        picture.event.races[int(state.roster.race[row])],
        find_status(picture, PUBLIC, row),
    )
    stops = bool(int(state.marks[row]) & Mark.SAID_TO_WITHDRAW)
    words = say_status(Status.LEFT if stops else status, "public")
    found = ShardRow(
        bib=who.bib,
        name=who.name,
        race=race.id,
        status=words,
    )
    declared, row = find_declared(picture, race, row)
    state = declared.state
    if status not in FINISHERS or int(state.gun_ms[row]) == NEVER:
        return found
    return msgspec.structs.replace(
        found,
        gun_ms=int(state.gun_ms[row]),
        net_ms=int(state.net_ms[row]),
        place=max(0, int(state.place[row])),
    )
