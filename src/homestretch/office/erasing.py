"""`homestretch erase`: a person is taken out of every file of ours, for good.

What stays is the ledger's: times, the bib, the status. What goes: name, club, contact data, what others
wrote about the person, raw rows that name them, and results that stand in the event's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from homestretch.errors import NotFound, PlanError
from homestretch.facts import (
    Entered,
    FactId,
    Flag,
    Held,
    HelpCalled,
    Ruled,
    Sighting,
    StoryAsked,
    StoryWithdrawn,
    StoryWritten,
    Struck,
    TakedownAsked,
    TakenOver,
    Withdrawn,
)
from homestretch.folder.entrants import parse_entrants
from homestretch.folder.problem import ENTRANTS
from homestretch.intake.inbox import NAME as INBOX
from homestretch.merging import Known, list_known, with_known_ids
from homestretch.news.followers import decode
from homestretch.office.exports import FOLDER, make_picture, write_again
from homestretch.office.naming import Words, names, words_of, words_of_name
from homestretch.race.entrant import Person
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key
from homestretch.state.snapshot import NEVER
from homestretch.store import Logged, People
from homestretch.store.opening import Store


class Found(NamedTuple):
    """Who is meant: the entrant of a bib, the person unless already erased, and the age on race day, NEVER where it
    is not known."""

    entrant: str
    bib: str
    race: str
    person: Person | None
    age: int = NEVER


class Erased(NamedTuple):
    """What was erased beside the person, and where the person still stands: lines of entrants.csv, and files
    in the inbox."""

    texts: int
    labels: int = 0
    results: tuple[Path, ...] = ()
    lines: tuple[int, ...] = ()
    dropped: tuple[Path, ...] = ()


def find_entrant(store: Store, bib: str, now: int) -> Found:
    """The entrant who has this bib; NotFound when nobody has."""
    picture = make_picture(store, now)
    roster = picture.state.roster
    row = roster.find_row(bib)
    if row is None:
        raise NotFound(f"Nobody has the bib {bib!r}.", "Look at the results or at entrants.csv.")
    entrant = roster.entrants[row]
    race = picture.event.races[int(roster.race[row])].name
    person = picture.names.persons.get(entrant)
    return Found(entrant, roster.bibs[row], race, person, int(roster.age[row]))


def erase(store: Store, event: Event, folder: Path, found: Found, now: int) -> Erased:
    """Erase somebody for good. StoreError when a file may still hold bytes of what was erased: what was
    done holds, and erasing again cleans again."""
    others = store.log.read_since(0).others
    words = Words()
    if found.person is not None:
        field = store.people.list_persons()
        words = words_of(found.person, (one for one in field if one.entrant != found.entrant))
    refs = _about(others, found) | _naming(store.people, others, words)
    refs |= {one.ref for one in decode(store.people.list_texts()) if one.entrant == found.entrant}
    labels = _erase_words(store.people, refs, words)
    store.people.erase(found.entrant)
    results = write_again(make_picture(store, now), folder / FOLDER)
    lines = _find_lines(event, folder, list_known(others), found.entrant, words)
    return Erased(len(refs), labels, tuple(results), lines, _find_dropped(folder, words))


def erase_name(store: Store, name: str) -> Erased:
    """Erase every text and every key's label that has all words of a name in it: for officials and others
    who are no entrants. NotFound when there is none."""
    words = words_of_name(name)
    refs = _naming(store.people, store.log.read_since(0).others, words)
    labels = _erase_words(store.people, refs, words)
    if not refs and not labels:
        raise NotFound(f"No text and no key names {name!r}.", "An entrant is erased by the bib.")
    return Erased(len(refs), labels)


def _erase_words(people: People, refs: set[str], words: Words) -> int:
    """Erase texts, and the labels that name somebody; how many labels. A device's label names a thing and
    stands in its facts."""
    for ref in sorted(refs):
        people.erase_text(ref)
    naming = [
        key.id
        for key in people.list_keys()
        if key.role != "device" and key.label and names(key.label.encode(), words)
    ]
    for key_id in naming:
        people.erase_label(key_id)
    return len(naming)


def _find_lines(
    event: Event, folder: Path, known: Known, entrant: str, words: Words
) -> tuple[int, ...]:
    """The lines of entrants.csv in which an entrant stands, those that were left out included."""
    try:
        data = (folder / ENTRANTS).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise PlanError(
            f"{folder / ENTRANTS} cannot be read: {error.strerror}.",
            "The person is erased; look yourself whether that file still names them.",
        ) from error
    entrants = with_known_ids(parse_entrants(data, event), known, again=True)
    kept = zip(entrants.lines, entrants.entrants, strict=True)
    lines = {line for line, row in kept if row.id == entrant}
    lines |= {line for line, cells in entrants.left_out if names(cells.encode(), words)}
    return tuple(sorted(lines))


def _find_dropped(folder: Path, words: Words) -> tuple[Path, ...]:
    """Files in the inbox that name somebody: like entrants.csv they are not ours to change."""
    files = sorted(path for path in (folder / INBOX).rglob("*") if path.is_file())
    try:
        return tuple(file for file in files if names(file.read_bytes(), words))
    except OSError as error:
        raise PlanError(
            f"{error.filename} cannot be read: {error.strerror}.",
            "The person is erased; look yourself whether a file in the inbox still names them.",
        ) from error


def _about(others: list[Logged], found: Found) -> set[str]:
    """References of texts that belong to facts about a person, and to strikes of such facts."""
    bibs = _bibs_of(others, found)
    about = {
        logged.id
        for logged in others
        if isinstance(logged.fact, Sighting | Withdrawn | TakenOver | Ruled | HelpCalled)
        and bib_key(logged.fact.bib) in bibs
    } | _of_stories(others, found.entrant)
    for logged in others:  # nobody can strike what is not yet there, so one pass finds all
        struck = logged.fact
        if isinstance(struck, Struck) and (struck.source, struck.number, struck.digest) in about:
            about.add(logged.id)
    refs = {getattr(logged.fact, "text_ref", None) for logged in others if logged.id in about}
    return {ref for ref in refs if ref}


def _of_stories(others: list[Logged], entrant: str) -> set[FactId]:
    """Facts of stories for which somebody was asked, and of their entry being held."""
    asked = {
        one.fact.story
        for one in others
        if isinstance(one.fact, StoryAsked) and one.fact.entrant == entrant
    }
    return {
        one.id
        for one in others
        if (isinstance(one.fact, Held) and one.fact.entrant == entrant)
        or (
            isinstance(one.fact, StoryWritten | StoryWithdrawn | TakedownAsked)
            and one.fact.story in asked
        )
    }


def _bibs_of(others: list[Logged], found: Found) -> set[str]:
    """The bibs that an entrant has or had, unless somebody else has had them too."""
    had: dict[str, set[str]] = {}
    for logged in others:
        if isinstance(logged.fact, Entered):
            had.setdefault(bib_key(logged.fact.bib), set()).add(logged.fact.entrant)
    mine = {key for key, entrants in had.items() if entrants == {found.entrant}}
    return mine | {bib_key(found.bib)}


def _naming(people: People, others: list[Logged], words: Words) -> set[str]:
    """References of all texts that name a person, whatever fact they hang on, or none.

    An instruction of control names somebody only in full: it must not go because of an everyday word.
    """
    of_flags = {logged.fact.text_ref for logged in others if isinstance(logged.fact, Flag)}
    return {
        ref
        for ref, content in people.list_texts()
        if names(content, words, in_full=ref in of_flags)
    }
