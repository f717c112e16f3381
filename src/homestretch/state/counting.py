"""What the fold counts beside everybody's status: places that nobody knows, races, what was unreadable."""

from __future__ import annotations

from collections import Counter

import numpy as np

from homestretch.race.event import Event
from homestretch.state.columns import Columns
from homestretch.state.ledger import Ledger
from homestretch.state.passings import Passings
from homestretch.state.snapshot import Roster, Status, Unused

STRANGE_GUN = "a gun that is not in the plan, or a day away from it"


def unknown_places(columns: Columns, passings: Passings) -> dict[str, int]:
    """Places that reads name and the plan does not know, and how many reads each has."""
    unknown = np.bincount(columns.read("place")[passings.unused == Unused.UNKNOWN_PLACE])
    return {columns.symbols[symbol]: int(unknown[symbol]) for symbol in np.flatnonzero(unknown)}


def race_counts_of(event: Event, roster: Roster, ledger: Ledger) -> tuple[dict[Status, int], ...]:
    """How many entrants of each race have each status."""
    table = np.zeros((len(event.races), len(Status)), np.int64)
    np.add.at(table, (roster.race, ledger.status), 1)
    return tuple(
        {status: int(table[race, status]) for status in Status} for race in range(len(event.races))
    )


def count_unreadable(columns: Columns, strange_guns: int) -> dict[str, int]:
    """What nobody could read, by reason, with the guns that cannot be."""
    found: Counter[str] = Counter()
    for (_, reason), count in columns.unreadable.items():
        found[reason] += count
    if strange_guns:
        found[STRANGE_GUN] += strange_guns
    return dict(found)
