"""What members of staff ask of the keeper beside entering facts: what was said, and that somebody be hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from homestretch.errors import NotFound, RefusedError
from homestretch.facts import (
    HelpCalled,
    Hidden,
    Sighting,
    TakenOver,
    Withdrawn,
    digest,
    received,
)
from homestretch.live import Live
from homestretch.race.privacy import STAFF
from homestretch.readers import Heard
from homestretch.server.wire import Hide, SaidRow, Sayings
from homestretch.state.entries import A_FORM
from homestretch.state.sayings import Saying
from homestretch.state.snapshot import NEVER
from homestretch.store import Log, People
from homestretch.store.keys import Key, say_signer, signature_of

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
        raise RefusedError(f"A key for {key.role} hides nobody.", "Ask a member of the staff.")
    picture = live.picture
    if picture is None or question.entrant not in picture.state.roster.entrants:
        raise NotFound("There is no such entrant.", "Look at the bib again.")
    source, by = signature_of(key, keys)
    said_at = min(question.at, now)
    fact = Hidden(seen_at=said_at, entrant=question.entrant, by=by)
    heard = Heard(received(fact, f"{source}/hide", now, said_at * A_FORM), None)
    await live.keep([heard])
    return b"true"
