"""What an earlier edition of a course showed of each mat, brought to the mats of today.

A mat's difference of pace is one between two certain mats: where one of these lies elsewhere, or is silent today,
the earlier edition says nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from homestretch.folder.course_shape import Bend
from homestretch.state.snapshot import Floats

SAME_M: Final = 20.0
"""Mats of two editions that are measured so near each other are one: a difference of pace of under 1 %
where legs have 5 km."""

Shape: TypeAlias = Mapping[tuple[int, int, int, int], float]
"""(race, mat, the two mats that it is compared with), as columns -> difference of pace."""


def list_bends(shape: Shape, races: Sequence[str], metres: Floats) -> list[Bend]:
    """A shape in metres; ``races`` are the ids of its races, ``metres`` (races, m) its mats."""
    return [
        Bend(
            race=races[race],
            at_m=float(metres[race, mat]),
            from_m=float(metres[race, a]),
            to_m=float(metres[race, b]),
            difference=difference,
        )
        for (race, mat, a, b), difference in sorted(shape.items())
    ]


def fit_shape(bends: Sequence[Bend], races: Sequence[str], metres: Floats) -> Shape:
    """The same for an event with these races and mats, (races, m): only what is at the same places."""
    shape = {}
    for bend in bends:
        if bend.race in races:
            race = races.index(bend.race)
            columns = [
                _find_mat(metres[race], place) for place in (bend.at_m, bend.from_m, bend.to_m)
            ]
            if None not in columns:
                mat, a, b = (column for column in columns if column is not None)
                shape[race, mat, a, b] = bend.difference
    return shape


def _find_mat(metres: Floats, place_m: float) -> int | None:
    """The column of the mat at a place of a race, if there is one."""
    off = np.abs(np.where(np.isnan(metres), np.inf, metres) - place_m)
    nearest = int(off.argmin()) if len(off) else -1
    return nearest if nearest >= 0 and off[nearest] <= SAME_M else None
