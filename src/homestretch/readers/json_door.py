"""Our own HTTP JSON door: batches with the device's own sequence numbers, for home-made readers,
phones and control.

::

    POST /{event}/facts          Authorization: Bearer KEY
    {"items": [{"seq": 17, "kind": "read", "seen_at": "2026-05-03T07:00:01.123-04:00",
                "chip": "413A35", "place": "5K"}]}

``seen_at`` is ISO 8601 with its offset, or milliseconds since 1970. ``text`` is free text that goes with
the fact and can be erased. A batch is answered once it is durable; sent again it changes nothing
(docs/readers/json.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec

from homestretch.errors import FactError
from homestretch.facts import decode, normal_chip, received
from homestretch.race.privacy import Role
from homestretch.readers import Heard, unreadable

_EVERYONE = {"read", "ping", "sighting"}
_CONTROL = _EVERYONE | {
    "assigned", "corrected", "flag", "gun", "mat-lifted", "ruled", "struck", "taken-over", "withdrawn",
}  # fmt: skip
KINDS_OF_ROLE: dict[Role, set[str]] = {
    "device": {"read", "ping"},
    "station": {"sighting", "withdrawn"},
    "announcer": set(),
    "desk": set(),
    "photographer": set(),
    "control": _CONTROL,
    "director": _CONTROL,
    "public": set(),
}
"""Which kinds of fact a role may say."""

LONGEST_TEXT = 2000
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for text that is no JSON, no UTF-8, or nested without end."""
_SIGNED = ("sighting", "assigned", "corrected", "flag", "gun", "mat-lifted", "ruled", "struck",
           "taken-over", "withdrawn")  # fmt: skip


class Refused(msgspec.Struct, frozen=True):
    """An item that did not become the fact it meant to be: its number, and why."""

    seq: int | None
    reason: str


class Batch(msgspec.Struct, frozen=True):
    """What a request said: facts, and the items refused (which are kept as unreadable facts)."""

    heard: list[Heard]
    refused: list[Refused]


class _Items(msgspec.Struct, forbid_unknown_fields=True):
    items: list[msgspec.Raw]


def read_batch(body: bytes, at: int, source: str, role: Role, by: str) -> Batch:
    """The facts in a request of the key ``source`` (its role and label); FactError if it is no batch."""
    try:
        items = msgspec.json.decode(body, type=_Items).items
    except _UNREADABLE as error:
        raise FactError(
            f"This is not a batch: {error}.", 'Send {"items": [{"seq": 1, "kind": "read", ...}]}.'
        ) from error
    heard: list[Heard] = []
    refused: list[Refused] = []
    for raw in items:
        seq = None
        try:
            item: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, Any])
            seq = _number(item.pop("seq", None))
            heard.append(_fact(item, seq, at, source, role, by))
        except (FactError, *_UNREADABLE) as error:
            reason = str(error)
            refused.append(Refused(seq, reason))
            heard.append(unreadable(bytes(raw), reason, source, at, number=seq or 0))
    return Batch(heard, refused)


def _fact(item: dict[str, Any], seq: int, at: int, source: str, role: Role, by: str) -> Heard:
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in _CONTROL:
        raise FactError(f"The kind {kind!r} is not one that this door takes.")
    if kind not in KINDS_OF_ROLE[role]:
        raise FactError(f"A key for {role} may not say {kind!r}.")
    item["seen_at"] = _moment(item.get("seen_at"))
    if item.get("since_at") is not None:
        item["since_at"] = _moment(item["since_at"])
    text = item.pop("text", None)
    if text is not None and (not isinstance(text, str) or len(text) > LONGEST_TEXT):
        raise FactError(f"A text has at most {LONGEST_TEXT} characters.")
    item.pop("text_ref", None)
    if text:
        label = f"{source}\0{seq}\0{item['seen_at']}".encode()
        item["text_ref"] = "text-" + hashlib.blake2b(label, digest_size=12).hexdigest()
    if kind in _SIGNED:
        item["by"] = by
    if kind in ("read", "assigned") and isinstance(item.get("chip"), str):
        item["chip"] = normal_chip(item["chip"])
    fact = decode(msgspec.json.encode(item))  # faster than msgspec.convert to a union
    return Heard(received(fact, source, at, seq), text.encode() if text else None)


def _number(seq: object) -> int:
    if isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < 2**62:
        return seq
    raise FactError("Each item needs its own number: seq, a whole number from 0 on.")


def _moment(value: object) -> int:
    """UTC milliseconds of an ISO text with offset or of a number of milliseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        moment = value
    elif isinstance(value, str):
        try:
            stamp = dt.datetime.fromisoformat(value)
        except ValueError as error:
            raise FactError(
                f"{value!r} is not a time.", "Write 2026-05-03T07:00:01.123-04:00."
            ) from error
        if stamp.tzinfo is None:
            raise FactError(f"{value!r} has no offset.", "Write Z or an offset such as -04:00.")
        elapsed = stamp - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        moment = elapsed.days * 86_400_000 + elapsed.seconds * 1000 + elapsed.microseconds // 1000
    else:
        raise FactError("seen_at is missing.", "Say when it was seen, in ISO 8601 with an offset.")
    if not 0 < moment < 4_102_444_800_000:
        raise FactError(f"seen_at {value!r} is not between 1970 and 2100.")
    return moment
