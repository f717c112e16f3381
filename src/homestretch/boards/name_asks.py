"""Names that runners ask to have put right, by their private links: the desk looks at each and decides."""

from __future__ import annotations

import msgspec

from homestretch.boards.people import keeps_ledger
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.showing import shown

MOST = 50
"""Names that stand on the desk's page at once."""


class NameAsk(msgspec.Struct, frozen=True, kw_only=True):
    """An entrant, the name that is stored, and the one that they ask for."""

    entrant: str
    who: Shown
    stored: str
    asked: str


def list_name_asks(picture: Picture, viewer: Viewer) -> tuple[NameAsk, ...]:
    """The names that wait, by entrant; nothing is said of somebody whose name this viewer does not see."""
    asking = sorted(
        person.entrant
        for person in picture.names.persons.values()
        if person.asks_first or person.asks_last
    )
    found: list[NameAsk] = []
    for entrant in asking:
        person, row = picture.names.persons[entrant], picture.state.roster.find_entrant(entrant)
        who = None if row is None else shown(picture, viewer, row)
        stored = f"{person.first} {person.last}".strip()
        if who is None or not (keeps_ledger(viewer) or who.name == stored):
            continue
        asked = f"{person.asks_first} {person.asks_last}".strip()
        found.append(NameAsk(entrant=entrant, who=who, stored=stored, asked=asked))
    return tuple(found[:MOST])
