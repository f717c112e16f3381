"""`homestretch erase`: a person is taken out of every file of ours, for good.

What stays is the ledger's: times, the bib, the status. What goes: name, club, contact data, what others
wrote about the person, raw rows that name them, and results that stand in the event's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from homestretch.errors import NotFound, PlanError
from homestretch.facts import Ruled, Sighting, TakenOver, Unreadable, Withdrawn
from homestretch.folder.entrants import parse_entrants
from homestretch.folder.problem import ENTRANTS
from homestretch.office.exports import FOLDER, make_picture, write_again
from homestretch.race.entrant import Person
from homestretch.race.event import Event
from homestretch.store.opening import Store


class Found(NamedTuple):
    """Who is to be erased: the entrant of a bib, and the person unless already erased."""

    entrant: str
    bib: str
    race: str
    person: Person | None


class Erased(NamedTuple):
    """What was erased beside the person, and where the person still stands: the line of entrants.csv
    (0: nowhere)."""

    texts: int
    results: tuple[Path, ...]
    line: int


def find_entrant(store: Store, bib: str, wall_now: int) -> Found:
    """The entrant who has this bib; NotFound when nobody has."""
    picture = make_picture(store, wall_now)
    roster = picture.state.roster
    row = roster.find_row(bib)
    if row is None:
        raise NotFound(f"Nobody has the bib {bib!r}.", "Look at the results or at entrants.csv.")
    entrant = roster.entrants[row]
    race = picture.event.races[int(roster.race[row])].name
    return Found(entrant, roster.bibs[row], race, picture.names.persons.get(entrant))


def erase(store: Store, event: Event, folder: Path, found: Found, wall_now: int) -> Erased:
    """Erase somebody for good. StoreError when a file may still hold bytes of what was erased: what was
    done holds, and erasing again cleans again."""
    refs = _list_texts(store, found)
    for ref in refs:
        store.people.erase_text(ref)
    store.people.erase(found.entrant)
    results = write_again(make_picture(store, wall_now), folder / FOLDER)
    return Erased(len(refs), tuple(results), find_line(event, folder, found.entrant))


def find_line(event: Event, folder: Path, entrant: str) -> int:
    """The line of entrants.csv in which an entrant stands; 0 when in none."""
    try:
        data = (folder / ENTRANTS).read_bytes()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise PlanError(
            f"{folder / ENTRANTS} cannot be read: {error.strerror}.",
            "The person is erased; look yourself whether that file still names them.",
        ) from error
    entrants = parse_entrants(data, event)
    for line, row in zip(entrants.lines, entrants.entrants, strict=True):
        if row.id == entrant:
            return line
    return 0


def _list_texts(store: Store, found: Found) -> list[str]:
    """References of texts about a person, and of raw bytes that name them."""
    refs = []
    words = _words(found.person)
    for logged in store.log.read_since(0).others:
        fact = logged.fact
        match fact:
            case Sighting() | Withdrawn() | TakenOver() | Ruled() if fact.bib == found.bib:
                refs.append(fact.text_ref)
            case Unreadable() if fact.text_ref and words:
                raw = (store.people.find_text(fact.text_ref) or b"").decode("utf-8", "replace")
                if any(all(part in raw.casefold() for part in parts) for parts in words):
                    refs.append(fact.text_ref)
    return sorted({ref for ref in refs if ref})


def _words(person: Person | None) -> list[tuple[str, ...]]:
    """What names a person when all of it stands in one row: first and last name, an address, a number."""
    if person is None:
        return []
    name = tuple(part.casefold() for part in (person.first, person.last) if part)
    return [
        words
        for words in (name, (person.email.casefold(),), (person.phone,))
        if all(words) and words
    ]
