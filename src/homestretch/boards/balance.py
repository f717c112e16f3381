"""The ledger as one sum: everybody who is entered has exactly one status, and each number opens its list."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards.ledger import lists_for
from homestretch.boards.people import known_statuses
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer

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


def make_balance(picture: Picture, viewer: Viewer) -> Balance:
    """The sum of all races, and of each: (name, entered, the parts in the same order), as the viewer may know it."""
    known, race_of = known_statuses(picture, viewer), picture.state.roster.race
    lists = lists_for(viewer)
    names = [name for name in ORDER if name in lists]
    is_on = [np.isin(known, lists[name][1]) for name in names]
    return Balance(
        entered=len(picture.state.roster.bibs),
        parts=tuple(
            Part(name, lists[name][0], int(np.count_nonzero(these)))
            for name, these in zip(names, is_on, strict=True)
        ),
        races=tuple(
            (
                race.name,
                int(np.count_nonzero(race_of == number)),
                tuple(int(np.count_nonzero(these[race_of == number])) for these in is_on),
            )
            for number, race in enumerate(picture.event.races)
        ),
    )
