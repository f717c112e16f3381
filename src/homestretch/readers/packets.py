"""Lists of packets that were handed out, as a desk's program or a spreadsheet exports them.

::

    bib,collected                  bib;picked up at          bib
    101,yes                        101;2026-05-02 14:31      101
    102,no                         102;                      102

A time may say when; ``no`` or an empty cell says nothing. A list of bibs alone is all handed out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from homestretch.errors import FactError
from homestretch.facts import Collected
from homestretch.readers import Context, FileKind, Row
from homestretch.readers.moments import FileTimes, is_epoch, is_time

DELIMITERS: Final = (",", ";", "\t")
FITS: Final = 0.9
"""A heading that says it: better than a table of bibs and times, which would be sightings."""
_BIB = re.compile(
    r"bib(number|no|num)?|start(number|no)|racenumber|raceno|stnr|startnummer|number|no"
)
_COLLECTED = re.compile(
    r"(packet|kit|bib|race)?(collected|pickedup|pickup|handedout|checkedin|checkin)(at|time|on)?|packet|abgeholt|retire"
)
_TIME = re.compile(r"(date)?time|at|when|timestamp")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_YES: Final = frozenset(("yes", "y", "x", "1", "true", "ok", "ja", "oui", "si", "sí", "✓", "✔"))
_NO: Final = frozenset(("", "no", "n", "0", "false", "nein", "non", "-"))


class Columns(NamedTuple):
    """Positions of the columns, -1 for one that the list does not have; ``heading``: the first row is one."""

    delimiter: str
    bib: int
    collected: int
    time: int
    heading: bool


class Packets:
    """One reading of a list."""

    says = "a list of packets handed out"
    says_places, says_dates = True, True

    def __init__(self, columns: Columns, context: Context) -> None:
        self._columns = columns
        self._times = FileTimes(context.zone, context.date)
        self._first_day_at = self._times.moment("00:00:00")
        self._begun = False

    def read(self, line: str) -> Row | None:
        """The packet of a row, None for a row that says that it was not handed out."""
        if not self._begun:
            self._begun = True
            if self._columns.heading:
                return None
        columns = self._columns
        cells = _cells(line, columns.delimiter)
        if len(cells) <= columns.bib:
            raise FactError("too few cells")
        bib, said = cells[columns.bib], _cell(cells, columns.collected)
        if columns.collected >= 0 and said.casefold() in _NO:
            return None
        if not _CODE.fullmatch(bib):
            raise FactError("not a bib" if bib else "no bib")
        return Row(
            Collected(seen_at=self._moment(said, _cell(cells, columns.time)), bib=bib.upper())
        )

    def _moment(self, said: str, time: str) -> int:
        """When it was handed out; the beginning of the day where the list does not say."""
        if said and said.casefold() not in _YES:
            if is_time(said) or is_epoch(said):
                return self._times.moment(said)
            if is_time(f"{said}:00"):
                return self._times.moment(f"{said}:00")
            if not time:
                raise FactError("neither yes, nor no, nor a time")
        if is_time(time) or is_epoch(time):
            return self._times.moment(time)
        return self._times.moment(f"{time}:00") if is_time(f"{time}:00") else self._first_day_at


def find_columns(lines: Sequence[str]) -> Columns:
    """The columns of a list; of one without headings the first is taken for the bibs."""
    delimiter = max(DELIMITERS, key=lines[0].count)
    names = [re.sub(r"[\s_#.\-/]+", "", cell.lower()) for cell in _cells(lines[0], delimiter)]
    bib = _position(_BIB, names)
    if bib < 0:
        return Columns(delimiter, 0, -1, -1, heading=False)
    collected = _position(_COLLECTED, names)
    return Columns(delimiter, bib, collected, _position(_TIME, names), heading=True)


def _position(pattern: re.Pattern[str], names: Sequence[str]) -> int:
    return next((place for place, name in enumerate(names) if pattern.fullmatch(name)), -1)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if 0 <= place < len(cells) else ""


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [
            cell.strip()
            for cell in next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter), [])
        ]
    except csv.Error:
        return []


def _find(lines: list[str]) -> float:
    return FITS if find_columns(lines).collected >= 0 else 0.0


def _make(lines: list[str], context: Context) -> Packets:
    return Packets(find_columns(lines), context)


FILE = FileKind(name="packets", find=_find, make=_make)
