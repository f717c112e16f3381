"""RACE RESULT decoders: we call the decoder (port 3601) and ask, it answers; then it pushes what it reads.

::

    > GETPROTOCOL             < GETPROTOCOL;2.0;1.0;3.3     current, oldest, newest
    > GETCONFIG;GENERAL;BOXNAME   < GETCONFIG;GENERAL;BOXNAME;FINISH;D-50432
    > PASSINGS                < PASSINGS;24;177             how many, in which file
    > 1:24                    < 24 passings, an empty line
    > SETPUSHPASSINGS;1;0     < SETPUSHPASSINGS;1;0
                              < #P;25;ZICAD30;2026-05-03;07:00:05.944;...

The decoder numbers its passings within a file and keeps them, so what is missing is asked for by number and
a passing that comes again is known again. One command waits for its answer at a time; pushed passings may
come in between. What the decoder does (whether it reads, its clock) is never changed (docs/readers.md).
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from homestretch.errors import FactError
from homestretch.facts import ClockChecked, received
from homestretch.readers import (
    Context,
    Heard,
    Known,
    Machine,
    ReaderKind,
    clean_name,
    unreadable,
)
from homestretch.readers.framing import TOO_LONG, Lines
from homestretch.readers.moments import WallClock
from homestretch.readers.raceresult_rows import (
    Passing,
    get_passing,
    get_status,
    moment,
    whole_number,
)

NEWEST: Final = (3, 3)
"""The newest version of the protocol that we speak."""
CHUNK: Final = 100
"""Passings asked for at once; the next ones are asked for when these are durable."""
TRIES: Final = 2
AGAIN_S, PING_S, STATUS_S, CLOCK_S, POLL_S = 10, 30, 60, 600, 5
"""Seconds (ticks) until a command is said again; between pings; between questions how the box is, what time
it has, and how many passings where it does not push them."""
LATEST: Final = 10
"""Files before the current one that are told as being there: a day has one or two."""
NONE: Final = range(0)

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})", re.ASCII)


class RaceResult(Machine):
    """One connection to a decoder: it asks for what is missing in the current file, then listens."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._clock = WallClock(context.zone, context.date)
        self._lines = Lines(b"\r\n")
        self._given, self._peer = context.place, context.peer or "unnamed"
        self._box_id = self._box_name = self._file = ""
        self._known: Known = lambda _: np.empty(0, np.int64)
        self._ticks = self._waited = self._tries = 0
        self._todo = ["PASSINGS", "GETTIME", "GETSTATUS"]
        self._count = -1
        """passings in the file; -1: not said yet"""
        self._next = 0
        """the first passing that was not heard; 0: to be looked up"""
        self._files: dict[str, None] = {}
        """the files that were read in this connection, the current one last"""
        self._wanted = NONE
        """numbers of the passings that were asked for"""
        self._probed = self._stalled = self._push_asked = self._pushing = False
        self._asked = ""
        self._ask("GETPROTOCOL")

    @property
    def sources(self) -> tuple[str, ...]:
        """The files of this box, once it has said what it may say of itself."""
        return tuple(f"{self.device}/{file}" for file in self._files)

    @property
    def device(self) -> str:
        """The decoder, by its id if it says one, else by its address."""
        return f"raceresult:{self._box_id or self._box_name or self._peer}"

    @property
    def source(self) -> str:  # type: ignore[override]  # it changes with the file
        """The source of passings: numbers begin anew with each file of each decoder."""
        return f"{self.device}/{self._file or 0}"

    @property
    def _place(self) -> str:
        return self._given or self._box_name or self._peer

    def resume(self, known: Known) -> None:
        """What is durable is looked up when the decoder has said who it is and which file it writes."""
        self._known = known

    def tick(self, at: int) -> list[Heard]:  # noqa: ARG002  # seconds are counted, not looked up
        """Keep the connection alive, look after the box, say again what was not answered."""
        self._ticks += 1
        if self._ticks % PING_S == 0:
            self.out += b"PING\r\n"
        if self._ticks % STATUS_S == 0:
            self._want("GETSTATUS", "PASSINGS")
        if self._ticks % CLOCK_S == 0:
            self._want("GETTIME")
        if self._push_asked and not self._pushing and self._ticks % POLL_S == 0:
            self._want("PASSINGS")
        self._waited += 1
        if self._asked and self._waited >= AGAIN_S:
            self._say_again()
        self._go_on()
        return []

    def receive(self, data: bytes, at: int) -> list[Heard]:
        """Facts from the complete lines in ``data`` and what was left before it."""
        heard: list[Heard] = []
        for line, too_long in self._lines.take(data):
            said = self._refuse(line, TOO_LONG, at) if too_long else self._line(line, at)
            heard += [said] if said else []
            self._go_on()
        return heard

    def _refuse(self, raw: bytes, reason: str, at: int) -> Heard:
        return unreadable(raw, reason, self.source, at, self._place)

    def _line(self, line: bytes, at: int) -> Heard | None:
        name, *fields = line.decode("latin-1").strip().split(";")
        try:
            if name == "#P":
                return self._passing(get_passing(fields), line, at)
            if (number := whole_number(name)) is not None:
                heard = self._passing(get_passing([name, *fields]), line, at)
                self._listed(number)
                return heard
            if name == self._asked.split(";")[0]:
                self._asked = ""
            return self._answer(name, fields, at)
        except FactError as error:
            return self._refuse(line, error.what, at)

    def _answer(self, name: str, fields: list[str], at: int) -> Heard | None:
        """What an answer says, apart from passings; FactError for one that cannot be read."""
        match name, fields:
            case "GETPROTOCOL", [_, oldest, newest, *_]:
                self._choose(oldest, newest)
            case "GETTIME", [date, time, *_]:
                device_at = moment(self._clock, date.strip(), time.strip())
                if device_at is None:
                    raise FactError("a device time that is no time")
                clock = ClockChecked(seen_at=at, of=self.source, offset_ms=at - device_at)
                return Heard(received(clock, self.device, at))
            case "GETSTATUS", [_, _, *_]:
                status = get_status(fields, self.source, self._place, at)
                return Heard(received(status, self.device, at))
            case "PASSINGS", [count, *file]:
                self._counted(whole_number(count.strip()), whole_number("".join(file[:1]).strip()))
            case "SETPUSHPASSINGS", [pushing, *_]:
                self._pushing = pushing.strip() == "1"
            case "GETCONFIG", ["GENERAL", "BOXNAME", name, box_id, *_]:
                self._box_name, self._box_id = clean_name(name), clean_name(box_id)
            case (("GETPROTOCOL" | "SETPROTOCOL" | "GETCONFIG" | "PING"), _):
                pass  # an old decoder, or an echo: nothing follows from it
            case _ if name.startswith("ONLY") and self._wanted:  # it has fewer than we asked for
                self._give_up()
            case _:
                raise FactError("an answer that we do not know")
        return None

    def _choose(self, oldest: str, newest: str) -> None:
        """Ask for the newest version that both sides speak; without one leave the decoder as it is."""
        low, high = _VERSION.fullmatch(oldest.strip()), _VERSION.fullmatch(newest.strip())
        if low and high:
            ours = min((int(high[1]), int(high[2])), NEWEST)
            if ours >= (int(low[1]), int(low[2])):
                self._todo.insert(0, f"SETPROTOCOL;{ours[0]}.{ours[1]}")

    def _counted(self, count: int | None, file: int | None) -> None:
        """How many passings the current file has; another file, or fewer than before, begins anew."""
        if count is None:
            raise FactError("a count that is no number")
        named = self._file if file is None else str(file)
        if named != self._file or count < self._next - 1:
            self._next, self._file = 0, named
            self._want("GETTIME", "GETSTATUS")
        if count and not self._next and not self._box_id and not self._probed:
            self._probed = True
            self._todo.insert(0, "1")  # its last fields say which box this is
        self._count, self._stalled = count, False

    def _passing(self, passing: Passing, line: bytes, at: int) -> Heard:
        """A passing under the number that the decoder gave it, of the box and file that it names."""
        before = self.source
        self._box_id = passing.box_id or self._box_id
        self._box_name = passing.box_name or self._box_name
        self._file = self._file or passing.file
        if self.source != before:
            self._want("GETTIME", "GETSTATUS")
        number = int(passing.number)
        if (file := passing.file or self._file) != self._file:
            self._want("PASSINGS")  # a new file has begun
        else:
            self._count = max(self._count, number)
            self._next += 0 < number == self._next
        source = f"{self.device}/{file or 0}"
        place = self._given or passing.box_name or self._peer
        try:
            return Heard(received(passing.fact(self._clock, place), source, at, number))
        except FactError as error:
            return unreadable(line, error.what, source, at, place, number)

    def _listed(self, number: int) -> None:
        """One of the passings that were asked for; the last one ends the list."""
        if number not in self._wanted:
            return
        self._waited = 0
        if number == self._wanted[-1]:
            self._next = max(self._next, self._wanted.stop) if self._next else 0
            self._wanted, self._asked = NONE, ""

    def _begin(self) -> None:
        """Go on in this file behind the numbers that are durable without a gap."""
        numbers = np.unique(self._known(self.source))
        numbers = numbers[numbers > 0]
        if len(numbers) and numbers[-1] > self._count:  # another file that has the same number
            numbers = numbers[:0]
        gaps = np.flatnonzero(numbers != np.arange(1, len(numbers) + 1))
        self._next = 1 + int(gaps[0] if len(gaps) else len(numbers))
        file = self._file or "0"
        self._files = dict.fromkeys([one for one in self._files if one != file][-LATEST:])
        self._files[file] = None

    def _go_on(self) -> None:
        """Say the next command unless one waits for its answer."""
        if self._asked:
            return
        if self._todo:
            if self._count < 0 and self._todo[0] == "PASSINGS":
                self.out += b"GETCONFIG;GENERAL;BOXNAME\r\n"  # nobody waits: an old box is silent
            self._ask(self._todo.pop(0))
            return
        if self._count >= 0 and not self._next:
            self._begin()
        if 0 < self._next <= self._count and not self._stalled:
            many = min(CHUNK, self._count - self._next + 1)
            self._ask(f"{self._next}:{many}" if many > 1 else str(self._next))
        elif not self._push_asked:
            self._push_asked = True
            self._want("PASSINGS")  # what came between the list and the pushing
            self._ask("SETPUSHPASSINGS;1;0")

    def _want(self, *commands: str) -> None:
        self._todo += [name for name in commands if name not in (self._asked, *self._todo)]

    def _ask(self, command: str) -> None:
        self._asked, self._tries, self._waited = command, 1, 0
        first, _, many = command.partition(":")
        if (number := whole_number(first)) is not None:
            self._wanted = range(number, number + int(many or 1))
        self.out += f"{command}\r\n".encode()

    def _say_again(self) -> None:
        """Without the count nothing can be asked for; everything else is given up at last."""
        if self._tries >= TRIES and self._asked != "PASSINGS":
            self._give_up()
            return
        self._tries, self._waited = self._tries + 1, 0
        self.out += f"{self._asked}\r\n".encode()

    def _give_up(self) -> None:
        """Leave a question; passings that did not come are asked for again after the next count."""
        self._stalled = self._stalled or bool(self._wanted)
        self._wanted, self._asked = NONE, ""


READER = ReaderKind(
    name="raceresult", transport="tcp-client", port=3601, make=RaceResult, silence_s=120.0
)
