"""Who follows whom: a browser's subscription, without an account, kept as a text that expires and can be erased."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from homestretch.errors import FactError
from homestretch.race.saying import said

PREFIX: Final = "follows/"
"""How the references of these texts begin; then the entrant, then letters that nobody guesses."""
PUSH_HOSTS: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""The push services of the browsers there are, with every host below them. Nothing is ever sent anywhere else."""
LONGEST_ENDPOINT: Final = 1000
POINT_BYTES, SECRET_BYTES = 65, 16
"""A point of P-256 without compression, and the secret beside it (RFC 8291, 3.1)."""


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that follows an entrant: where its push service takes messages, the browser's public key and secret
    (both base64url). ``ref`` names the text in the people file; ``language`` is that of the page on which they began
    to follow, empty: the event's."""

    ref: str
    entrant: str
    endpoint: str
    p256dh: str
    auth: str
    language: str = ""


class _Kept(msgspec.Struct):
    """What the text says; who is followed stands in its reference."""

    endpoint: str
    p256dh: str
    auth: str
    language: str = ""


def encode(follower: Follower) -> bytes:
    """The text that is kept of a follower."""
    return msgspec.json.encode(
        _Kept(follower.endpoint, follower.p256dh, follower.auth, follower.language)
    )


def decode(texts: Iterable[tuple[str, bytes]]) -> Iterator[Follower]:
    """The followers among the texts of a people file."""
    for ref, content in texts:
        entrant, _, number = ref.removeprefix(PREFIX).rpartition("/")
        if not ref.startswith(PREFIX) or not entrant or not number:
            continue
        kept = msgspec.json.decode(content, type=_Kept)
        yield Follower(
            ref=ref,
            entrant=entrant,
            endpoint=kept.endpoint,
            p256dh=kept.p256dh,
            auth=kept.auth,
            language=kept.language,
        )


def check(follower: Follower, hosts: Iterable[str]) -> None:
    """FactError unless this is a browser's subscription at one of the push services ``hosts`` (or below one)."""
    if not is_of_service(follower.endpoint, hosts):
        raise FactError(
            said("This browser's push service is not known here."),
            said("Follow on the page itself."),
        )
    if len(_bytes(follower.p256dh)) != POINT_BYTES or len(_bytes(follower.auth)) != SECRET_BYTES:
        raise FactError(
            said("The browser's key cannot be read."), said("Reload the page and try again.")
        )


def is_of_service(endpoint: str, hosts: Iterable[str]) -> bool:
    """Whether an address is https at a push service that is known, and nothing beside it: no other port unless the
    host is listed with it, no user, no blanks. Whoever subscribes must not choose where this server sends to."""
    if len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or "@" in parts.netloc or " " in endpoint or "\\" in endpoint:
        return False
    named = host if port in (None, 443) else f"{host}:{port}"
    return any(named == one or named.endswith(f".{one}") for one in hosts)


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return b""
