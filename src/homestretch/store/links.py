"""Private links of entrants: who may see and change what is stored of one person. Only the SHA-256 is kept."""

from __future__ import annotations

import secrets

import msgspec

from homestretch.race.consent import Hand
from homestretch.store.keys import token_hash


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A private link, or a session that a browser made of one (``parent`` is the id of its link). ``created_at``,
    ``expires_at`` and ``revoked_at`` are UTC ms; ``hand`` says whose it is."""

    id: str
    hash: str
    entrant: str
    hand: Hand
    created_at: int
    expires_at: int
    parent: str = ""
    revoked_at: int | None = None

    def holds(self, now: int) -> bool:
        """Whether the link opens anything at ``now`` (UTC ms)."""
        return self.revoked_at is None and now < self.expires_at


def new_link(
    entrant: str, hand: Hand, *, created_at: int, expires_at: int, parent: str = ""
) -> tuple[Link, str]:
    """A new link and its token (256 random bits, shown once)."""
    token = secrets.token_urlsafe(32)
    link = Link(
        id=secrets.token_hex(8),
        hash=token_hash(token),
        entrant=entrant,
        hand=hand,
        created_at=created_at,
        expires_at=expires_at,
        parent=parent,
    )
    return link, token
