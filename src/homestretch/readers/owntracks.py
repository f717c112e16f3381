"""OwnTracks in HTTP mode: a phone posts its fixes one by one, and keeps each until it is answered 2xx.

::

    POST /{event}/doors/owntracks        Authorization: Basic (any user : KEY)      X-Limit-D: sweep
    {"_type":"location","lat":40.4406,"lon":-79.9959,"tst":1777795200,"tid":"SW","acc":12,"vel":7,"batt":64}

Every message is answered ``[]``, also what cannot be read: it would come again for ever otherwise, and
keep the fixes behind it waiting (docs/readers.md).
"""

from __future__ import annotations

from typing import Any

import msgspec

from homestretch.errors import FactError
from homestretch.facts import received
from homestretch.readers import Caller, Heard, HttpReaderKind, Reply, Request, unreadable
from homestretch.readers.phones import find_number, find_vehicle, make_ping, refuse, scaled

M_PER_S = 1 / 3.6
"""Metres per second of a km/h."""
NO_MESSAGE = "not a message of OwnTracks"
ENCRYPTED = "encrypted by OwnTracks: take the encryption key out of the app"
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read(request: Request, caller: Caller, at: int) -> Reply:
    """What one message says, and its answer."""
    if not request.body.strip():
        return _taken()
    source = f"owntracks:{caller.label}"
    try:
        said = msgspec.json.decode(request.body, type=dict[str, Any])
        kind = said.get("_type")
        if not isinstance(kind, str):
            raise FactError(NO_MESSAGE)
        if kind == "encrypted":
            raise FactError(ENCRYPTED)
        if kind != "location":
            return _taken()
        return _read_location(said, request, caller, source, at)
    except FactError as error:
        return _taken(unreadable(request.body, error.what, source, at))
    except _UNREADABLE:
        return _taken(unreadable(request.body, NO_MESSAGE, source, at))


def _read_location(
    said: dict[str, Any], request: Request, caller: Caller, source: str, at: int
) -> Reply:
    names = _names(said, request)
    vehicle = find_vehicle(caller, names)
    seconds = find_number(said.get("tst"))
    ping = make_ping(
        vehicle,
        None if seconds is None else int(seconds) * 1000,
        said.get("lat"),
        said.get("lon"),
        accuracy_m=said.get("acc"),
        speed_m_per_s=scaled(said.get("vel"), M_PER_S),
        battery=scaled(said.get("batt"), 0.01),
    )
    if not vehicle:
        return refuse(name for name in names if "/" not in name)
    return _taken(Heard(received(ping, source, at, ping.seen_at // 1000)))


def _names(said: dict[str, Any], request: Request) -> list[str]:
    """What the phone calls itself: device, user, both as its topic has them, and its tracker id."""
    user = request.headers.get("x-limit-u") or request.query.get("u", "")
    device = request.headers.get("x-limit-d") or request.query.get("d", "")
    topic = str(said.get("topic", "")).split("/")
    if len(topic) >= 3:
        user, device = user or topic[-2], device or topic[-1]
    names = [f"{user}/{device}" if user and device else "", device, user, str(said.get("tid", ""))]
    return [name for name in names if name]


def _taken(*heard: Heard) -> Reply:
    return Reply(list(heard), body=b"[]", media_type="application/json")


HTTP_READER = HttpReaderKind(name="owntracks", read=read)
