"""Calls for help, for control and medical: read, answered with one's name, and what stations noted."""

from __future__ import annotations

import msgspec

from homestretch.boards import Board, BoardKind, Choices
from homestretch.boards.entering import Notice, check_may_enter, name_place
from homestretch.boards.frame import make_frame
from homestretch.boards.help_calls import Call, list_help
from homestretch.boards.words import HEALTH_ROLES
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.entered import Entry
from homestretch.state.snapshot import NEVER

SHOWN_NOTES = 60


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody at a point wrote about a bib: why it stops (``stops``), or what was seen."""

    at: int
    place: str
    who: Shown
    stops: bool
    words: str
    by: str
    void: bool


class CallsBoard(Board, frozen=True, kw_only=True):
    """``calls``: those that nobody has read first. ``notes``: withdrawals and remarks, the newest first."""

    calls: tuple[Call, ...]
    notes: tuple[Note, ...]
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, _: Choices) -> CallsBoard:
    """The page; RefusedError for who does not read of health."""
    check_may_enter(viewer, HEALTH_ROLES)
    return CallsBoard(
        frame=make_frame(picture, viewer),
        calls=list_help(picture, viewer),
        notes=_list_notes(picture, viewer),
    )


def _list_notes(picture: Picture, viewer: Viewer) -> tuple[Note, ...]:
    said = [
        entry
        for entry in picture.state.entries
        if entry.kind == "withdrawn" or (entry.kind == "sighting" and entry.text_ref)
    ]
    said.sort(key=lambda entry: (-entry.seen_at, entry.id))
    return tuple(_note(picture, viewer, entry) for entry in said[:SHOWN_NOTES])


def _note(picture: Picture, viewer: Viewer, entry: Entry) -> Note:
    texts = picture.names.texts
    nobody = Shown(name=said("nobody has this bib"), bib=entry.bib)
    return Note(
        at=entry.seen_at,
        place=name_place(picture.event, entry.place),
        who=nobody if entry.row == NEVER else shown(picture, viewer, entry.row),
        stops=entry.kind == "withdrawn",
        words=texts.get(entry.text_ref or "", ""),
        by=texts.get(entry.by, entry.by),
        void=entry.void,
    )


def pulse(picture: Picture, _: Choices) -> object:
    """Somebody calls, or was heard; something was entered."""
    return picture.state.calls, picture.state.entries


BOARD = BoardKind(
    pulse=pulse,
    name="calls",
    path="/{event}/calls",
    who=HEALTH_ROLES,
    choices=Choices,
    rows=rows,
    template="calls.html",
)
