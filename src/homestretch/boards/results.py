"""Results of one race: places, gun and net times; everybody else as a number, in decent words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, PageNumber, Text
from homestretch.boards.ahead import first_home_at, is_running
from homestretch.boards.finishers import (
    DIVISION,
    Beside,
    at_the_line,
    field_in_order,
    list_divisions,
    list_tables,
    tables_beside,
)
from homestretch.boards.frame import make_frame
from homestretch.boards.people import keeps_ledger, seen_by_name
from homestretch.boards.result_row import ResultRow, make_rows
from homestretch.boards.search import find_club, find_people
from homestretch.boards.standing import Standing, as_declared, find_standing
from homestretch.boards.words import list_words
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.groups import age_group
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, Bools, Ints, Status

PAGE = 100
WALL, WALL_A_WORD = 5, 2
"""Rows on a wall; each word of control takes the room of two of them."""
BESIDE = 25
"""So many rows of a table stand below the field; the others, and pages of it, when it is opened alone."""


class ResultsChoices(Choices, frozen=True, kw_only=True):
    """``q`` is a name or a bib; ``order`` is by place, or the newest first (as a wall has it); ``table``
    opens one table beside the field alone, in pages; ``division`` is a filter, and opens its table. ``version`` is that of
    the results that were declared, 0 the newest; ``now`` shows those who keep the ledger what has changed since."""

    race: Text
    q: Text = ""
    sex: Literal["", "f", "m", "x"] = ""
    group: Text = ""
    club: Text = ""
    division: Text = ""
    table: Text = ""
    order: Literal["", "place", "latest"] = ""
    version: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    now: bool = False
    page: PageNumber = 1


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Finishers who are not ranked with the field, or relay teams: a table of their own. ``count`` is of
    all its rows, of which some, or those of a page, are here."""

    id: str
    name: str
    rows: tuple[ResultRow, ...]
    count: int


class Without(msgspec.Struct, frozen=True, kw_only=True):
    """Entrants without a finish, as numbers: still to come, or not this time."""

    still_on_course: int
    off_course: int
    did_not_start: int
    not_seen: int
    not_ranked: int


class ResultsBoard(Board, frozen=True, kw_only=True):
    """``found`` counts the field's rows of all pages, ``pages`` those of what is open: the field, or the
    table ``opened``. ``filtered``: somebody chose whom to see. ``groups`` and ``divisions`` are there to
    choose from.

    While nobody has finished: the first gun, and when the first of the field is expected (UTC ms; None when
    nobody can say). ``race_over``: somebody finished and nobody of the race is on the road any more. ``hindsight``: it can be
    seen what its forecasts were worth.
    """

    race: str
    race_name: str
    places_by: str
    chosen: ResultsChoices
    latest: bool
    filtered: bool
    standing: Standing
    hindsight: bool
    opened: str = ""
    rows: tuple[ResultRow, ...] = ()
    found: int = 0
    finished: int = 0
    race_over: bool = False
    first_gun_at: int = NEVER
    first_home_at: int | None = None
    pages: int = 1
    groups: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    without: Without = Without(
        still_on_course=0, off_course=0, did_not_start=0, not_seen=0, not_ranked=0
    )


def rows(picture: Picture, viewer: Viewer, choices: ResultsChoices) -> ResultsBoard:
    """The results of a race, by page; NotFound when the event has no such race, or the race no such table or
    version. Once results were declared, those of the newest version are shown."""
    race = picture.event.get_race(choices.race)
    board = ResultsBoard(
        frame=make_frame(picture, viewer),
        race=race.id,
        race_name=race.name,
        places_by=race.places_by,
        chosen=choices,
        latest=choices.order == "latest" or (choices.wall and not choices.order),
        filtered=_is_filtered(choices),
        standing=find_standing(picture, race, choices.version),
        hindsight=any(picture.event.races[one.race] == race for one in picture.hindsight),
    )
    if not (choices.now and keeps_ledger(viewer)):
        picture = as_declared(picture, race, choices.version)
    return _filled(board, picture, viewer, race)


def _filled(board: ResultsBoard, picture: Picture, viewer: Viewer, race: Race) -> ResultsBoard:
    """The board with the finishers in it, and everybody else as numbers."""
    choices, number = board.chosen, picture.event.races.index(race)
    opened = _get_opened(picture, race, choices)
    at_line = at_the_line(picture, race)
    chosen = at_line & _filter(picture, viewer, race, at_line, choices)
    field = field_in_order(picture, race, chosen, latest=board.latest)
    beside = tables_beside(picture, race, chosen, latest=board.latest)
    size = _page_size(picture, choices)
    first = (choices.page - 1) * size
    open_rows = next((table.rows for table in beside if table.id == opened), field[:0])
    roster = picture.state.roster
    mine: Bools = roster.race == number
    return msgspec.structs.replace(
        board,
        opened=opened,
        rows=() if opened else make_rows(picture, viewer, field[first : first + size]),
        found=len(field),
        finished=int(np.count_nonzero(at_line)),
        race_over=bool(at_line.any()) and not is_running(picture, mine),
        first_gun_at=int(roster.gun_at[mine].min()) if mine.any() else NEVER,
        first_home_at=None if at_line.any() else first_home_at(picture, np.flatnonzero(mine)),
        pages=max(1, -(-len(open_rows if opened else field) // size)),
        groups=_list_groups(roster.age[mine]),
        divisions=list_divisions(picture, race),
        tables=_make_tables(picture, viewer, beside, opened, choices),
        without=_make_without(picture, number, at_line),
    )


def _get_opened(picture: Picture, race: Race, choices: ResultsChoices) -> str:
    """The id of the table that is opened alone, empty for the field; NotFound for one that cannot be."""
    known = [table for table, _ in list_tables(picture, race)]
    if choices.table and choices.table not in known:
        raise NotFound(
            said("There is no table {table} beside the field.", table=repr(choices.table)),
            said("The tables are: {tables}.", tables=list_words(known)),
        )
    division = DIVISION + choices.division
    return choices.table or (division if division in known else "")


def _page_size(picture: Picture, choices: ResultsChoices) -> int:
    if not choices.wall:
        return PAGE
    return max(1, WALL - WALL_A_WORD * len(picture.state.flags))


def _is_filtered(choices: ResultsChoices) -> bool:
    return any((choices.q, choices.sex, choices.group, choices.club, choices.division))


def _filter(
    picture: Picture, viewer: Viewer, race: Race, at_line: Bools, choices: ResultsChoices
) -> Bools:
    """(n,) who was asked for. A relay team is found by its name and by any of its runners."""
    if not _is_filtered(choices):
        return at_line
    roster = picture.state.roster
    legs = (roster.race == picture.event.races.index(race)) & (roster.leg != NEVER)
    found = _find(picture, viewer, np.flatnonzero(at_line | legs), choices)
    kept: Bools = np.zeros(len(at_line), np.bool_)
    kept[found] = True
    if legs.any():
        teams = {roster.team[row] for row in found.tolist() if legs[row]}
        rows = np.flatnonzero(legs & at_line)
        kept[rows] = [roster.team[row] in teams for row in rows.tolist()]
    return kept


def _find(picture: Picture, viewer: Viewer, rows: Ints, choices: ResultsChoices) -> Ints:
    roster = picture.state.roster
    if choices.sex:
        rows = rows[np.array(roster.sex)[rows] == choices.sex]
    if choices.group:
        ages = [
            age for age in np.unique(roster.age[rows]).tolist() if age_group(age) == choices.group
        ]
        rows = rows[np.isin(roster.age[rows], ages)]
    if choices.division:
        rows = rows[np.array(roster.division)[rows] == choices.division]
    if choices.sex or choices.group or choices.division:
        rows = seen_by_name(picture, viewer, rows)
    if choices.club:
        rows = find_club(picture, viewer, rows, choices.club)
    if choices.q:
        rows = find_people(picture, viewer, rows, choices.q)
    return rows


def _make_tables(
    picture: Picture,
    viewer: Viewer,
    beside: Sequence[Beside],
    opened: str,
    choices: ResultsChoices,
) -> tuple[Table, ...]:
    """The opened table with its page, and the others with their first rows; on later pages, and beside a
    table that was asked for alone, these with their number only."""
    size = _page_size(picture, choices)
    first = (choices.page - 1) * size
    few = 0 if choices.table or choices.page > 1 else BESIDE
    return tuple(
        Table(
            id=table.id,
            name=table.name,
            count=len(table.rows),
            rows=make_rows(
                picture,
                viewer,
                table.rows[first : first + size] if table.id == opened else table.rows[:few],
            ),
        )
        for table in beside
    )


def _list_groups(ages: Ints) -> tuple[str, ...]:
    found = {group: age for age in np.unique(ages)[::-1].tolist() if (group := age_group(age))}
    return tuple(sorted(found, key=lambda group: found[group]))


def _make_without(picture: Picture, race: int, at_line: Bools) -> Without:
    """Who finished and then rides or is in care is at the line, and nowhere else."""
    counts = dict(picture.state.race_counts[race])
    for status in (Status.RIDING, Status.IN_CARE):
        counts[status] -= int(np.count_nonzero(at_line & (picture.state.status == status)))

    def number(*of: Status) -> int:
        return sum(counts.get(status, 0) for status in of)

    return Without(
        still_on_course=number(Status.STARTED, Status.MOVED_UP),
        off_course=number(Status.RIDING, Status.IN_CARE, Status.LEFT, Status.HOME, Status.DNF),
        did_not_start=number(Status.DNS),
        not_seen=number(Status.ENTERED),
        not_ranked=number(Status.DSQ),
    )


def pulse(picture: Picture, choices: ResultsChoices) -> object:
    """Somebody of the race changed status, a finisher most of all."""
    races = [race.id for race in picture.event.races]
    if choices.race not in races:
        return None
    return tuple(picture.state.race_counts[races.index(choices.race)].values()), picture.state.flags


BOARD = BoardKind(
    pulse=pulse,
    name="results",
    path="/{event}/results/{race}",
    who=EVERYBODY,
    choices=ResultsChoices,
    rows=rows,
    template="results.html",
)
