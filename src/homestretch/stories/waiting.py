"""Questions that wait to be sent by a channel of the event."""

from __future__ import annotations

from typing import Final, NamedTuple

from homestretch.picture import Picture
from homestretch.state.told import StoryWord
from homestretch.stories.agreed import waits_for
from homestretch.stories.consent import said_of, why_not_ask

SENT_BY: Final = ("e-mail", "text")
"""Channels by which something is sent; a code at the finish is shown there."""


class Waiting(NamedTuple):
    """A question that is to be sent by a channel of the event, and how the last attempt went (None: there was none)."""

    asked: StoryWord
    last: StoryWord | None


def list_waiting(picture: Picture) -> tuple[Waiting, ...]:
    """Questions by e-mail and text message that were not sent so far, to people who may be asked now and have not
    answered, or said yes before something newer; what waits longest is first."""
    found: dict[tuple[str, str], Waiting] = {}
    for word in reversed(picture.state.stories):
        key = word.story, word.entrant
        if word.kind == "story-asked":
            found.pop(key, None)
            if word.channel in SENT_BY:
                found[key] = Waiting(word, None)
        elif word.kind == "ask-sent" and key in found:
            if word.outcome == "sent":
                del found[key]
            else:
                found[key] = found[key]._replace(last=word)
    return tuple(one for one in found.values() if _waits(picture, one.asked))


def may_have_code(picture: Picture, story_id: str, row: int) -> bool:
    """Whether somebody was asked by a code at the finish, and may be asked now: the code opens their own page."""
    asked = said_of(picture, story_id).asked.get(picture.state.roster.entrants[row])
    return asked is not None and asked.channel == "qr" and not why_not_ask(picture, row)


def _waits(picture: Picture, asked: StoryWord) -> bool:
    row = picture.state.roster.find_entrant(asked.entrant)
    if row is None or why_not_ask(picture, row):
        return False
    person = picture.names.persons.get(asked.entrant)
    if person is None:
        return False
    return not person.story_answers.get(asked.story) or waits_for(picture, row, asked.story)
