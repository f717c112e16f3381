"""The JChip dialect: a TCP server's side, also spoken by bridges for Impinj, Alien and Ubidium.

Every message ends in CR (some bridges add LF). The device says its name, is asked for its time and told
to start; then it sends one line for each read. It has no numbers of its own and never asks for an
acknowledgement, so a read is recognised by its content, and what was sent while nobody listened is lost
unless the device is asked to send again (docs/readers.md).
"""

from __future__ import annotations

import datetime as dt
import re

from homestretch.facts import ClockChecked, Read, normal_chip, received
from homestretch.readers import Context, Heard, ReaderKind, unreadable

LONGEST_LINE = 1024
LONGEST_NAME = 100
MINUTES_KEPT = 5000
HALF_A_DAY_MS = 43_200_000
TOO_LONG = "a line of over 1,024 bytes"
_TIME = re.compile(rb"(\d{2}):(\d{2}):(\d{2})\.(\d{1,9})")
_READ = re.compile(rb"[A-Za-z].([0-9A-Za-z]+) +(\d\d):(\d\d):(\d\d)\.(\d{1,9})(.*)", re.DOTALL)
_DEVICE_TIME = re.compile(rb"GT.(\d{2})(\d{2})(\d{2})(\d{2})")


class JChip:
    """One connection. ``name`` is what the device calls itself, which is also the place of its reads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._buffer = b""
        self._overlong = False
        self._out = b""
        self._first_day = dt.date.fromisoformat(context.date).toordinal()
        self._minutes: dict[tuple[int, bytes, bytes], int] = {}
        self.name = ""

    @property
    def source(self) -> str:
        """The source of this connection's facts."""
        return f"jchip:{self.name or 'unnamed'}"

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        *lines, self._buffer = (self._buffer + data).replace(b"\n", b"\r").split(b"\r")
        heard: list[Heard] = []
        for line in lines:
            if len(line) > LONGEST_LINE or self._overlong:
                heard += self._pieces(line, at)
                self._overlong = False
            elif line and not line.isspace():
                heard += self._line(line, at)
        if len(self._buffer) > LONGEST_LINE:
            *whole, self._buffer = _cut(self._buffer)
            heard += [self._unreadable(piece, TOO_LONG, at) for piece in whole]
            self._overlong = True
        return heard

    def _pieces(self, line: bytes, at: int) -> list[Heard]:
        """A line that is too long, in pieces that do not depend on how it arrived."""
        return [self._unreadable(piece, TOO_LONG, at) for piece in _cut(line)]

    def _unreadable(self, raw: bytes, reason: str, at: int) -> Heard:
        return unreadable(raw, reason, self.source, at, self.name)

    def to_send(self) -> bytes:
        """The answers that are due."""
        out, self._out = self._out, b""
        return out

    def _line(self, line: bytes, at: int) -> list[Heard]:
        if line.startswith(b"N") and len(line) > 5 and not _TIME.search(line):
            name = line[5:].decode("ascii", "replace")
            self.name = "".join(char for char in name if char.isprintable()).strip()[:LONGEST_NAME]
            self._out += b"GT\r"
            return []
        if line.startswith(b"GT"):
            return self._device_time(line, at)
        return [self._read(line, at)]

    def _device_time(self, line: bytes, at: int) -> list[Heard]:
        """How far the device's clock is off; without a date, off by less than half a day."""
        self._out += b"S0000\r"
        match = _DEVICE_TIME.match(line)
        try:
            if match is None:
                raise ValueError
            hours, minutes, seconds, hundredths = (int(part) for part in match.groups())
            day = _date(line)
            today = dt.datetime.fromtimestamp(at // 1000, self._context.zone).date()
            date = dt.date.fromordinal(day) if day else today
            offset_ms = at - self._moment(date, hours, minutes, seconds, hundredths * 10)
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
            if seconds > b"59":
                raise ValueError
            seen_at = self._minute_at(rest, hours, minutes) + int(seconds) * 1000
        except (ValueError, OverflowError):
            return self._unreadable(line, "a date or time that does not exist", at)
        seen_at += int(fraction.ljust(3, b"0")[:3])
        chip = normal_chip(tag.decode("ascii"))
        return Heard(received(Read(seen_at=seen_at, chip=chip, place=self.name), self.source, at))

    def _minute_at(self, rest: bytes, hours: bytes, minutes: bytes) -> int:
        """The moment (UTC ms) of a minute on the day that stands behind the time; each is found once."""
        day = _date(rest) or self._day(rest)
        minute_at = self._minutes.get((day, hours, minutes))
        if minute_at is None:
            if len(self._minutes) > MINUTES_KEPT:
                self._minutes.clear()
            date = dt.date.fromordinal(day)
            minute_at = self._moment(date, int(hours), int(minutes), 0, 0)
            self._minutes[day, hours, minutes] = minute_at
        return minute_at

    def _day(self, after_time: bytes) -> int:
        """The event's date plus the day count: the second character of the field after the time."""
        field = after_time.split(None, 1)
        count = field[0][1:2] if field else b""
        return self._first_day + (int(count) if count.isdigit() else 0)

    def _moment(self, day: dt.date, hours: int, minutes: int, seconds: int, ms: int) -> int:
        if not 1970 < day.year < 2100:
            raise ValueError
        moment = dt.datetime(
            day.year, day.month, day.day, hours, minutes, seconds, tzinfo=self._context.zone
        )
        return int(moment.timestamp()) * 1000 + ms


def _cut(line: bytes) -> list[bytes]:
    """A line in pieces of at most ``LONGEST_LINE`` bytes."""
    return [line[first : first + LONGEST_LINE] for first in range(0, len(line), LONGEST_LINE)]


def _date(line: bytes) -> int | None:
    """The ordinal of the day in ``date=YYYYMMDD``, if it stands there."""
    begin = line.find(b"date=")
    if begin < 0:
        return None
    digits = line[begin + 5 : begin + 13]
    if len(digits) != 8 or not digits.isdigit():
        raise ValueError
    return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()


READER = ReaderKind(name="jchip", transport="tcp-server", port=53135, make=JChip)
