"""The sweep: where it is, who is at risk, who is behind it and who has them, and which roads are open.

For those who keep the ledger. Caught is not out: whoever is behind the sweep stands on a list until somebody
has closed their day.
"""

from __future__ import annotations

from typing import Literal

import msgspec
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
    stands_still,
)
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.roads import ZoneRow, list_zones
from homestretch.boards.words import LEDGER_ROLES, say_holding
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.state.snapshot import NEVER, ON_THE_ROAD

FIRST, PAGE, ON_A_WALL = 20, 100, 5
OPENING_ROLES: frozenset[Role] = frozenset(("control", "director"))

ListName = Literal["", "risk", "behind"]


class SweepChoices(Choices, frozen=True, kw_only=True):
    """``list`` opens one list alone, in pages; empty: the first of both."""

    list: ListName = ""
    page: PageNumber = 1


class CarNow(msgspec.Struct, frozen=True, kw_only=True):
    """The sweep along its course. ``seen_at`` is when its last fix was made (UTC ms), None while only its plan
    says where it is; ``behind_plan_min`` is negative when it is early."""

    race: str
    at_m: float
    between: tuple[str, ...]
    seen_at: int | None
    start_at: int
    pace_s_per_km: float
    behind_plan_min: float | None


class SweepBoard(Board, frozen=True, kw_only=True):
    """``silent`` says why there is no list of who is at risk, empty when there is one. Counts are of all,
    ``risk`` and ``behind`` hold the rows of the page. ``made_at``: the state behind it (UTC ms). While
    ``reckoned`` is false those behind are everybody who was last seen behind the place of the sweep.
    ``left_out`` are the races that stand still: nothing is said of times of their runners."""

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
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: SweepChoices) -> SweepBoard:
    """The board of the sweep; RefusedError for who does not keep the ledger."""
    if viewer.role not in LEDGER_ROLES:
        raise RefusedError("The sweep's board is for course control.", "Open your own link.")
    at_risk, behind = find_at_risk(picture), find_behind(picture)
    size = len(behind) if choices.list == "behind" else len(at_risk)
    first, until = _page(choices)
    return SweepBoard(
        frame=make_frame(picture, viewer),
        car=_make_car(picture),
        silent=_say_silent(picture),
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


def _page(choices: SweepChoices) -> tuple[int, int]:
    if not choices.list:
        return 0, ON_A_WALL if choices.wall else FIRST
    return (choices.page - 1) * PAGE, choices.page * PAGE


def _say_silent(picture: Picture) -> str:
    state = picture.state
    if state.over:
        return "Nobody is on the road any more."
    if stands_still(picture):
        why = say_holding([flag.state for flag in state.flags])
        return (
            f"Nothing is said of times ahead {why}. Who is not accounted for stands in the ledger."
        )
    if picture.forecast is None or picture.caught is None:
        return "The forecast is being made. It appears here by itself."
    cutoffs = (state.points.cutoff_at != NEVER).any()
    if picture.event.sweep is None and not cutoffs:
        return "The plan has no sweep and no cutoff: nobody can be caught."
    return ""


def _make_car(picture: Picture) -> CarNow | None:
    sweep, track = picture.event.sweep, picture.state.sweep
    if sweep is None or track is None:
        return None
    race = picture.event.get_race(sweep.race)
    points = picture.event.list_points(race.id)
    passed = [point.name for point in points if point.distance_m[race.id] <= track.distance_m]
    ahead = [point.name for point in points if point.distance_m[race.id] > track.distance_m]
    late_m = track.planned_m - track.distance_m
    return CarNow(
        race=race.name,
        at_m=track.distance_m,
        between=(*passed[-1:], *ahead[:1]) if passed else tuple(ahead[:1]),
        seen_at=track.seen_at if track.fixes else None,
        start_at=sweep.start_at,
        pace_s_per_km=sweep.pace_s_per_km,
        behind_plan_min=late_m * sweep.pace_s_per_km / 60_000 if track.fixes else None,
    )


def pulse(picture: Picture, _: SweepChoices) -> object:
    """Control said something, or a road was opened or closed again."""
    return picture.state.flags, picture.state.zones


BOARD = BoardKind(
    pulse=pulse,
    name="sweep",
    path="/{event}/sweep",
    who=LEDGER_ROLES,
    choices=SweepChoices,
    rows=rows,
    template="sweep.html",
)
