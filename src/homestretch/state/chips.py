"""Who was given which chip when: a read is stored by chip, and belongs to whoever wore it then."""

from __future__ import annotations

from typing import TypeAlias

from homestretch.facts import Assigned
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, Roster

ALL_DAY = -(2**62)

Held: TypeAlias = dict[str, dict[int, int]]
"""chip -> {since_at: row}"""


def make_held(columns: Columns, roster: Roster, void: frozenset[int]) -> Held:
    """What was assigned. Among assignments from one moment on, the one issued last holds."""
    held: Held = {}
    for logged, fact in columns.of_kind(Assigned):
        if logged.seq not in void:
            since_at = ALL_DAY if fact.since_at is None else fact.since_at
            row = roster.find_row(fact.bib)
            held.setdefault(fact.chip, {})[since_at] = NEVER if row is None else row
    return held
