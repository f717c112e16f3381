"""Who has a finish in a race, and in which table each of them stands: the field, or one beside it.

Pages, searches and files of results are all made from this, so that nobody falls between two tables.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.boards.words import ROLE_WORDS
from homestretch.picture import Picture
from homestretch.race.event import Race
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, NEVER, Bools, Ints, Mark, Status

CROSSED = (*FINISHERS, Status.RIDING, Status.IN_CARE)
"""With a finish time these have finished, whoever looks after them now."""
DIVISION = "division-"
"""Before the name of a division in the id of its table."""
RELAY, AFTER_STOP, OUT = "relay", "after-stop", "out-of-competition"
NAMES = {
    RELAY: said("Relay teams"),
    AFTER_STOP: said("Finished after the race was stopped"),
    OUT: said("Out of competition"),
}


class Beside(NamedTuple):
    """A table beside the field: its rows (k,) in order, those with a place first."""

    id: str
    name: str
    rows: Ints


def at_the_line(picture: Picture, race: Race) -> Bools:
    """(n,) who has a finish in this race; of a relay the last leg, which stands for its team.

    Who was carried ahead or is ruled out has none, even while somebody still looks after them.
    """
    state, roster = picture.state, picture.state.roster
    mine = roster.race == picture.event.races.index(race)
    found: Bools = mine & (state.gun_ms != NEVER) & np.isin(state.status, CROSSED)
    found &= (state.marks & int(Mark.RULED_BUT_OUT)) == 0
    last_leg = int(roster.leg[mine].max(initial=NEVER))
    found &= (roster.leg == NEVER) | (roster.leg == last_leg)
    return found


def field_in_order(picture: Picture, race: Race, at_line: Bools, *, latest: bool = False) -> Ints:
    """Rows of those at the line (n,) who are ranked with the field: by place, or the latest first."""
    return _in_order(
        picture, race, np.flatnonzero(at_line & (picture.state.place != NEVER)), latest
    )


def tables_beside(
    picture: Picture, race: Race, at_line: Bools, *, latest: bool = False
) -> tuple[Beside, ...]:
    """The tables beside the field with those at the line (n,) who stand in each; empty ones are left out.

    By place or by time, or the latest first.
    """
    rows_of: dict[str, list[int]] = {}
    for row in np.flatnonzero(at_line & (picture.state.place == NEVER)).tolist():
        rows_of.setdefault(_table_of(picture, row), []).append(row)
    return tuple(
        Beside(table, name, _in_order(picture, race, np.array(rows_of[table], np.int64), latest))
        for table, name in list_tables(picture, race)
        if table in rows_of
    )


def list_tables(picture: Picture, race: Race) -> list[tuple[str, str]]:
    """(id, name) of every table that this race can have beside its field."""
    divisions = list_divisions(picture, race)
    return [(DIVISION + name, name.capitalize()) for name in divisions] + list(NAMES.items())


def list_divisions(picture: Picture, race: Race) -> tuple[str, ...]:
    """The divisions of a race in which somebody is entered."""
    roster, number = picture.state.roster, picture.event.races.index(race)
    first, after = np.searchsorted(roster.race, [number, number + 1])  # the roster is in this order
    return tuple(sorted(set(roster.division[first:after]) - {""}))


def place_of(picture: Picture, row: int) -> int:
    """The place in the table in which somebody stands, 0 while there is none."""
    return max(0, int(picture.state.place[row]), int(picture.state.place_apart[row]))


def _table_of(picture: Picture, row: int) -> str:
    """The table of somebody at the line who has no place in the field."""
    state, roster = picture.state, picture.state.roster
    if roster.role[row] in ROLE_WORDS:
        return OUT
    if state.place_apart[row] == NEVER and state.marks[row] & Mark.AFTER_STOP:
        return AFTER_STOP
    if roster.leg[row] != NEVER:
        return RELAY
    return DIVISION + roster.division[row] if roster.division[row] else OUT


def _in_order(picture: Picture, race: Race, rows: Ints, latest: bool) -> Ints:
    state = picture.state
    if latest:
        return rows[np.argsort(-state.finish_at[rows], kind="stable")]
    place = np.maximum(state.place[rows], state.place_apart[rows])
    by_net = (race.places_by == "net") & (state.roster.leg[rows] == NEVER)
    elapsed = np.where(by_net, state.net_ms[rows], state.gun_ms[rows])
    return rows[np.lexsort((state.finish_at[rows], elapsed, place, place == NEVER))]
