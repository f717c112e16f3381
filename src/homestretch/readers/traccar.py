"""Traccar Client, both as it is now (JSON, from version 9 on) and as it was (a query, as OsmAnd sends it).

::

    POST /{event}/doors/traccar/KEY
    {"location":{"timestamp":"2026-05-03T14:00:00.000Z","coords":{"latitude":40.44,"longitude":-79.99,
     "accuracy":8,"speed":2.1},"battery":{"level":0.64}},"device_id":"48241179"}

    GET or POST /{event}/doors/traccar/KEY?id=48241179&timestamp=1777795200&lat=40.44&lon=-79.99&speed=4.1

A phone of no vehicle is answered 400. Everything else is answered 200, also what cannot be read: the
client tries again until then, and would keep the fixes behind it waiting (docs/readers.md).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from homestretch.errors import FactError
from homestretch.facts import Ping, received
from homestretch.readers import Caller, Heard, HttpReaderKind, Reply, Request, unreadable
from homestretch.readers.phones import find_number, find_vehicle, make_ping, refuse, scaled

KNOT = 0.514444
"""Metres per second of a knot."""
MILLISECONDS_FROM = 2**31
"""Seconds since 1970 are smaller until 2038; what is not is milliseconds."""
MOST_FIELDS = 100
NO_MESSAGE = "not a message of Traccar Client"
WELCOME = b"The key is right. Put this address into Traccar Client as its server URL.\n"
_QUERY = ("id", "deviceid", "timestamp", "lat", "lon")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read(request: Request, caller: Caller, at: int) -> Reply:
    """What one message says, and its answer."""
    source = f"traccar:{caller.label}"
    body = request.body.strip()
    if not body and not request.query:
        return Reply([], body=WELCOME)  # somebody looks whether the address is right
    raw = body or urlencode(request.query).encode()
    try:
        names, fix = _read_json(body) if body[:1] == b"{" else _read_query(request.query, body)
        vehicle = find_vehicle(caller, names)
        ping = None if fix is None else _make_ping(vehicle, fix)
    except FactError as error:
        return Reply([unreadable(raw, error.what, source, at)])
    except _UNREADABLE:
        return Reply([unreadable(raw, NO_MESSAGE, source, at)])
    if not vehicle:
        return refuse(names)
    return Reply([] if ping is None else [Heard(received(ping, source, at))])


class _Fix(msgspec.Struct, frozen=True):
    """A fix in the units of ``Ping``, not yet checked."""

    at: int | None
    lat: object
    lon: object
    accuracy_m: object
    speed_m_per_s: float | None
    battery: float | None


def _make_ping(vehicle: str, fix: _Fix) -> Ping:
    return make_ping(
        vehicle,
        fix.at,
        fix.lat,
        fix.lon,
        accuracy_m=fix.accuracy_m,
        speed_m_per_s=fix.speed_m_per_s,
        battery=fix.battery,
    )


def _read_json(body: bytes) -> tuple[list[str], _Fix | None]:
    """What the phone calls itself, and its fix; none in a heartbeat that does not know where it is."""
    said = msgspec.json.decode(body, type=dict[str, Any])
    location = _table(said, "location")
    if "device_id" not in said and not location:
        raise FactError(NO_MESSAGE)
    coords = _table(location, "coords")
    names = [str(said["device_id"])] if said.get("device_id") else []
    if not coords:
        return names, None
    return names, _Fix(
        at=_moment(location.get("timestamp")),
        lat=coords.get("latitude"),
        lon=coords.get("longitude"),
        accuracy_m=coords.get("accuracy"),
        speed_m_per_s=scaled(coords.get("speed"), 1.0),
        battery=scaled((_table(location, "battery") or _table(said, "battery")).get("level"), 1.0),
    )


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _read_query(query: dict[str, str], body: bytes) -> tuple[list[str], _Fix | None]:
    """The same of a query in the address, or of a form."""
    try:
        form = parse_qsl(body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise FactError(NO_MESSAGE) from error
    said = {**query, **dict(form)}
    if not any(name in said for name in _QUERY):
        raise FactError(NO_MESSAGE)
    names = [said[name] for name in ("id", "deviceid") if said.get(name)]
    if "lat" not in said and "lon" not in said:
        return names, None
    return names, _Fix(
        at=_moment(said.get("timestamp")),
        lat=said.get("lat"),
        lon=said.get("lon"),
        accuracy_m=said.get("accuracy"),
        speed_m_per_s=scaled(said.get("speed"), KNOT),
        battery=scaled(said.get("batt"), 0.01),
    )


def _moment(value: object) -> int | None:
    """UTC ms of seconds or milliseconds since 1970, or of a date with time (UTC where it says no offset);
    None for a time that is missing or none."""
    number = find_number(value)
    if number is not None:
        return int(number if number >= MILLISECONDS_FROM else number * 1000)
    if not isinstance(value, str) or ":" not in value:
        return None
    date, time = value.strip()[:10], value.strip()[11:]
    try:  # a plus that was not coded has become a blank
        moment = dt.datetime.fromisoformat(f"{date}T{time.replace(' ', '+')}")
    except ValueError:
        return None
    elapsed = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - _EPOCH
    return elapsed // dt.timedelta(milliseconds=1)


HTTP_READER = HttpReaderKind(name="traccar", read=read)
