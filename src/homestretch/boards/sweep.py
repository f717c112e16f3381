"""The sweep: where it is, who is at risk, who is behind it and who has them, and which roads are open.

For those who keep the ledger; its driver sees who is around the vehicle and who rides in it. Caught is not out: whoever is behind the sweep stands on a list until somebody
has closed their day.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from homestretch.boards import Board, BoardKind, Choices, PageNumber
from homestretch.boards.catching import (
    BehindRow,
    RiskRow,
    find_at_risk,
    find_behind,
    is_reckoned,
    make_behind,
    make_risk,
)
from homestretch.boards.driving import DRIVERS, Driving, make_driving
from homestretch.boards.entering import EntryForm, Notice, list_entry_forms
from homestretch.boards.frame import make_frame
from homestretch.boards.roads import ZoneRow, list_zones
from homestretch.boards.sweep_car import CarNow, make_car, say_silent
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import ON_THE_ROAD

FIRST, PAGE, ON_A_WALL = 20, 100, 5
OPENING_ROLES: frozenset[Role] = frozenset(("control", "director"))

ListName = Literal["", "risk", "behind"]


class SweepChoices(Choices, frozen=True, kw_only=True):
    """``list`` opens one list alone, in pages; empty: the first of both."""

    list: ListName = ""
    page: PageNumber = 1


class SweepBoard(Board, frozen=True, kw_only=True):
    """``silent`` says why there is no list of who is at risk, empty when there is one. Counts are of all,
    ``risk`` and ``behind`` hold the rows of the page. ``made_at``: the state behind it (UTC ms). While
    ``reckoned`` is false those behind are everybody who was last seen behind the place of the sweep.
    ``left_out`` are the races that stand still: nothing is said of times of their runners. ``driving`` is the page
    of a driver, ``forms`` whom the driver took on board last; then all else is empty."""

    car: CarNow | None
    silent: str
    made_at: int | None
    risk_count: int
    behind_count: int
    unowned_count: int
    reckoned: bool
    left_out: tuple[str, ...]
    opened: str
    page: int
    pages: int
    risk: tuple[RiskRow, ...]
    behind: tuple[BehindRow, ...]
    zones: tuple[ZoneRow, ...]
    may_open: bool
    driving: Driving | None = None
    forms: tuple[EntryForm, ...] = ()
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: SweepChoices) -> SweepBoard:
    """The board of the sweep: for its driver what is around the vehicle, for those who keep the ledger all of it;
    RefusedError for everybody else."""
    if viewer.role in DRIVERS:
        return _for_driver(picture, viewer)
    if viewer.role not in LEDGER_ROLES:
        raise RefusedError(
            said("The sweep's board is for course control."), said("Open your own link.")
        )
    at_risk, behind = find_at_risk(picture), find_behind(picture, viewer)
    size = len(behind) if choices.list == "behind" else len(at_risk)
    first, until = _page(choices)
    return SweepBoard(
        frame=make_frame(picture, viewer),
        car=make_car(picture),
        silent=say_silent(picture),
        made_at=None if picture.caught is None else picture.caught.now,
        risk_count=len(at_risk),
        behind_count=len(behind),
        unowned_count=int(np.isin(picture.state.status[behind], ON_THE_ROAD).sum()),
        reckoned=is_reckoned(picture),
        left_out=tuple(
            race.name
            for race, quiet in zip(picture.event.races, picture.state.quiet, strict=True)
            if quiet
        ),
        opened=choices.list,
        page=choices.page if choices.list else 1,
        pages=max(1, -(-size // PAGE)) if choices.list else 1,
        risk=()
        if choices.list == "behind"
        else tuple(make_risk(picture, viewer, row) for row in at_risk[first:until].tolist()),
        behind=()
        if choices.list == "risk"
        else tuple(make_behind(picture, viewer, row) for row in behind[first:until].tolist()),
        zones=list_zones(picture),
        may_open=viewer.role in OPENING_ROLES,
    )


def _for_driver(picture: Picture, viewer: Viewer) -> SweepBoard:
    return SweepBoard(
        frame=make_frame(picture, viewer),
        car=None,
        silent="",
        made_at=None,
        risk_count=0,
        behind_count=0,
        unowned_count=0,
        reckoned=is_reckoned(picture),
        left_out=(),
        opened="",
        page=1,
        pages=1,
        risk=(),
        behind=(),
        zones=(),
        may_open=False,
        driving=make_driving(picture, viewer),
        forms=list_entry_forms(picture, viewer, "sweep"),
    )


def _page(choices: SweepChoices) -> tuple[int, int]:
    if not choices.list:
        return 0, ON_A_WALL if choices.wall else FIRST
    return (choices.page - 1) * PAGE, choices.page * PAGE


def pulse(picture: Picture, _: SweepChoices) -> object:
    """Control said something, a road was opened or closed again, or somebody was taken on board or let off."""
    return picture.state.flags, picture.state.zones, tuple(picture.state.held_by.items())


BOARD = BoardKind(
    pulse=pulse,
    name="sweep",
    path="/{event}/sweep",
    who=LEDGER_ROLES | DRIVERS,
    choices=SweepChoices,
    rows=rows,
    template="sweep.html",
)
