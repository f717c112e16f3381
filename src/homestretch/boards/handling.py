"""One entrant as course control handles them: what is known, what is open, and what can be said."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.deciding import DecideRow, find_move, make_deciding
from homestretch.boards.ledger import list_asked
from homestretch.boards.mistyped import SeenRow, list_seen
from homestretch.boards.oddities import list_oddities
from homestretch.boards.overdue import OverdueRow, find_overdue, make_overdue
from homestretch.boards.people import LedgerEntry, ledger_entries
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer


class RaceChoice(msgspec.Struct, frozen=True):
    """A race to which somebody can be moved."""

    id: str
    name: str


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """``typed`` is the bib as it was typed; ``entry`` None: nobody has it. ``asked`` are the open questions about
    this entrant. ``move_to`` is the race that is proposed where the reads fit another one. ``at`` (UTC ms) names
    the form, ``time`` is the same as a clock says it. ``hidden``: a member of staff has hidden them.
    ``seen``: what was written down under this bib and can hardly be."""

    typed: str
    entry: LedgerEntry | None
    asked: tuple[DecideRow, ...]
    overdue: OverdueRow | None
    races: tuple[RaceChoice, ...]
    move_to: str
    at: int
    time: str
    hidden: bool
    seen: tuple[SeenRow, ...]


def make_handled(picture: Picture, viewer: Viewer, bib: str) -> Handled:
    """Whoever has this bib; the caller has made sure that the viewer keeps the ledger."""
    state, event = picture.state, picture.event
    row = state.roster.find_row(bib)
    time = say_time(picture.now, event.zone_info)
    if row is None:
        return Handled(
            typed=bib, entry=None, asked=(), overdue=None, races=(), move_to="",
            at=picture.now, time=time, hidden=False, seen=list_seen(picture, bib),
        )  # fmt: skip
    (entry,) = ledger_entries(picture, viewer, [row])
    known = (*list_asked(picture, viewer), *list_oddities(picture))
    asked = tuple(question for question in known if question.row == row)
    own = int(state.roster.race[row])
    move = find_move(picture, row)
    rows = make_deciding(picture, viewer, asked)
    late = find_overdue(picture)
    overdue = make_overdue(picture, viewer, late[late == row]) if np.isin(row, late) else ()
    return Handled(
        typed=bib,
        entry=entry,
        asked=rows,
        overdue=overdue[0] if overdue else None,
        races=tuple(
            RaceChoice(race.id, race.name)
            for number, race in enumerate(event.races)
            if number != own
        ),
        move_to=move[0] if move and any(one.move_to for one in rows) else "",
        at=picture.now,
        time=time,
        hidden=row in state.roster.hidden,
        seen=list_seen(picture, bib),
    )
