"""Files of reads: what a timing system or a spreadsheet has saved, recognised by content.

::

    Z413A35 10:11:16.4433 10  10000      C7          a JChip file (lines that begin with D: a saved stream)
    tag,2016-09-11 09:15:34.305                      a table of chips and times, with headings or without
    1,0580001a,0,"2026-05-03 07:00:01.123"           the same with more columns; also with tabs, semicolons
    bib;time;place                                   bibs that a person noted: sightings, not reads

A row that cannot be read is refused with a reason and becomes an ``Unreadable`` fact; the others are kept.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from homestretch.errors import FactError
from homestretch.facts import AnyFact, Read, Sighting, normal_chip, received
from homestretch.readers import Context, Heard, unreadable

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
LOOKED_AT: Final = 50
LONGEST_LINE: Final = 1024

_LINE = re.compile(r"\r\n|\r|\n")
_JCHIP = re.compile(
    r"(?:D[A-Za-z]|D(?=\d)|[A-CE-Za-z])(?P<chip>[0-9A-Za-z]+)\s+(?P<time>\d{2}:\d{2}:\d{2}\.\d{1,9})(?P<rest>.*)"
)
_JCHIP_NAME = re.compile(r"N[0-9A-Za-z]{4}(?P<name>\S.*)")
_JCHIP_DATE = re.compile(r"date=(\d{4})(\d{2})(\d{2})")
_DAY = r"(?P<year>\d{4})[-/](?P<month>\d{2})[-/](?P<day>\d{2})"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(rf"(?:{_DAY}[T ]\s*)?{_CLOCK}\s*{_OFFSET}")
_EPOCH = re.compile(r"(?P<s>\d{10})(?:\.(?P<part>\d{1,9}))?|(?P<ms>\d{13})")
_DATE = re.compile(_DAY)
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
    """What a file was recognised as; ``says`` in words, ``skipped`` rows of headings."""

    says: str
    kind: Literal["jchip", "chips", "bibs"]
    delimiter: str = ""
    columns: Columns = Columns(-1, -1, -1, -1)
    skipped: int = 0
    has_places: bool = False


class RefusedRow(NamedTuple):
    """A row that did not become a fact: its line, counted from 1, and why."""

    line: int
    reason: str


class FileOfReads(NamedTuple):
    """What a file said: facts (refused rows as unreadable ones among them) and the refused rows."""

    heard: list[Heard]
    rows: int
    refused: list[RefusedRow]


def find_form(text: str) -> Form | None:
    """What kind of file of reads this is, by its first lines; None when it is none."""
    lines = [line for line in _lines(text) if line.strip()][:LOOKED_AT]
    if not lines:
        return None
    jchip = [bool(_JCHIP.fullmatch(line.strip())) for line in lines if not _is_greeting(line)]
    if jchip and 2 * sum(jchip) > len(jchip):
        named = any(_JCHIP_NAME.fullmatch(line.strip()) for line in lines)
        return Form("a JChip file", "jchip", has_places=named)
    for delimiter in DELIMITERS:
        rows = [_cells(line, delimiter) for line in lines]
        if form := _table_form(rows, delimiter):
            return form
    return None


def read_file(
    text: str, form: Form, context: Context, source: str, at: int, place: str = ""
) -> FileOfReads:
    """The facts in a file of a known form, received at ``at`` (UTC ms); never raises for a row.

    ``context`` has the zone of times without one, and the date of times without a date. ``place`` is
    where the reads were made when the file does not say. The same rows make the same facts.
    """
    reading = _Reading(form, context, source, place)
    heard: list[Heard] = []
    refused: list[RefusedRow] = []
    rows = 0
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        rows += 1
        if rows <= form.skipped or reading.is_command(line):
            continue
        try:
            fact = reading.fact(line)
        except FactError as error:
            refused.append(RefusedRow(number, error.what))
            heard.append(unreadable(line.encode(), error.what, source, at, reading.place))
        else:
            heard.append(Heard(received(fact, source, at)))
    return FileOfReads(heard, len(heard), refused)


class _Reading:
    """One reading of a file: what holds for the rows from here on."""

    def __init__(self, form: Form, context: Context, source: str, place: str) -> None:
        self._form, self._context, self._source = form, context, source
        self._date = dt.date.fromisoformat(context.date)
        self.place = place

    def is_command(self, line: str) -> bool:
        """Whether this is a line of a saved JChip stream that is no read; a device's name is the place."""
        if self._form.kind != "jchip" or not _is_greeting(line):
            return False
        if match := _JCHIP_NAME.fullmatch(line.strip()):
            self.place = match["name"].strip()
        return True

    def fact(self, line: str) -> AnyFact:
        """What a row says; FactError with the reason when it says nothing that can be kept."""
        if len(line) > LONGEST_LINE:
            raise FactError("a line of over 1,024 characters")
        if self._form.kind == "jchip":
            return self._jchip(line.strip())
        cells = [cell.strip() for cell in _cells(line, self._form.delimiter)]
        columns = self._form.columns
        if len(cells) <= max(columns):
            raise FactError("too few cells")
        day, days = self._date, 0
        if columns.date >= 0:
            day, days = self._day_of(cells[columns.date])
        seen_at = self._moment(cells[columns.time], day, days)
        return self._said(
            cells[columns.who], cells[columns.place] if columns.place >= 0 else "", seen_at
        )

    def _jchip(self, line: str) -> AnyFact:
        match = _JCHIP.fullmatch(line)
        if match is None:
            raise FactError("not a JChip line")
        day, days = self._date, 0
        field = match["rest"].split()[:1]
        if date := _JCHIP_DATE.search(match["rest"]):
            day, days = self._day_of("-".join(date.groups()))
        elif field and field[0][1:2].isdigit():
            days = int(field[0][1:2])
        return self._said(match["chip"], "", self._moment(match["time"], day, days))

    def _said(self, who: str, place: str, seen_at: int) -> AnyFact:
        where = place or self.place
        if not where:
            raise FactError("no place")
        if not who:
            raise FactError("no bib" if self._form.kind == "bibs" else "no chip")
        if not _CHIP.fullmatch(who):
            raise FactError("not a bib" if self._form.kind == "bibs" else "not a chip")
        if self._form.kind == "bibs":
            return Sighting(seen_at=seen_at, bib=who.upper(), place=where, by=self._source)
        return Read(seen_at=seen_at, chip=normal_chip(who), place=where)

    def _day_of(self, text: str) -> tuple[dt.date, int]:
        """A date and days to add; ``0000-00-01`` is a device that counts days without knowing the date."""
        match = _DATE.fullmatch(text)
        if match is None:
            raise FactError("not a date: write it as 2026-05-03")
        if match["year"] == "0000":
            return self._date, int(match["day"])
        try:
            return dt.date(int(match["year"]), int(match["month"]), int(match["day"])), 0
        except ValueError as error:
            raise FactError("a date that does not exist") from error

    def _moment(self, text: str, day: dt.date, days: int) -> int:
        """UTC ms of a time of day, a date with time, or seconds or milliseconds since 1970."""
        if match := _EPOCH.fullmatch(text):
            return int(match["ms"]) if match["ms"] else int(match["s"]) * 1000 + _ms(match["part"])
        match = _TIME.fullmatch(text)
        if match is None:
            raise FactError("no time" if not text else "not a time")
        if match["year"]:
            day, days = self._day_of(text[:10])
        zone = self._context.zone if not match["offset"] else _offset(match["offset"])
        try:
            day = day + dt.timedelta(days=days)
            clock = dt.time(
                int(match["hour"]), int(match["minute"]), int(match["second"]), tzinfo=zone
            )
            moment = dt.datetime.combine(day, clock)
            if not 1970 < moment.year < 2100:
                raise ValueError
        except (ValueError, OverflowError) as error:
            raise FactError("a date or time that does not exist") from error
        return int(moment.timestamp()) * 1000 + _ms(match["part"])


def _ms(part: str | None) -> int:
    return int((part or "0").ljust(3, "0")[:3])


def _offset(text: str) -> dt.tzinfo:
    if text == "Z":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes >= 24 * 60:
        raise FactError("an offset that does not exist")
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))


def _lines(text: str) -> list[str]:
    return _LINE.split(text)


def _is_greeting(line: str) -> bool:
    line = line.strip()
    command = line.startswith(("GT", "S0000")) or _JCHIP_NAME.fullmatch(line)
    return bool(command) and not _JCHIP.fullmatch(line)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_time(cell: str) -> bool:
    return bool(_TIME.fullmatch(cell.strip()) or _EPOCH.fullmatch(cell.strip()))


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
    dates = [sum(bool(_DATE.fullmatch(cell)) for cell in column) for column in columns]
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
    return Form(says, kind, delimiter, found, int(heading), place >= 0)


def _heading(cell: str) -> str:
    key = re.sub(r"[\s_#.\-/]+", "", cell.strip().lower().lstrip("\ufeff"))
    return next((name for name, known in _HEADINGS.items() if known.fullmatch(key)), "")


def _time(names: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
    """The column of times: one that is named so, else one of which most cells are times; seconds since
    1970 come last, because a chip may look like them. -1 when there is none."""
    best, most = -1, (False, 0, 0)
    for place, column in enumerate(columns):
        written = sum(bool(_TIME.fullmatch(cell)) for cell in column)
        counted = sum(bool(_EPOCH.fullmatch(cell)) for cell in column)
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
