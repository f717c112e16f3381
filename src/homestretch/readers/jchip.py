"""The JChip dialect: a TCP server's side, also spoken by bridges for Impinj, Alien and Ubidium.

Every message ends in CR (some bridges add LF). The device says its name, is asked for its time and told
to start; then it sends one line for each read. It has no numbers of its own and never asks for an
acknowledgement, so a read is recognised by its content, and what was sent while nobody listened is lost
unless the device is asked to send again (docs/readers.md).
"""

from __future__ import annotations

import re

from homestretch.errors import FactError
from homestretch.facts import ClockChecked, Read, normal_chip, received
from homestretch.readers import (
    Context,
    FileKind,
    Heard,
    Machine,
    ReaderKind,
    Row,
    device_name,
    unreadable,
)
from homestretch.readers.framing import TOO_LONG, Lines
from homestretch.readers.moments import FileTimes, WallClock, day_of, milliseconds

HALF_A_DAY_MS = 43_200_000
_TIME = re.compile(rb"(\d{2}):(\d{2}):(\d{2})\.(\d{1,9})")
_READ = re.compile(rb"[A-Za-z].([0-9A-Za-z]+) +(\d\d):(\d\d):(\d\d)\.(\d{1,9})(.*)", re.DOTALL)
_DEVICE_TIME = re.compile(rb"GT.(\d{2})(\d{2})(\d{2})(\d{2})")


class JChip(Machine):
    """One connection. ``name`` is what the device calls itself, which is also the place of its reads."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._clock = WallClock(context.zone, context.date)
        self._lines = Lines(b"\r\n")
        self._given = context.place
        self.name = ""

    @property
    def source(self) -> str:  # type: ignore[override]  # it changes with the name
        """The source of this connection's facts."""
        return f"jchip:{self.name or 'unnamed'}"

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        heard: list[Heard] = []
        for line, too_long in self._lines.take(data):
            heard += [self._unreadable(line, TOO_LONG, at)] if too_long else self._line(line, at)
        return heard

    def _unreadable(self, raw: bytes, reason: str, at: int) -> Heard:
        return unreadable(raw, reason, self.source, at, self.name)

    def _line(self, line: bytes, at: int) -> list[Heard]:
        if line.startswith(b"N") and len(line) > 5 and not _TIME.search(line):
            self.name = device_name(line[5:])
            self.out += b"GT\r"
            return []
        if line.startswith(b"GT"):
            return self._device_time(line, at)
        return [self._read(line, at)]

    def _device_time(self, line: bytes, at: int) -> list[Heard]:
        """How far the device's clock is off; without a date, off by less than half a day."""
        self.out += b"S0000\r"
        match = _DEVICE_TIME.match(line)
        try:
            if match is None:
                raise ValueError
            hours, minutes, seconds, hundredths = (int(part) for part in match.groups())
            day = _date(line)
            there = day or self._clock.day_at(at)
            offset_ms = at - self._clock.moment(there, hours, minutes, seconds, hundredths * 10)
        except (ValueError, OverflowError):
            return [self._unreadable(line, "a device time that is no time", at)]
        if not day:
            offset_ms = (offset_ms + HALF_A_DAY_MS) % (2 * HALF_A_DAY_MS) - HALF_A_DAY_MS
        fact = ClockChecked(seen_at=at, of=self.source, offset_ms=offset_ms)
        return [Heard(received(fact, self.source, at))]

    def _read(self, line: bytes, at: int) -> Heard:
        match = _READ.match(line)
        if match is None:
            return self._unreadable(line, "neither a read nor a command", at)
        tag, hours, minutes, seconds, fraction, rest = match.groups()
        try:
            day = _date(rest) or self._clock.first_day + _days(rest)
            ms = milliseconds(fraction)
            seen_at = self._clock.moment(day, int(hours), int(minutes), int(seconds), ms)
        except (ValueError, OverflowError):
            return self._unreadable(line, "a date or time that does not exist", at)
        place = self.name or self._given
        chip = normal_chip(tag.decode("ascii"))
        return Heard(received(Read(seen_at=seen_at, chip=chip, place=place), self.source, at))


def _days(after_time: bytes) -> int:
    """Days since the event's date: the second character of the field after the time."""
    field = after_time.split(None, 1)
    count = field[0][1:2] if field else b""
    return int(count) if count.isdigit() else 0


def _date(line: bytes) -> int | None:
    """The ordinal of the day in ``date=YYYYMMDD``, if it stands there."""
    begin = line.find(b"date=")
    if begin < 0:
        return None
    digits = line[begin + 5 : begin + 13]
    if len(digits) != 8 or not digits.isdigit():
        raise ValueError
    return day_of(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


_FILE_READ = re.compile(
    r"(?:D[A-Za-z]|D(?=\d)|[A-CE-Za-z])(?P<chip>[0-9A-Za-z]+)\s+(?P<time>\d{2}:\d{2}:\d{2}\.\d{1,9})(?P<rest>.*)"
)
_FILE_NAME = re.compile(r"N[0-9A-Za-z]{4}(?P<name>\S.*)")
_FILE_DATE = re.compile(r"date=(\d{4})(\d{2})(\d{2})")


class JChipFile:
    """A JChip file, or a saved stream, in which a device's name is the place of what follows."""

    says = "a JChip file"

    def __init__(self, lines: list[str], context: Context) -> None:
        self._times = FileTimes(context.zone, context.date)
        self._first_day = day_of(*(int(part) for part in context.date.split("-")))
        self._place = context.place
        self.says_places = any(_FILE_NAME.fullmatch(line.strip()) for line in lines)
        self.says_dates = any(_FILE_DATE.search(line) for line in lines)

    def read(self, line: str) -> Row | None:
        """The read in a line; None for what the device said of itself."""
        line = line.strip()
        if _is_greeting(line):
            if name := _FILE_NAME.fullmatch(line):
                self._place = name["name"].strip()
            return None
        match = _FILE_READ.fullmatch(line)
        if match is None:
            raise FactError("not a JChip line")
        day = None
        if date := _FILE_DATE.search(match["rest"]):
            day = self._times.day("-".join(date.groups()))
        else:
            day = self._first_day + _days(match["rest"].encode())
        if not self._place:
            raise FactError("no place")
        seen_at = self._times.moment(match["time"], day)
        return Row(Read(seen_at=seen_at, chip=normal_chip(match["chip"]), place=self._place))


def _is_greeting(line: str) -> bool:
    command = line.startswith(("GT", "S0000")) or _FILE_NAME.fullmatch(line)
    return bool(command) and not _FILE_READ.fullmatch(line)


def _find(lines: list[str]) -> float:
    reads = [
        bool(_FILE_READ.fullmatch(line.strip())) for line in lines if not _is_greeting(line.strip())
    ]
    return sum(reads) / len(reads) if reads else 0.0


FILE = FileKind(name="jchip", find=_find, make=JChipFile)
READER = ReaderKind(name="jchip", transport="tcp-server", port=53135, make=JChip)
