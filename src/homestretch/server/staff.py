"""What is asked of the keeper beside entering facts: what was said, that somebody be hidden, that a story be taken
down."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from homestretch.errors import NotFound, RefusedError
from homestretch.facts import (
    HelpCalled,
    Hidden,
    Sighting,
    TakedownAsked,
    TakenOver,
    Withdrawn,
    digest,
    received,
)
from homestretch.live import Live
from homestretch.race.privacy import STAFF
from homestretch.race.saying import said
from homestretch.readers import Heard
from homestretch.server.questions import Hide, SaidRow, Sayings, TakeDown
from homestretch.state.entries import A_FORM
from homestretch.state.sayings import Saying
from homestretch.state.snapshot import NEVER
from homestretch.store import Log, People
from homestretch.store.keys import Key, say_signer, signature_of

MOST_ASKED: Final = 50
"""Requests about one story that are kept; what more say changes nothing."""
SAYINGS: Final = 100
"""Words that one question is answered with."""
OF_HEALTH: Final = (HelpCalled, Sighting, TakenOver, Withdrawn)
"""Kinds whose texts tell how somebody is."""


def tell_sayings(
    live: Live, store: tuple[Log, People], keys: Sequence[Key], question: Sayings
) -> bytes:
    """The newest words of people, with who said them and why, as JSON."""
    found = live.list_sayings(SAYINGS, question.before, question.bib)
    return msgspec.json.encode([_row(*store, keys, saying) for saying in found])


def _row(log: Log, people: People, keys: Sequence[Key], saying: Saying) -> SaidRow:
    logged = saying.logged
    meant = log.get(saying.target).fact if saying.target != NEVER else logged.fact
    ref = getattr(logged.fact, "text_ref", None)
    text = people.find_text(ref) if ref else None
    return SaidRow(
        seq=logged.seq,
        source=logged.id.source,
        number=logged.id.number,
        digest=str(digest(logged.fact)),
        received_at=logged.received_at,
        by=say_signer(getattr(logged.fact, "by", ""), keys, people.find_text),
        text=(text or b"").decode("utf-8", "replace"),
        health=isinstance(meant, OF_HEALTH),
        fact=logged.fact,
        void=saying.void,
        target=saying.target,
    )


async def hide(live: Live, keys: Sequence[Key], key: Key, question: Hide, now: int) -> bytes:
    """An entrant is hidden once this returns; RefusedError for a key of nobody of the staff. No reason is asked
    for, and the form sent twice is one fact."""
    if key.role not in STAFF:
        raise RefusedError(
            said("A key for {role} hides nobody.", role=key.role),
            said("Ask a member of the staff."),
        )
    picture = live.picture
    if picture is None or question.entrant not in picture.state.roster.entrants:
        raise NotFound(said("There is no such entrant."), said("Look at the bib again."))
    source, by = signature_of(key, keys)
    said_at = min(question.at, now)
    fact = Hidden(seen_at=said_at, entrant=question.entrant, by=by)
    heard = Heard(received(fact, f"{source}/hide", now, said_at * A_FORM), None)
    await live.keep([heard])
    return b"true"


async def take_down(live: Live, question: TakeDown, now: int) -> bytes:
    """A story is gone once this returns; NotFound for one that was never published. Whoever reads it may ask, so it
    says nothing about anybody, and one that waits for the desk is not asked for twice."""
    picture = live.picture
    words = picture.state.stories if picture is not None else ()
    of_story = [word for word in words if word.story == question.story]
    if not any(word.kind == "story-published" for word in of_story):
        raise NotFound(said("There is no such story here."), said("It may have been taken down."))
    decided = [one for one in of_story if one.kind in ("story-published", "takedown-asked")]
    if sum(one.kind == "takedown-asked" for one in of_story) >= MOST_ASKED:
        return b"true"
    if decided[0].kind == "takedown-asked" and not question.text:
        return b"true"
    # Of now, and not of when the form was opened: the desk may have published it again since.
    ref = f"takedown-{secrets.token_hex(8)}" if question.text else None
    fact = TakedownAsked(seen_at=now, story=question.story, text_ref=ref)
    text = question.text.encode() if question.text else None
    await live.keep([Heard(received(fact, "page/story", now, now * A_FORM), text)])
    return b"true"
