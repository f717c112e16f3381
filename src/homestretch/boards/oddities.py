"""What is odd of people who came together: two chips on one person, people in a vehicle. Questions for control with
their evidence in words, never stories."""

from __future__ import annotations

from typing import Final

import numpy as np

from homestretch.boards.together import say_whole_seconds
from homestretch.boards.words import list_words
from homestretch.companions.riding import Ride
from homestretch.companions.together import Companions
from homestretch.picture import Picture
from homestretch.race.clock import say_pace
from homestretch.race.privacy import Viewer
from homestretch.race.saying import counted, decimal, said
from homestretch.sharing import once_a_picture
from homestretch.state.snapshot import NEVER, Question

RIDDEN: Final = "perhaps in a vehicle"
DOUBLED: Final = "perhaps one person with two chips"
NAMED: Final = 4
"""Of more people who came together their number is said."""


def list_oddities(picture: Picture) -> tuple[Question, ...]:
    """One question for each entrant on whom nobody has ruled, by kind, since when, and row."""
    return _list_oddities(picture, Viewer())


@once_a_picture
def _list_oddities(picture: Picture, _viewer: Viewer) -> tuple[Question, ...]:
    found = picture.companions
    if found is None:
        return ()
    asked: dict[tuple[str, int], Question] = {}
    ruled = picture.state.ruled
    for ride in found.rides:
        for member in range(len(ride.rows)):
            if ride.rows[member] in ruled:
                continue
            question = _of_ride(picture, ride, member)
            asked.setdefault((question.kind, question.row), question)
    for one, other in found.doubled:
        for row, with_ in ((one, other), (other, one)) if not {one, other} & ruled else ():
            question = _of_two_chips(picture, found, row, with_)
            asked.setdefault((question.kind, question.row), question)
    open_ = (one for one in asked.values() if one.since_at != NEVER)
    return tuple(sorted(open_, key=lambda one: (one.kind != RIDDEN, one.since_at, one.row)))


def _of_ride(picture: Picture, ride: Ride, member: int) -> Question:
    """``from 25K to 30K at 4:20 a km, never faster than 8:46 a km before; at 30K within 3 seconds of 12 and 45``"""
    state, row = picture.state, ride.rows[member]
    names, units, bibs = state.points.names, picture.event.units, state.roster.bibs
    pace, best = (
        say_pace(1000.0 * each[member], units) for each in (ride.pace_s_per_m, ride.best_s_per_m)
    )
    others = [bibs[other] for other in ride.rows if other != row]
    near = said("bib {bibs}", bibs=list_words(others))
    if len(others) > NAMED:
        near = said("{count} others", count=counted(len(others)))
    detail = said(
        "from {start} to {end} at {pace}, never faster than {best} before; at {end} within {seconds} of {others}",
        start=names[ride.since[member]],
        end=names[ride.until],
        pace=pace,
        best=best,
        seconds=say_whole_seconds(max(1.0, ride.spread_s)),
        others=near,
    )
    return Question(RIDDEN, row, int(state.passed_at[row, ride.until]), detail)


def _of_two_chips(picture: Picture, found: Companions, row: int, other: int) -> Question:
    """``read with bib 46 at 8 points, 0.31 to 0.33 s apart at each``"""
    pair = (found.i == min(row, other)) & (found.j == max(row, other))
    gaps_s = np.abs(found.gaps_s[int(np.flatnonzero(pair)[0])])
    gaps_s = gaps_s[np.isfinite(gaps_s)]
    detail = said(
        "read with bib {bib} at {count} points, {least} to {most} s apart at each",
        bib=picture.state.roster.bibs[other],
        count=len(gaps_s),
        least=decimal(float(gaps_s.min()), 2),
        most=decimal(float(gaps_s.max()), 2),
    )
    return Question(DOUBLED, row, int(picture.state.passed_at[row].max()), detail)
