"""Entrants as rows of a board: each through the privacy gate, in one display form."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from homestretch.boards.words import CARE_ROLES, HEALTH_ROLES, LEDGER_ROLES, know_status, say_status
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.entrant import Stories
from homestretch.race.privacy import (
    HIDDEN,
    Shown,
    Viewer,
    may_photograph,
    may_tell,
)
from homestretch.race.saying import said
from homestretch.showing import grown, shown
from homestretch.state.snapshot import NEVER, Ints, Mark, Status


def get_shown(picture: Picture, viewer: Viewer, bib: str) -> tuple[int, Shown]:
    """The row of a bib and how this viewer may see its entrant; NotFound when nobody has it or they are hidden."""
    row = picture.state.roster.find_row(bib)
    who = shown(picture, viewer, row) if row is not None else None
    if row is None or who is None or who.hidden:
        raise NotFound(
            said("There is no runner's page for bib {bib}.", bib=bib),
            said("Check the number; some entrants have chosen not to be shown."),
        )
    return row, who


def shown_aloud(picture: Picture, row: int) -> Shown:
    """The form in which an entrant may be called out at the line, by whoever reads it: as the announcer sees them,
    and of unknown age only where the event takes nobody under 18, or with a guardian's word."""
    roster = picture.state.roster
    if picture.state.is_held(row):
        return HIDDEN
    person = picture.names.persons.get(roster.entrants[row])
    unsure = roster.age[row] == NEVER and not grown(picture, row)
    if unsure and not (person and person.guardian):
        return HIDDEN
    return shown(picture, Viewer("announcer"), row)


def photos_of(picture: Picture, row: int) -> bool:
    """Whether photos of the entrant of a row may be shown to the public; never while the entry is held."""
    if picture.state.is_held(row):
        return False
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    hidden = shown(picture, Viewer(), row).hidden
    return may_photograph(person, grown=grown(picture, row), hidden=hidden)


def stories_of(picture: Picture, row: int) -> Stories:
    """How a story may tell of the entrant of a row: ``yes``, ``no-photo``, ``no``; empty while nothing was said,
    which is no as well, and while the entry is held."""
    if picture.state.is_held(row):
        return "no"
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    hidden = shown(picture, Viewer(), row).hidden
    return may_tell(person, grown=grown(picture, row), hidden=hidden)


def read_at_point(picture: Picture, row: int) -> str:
    """The name of the mat of an entrant's last proof; empty when a person saw them last."""
    state = picture.state
    point = int(state.last_point[row])
    if point == NEVER or state.passed_at[row, point] != state.last_proof_at[row]:
        return ""
    return state.points.names[point]


def seen_by_name(picture: Picture, viewer: Viewer, rows: Ints) -> Ints:
    """Those of the rows whom this viewer does not see as a private entrant: a list that was chosen by what
    people are (sex, age group, club) tells it of everybody who stands in it."""
    hidden = [row for row in rows.tolist() if shown(picture, viewer, row).hidden]
    return rows[~np.isin(rows, hidden)]


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A person in the ledger: what is known last. For those who keep the ledger only.

    ``keeper`` (which bus, which tent, where) is given of somebody in care to medical alone.
    ``seen_at`` is the newest proof, by mat or person, ``seen_m`` where that was along the own course;
    ``point`` is where a mat read them last, at ``read_at``. Times are UTC ms, NEVER where there is none.
    """

    who: Shown
    race: str
    status: str
    keeper: str
    seen_at: int
    seen_m: float | None
    point: str
    point_m: float | None
    read_at: int
    said_to_withdraw: bool


def ledger_entries(
    picture: Picture, viewer: Viewer, rows: Iterable[int]
) -> tuple[LedgerEntry, ...]:
    """Entries of the ledger; the caller has made sure that the viewer keeps it."""
    return tuple(_entry(picture, viewer, int(row)) for row in rows)


def keeps_ledger(viewer: Viewer) -> bool:
    """Whether the viewer sees the people behind a count."""
    return viewer.role in LEDGER_ROLES


def reads_health(viewer: Viewer) -> bool:
    """Whether the viewer may know who is in care. To everybody else they are of those who withdrew."""
    return viewer.role in HEALTH_ROLES


def named_to(picture: Picture, viewer: Viewer, rows: Ints) -> Ints:
    """Those of the rows, of people who are not accounted for or who finished, whom this viewer may know to be so: not
    who is in care without a finish."""
    state = picture.state
    if reads_health(viewer):
        return rows
    named: Ints = rows[(state.status[rows] != Status.IN_CARE) | (state.finish_at[rows] != NEVER)]
    return named


def known_statuses(picture: Picture, viewer: Viewer) -> npt.NDArray[np.int8]:
    """(n,) the status of everybody, as this viewer may know it."""
    state = picture.state
    if reads_health(viewer):
        return state.status
    known = state.status.copy()
    for status in (Status.IN_CARE, Status.HOME):
        for crossed in (False, True):
            these = (state.status == status) & ((state.gun_ms != NEVER) == crossed)
            known[these] = know_status(status, crossed_the_line=crossed)
    return known


def _entry(picture: Picture, viewer: Viewer, row: int) -> LedgerEntry:
    state = picture.state
    status = Status(int(state.status[row]))
    point, seen_at = int(state.last_point[row]), int(state.last_proof_at[row])
    race, was_read = int(state.roster.race[row]), point != NEVER
    sees_place = status != Status.IN_CARE or viewer.role in CARE_ROLES
    return LedgerEntry(
        who=shown(picture, viewer, row),
        race=picture.event.races[race].name,
        status=say_status(status, viewer.role, crossed_the_line=int(state.gun_ms[row]) != NEVER),
        keeper=state.keeper.get(row, "") if sees_place else "",
        seen_at=seen_at,
        seen_m=None if seen_at == NEVER else float(state.last_proof_m[row]),
        point=state.points.names[point] if was_read else "",
        point_m=float(state.points.distance_m[race, point]) if was_read else None,
        read_at=int(state.passed_at[row, point]) if was_read else NEVER,
        said_to_withdraw=bool(state.marks[row] & Mark.SAID_TO_WITHDRAW),
    )
