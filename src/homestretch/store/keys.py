"""Keys: who may use which door or page. A key is a random token of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from homestretch.race.privacy import Role


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key or a session made from one. ``expires_at`` and ``revoked_at`` are UTC ms; ``parent`` is
    the id of the key from which a session came."""

    id: str
    hash: str
    role: Role
    created_at: int
    expires_at: int
    label: str = ""
    station: str = ""
    parent: str = ""
    revoked_at: int | None = None

    def holds(self, now: int) -> bool:
        """Whether the key opens anything at ``now`` (UTC ms)."""
        return self.revoked_at is None and now < self.expires_at


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_key(
    role: Role,
    *,
    created_at: int,
    expires_at: int,
    label: str = "",
    station: str = "",
    parent: str = "",
) -> tuple[Key, str]:
    """A new key and its token (256 random bits, shown once)."""
    token = secrets.token_urlsafe(32)
    key = Key(
        id=secrets.token_hex(4),
        hash=token_hash(token),
        role=role,
        created_at=created_at,
        expires_at=expires_at,
        label=label,
        station=station,
        parent=parent,
    )
    return key, token
