"""The desk: packets handed out, who has none, and who has one and was never seen."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices, PageNumber
from homestretch.boards.entering import EntryForm, Notice, check_may_enter, list_entry_forms
from homestretch.boards.frame import make_frame
from homestretch.boards.name_asks import NameAsk, list_name_asks
from homestretch.boards.rolls import DESK_ROLES, PHONE_ROLES, ROLLS, list_rows
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import Status

WHO: frozenset[Role] = DESK_ROLES
PAGE = 100


class DeskChoices(Choices, frozen=True, kw_only=True):
    """``list`` opens the people behind a count."""

    list: Literal["", "no-packet", "call"] = ""
    page: PageNumber = 1


class PacketCounts(msgspec.Struct, frozen=True, kw_only=True):
    """collected + missing = entered; ``no_packet`` of the missing were never seen, ``seen`` of them were."""

    entered: int
    collected: int
    missing: int
    no_packet: int
    seen: int
    to_call: int


class DeskEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a list of the desk; the phone number is for control and the director."""

    who: Shown
    race: str
    wave: str
    gun_at: int
    phone: str


class DeskBoard(Board, frozen=True, kw_only=True):
    """``at`` (UTC ms) names the form. ``private``: how many of this page of the list are not named here. ``names``
    are those that runners ask to have put right."""

    at: int
    counts: PacketCounts
    opened: str
    opened_words: str
    page: int
    pages: int
    people: tuple[DeskEntry, ...]
    private: int
    forms: tuple[EntryForm, ...]
    names: tuple[NameAsk, ...]
    given_bib: str = ""
    unknown_bib: str = ""
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: DeskChoices) -> DeskBoard:
    """The desk's page; RefusedError for other roles."""
    check_may_enter(viewer, WHO)
    found = list_rows(picture, choices.list) if choices.list else np.zeros(0, np.int64)
    first = (choices.page - 1) * PAGE
    people = [list_entry(picture, viewer, row) for row in found[first : first + PAGE].tolist()]
    named = tuple(entry for entry in people if not entry.who.hidden)
    return DeskBoard(
        frame=make_frame(picture, viewer),
        at=picture.now,
        counts=_count(picture),
        opened=choices.list,
        opened_words=ROLLS[choices.list].words if choices.list else "",
        page=choices.page,
        pages=max(1, -(-len(found) // PAGE)),
        people=named,
        private=len(people) - len(named),
        forms=list_entry_forms(picture, viewer, "desk"),
        names=list_name_asks(picture, viewer),
    )


def list_entry(picture: Picture, viewer: Viewer, row: int) -> DeskEntry:
    """A row as the desk shows it."""
    roster = picture.state.roster
    race = picture.event.races[int(roster.race[row])]
    person = picture.names.persons.get(roster.entrants[row])
    return DeskEntry(
        who=shown(picture, viewer, row),
        race=race.name,
        wave=race.waves[int(roster.wave[row])].name if len(race.waves) > 1 else "",
        gun_at=int(roster.gun_at[row]),
        phone=person.phone if person and viewer.role in PHONE_ROLES else "",
    )


def _count(picture: Picture) -> PacketCounts:
    state = picture.state
    collected = int(np.count_nonzero(state.collected))
    missing = len(state.collected) - collected
    no_packet = int(np.count_nonzero(~state.collected & (state.status == Status.ENTERED)))
    did_not_start = int(np.count_nonzero(~state.collected & (state.status == Status.DNS)))
    return PacketCounts(
        entered=len(state.collected),
        collected=collected,
        missing=missing,
        no_packet=no_packet,
        seen=missing - no_packet - did_not_start,
        to_call=int(np.count_nonzero(state.to_call)),
    )


def pulse(picture: Picture, _: DeskChoices) -> object:
    """A packet was handed out or taken back."""
    return picture.state.entries, int(np.count_nonzero(picture.state.collected))


BOARD = BoardKind(
    pulse=pulse,
    name="desk",
    path="/{event}/desk",
    who=WHO,
    choices=DeskChoices,
    rows=rows,
    template="desk.html",
)
