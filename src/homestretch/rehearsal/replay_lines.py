"""The reads of a past race as what JChip devices send: one device at each point, lines by the second or
by the minute, made when they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from homestretch.rehearsal.figures import Ints
from homestretch.rehearsal.lines import jchip_lines
from homestretch.rehearsal.messages import Message
from homestretch.rehearsal.replay_plan import chips_of, device_of
from homestretch.rehearsal.replay_times import NEVER, PastRace
from homestretch.rehearsal.schedule import DATE, midnight_at

DAY_MS: Final = 86_400_000
Ints32: TypeAlias = npt.NDArray[np.int32]
BY_SECOND_MS, BY_MINUTE_MS = 1000, 60_000


class ReplayScript:
    """Messages in the order of sending: the lines of one device in one window of time are one message,
    sent when the window is over. ``at_ms`` (k,) UTC milliseconds."""

    def __init__(self, past: PastRace, window_ms: int) -> None:
        self._midnight = midnight_at(DATE)
        self._devices = [device_of(point.id) for point in past.points]
        row, point = np.nonzero(past.clock_ms != NEVER)
        seen_ms = past.clock_ms[row, point]
        window = seen_ms // window_ms
        order = np.lexsort((seen_ms, point, window))
        self._row: Ints32 = row[order].astype(np.int32)
        self._point: Ints32 = point[order].astype(np.int32)
        self._seen_ms = seen_ms[order]
        self._count = _count_within(self._point)
        window = window[order]
        changes = (np.diff(window) != 0) | (np.diff(self._point) != 0)
        self._first = np.flatnonzero(np.r_[True, changes]) if len(window) else np.empty(0, np.int64)
        self._end = np.append(self._first[1:], len(window))
        self.at_ms: Ints = (window[self._first] + 1) * window_ms + self._midnight
        self.reads = len(window)

    def __len__(self) -> int:
        return len(self.at_ms)

    def __getitem__(self, places: slice) -> Sequence[Message]:
        chosen = range(len(self))[places]
        if not chosen:
            return []
        begin = int(self._first[chosen[0]])
        lines, width = self._lines(begin, int(self._end[chosen[-1]]))
        return [
            Message(
                int(self.at_ms[place]),
                "jchip",
                self._devices[self._point[self._first[place]]],
                lines[(self._first[place] - begin) * width : (self._end[place] - begin) * width],
            )
            for place in chosen
        ]

    def _lines(self, begin: int, end: int) -> tuple[bytes, int]:
        """The lines of these reads, one after the other, and how long each is."""
        seen_ms, chip = self._seen_ms[begin:end], chips_of(self._row[begin:end].astype(np.int64))
        count, day = self._count[begin:end], seen_ms // DAY_MS
        lines = jchip_lines(chip, seen_ms % DAY_MS, count, DATE)
        for later in range(1, int(day.max()) + 1):
            of_day = day == later
            date = DATE + dt.timedelta(days=later)
            lines[of_day] = jchip_lines(chip[of_day], seen_ms[of_day] % DAY_MS, count[of_day], date)
        return lines.tobytes(), lines.shape[1]


def _count_within(point: Ints32) -> Ints:
    """(r,) each device counts its reads from 1 on."""
    order = np.argsort(point, kind="stable")
    count: Ints = np.empty(len(point), np.int64)
    by_point = point[order]
    count[order] = np.arange(len(point)) - np.searchsorted(by_point, by_point) + 1
    return count
