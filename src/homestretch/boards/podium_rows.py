"""Podiums as rows: who stands on each, who could still change it and until when, what was said of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec
import numpy as np

from homestretch.boards.people import LedgerEntry, ledger_entries, named_to
from homestretch.boards.result_row import find_protested
from homestretch.boards.said_words import say_category, say_within
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.declared import CategoryWord
from homestretch.state.podiums import CLOSE_MS, Podium, find_podiums, places_of
from homestretch.state.snapshot import NEVER, Ints

MINUTE_MS = 60_000


class PodiumPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a podium; of a relay the team's name stands for its runners. ``elapsed_ms`` is the time by which
    the category is ranked."""

    place: int
    who: Shown
    elapsed_ms: int
    under_protest: bool


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A word that was said of a podium: when (UTC ms), by whom, and how it is named in a strike."""

    said_at: int
    by: str
    fact: str


class PodiumRow(msgspec.Struct, frozen=True, kw_only=True):
    """A category's podium; ``short`` is its name without the race. Counts: of who could still come in time (up to ``until_at``, UTC ms, None while the podium
    is not full or nobody can), who may have come unread, of whom nothing was seen at all, and whose result is not
    settled. ``people`` are the first of them, the likeliest first. ``protests_until_at``: when the protest clock of what
    was posted runs out."""

    key: str
    name: str
    short: str
    by_net: bool
    first: tuple[PodiumPlace, ...]
    final: bool
    coming: int
    until_at: int | None
    unread: int
    unseen: int
    asked: int
    people: tuple[LedgerEntry, ...]
    cleared: Fact | None
    posted: Fact | None
    protests_until_at: int | None


def make_podiums(
    picture: Picture, viewer: Viewer, race: int, named: int, opened: str, most: int
) -> tuple[PodiumRow, ...]:
    """The podiums of a race, in which somebody is or can still come; ``named`` people of each who could change it,
    ``most`` of the one ``opened``. The caller has made sure that the viewer keeps the ledger."""
    podiums = find_podiums(picture.event, picture.state)
    return tuple(
        _row(picture, viewer, podium, most if podium.category.key == opened else named)
        for podium in podiums
        if podium.category.race == race
    )


def list_close(rows: Iterable[PodiumRow]) -> tuple[tuple[str, str], ...]:
    """Bibs of those on a podium who came within a second of each other and have a place each: hand in hand, perhaps.
    A shared place is offered, and given by ruling alone."""
    pairs = [
        (one.who.bib, other.who.bib)
        for row in rows
        for one, other in pairwise(row.first)
        if other.elapsed_ms - one.elapsed_ms < CLOSE_MS and one.place != other.place
    ]
    return tuple(dict.fromkeys(pair for pair in pairs if all(pair)))


def list_rivals(podium: Podium) -> Ints:
    """Everybody who could still change a podium: who comes first, then whose result is asked for."""
    return np.concatenate([podium.coming, podium.asked, podium.unread, podium.unseen])


def _row(picture: Picture, viewer: Viewer, podium: Podium, named: int) -> PodiumRow:
    category, words = podium.category, picture.state.words
    race = picture.event.races[category.race]
    cleared = _find_word(picture, words.cleared, {category.key})
    posted = _find_word(picture, words.posted, {category.key, race.id})
    name = say_category(picture.event, category.key)
    clock_ms = round(picture.event.awards.protest_min * MINUTE_MS)
    return PodiumRow(
        key=category.key,
        name=name,
        short=say_within(category.key) or name,
        by_net=category.by_net,
        first=_list_first(picture, viewer, podium),
        final=podium.final,
        coming=len(podium.coming),
        until_at=None if podium.until_at == NEVER else podium.until_at,
        unread=len(podium.unread),
        unseen=len(podium.unseen),
        asked=len(podium.asked),
        people=ledger_entries(
            picture, viewer, named_to(picture, viewer, list_rivals(podium))[:named].tolist()
        ),
        cleared=cleared,
        posted=posted,
        protests_until_at=posted.said_at + clock_ms if posted else None,
    )


def _list_first(picture: Picture, viewer: Viewer, podium: Podium) -> tuple[PodiumPlace, ...]:
    state, category = picture.state, podium.category
    place = dict(zip(category.rows.tolist(), places_of(state, category).tolist(), strict=True))
    elapsed = state.net_ms if category.by_net else state.gun_ms
    protested = find_protested(picture)
    return tuple(
        PodiumPlace(
            place=place[row],
            who=Shown(name=state.roster.team[row] or said("team"), bib="")
            if category.relay
            else shown(picture, viewer, row),
            elapsed_ms=int(elapsed[row]),
            under_protest=row in protested,
        )
        for row in podium.first.tolist()
    )


def _find_word(picture: Picture, said: tuple[CategoryWord, ...], keys: set[str]) -> Fact | None:
    """The first word that was said of one of these."""
    word = next((word for word in said if word.category in keys), None)
    if word is None:
        return None
    number, digest, source = word.id.number, word.id.digest, word.id.source
    return Fact(
        said_at=word.said_at,
        by=picture.names.texts.get(word.by, word.by),
        fact=f"{number} {digest} {source}",
    )
