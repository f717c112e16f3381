"""How RACE RESULT decoders write: passings, on the wire and in their files, and how a box is.

::

    1;33;0000-00-00;00:00:02.773;6692;12;-68;09ca52         number; transponder; date; time; ...
    25;ZICAD30;2026-05-03;07:00:05.944;;75;...              20 fields since version 1.6, 4 to 7 before it

    GETSTATUS;2026-05-03;07:00:05.944;1;11110000;1;177;1;49.7,8.2;1;87;31;...

Without GPS a decoder knows no date: it writes year and month as 0 and counts the days from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from homestretch.errors import FactError
from homestretch.facts import AnyFact, DeviceStatus, Marker, Read, normal_chip
from homestretch.readers import Context, FileKind, Row, clean_name
from homestretch.readers.moments import WallClock, day_of, milliseconds

MARKER: Final = "99999"
"""How the transponder code of a marker begins (a button, a trigger)."""
BOX_NAME, FILE_NUMBER, BOX_ID = 16, 17, 19
"""Positions of the fields that say which box and file a passing is of."""

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}")
_ROW = re.compile(r"(#P;)?[0-9]+;[^;]+;\d{4}-\d\d-\d\d;\d\d:\d\d:\d\d(\.\d+)?(;.*)?", re.ASCII)

_STATUS: Final = (
    "power", "antennas", "operation", "file", "gps", "position", "healthy", "battery", "board_c",
    "reader_c", "frequency", "extension", "channel", "loop", "loop_power", "loop_connected",
    "loop_limit", "running", "time_source", "standby_planned", "standby", "errors",
)  # fmt: skip
"""What GETSTATUS says behind date and time; older decoders say less of it."""
_ERRORS: Final = {
    1: "the UHF module reports an error",
    16: "the active loop has an error",
    32: "the active loop is at its limit",
    64: "the active connection is lost",
    256: "GPS does not set the time",
    512: "the GPS receiver does not answer",
    1024: "the active extension does not take the time",
}
_YES_OR_NO: Final = {"1": True, "0": False}


class Passing(NamedTuple):
    """The fields of a passing that are used; empty where an older decoder does not say them."""

    number: str
    code: str
    date: str
    time: str
    box_name: str = ""
    file: str = ""
    box_id: str = ""

    def fact(self, clock: WallClock, place: str) -> AnyFact:
        """The passing as a fact; FactError with the reason when it is none."""
        seen_at = moment(clock, self.date, self.time)
        if seen_at is None:
            raise FactError("a date or time that does not exist")
        if not self.code or clean_name(self.code) != self.code:
            raise FactError("no transponder")
        if self.code.startswith(MARKER):
            return Marker(seen_at=seen_at, place=place, label=f"marker {self.code}")
        return Read(seen_at=seen_at, chip=normal_chip(self.code), place=place)


def whole_number(text: str) -> int | None:
    """A number of at most 12 digits; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def get_passing(fields: Sequence[str]) -> Passing:
    """A passing from its 4 to 20 (or more) fields; FactError for what is none."""
    if len(fields) < 4 or whole_number(fields[0]) is None:
        raise FactError("not a passing")
    more = (fields[at] if at < len(fields) else "" for at in (BOX_NAME, FILE_NUMBER, BOX_ID))
    box_name, file, box_id = (clean_name(field) for field in more)
    file = "" if whole_number(file) is None else str(int(file))
    number, code, date, time = (field.strip() for field in fields[:4])
    return Passing(number, code, date, time, box_name, file, box_id)


def moment(clock: WallClock, date: str, time: str) -> int | None:
    """UTC ms of a date and a time of day; None when they do not exist. Of a date without a year the day
    counts from the event's date."""
    day, clocked = _DATE.fullmatch(date), _TIME.fullmatch(time)
    if day is None or clocked is None:
        return None
    year, month, date_or_days = (int(part) for part in day.groups())
    hours, minutes, seconds = (int(part) for part in clocked.groups()[:3])
    ms = milliseconds((clocked[4] or "0").encode())
    try:
        dated = bool(year or month)
        ordinal = day_of(year, month, date_or_days) if dated else clock.first_day + date_or_days
        return clock.moment(ordinal, hours, minutes, seconds, ms)
    except (ValueError, OverflowError):
        return None


def _within(text: str | None, lowest: float, highest: float) -> float | None:
    """A number that can be; None for one that cannot, which is how a box says that it does not know."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if lowest <= number <= highest else None


def get_status(fields: list[str], of: str, place: str, at: int) -> DeviceStatus:
    """How a decoder is, from what GETSTATUS says: with date and time at the front, or without."""
    fields = [field.strip() for field in fields]
    said = dict(zip(_STATUS, fields[2 * bool(_DATE.fullmatch(fields[0])) :], strict=False))
    battery, antennas = _within(said.get("battery"), 0, 100), said.get("antennas", "")
    reading = _YES_OR_NO.get(said.get("operation", ""))
    bits = whole_number(said.get("errors", "")) or 0
    errors = [_ERRORS.get(1 << k, f"error {1 << k}") for k in range(40) if bits >> k & 1]
    errors += ["the reader is not healthy"] if said.get("healthy") == "0" else []
    return DeviceStatus(
        seen_at=at,
        of=of,
        place=place,
        reading=reading and said.get("standby") != "1",
        on_mains=_YES_OR_NO.get(said.get("power", "")),
        battery=None if battery is None else battery / 100,
        temperature_c=_within(said.get("board_c"), -60, 150),
        has_gps=_YES_OR_NO.get(said.get("gps", "")),
        antennas=antennas.count("1") if antennas and not antennas.strip("01") else None,
        errors=tuple(errors),
    )


class Rows:
    """One reading of a decoder's file."""

    says = "a RACE RESULT file"

    def __init__(self, lines: list[str], context: Context) -> None:
        self._clock = WallClock(context.zone, context.date)
        self._given = context.place
        rows = [line.strip().split(";") for line in lines if _ROW.fullmatch(line.strip())]
        self.says_places = bool(rows) and all(len(row) > BOX_NAME and row[BOX_NAME] for row in rows)
        self.says_dates = any(not row[2 + (row[0] == "#P")].startswith("0000-00") for row in rows)

    def read(self, line: str) -> Row | None:
        """The passing of a line under its number; FactError with the reason for what is none."""
        passing = get_passing(line.strip().removeprefix("#P;").split(";"))
        place = self._given or passing.box_name
        if not place:
            raise FactError("no place")
        return Row(passing.fact(self._clock, place), whole_number(passing.number))


def find(lines: list[str]) -> float:
    """The share of lines that are passings."""
    return sum(bool(_ROW.fullmatch(line.strip())) for line in lines) / max(len(lines), 1)


FILE = FileKind(name="raceresult", find=find, make=Rows)
