"""Results as rows: of the finishers as the public may see them, or of everybody for the director."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from homestretch.boards.finishers import at_the_line, field_in_order, place_of, tables_beside
from homestretch.boards.result_row import find_protested
from homestretch.boards.standing import as_declared, find_standing
from homestretch.boards.words import ROLE_WORDS, say_status
from homestretch.picture import Picture
from homestretch.race.clock import say_elapsed, say_time
from homestretch.race.event import Race
from homestretch.race.groups import age_group
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.state.questions import OF_MARK
from homestretch.state.snapshot import NEVER, Mark, Status

UNDER_PROTEST: Final = "under protest"
PUBLIC_MARKS: Final = {
    Mark.AFTER_STOP: "finished after the race was stopped",
    Mark.NO_START_READ: "no start read: net time from the gun",
    Mark.START_BEFORE_GUN: "start read before the gun: net time from the gun",
}
MARKS: Final = {
    **PUBLIC_MARKS,
    **OF_MARK,
    Mark.SEEN_BY_A_PERSON: "seen by a person",
    Mark.OUT_OF_COMPETITION: "out of competition",
}
"""What each mark says in a list for the director."""


class Split(msgspec.Struct, frozen=True):
    """A passing: elapsed time since the own start in ms, and by the next-longer-second rule."""

    ms: int
    time: str


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row. Times that are missing are absent; of a hidden entrant only place and times are told.
    ``table`` is empty for the field, else the table in which the place holds."""

    place: int | None = None
    table: str = ""
    bib: str = ""
    name: str = ""
    sex: str = ""
    age_group: str = ""
    club: str = ""
    division: str = ""
    gun: str = ""
    gun_ms: int | None = None
    net: str = ""
    net_ms: int | None = None
    status: str = ""
    marks: tuple[str, ...] = ()
    started_at: str = ""
    finished_at: str = ""
    splits: dict[str, Split] = {}


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one race, as the JSON file has them. ``results`` is provisional or official; of an official
    ``version`` there is also when it was declared and why there is another one. Moments are ISO 8601 with offset."""

    event: str
    event_name: str
    date: str
    note: str
    race: str
    race_name: str
    distance_m: float
    places_by: str
    results: str
    version: int | None
    declared_at: str
    reason: str
    as_of: str
    form: str
    rows: tuple[Result, ...]


def make_results(picture: Picture, race: Race, full: bool, version: int = 0) -> Results:
    """The results of a race: in full for the director, else as the public may see them; once they were declared
    those of a version, the newest without a number."""
    standing = find_standing(picture, race, version)
    line = next((one for one in standing.versions if one.number == standing.version), None)
    now, picture = picture.now, as_declared(picture, race, version)
    zone = picture.event.zone_info
    viewer = Viewer(role="director" if full else "public")
    columns = list_columns(picture, race)
    return Results(
        event=picture.event.id,
        event_name=picture.event.name,
        date=picture.event.date,
        note=picture.event.note,
        race=race.id,
        race_name=race.name,
        distance_m=race.distance_m,
        places_by=race.places_by,
        results="official" if standing.official else "provisional",
        version=standing.version or None,
        declared_at=_iso(line.declared_at, zone) if line else "",
        reason=line.reason if line else "",
        as_of=_iso(now, zone),
        form="full" if full else "public",
        rows=tuple(
            _result(picture, viewer, row, table, columns, full)
            for row, table in list_rows(picture, race, full)
        ),
    )


def list_rows(picture: Picture, race: Race, full: bool) -> list[tuple[int, str]]:
    """(row, table): the field by place, then each table beside it in its order; in full then all others."""
    at_line = at_the_line(picture, race)
    found = [(int(row), "") for row in field_in_order(picture, race, at_line)]
    for table in tables_beside(picture, race, at_line):
        found += [(int(row), table.name) for row in table.rows]
    if full:
        mine = picture.state.roster.race == picture.event.races.index(race)
        found += [(int(row), "") for row in np.flatnonzero(mine & ~at_line)]
    return found


def list_columns(picture: Picture, race: Race) -> list[int]:
    """The mats of a race behind its start, in the order of its course."""
    metres = picture.state.points.distance_m[picture.event.races.index(race)]
    return [int(column) for column in np.argsort(metres, kind="stable") if metres[column] > 0]


def _result(
    picture: Picture, viewer: Viewer, row: int, table: str, columns: Sequence[int], full: bool
) -> Result:
    state, roster, zone = picture.state, picture.state.roster, picture.event.zone_info
    who = shown(picture, viewer, row)
    team = not full and roster.leg[row] != NEVER
    status = Status(int(state.status[row]))
    gun_ms = int(state.gun_ms[row])
    timed = gun_ms != NEVER  # who was carried ahead came to the line, and has no time
    net_ms = gun_ms if team else int(state.net_ms[row])  # a team's runners share the gun's time
    result = Result(
        place=place_of(picture, row) or None,
        table=table,
        name=(roster.team[row] or "team") if team else who.name,
        gun=say_elapsed(gun_ms) if timed else "",
        gun_ms=gun_ms if timed else None,
        net=say_elapsed(net_ms) if timed else "",
        net_ms=net_ms if timed else None,
        status=say_status(status, viewer.role, crossed_the_line=timed),
    )
    if who.hidden or team:
        return result
    return msgspec.structs.replace(
        result,
        bib=who.bib,
        sex=roster.sex[row],
        age_group=age_group(int(roster.age[row])),
        club=who.club,
        division=roster.division[row],
        marks=_marks(picture, row, full),
        splits=_splits(picture, row, columns),
        started_at=_clock(int(state.start_at[row]), zone) if full else "",
        finished_at=_clock(int(state.finish_at[row]), zone) if full else "",
    )


def _marks(picture: Picture, row: int, full: bool) -> tuple[str, ...]:
    marks, role = int(picture.state.marks[row]), picture.state.roster.role[row]
    words = [word for mark, word in (MARKS if full else PUBLIC_MARKS).items() if marks & mark]
    if row in find_protested(picture):
        words.insert(0, UNDER_PROTEST)
    return tuple(words if role == "runner" else [*words, ROLE_WORDS.get(role, role)])


def _splits(picture: Picture, row: int, columns: Sequence[int]) -> dict[str, Split]:
    state = picture.state
    started_at = int(state.start_at[row])
    elapsed = {
        state.points.ids[column]: int(state.passed_at[row, column]) - started_at
        for column in columns
        if state.passed_at[row, column] != NEVER
    }
    return {point: Split(ms, say_elapsed(ms)) for point, ms in elapsed.items()}


def _clock(at: int, zone: ZoneInfo) -> str:
    return "" if at == NEVER else f"{say_time(at, zone, seconds=True)}.{at % 1000:03}"


def _iso(at: int, zone: ZoneInfo) -> str:
    return dt.datetime.fromtimestamp(at // 1000, zone).isoformat()
