"""Keys: who may use which door or page. A key is a random token of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import msgspec

from homestretch.race.privacy import Role

TYPED: Final = "by-"
"""What a reference to a typed name begins with, where a fact says by whom it was said."""
_KEY: Final = "key-"
FORGOTTEN: Final = "somebody whose name is no longer kept"


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


class Signature(NamedTuple):
    """Under which source, and as said by whom, the facts of a key stand in the log."""

    source: str
    by: str


def signature_of(key: Key, keys: Iterable[Key]) -> Signature:
    """A person's key signs with its role and id: a fact cannot be erased, the label of a key can.

    A device signs with its label, which names a thing. A session signs as the key that it came from (one
    of ``keys``), so that a batch sent again from another browser is the same facts.
    """
    of = key.parent or key.id
    if key.role == "device":
        name = next((one.label for one in keys if one.id == of), key.label) or of
        return Signature(f"http:{name}", name)
    return Signature(f"http:{key.role}-{of}", f"{_KEY}{of}")


def say_signer(by: str, keys: Iterable[Key], find_text: Callable[[str], bytes | None]) -> str:
    """Who said a fact, for staff: the label of a key and its role, or the name that was typed, while these
    are kept. What is neither is said as it stands."""
    if by.startswith(TYPED):
        return (find_text(by) or FORGOTTEN.encode()).decode("utf-8", "replace")
    key = next((one for one in keys if by == f"{_KEY}{one.id}"), None)
    if key is None:
        return by
    return f"{key.label} ({key.role})" if key.label else f"{key.role}, key {key.id}"
