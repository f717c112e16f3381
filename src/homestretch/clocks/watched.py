"""What the clock check looks at: passings as columns, and the reads behind them.

n entrants, m timing points, r reads; times in UTC ms, NEVER (-1) where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, Floats, Ints


@dataclass(frozen=True, slots=True)
class Reads:
    """All reads of known chips at known points, used or not; all (r,)."""

    row: Ints
    """the entrant who wore the chip"""
    point: Ints
    """column of the timing point"""
    source: Ints
    """number of the device"""
    at: Ints
    """as the device said it, plus the corrections that hold already"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A day to look at. Where a course was changed, the caller sets metres beyond the change to NaN: people
    who run another way are no clock."""

    passed_at: Ints
    """(n, m)"""
    source: Ints
    """(n, m) device of the read that won, NEVER where it is unknown"""
    metres: Floats
    """(races, m) NaN where a race does not pass"""
    race: Ints
    """(n,)"""
    reads: Reads | None = None
    points: tuple[str, ...] = ()
    """(m,) names for the words"""
    sources: tuple[str, ...] = ()
    """names of the devices, by number"""

    def point_name(self, point: int) -> str:
        """The point in words."""
        return self.points[point] if point < len(self.points) else f"point {point + 1}"

    def source_name(self, source: int) -> str:
        """The device in words."""
        if source == NEVER:
            return said("the clock")
        return self.sources[source] if source < len(self.sources) else f"device {source}"


@dataclass(slots=True)
class Sheet:
    """The day as seconds: at each point one device's times, for mistakes of one clock to stay together.

    ``time_s`` (n, m) seconds after ``base`` (UTC ms), NaN where there is none; it is changed while
    corrections are tried. ``main`` (m,) is the device, NEVER where it is unknown.
    """

    base: int
    time_s: Floats
    main: Ints
    metres: Floats
    race: Ints

    def at(self, time_s: float) -> int:
        """UTC ms of seconds on this sheet."""
        return self.base + round(1000 * time_s)


@dataclass(frozen=True, slots=True)
class Line:
    """One device at one point: the rows (k,) it saw and when (k,), UTC ms, sorted by row."""

    point: int
    source: int
    row: Ints
    at: Ints


MISSING: Final = np.iinfo(np.int64).max


def list_lines(watched: Watched) -> list[Line]:
    """First reads (at a start, the last ones) of each chip by each device at each point."""
    reads = watched.reads
    if reads is None or not len(reads.row):
        return []
    n = len(watched.race)
    starts = np.nanmin(np.where(np.isnan(watched.metres), np.inf, watched.metres), axis=0) == 0.0
    sources, source = np.unique(reads.source, return_inverse=True)
    pair = reads.point * len(sources) + source
    present = np.unique(pair)
    slot = np.searchsorted(present, pair)
    # The last read at a start is the first one of the time turned round.
    sign = np.where(starts[present // len(sources)], -1, 1)
    first = np.full(len(present) * n, MISSING, np.int64)
    np.minimum.at(first, slot * n + reads.row, sign[slot] * reads.at)
    lines = []
    for place, key in enumerate(present.tolist()):
        of_line = first[place * n : (place + 1) * n]
        row = np.flatnonzero(of_line != MISSING)
        point, number = divmod(key, len(sources))
        lines.append(Line(point, int(sources[number]), row, sign[place] * of_line[row]))
    return lines


def make_sheet(watched: Watched, lines: list[Line]) -> Sheet:
    """One device for each point: the one that saw most chips. Its passings as folded, else its first reads.

    A clock that is an hour wrong makes reads that no passing can come of, so the reads fill the gaps.
    """
    n, m = watched.passed_at.shape
    at = watched.passed_at.copy()
    main = np.full(m, NEVER, np.int64)
    for point in range(m):
        here = [line for line in lines if line.point == point]
        if here:
            line = max(here, key=lambda one: (len(one.row), -one.source))
            main[point] = line.source
            raw = np.full(n, NEVER, np.int64)
            raw[line.row] = line.at
            folded = watched.source[:, point] == line.source
            at[:, point] = np.where(folded, at[:, point], raw)
        else:
            main[point] = _usual(watched.source[:, point])
    known = at != NEVER
    base = int(at.min(where=known, initial=MISSING)) if known.any() else 0
    time_s = np.asfortranarray(np.where(known, (at - base) / 1000.0, np.nan))  # read by columns
    return Sheet(base, time_s, main, watched.metres, watched.race)


def _usual(source: Ints) -> int:
    known = source[source != NEVER]
    if not len(known):
        return NEVER
    return int(np.bincount(known).argmax())
