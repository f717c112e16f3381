"""Reads, and what became of them, as others are told: values alone, without the loops that find them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from homestretch.state.rows import Ints32
from homestretch.state.snapshot import NEVER, Floats, Ints, Unused


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """``bib`` carried the chip then (empty: nobody did). Of a split, or what repeats one: the point's name,
    when it was passed (UTC ms, corrected), and the log position of the read that counts."""

    reason: Unused
    bib: str = ""
    point: str = ""
    passed_at: int = NEVER
    counts_seq: int = NEVER


class ReadColumns(NamedTuple):
    """The reads of the log in its order: position, chip, place and corrected time, all (reads,)."""

    seq: Ints
    chip: Ints32
    place: Ints32
    at: Ints


@dataclass(frozen=True, slots=True)
class HeldReads:
    """Reads (r,), and of which device each passing (n, m) came, NEVER where there is none. Devices are
    numbers into ``sources``. Where one device alone reads at a mat, its splits are left out: the passings
    have them."""

    row: Ints
    point: Ints
    source: Ints
    at: Ints
    """UTC ms, corrected"""
    passed_by: Ints
    metres: Floats
    """(races, m) of the mats, NaN where a race does not pass, and beyond a change of its course: people who
    run another way are no clock"""
    sources: tuple[str, ...]
