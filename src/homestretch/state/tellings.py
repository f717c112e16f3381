"""What other systems were told: how each of them is, and the newest alarms that were sent."""

from __future__ import annotations

from typing import Final

from homestretch.facts import Delivered
from homestretch.state.columns import Columns

MOST: Final = 30
"""Words that are kept beside the last one of each receiver."""


def list_deliveries(columns: Columns, void: frozenset[int], until: int) -> tuple[Delivered, ...]:
    """The newest words, the newest first, and the last one of each receiver whenever that was."""
    held = [
        fact
        for logged, fact in columns.of_kind(Delivered)
        if logged.seq not in void and fact.seen_at <= until
    ]
    newest, last = held[-MOST:], {fact.to: fact for fact in held}
    older = [fact for fact in held[:-MOST] if last[fact.to] is fact]
    return tuple(reversed(older + newest))
