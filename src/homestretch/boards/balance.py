"""The ledger as one sum: everybody who is entered has exactly one status, and each number opens its list."""

from __future__ import annotations

import msgspec

from homestretch.boards.ledger import LISTS
from homestretch.picture import Picture

ORDER = (
    "not-seen", "dns", "road", "bus", "care", "left", "home", "finished", "dnf", "dsq",
)  # fmt: skip
"""The lists of the sum, in the order of a day: each status is in exactly one of them."""


class Part(msgspec.Struct, frozen=True):
    """A number of the sum: the list that it opens, and what it is called."""

    list: str
    words: str
    count: int


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """``entered`` is the sum of the parts at every moment. ``races`` has the same for each race."""

    entered: int
    parts: tuple[Part, ...]
    races: tuple[tuple[str, int, tuple[int, ...]], ...]


def make_balance(picture: Picture) -> Balance:
    """The sum of all races, and of each: (name, entered, the parts in the same order)."""
    state = picture.state
    parts = tuple(
        Part(name, LISTS[name][0], sum(state.counts.get(status, 0) for status in LISTS[name][1]))
        for name in ORDER
    )
    return Balance(
        entered=len(state.roster.bibs),
        parts=parts,
        races=tuple(
            (
                race.name,
                sum(counts.values()),
                tuple(sum(counts.get(it, 0) for it in LISTS[name][1]) for name in ORDER),
            )
            for race, counts in zip(picture.event.races, state.race_counts, strict=True)
        ),
    )
