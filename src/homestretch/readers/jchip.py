"""The JChip dialect: a TCP server's side, also spoken by bridges for Impinj, Alien and Ubidium.

Every message ends in CR alone. The device says its name, is asked for its time and told to start; then
it sends one line for each read. It has no numbers of its own and never asks for an acknowledgement, so
a read is recognised by its content, and what was sent while nobody listened is lost unless the device
is asked to send again (docs/readers/jchip.md).
"""

from __future__ import annotations

import datetime as dt
import re

from homestretch.facts import ClockChecked, Read, normal_chip, received
from homestretch.readers import Context, Heard, ReaderKind, unreadable

LONGEST_LINE = 1024
_TIME = re.compile(rb"(\d{2}):(\d{2}):(\d{2})\.(\d{1,9})")
_DATE = re.compile(rb"date=(\d{4})(\d{2})(\d{2})")
_DEVICE_TIME = re.compile(rb"GT.(\d{2})(\d{2})(\d{2})(\d{2})")


class JChip:
    """One connection. ``name`` is what the device calls itself, which is also the place of its reads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._buffer = b""
        self._out = b""
        self.name = ""

    @property
    def source(self) -> str:
        """The source of this connection's facts."""
        return f"jchip:{self.name or 'unnamed'}"

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        *lines, self._buffer = (self._buffer + data).split(b"\r")
        heard = [
            fact for line in lines if line.strip() for fact in self._line(line.strip(b"\n"), at)
        ]
        if len(self._buffer) > LONGEST_LINE:
            heard.append(
                unreadable(
                    self._buffer, "no end of line in 1,024 bytes", self.source, at, self.name
                )
            )
            self._buffer = b""
        return heard

    def to_send(self) -> bytes:
        """The answers that are due."""
        out, self._out = self._out, b""
        return out

    def _line(self, line: bytes, at: int) -> list[Heard]:
        if len(line) > LONGEST_LINE:
            return [unreadable(line, "a line of over 1,024 bytes", self.source, at, self.name)]
        if line.startswith(b"N") and len(line) > 5 and not _TIME.search(line):
            self.name = line[5:].decode("ascii", "replace").strip()
            self._out += b"GT\r"
            return []
        if line.startswith(b"GT"):
            return self._device_time(line, at)
        return [self._read(line, at)]

    def _device_time(self, line: bytes, at: int) -> list[Heard]:
        self._out += b"S0000\r"
        match = _DEVICE_TIME.match(line)
        try:
            if match is None:
                raise ValueError
            hours, minutes, seconds, hundredths = (int(part) for part in match.groups())
            day = _date(line) or dt.datetime.fromtimestamp(at // 1000, self._context.zone).date()
            device_at = self._moment(day, hours, minutes, seconds, hundredths * 10)
        except ValueError:
            return [unreadable(line, "a device time that is no time", self.source, at, self.name)]
        fact = ClockChecked(seen_at=at, of=self.source, offset_ms=at - device_at)
        return [Heard(received(fact, self.source, at))]

    def _read(self, line: bytes, at: int) -> Heard:
        time = _TIME.search(line)
        tag = line[2:].split(b" ", 1)[0] if line[:1].isalpha() else b""
        if time is None or not tag.isalnum() or line.find(tag) > time.start():
            return unreadable(line, "neither a read nor a command", self.source, at, self.name)
        try:
            day = _date(line) or self._day(line[time.end() :])
            hours, minutes, seconds = (int(part) for part in time.groups()[:3])
            seen_at = self._moment(day, hours, minutes, seconds, int(time[4].ljust(3, b"0")[:3]))
        except ValueError:
            return unreadable(
                line, "a date or time that does not exist", self.source, at, self.name
            )
        chip = normal_chip(tag.decode("ascii"))
        return Heard(received(Read(seen_at=seen_at, chip=chip, place=self.name), self.source, at))

    def _day(self, after_time: bytes) -> dt.date:
        """The event's date plus the day count: the second character of the field after the time."""
        field = after_time.split()[0] if after_time.split() else b""
        days = int(field[1:2]) if field[1:2].isdigit() else 0
        return dt.date.fromisoformat(self._context.date) + dt.timedelta(days=days)

    def _moment(self, day: dt.date, hours: int, minutes: int, seconds: int, ms: int) -> int:
        moment = dt.datetime(
            day.year, day.month, day.day, hours, minutes, seconds, tzinfo=self._context.zone
        )
        return int(moment.timestamp()) * 1000 + ms


def _date(line: bytes) -> dt.date | None:
    match = _DATE.search(line)
    return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None


READER = ReaderKind(name="jchip", transport="tcp-server", port=53135, make=JChip)
