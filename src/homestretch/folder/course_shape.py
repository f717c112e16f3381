"""course-shape.csv: what an earlier edition of the course showed of its hills, for the check of the clocks.

One row is one mat: how much slower (in shares of the pace) its runners went in than out, between the two
mats beside it. It names nobody.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from typing import Final

import msgspec

from homestretch.folder.letters import read_letters
from homestretch.folder.problem import SHAPE, Findings, Problem

HEADING: Final = ("race", "at_m", "from_m", "to_m", "difference")
LARGEST: Final = 2.0
"""No hill makes a difference of pace like this."""
MADE_BY: Final = "Write it anew: homestretch course-shape DIR EARLIER"


class Bend(msgspec.Struct, frozen=True):
    """A mat of a race, in metres, with the two mats (``from_m`` before ``to_m``) whose straight line it is
    compared with, and the difference of pace between its way in and its way out (a share)."""

    race: str
    at_m: float
    from_m: float
    to_m: float
    difference: float


def write_bends(bends: Iterable[Bend]) -> str:
    """The file's text."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADING)
    for bend in bends:
        metres = (f"{place_m:.10g}" for place_m in (bend.at_m, bend.from_m, bend.to_m))
        rows.writerow((bend.race, *metres, f"{bend.difference:.5f}"))
    return text.getvalue()


def read_bends(data: bytes) -> tuple[tuple[Bend, ...], tuple[Problem, ...]]:
    """The rows of the file, and what is wrong with others. Never raises."""
    found = Findings(SHAPE)
    rows = list(csv.reader(io.StringIO(read_letters(data, found), newline="")))
    if not rows or tuple(cell.strip() for cell in rows[0]) != HEADING:
        found.add(1, f"The first line is not {','.join(HEADING)}.", MADE_BY, "warning")
        return (), found.list_problems()
    bends = []
    for line, row in enumerate(rows[1:], start=2):
        bend = _read(row)
        if bend is not None:
            bends.append(bend)
        elif row:
            found.gather(line, "This is no mat with its difference of pace.", MADE_BY, "warning")
    return tuple(bends), found.list_problems()


def _read(row: list[str]) -> Bend | None:
    try:
        race, *numbers = row
        at_m, from_m, to_m, difference = (float(number) for number in numbers)
    except ValueError:
        return None
    metres = (at_m, from_m, to_m)
    if not all(math.isfinite(number) and number >= 0 for number in metres) or not from_m < to_m:
        return None
    return Bend(race.strip(), *metres, difference) if abs(difference) < LARGEST else None
