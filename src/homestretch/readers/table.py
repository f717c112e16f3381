"""Tables of chips or bibs and times: commas, semicolons or tabs, with headings or without.

::

    tag,2016-09-11 09:15:34.305                      chips and times
    1,0580001a,0,"2026-05-03 07:00:01.123"           the same with more columns
    bib;time;place                                   bibs that a person noted: sightings, not reads
    place,bib,time                                   a stopwatch: who came first, second, third
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from homestretch.errors import FactError
from homestretch.facts import Read, Sighting, normal_chip
from homestretch.readers import Context, FileKind, Row
from homestretch.readers.moments import FileTimes, is_date, is_epoch, is_time, says_date

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
FITS: Final = 0.5
"""How well any table fits: a form that knows its maker goes first."""

_CHIP = re.compile(r"[0-9A-Za-z][0-9A-Za-z:_.-]{0,63}")
_WHOLE = re.compile(r"\d+")
_HEADINGS: Final = {
    "chip": re.compile(
        r"(chip|tag|transponder|transpcode|transp|rfid|epc)(id|code|no|number|num)?"
    ),
    "bib": re.compile(r"bib(number|no|num)?|start(number|no)|racenumber|raceno|stnr|startnummer"),
    "time": re.compile(r"(date)?time(ofday)?|timestamp|seenat|passingtime|readtime|zeit"),
    "date": re.compile(r"date|day|datum"),
    "place": re.compile(r"place|location|timingpoint|point|mat|checkpoint|reader|device|split|ort"),
}


class Columns(NamedTuple):
    """Positions of the columns of a table, -1 for one that it does not have."""

    who: int
    time: int
    date: int
    place: int


class Form(NamedTuple):
    """What a table was recognised as; ``says`` in words, ``heading`` whether its first row names columns."""

    says: str
    kind: Literal["chips", "bibs"]
    delimiter: str
    columns: Columns
    heading: bool
    has_dates: bool


class Table:
    """One reading of a table."""

    def __init__(self, form: Form, context: Context) -> None:
        self._form, self._place = form, context.place
        self._times = FileTimes(context.zone, context.date)
        self._begun = False
        self.says = form.says
        self.says_places, self.says_dates = form.columns.place >= 0, form.has_dates

    def read(self, line: str) -> Row | None:
        """The read or sighting in a row; FactError with the reason when there is none."""
        if not self._begun:
            self._begun = True
            if self._form.heading:
                return None
        cells = [cell.strip() for cell in _cells(line, self._form.delimiter)]
        columns = self._form.columns
        if len(cells) <= max(columns):
            raise FactError("too few cells")
        day = self._times.day(cells[columns.date]) if columns.date >= 0 else None
        seen_at = self._times.moment(cells[columns.time], day)
        place = (cells[columns.place] if columns.place >= 0 else "") or self._place
        return Row(self._said(cells[columns.who], place, seen_at))

    def _said(self, who: str, place: str, seen_at: int) -> Read | Sighting:
        bibs = self._form.kind == "bibs"
        if not place:
            raise FactError("no place")
        if not who:
            raise FactError("no bib" if bibs else "no chip")
        if not _CHIP.fullmatch(who):
            raise FactError("not a bib" if bibs else "not a chip")
        if bibs:
            return Sighting(seen_at=seen_at, bib=who.upper(), place=place)
        return Read(seen_at=seen_at, chip=normal_chip(who), place=place)


def find_form(lines: Sequence[str]) -> Form | None:
    """The table of which these are the first lines; None when they are none."""
    for delimiter in DELIMITERS:
        if form := _table_form([_cells(line, delimiter) for line in lines], delimiter):
            return form
    return None


def _find(lines: list[str]) -> float:
    return FITS if find_form(lines) else 0.0


def _make(lines: list[str], context: Context) -> Table:
    form = find_form(lines)
    assert form is not None
    return Table(form, context)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_time(cell: str) -> bool:
    return is_time(cell.strip()) or is_epoch(cell.strip())


def _table_form(rows: Sequence[list[str]], delimiter: str) -> Form | None:
    """The form of a table of which these are the first rows; None when it is no table of reads."""
    width = max(len(row) for row in rows)
    if width < 2:
        return None
    heading = not any(_is_time(cell) for cell in rows[0])
    below = [row for row in rows[heading:] if len(row) > 1]
    if not below:
        return None
    columns = [
        [row[place].strip() if place < len(row) else "" for row in below] for place in range(width)
    ]
    names = [_heading(cell) for cell in rows[0]] if heading else []
    time = _time(names, columns)
    if time < 0:
        return None
    dates = [sum(is_date(cell) for cell in column) for column in columns]
    date = dates.index(max(dates)) if 2 * max(dates) > len(below) else -1
    who, kind = _who(names, columns, {time, date})
    if who < 0:
        return None
    place = _place(names, columns)
    says = (
        f"a table with {DELIMITERS[delimiter]}: {kind} in column {who + 1}, times in column {time + 1}"
        + (f", dates in column {date + 1}" if date >= 0 else "")
        + (f", places in column {place + 1}" if place >= 0 else "")
    )
    found = Columns(who, time, date, place)
    has_dates = date >= 0 or 2 * sum(says_date(cell) for cell in columns[time]) > len(below)
    return Form(says, kind, delimiter, found, heading, has_dates)


def _heading(cell: str) -> str:
    key = re.sub(r"[\s_#.\-/]+", "", cell.strip().lower().lstrip("\ufeff"))
    return next((name for name, known in _HEADINGS.items() if known.fullmatch(key)), "")


def _time(names: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
    """The column of times: one that is named so, else one of which most cells are times; seconds since
    1970 come last, because a chip may look like them. -1 when there is none."""
    best, most = -1, (False, 0, 0)
    for place, column in enumerate(columns):
        written = sum(is_time(cell) for cell in column)
        counted = sum(is_epoch(cell) for cell in column)
        named = bool(names) and place < len(names) and names[place] == "time"
        if (named or 2 * (written + counted) > len(column)) and (named, written, counted) > most:
            best, most = place, (named, written, counted)
    return best


def _who(
    names: Sequence[str], columns: Sequence[Sequence[str]], taken: set[int]
) -> tuple[int, Literal["chips", "bibs"]]:
    """The column that says who was read: by its heading, else the one with the longest codes."""
    if "chip" in names:
        return names.index("chip"), "chips"
    if "bib" in names:
        return names.index("bib"), "bibs"
    if names:
        return -1, "chips"
    longest, best = 0, -1
    for place, column in enumerate(columns):
        codes = [cell for cell in column if _CHIP.fullmatch(cell)]
        length = sum(map(len, codes))
        if place not in taken and 2 * len(codes) > len(column) and length > longest:
            longest, best = length, place
    return best, "chips"


def _place(names: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
    """The column of places; ``place`` over whole numbers is who came in first, second, third."""
    for place, name in enumerate(names):
        if name == "place" and not all(_WHOLE.fullmatch(cell) for cell in columns[place] if cell):
            return place
    return -1


FILE = FileKind(name="table", find=_find, make=_make)
