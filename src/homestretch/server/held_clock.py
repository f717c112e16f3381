"""A rehearsal's clock, held until everything that is past has been sent and heard.

As long as a rehearsal lasts, its clock stands in a file of the event's folder. The processes of its server
agree by it on when the clock goes, so that a keeper that is started again goes on at the right moment; and
a command that says something meanwhile finds the event's own time there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from homestretch.folder.files import put
from homestretch.race.clock import EventClock

CLOCK_FILE: Final = ".clock.json"


class Told(msgspec.Struct, frozen=True):
    """What the file says: the clock, and whether it goes or stands at its beginning."""

    clock: EventClock
    goes: bool

    def event_at(self, wall_at: int) -> int:
        """The event's time (UTC ms) at a wall time (UTC ms)."""
        return self.clock.event_at(wall_at) if self.goes else self.clock.anchor_event_at


class HeldClock:
    """``clock`` as it goes by itself; with a ``file``, standing at its beginning until it is let go."""

    def __init__(self, clock: EventClock, file: Path | None) -> None:
        self._clock, self._file = clock, file
        self._stands = file is not None

    @property
    def stands(self) -> bool:
        """Whether nobody has let it go yet."""
        if self._stands and self._file is not None:
            told = find_told(self._file)
            if told is not None and told.goes:
                self._clock, self._stands = told.clock, False
        return self._stands

    def event_at(self, wall_at: int) -> int:
        """The event's time (UTC ms) at a wall time (UTC ms)."""
        return self._clock.anchor_event_at if self.stands else self._clock.event_at(wall_at)

    def let_go(self, wall_at: int) -> None:
        """From this wall time (UTC ms) on the clock goes, in every process."""
        if self._file is not None and self.stands:
            going = msgspec.structs.replace(self._clock, anchor_wall_at=wall_at)
            _tell(self._file, Told(going, goes=True))


def find_told(file: Path) -> Told | None:
    """What a clock's file says, if it is there and can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Told)
    except (OSError, msgspec.MsgspecError):
        return None


@contextmanager
def telling(folder: Path, clock: EventClock, goes: bool) -> Iterator[None]:
    """Tell a rehearsal's clock in the event's folder as long as the rehearsal lasts, and not longer."""
    _tell(folder / CLOCK_FILE, Told(clock, goes))
    try:
        yield
    finally:
        forget_clock(folder)


def forget_clock(folder: Path) -> None:
    """Take away the clock of a rehearsal that is over, or was killed."""
    (folder / CLOCK_FILE).unlink(missing_ok=True)


def _tell(file: Path, told: Told) -> None:
    put(file, msgspec.json.encode(told))
