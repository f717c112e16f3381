"""Of whom a story may be told at all: grown up, shown in public, running for themselves, in nobody's care, held by
nobody, and not waiting for a ruling. Whether they agreed to be published is another question (``consent``)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.sharing import once_a_picture
from homestretch.showing import grown, shown
from homestretch.state.snapshot import FINISHERS, NEVER, ON_THE_ROAD, Bools, Mark

PUBLIC = Viewer()
_DISPUTED = (
    Mark.CONTRADICTORY_RULING | Mark.RULED_BUT_OUT | Mark.IMPOSSIBLE_LEG | Mark.ON_ANOTHER_COURSE
)
_APART = Mark.SAID_TO_WITHDRAW | Mark.MOVED_UP | Mark.LEFT_OUT_A_STRETCH | Mark.OUT_OF_COMPETITION


def shown_in_story(picture: Picture, row: int) -> Shown:
    """The form in which a story shows an entrant, to whoever reads it: the public's."""
    return shown(picture, PUBLIC, row)


@once_a_picture
def may_tell(picture: Picture) -> Bools:
    """(n,) of whom something may be told."""
    state = picture.state
    going = np.isin(state.status, (*ON_THE_ROAD, *FINISHERS)) & _may_be_told(picture)
    going &= (state.marks & int(_DISPUTED | _APART)) == 0
    asked = [question.row for question in state.questions if question.row != NEVER]
    going[asked] = False
    going[[word.row for word in state.held]] = False
    return going


class _ByPeople(NamedTuple):
    """What follows from who people are alone, and the Picture of which it does."""

    picture: Picture
    found: Bools


_kept: list[_ByPeople] = []
"""The newest one: it holds as long as people, roster and the rule of the event are the same."""


def _may_be_told(picture: Picture) -> Bools:
    """(n,) by who they are alone."""
    for kept in _kept:
        before = kept.picture
        same = before.names is picture.names and before.state.roster is picture.state.roster
        if same and before.event.privacy == picture.event.privacy:
            return kept.found
    _kept[:] = [_ByPeople(picture, _look_at_people(picture))]
    return _kept[0].found


def _look_at_people(picture: Picture) -> Bools:
    roster = picture.state.roster
    found = np.zeros(len(roster.entrants), np.bool_)
    for row in range(len(found)):
        plain = (
            roster.role[row] == "runner" and roster.leg[row] == NEVER and not roster.division[row]
        )
        found[row] = plain and grown(picture, row) and not shown_in_story(picture, row).hidden
        person = picture.names.persons.get(roster.entrants[row])
        found[row] &= person is not None and person.stories != "no"
    return found
