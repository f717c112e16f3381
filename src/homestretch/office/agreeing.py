"""What somebody agrees to, as they said it to the office: with whom they are shown, and in which story. It holds at once
and for good."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from homestretch.errors import NotFound, PlanError
from homestretch.office.erasing import Found, find_entrant
from homestretch.race.entrant import Person, Stories
from homestretch.race.privacy import ADULT_AGE
from homestretch.store.opening import Store


class Agreed(NamedTuple):
    """Whose word was kept, and whether a guardian's is missing, without which it shows nothing."""

    bib: str
    needs_guardian: bool


def agree(store: Store, bib: str, agrees: bool, now: int) -> Agreed:
    """Keep whether somebody agrees to be shown with companions."""
    found, person = _get_person(store, bib, now)
    store.people.put_persons([msgspec.structs.replace(person, companions=agrees)])
    minor = 0 <= found.age < ADULT_AGE
    return Agreed(found.bib, agrees and minor and not person.guardian)


def part(store: Store, bib: str, other: str, apart: bool, now: int) -> str:
    """Keep that somebody is never to be shown with somebody else, or (not ``apart``) take that back; says whose
    word that is. Nothing of it is told to the other one, and each of both has a word of their own."""
    found, person = _get_person(store, bib, now)
    entrant = find_entrant(store, other, now).entrant
    if entrant == found.entrant:
        raise PlanError("That is one and the same bib.", "Name the other one, too.")
    if not apart and entrant not in person.not_with:
        raise PlanError(
            f"Bib {found.bib} has said no such word: there is none to take back.",
            "Each of two has a word of their own. Was it the other one's?",
        )
    without = tuple(one for one in person.not_with if one != entrant)
    said = (*without, entrant) if apart else without
    store.people.put_persons([msgspec.structs.replace(person, not_with=said)])
    return found.bib


def _get_person(store: Store, bib: str, now: int) -> tuple[Found, Person]:
    found = find_entrant(store, bib, now)
    if found.person is None:
        raise NotFound(f"The person of bib {found.bib} was erased.", "They are shown with nobody.")
    return found, found.person


def answer_story(store: Store, bib: str, answer: Stories, story: str, now: int) -> str:
    """Keep what somebody answered for a story (empty: for stories as such); says whose word that is. A yes at the office is
    to what timing tells: typed words and pictures stand there once they said yes on their own page, which shows them."""
    found, person = _get_person(store, bib, now)
    said = (
        msgspec.structs.replace(
            person,
            story_answers={**person.story_answers, story: answer},
            story_seen={**person.story_seen, story: ()},
        )
        if story
        else msgspec.structs.replace(person, stories=answer)
    )
    store.people.put_persons([said])
    return found.bib
