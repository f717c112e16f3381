"""The day as what devices send: a time-ordered sequence of messages for the doors of an event.

In it are the troubles of real devices: lines out of order, a mat that is silent for a while and then
sends what it kept, connections that break within a line, buffers that are sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from homestretch.rehearsal.figures import Ints
from homestretch.rehearsal.lines import item_of_fact, item_of_read, owntracks_fix
from homestretch.rehearsal.mats import DEVICES, Reads
from homestretch.rehearsal.officials import Told
from homestretch.rehearsal.schedule import Door


class Message(NamedTuple):
    """What one device sends at ``at_ms`` (UTC milliseconds).

    ``payload`` is, for the door ``jchip``, bytes to write to the device's connection (a line ending in
    CR, or less when the connection breaks within it) or None: the connection breaks here, and the next
    message of this device opens a new one. For the door ``http`` it is one item of a batch, a dict; for
    ``owntracks`` the body of one request.
    """

    at_ms: int
    door: Door
    device: str
    payload: bytes | dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are no read (None: the connection breaks), milliseconds after midnight."""

    sent_ms: int
    device: int
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the mats sent: s sendings of r reads, in the order of sending. ``read`` (s,) points into the
    reads; a read that is sent again stands here twice. ``number`` (r,) is the device's own."""

    sent_ms: Ints
    read: Ints
    number: Ints


READ, TOLD, RAW = 0, 1, 2
CHUNK = 1 << 16
_NAMES = [device.name for device in DEVICES]
_DOORS = [device.door for device in DEVICES]


class Messages(Sequence[Message]):
    """All messages in the order of sending; each is made when it is asked for."""

    def __init__(
        self,
        midnight: int,
        reads: Reads,
        sent: Sent,
        told: Sequence[Told],
        raws: Sequence[Raw],
        lines: npt.NDArray[np.uint8],
    ) -> None:
        self._midnight = midnight
        self._reads = reads
        self._number = sent.number
        self._told = told
        self._told_number = _numbered(told)
        self._raws = raws
        self._lines = lines.tobytes()
        self._width = lines.shape[1]
        sent_ms = np.concatenate(
            [sent.sent_ms, [item.sent_ms for item in told], [raw.sent_ms for raw in raws]]
        )
        kind = np.repeat([READ, TOLD, RAW], [len(sent.read), len(told), len(raws)])
        ref = np.concatenate([sent.read, np.arange(len(told)), np.arange(len(raws))])
        # Raw bytes come after the lines of the same moment: a connection breaks once they are out.
        order = np.argsort(sent_ms * 4 + kind, kind="stable")
        self.at_ms: Ints = sent_ms[order].astype(np.int64) + midnight
        self._kind = kind[order]
        self._ref = ref[order].astype(np.int64)

    def __len__(self) -> int:
        return len(self.at_ms)

    @overload
    def __getitem__(self, place: int) -> Message: ...
    @overload
    def __getitem__(self, place: slice) -> list[Message]: ...
    def __getitem__(self, place: int | slice) -> Message | list[Message]:
        if isinstance(place, slice):
            return list(self._made(np.arange(len(self))[place]))
        return next(self._made(np.array([range(len(self))[place]])))

    def __iter__(self) -> Iterator[Message]:
        for first in range(0, len(self), CHUNK):
            yield from self._made(np.arange(first, min(first + CHUNK, len(self))))

    def between(self, from_ms: int, until_ms: int) -> list[Message]:
        """The messages sent from ``from_ms`` on and before ``until_ms`` (UTC milliseconds)."""
        first, last = np.searchsorted(self.at_ms, [from_ms, until_ms]).tolist()
        return self[first:last]

    def _made(self, places: Ints) -> Iterator[Message]:
        """The messages at these places; columns are taken at once, because numbers one by one are slow."""
        kinds, refs = self._kind[places], self._ref[places]
        of_reads = np.where(kinds == READ, refs, 0)
        columns = [
            column.tolist()
            for column in (
                self.at_ms[places],
                kinds,
                refs,
                self._reads.device[of_reads],
                self._reads.chip[of_reads],
                self._reads.seen_ms[of_reads] + self._midnight,
                self._number[of_reads],
            )
        ]
        for at_ms, kind, ref, device, chip, seen_at, number in zip(*columns, strict=True):
            if kind == TOLD:
                yield self._told_message(at_ms, ref)
            elif kind == RAW:
                raw = self._raws[ref]
                yield Message(at_ms, "jchip", _NAMES[raw.device], raw.payload)
            elif _DOORS[device] == "jchip":
                line = self._lines[ref * self._width : (ref + 1) * self._width]
                yield Message(at_ms, "jchip", _NAMES[device], line)
            else:
                item = item_of_read(number, chip, _NAMES[device], seen_at)
                yield Message(at_ms, "http", _NAMES[device], item)

    def _told_message(self, at_ms: int, ref: int) -> Message:
        told, number = self._told[ref], self._told_number[ref]
        seen_at, sender = told.seen_ms + self._midnight, told.sender
        if sender.door == "owntracks":
            return Message(at_ms, sender.door, sender.name, owntracks_fix(seen_at, told.body))
        item = item_of_fact(number, told.kind, seen_at, told.body)
        return Message(at_ms, sender.door, sender.name, item)


def _numbered(told: Sequence[Told]) -> list[int]:
    """Each sender numbers what it says from 1 on, in the order of sending."""
    numbers: list[int] = []
    last: dict[str, int] = {}
    for item in told:
        last[item.sender.name] = last.get(item.sender.name, 0) + 1
        numbers.append(last[item.sender.name])
    return numbers
