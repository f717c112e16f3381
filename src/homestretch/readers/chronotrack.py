"""ChronoTrack's SimpleClient (protocol CTP01, a TCP server's side), and files of its controllers.

::

    > SimpleClient~0.6.0~CTP01                              program ~ version ~ protocol
    < Homestretch~5, five lines of features, geteventinfo, getlocations, authorize, start
    > CT01_13~24~START~50101~2026-05-03T07:54:48.90~1~117F37~8
    > CT01_33~4~start~guntime~07:45:01.01~0~DF239A~0        somebody fired the gun

    TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192     a row of a controller's file

The client numbers its lines, and may begin anew when it connects again: the content tells lines of one number
apart, and a line that is sent again is known again.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from homestretch.errors import FactError
from homestretch.facts import AnyFact, Marker, Read, normal_chip, received
from homestretch.readers import (
    Context,
    FileKind,
    Heard,
    Machine,
    ReaderKind,
    Row,
    clean_name,
    unreadable,
)
from homestretch.readers.framing import TOO_LONG, Lines
from homestretch.readers.moments import WallClock, milliseconds

GREETING: Final = (
    b"Homestretch~5\r\nguntimes=true\r\nnewlocations=true\r\nconnection-id=false\r\n"
    b"stream-mode=push\r\ntime-format=iso\r\n"
)
QUESTIONS: Final = ("geteventinfo", "getlocations", "authorize\r\nstart")
"""What is said after the greeting, the next when the one before was answered; authorize has no answer."""
PING_S, PATIENCE_S, SILENCE_S = 10, 10, 60.0
"""Seconds (ticks) between pings; until we go on without an answer; until silence means that nobody is there."""

_FORMAT = re.compile(r"CT\d\d_\d\d", re.ASCII)
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?"
_TIME = re.compile(
    rf"(?:(?P<day>\d{{4}}-\d\d-\d\d)[T ])?{_CLOCK}(?P<offset>Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_EPOCH = re.compile(r"(?P<second>\d{9,10})(?:\.(?P<part>\d{1,9}))?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}")
_ROW = re.compile(r"TO~[0-9]{1,12}~[^~]+~[^~]*~[^~]*~\d{9,10}(\.\d{1,9})?(~.*)?", re.ASCII)


class ChronoTrack(Machine):
    """One connection of a SimpleClient, or of another program that speaks its protocol."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._clock = WallClock(context.zone, context.date)
        self._lines = Lines(b"\r\n")
        self._given = context.place
        self._ticks = self._waited = 0
        self._questions: list[str] = []
        self._open = ""
        """the question that waits for its answer"""
        self.name = ""

    @property
    def source(self) -> str:  # type: ignore[override]  # it changes with the name
        """The source of this connection's facts: the client, which numbers its lines."""
        return f"chronotrack:{self.name or 'unnamed'}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The client, once it has greeted."""
        return (self.source,) if self.name else ()

    def tick(self, at: int) -> list[Heard]:  # noqa: ARG002  # seconds are counted, not looked up
        """Ask whether the client is still there; go on with what it does not answer."""
        if self.name:
            self._ticks += 1
            self._waited += 1
            self.out += b"ping\r\n" if self._ticks % PING_S == 0 else b""
            if self._waited >= PATIENCE_S:
                self._ask()
        return []

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        heard: list[Heard] = []
        for line, too_long in self._lines.take(data):
            said = self._refuse(line, TOO_LONG, at) if too_long else self._line(line, at)
            heard += [said] if said else []
        return heard

    def _refuse(self, raw: bytes, reason: str, at: int) -> Heard:
        return unreadable(raw, reason, self.source, at, self._given)

    def _line(self, line: bytes, at: int) -> Heard | None:
        fields = [field.strip() for field in line.decode("utf-8", "replace").split("~")]
        match fields:
            case [name, _, protocol] if protocol.startswith("CTP01"):
                self._greet(clean_name(name))
            case ["ack", *answered]:
                if answered[:1] == [self._open]:
                    self._ask()
            case ["ping"]:
                self.out += b"ack~ping\r\n"
            case [form, _, _, _, _, *_] if _FORMAT.fullmatch(form):
                return self._read(line, fields, at)
            case _:
                return self._refuse(line, "neither a read nor an answer", at)
        return None

    def _greet(self, name: str) -> None:
        self.name = name or "unnamed"
        self.out += GREETING
        self._questions = list(QUESTIONS)
        self._ask()

    def _ask(self) -> None:
        """The next question; after the last one there is none."""
        self._waited = 0
        self._open = self._questions.pop(0) if self._questions else ""
        self.out += f"{self._open}\r\n".encode() if self._open else b""

    def _read(self, line: bytes, fields: list[str], at: int) -> Heard | None:
        """A read, a gun, or a new location (which is no fact: it is asked for its reads)."""
        _, numbered, point, tag, time, *_ = fields
        if tag.lower() == "newlocation":
            self.out += b"getlocations\r\nstart~%b\r\n" % line.split(b"~")[2].strip()
            return None
        place = clean_name(point) or self._given
        number = int(numbered) if _NUMBER.fullmatch(numbered) else None
        seen_at = self._moment(time)
        if seen_at is None:
            reason = "a date or time that does not exist"
            return unreadable(line, reason, self.source, at, place, number or 0)
        if tag.lower() == "guntime":
            gun = Marker(seen_at=seen_at, place=place, label="gun")
            return Heard(received(gun, self.source, at, number))
        if not tag or clean_name(tag) != tag:
            return unreadable(line, "no tag", self.source, at, place, number or 0)
        read = Read(seen_at=seen_at, chip=normal_chip(tag), place=place)
        return Heard(received(read, self.source, at, number))

    def _moment(self, text: str) -> int | None:
        """UTC ms of a time of the event's day, an ISO time (with an offset, or of the event's zone), or
        seconds since 1970; None for what does not exist."""
        if match := _EPOCH.fullmatch(text):
            return int(match["second"]) * 1000 + milliseconds((match["part"] or "0").encode())
        match = _TIME.fullmatch(text)
        if match is None:
            return None
        ms = milliseconds((match["part"] or "0").encode())
        time = (int(match["hour"]), int(match["minute"]), int(match["second"]))
        try:
            if match["offset"]:
                whole = dt.datetime.fromisoformat(
                    f"{match['day'] or dt.date.fromordinal(self._clock.first_day)}T"
                    f"{match['hour']}:{match['minute']}:{match['second']}{match['offset']}"
                )
                return int(whole.timestamp()) * 1000 + ms if 1970 < whole.year < 2100 else None
            first_day = self._clock.first_day
            day = dt.date.fromisoformat(match["day"]).toordinal() if match["day"] else first_day
            return self._clock.moment(day, *time, ms)
        except (ValueError, OverflowError):
            return None


class ControllerFile:
    """One reading of a controller's file. Its seconds since 1970 are the controller's clock on the wall."""

    says = "a ChronoTrack controller's file"
    says_places = True
    says_dates = True

    def __init__(self, lines: list[str], context: Context) -> None:  # noqa: ARG002  # each says all
        self._clock = WallClock(context.zone, context.date)

    def read(self, line: str) -> Row | None:
        """The read of a line under its sequence number; FactError with the reason for what is none."""
        if not _ROW.fullmatch(line.strip()):
            raise FactError("not a row of a controller's file")
        _, sequence, tag, timer, event, time, *_ = line.strip().split("~")
        if clean_name(tag) != tag:
            raise FactError("no tag")
        return Row(self._fact(tag, f"{_code(timer)}/{_code(event)}", time), int(sequence))

    def _fact(self, tag: str, place: str, time: str) -> AnyFact:
        seconds, _, part = time.partition(".")
        days, second = divmod(int(seconds), 86_400)
        day = dt.date(1970, 1, 1).toordinal() + days
        clock = (second // 3600, second // 60 % 60, second % 60)
        try:
            seen_at = self._clock.moment(day, *clock, milliseconds((part or "0").encode()))
        except (ValueError, OverflowError) as error:
            raise FactError("a date or time that does not exist") from error
        return Read(seen_at=seen_at, chip=normal_chip(tag), place=place)


def _code(text: str) -> str:
    """A timer's or event's code, which one file pads with zeros and another does not."""
    return clean_name(text).lstrip("0") or "0"


def find(lines: list[str]) -> float:
    """The share of lines that are rows of a controller's file."""
    return sum(bool(_ROW.fullmatch(line.strip())) for line in lines) / max(len(lines), 1)


READER = ReaderKind(
    name="chronotrack", transport="tcp-server", port=3000, make=ChronoTrack, silence_s=SILENCE_S
)
FILE = FileKind(name="chronotrack", find=find, make=ControllerFile)
