"""Our own HTTP JSON door: batches with the device's own sequence numbers, for home-made readers,
phones and control.

::

    POST /{event}/facts          Authorization: Bearer KEY
    {"items": [{"seq": 17, "kind": "read", "seen_at": "2026-05-03T07:00:01.123-04:00",
                "chip": "413A35", "place": "5K"}]}

Times are ISO 8601 with an offset, or milliseconds since 1970. ``text`` is free text that goes with
the fact and can be erased. A batch is answered once it is durable; sent again it changes nothing
(docs/readers.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar, get_args

import msgspec

from homestretch.errors import FactError
from homestretch.facts import (
    CHANGES,
    AnyFact,
    Fact,
    Flag,
    PlaceShared,
    Ruled,
    Struck,
    TakenOver,
    decode,
    normal_chip,
    received,
)
from homestretch.race.privacy import Role
from homestretch.race.saying import joined, said
from homestretch.race.spelling import bib_key
from homestretch.readers import Heard, unreadable
from homestretch.readers.json_fields import in_form, say_kinds, say_others, say_wrong
from homestretch.readers.json_numbers import check_numbers
from homestretch.readers.speaking import Bound

T = TypeVar("T")

_EVERYONE = {"read", "ping", "sighting"}
_OF_DEVICES = {"clock-checked", "device-status", "marker", "unreadable"}
"""What a station passes on of the devices that it listens to."""
_AT_A_POINT = {"help-called", "sighting", "struck", "taken-over", "withdrawn"}
_STORIES = {
    "held", "story-asked", "story-pictured", "story-published", "story-withdrawn", "story-written", "takedown-asked",
}  # fmt: skip
_CONTROL = _EVERYONE | _STORIES | {
    "assigned", "collected", "corrected", "flag", "gun", "help-called", "help-heard", "hidden", "mat-lifted",
    "moved", "photo-answered", "photo-locked", "photo-placed", "photo-taken-down", "protested", "road-opened", "ruled",
    "struck", "taken-over", "withdrawn",
}  # fmt: skip
_OF_RESULTS = {"declared", "place-shared", "podium-cleared", "protest-decided", "results-posted"}
"""What makes results official, and is the director's alone."""
KINDS_OF_ROLE: dict[Role, set[str]] = {
    "device": {"read", "ping"} | _OF_DEVICES,
    "station": _AT_A_POINT,
    "medical": {"held", "help-heard"} | _AT_A_POINT,
    "sweep": _AT_A_POINT,
    "announcer": set(),
    "desk": {"collected", "struck"} | _STORIES,
    "photographer": set(),
    "control": _CONTROL,
    "director": (_CONTROL - {"help-heard"}) | _OF_RESULTS,
    "public": set(),
    "runner": set(),
}
"""Which kinds of fact a role may say."""

MOST_ITEMS = 5_000
LONGEST_TEXT = 2000
LONGEST_WORD = 200
SECONDS_UNTIL = 100_000_000_000
"""Milliseconds since 1970 before March 1973 are seconds of our days."""
_FORM: Final = 'Send {"items": [{"seq": 1, "kind": "read", ...}]}.'
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for text that is no JSON, no UTF-8, or nested without end."""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Whatever ends a line somewhere: kept as a line feed."""
_NO_WORD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that no name, bib or chip has, and that not every store can keep."""


def _fields(kind: type[Fact]) -> set[str]:
    names = {field.name for field in msgspec.structs.fields(kind)}
    return names | {"kind"} | ({"text"} if "text_ref" in names else set())


_FIELDS: Final = {str(kind.__struct_config__.tag): _fields(kind) for kind in get_args(AnyFact)}
"""What may stand in an item of each kind, ``seq`` apart."""
_SIGNED: Final = {kind for kind, names in _FIELDS.items() if "by" in names}
_LISTS: Final = ("races", "errors", "bibs")
MOST_WORDS = 50
_TIMES: Final = ("since_at", "from_at", "until_at")
_NEEDED: Final = {
    "read": ("chip", "place"),
    "ping": ("vehicle",),
    "sighting": ("bib",),
    "assigned": ("chip",),
    "hidden": ("entrant",),
    "marker": ("place",),
    "moved": ("bib", "race"),
    "unreadable": ("reason",),
    "collected": ("bib",),
    "corrected": ("of",),
    "gun": ("race",),
    "held": ("entrant",),
    "story-asked": ("story", "entrant"),
    "story-pictured": ("story",),
    "story-published": ("story",),
    "story-withdrawn": ("story",),
    "story-written": ("story",),
    "takedown-asked": ("story",),
    "mat-lifted": ("place",),
    "road-opened": ("from_place", "to_place"),
    "ruled": ("bib",),
    "help-heard": ("source",),
    "photo-answered": ("photo", "bib"),
    "photo-locked": ("photo",),
    "photo-placed": ("photo", "place"),
    "photo-taken-down": ("photo",),
    "struck": ("source",),
    "taken-over": ("bib",),
    "withdrawn": ("bib",),
    "declared": ("race",),
    "podium-cleared": ("category",),
    "results-posted": ("category",),
    "protested": ("bib",),
    "protest-decided": ("source",),
}
"""Words that must not be empty."""


class Refused(msgspec.Struct, frozen=True):
    """An item that did not become the fact it meant to be: its number, and why."""

    seq: int | None
    reason: str


class Batch(msgspec.Struct, frozen=True):
    """What a request said: facts, and the items refused (kept as unreadable facts), and
    ``why``, as it can be said again."""

    heard: list[Heard]
    refused: list[Refused]
    why: list[str] = []


class _Items(msgspec.Struct, forbid_unknown_fields=True):
    items: list[msgspec.Raw]


def read_batch(body: bytes, at: int, source: str, role: Role, by: str, station: str = "") -> Batch:
    """The facts in a request of the key ``source`` (its role and label); FactError if it is no batch.

    A key of a ``station`` speaks for that place alone.
    """
    return read_items(split_batch(body), at, source, by, Bound(role, station))


def read_items(
    items: Sequence[msgspec.Raw | bytes], at: int, source: str, by: str, bound: Bound
) -> Batch:
    """The facts in items of a batch; ``bound`` is for what the key speaks.

    The reason that is kept with a refused item has no words of the sender in it: it cannot be erased.
    """
    heard, refused, why = list[Heard](), list[Refused](), list[str]()
    for raw in items:
        seq = None
        try:
            item: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, Any])
            seq = _number(item.pop("seq", None))
            here = _fact(item, seq, at, _source(source, item), bound.role, by)
            _check_say(here.received.fact, bound, here.received.source)
            heard.append(here)
        except FactError as error:
            why.append(joined(filter(None, (error.what, error.hint)), " "))
            refused.append(Refused(seq, str(why[-1])))
            heard.append(unreadable(bytes(raw), str(error.what), source, at, number=seq or 0))
        except _UNREADABLE as error:
            reason = "This is not an item of a batch."
            why.append(f"{reason} {error}"[:300])
            refused.append(Refused(seq, why[-1]))
            heard.append(unreadable(bytes(raw), reason, source, at, number=seq or 0))
    return Batch(heard, refused, why)


def _source(source: str, item: dict[str, Any]) -> str:
    """The source of an item: the key's, and behind it the ``device`` whose word a station passes on."""
    device = item.pop("device", None)
    if device is None:
        return source
    if not isinstance(device, str) or not device.strip():
        raise FactError("A device is a name.", "Leave it out, or write what it calls itself.")
    return f"{source}/{_word('device', device)}"


def split_batch(body: bytes) -> Sequence[msgspec.Raw | bytes]:
    """The items of a batch, each as its own JSON; one that nobody can read does not spoil the others.
    FactError when it is none, or when there are too many."""
    try:
        return _few(msgspec.json.decode(body, type=_Items).items)
    except _UNREADABLE as error:
        try:
            batch = json.loads(body.decode("utf-8", "surrogateescape"))
            if batch.keys() == {"items"} and isinstance(batch["items"], list):
                return [json.dumps(item).encode() for item in _few(batch["items"])]
        except (ValueError, AttributeError, RecursionError):
            pass
        raise FactError(f"This is not a batch: {error}.", _FORM) from error


def _few(items: list[T]) -> list[T]:
    if len(items) > MOST_ITEMS:
        raise FactError(
            f"A batch has at most {MOST_ITEMS:,} items.",
            "Nothing of this one was taken: send it in smaller batches.",
        )
    return items


def _fact(item: dict[str, Any], seq: int, at: int, source: str, role: Role, by: str) -> Heard:
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in _CONTROL | _OF_DEVICES | _OF_RESULTS:
        hint = say_kinds(kind, KINDS_OF_ROLE[role] or _CONTROL)
        raise FactError("The kind is not one that this door takes.", hint)
    if kind not in KINDS_OF_ROLE[role]:
        raise FactError(said("A key for {role} may not say {kind}.", role=role, kind=repr(kind)))
    if not item.keys() <= _FIELDS[kind]:
        hint = say_others(kind, item.keys() - _FIELDS[kind])
        raise FactError(f"A {kind} has other fields.", hint)
    unread = kind == "unreadable"  # of what nobody could read nobody knows the time
    item["seen_at"] = 0 if unread else _moment("seen_at", item.get("seen_at"))
    if kind in ("clock-checked", "device-status"):
        item["of"] = source  # a device speaks for itself
    text = _take_text(item, unread)
    for name, value in item.items():
        if name != "kind" and isinstance(value, str):
            item[name] = _word(name, value)
    for name in _NEEDED.get(kind, ()):
        if item.get(name) == "":
            raise FactError("A word is missing.", f"{name} is empty.")
    if kind in ("read", "assigned") and isinstance(item.get("chip"), str):
        item["chip"] = normal_chip(item["chip"])
    if kind != "read":
        _look_closer(item, kind, by)
    if text:
        label = f"{source}\0{seq}\0".encode() + msgspec.json.encode(item, order="deterministic")
        item["text_ref"] = "text-" + hashlib.blake2b(label, digest_size=12).hexdigest()
    try:
        fact = decode(msgspec.json.encode(item))  # faster than msgspec.convert to a union
    except msgspec.ValidationError as error:
        hint = say_wrong(kind, item, str(error)[:200])
        raise FactError("A field is missing or wrong.", hint) from error
    if kind != "read":
        check_numbers(fact)
    return Heard(received(fact, source, at, seq), text.encode() if text else None)


def _take_text(item: dict[str, Any], unread: bool) -> str:
    """The free text of an item, taken out of it; of what nobody could read every byte stays as it is."""
    item.pop("text_ref", None)
    text = item.pop("text", None)
    if text is None:
        return ""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise FactError(said("A text has at most {count} characters.", count=LONGEST_TEXT))
    return text if unread else _LINE_ENDS.sub("\n", text)


def _look_closer(item: dict[str, Any], kind: str, by: str) -> None:
    """What only some kinds have: further times, lists of words, who says it."""
    for name in _TIMES:
        if item.get(name) is not None:
            item[name] = _moment(name, item[name])
    for name in _LISTS:
        if isinstance(words := item.get(name), list):
            item[name] = [
                _word(name, word) if isinstance(word, str) else word for word in words[:MOST_WORDS]
            ]
    if kind in _SIGNED:
        item["by"] = by
    item.update(in_form(kind, item))


def _check_say(fact: AnyFact, bound: Bound, source: str) -> None:
    """What only some may say, of a kind that their role may."""
    if isinstance(fact, Ruled) and fact.verdict == "count-after-stop" and bound.role != "director":
        raise FactError(said("Whether a finish after the stop counts is the director's ruling."))
    person = bound.role not in ("control", "director")
    if isinstance(fact, PlaceShared) and len({bib_key(bib) for bib in fact.bibs}) < 2:
        raise FactError(said("A place is shared by two or more."), said("bibs is a list of them."))
    if isinstance(fact, Flag) and fact.state in CHANGES and fact.from_m is None:
        raise FactError(
            said("A change of the course needs its place: whoever has passed it ran as planned."),
            said("from_m is where it begins, in metres from the start."),
        )
    if isinstance(fact, Struck) and person and fact.source != source:
        raise FactError(
            said("This key takes back only what it said itself."), said("Ask course control.")
        )
    if bound.role == "station" and isinstance(fact, TakenOver):
        if fact.taken_by == "vehicle":
            raise FactError(said("Whom a vehicle carries ahead is said by course control."))
        if bound.station and not fact.place:
            raise FactError(
                said("A station says where it hands somebody over."),
                said("It is {name}.", name=bound.station),
            )
    bound.check(fact)


def _word(name: str, text: str) -> str:
    """A name, bib, chip or place without blanks around it."""
    if len(text) > LONGEST_WORD or (not text.isprintable() and _NO_WORD.search(text)):
        raise FactError(
            f"A word has at most {LONGEST_WORD} characters, and no control characters.",
            f"Look at {name}.",
        )
    return text.strip()


def _number(seq: object) -> int:
    if isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < 2**62:
        return seq
    raise FactError("Each item needs its own number: seq, a whole number from 0 on.")


def _moment(name: str, value: object) -> int:
    """UTC milliseconds of an ISO text with offset or of a number of milliseconds."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        moment = value
        if 0 < moment < SECONDS_UNTIL:
            raise FactError("A time is in seconds.", f"Say {name} in milliseconds, or in ISO 8601.")
    elif isinstance(value, str):
        try:
            stamp = dt.datetime.fromisoformat(value)
        except ValueError as error:
            hint = f"{name} is {_say(value)}; write 2026-05-03T07:00:01.123-04:00."
            raise FactError("A time cannot be read.", hint) from error
        if stamp.tzinfo is None:
            raise FactError("A time has no offset.", f"Write Z or -04:00 behind {name}.")
        elapsed = stamp - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        moment = elapsed.days * 86_400_000 + elapsed.seconds * 1000 + elapsed.microseconds // 1000
    else:
        raise FactError("A time is missing.", f"Say {name} in ISO 8601 with an offset.")
    if not 0 < moment < 4_102_444_800_000:
        raise FactError("A time is not between 1970 and 2100.", f"Look at {name}.")
    return moment


def _say(value: object) -> str:
    """A value of the sender in an answer, cut short."""
    return repr(value)[:60]
