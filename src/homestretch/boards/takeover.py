"""Taking people over: a bus, a tent, home or the road again, by the bib that was scanned or typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices, Text
from homestretch.boards.entering import (
    EntryForm,
    Notice,
    PlaceChoice,
    check_may_enter,
    find_bib,
    list_entry_forms,
    list_places,
    name_place,
)
from homestretch.boards.frame import make_frame
from homestretch.boards.people import LedgerEntry, keeps_ledger, ledger_entries, reads_health
from homestretch.boards.words import CARE_ROLES, say_status
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.race.spelling import place_key
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Status

WHO: frozenset[Role] = frozenset(("control", "director", "medical", "station"))
MOST = 100
"""People who are handed over at once."""
NAMELESS = said("nobody said which")
Code = Annotated[str, msgspec.Meta(max_length=300)]
Taker = Literal["bus", "care", "home", "road", "self"]


class TakeoverChoices(Choices, frozen=True, kw_only=True):
    """``bib`` was scanned or typed; ``keeper`` is the bus or tent whose page this is."""

    bib: Code = ""
    keeper: Text = ""


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is to be handed over: what is known of them now (``who`` None: nobody has the bib).
    ``typed`` is the bib as it was scanned or typed, also of who is not named to this viewer."""

    typed: str
    who: Shown | None
    race: str
    status: str
    seen_at: int | None
    point: str


class Handing(msgspec.Struct, frozen=True, kw_only=True):
    """Who is handed over; ``at`` (UTC ms) is when it was looked up, ``time`` the same as a clock says it."""

    people: tuple[Handed, ...]
    at: int
    time: str
    place: str
    place_name: str


class Keeper(msgspec.Struct, frozen=True, kw_only=True):
    """A bus or tent and how many it has now."""

    name: str
    kind: Literal["bus", "care"]
    count: int


class TakeoverBoard(Board, frozen=True, kw_only=True):
    """``people``: who is with the chosen keeper now. Stations see neither keepers nor people."""

    keeper: str
    keepers: tuple[Keeper, ...]
    in_care: int
    people: tuple[LedgerEntry, ...]
    places: tuple[PlaceChoice, ...]
    own_place: str
    forms: tuple[EntryForm, ...]
    handing: Handing | None = None
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: TakeoverChoices) -> TakeoverBoard:
    """The page, with whom it is about once a bib was scanned; RefusedError for other roles."""
    check_may_enter(viewer, WHO)
    held = _list_held(picture, viewer) if keeps_ledger(viewer) else {}
    chosen = held.get(place_key(choices.keeper), []) if choices.keeper else []
    handing = (
        hand_over(picture, viewer, [choices.bib], picture.now) if choices.bib.strip() else None
    )
    in_care = int(np.count_nonzero(picture.state.status == Status.IN_CARE))
    return TakeoverBoard(
        frame=make_frame(picture, viewer),
        keeper=choices.keeper.strip(),
        keepers=tuple(_keeper(picture, rows_) for rows_ in held.values()),
        in_care=in_care if reads_health(viewer) else 0,
        people=ledger_entries(picture, viewer, chosen),
        places=list_places(picture.event),
        own_place=name_place(picture.event, viewer.station) if viewer.station else "",
        forms=list_entry_forms(picture, viewer, "takeover"),
        handing=handing,
    )


def hand_over(picture: Picture, viewer: Viewer, codes: Iterable[str], at: int) -> Handing:
    """The people of some bibs (or of the codes on them), before anything is entered."""
    bibs = dict.fromkeys(find_bib(code, picture.event) for code in codes)
    return Handing(
        people=tuple(_handed(picture, viewer, bib) for bib in bibs if bib),
        at=at,
        time=say_time(at, picture.event.zone_info),
        place=viewer.station,
        place_name=name_place(picture.event, viewer.station),
    )


def _handed(picture: Picture, viewer: Viewer, bib: str) -> Handed:
    state = picture.state
    row = state.roster.find_row(bib)
    if row is None:
        return Handed(
            typed=bib, who=None, race="", status=said("nobody has this bib"), seen_at=None, point=""
        )
    seen_at, point = int(state.last_proof_at[row]), int(state.last_point[row])
    crossed = int(state.gun_ms[row]) != NEVER
    status = say_status(Status(int(state.status[row])), viewer.role, crossed_the_line=crossed)
    keeper = state.keeper.get(row, "")
    if state.status[row] == Status.RIDING and keeper and keeps_ledger(viewer):
        status = joined((status, keeper), ": ")
    return Handed(
        typed=bib,
        who=shown(picture, viewer, row),
        race=picture.event.races[int(state.roster.race[row])].name,
        status=status,
        seen_at=None if seen_at == NEVER or not keeps_ledger(viewer) else seen_at,
        point=state.points.names[point] if point != NEVER and keeps_ledger(viewer) else "",
    )


def _list_held(picture: Picture, viewer: Viewer) -> dict[str, list[int]]:
    """Rows of who is with whom now, by the key of the keeper; who is in which tent is for medical."""
    statuses = [Status.RIDING, *([Status.IN_CARE] if viewer.role in CARE_ROLES else [])]
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(np.isin(picture.state.status, statuses)).tolist():
        found.setdefault(place_key(_name(picture, row)), []).append(row)
    return dict(sorted(found.items()))


def _name(picture: Picture, row: int) -> str:
    return picture.state.held_by.get(row, "") or NAMELESS


def _keeper(picture: Picture, held: list[int]) -> Keeper:
    riding = picture.state.status[held[0]] == Status.RIDING
    return Keeper(name=_name(picture, held[0]), kind="bus" if riding else "care", count=len(held))


def pulse(picture: Picture, _: TakeoverChoices) -> object:
    """Somebody was handed over, or it was taken back."""
    return picture.state.entries, tuple(picture.state.counts.values())


BOARD = BoardKind(
    pulse=pulse,
    name="takeover",
    path="/{event}/takeover",
    who=WHO,
    choices=TakeoverChoices,
    rows=rows,
    template="takeover.html",
)
