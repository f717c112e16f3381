"""Results of one race: places, gun and net times; everybody else as a number, in decent words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, PageNumber, Text
from homestretch.boards.frame import make_frame
from homestretch.boards.people import shown
from homestretch.boards.search import find_club, find_people
from homestretch.boards.words import ROLE_WORDS
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.groups import age_group
from homestretch.race.privacy import Shown, Viewer
from homestretch.state.snapshot import FINISHERS, NEVER, Bools, Ints, Mark, Status

PAGE = 100
WALL = 5
CROSSED = (*FINISHERS, Status.RIDING, Status.IN_CARE)
"""with a finish time these have finished, whoever looks after them now"""


class ResultsChoices(Choices, frozen=True, kw_only=True):
    """``q`` is a name or a bib; ``order`` is by place, or the newest first (as a wall has it)."""

    race: Text
    q: Text = ""
    sex: Literal["", "f", "m", "x"] = ""
    group: Text = ""
    club: Text = ""
    division: Text = ""
    order: Literal["", "place", "latest"] = ""
    page: PageNumber = 1


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


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Finishers who are not ranked with the field, or relay teams: a table of their own."""

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
    """``found`` counts the rows of all pages; ``groups`` and ``divisions`` are there to choose from."""

    race: str
    race_name: str
    places_by: str
    chosen: ResultsChoices
    latest: bool
    rows: tuple[ResultRow, ...]
    found: int
    finished: int
    pages: int
    groups: tuple[str, ...]
    divisions: tuple[str, ...]
    tables: tuple[Table, ...]
    without: Without


def rows(picture: Picture, viewer: Viewer, choices: ResultsChoices) -> ResultsBoard:
    """The results of a race, by page; NotFound when the event has no such race."""
    race = picture.event.get_race(choices.race)
    state, roster = picture.state, picture.state.roster
    number = picture.event.races.index(race)
    mine = roster.race == number
    crossed = mine & (state.finish_at != NEVER) & np.isin(state.status, CROSSED)
    latest = choices.order == "latest" or (choices.wall and not choices.order)
    found = _order(picture, race, crossed & (state.place != NEVER), latest)
    found = _filter(picture, viewer, found, choices)
    size = WALL if choices.wall else PAGE
    first = (choices.page - 1) * size
    in_race = np.flatnonzero(mine)
    plain = not (choices.q or choices.sex or choices.group or choices.club)
    return ResultsBoard(
        frame=make_frame(picture, viewer),
        race=race.id,
        race_name=race.name,
        places_by=race.places_by,
        chosen=choices,
        latest=latest,
        rows=_make_rows(picture, viewer, found[first : first + size]),
        found=len(found),
        finished=int(np.count_nonzero(crossed)),
        pages=max(1, -(-len(found) // size)),
        groups=_list_groups(roster.age[in_race]),
        divisions=_list_divisions(picture, in_race),
        tables=_list_tables(picture, viewer, race, crossed, choices)
        if plain or choices.division
        else (),
        without=_make_without(picture.state.race_counts[number]),
    )


def _order(picture: Picture, race: Race, mask: Bools, latest: bool) -> Ints:
    """Rows of a mask by place, by time where there is no place, or the latest first."""
    state = picture.state
    rows = np.flatnonzero(mask)
    if latest:
        return rows[np.argsort(-state.finish_at[rows], kind="stable")]
    elapsed = state.net_ms if race.places_by == "net" else state.gun_ms
    return rows[np.lexsort((state.finish_at[rows], elapsed[rows], state.place[rows]))]


def _filter(picture: Picture, viewer: Viewer, rows: Ints, choices: ResultsChoices) -> Ints:
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
    if choices.club:
        rows = find_club(picture, viewer, rows, choices.club)
    if choices.q:
        rows = find_people(picture, viewer, rows, choices.q)
    return rows


def _make_rows(picture: Picture, viewer: Viewer, rows: Iterable[int]) -> tuple[ResultRow, ...]:
    return tuple(_make_row(picture, viewer, int(row)) for row in rows)


def _make_row(
    picture: Picture, viewer: Viewer, row: int, place: int | None = None, note: str = ""
) -> ResultRow:
    state, roster = picture.state, picture.state.roster
    who = shown(picture, viewer, row)
    hidden = who.hidden
    return ResultRow(
        place=max(0, int(state.place[row])) if place is None else place,
        who=who,
        sex="" if hidden else roster.sex[row],
        group="" if hidden else age_group(int(roster.age[row])),
        gun_ms=int(state.gun_ms[row]),
        net_ms=int(state.net_ms[row]),
        place_sex=0 if hidden else max(0, int(state.place_sex[row])),
        place_group=0 if hidden else max(0, int(state.place_group[row])),
        finish_at=int(state.finish_at[row]),
        note=note or _note(picture, row),
    )


def _note(picture: Picture, row: int) -> str:
    if picture.state.status[row] == Status.FINISHED_LATE:
        return "after the cutoff"
    if picture.state.marks[row] & Mark.CHANGED_COURSE:
        return "on the changed course"
    if picture.state.marks[row] & Mark.START_BEFORE_GUN:
        return "read at the start before the gun: net time from the gun"
    if picture.state.marks[row] & Mark.NO_START_READ:
        return "no start read: net time from the gun"
    return ""


def _list_groups(ages: Ints) -> tuple[str, ...]:
    found = {group: age for age in np.unique(ages)[::-1].tolist() if (group := age_group(age))}
    return tuple(sorted(found, key=lambda group: found[group]))


def _list_divisions(picture: Picture, rows: Ints) -> tuple[str, ...]:
    division = picture.state.roster.division
    return tuple(sorted({division[row] for row in rows.tolist()} - {""}))


def _list_tables(
    picture: Picture, viewer: Viewer, race: Race, crossed: Bools, choices: ResultsChoices
) -> tuple[Table, ...]:
    """Divisions, relay teams, finishers after a stop, out of competition: each by place or time."""
    state, roster = picture.state, picture.state.roster
    apart = _order(picture, race, crossed & (state.place == NEVER), False).tolist()
    placed = sorted(
        (row for row in apart if state.place_apart[row] != NEVER),
        key=lambda row: int(state.place_apart[row]),
    )
    tables = [
        _table(picture, viewer, f"division-{division}", division.capitalize(), [
            row for row in placed if roster.division[row] == division and roster.leg[row] == NEVER
        ])
        for division in dict.fromkeys(roster.division[row] for row in placed)
        if division and choices.division in ("", division)
    ]  # fmt: skip
    if choices.division:
        return tuple(table for table in tables if table.count)
    tables.append(_team_table(picture, [row for row in placed if roster.leg[row] != NEVER]))
    left = [row for row in apart if state.place_apart[row] == NEVER]
    stopped = [r for r in left if state.marks[r] & Mark.AFTER_STOP and roster.role[r] == "runner"]
    tables.append(
        _table(picture, viewer, "after-stop", "Finished after the race was stopped", stopped, False)
    )
    others = [row for row in left if roster.role[row] in ROLE_WORDS]
    tables.append(
        _table(picture, viewer, "out-of-competition", "Out of competition", others, False)
    )
    return tuple(table for table in tables if table.count)


def _table(
    picture: Picture, viewer: Viewer, table: str, name: str, rows: list[int], placed: bool = True
) -> Table:
    roles = picture.state.roster.role
    return Table(
        id=table,
        name=name,
        count=len(rows),
        rows=tuple(
            _make_row(
                picture,
                viewer,
                row,
                int(picture.state.place_apart[row]) if placed else 0,
                ROLE_WORDS.get(roles[row], ""),
            )
            for row in rows[:PAGE]
        ),
    )


def _team_table(picture: Picture, rows: list[int]) -> Table:
    state = picture.state
    return Table(
        id="relay",
        name="Relay teams",
        count=len(rows),
        rows=tuple(
            ResultRow(
                place=int(state.place_apart[row]),
                who=Shown(name=state.roster.team[row] or "team", bib=""),
                sex="",
                group="",
                gun_ms=int(state.gun_ms[row]),
                net_ms=int(state.gun_ms[row]),
                place_sex=0,
                place_group=0,
                finish_at=int(state.finish_at[row]),
            )
            for row in rows[:PAGE]
        ),
    )


def _make_without(counts: dict[Status, int]) -> Without:
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
