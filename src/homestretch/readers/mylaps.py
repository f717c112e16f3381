"""MYLAPS Timing & Scoring and the Toolkit: the server that their exporter calls.

A message is ``Source@Function[@Data...]@$``. One connection may carry all locations; each is a source and a
place of its own. What came under a message number is acknowledged by it once it is durable, and comes again
until then, perhaps in other company: a read is therefore recognised by its content, never by that number.

::

    Finish@Passing@t=13:11:30.904|c=0000041|d=120606|...@1016@$       V2: keys and values, in any order
    Finish@Marker@t=11:03:40.347|mt=Gunshot|n=Gunshot 1@4@$
    Finish@Store@KV8658316:13:57.417 3 0F  1000025030870@...@2@$      V1: 39 characters, also a file of them
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

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
    device_name,
    unreadable,
)
from homestretch.readers.framing import Lines
from homestretch.readers.moments import WallClock, day_of, milliseconds

NAME: Final = b"Homestretch"
VERSION: Final = b"Version2.1@c|ct|t|d|b|utc|h@id|n|mac|ant"
"""What we ask for: V2, and the keys of passings and of devices that are of use."""
UNNAMED: Final = "mylaps:unnamed"
LOCATIONS: Final = 100
"""More names on one connection than any event has are somebody's game."""
LONGEST_MESSAGE: Final = 64 * 1024
"""100 passings have some 15 KiB."""
TOO_LONG: Final = "a message of over 65,536 bytes"
PING_MS: Final = 30_000
"""A connection on which nothing came for so long is asked, so that the network notices a dead one."""
AGREES_MS: Final = 60_000
DAY_MS: Final = 86_400_000
FIRST_AT: Final = 31_536_000_000
LAST_AT: Final = 4_070_908_800_000
"""1971 and 2099 as UTC ms."""

_ANSWERS: Final = (b"AckPing", b"AckPong")
_TIME = re.compile(rb"(?:(\d\d)(\d\d)-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_DATE = re.compile(rb"(\d\d)(\d\d)(\d\d)")
_STORED = re.compile(rb"(.{7}) *(\d{1,2}:\d\d:\d\d(?:\.\d{1,3})?)(?![\d.]).*(\d{6})..", re.DOTALL)
_NUMBER = re.compile(rb"\d{1,20}")
_CHIP = re.compile(rb"[0-9A-Za-z][0-9A-Za-z:_.-]{0,63}")

Fields: TypeAlias = dict[bytes, bytes]


class Records:
    """What single records say that were made at a place; FactError with the reason for what says nothing."""

    def __init__(self, context: Context) -> None:
        self._clock = WallClock(context.zone, context.date)

    def stored(self, record: bytes, place: str) -> Read:
        """A passing of V1. Some real ones are longer or spaced: chip, time and date are where they always
        are, at the beginning and before the last two characters; what is between them does not matter."""
        match = _STORED.fullmatch(record.rstrip())
        if match is None:
            raise FactError("not a passing")
        chip, time, date = match.groups()
        return Read(seen_at=self._moment({b"t": time, b"d": date}), chip=_chip(chip), place=place)

    def passing(self, record: bytes, place: str) -> Read:
        """A passing of V2."""
        fields = _fields(record)
        return Read(seen_at=self._moment(fields), chip=_chip(fields.get(b"c", b"")), place=place)

    def marker(self, record: bytes, place: str) -> Marker:
        """A moment that was marked; its label is its name, with its kind where the name does not say it."""
        fields = _fields(record)
        kind, name = device_name(fields.get(b"mt", b"")), device_name(fields.get(b"n", b""))
        said = kind.lower() in name.lower() or not name
        label = (name or kind) if said else f"{kind}: {name}"
        return Marker(seen_at=self._moment(fields), place=place, label=label)

    def _moment(self, fields: Fields) -> int:
        """UTC ms. Time and date as the wall shows them are what the timer sees and compares; ``utc`` is
        worked out from them on a computer whose zone may be another one, or counts from midnight. So it
        counts where the wall shows the same at that moment, within a minute: it is then the finer of both
        and tells the two hours apart that the wall shows twice. Alone it has to be believed."""
        time, date, utc = (fields.get(key, b"") for key in (b"t", b"d", b"utc"))
        try:
            day = _day(date)
            clock = _time(time)
            if clock and clock[0]:
                day = clock[0]
            at = int(utc) if utc.isdigit() and len(utc) < 15 else 0
            if FIRST_AT <= at < LAST_AT and self._agrees(at, day, clock):
                return at
            if not clock:
                raise FactError("no time")
            return self._clock.moment(day or self._clock.first_day, *clock[1:])
        except (ValueError, OverflowError) as error:
            raise FactError("a date or time that does not exist") from error

    def _agrees(self, at: int, day: int, clock: tuple[int, int, int, int, int] | None) -> bool:
        there, ms = self._clock.wall_at(at)
        off_ms = (there - day) * DAY_MS if day else 0
        if clock:
            _, hours, minutes, seconds, part = clock
            off_ms += ms - ((hours * 60 + minutes) * 60 + seconds) * 1000 - part
            if not day:  # the nearest midnight
                off_ms = (off_ms + DAY_MS // 2) % DAY_MS - DAY_MS // 2
        return abs(off_ms) <= AGREES_MS


def _day(date: bytes) -> int:
    """The ordinal of a date YYMMDD, 0 for none; ValueError for one that does not exist."""
    if not date:
        return 0
    match = _DATE.fullmatch(date)
    if match is None:
        raise ValueError
    year, month, day = map(int, match.groups())
    return day_of(2000 + year, month, day)


def _time(time: bytes) -> tuple[int, int, int, int, int] | None:
    """Day (an ordinal, 0 where only a time stands), hours, minutes, seconds, ms; None for no time."""
    if not time:
        return None
    match = _TIME.fullmatch(time)
    if match is None:
        raise ValueError
    century, year, month, day, hours, minutes, seconds, part = match.groups()
    there = day_of(int(century + year), int(month), int(day)) if century else 0
    return there, int(hours), int(minutes), int(seconds), milliseconds(part or b"")


def _fields(record: bytes) -> Fields:
    """The keys and values of a record; FactError when there is none."""
    pairs = (part.split(b"=", 1) for part in record.split(b"|") if b"=" in part)
    fields = {key.strip(): value.strip() for key, value in pairs}
    if not fields:
        raise FactError("no keys and values")
    return fields


def _chip(code: bytes) -> str:
    code = code.strip()
    if not _CHIP.fullmatch(code):
        raise FactError("not a chip" if code else "no chip")
    return normal_chip(code.decode("ascii"))


Says: TypeAlias = Callable[[Records, bytes, str], Read | Marker]
_SAYS: Final[dict[bytes, Says]] = {
    b"Passing": Records.passing,
    b"Store": Records.stored,
    b"Marker": Records.marker,
}


class Mylaps(Machine):
    """One connection of an exporter."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._records = Records(context)
        self._messages = Lines(b"$", LONGEST_MESSAGE)
        self._given = context.place
        self._location = ""
        self._there: dict[str, None] = {}
        self._heard_at: int | None = None

    @property
    def source(self) -> str:  # type: ignore[override]  # it changes with the location that speaks
        """The source of the location that spoke last."""
        return f"mylaps:{self._location}" if self._location else UNNAMED

    @property
    def sources(self) -> tuple[str, ...]:
        """Every location that has spoken."""
        return tuple(self._there)

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete messages in ``data`` and what was left before it."""
        self._heard_at = at
        heard: list[Heard] = []
        for message, too_long in self._messages.take(data):
            if too_long:
                heard.append(self._unknown(message, TOO_LONG, at))
            else:
                heard += self._message(message, at)
        return heard

    def tick(self, at: int) -> list[Heard]:
        """Ask whether somebody is there after a silence; older exporters do not answer, and need not."""
        if self._heard_at is not None and at - self._heard_at >= PING_MS:
            self._heard_at = at
            self.out += NAME + b"@Ping@$"
        return []

    def _unknown(self, raw: bytes, reason: str, at: int) -> Heard:
        """Bytes of no location: under one name, so that they are known again whoever spoke before them."""
        return unreadable(raw, reason, UNNAMED, at, self._given)

    def _message(self, message: bytes, at: int) -> list[Heard]:
        location, *parts = message.strip(b"\0\r\n ").split(b"@")
        if parts and not parts[-1].strip():
            parts.pop()
        function = parts[0].strip() if parts else b""
        if function == b"Ping":
            self._answer(b"AckPing")
        elif function == b"Pong":
            self._speaks(location)
            self._answer(b"AckPong@" + VERSION)
        elif function in _SAYS:
            self._speaks(location)
            return self._kept(function, parts[1:], at)
        elif function not in _ANSWERS:
            return [self._unknown(message, "a message of an unknown kind", at)]
        return []

    def _speaks(self, location: bytes) -> None:
        self._location = device_name(location)
        if len(self._there) < LOCATIONS:
            self._there[self.source] = None

    def _answer(self, said: bytes) -> None:
        self.out += NAME + b"@" + said + b"@$"

    def _kept(self, function: bytes, parts: list[bytes], at: int) -> list[Heard]:
        """The records of a message. It is acknowledged also if some of them cannot be read: they are kept,
        and would be no better if they came again."""
        if parts and _NUMBER.fullmatch(parts[-1].strip()):
            self._answer(b"Ack" + function + b"@" + parts.pop().strip())
        return [self._record(function, part, at) for part in parts if part.strip()]

    def _record(self, function: bytes, record: bytes, at: int) -> Heard:
        place = self._location or self._given
        try:
            fact = _SAYS[function](self._records, record, place)
        except FactError as error:
            return unreadable(record, error.what, self.source, at, place)
        return Heard(received(fact, self.source, at))


class _File:
    """A file of V1 records, one a line. They have a date, and no place."""

    says = "a MYLAPS file"
    says_places = False
    says_dates = True

    def __init__(self, context: Context) -> None:
        self._records = Records(context)
        self._place = context.place

    def read(self, line: str) -> Row | None:
        """The read in a line."""
        if not line.strip():
            return None
        if not self._place:
            raise FactError("no place")
        return Row(self._records.stored(line.encode("utf-8", "replace"), self._place))


def _find(lines: list[str]) -> float:
    """How many of the lines are records. A JChip line with a date looks like one, but for its ``=``."""
    fit = [_STORED.fullmatch(line.rstrip().encode("utf-8", "replace")) for line in lines]
    good = sum(bool(match) and "=" not in line for match, line in zip(fit, lines, strict=True))
    return good / len(lines) if lines else 0.0


def _make(lines: list[str], context: Context) -> FileReader:  # noqa: ARG001  # the form has no variants
    return _File(context)


READER = ReaderKind(name="mylaps", transport="tcp-server", port=3097, make=Mylaps)
FILE = FileKind(name="mylaps", find=_find, make=_make)
