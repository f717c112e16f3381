"""Corrected times: reads stay as the device said them; an official's correction shifts them in the fold."""

from __future__ import annotations

import numpy as np

from homestretch.facts import Corrected
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Ints
from homestretch.store import Logged

LARGEST_OFFSET_MS = 100 * 366 * 86_400_000
"""A clock that forgot its date is decades off; more than a century is no offset."""


def said_corrections(
    columns: Columns, void: frozenset[int], until: int
) -> list[tuple[Logged, Corrected]]:
    """The corrections that count. Of those that overlap, the one issued last (up to ``until``) holds: they
    are in the order of (issued at, issuer, fact id)."""
    said = [
        (logged, fact)
        for logged, fact in columns.of_kind(Corrected)
        if logged.seq not in void
        and fact.seen_at <= until
        and abs(fact.offset_ms) <= LARGEST_OFFSET_MS
    ]
    return sorted(said, key=lambda pair: (pair[1].seen_at, pair[1].by, pair[0].id))


def corrected_times(columns: Columns, void: frozenset[int], seen_at: Ints, until: int) -> Ints:
    """(reads,) ``seen_at`` plus the correction that holds for its source then."""
    said = said_corrections(columns, void, until)
    if not said:
        return seen_at
    number_of = {text: position for position, text in enumerate(columns.symbols)}
    offset = np.zeros(len(seen_at), np.int64)
    for _, fact in said:
        source = number_of.get(fact.of)
        if source is None:
            continue
        holds = columns.read("source") == source
        if fact.from_at is not None:
            holds &= seen_at >= fact.from_at
        if fact.until_at is not None:
            holds &= seen_at < fact.until_at
        offset[holds] = fact.offset_ms
    return seen_at + offset
