"""Who takes pictures on the made-up day, of whom and when: one camera at mile 25, two minutes slow. It snaps runners in
threes until its clock can be told, then the two who met."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from homestretch.rehearsal.painting import Shot
from homestretch.rehearsal.schedule import ZONE
from homestretch.rehearsal.truth import Truth

PLACE: Final = "mile-25"
SLOW_MS: Final = 120_000
THREES: Final = 5
"""Pictures of three: fifteen numbers, of which ten tell a camera's clock."""
UNTIL_MS: Final = 300_000
"""The last three came by so long before the two, or earlier."""
HANDED_IN_MS: Final = 2_400_000
"""So long before the two a card is handed in."""
PHOTOGRAPHER: Final = "June Aldersay"
"""Invented, as everybody here."""


class Snap(NamedTuple):
    """A picture that reaches the event at a moment (UTC ms)."""

    at: int
    name: str
    shot: Shot


def list_snaps(truth: Truth) -> tuple[Snap, ...]:
    """In the order in which they are taken; none where too few came by before the two."""
    column = truth.points.index(PLACE)
    crossed = {
        bib: int(at) for bib, at in zip(truth.bibs, truth.crossed_at[:, column], strict=True)
    }
    two = sorted(truth.meeting.bibs)
    passes_at = max(crossed[bib] for bib in two)
    before = sorted(
        (at, bib)
        for bib, at in crossed.items()
        if 0 < at < passes_at - UNTIL_MS and truth.outcome[truth.row_of(bib)] == "finished"
    )
    threes = _list_close(before)
    if len(threes) < THREES:
        return ()
    snaps = [_snap(number, three) for number, three in enumerate(threes)]
    # They come in together: what looks at pictures begins once for all of them.
    handed_in = max(snaps[-1].at, passes_at - HANDED_IN_MS)
    snaps = [snap._replace(at=handed_in) for snap in snaps]
    return (*snaps, _snap(THREES, [(passes_at, bib) for bib in two]))


def _list_close(crossings: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Threes who came by nearest to each other, in the order of the day: who stands in one picture was there then."""
    firsts = range(len(crossings) - 2)
    found: list[int] = []
    for first in sorted(firsts, key=lambda at: (crossings[at + 2][0] - crossings[at][0], -at)):
        if len(found) < THREES and all(abs(first - other) > 2 for other in found):
            found.append(first)
    return [crossings[first : first + 3] for first in sorted(found)]


def _snap(number: int, crossings: list[tuple[int, str]]) -> Snap:
    at = crossings[len(crossings) // 2][0]
    zone = ZoneInfo(ZONE)
    shown = dt.datetime.fromtimestamp((at - SLOW_MS) // 1000, zone)
    offset = shown.strftime("%z")
    shot = Shot(
        bibs=tuple(bib for _, bib in crossings),
        taken=shown.strftime("%Y:%m:%d %H:%M:%S"),
        zone=f"{offset[:3]}:{offset[3:]}",
        seed=number + 25,
    )
    return Snap(at, f"snap-{number + 1:02}.jpg", shot)
