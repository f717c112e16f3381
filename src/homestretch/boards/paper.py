"""Lists for paper: who starts, who has no packet, who is on which bus, who is still out; and empty sheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices, PageNumber
from homestretch.boards.frame import make_frame
from homestretch.boards.people import LedgerEntry, ledger_entries
from homestretch.boards.rolls import DESK_ROLES, PHONE_ROLES, ROLLS, RollName, list_rows
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_time
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said, said_in
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Ints

WHO: frozenset[Role] = DESK_ROLES | LEDGER_ROLES
PART = 2000
"""Rows of one part: some fifty sheets, and as much as a front renders without keeping others waiting."""
BLANK = 25

SheetName = Literal["radio-sheet", "bus-sheet", "chute-sheet"]
PaperName = Literal[RollName, SheetName]

SHEETS: dict[SheetName, tuple[str, tuple[str, ...], str]] = {
    "radio-sheet": (
        said("Radio sheet"),
        (
            said("time"),
            said_in("where", "place"),
            said("bibs seen"),
            said("bus, tent, stops"),
            said("entered"),
        ),
        said("One line for each call. Enter them on the radio page, the oldest first."),
    ),
    "bus-sheet": (
        said("Bus and tent sheet"),
        (
            said("bib"),
            said("taken over at"),
            said("where"),
            said("let off at"),
            said("where to"),
            said("entered"),
        ),
        said(
            "Which bus or tent: ________________  One line for each person; nobody gets off without a line."
        ),
    ),
    "chute-sheet": (
        said("Chute sheet"),
        (said("place"), said("bib"), said("note")),
        said("Bibs in the order in which they cross the line; ? for a bib that nobody could read."),
    ),
}


class PaperChoices(Choices, frozen=True, kw_only=True):
    """Which list, and which part of a long one."""

    list: PaperName
    part: PageNumber = 1


class PaperRow(msgspec.Struct, frozen=True):
    """A line of a table; ``bib`` stands in the first column, drawn as one."""

    bib: str
    cells: tuple[str, ...]


class PaperTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table with its heading (the bus, where there are several)."""

    heading: str
    rows: tuple[PaperRow, ...]


class PaperBoard(Board, frozen=True, kw_only=True):
    """``columns`` are the headings behind the bib; ``private``: people who are not named to this viewer."""

    list: str
    title: str
    remark: str
    has_bibs: bool
    columns: tuple[str, ...]
    tables: tuple[PaperTable, ...]
    people: int
    private: int
    part: int
    parts: int
    others: tuple[tuple[str, str], ...]


def rows(picture: Picture, viewer: Viewer, choices: PaperChoices) -> PaperBoard:
    """A list as it is printed; RefusedError for a role that does not see it."""
    if choices.list in SHEETS:
        return _make_sheet(picture, viewer, choices.list)
    name = cast(RollName, choices.list)
    roll = ROLLS[name]
    if viewer.role not in roll.who:
        raise RefusedError(
            said("This list is for other roles."), said("Open it with your own link.")
        )
    found = list_rows(picture, name)
    if name == "by-name":
        found = _by_name(picture, viewer, found)
    part = found[(choices.part - 1) * PART : choices.part * PART]
    columns, tables = _make_tables(picture, viewer, name, part)
    named = sum(len(table.rows) for table in tables)
    return PaperBoard(
        frame=make_frame(picture, viewer),
        list=name,
        title=roll.words,
        remark="",
        has_bibs=True,
        columns=columns,
        tables=tables,
        people=len(found),
        private=len(part) - named,
        part=choices.part,
        parts=max(1, -(-len(found) // PART)),
        others=_list_others(viewer),
    )


def _make_sheet(picture: Picture, viewer: Viewer, name: SheetName) -> PaperBoard:
    if viewer.role not in WHO:
        raise RefusedError(
            said("Sheets are for the race's own people."), said("Open your own link.")
        )
    title, columns, remark = SHEETS[name]
    numbers = [f"{line}." if name == "chute-sheet" else "" for line in range(1, BLANK + 1)]
    empty = tuple(PaperRow("", (number, *("",) * (len(columns) - 1))) for number in numbers)
    return PaperBoard(
        frame=make_frame(picture, viewer),
        list=name,
        title=title,
        remark=remark,
        has_bibs=False,
        columns=columns,
        tables=(PaperTable(heading="", rows=empty),),
        people=0,
        private=0,
        part=1,
        parts=1,
        others=_list_others(viewer),
    )


def _list_others(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Every list that this viewer may print, with its words."""
    lists = [(name, roll.words) for name, roll in ROLLS.items() if viewer.role in roll.who]
    return (*lists, *((name, words) for name, (words, _, _) in SHEETS.items()))


def _make_tables(
    picture: Picture, viewer: Viewer, name: RollName, found: Ints
) -> tuple[tuple[str, ...], tuple[PaperTable, ...]]:
    if name in ("start-list", "by-name"):
        rows = _start_rows(picture, viewer, found)
        return (said("name"), said("race"), said("wave"), said("packet")), (
            PaperTable(heading="", rows=tuple(rows)),
        )
    if name in ("no-packet", "call"):
        has_phone = viewer.role in PHONE_ROLES
        phone = (said("phone"),) if has_phone else ()
        rows = _desk_rows(picture, viewer, found, has_phone)
        return (*(said("name"), said("race"), said("start")), *phone, *(said("note"),)), (
            PaperTable(heading="", rows=tuple(rows)),
        )
    entries = ledger_entries(picture, viewer, found.tolist())
    columns = (
        said("name"),
        said("race"),
        said("last proof"),
        said("at"),
        said("with"),
        said("note"),
    )
    if name not in ("bus", "care"):
        return columns, (PaperTable(heading="", rows=_ledger_rows(picture, entries)),)
    groups: dict[str, list[LedgerEntry]] = {}
    for row, entry in zip(found.tolist(), entries, strict=True):
        keeper = picture.state.held_by.get(row, "") if entry.keeper else ""
        groups.setdefault(keeper, []).append(entry)
    return columns, tuple(
        PaperTable(heading=keeper, rows=_ledger_rows(picture, groups[keeper]))
        for keeper in sorted(groups)
    )


def _start_rows(picture: Picture, viewer: Viewer, found: Ints) -> Iterable[PaperRow]:
    state, event = picture.state, picture.event
    for row in found.tolist():
        who = shown(picture, viewer, row)
        if who.hidden:
            continue
        race = event.races[int(state.roster.race[row])]
        wave = race.waves[int(state.roster.wave[row])].name if len(race.waves) > 1 else ""
        yield PaperRow(
            who.bib, (who.name, race.name, wave, said("handed out") if state.collected[row] else "")
        )


def _desk_rows(
    picture: Picture, viewer: Viewer, found: Ints, has_phone: bool
) -> Iterable[PaperRow]:
    state, event = picture.state, picture.event
    for row in found.tolist():
        who = shown(picture, viewer, row)
        if who.hidden:
            continue
        race = event.races[int(state.roster.race[row])]
        gun = say_time(int(state.roster.gun_at[row]), event.zone_info)
        person = picture.names.persons.get(state.roster.entrants[row])
        phone = (person.phone if person else "",) if has_phone else ()
        yield PaperRow(who.bib, (who.name, race.name, gun, *phone, ""))


def _ledger_rows(picture: Picture, entries: Iterable[LedgerEntry]) -> tuple[PaperRow, ...]:
    event = picture.event
    return tuple(
        PaperRow(
            entry.who.bib,
            (
                entry.who.name,
                entry.race,
                "" if entry.seen_at == NEVER else say_time(entry.seen_at, event.zone_info),
                entry.point
                or ("" if entry.seen_m is None else say_distance(entry.seen_m, event.units)),
                entry.keeper,
                said("said to stop") if entry.said_to_withdraw else "",
            ),
        )
        for entry in entries
    )


def _by_name(picture: Picture, viewer: Viewer, found: Ints) -> Ints:
    """By last name as far as it is shown: an order tells nobody more than the names do."""
    names = []
    for row in found.tolist():
        who = shown(picture, viewer, row)
        person = picture.names.persons.get(picture.state.roster.entrants[row])
        full = person is not None and person.last and person.last in who.name
        last, first = (person.last, person.first) if full and person else (who.name, "")
        names.append((who.hidden, last.casefold(), first.casefold(), row))
    return np.array([row for *_, row in sorted(names)], np.int64)


BOARD = BoardKind(
    name="paper",
    path="/{event}/paper/{list}",
    who=WHO,
    choices=PaperChoices,
    rows=rows,
    template="paper.html",
)
