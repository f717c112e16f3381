"""What was entered on the pages by people: the newest of each page, to look over and to take back."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from typing import Final

from homestretch.facts import Collected, Sighting, TakenOver, Withdrawn
from homestretch.state.entered import Entry
from homestretch.state.snapshot import NEVER, Roster
from homestretch.store import Logged

PAGES: Final = ("desk", "radio", "station", "sweep", "takeover")
"""Pages on which people enter facts; their facts have ``/radio`` and so on behind the key in the source."""
WORDS: Final = (Sighting, TakenOver, Withdrawn, Collected)
KEPT, LINES = 400, 20
BY_PLACE: Final = "station"
"""The page of which the newest of each place are kept: the phones of one do not push out another's."""
A_FORM: Final = 1000
"""Numbers that one form has for its facts: the moment in which it was given out times this, and so on."""


def page_of(source: str) -> str:
    """The page on which a source enters facts; empty when it is none."""
    tail = source.rpartition("/")[2]
    return tail if tail in PAGES and tail != source else ""


def keep_newest(entered: dict[str, list[Logged]], others: Iterable[Logged]) -> None:
    """Take new facts among those kept of each page. What is kept is a set's newest: arrival decides nothing."""
    fresh: dict[str, list[Logged]] = {}
    for logged in others:
        if isinstance(logged.fact, WORDS) and (page := page_of(logged.id.source)):
            fresh.setdefault(_shelf(page, logged), []).append(logged)
    for shelf, found in fresh.items():
        entered[shelf] = nlargest(KEPT, [*entered.get(shelf, ()), *found], key=_age)


def _shelf(page: str, logged: Logged) -> str:
    """Where what was entered is kept: with its page, at a station with its place."""
    place = getattr(logged.fact, "place", "") if page == BY_PLACE else ""
    return f"{page}/{place}" if place else page


def list_entries(
    entered: dict[str, list[Logged]], roster: Roster, void: frozenset[int], until: int
) -> tuple[Entry, ...]:
    """The facts of the last 20 forms of each page, the newest first, those taken back included."""
    found: list[Entry] = []
    for shelf in sorted(entered):
        page = shelf.partition("/")[0]
        forms: set[tuple[str, int]] = set()
        for logged in entered[shelf]:
            if logged.fact.seen_at > until:
                continue
            forms.add((logged.id.source, logged.id.number // A_FORM))
            if len(forms) > LINES:
                break
            found.append(_entry(page, logged, roster, logged.seq in void))
    return tuple(found)


def _entry(page: str, logged: Logged, roster: Roster, void: bool) -> Entry:
    fact = logged.fact
    assert isinstance(fact, WORDS)
    row = roster.find_row(fact.bib)
    return Entry(
        id=logged.id,
        page=page,
        kind=str(type(fact).__struct_config__.tag),
        bib=fact.bib,
        row=NEVER if row is None else row,
        seen_at=fact.seen_at,
        received_at=logged.received_at,
        by=fact.by,
        place="" if isinstance(fact, Collected) else fact.place,
        taken_by=fact.taken_by if isinstance(fact, TakenOver) else "",
        keeper=fact.keeper if isinstance(fact, TakenOver) else "",
        void=void,
        text_ref=fact.text_ref if isinstance(fact, Sighting | Withdrawn) else None,
    )


def _age(logged: Logged) -> tuple[int, str, int, int]:
    return (logged.received_at, *logged.id)
