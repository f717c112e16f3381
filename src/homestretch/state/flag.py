"""The state of the event: open, delayed, on hold, stopped, rerouted, shortened, resumed."""

from __future__ import annotations

from homestretch.facts import Flag
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, FlagNow


def flag_now(columns: Columns, void: frozenset[int], now: int) -> FlagNow:
    """What was said last, up to ``now``; an event of which nothing was said is open."""
    for logged, fact in reversed(columns.of_kind(Flag)):
        if logged.seq not in void and fact.seen_at <= now + 60_000:
            return FlagNow(fact.state, fact.seen_at, fact.from_m, fact.races, fact.text_ref)
    return FlagNow("open", NEVER)
