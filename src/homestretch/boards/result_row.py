"""One finisher, or one relay team, as a row of the results."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from homestretch.boards.finishers import place_of
from homestretch.boards.words import ROLE_WORDS
from homestretch.picture import Picture
from homestretch.race.groups import age_group
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.sharing import once_a_picture
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Mark, Status


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """A finisher. Times in ms, ``finish_at`` UTC ms; places are 0 while there is none. Of a hidden
    entrant nothing is told but place and times."""

    place: int
    who: Shown
    sex: str
    group: str
    gun_ms: int
    net_ms: int
    place_sex: int
    place_group: int
    finish_at: int
    note: str = ""
    under_protest: bool = False


def make_rows(picture: Picture, viewer: Viewer, rows: Iterable[int]) -> tuple[ResultRow, ...]:
    """Some rows of the roster as this viewer may see them; the last leg of a relay is its team."""
    return tuple(
        _make_team(picture, int(row))
        if picture.state.roster.leg[row] != NEVER
        else _make_row(picture, viewer, int(row))
        for row in rows
    )


def _make_row(picture: Picture, viewer: Viewer, row: int) -> ResultRow:
    state, roster = picture.state, picture.state.roster
    who = shown(picture, viewer, row)
    hidden = who.hidden
    return ResultRow(
        place=place_of(picture, row),
        who=who,
        sex="" if hidden else roster.sex[row],
        group="" if hidden else age_group(int(roster.age[row])),
        gun_ms=int(state.gun_ms[row]),
        net_ms=int(state.net_ms[row]),
        place_sex=0 if hidden else max(0, int(state.place_sex[row])),
        place_group=0 if hidden else max(0, int(state.place_group[row])),
        finish_at=int(state.finish_at[row]),
        under_protest=not hidden and row in find_protested(picture),
        note=joined([word for word in _notes(picture, row) if word], "; "),
    )


@once_a_picture
def find_shared(picture: Picture) -> frozenset[int]:
    """The rows that share a place by ruling, in their race or in their division."""
    state, roster = picture.state, picture.state.roster
    number = np.unique(np.array(roster.division), return_inverse=True)[1].astype(np.int64)
    ranked = state.place != NEVER
    place = np.where(ranked, state.place, state.place_apart)
    table = roster.race * (number.max(initial=0) + 2) + np.where(ranked, 0, number + 1)
    rows = np.flatnonzero(place != NEVER)
    stands = np.stack([table[rows], place[rows]], axis=1)
    _, of, many = np.unique(stands, axis=0, return_inverse=True, return_counts=True)
    return frozenset(rows[many[of.ravel()] > 1].tolist())


def find_protested(picture: Picture) -> set[int | None]:
    """The rows against whose results a protest is not decided yet. Why is for officials."""
    state = picture.state
    return {state.roster.find_row(one.bib) for one in state.words.protests if not one.decision}


def _make_team(picture: Picture, row: int) -> ResultRow:
    """A relay team, by the row of its last leg. Its time is that of the gun: its runners share it."""
    state = picture.state
    place = place_of(picture, row)
    stopped = bool(state.marks[row] & Mark.AFTER_STOP)
    return ResultRow(
        place=place,
        who=Shown(name=state.roster.team[row] or said("team"), bib=""),
        sex="",
        group="",
        gun_ms=int(state.gun_ms[row]),
        net_ms=int(state.gun_ms[row]),
        place_sex=0,
        place_group=0,
        finish_at=int(state.finish_at[row]),
        note="" if place or stopped else said("no place: a leg is missing or does not count"),
    )


def _notes(picture: Picture, row: int) -> tuple[str, str]:
    shared = said("shares this place by ruling") if row in find_shared(picture) else ""
    return shared, ROLE_WORDS.get(picture.state.roster.role[row], "") or _note(picture, row)


def _note(picture: Picture, row: int) -> str:
    if picture.state.status[row] == Status.FINISHED_LATE:
        return said("after the cutoff")
    if picture.state.marks[row] & Mark.CHANGED_COURSE:
        return said("on the changed course")
    if picture.state.marks[row] & Mark.START_BEFORE_GUN:
        return said("read at the start before the gun: net time from the gun")
    if picture.state.marks[row] & Mark.NO_START_READ:
        return said("no start read: net time from the gun")
    return ""
