"""Rows of the log as they are told to whoever may look behind a number: what was said, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from homestretch.errors import NotFound
from homestretch.race.saying import said
from homestretch.server.kept import Kept
from homestretch.server.questions import LogRow
from homestretch.state.read_values import Use
from homestretch.store import Logged
from homestretch.store.keys import say_signer

LARGEST_SEQ = 2**63 - 1


def tell_rows(kept: Kept, seqs: Sequence[int]) -> bytes:
    """What stands at some positions of the log, as JSON; NotFound where it is not that long."""
    if any(seq > LARGEST_SEQ for seq in seqs):
        raise NotFound(said("The log is not that long."), said("Open it from a runner's page."))
    uses = kept.live.find_uses(seqs)
    return msgspec.json.encode(
        [_told(kept, kept.log.get(seq), use) for seq, use in zip(seqs, uses, strict=True)]
    )


def _told(kept: Kept, logged: Logged, use: Use | None) -> LogRow:
    """A row, who said it in words that are not in the log, and what became of it."""
    signer = getattr(logged.fact, "by", "")
    return LogRow(
        seq=logged.seq,
        source=logged.id.source,
        number=logged.id.number,
        received_at=logged.received_at,
        by=say_signer(signer, kept.keys, kept.people.find_text),
        fact=logged.fact,
        use=use,
    )
