"""What private links ask of the keeper: to be opened, what is stored of an entrant, and to change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from homestretch.boards.rolls import DESK_ROLES
from homestretch.errors import BusyError, RefusedError
from homestretch.facts import Detail, DetailsChanged, received
from homestretch.facts.details import list_changed
from homestretch.live import Live
from homestretch.race.consent import Said, say
from homestretch.race.entrant import Person
from homestretch.race.privacy import ADULT_AGE
from homestretch.race.saying import said
from homestretch.readers import Heard
from homestretch.server.questions import Mine, NameLooked, Opened, OpenLink, OwnRow
from homestretch.state.snapshot import NEVER
from homestretch.store import People
from homestretch.store.keys import Key, signature_of
from homestretch.store.links import Link, new_link

SESSION_MS: Final = 60 * 86_400_000
SESSIONS: Final = 30
"""Browsers in which one link is open at once; one more ends the oldest, because nobody may be kept from taking
something down by others who opened the link."""
LINK: Final = "private-link"
"""The source of what is said by one."""
HELD: Final = 8
"""Sessions of one browser: a family's."""


async def answer_link(live: Live, people: People, question: OpenLink | Mine, now: int) -> bytes:
    """What a private link asks, at the wall's time (UTC ms)."""
    if isinstance(question, OpenLink):
        return open_link(people, question, now)
    return await tell_own(live, people, question, now)


def open_link(people: People, question: OpenLink, now: int) -> bytes:
    """A session of a private link; RefusedError for one that opens nothing. ``now`` is the wall's (UTC ms)."""
    link = people.find_link(question.link_hash)
    if link is None or link.parent:
        raise RefusedError(
            said("This private link is not known."), said("Ask the race office for yours.")
        )
    if not link.holds(now):
        raise RefusedError(
            said("This private link has expired, or was made anew."),
            said("Open the newest one that you were sent, or ask the race office for another."),
        )
    sessions = [
        one for one in people.list_links(link.entrant) if one.parent == link.id and one.holds(now)
    ]
    for oldest in sessions[: max(0, len(sessions) - SESSIONS + 1)]:
        people.revoke_link(oldest.id, now)
    session, token = new_link(
        link.entrant,
        link.hand,
        created_at=now,
        expires_at=min(link.expires_at, now + SESSION_MS),
        parent=link.id,
    )
    people.put_links([session])
    held = [
        one.hash
        for one in _list_held(people, question.held, now)
        if (one.entrant, one.hand) != (link.entrant, link.hand)
    ]
    return msgspec.json.encode(Opened(token, session.expires_at, held))


async def tell_own(live: Live, people: People, question: Mine, now: int) -> bytes:
    """What is stored of those whose links are open, after what one of them says; RefusedError when it may not."""
    held = _list_held(people, question.held, now)
    if question.leave:
        for session in held:
            people.revoke_link(session.id, now)
        held = []
    if question.said is not None:
        hands = [one for one in held if one.entrant == question.entrant]
        if not hands:
            raise RefusedError(said("This private link is not open here."), said("Open it again."))
        # Of two links for one entrant the guardian's says more.
        hand = min(hands, key=lambda one: one.hand)
        await _say(live, people, hand, question.said, now)
    rows = [OwnRow(one.entrant, one.hand, get_own(people, one.entrant)) for one in held]
    return msgspec.json.encode(rows)


async def take_name(
    live: Live, people: People, keys: Sequence[Key], key: Key, question: NameLooked
) -> bytes:
    """A name is put right, or stays as it is; RefusedError for a key that is none of the desk, or when another name
    is asked for by now. That it was put right is a fact; the name is none."""
    if key.role not in DESK_ROLES:
        raise RefusedError(
            said("A key for {role} puts no name right.", role=key.role), said("The desk does.")
        )
    person = get_own(people, question.entrant)
    if question.asked != f"{person.asks_first} {person.asks_last}".strip():
        raise RefusedError(said("Another name is asked for by now."), said("Open the page again."))
    changed = {"asks_first": "", "asks_last": ""}
    if question.taken:
        by_hand = sorted({*person.by_hand, "first", "last"})
        names = {"first": person.asks_first, "last": person.asks_last, "by_hand": tuple(by_hand)}
        changed |= names  # type: ignore[arg-type]  # fields of a person
    people.put_persons([msgspec.structs.replace(person, **changed)])
    if question.taken:
        source, by = signature_of(key, keys)
        await _note(live, by, f"{source}/names", question.entrant, ("name",))
    return b"true"


def get_own(people: People, entrant: str) -> Person:
    """What is stored of an entrant; of whom nothing was stored so far, nothing."""
    return people.find_person(entrant) or Person(entrant=entrant)


async def _say(live: Live, people: People, link: Link, word: Said, now: int) -> None:
    picture = live.picture
    if picture is None:
        raise BusyError(said("The race is being read in."), said("Try again in a moment."))
    roster = picture.state.roster
    row = roster.find_entrant(link.entrant)
    age = NEVER if row is None else int(roster.age[row])
    before = get_own(people, link.entrant)
    person = say(
        before,
        word,
        link.hand,
        minor=age != NEVER and age < ADULT_AGE,
        unless_told=picture.event.privacy.unless_told,
    )
    people.put_persons([msgspec.structs.replace(person, said_at=now)])
    await _note(live, "", LINK, link.entrant, list_changed(before, person))


async def _note(
    live: Live, by: str, source: str, entrant: str, changed: tuple[Detail, ...]
) -> None:
    """That something was changed is a fact of the event's time; what it was and is, is none."""
    if changed and live.picture is not None:
        at = live.picture.now
        fact = DetailsChanged(seen_at=at, entrant=entrant, changed=changed, by=by)
        await live.keep([Heard(received(fact, source, at), None)])


def list_held_entrants(people: People, hashes: Iterable[str], now: int) -> list[str]:
    """The entrants whose private links are open, by the hashes of a browser's sessions."""
    return [link.entrant for link in _list_held(people, hashes, now)]


def _list_held(people: People, hashes: Iterable[str], now: int) -> list[Link]:
    """Sessions that hold, in the order in which the browser has them; no link is a session."""
    found = (people.find_link(one) for one in list(hashes)[:HELD])
    return [link for link in found if link is not None and link.parent and link.holds(now)]
