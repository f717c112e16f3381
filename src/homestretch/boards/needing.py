"""Who needs us most, for people who cheer: why, in words, and never a score."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from homestretch.boards.ahead import is_caught_known
from homestretch.boards.people import seen_by_name
from homestretch.forecast.need import HOURS_FROM, MINUTES_CLOSE, Need, find_need
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.sharing import once_a_picture
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, Bools, Ints

HOURS: Final = (said("zero"), said("one"), said("two"), said("three"), said("four"), said("five"), said("six"), said("seven"), said("eight"), said("nine"), said("ten"))  # fmt: skip
MARATHON_M = 42_000.0


class NeedRow(msgspec.Struct, frozen=True):
    """Somebody who has it hard, and why: ``slowing since 30K``, ``alone on the road``."""

    who: Shown
    race: str
    why: tuple[str, ...]


def list_needs(picture: Picture, viewer: Viewer, rows: Ints, most: int) -> tuple[NeedRow, ...]:
    """The first of these rows by need. Only who is shown by name or initials and of whom there is something to
    say: nobody can cheer for somebody unnamed, and the reasons would tell who it is."""
    need, found = _find_need(picture, viewer), []
    if need is None:
        return ()
    wanted = set(rows.tolist())
    for row in need.order.tolist():
        if row not in wanted or not (why := _say_why(picture, need, row)):
            continue
        if not len(seen_by_name(picture, viewer, np.array([row]))):
            continue
        race = picture.event.races[_race(picture, row)].name
        found.append(NeedRow(shown(picture, viewer, row), race, why))
        if len(found) == most:
            break
    return tuple(found)


def _race(picture: Picture, row: int) -> int:
    return int(picture.state.roster.race[row])


@once_a_picture
def _find_need(picture: Picture, _: Viewer) -> Need | None:
    if picture.forecast is None:
        return None
    return find_need(picture.state, picture.forecast, picture.caught, _find_first(picture))


def _find_first(picture: Picture) -> Bools:
    """(n,) runs a first marathon, and said so at entry."""
    persons, roster = picture.names.persons, picture.state.roster
    long = [race.distance_m >= MARATHON_M for race in picture.event.races]
    said = [
        (person := persons.get(entrant)) is not None and person.first_marathon
        for entrant in roster.entrants
    ]
    return np.array(said, np.bool_) & np.array(long, np.bool_)[roster.race]


def _say_why(picture: Picture, need: Need, row: int) -> tuple[str, ...]:
    """The parts of the judgement in words. Somebody behind the sweep is among the last: it is said kindly."""
    found: list[str] = []
    since, hours = int(need.since_point[row]), float(need.hours_out[row])
    if since != NEVER:
        found.append(said("slowing since {point}", point=picture.state.points.names[since]))
    if need.company[row] == 0:
        found.append(said("alone on the road"))
    caught = picture.caught
    if caught is not None and caught.behind[row] and is_caught_known(picture, np.array([row]))[0]:
        found.append(said("among the last on the road"))
    elif need.margin_s[row] < 60.0 * MINUTES_CLOSE:
        sweep = picture.event.sweep
        swept = sweep is not None and sweep.race == picture.event.races[_race(picture, row)].id
        found.append(said("close to the sweep") if swept else said("close to a cutoff"))
    if hours >= HOURS_FROM:
        whole = int(hours)
        found.append(
            said("out for over {hours} hours", hours=HOURS[whole] if whole < len(HOURS) else whole)
        )
    if need.first[row]:
        found.append(said("first marathon"))
    return tuple(found)
