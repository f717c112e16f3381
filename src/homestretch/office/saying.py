"""`homestretch say`: what an official says, as a fact, from the command line.

The same door as the web's: an item is made of the words and read by ``readers.json_door``, so what may be
said, and how it is refused, is the same everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from homestretch.boards.judging import JUDGED, find_objection
from homestretch.errors import FactError
from homestretch.facts import AnyFact
from homestretch.office.exports import make_picture
from homestretch.office.said_times import said_at
from homestretch.race.clock import Moment
from homestretch.race.event import Event
from homestretch.readers.json_door import Refused, read_batch
from homestretch.readers.json_fields import FIELDS
from homestretch.store import TEXT_KEEP_MS, Text
from homestretch.store.keys import TYPED
from homestretch.store.opening import Store

SOURCE: Final = "command-line"
NAMELESS: Final = "director"
"""Who says what is said here by nobody in particular."""
_TIMES: Final = ("at", "since_at", "from_at", "until_at")


def say(
    store: Store, event: Event, kind: str, words: Mapping[str, str], now: Moment, name: str = ""
) -> AnyFact:
    """Append one fact, durable when this returns; FactError with the reason when it cannot be one.

    ``words`` are its fields; ``at`` is when it was seen (11:20, +1 00:12, or a date with time), else now.
    ``name`` is who says it; as a name it is kept where it can be erased, and the fact refers to it.
    """
    item = _make_item(event, kind, words, now)
    by = _reference(item) if name else NAMELESS
    batch = read_batch(msgspec.json.encode({"items": [item]}), now.event_at, SOURCE, "director", by)
    if batch.refused:
        refused: Refused = batch.refused[0]
        raise FactError(
            refused.reason, "Nothing was said. Look at the words: homestretch say --help"
        )
    heard = batch.heard[0]
    fact, keep_until = heard.received.fact, now.wall_at + TEXT_KEEP_MS
    if isinstance(fact, JUDGED):
        objection = find_objection(make_picture(store, now.event_at), fact, heard.received.id)
        if objection:
            raise FactError(
                f"Not said: {objection}", "Nothing was said. Look at the page of podiums."
            )
    texts = []
    if heard.text is not None and (ref := getattr(fact, "text_ref", None)):
        texts.append(Text(ref, heard.text, keep_until))
    if name and getattr(fact, "by", "") == by:
        texts.append(Text(by, name.encode(), keep_until))
    store.people.put_texts(texts)
    store.log.append([heard.received])
    return fact


def _make_item(event: Event, kind: str, words: Mapping[str, str], now: Moment) -> dict[str, Any]:
    """An item of the JSON door; its number is the wall's, because a rehearsal's clock may stand."""
    item: dict[str, Any] = {"seq": now.wall_at, "kind": kind, "seen_at": now.event_at}
    for name, word in words.items():
        if name in _TIMES:
            at = said_at(word, event, now.event_at)
            item["seen_at" if name == "at" else name] = at
        else:
            item[name] = _value(kind, name, word)
    return item


def _reference(item: Mapping[str, Any]) -> str:
    """A reference for who says this. Neither name nor text is part of it: a guess could be tried."""
    plain = {word: value for word, value in item.items() if word != "text"}
    said = msgspec.json.encode(plain, order="deterministic")
    return TYPED + hashlib.blake2b(said, digest_size=12).hexdigest()


def _value(kind: str, name: str, word: str) -> str | float | list[str]:
    """A word as its field holds it; what the kind does not have is refused by the door."""
    field = FIELDS.get(kind, {}).get(name)
    form = field.form if field else "text"
    if form == "words":
        return [part.strip() for part in word.split(",")]
    if form not in ("whole", "number"):
        return word
    try:
        return int(word) if form == "whole" else float(word)
    except ValueError as error:
        raise FactError(f"{name}={word} is not a number.", "Write digits only.") from error
