"""Finishers by home town, for local papers: those whom the public sees, with the town that they gave."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices
from homestretch.boards.frame import make_frame
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.sharing import once_a_picture
from homestretch.showing import shown
from homestretch.state.snapshot import FINISHERS, NEVER

PUBLIC = Viewer()
Town = Annotated[str, msgspec.Meta(max_length=120)]


class TownsChoices(Choices, frozen=True, kw_only=True):
    """``town`` opens one."""

    town: Town = ""


class TownCount(msgspec.Struct, frozen=True):
    """A town, and how many of its finishers are shown."""

    town: str
    finishers: int


class TownFinisher(msgspec.Struct, frozen=True, kw_only=True):
    """A finisher of a town; ``place`` is 0 for who has none, ``net_ms`` None without a time."""

    who: Shown
    race: str
    net_ms: int | None
    place: int


class TownsBoard(Board, frozen=True, kw_only=True):
    """Every town, and the finishers of the one that was chosen."""

    towns: tuple[TownCount, ...]
    town: str
    finishers: tuple[TownFinisher, ...]


def rows(picture: Picture, _viewer: Viewer, choices: TownsChoices) -> TownsBoard:
    """The list; it is the same for everybody."""
    found = _by_town(picture, PUBLIC)
    wanted = choices.town.casefold()
    town = next((name for name in found if name.casefold() == wanted), choices.town)
    return TownsBoard(
        frame=make_frame(picture, PUBLIC),
        towns=tuple(TownCount(name, len(rows_)) for name, rows_ in found.items()),
        town=town,
        finishers=tuple(_finisher(picture, row) for row in found.get(town, ())),
    )


@once_a_picture
def _by_town(picture: Picture, viewer: Viewer) -> dict[str, list[int]]:
    """Rows by town, both in the order of people: towns by name, finishers by race and place."""
    state = picture.state
    found: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(np.isin(state.status, FINISHERS)).tolist():
        who = shown(picture, viewer, row)
        if who.town and not who.hidden:
            found[" ".join(who.town.split())].append(row)
    late = len(state.status) + 1
    for rows_ in found.values():
        rows_.sort(
            key=lambda row: (
                int(state.roster.race[row]),
                int(state.place[row]) if state.place[row] > 0 else late,
                row,
            )
        )
    return {name: found[name] for name in sorted(found, key=lambda name: (name.casefold(), name))}


def _finisher(picture: Picture, row: int) -> TownFinisher:
    state = picture.state
    net_ms = int(state.net_ms[row])
    return TownFinisher(
        who=shown(picture, PUBLIC, row),
        race=picture.event.races[int(state.roster.race[row])].name,
        net_ms=None if net_ms == NEVER else net_ms,
        place=max(0, int(state.place[row])),
    )


BOARD = BoardKind(
    name="towns",
    path="/{event}/towns",
    who=EVERYBODY,
    choices=TownsChoices,
    rows=rows,
    template="towns.html",
)
