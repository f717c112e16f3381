"""A rehearsal's clock, held until everything that is past has been sent and heard.

The processes of a server agree on it through a file: it appears when the clock is let go, so that a keeper
that is started again goes on at the right moment.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from homestretch.race.clock import EventClock


class HeldClock:
    """``clock`` as it goes by itself; with a ``file``, standing at its beginning until it is let go."""

    def __init__(self, clock: EventClock, file: Path | None) -> None:
        self._clock, self._file = clock, file
        self._stands = file is not None

    @property
    def stands(self) -> bool:
        """Whether nobody has let it go yet."""
        if self._stands and self._file is not None:
            try:
                self._clock = msgspec.json.decode(self._file.read_bytes(), type=EventClock)
            except FileNotFoundError:
                return True
            self._stands = False
        return self._stands

    def event_at(self, wall_at: int) -> int:
        """The event's time (UTC ms) at a wall time (UTC ms)."""
        return self._clock.anchor_event_at if self.stands else self._clock.event_at(wall_at)

    def let_go(self, wall_at: int) -> None:
        """From this wall time (UTC ms) on the clock goes, in every process."""
        if self._file is None or not self.stands:
            return
        going = msgspec.structs.replace(self._clock, anchor_wall_at=wall_at)
        written = self._file.with_suffix(".new")
        written.write_bytes(msgspec.json.encode(going))
        written.replace(self._file)
