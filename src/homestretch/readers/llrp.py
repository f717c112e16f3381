"""LLRP (Impinj, Zebra): what a tag report says. The protocol itself is spoken by the package ``llrpkit``.

Tag reports hold the tag's code (EPC) and the reader's own time in UTC, so neither a zone nor a date is needed. The
name of the place is the plan's: a reader does not know where it stands.
"""

from __future__ import annotations

from homestretch.facts import ClockChecked, Read, normal_chip, received
from homestretch.readers import Context, Heard, LibraryKind


def source_of(context: Context) -> str:
    """The source of a reader's facts: its address, because nothing else tells two of them apart."""
    return f"llrp:{context.peer}"


def heard_of_tag(epc: bytes, first_seen_us: int | None, context: Context, at: int) -> Heard:
    """A read from a tag report: the tag's code, and when the reader saw it first (microseconds since 1970,
    UTC; None where it does not say: then it is the moment of arrival)."""
    seen_at = at if first_seen_us is None else first_seen_us // 1000
    chip = normal_chip(epc.hex())
    place = context.place or context.peer
    return Heard(received(Read(seen_at=seen_at, chip=chip, place=place), source_of(context), at))


def heard_of_clock(last_seen_us: int, context: Context, at: int) -> Heard:
    """How far the reader's clock is off, from a report that has just arrived: ours minus its, at most."""
    source = source_of(context)
    offset_ms = at - last_seen_us // 1000
    return Heard(received(ClockChecked(seen_at=at, of=source, offset_ms=offset_ms), source, at))


LIBRARY = LibraryKind(name="llrp", port=5084, needs="llrp")
