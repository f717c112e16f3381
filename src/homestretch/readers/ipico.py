"""IPICO: a reader that we call and that then sends a line for each read; also a file of such lines.

::

    aa 00 058000128608 0001 260306 202747 23 53        (without the blanks)
    aa400000000123450a2a01123018455927a7FS             first seen (FS) or last seen (LS): reads like others

``aa``, reader id, tag, two counters, date, time, hundredths in hex, maybe three fields of a tag that talks
only (TTO), checksum. Everything is hex but date and time. The reader has no numbers of its own, is never told
what is safe and sends nothing twice; what it sent to nobody is in its memory.
"""

from __future__ import annotations

import re
from typing import Final

from homestretch.errors import FactError
from homestretch.facts import Marker, Read, normal_chip, received
from homestretch.readers import (
    Context,
    FileKind,
    FileReader,
    Heard,
    Machine,
    ReaderKind,
    Row,
    unreadable,
)
from homestretch.readers.framing import TOO_LONG, Lines
from homestretch.readers.moments import WallClock, day_of

TRIGGER: Final = "trigger button"

_READ = re.compile(
    rb"aa(?P<reader>[0-9a-f]{2})(?P<tag>[0-9a-f]{12})[0-9a-f]{4}"
    rb"(?P<date>\d{6})(?P<time>\d{6})(?P<part>[0-9a-f]{2})(?:[0-9a-f]{6})?(?P<sum>[0-9a-f]{2})(?:FS|LS)?",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    rb"ab(?P<reader>[0-9a-f]{2})0a2c(?P<date>\d{6})\d\d(?P<time>\d{6})(?P<part>[0-9a-f]{2})"
    rb"[0-9a-f]{4}(?P<sum>[0-9a-f]{2})",
    re.IGNORECASE,
)
"""What a reader sends when its button is pressed; ten bytes of data: date, day of the week, time,
hundredths, and two that nobody has explained."""


class Sayings:
    """What single lines say that were sent from a place."""

    def __init__(self, context: Context) -> None:
        self._clock = WallClock(context.zone, context.date)
        self._place = context.place or context.peer

    def read(self, line: bytes) -> tuple[Read | Marker, str]:
        """The fact in a line, and the id of the reader; FactError with the reason for what is none."""
        line = line.replace(b" ", b"").strip()
        if match := _READ.fullmatch(line):
            chip = normal_chip(match["tag"].decode("ascii"))
            seen_at = self._moment(match)
            return Read(seen_at=seen_at, chip=chip, place=self._place), _reader(match)
        if match := _BUTTON.fullmatch(line):
            seen_at = self._moment(match)
            return Marker(seen_at=seen_at, place=self._place, label=TRIGGER), _reader(match)
        raise FactError("not a read")

    def _moment(self, match: re.Match[bytes]) -> int:
        """UTC ms of a line whose checksum is right: the sum of the characters' codes from behind the first
        two up to the checksum, modulo 256."""
        summed = match.string[2 : match.start("sum")]
        if sum(summed) % 256 != int(match["sum"], 16):
            raise FactError("a wrong checksum")
        date, time, hundredths = match["date"], match["time"], int(match["part"], 16)
        try:
            if hundredths > 99:
                raise ValueError
            day = day_of(2000 + int(date[:2]), int(date[2:4]), int(date[4:]))
            clock = int(time[:2]), int(time[2:4]), int(time[4:])
            return self._clock.moment(day, *clock, hundredths * 10)
        except (ValueError, OverflowError) as error:
            raise FactError("a date or time that does not exist") from error


def _reader(match: re.Match[bytes]) -> str:
    return match["reader"].decode("ascii").lower()


class Ipico(Machine):
    """One connection to a reader. Its source is its address with the reader's id; 00 is that of a reader
    which was never given one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._sayings = Sayings(context)
        self._lines = Lines(b"\n\r")
        self._place = context.place or context.peer
        self._address = f"ipico:{context.peer or 'unnamed'}"
        self.source = f"{self._address}/00"
        self._there = {self.source: None}

    @property
    def sources(self) -> tuple[str, ...]:
        """Every reader that was heard. The first is taken for granted: it may be silent until the gun."""
        return tuple(self._there)

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        heard: list[Heard] = []
        for line, too_long in self._lines.take(data):
            heard.append(self._unreadable(line, TOO_LONG, at) if too_long else self._line(line, at))
        return heard

    def _unreadable(self, raw: bytes, reason: str, at: int) -> Heard:
        return unreadable(raw, reason, self.source, at, self._place)

    def _line(self, line: bytes, at: int) -> Heard:
        try:
            fact, reader = self._sayings.read(line)
        except FactError as error:
            return self._unreadable(line, error.what, at)
        source = f"{self._address}/{reader}"
        self._there[source] = None
        return Heard(received(fact, source, at))


class _File:
    """A reader's memory as a file. Its lines have a date, and no place."""

    says = "an IPICO file"
    says_places = False
    says_dates = True

    def __init__(self, context: Context) -> None:
        self._sayings = Sayings(context)
        self._has_place = bool(context.place or context.peer)

    def read(self, line: str) -> Row | None:
        """The read in a line."""
        if not line.strip():
            return None
        if not self._has_place:
            raise FactError("no place")
        return Row(self._sayings.read(line.encode("utf-8", "replace"))[0])


def _find(lines: list[str]) -> float:
    """How many of the lines are reads, right or wrong."""
    raw = (line.replace(" ", "").strip().encode("utf-8", "replace") for line in lines)
    return sum(bool(_READ.fullmatch(line)) for line in raw) / len(lines) if lines else 0.0


def _make(lines: list[str], context: Context) -> FileReader:  # noqa: ARG001  # the form has no variants
    return _File(context)


READER = ReaderKind(name="ipico", transport="tcp-client", port=10000, make=Ipico)
FILE = FileKind(name="ipico", find=_find, make=_make)
