"""What timing alone is not sure of is a question to the runner, and told to nobody else."""

from __future__ import annotations

import numpy as np

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import FINISHERS, ON_THE_ROAD


def ask_runner(picture: Picture, row: int) -> str:
    """``Did you run with somebody from 30K on?``, for the runner's own private view alone; empty when there is nothing
    to ask. It never says or hints who; nothing is asked about somebody whom one of both does not want to be with, who
    was erased, or while the entry of either is held."""
    found, state = picture.companions, picture.state
    if found is None or state.status[row] not in (*ON_THE_ROAD, *FINISHERS):
        return ""
    for one, other, since, until in found.maybe[(found.maybe[:, :2] == row).any(axis=1)].tolist():
        if _may_ask(picture, row, other if one == row else one):
            return _ask(picture, row, since, until)
    return ""


def _may_ask(picture: Picture, row: int, other: int) -> bool:
    entrants = picture.state.roster.entrants
    if picture.state.is_held(row) or picture.state.is_held(other):
        return False
    own, their = (picture.names.persons.get(entrants[each]) for each in (row, other))
    if own is None or their is None:
        return False
    return entrants[other] not in own.not_with and entrants[row] not in their.not_with


def _ask(picture: Picture, row: int, since: int, until: int) -> str:
    points, passed_at = picture.state.points, picture.state.passed_at[row]
    known = int(np.argmax(passed_at))
    if until == known and since != until:
        return said("Did you run with somebody from {start} on?", start=points.names[since])
    if since == until:
        return said("Did you run with somebody around {point}?", point=points.names[since])
    return said(
        "Did you run with somebody from {start} to {end}?",
        start=points.names[since], end=points.names[until],
    )  # fmt: skip
