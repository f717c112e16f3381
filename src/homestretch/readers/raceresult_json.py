"""RACE RESULT's exporter "Raw Data Record JSON": passings that their software posts to us.

::

    POST /{event}/doors/raceresult
    {"Bib":50001,"TimingPoint":"STARTFINISH","Time":32795.944,"Invalid":false,
     "Passing":{"Transponder":"ZICAD30","DeviceID":"D-50432","FileNo":177,"PassingNo":1,
                "IsMarker":false,"UTCTime":"2026-05-03T09:06:35.944Z"}}

One record or an array of them. What is answered with 200 is durable; what cannot be read is kept with a
reason and spoils no other record.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import msgspec

from homestretch.errors import FactError
from homestretch.facts import AnyFact, Marker, Read, normal_chip, received
from homestretch.readers import (
    Caller,
    Heard,
    HttpReaderKind,
    Reply,
    Request,
    clean_name,
    unreadable,
)
from homestretch.readers.moments import WallClock

HINT: Final = (
    b"Send one record of the exporter Raw Data Record JSON, or an array of them, by POST.\n"
)
MARKER: Final = "99999"
LARGEST_NUMBER: Final = 10**12
LONGEST_DAY_S: Final = 10 * 86_400
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for text that is no JSON, no UTF-8, or nested without end."""


def read(request: Request, caller: Caller, at: int) -> Reply:
    """What a request said; ``at`` is the moment of arrival (UTC ms)."""
    if request.method != "POST":
        return Reply([], 405, HINT)
    records = _records(request.body)
    if records is None:
        source = f"raceresult-http:{caller.label}"
        heard = unreadable(request.body, "not JSON of the exporter", source, at, caller.place)
        return Reply([heard] if request.body else [], 400, HINT)
    clock = WallClock(caller.zone, caller.date)
    return Reply([_heard(record, clock, caller, at) for record in records])


def _records(body: bytes) -> list[bytes] | None:
    """The records in a body, each as its own JSON, so that one spoils no other; None when there are none."""
    try:
        if body.lstrip()[:1] == b"[":
            return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return [body]
    except _UNREADABLE:
        pass
    try:  # it forgives more, so that the faulty record can be told from the others
        whole = json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    return [json.dumps(record).encode() for record in whole] if isinstance(whole, list) else None


def _heard(raw: bytes, clock: WallClock, caller: Caller, at: int) -> Heard:
    source, place = f"raceresult-http:{caller.label}", caller.place
    try:
        record = msgspec.json.decode(raw, type=dict[str, Any])
        passing = record.get("Passing")
        if not isinstance(passing, dict):
            raise FactError("a record without a passing")
        device = _word(passing.get("DeviceID")) or caller.label
        source = f"raceresult-http:{device}/{_number(passing.get('FileNo')) or 0}"
        place = place or _place(record, passing, device)
        fact = _fact(record, passing, clock, place)
    except FactError as error:
        return unreadable(raw, error.what, source, at, place)
    except _UNREADABLE:
        return unreadable(raw, "not a record of the exporter", source, at, place)
    return Heard(received(fact, source, at, _number(passing.get("PassingNo"))))


def _place(record: dict[str, Any], passing: dict[str, Any], device: str) -> str:
    return _word(record.get("TimingPoint")) or _word(passing.get("DeviceName")) or device


def _fact(record: dict[str, Any], passing: dict[str, Any], clock: WallClock, place: str) -> AnyFact:
    if record.get("Invalid") is True:
        raise FactError("marked as invalid by the sender")
    seen_at = _utc(passing.get("UTCTime")) or _time_of_day(record.get("Time"), clock)
    if seen_at is None:
        raise FactError("no time, or one that does not exist")
    code = _word(passing.get("Transponder"))
    if passing.get("IsMarker") is True or code.startswith(MARKER):
        return Marker(seen_at=seen_at, place=place, label=f"marker {code}".strip())
    if not code:
        raise FactError("no transponder")
    return Read(seen_at=seen_at, chip=normal_chip(code), place=place)


def _utc(value: object) -> int | None:
    """UTC ms of an ISO time, which is UTC if it has no offset; None for none, or the year 1 of a box that
    does not know the time."""
    try:
        stamp = dt.datetime.fromisoformat(value if isinstance(value, str) else "")
        if stamp.tzinfo is None:
            stamp = stamp.replace(tzinfo=dt.UTC)
        elapsed = stamp - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None
    return elapsed // dt.timedelta(milliseconds=1) if 1970 < stamp.year < 2100 else None


def _time_of_day(value: object, clock: WallClock) -> int | None:
    """UTC ms of seconds since the midnight that began the event's day, as the clocks on the wall show it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value < LONGEST_DAY_S:
        return None
    seconds, ms = divmod(round(value * 1000), 1000)
    days, seconds = divmod(seconds, 86_400)
    try:
        return clock.moment(
            clock.first_day + days, seconds // 3600, seconds // 60 % 60, seconds % 60, ms
        )
    except (ValueError, OverflowError):
        return None


def _word(value: object) -> str:
    """A name or code: text, or a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return clean_name(value) if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if isinstance(value, int) and whole and 0 < value < LARGEST_NUMBER else None


HTTP_READER = HttpReaderKind(name="raceresult", read=read)
