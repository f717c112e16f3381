"""A code at the finish: the desk asks somebody for a story, and they answer on their own page, which a private link of
their own opens."""

from __future__ import annotations

from typing import Final

from homestretch.errors import NotFound, RefusedError
from homestretch.live import Live
from homestretch.race.saying import said
from homestretch.server.questions import FinishCode
from homestretch.store import People
from homestretch.store.keys import Key
from homestretch.store.links import new_link
from homestretch.stories.waiting import may_have_code

MAY: Final = ("desk", "director")
CODE_MS: Final = 60 * 86_400_000
"""So long a code holds, as the link in a letter does: the page is where they change their mind later."""


def make_code(live: Live, people: People, key: Key, question: FinishCode, wall_now: int) -> bytes:
    """The token of a new private link. RefusedError for a key of another role, NotFound for somebody who was not asked
    by a code, or may not be asked now."""
    if key.role not in MAY:
        raise RefusedError(
            said("A key for {role} shows no code.", role=key.role), said("The desk does.")
        )
    picture = live.picture
    row = picture.state.roster.find_entrant(question.entrant) if picture else None
    if picture is None or row is None or not may_have_code(picture, question.story, row):
        raise NotFound(
            said("There is no code for this entrant now."),
            said(
                "Ask them first, by a code at the finish; the desk says who may not be asked, and why."
            ),
        )
    link, token = new_link(
        question.entrant, "own", created_at=wall_now, expires_at=wall_now + CODE_MS
    )
    people.put_links([link])
    return token.encode()
