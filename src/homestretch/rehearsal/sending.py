"""When devices send what they read: in small batches, now and then late, twice, or not for a while."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from homestretch.rehearsal.figures import Ints, stream
from homestretch.rehearsal.mats import DEVICES, Reads
from homestretch.rehearsal.messages import Raw, Sent
from homestretch.rehearsal.schedule import clock_s

FLUSH_MS: Final = 500
HELD_BACK: Final = 0.08
HELD_BACK_MS: Final = 4000.0
GARBAGE: Final = b"\x02BATT 10.9V ?\x7f~\r"


class Silence(NamedTuple):
    """A connection breaks and comes back; then the device sends again its last reads and what it kept."""

    device: str
    from_s: float
    until_s: float
    again: int
    mid_line: bool = False
    """the connection breaks within a line"""


class Again(NamedTuple):
    """A device sends its last reads a second time although nothing was lost."""

    device: str
    at_s: float
    reads: int


SILENCES: Final = (
    Silence("30K", clock_s(11, 5), clock_s(11, 33), 40),
    Silence("MILE-25", clock_s(11, 50), clock_s(11, 50, 40), 60, mid_line=True),
)
"""The first is the mat that goes silent; the second a connection that breaks and is back at once."""
REPEATS: Final = (
    Again("25K", clock_s(10, 50), 120),
    Again("15K", clock_s(9, 36), 45),
    Again("FINISH-2", clock_s(12, 15), 200),
)
NOISES: Final = (("10K", clock_s(8, 40)), ("HALF", clock_s(10, 1)), ("FINISH-1", clock_s(13, 13)))


def send(seed: int, reads: Reads) -> tuple[Sent, list[Raw]]:
    """The sendings of all reads, and the bytes that are no reads."""
    rng = stream(seed, "sending")
    sent_ms = _first_sent(rng, reads)
    raws = [Raw(round(1000 * at_s), _device(name), GARBAGE) for name, at_s in NOISES]
    again_ms: list[Ints] = []
    again: list[Ints] = []
    for silence in SILENCES:
        times, which = _fall_silent(silence, reads, sent_ms, raws)
        again_ms.append(times)
        again.append(which)
    for repeat in REPEATS:
        at_ms = round(1000 * repeat.at_s)
        which = _last_before(_device(repeat.device), at_ms, repeat.reads, reads, sent_ms)
        again_ms.append(at_ms + 5 * np.arange(len(which)))
        again.append(which)
    times = np.concatenate([sent_ms, *again_ms])
    which = np.concatenate([np.arange(len(sent_ms)), *again])
    order = np.lexsort((reads.seen_ms[which], times))
    return Sent(times[order], which[order], _numbers(reads)), raws


def _device(name: str) -> int:
    return [device.name for device in DEVICES].index(name)


def _first_sent(rng: np.random.Generator, reads: Reads) -> Ints:
    """A device empties its two antennas in turn, twice a second; some reads wait in them for seconds."""
    ready_ms = reads.seen_ms + 30
    held = np.flatnonzero(rng.random(len(ready_ms)) < HELD_BACK)
    ready_ms[held] += rng.exponential(HELD_BACK_MS, len(held)).astype(np.int64)
    flushed = (ready_ms // FLUSH_MS + 1) * FLUSH_MS + 37 * reads.device % FLUSH_MS
    return np.asarray(flushed + 30 * rng.integers(0, 2, len(ready_ms)), dtype=np.int64)


def _fall_silent(
    silence: Silence, reads: Reads, sent_ms: Ints, raws: list[Raw]
) -> tuple[Ints, Ints]:
    """Holds back what was to be sent meanwhile (in ``sent_ms``) and gives what is sent again."""
    device = _device(silence.device)
    from_ms, until_ms = round(1000 * silence.from_s), round(1000 * silence.until_s)
    if silence.mid_line:
        raws.append(Raw(from_ms - 1, device, b"DA4"))
    raws.append(Raw(from_ms, device, None))
    which = _last_before(device, from_ms, silence.again, reads, sent_ms)
    kept = np.flatnonzero((reads.device == device) & (sent_ms >= from_ms) & (sent_ms < until_ms))
    kept = kept[np.argsort(reads.seen_ms[kept], kind="stable")]
    sent_ms[kept] = until_ms + 8 * (len(which) + np.arange(len(kept)))
    return until_ms + 8 * np.arange(len(which)), which


def _last_before(device: int, at_ms: int, count: int, reads: Reads, sent_ms: Ints) -> Ints:
    """The last ``count`` reads that a device had sent before a moment."""
    before = np.flatnonzero((reads.device == device) & (sent_ms < at_ms))
    before = before[np.argsort(sent_ms[before], kind="stable")]
    return np.asarray(before[-count:], dtype=np.int64)


def _numbers(reads: Reads) -> Ints:
    """(r,) each device counts its reads from 1 on, in the order in which it saw them."""
    order = np.lexsort((reads.seen_ms, reads.device))
    device = reads.device[order]
    first = np.searchsorted(device, device)
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(len(order)) - first + 1
    return numbers
