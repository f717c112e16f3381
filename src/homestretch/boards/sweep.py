"""The sweep: where it is, who is at risk, who is behind it and who has them, and which roads are open.

For those who keep the ledger. Caught is not out: whoever is behind the sweep stands on a list until somebody
has closed their day.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices, PageNumber
from homestretch.boards.ahead import FOUR_FIFTHS
from homestretch.boards.clearing import on_the_way
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.people import LedgerEntry, ledger_entries, shown
from homestretch.boards.roads import ZoneRow, list_zones
from homestretch.boards.words import LEDGER_ROLES, say_chance, say_holding
from homestretch.errors import RefusedError
from homestretch.forecast.values import FINISH, MEDIAN, NEXT, Coming
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools, Ints, Mark, Status

AT_RISK = 0.2
FIRST, PAGE, ON_A_WALL = 20, 100, 5
OPENING_ROLES: frozenset[Role] = frozenset(("control", "director"))
NOBODY_HAS_THEM = "on the road, nobody has them yet"
KEPT = (Status.RIDING, Status.IN_CARE)

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


class Home(msgspec.Struct, frozen=True):
    """Expected at the finish: the middle, and between which two moments in four cases of five (UTC ms)."""

    median_at: int
    from_at: int
    until_at: int


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the sweep may catch, or who may come too late for a cutoff. ``margin_min`` is the least
    time to spare ahead, by the median; ``needed_s_per_km`` the slowest even pace from here that is in time
    everywhere, 0: none is any more."""

    who: Shown
    race: str
    p: float
    chance: str
    margin_min: float | None
    needed_s_per_km: float | None
    home: Home | None
    next_point: str
    overdue_at: str


class BehindRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody behind the sweep: last contact, and ``owner``: who has them. ``overdue_at`` names the point at
    which they are so late that nobody knows where they are (empty: they are not); then nothing is said of when
    they come home."""

    entry: LedgerEntry
    owner: str
    nobody_has_them: bool
    home: Home | None
    overdue_at: str


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
    at_risk, behind = _find_at_risk(picture), _find_behind(picture)
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
        reckoned=_is_reckoned(picture),
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
        else tuple(_risk(picture, viewer, row) for row in at_risk[first:until].tolist()),
        behind=()
        if choices.list == "risk"
        else tuple(_behind(picture, viewer, row) for row in behind[first:until].tolist()),
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
    if _stands_still(picture):
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


def _competes_with_it(picture: Picture) -> Bools:
    """(n,) everybody but those who are the sweep: people who close the course on foot."""
    return np.array([role != "sweeper" for role in picture.state.roster.role], np.bool_)


def _find_at_risk(picture: Picture) -> Ints:
    """(k,) rows before the sweep with a chance of being caught, the most urgent first: by that chance, then by
    the time that is left."""
    caught = picture.caught
    if caught is None or picture.forecast is None or picture.state.over:
        return np.zeros(0, np.int64)
    p = np.nan_to_num(caught.p_anywhere)
    found = np.flatnonzero(
        (p >= AT_RISK) & ~caught.behind & on_the_way(picture) & _competes_with_it(picture)
    )
    margin_s = np.nan_to_num(caught.margin_s[found], nan=np.inf)
    return found[np.lexsort((found, margin_s, -np.round(p[found], 2)))]


def _find_behind(picture: Picture) -> Ints:
    """(k,) rows behind the sweep, the oldest contact first: those who run on, those who stopped, and those
    whom somebody has and nobody has closed yet. While nothing is reckoned, everybody who was last seen behind
    the place where the sweep is now: some of them may be ahead of it."""
    state, sweep, caught = picture.state, picture.event.sweep, picture.caught
    if sweep is None or state.sweep is None or not state.sweep.distance_m:
        return np.zeros(0, np.int64)
    swept = [race.id == sweep.race for race in picture.event.races]
    of_race = np.array(swept, np.bool_)[state.roster.race]
    stopped = (state.marks & int(Mark.SAID_TO_WITHDRAW)) != 0
    waits = (np.isin(state.status, ON_THE_ROAD) & stopped) | np.isin(state.status, KEPT)
    waits &= of_race & (state.gun_ms == NEVER) & (state.last_proof_at != NEVER)
    found = waits & (np.nan_to_num(state.last_proof_m) < state.sweep.distance_m)
    if caught is None or not _is_reckoned(picture):
        out = np.isin(state.status, ON_THE_ROAD) & of_race
        found |= out & (np.nan_to_num(state.last_proof_m) < state.sweep.distance_m)
    else:
        found |= caught.behind & on_the_way(picture)
    chosen = np.flatnonzero(found & _competes_with_it(picture))
    return chosen[np.argsort(state.last_proof_at[chosen], kind="stable")]


def _is_reckoned(picture: Picture) -> bool:
    """Whether it is known who is behind the sweep now, and not only where everybody was seen last."""
    return picture.caught is not None and not _stands_still(picture)


def _stands_still(picture: Picture) -> bool:
    """Whether the sweep's race is stopped, on hold or delayed; without a sweep, whether every race is."""
    quiet, sweep = picture.state.quiet, picture.event.sweep
    if sweep is None:
        return bool(quiet.all())
    return any(
        quiet[number] for number, race in enumerate(picture.event.races) if race.id == sweep.race
    )


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


def _risk(picture: Picture, viewer: Viewer, row: int) -> RiskRow:
    state, caught, forecast = picture.state, picture.caught, picture.forecast
    assert caught is not None  # nobody is at risk before that was made
    assert forecast is not None
    p, margin_s = float(caught.p_anywhere[row]), float(caught.margin_s[row])
    needed, point = float(caught.needed_s_per_km[row]), int(forecast.next_point[row])
    return RiskRow(
        who=shown(picture, viewer, row),
        race=picture.event.races[int(state.roster.race[row])].name,
        p=round(p, 3),
        chance=say_chance(p),
        margin_min=None if np.isnan(margin_s) else round(margin_s / 60.0, 1),
        needed_s_per_km=None if np.isnan(needed) else round(needed, 1),
        home=_home(picture, row),
        next_point="" if point == NEVER else state.points.names[point],
        overdue_at=_overdue_at(picture, row),
    )


def _behind(picture: Picture, viewer: Viewer, row: int) -> BehindRow:
    (entry,) = ledger_entries(picture, viewer, [row])
    nobody = Status(int(picture.state.status[row])) in ON_THE_ROAD
    follows = bool(on_the_way(picture)[row])
    owner = f"{entry.status}: {entry.keeper}" if entry.keeper else entry.status
    if nobody:
        owner = NOBODY_HAS_THEM
        if entry.said_to_withdraw:
            owner = "said to stop, nobody has them yet"
    return BehindRow(
        entry=entry,
        owner=owner,
        nobody_has_them=nobody,
        home=_home(picture, row) if follows else None,
        overdue_at=_overdue_at(picture, row) if follows else "",
    )


def _home(picture: Picture, row: int) -> Home | None:
    forecast = picture.forecast
    levels = None if forecast is None else forecast.arrivals_at(row, FINISH)
    if levels is None or _overdue_at(picture, row):
        return None
    low, high = FOUR_FIFTHS
    return Home(*(max(levels[level], picture.now) for level in (MEDIAN, low, high)))


def _overdue_at(picture: Picture, row: int) -> str:
    """The name of the next point when somebody is so late there that nobody knows where they are, else
    empty."""
    forecast = picture.forecast
    if forecast is None or forecast.coming[row, NEXT] != Coming.OVERDUE:
        return ""
    point = int(forecast.next_point[row])
    return "the finish" if point == NEVER else picture.state.points.names[point]


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
