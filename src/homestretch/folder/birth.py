"""Dates of birth to ages on race day, the only thing that is kept of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

YOUNGEST, OLDEST = 3, 110
_ADULT = 18

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_PACKED: Final = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_NUMBERS: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ].*)?")
_DAY_WORD: Final = re.compile(r"(\d{1,2})[-. ]+([^\W\d]{3,})[-.,]?[ -]*(\d{4}|\d{2})")
_WORD_DAY: Final = re.compile(r"([^\W\d]{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
_YEAR: Final = re.compile(r"(19|20)\d{2}")
_SERIAL: Final = re.compile(r"\d{4,5}(?:\.0)?")
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_SERIAL_ORIGIN: Final = dt.date(1899, 12, 30)
"""Day 0 of the serial dates of spreadsheets."""


class Age(NamedTuple):
    """What a cell tells: the age on race day in years (None: it does not), and what is in doubt."""

    years: int | None
    doubt: str = ""


UNCLEAR = "unclear"
"""Doubt: no date, or one that cannot be a runner's."""
TWO_WAYS = "two ways"
"""Doubt: day or month first gives different ages."""
YEAR_ALONE = "year alone"
"""Doubt: only the year is known and the person may be a minor still."""


def say_order(cells: Iterable[str]) -> bool | None:
    """Whether the day comes first in a column: told by dates that can be read one way only; None when
    none does or they disagree."""
    told = set()
    for cell in cells:
        match = _NUMBERS.fullmatch(cell)
        if match and match[2] != ".":
            one, two = int(match[1]), int(match[3])
            if one > 12 >= two:
                told.add(True)
            elif two > 12 >= one:
                told.add(False)
    return told.pop() if len(told) == 1 else None


def age_on(race_day: dt.date, cell: str, day_first: bool | None) -> Age:
    """The age on race day that a date or year of birth tells; of two possible ones none, unless the
    younger is under 18: then that one, for protection."""
    if _YEAR.fullmatch(cell):
        years = race_day.year - int(cell)
        if years == _ADULT:
            return Age(_ADULT - 1, YEAR_ALONE)
        return _possible(years)
    dates = _iso(cell) or _read(cell, race_day, day_first)
    if len(dates) == 1 and dates[0] <= race_day:
        return _possible(_years(dates[0], race_day))
    ages = sorted({_years(born, race_day) for born in dates if born <= race_day})
    if not ages:
        return Age(None, UNCLEAR)
    if len(ages) > 1:
        return Age(ages[0] if ages[0] < _ADULT else None, TWO_WAYS)
    return _possible(ages[0])


def _possible(years: int) -> Age:
    return Age(years) if YOUNGEST <= years <= OLDEST else Age(None, UNCLEAR)


def _years(born: dt.date, race_day: dt.date) -> int:
    return race_day.year - born.year - ((race_day.month, race_day.day) < (born.month, born.day))


def _iso(cell: str) -> list[dt.date]:
    """The date of the commonest form by the shortest way; empty for any other."""
    if len(cell) != 10 or cell[4] != "-":
        return []
    try:
        return [dt.date.fromisoformat(cell)]
    except ValueError:
        return []


def _read(cell: str, race_day: dt.date, day_first: bool | None) -> list[dt.date]:
    """All dates that a cell can mean."""
    if match := _ISO.fullmatch(cell):
        return _dates([(match[1], match[2], match[3])], race_day)
    if match := _PACKED.fullmatch(cell):
        return _dates([(match[1] + match[2], match[3], match[4])], race_day)
    if match := _NUMBERS.fullmatch(cell):
        one, sign, two, year = match.groups()
        readings = [(year, two, one), (year, one, two)]
        if sign == "." or day_first is not None:
            readings = [readings[0 if sign == "." or day_first else 1]]
        return _dates(readings, race_day)
    if match := _DAY_WORD.fullmatch(cell):
        return _dates([(match[3], _month(match[2]), match[1])], race_day)
    if match := _WORD_DAY.fullmatch(cell):
        return _dates([(match[3], _month(match[1]), match[2])], race_day)
    if _SERIAL.fullmatch(cell):
        return [_SERIAL_ORIGIN + dt.timedelta(days=int(cell.split(".")[0]))]
    return []


def _month(word: str) -> str:
    start = word.lower()[:3]
    return str(_MONTHS.index(start) + 1) if start in _MONTHS else "0"


def _dates(readings: list[tuple[str, str, str]], race_day: dt.date) -> list[dt.date]:
    """The readings (year, month, day) that exist; a year of two digits is the latest not to come."""
    dates = []
    for year, month, day in readings:
        full = int(year)
        if len(year) == 2:
            full += race_day.year // 100 * 100
            full -= 100 if full > race_day.year else 0
        try:
            dates.append(dt.date(full, int(month), int(day)))
        except ValueError:
            continue
    return dates
