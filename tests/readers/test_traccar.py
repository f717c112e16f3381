"""Traccar Client: JSON as it is now, a query as it was, and the same pings of both."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from homestretch.facts import Ping, Unreadable
from homestretch.readers import Reply
from homestretch.readers.phones import NOBODYS
from homestretch.readers.traccar import NO_MESSAGE, read
from tests.readers.requests import AT, a_caller, a_request

FIX_AT = 1_777_816_800_000
"""2026-05-03T14:00:00Z"""
COORDS = {"latitude": 40.4406, "longitude": -79.9959, "accuracy": 8, "speed": 2.1, "altitude": 220}


def message(coords: dict[str, Any] | None = None, **changed: Any) -> bytes:
    """A message of version 9, some of it changed."""
    location = {
        "timestamp": "2026-05-03T14:00:00.000Z",
        "coords": coords or COORDS,
        "is_moving": True,
        "battery": {"level": 0.64},
    }
    return json.dumps({"location": location, "device_id": "48241179"} | changed).encode()


def query(**changed: str) -> str:
    """A query of an older client, some of it changed (empty: left out)."""
    said = {
        "id": "48241179", "timestamp": "1777816800", "lat": "40.4406", "lon": "-79.9959", "speed": "4.082",
        "bearing": "80", "altitude": "220", "accuracy": "8", "batt": "64",
    }  # fmt: skip
    return urlencode({name: value for name, value in (said | changed).items() if value})


def post(body: bytes | str, vehicle: str = "") -> Reply:
    return read(a_request(body), a_caller(vehicle), AT)


def get(text: str, vehicle: str = "", method: str = "GET") -> Reply:
    return read(a_request(method=method, query=text), a_caller(vehicle), AT)


def ping_of(reply: Reply) -> Ping:
    assert reply.status == 200
    (heard,) = reply.heard
    assert isinstance(heard.received.fact, Ping)
    return heard.received.fact


def test_old_and_new_clients_say_the_same_ping() -> None:
    expected = Ping(
        seen_at=FIX_AT, vehicle="sweep", lat=40.4406, lon=-79.9959, accuracy_m=8.0,
        speed_m_per_s=2.1, battery=0.64,
    )  # fmt: skip
    for reply in (post(message()), get(query()), get(query(), method="POST"), post(query())):
        assert ping_of(reply) == expected
        (heard,) = reply.heard
        assert (heard.received.number, heard.received.source) == (FIX_AT, "traccar:phones")


def test_a_fix_that_is_sent_again_is_the_same_fact() -> None:
    assert len({post(message()).heard[0].received.id for _ in range(3)}) == 1
    assert len({get(query()).heard[0].received.id for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("1777816800", FIX_AT),
        ("1777816800250", FIX_AT + 250),
        ("2147483647", 2_147_483_647_000),
        ("2147483648", 2_147_483_648),
        ("2026-05-03T14:00:00Z", FIX_AT),
        ("2026-05-03T14:00:00.250Z", FIX_AT + 250),
        ("2026-05-03T10:00:00-04:00", FIX_AT),
        ("2026-05-03T16:00:00+02:00", FIX_AT),
        ("2026-05-03T14:00:00", FIX_AT),
        ("2026-05-03 14:00:00", FIX_AT),
    ],
)
def test_a_time_is_seconds_milliseconds_or_a_date_in_utc(said: str, at: int) -> None:
    assert ping_of(get(query(timestamp=said))).seen_at == at


def test_a_plus_that_a_client_did_not_code_is_still_one() -> None:
    assert ping_of(get(query(timestamp="2026-05-03T16:00:00 02:00"))).seen_at == FIX_AT


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (get(query(timestamp="")), "without its time"),
        (get(query(timestamp="noon")), "without its time"),
        (get(query(timestamp="14:00:00")), "without its time"),
        (get(query(timestamp="2026-02-30 14:00:00")), "without its time"),
        (get(query(timestamp="-5")), "time that cannot be"),
        (get(query(lat="")), "without its place"),
        (get(query(lon="west")), "without its place"),
        (get(query(lat="91")), "nowhere on the Earth"),
        (get("colour=red"), NO_MESSAGE),
        (post(b"\xff\xfe"), NO_MESSAGE),
        (post(b'{"location": {'), NO_MESSAGE),
        (post(b'{"weather": "fine"}'), NO_MESSAGE),
        (post(message(coords={"latitude": 40.44})), "without its place"),
        (post(message(location={"coords": COORDS})), "without its time"),
    ],
)
def test_what_cannot_be_read_is_kept_with_a_reason_and_answered_so_that_it_does_not_come_again(
    reply: Reply, reason: str
) -> None:
    (heard,) = reply.heard
    assert isinstance(heard.received.fact, Unreadable)
    assert reason in heard.received.fact.reason
    assert heard.text
    assert reply.status == 200


@pytest.mark.parametrize(
    "reply",
    [
        post(message(location=None)),
        post(message(location={"timestamp": "2026-05-03T14:00:00Z", "is_moving": False})),
        post(message(location={"timestamp": "2026-05-03T14:00:00Z", "coords": {}})),
        get(query(lat="", lon="")),
    ],
)
def test_a_heartbeat_that_does_not_know_where_it_is_leaves_no_ping(reply: Reply) -> None:
    assert (reply.heard, reply.status) == ([], 200)


@pytest.mark.parametrize(
    "reply",
    [
        post(message(device_id="77")),
        post(message(device_id="77", location=None)),
        get(query(id="77")),
        get(query(id="77", lat="", lon="")),
    ],
)
def test_an_unknown_phone_is_refused_with_what_to_do(reply: Reply) -> None:
    assert (reply.status, reply.heard, reply.trouble) == (400, [], NOBODYS)
    assert '"77"' in reply.body.decode()
    assert "[[vehicle]]" in reply.body.decode()


def test_a_key_that_was_made_for_a_vehicle_speaks_for_phones_that_the_plan_does_not_know() -> None:
    assert ping_of(post(message(device_id="77"), "bus-1")).vehicle == "bus-1"
    assert ping_of(get(query(id=""), "bus-1")).vehicle == "bus-1"
    assert ping_of(get(query(id="LC-Phone"), "bus-1")).vehicle == "lead-car"


def test_a_speed_and_a_battery_that_are_not_known_are_left_out() -> None:
    assert ping_of(post(message(coords=COORDS | {"speed": -1}))).speed_m_per_s is None
    for battery in ({"level": -1}, {}, "full", None):
        said = json.loads(message())
        said["location"]["battery"] = battery
        assert ping_of(post(json.dumps(said))).battery is None


def test_a_battery_beside_the_location_is_seen_too() -> None:
    said = json.loads(message(battery={"level": 0.31}))
    del said["location"]["battery"]
    assert ping_of(post(json.dumps(said))).battery == 0.31


def test_who_opens_the_address_in_a_browser_is_told_that_the_key_is_right() -> None:
    reply = get("")
    assert (reply.status, reply.heard) == (200, [])
    assert b"The key is right" in reply.body
