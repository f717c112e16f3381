"""Pairs of whom something may be told, with the points at which they were read: what several kinds begin with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.picture import Picture
from homestretch.sharing import once_a_picture
from homestretch.showing import may_pair
from homestretch.state.snapshot import FINISHERS, NEVER
from homestretch.stories.gate import may_tell


class Pair(NamedTuple):
    """Two finishers of a race, the one ahead at ``since`` first. ``read`` are the columns that read both, in the
    order of the course, ``beside`` those at which they were together, without a hole from ``since`` to the end."""

    first: int
    other: int
    race: int
    read: tuple[int, ...]
    beside: tuple[int, ...]

    @property
    def since(self) -> int:
        """The first column together."""
        return self.beside[0]

    @property
    def before(self) -> tuple[int, ...]:
        """The columns before they were together."""
        return self.read[: self.read.index(self.since)]


@once_a_picture
def list_pairs(picture: Picture) -> tuple[Pair, ...]:
    """Pairs that were together at every point that read both from the first one on, up to the finish."""
    found, told, state = picture.companions, may_tell(picture), picture.state
    if found is None:
        return ()
    # Two chips on one person and people in a vehicle are a question for control, never a story.
    odd = found.list_odd(state.ruled)
    pairs = []
    for k in np.flatnonzero(~found.pack).tolist():
        one, other = int(found.i[k]), int(found.j[k])
        if (one, other) in odd or not (told[one] and told[other]):
            continue
        if not may_pair(picture, one, other):
            continue
        if state.status[one] in FINISHERS and state.status[other] in FINISHERS:
            pair = _pair(picture, one, other, found.together[k].tolist())
            if pair is not None:
                pairs.append(pair)
    return tuple(pairs)


def _pair(picture: Picture, one: int, other: int, together: list[bool]) -> Pair | None:
    state, roster = picture.state, picture.state.roster
    race, end = int(roster.race[one]), int(roster.end_point[one])
    if race != int(roster.race[other]):
        return None
    at = state.passed_at
    order = np.argsort(state.points.distance_m[race]).tolist()
    own = [c for c in order if not np.isnan(state.points.distance_m[race][c])]
    read = tuple(c for c in own if at[one, c] != NEVER and at[other, c] != NEVER)
    beside = tuple(c for c in read if together[c])
    if len(beside) < 2 or not read or read[-1] != end or beside[-1] != end:
        return None
    if read[read.index(beside[0]) :] != beside:
        return None
    first, second = (one, other) if at[one, read[0]] <= at[other, read[0]] else (other, one)
    return Pair(first, second, race, read, beside)
