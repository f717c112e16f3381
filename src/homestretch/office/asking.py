"""`homestretch ask`: sends the questions of the desk that wait, each once, by the channels that the event has.

Whether somebody may be asked is looked at again for each one: an entry that is held meanwhile is not asked. A link is
made for each question, because only a hash is kept of those that were made before. What became of it is a fact, and a
link that did not go out opens nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from homestretch.companions.following import Following
from homestretch.errors import PlanError
from homestretch.facts import AskSent, received
from homestretch.facts.askings import Hindrance
from homestretch.folder.asking import ASKING, Asking, find_asking
from homestretch.office.exports import make_picture
from homestretch.office.posting_questions import Went, find_number, send_mail, send_text
from homestretch.office.question_letters import Letter, make_mail, write_letter, write_text
from homestretch.picture import Picture
from homestretch.race.clock import Moment
from homestretch.race.entrant import Person
from homestretch.state.told import StoryWord
from homestretch.store.links import new_link
from homestretch.store.opening import Store
from homestretch.stories.finding import find_story
from homestretch.stories.waiting import list_waiting
from homestretch.web.spoken import find_speech

SOURCE: Final = "asking"
LOCK: Final = ".asking.lock"
LINK_MS: Final = 60 * 86_400_000
"""How long the link in a question holds."""


class Asked(NamedTuple):
    """How many questions went out, how many are tried again, how many somebody must look at, and why."""

    sent: int
    failing: int
    left: int
    reasons: tuple[Hindrance, ...]


def send_questions(store: Store, folder: Path, moment: Moment) -> Asked:
    """Send what waits; PlanError when the event's channels cannot be read, or another process sends."""
    with _alone(folder):
        return _send_all(store, find_asking(folder), moment)


def _send_all(store: Store, asking: Asking | None, moment: Moment) -> Asked:
    picture = make_picture(store, moment.event_at)
    waiting = list_waiting(picture)
    if waiting:
        found = Following().look(picture.event, picture.state, anew=True)
        picture = replace(picture, companions=found)
    done = []
    for one in waiting:
        story = find_story(picture, one.asked.story)
        if story is None or one.asked.entrant not in story.entrants:
            continue  # it is no story now; it may be one again
        went = _send(store, asking, picture, one.asked, moment)
        _note(store, one.asked, went, moment)
        done.append(went)
    outcomes = [went.outcome for went in done]
    reasons = tuple(dict.fromkeys(went.reason for went in done if went.reason))
    return Asked(
        sent=outcomes.count("sent"),
        failing=outcomes.count("failing"),
        left=outcomes.count("left"),
        reasons=reasons,
    )


def _send(
    store: Store, asking: Asking | None, picture: Picture, asked: StoryWord, moment: Moment
) -> Went:
    person = picture.names.persons[asked.entrant]
    if why := _find_fault(asking, person, asked.channel):
        return Went("left", why)
    assert asking is not None
    link, token = new_link(
        asked.entrant, "own", created_at=moment.wall_at, expires_at=moment.wall_at + LINK_MS
    )
    store.people.put_links([link])
    address = f"{asking.pages}/{picture.event.id}/me/{token}"
    went = _send_by(asking, picture, person, asked, address)
    if went.outcome != "sent":
        store.people.revoke_link(link.id, moment.wall_at)
    return went


def _send_by(asking: Asking, picture: Picture, person: Person, asked: StoryWord, link: str) -> Went:
    speech = find_speech(picture.event.language)
    if asked.channel == "text":
        words = write_text(picture, person, link, speech).text
        return send_text(asking.text, find_number(person.phone), words)
    assert asking.mail is not None
    number = hashlib.blake2b(f"{asked.story}\0{asked.id}".encode(), digest_size=12).hexdigest()
    letter = write_letter(picture, person, link, speech)
    try:
        message = make_mail(letter, asking.mail.sender, person.email, number, time.time())
    except (ValueError, IndexError):
        return Went("left", "bad-address")
    return send_mail(asking.mail, message)


def _find_fault(asking: Asking | None, person: Person, channel: str) -> Hindrance:
    """Why nothing can be sent to somebody by a channel; empty when it can."""
    if channel == "text":
        if asking is None or not asking.text:
            return "no-texts"
        return "" if find_number(person.phone) else "no-number"
    if asking is None or asking.mail is None:
        return "no-e-mail"
    return "" if person.email else "no-address"


def _note(store: Store, asked: StoryWord, went: Went, moment: Moment) -> None:
    at = max(moment.event_at, asked.said_at + 1)
    fact = AskSent(
        seen_at=at, story=asked.story, entrant=asked.entrant, channel=asked.channel,  # type: ignore[arg-type]  # of an ask
        outcome=went.outcome, reason=went.reason,
    )  # fmt: skip
    store.log.append([received(fact, SOURCE, at)])


def send_trial(folder: Path, to: str, event: str) -> Went:
    """A letter or a text message that asks nothing, to an address of the organiser's own."""
    asking = find_asking(folder)
    if asking is None:
        raise PlanError(
            f"There is no {ASKING} in {folder}.", "docs/stories.md shows what stands in it."
        )
    words = f"This is a trial of {event}: questions about stories go this way."
    if "@" not in to:
        if not asking.text or not find_number(to):
            raise PlanError(
                "No text message can be sent there.", f"Look at {ASKING} and the number."
            )
        return send_text(asking.text, find_number(to), words)
    if asking.mail is None:
        raise PlanError(f"{ASKING} says no server for e-mail.", "docs/stories.md shows how.")
    number = secrets.token_hex(12)
    letter = make_mail(Letter(event, f"{words}\n"), asking.mail.sender, to, number, time.time())
    return send_mail(asking.mail, letter)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Send in one process at a time, or a question would go out twice; PlanError when another one does."""
    way = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(way, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlanError(
                "Questions are being sent already.", "Try again in a minute."
            ) from error
        yield
