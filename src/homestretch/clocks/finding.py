"""What the clock check finds: one correction proposed, with its error and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["apart", "step", "offset", "hour"]
"""apart: two devices at one point differ; step: a clock jumped on the day; offset: wrong since the start;
hour: off by a multiple of a quarter of an hour, since the start or since a moment."""


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """A clock that seems wrong. ``offset_ms`` is what a ``Corrected`` of this source would add to seen_at."""

    kind: Kind
    point: int
    """column of the timing point"""
    source: int
    """number of the device, as in ``Watched.source``; NEVER when nobody knows which device it is"""
    since_at: int | None
    """UTC ms as the device says it: the correction holds from then on; None: for the whole day"""
    since_error_ms: int
    """90 %: so far before or after ``since_at``"""
    offset_ms: int
    error_ms: int
    """90 %: the true offset lies within so much of ``offset_ms``"""
    basis: int
    """how many passings, or chips seen by both devices, it rests on"""
    known: str
    """what the reads show, as a sentence"""
    unknown: str
    """what they cannot show, as a sentence"""


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """What a check found in the state at ``now`` (UTC ms); ``sources`` are the names of the devices."""

    now: int
    findings: tuple[ClockFinding, ...] = ()
    sources: tuple[str, ...] = ()
