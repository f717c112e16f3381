"""Course control: what needs a decision, first; the ledger that balances; who is overdue; sweep, points, devices.

Medical reads it; control and the director decide here. Each decision is a fact with who, when and why, and can be
taken back by another (``/{event}/audit``).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from homestretch.boards import Board, BoardKind, Choices, PageNumber
from homestretch.boards.alarms import Alarm, list_alarms
from homestretch.boards.balance import Balance, make_balance
from homestretch.boards.catching import RiskRow, find_at_risk, find_behind, make_risk
from homestretch.boards.closing import ClosingRow, list_closing
from homestretch.boards.deciding import DecideRow, find_deciding, make_deciding
from homestretch.boards.entering import Notice, PlaceChoice, find_bib, list_places
from homestretch.boards.frame import make_frame
from homestretch.boards.handling import Handled, make_handled
from homestretch.boards.overdue import OverdueRow, find_overdue, make_overdue
from homestretch.boards.sweep_car import CarNow, make_car, say_silent
from homestretch.boards.words import FLAG_WORDS, LEDGER_ROLES
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said

DECIDERS: frozenset[Role] = frozenset(("control", "director"))
FIRST, PAGE, ON_A_WALL = 8, 100, 3

Code = Annotated[str, msgspec.Meta(max_length=300)]


class ControlChoices(Choices, frozen=True, kw_only=True):
    """``bib`` opens somebody; ``list`` opens all of what is to decide, or of who is overdue, in pages."""

    bib: Code = ""
    list: Literal["", "decide", "overdue"] = ""
    page: PageNumber = 1


class WaveChoice(msgspec.Struct, frozen=True):
    """A wave, whose start control can say: race and wave as ids, in words, and its gun (UTC ms)."""

    race: str
    wave: str
    words: str
    gun_at: int


class ControlBoard(Board, frozen=True, kw_only=True):
    """Counts are of all; ``decide``, ``overdue`` and ``at_risk`` hold the rows of the page. ``no_risk`` says why
    there is nobody at risk to list. ``may_decide``: the viewer may say what is offered here."""

    decide_count: int
    decide: tuple[DecideRow, ...]
    balance: Balance
    overdue_count: int
    overdue: tuple[OverdueRow, ...]
    car: CarNow | None
    no_risk: str
    risk_count: int
    behind_count: int
    at_risk: tuple[RiskRow, ...]
    points: tuple[ClosingRow, ...]
    alarms: tuple[Alarm, ...]
    gone: tuple[str, ...]
    handled: Handled | None
    may_decide: bool
    may_flag: bool
    waves: tuple[WaveChoice, ...]
    places: tuple[PlaceChoice, ...]
    flags: tuple[tuple[str, str], ...]
    page: int
    pages: int
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: ControlChoices) -> ControlBoard:
    """The board; RefusedError for who does not keep the ledger."""
    if viewer.role not in LEDGER_ROLES:
        raise RefusedError(said("This page is for course control."), said("Open your own link."))
    asked, late = find_deciding(picture, viewer), find_overdue(picture)
    at_risk, behind = find_at_risk(picture), find_behind(picture, viewer)
    first, until = _page(choices)
    few = slice(0, ON_A_WALL if choices.wall else FIRST)
    size = {"decide": len(asked), "overdue": len(late)}.get(choices.list, 0)
    bib = find_bib(choices.bib, picture.event)
    return ControlBoard(
        frame=make_frame(picture, viewer),
        decide_count=len(asked),
        decide=make_deciding(
            picture, viewer, asked[first:until] if choices.list != "overdue" else ()
        ),
        balance=make_balance(picture, viewer),
        overdue_count=len(late),
        overdue=make_overdue(
            picture, viewer, late[first:until] if choices.list != "decide" else late[:0]
        ),
        car=make_car(picture),
        no_risk=say_silent(picture),
        risk_count=len(at_risk),
        behind_count=len(behind),
        at_risk=tuple(make_risk(picture, viewer, row) for row in at_risk[few].tolist()),
        points=list_closing(picture, viewer),
        alarms=tuple(list_alarms(picture)),
        gone=_list_gone(picture),
        handled=make_handled(picture, viewer, bib) if bib else None,
        may_decide=viewer.role in DECIDERS,
        may_flag=viewer.role in DECIDERS,
        waves=_list_waves(picture),
        places=list_places(picture.event),
        flags=tuple(FLAG_WORDS.items()),
        page=choices.page if choices.list else 1,
        pages=max(1, -(-size // PAGE)),
    )


def _page(choices: ControlChoices) -> tuple[int, int]:
    if not choices.list:
        return 0, ON_A_WALL if choices.wall else FIRST
    return (choices.page - 1) * PAGE, choices.page * PAGE


def _list_gone(picture: Picture) -> tuple[str, ...]:
    """The devices whose connection has ended while somebody is on the road."""
    if picture.state.over:
        return ()
    zone = picture.event.zone_info
    return tuple(
        said(
            "{device} is gone since {time}",
            device=device.source,
            time=say_time(device.connected_at, zone),
        )
        for device in picture.state.devices
        if device.connected is False and not device.source.startswith("door:")
    )


def _list_waves(picture: Picture) -> tuple[WaveChoice, ...]:
    roster = picture.state.roster
    found = []
    for number, race in enumerate(picture.event.races):
        for place, wave in enumerate(race.waves):
            rows_ = (roster.race == number) & (roster.wave == place)
            gun_at = int(roster.gun_at[rows_][0]) if rows_.any() else wave.gun_at
            words: str = race.name
            if len(race.waves) > 1:
                words = said("{race}, wave {wave}", race=race.name, wave=wave.name)
            found.append(WaveChoice(race.id, wave.name, words, gun_at))
    return tuple(found)


def pulse(picture: Picture, _: ControlChoices) -> object:
    """A question came or went, somebody changed status, a point fell silent, control said something."""
    state = picture.state
    return (
        state.questions,
        state.doubted,
        tuple(state.counts.values()),
        state.flags,
        state.points.silent.tobytes(),
    )


BOARD = BoardKind(
    pulse=pulse,
    name="control",
    path="/{event}/control",
    who=LEDGER_ROLES,
    choices=ControlChoices,
    rows=rows,
    template="control.html",
)
