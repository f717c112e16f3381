"""The page of results for their officials: podiums and who could still change them, protests, what was declared.

Control reads it and takes protests; the director clears, posts, decides and declares. Each is a fact with who, when
and why, and can be taken back.
"""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices, Text
from homestretch.boards.deciding import CUT
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.people import LedgerEntry, ledger_entries, reads_health
from homestretch.boards.podium_rows import PodiumRow, list_close, make_podiums
from homestretch.boards.standing import (
    Standing,
    find_changed,
    find_out,
    find_standing,
    list_obstacles,
)
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.state.declared import Protest
from homestretch.state.podiums import list_categories
from homestretch.state.snapshot import NEVER, Status

WHO: frozenset[Role] = frozenset(("control", "director"))
NAMED, OPENED, OUT = 3, 200, 50
CHANGED = 30
MINUTE_MS = 60_000


class PodiumsChoices(Choices, frozen=True, kw_only=True):
    """``race`` is the one on show, the first where none was chosen; ``category`` opens everybody who could still change one podium."""

    race: Text = ""
    category: Text = ""


class ProtestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A protest, with its reason, which officials alone read. ``fact`` names it in a decision; ``decision`` is empty
    while there is none; moments are UTC ms. ``late``: every protest clock that ran for this result had run out."""

    fact: str
    who: Shown
    race: str
    made_at: int
    late: bool
    by: str
    why: str
    decision: str
    decided_at: int
    decided_by: str
    decided_why: str


class RaceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one race. ``obstacles`` say why they cannot be declared yet; ``out`` are the first of those who
    are not accounted for, ``out_count`` all; ``absent``: of so many nothing was seen since their start has closed.
    ``changed`` are bibs whose result is another one than in the newest version, ``moved`` have another place because of
    that; ``changed_count`` are all. ``clock_until``: when the last protest clock that runs for them runs out (UTC ms),
    NEVER while none runs."""

    id: str
    name: str
    standing: Standing
    obstacles: tuple[str, ...]
    out: tuple[LedgerEntry, ...]
    out_count: int
    changed: tuple[str, ...]
    moved: int
    changed_count: int
    clock_until: int
    podiums: tuple[PodiumRow, ...]


class PodiumsBoard(Board, frozen=True, kw_only=True):
    """``cut_count``: questions whether a part of the course was left out, which wait in control's list. ``absent``:
    of so many nothing has been seen though their start has closed. ``close``: bibs of two on a podium who came within
    a second. ``may_declare``: the viewer is the director."""

    races: tuple[RaceRow, ...]
    chosen: str
    opened: str
    close: tuple[tuple[str, str], ...]
    protests: tuple[ProtestRow, ...]
    cut_count: int
    absent: int
    protest_min: float
    may_declare: bool
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: PodiumsChoices) -> PodiumsBoard:
    """The board; RefusedError for who has no part in it, NotFound for a race that there is not."""
    if viewer.role not in WHO:
        raise RefusedError(
            said("This page is for the director and course control."), said("Open your own link.")
        )
    event = picture.event
    races = [event.get_race(choices.race)] if choices.race else list(event.races)[:1]
    shown_races = tuple(_race(picture, viewer, race, choices) for race in races)
    return PodiumsBoard(
        frame=make_frame(picture, viewer),
        races=shown_races,
        close=list_close(row for race in shown_races for row in race.podiums),
        chosen=races[0].id if races else "",
        opened=choices.category,
        protests=tuple(_protest(picture, viewer, one) for one in picture.state.words.protests),
        cut_count=sum(asked.kind in CUT for asked in picture.state.questions),
        absent=count_absent(picture),
        protest_min=event.awards.protest_min,
        may_declare=viewer.role == "director",
    )


def count_absent(picture: Picture) -> int:
    """Of how many nothing has been seen though their start has closed: nobody has ruled on them."""
    state = picture.state
    open_ms = np.array([race.start_open_min * MINUTE_MS for race in picture.event.races])
    closed = state.roster.gun_at + open_ms[state.roster.race] <= picture.now
    return int(np.count_nonzero((state.status == Status.ENTERED) & closed))


def _race(picture: Picture, viewer: Viewer, race: Race, choices: PodiumsChoices) -> RaceRow:
    out = find_out(picture, race, in_care=reads_health(viewer)).tolist()
    changed = find_changed(picture, race)
    number = picture.event.races.index(race)
    return RaceRow(
        id=race.id,
        name=race.name,
        standing=find_standing(picture, race),
        obstacles=list_obstacles(picture, race),
        out=ledger_entries(picture, viewer, out[:OUT]),
        out_count=len(find_out(picture, race)),
        changed=changed.bibs[:CHANGED],
        moved=changed.moved,
        changed_count=len(changed.bibs) + changed.moved,
        clock_until=find_clock(picture, race),
        podiums=make_podiums(picture, viewer, number, NAMED, choices.category, OPENED),
    )


def find_clock(picture: Picture, race: Race) -> int:
    """When the last protest clock that runs for results of a race, or of a category of it, runs out (UTC ms); NEVER
    while none runs."""
    clock_ms = round(picture.event.awards.protest_min * MINUTE_MS)
    ends = [
        word.said_at + clock_ms
        for word in picture.state.words.posted
        if word.category.split("/")[0] == race.id
    ]
    return max((at for at in ends if at > picture.now), default=NEVER)


def _protest(picture: Picture, viewer: Viewer, one: Protest) -> ProtestRow:
    texts, roster = picture.names.texts, picture.state.roster
    known = one.row != NEVER
    who = (
        shown(picture, viewer, one.row)
        if known
        else Shown(name=said("nobody has this bib"), bib=one.bib)
    )
    return ProtestRow(
        fact=f"{one.id.number} {one.id.digest} {one.id.source}",
        who=who,
        race=picture.event.races[int(roster.race[one.row])].name if known else "",
        made_at=one.made_at,
        late=_is_late(picture, one),
        by=texts.get(one.by, one.by),
        why=texts.get(one.text_ref or "", ""),
        decision=one.decision,
        decided_at=one.decided_at,
        decided_by=texts.get(one.decided_by, one.decided_by),
        decided_why=texts.get(one.decided_ref or "", ""),
    )


def _is_late(picture: Picture, one: Protest) -> bool:
    """Whether it was made after the clock of whatever was posted with this result. An official decides what of it."""
    if one.row == NEVER:
        return False
    event, roster = picture.event, picture.state.roster
    of = {key.key for key in list_categories(event, roster) if one.row in key.rows}
    of.add(event.races[int(roster.race[one.row])].id)
    clock_ms = round(event.awards.protest_min * MINUTE_MS)
    posted = [word.said_at for word in picture.state.words.posted if word.category in of]
    return bool(posted) and one.made_at > max(posted) + clock_ms


def pulse(picture: Picture, _: PodiumsChoices) -> object:
    """Somebody changed status, or something was said of results."""
    return tuple(picture.state.counts.values()), picture.state.words


BOARD = BoardKind(
    pulse=pulse,
    name="podiums",
    path="/{event}/podiums",
    who=WHO,
    choices=PodiumsChoices,
    rows=rows,
    template="podiums.html",
)
