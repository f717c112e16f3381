"""The chute's papers: times clicked in the order of the line, bibs written down in the same order.

::

    1,07:58:02.31          4312
    2,07:58:05.90          ?            somebody whose bib nobody could read: the time is theirs
    3,00:58:06.10          5127

Nobody's time is invented: the first time and the first bib are a pair, and so on, and what is left over
is named. A stopwatch that was started with the gun shows elapsed times: ``started_at`` says when that was.
"""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from typing import Final, NamedTuple

from homestretch.errors import FactError
from homestretch.readers import Context
from homestretch.readers.moments import FileTimes, is_epoch, is_time

NOBODY: Final = frozenset(("?", "-", "x", "??", "???"))
"""What stands on a list for a bib that nobody could read."""
ELAPSED: Final = "an elapsed time"
_ELAPSED = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?")
_BIB = re.compile(r"[0-9A-Za-z*][0-9A-Za-z*_-]{0,31}")
_NUMBERED = re.compile(r"\s*\d+\s*[.)]\s+(?=\S)")


class Click(NamedTuple):
    """A time that was clicked (UTC ms), and its line in the file."""

    seen_at: int
    line: int


class Bib(NamedTuple):
    """A bib as written down (empty: nobody could read it), and its line in the file."""

    bib: str
    line: int


class Bad(NamedTuple):
    """A line that is not understood, and why."""

    line: int
    reason: str


class Pairs(NamedTuple):
    """Pairs in their order, times and bibs that are left over, and lines at which the times go back."""

    pairs: tuple[tuple[Click, Bib], ...]
    clicks: tuple[Click, ...]
    bibs: tuple[Bib, ...]
    going_back: tuple[int, ...]

    @property
    def agree(self) -> bool:
        """Whether there are as many times as bibs, in the order of the clock."""
        return not (self.clicks or self.bibs or self.going_back)


def read_clicks(
    text: str, context: Context, started_at: int | None = None
) -> tuple[list[Click], list[Bad]]:
    """The times in a stopwatch's export, in the order of the file: in each line the last cell that is a time.

    Lines without one are bad, apart from headings before the first time. ``started_at`` (UTC ms): the times
    are elapsed since then.
    """
    times = FileTimes(context.zone, context.date)
    found: list[Click] = []
    bad: list[Bad] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            cells = [cell for cell in _cells(line) if _is_time(cell)]
            if not cells:
                raise FactError("no time")
            found.append(Click(_moment(cells[-1], times, started_at), number))
        except FactError as error:
            if found or error.what != "no time":
                bad.append(Bad(number, error.what))
    return found, bad


def read_bibs(text: str) -> tuple[list[Bib], list[Bad]]:
    """The bibs of a list, one a line, in its order; ``1. 4312`` and ``1,4312`` are bib 4312 as well.

    Whatever else stands on a line was somebody who came in: the line keeps its place in the order.
    """
    found: list[Bib] = []
    bad: list[Bad] = []
    for number, line in enumerate(text.splitlines(), 1):
        cell = (_cells(_NUMBERED.sub("", line)) or [""])[-1]
        if not cell:
            continue
        if cell.casefold() in NOBODY:
            found.append(Bib("", number))
        elif _BIB.fullmatch(cell) and re.search(r"[0-9*]", cell):
            found.append(Bib(cell.upper(), number))
        elif found or not cell.isalpha():  # a heading is a word
            found.append(Bib("", number))
            bad.append(Bad(number, "not a bib"))
    return found, bad


def pair(clicks: list[Click], bibs: list[Bib]) -> Pairs:
    """The first time with the first bib, and so on."""
    count = min(len(clicks), len(bibs))
    return Pairs(
        tuple(zip(clicks[:count], bibs[:count], strict=True)),
        tuple(clicks[count:]),
        tuple(bibs[count:]),
        tuple(after.line for before, after in pairwise(clicks) if after.seen_at < before.seen_at),
    )


def _is_time(cell: str) -> bool:
    return bool(is_time(cell) or is_epoch(cell) or _ELAPSED.fullmatch(cell))


def _moment(cell: str, times: FileTimes, started_at: int | None) -> int:
    if started_at is None:
        if not (is_time(cell) or is_epoch(cell)):
            raise FactError(ELAPSED)
        return times.moment(cell)
    match = _ELAPSED.fullmatch(cell)
    if match is None:
        raise FactError("not an elapsed time")
    hours, minutes, seconds, part = (match[1] or "0", match[2], match[3], match[4] or "0")
    if int(seconds) > 59 or (match[1] and int(minutes) > 59):
        raise FactError("not an elapsed time")
    elapsed_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return started_at + elapsed_s * 1000 + int(part.ljust(3, "0"))


def _cells(line: str) -> list[str]:
    for delimiter in (";", "\t", ","):
        if delimiter in line:
            break
    try:
        return [
            cell.strip().lstrip("\ufeff")
            for cell in next(csv.reader([line], delimiter=delimiter), [])
        ]
    except csv.Error:
        return []
