"""course-pace.json: what an earlier edition of the course showed of its legs, for the forecast.

For each race: by what share each leg took longer than usual, at some paces, and how sure that is. It is learnt
from hundreds of people together and names nobody.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from homestretch.folder.problem import PACE, Findings, Problem

MADE_BY: Final = "Write it anew: homestretch course-shape DIR EARLIER"
LARGEST: Final = 2.0
"""No leg of a course makes such a difference."""
DIGITS: Final = 9


class LegPaces(msgspec.Struct, frozen=True):
    """A race: its mats (metres from the start, the end included), the shares (legs, nodes of pace), and their
    covariance (legs x nodes, squared), row by row."""

    race: str
    mats_m: list[float]
    shares: list[list[float]]
    covariance: list[list[float]]


def write_paces(paces: Sequence[LegPaces]) -> str:
    """The file's text."""
    rounded = [
        msgspec.structs.replace(
            one,
            shares=[[round(share, DIGITS) for share in leg] for leg in one.shares],
            covariance=[[round(value, 2 * DIGITS) for value in row] for row in one.covariance],
        )
        for one in paces
    ]
    return msgspec.json.encode(rounded).decode() + "\n"


def read_paces(data: bytes) -> tuple[tuple[LegPaces, ...], tuple[Problem, ...]]:
    """The races of the file that can be used, and what is wrong with others. Never raises."""
    found = Findings(PACE)
    try:
        there = msgspec.json.decode(data, type=list[LegPaces])
    except (msgspec.DecodeError, UnicodeDecodeError):
        found.add(1, "This is not what an earlier edition showed.", MADE_BY, "warning")
        return (), found.list_problems()
    good = tuple(one for one in there if _is_whole(one))
    if len(good) < len(there):
        found.add(1, "What it says of a race cannot be.", MADE_BY, "warning")
    return good, found.list_problems()


def _is_whole(one: LegPaces) -> bool:
    legs = len(one.mats_m) - 1
    nodes = len(one.shares[0]) if one.shares else 0
    shapes = (
        legs >= 1
        and nodes >= 1
        and len(one.shares) == legs
        and all(len(leg) == nodes for leg in one.shares)
        and len(one.covariance) == legs * nodes
        and all(len(row) == legs * nodes for row in one.covariance)
    )
    values = (share for leg in one.shares for share in leg)
    return shapes and all(math.isfinite(share) and abs(share) < LARGEST for share in values)
