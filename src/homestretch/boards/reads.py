"""Reads that are nobody's split, and what could not be read at all, counted by reason."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from homestretch.boards.words import UNUSED_WORDS
from homestretch.picture import Picture
from homestretch.state.snapshot import Unused

MOST = 12
"""So many places or reasons are named; a device that is set up wrongly may send many names."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many of something there are."""

    words: str
    count: int


class Became(Counted, frozen=True, kw_only=True):
    """How many reads became the same; ``reason`` is the last part of the address of their list."""

    reason: str


class UnusedReads(msgspec.Struct, frozen=True, kw_only=True):
    """``reads`` = ``splits`` + ``repeats`` + the sum of ``reasons``. Of ``places`` that the plan does not
    know and of what was ``unreadable`` the most frequent are named, the ``others`` counted."""

    reads: int
    splits: int
    repeats: int
    reasons: tuple[Became, ...]
    chips: int
    places: tuple[Counted, ...]
    other_places: int
    unreadable: tuple[Counted, ...]
    other_unreadable: int


def make_unused_reads(picture: Picture) -> UnusedReads:
    """What the fold made of all reads up to now."""
    state = picture.state
    reasons = [
        Became(reason=reason_slug(reason), words=UNUSED_WORDS[reason], count=count)
        for reason, count in state.unused.items()
        if count and reason not in (Unused.USED, Unused.REPEATED)
    ]
    places, other_places = _most(state.unknown_places)
    unreadable, other_unreadable = _most(state.unreadable)
    return UnusedReads(
        reads=sum(state.unused.values()),
        splits=state.unused.get(Unused.USED, 0),
        repeats=state.unused.get(Unused.REPEATED, 0),
        reasons=tuple(sorted(reasons, key=lambda became: -became.count)),
        chips=state.unknown_chips,
        places=places,
        other_places=other_places,
        unreadable=unreadable,
        other_unreadable=other_unreadable,
    )


def reason_slug(reason: Unused) -> str:
    """How an address names what became of reads: ``unknown-chip``."""
    return reason.name.lower().replace("_", "-")


def _most(counts: Mapping[str, int]) -> tuple[tuple[Counted, ...], int]:
    """The most frequent of some counts, and the sum of the others."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = tuple(Counted(words=words, count=count) for words, count in ordered[:MOST])
    return named, sum(count for _, count in ordered[MOST:])
