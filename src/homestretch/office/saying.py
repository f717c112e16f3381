"""`homestretch say`: what an official says, as a fact, from the command line.

The same door as the web's: an item is made of the words and read by ``readers.json_door``, so what may be
said, and how it is refused, is the same everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from homestretch.errors import FactError
from homestretch.live import TEXT_KEEP_MS
from homestretch.race.event import Event
from homestretch.readers.json_door import Refused, read_batch
from homestretch.store import Text
from homestretch.store.opening import Store

SOURCE = "command-line"
_NUMBERS: dict[str, type[int] | type[float]] = {
    "offset_ms": int,
    "number": int,
    "digest": int,
    "from_m": float,
}
_TIMES = ("at", "since_at", "from_at", "until_at")


def say(store: Store, event: Event, kind: str, words: Mapping[str, str], now: int, by: str) -> None:
    """Append one fact, durable when this returns; FactError with the reason when it cannot be one.

    ``words`` are its fields; ``at`` is when it was seen (11:20, or ISO 8601), else ``now`` (UTC ms).
    """
    item: dict[str, Any] = {"seq": now, "kind": kind, "seen_at": now}
    for name, word in words.items():
        if name in _TIMES:
            item["seen_at" if name == "at" else name] = _moment(word, event)
        elif name in _NUMBERS:
            item[name] = _number(name, word)
        else:
            item[name] = word.split(",") if name == "races" else word
    batch = read_batch(
        msgspec.json.encode({"items": [item]}), now, f"{SOURCE}:{by}", "director", by
    )
    if batch.refused:
        refused: Refused = batch.refused[0]
        raise FactError(
            refused.reason, "Nothing was said. Look at the words: homestretch say --help"
        )
    heard = batch.heard[0]
    ref = getattr(heard.received.fact, "text_ref", None)
    if heard.text is not None and ref is not None:
        store.people.put_texts([Text(ref, heard.text, now + TEXT_KEEP_MS)])
    store.log.append([heard.received])


def _number(name: str, word: str) -> float:
    try:
        return _NUMBERS[name](word)
    except ValueError as error:
        raise FactError(f"{name}={word} is not a number.", "Write digits only.") from error


def _moment(word: str, event: Event) -> str:
    """An ISO text with its offset; a time of day is one of the event's date in its zone."""
    try:
        if "T" not in word:
            time = dt.time.fromisoformat(word)
            day = dt.date.fromisoformat(event.date)
            return dt.datetime.combine(day, time, tzinfo=event.zone_info).isoformat()
        moment = dt.datetime.fromisoformat(word)
    except ValueError as error:
        raise FactError(f"{word!r} is not a time.", "Write it like 11:20 or 11:20:05.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=event.zone_info)).isoformat()
