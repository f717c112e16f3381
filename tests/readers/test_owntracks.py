"""OwnTracks: a fix becomes a ping of the right vehicle, and nothing is asked for twice without need."""

from __future__ import annotations

import json
from typing import Any

import pytest

from homestretch.facts import Ping, Unreadable
from homestretch.readers import Reply
from homestretch.readers.owntracks import ENCRYPTED, NO_MESSAGE, read
from homestretch.readers.phones import NOBODYS
from tests.readers.requests import AT, a_caller, a_request

TST = 1_777_795_200


def message(**changed: Any) -> bytes:
    """A location as the app sends it, some of it changed (None: left out)."""
    said: dict[str, Any] = {
        "_type": "location", "lat": 40.4406, "lon": -79.9959, "tst": TST, "tid": "SW", "acc": 12,
        "vel": 7, "cog": 80, "batt": 64, "t": "t", "conn": "m", "created_at": TST + 3,
    }  # fmt: skip
    said |= changed
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


def say(body: bytes, *, vehicle: str = "", query: str = "", **headers: str) -> Reply:
    return read(a_request(body, query=query, **headers), a_caller(vehicle), AT)


def ping_of(reply: Reply) -> Ping:
    (heard,) = reply.heard
    assert isinstance(heard.received.fact, Ping)
    return heard.received.fact


def test_a_fix_becomes_a_ping_in_our_units_and_is_answered_with_an_empty_list() -> None:
    reply = say(message())
    assert ping_of(reply) == Ping(
        seen_at=TST * 1000, vehicle="sweep", lat=40.4406, lon=-79.9959, accuracy_m=12.0,
        speed_m_per_s=1.944, battery=0.64,
    )  # fmt: skip
    (heard,) = reply.heard
    assert (heard.received.number, heard.received.source) == (TST, "owntracks:phones")
    assert heard.received.received_at == AT
    assert (reply.status, reply.body, reply.media_type) == (200, b"[]", "application/json")


def test_a_fix_that_is_sent_again_is_the_same_fact() -> None:
    ids = {say(message()).heard[0].received.id for _ in range(3)}
    assert len(ids) == 1
    assert say(message(lat=40.4407)).heard[0].received.id not in ids


@pytest.mark.parametrize(
    ("more", "headers", "query", "vehicle"),
    [
        ({}, {"x_limit_u": "anna", "x_limit_d": "bus-1"}, "", "bus-1"),
        ({}, {}, "u=anna&d=BUS-1", "bus-1"),
        ({"topic": "owntracks/anna/bus-1"}, {}, "", "bus-1"),
        ({"topic": "owntracks/lc-phone/pixel"}, {}, "", "lead-car"),
        ({"tid": "lc"}, {"x_limit_u": "anna", "x_limit_d": "pixel"}, "", "lead-car"),
        ({"tid": "zz"}, {"x_limit_d": "pixel"}, "", "marshal-3"),
    ],
)
def test_whose_phone_it_is_says_device_user_topic_or_tracker_id_and_else_the_key(
    more: dict[str, Any], headers: dict[str, str], query: str, vehicle: str
) -> None:
    reply = say(message(**more), vehicle="marshal-3", query=query, **headers)
    assert ping_of(reply).vehicle == vehicle


def test_a_phone_of_no_vehicle_is_refused_with_what_to_do_and_keeps_its_fixes() -> None:
    reply = say(message(tid="zz"), x_limit_u="anna", x_limit_d="pixel")
    assert (reply.status, reply.heard, reply.trouble) == (400, [], NOBODYS)
    words = reply.body.decode()
    assert '"pixel" and "anna" and "zz"' in words
    assert "[[vehicle]]" in words
    assert "--at" in words


@pytest.mark.parametrize("kind", ["lwt", "transition", "waypoint", "waypoints", "status", "card"])
def test_messages_that_are_no_fix_are_accepted_and_say_nothing(kind: str) -> None:
    for tid in ("SW", "zz"):
        reply = say(message(_type=kind, tid=tid))
        assert (reply.heard, reply.status, reply.body) == ([], 200, b"[]")


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_body_is_accepted_and_says_nothing(body: bytes) -> None:
    reply = say(body)
    assert (reply.heard, reply.status, reply.body) == ([], 200, b"[]")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (message(tst=None), "without its time"),
        (message(tst="soon"), "without its time"),
        (message(tst=0), "time that cannot be"),
        (message(tst=TST * 1000), "time that cannot be"),
        (message(lat=None), "without its place"),
        (message(lon=True), "without its place"),
        (message(lat=90.1), "nowhere on the Earth"),
        (message(acc=-1), "the phone itself calls wrong"),
        (message(_type=None), NO_MESSAGE),
        (message(_type="encrypted"), ENCRYPTED),
        (b"[]", NO_MESSAGE),
        (b"\xff{", NO_MESSAGE),
        (b'{"_type":"location","lat":40', NO_MESSAGE),
    ],
)
def test_what_cannot_be_read_is_kept_with_a_reason_and_answered_so_that_it_does_not_come_again(
    body: bytes, reason: str
) -> None:
    reply = say(body)
    (heard,) = reply.heard
    assert isinstance(heard.received.fact, Unreadable)
    assert reason in heard.received.fact.reason
    assert heard.text == body
    assert (reply.status, reply.body) == (200, b"[]")


def test_numbers_that_cannot_be_are_left_out_and_the_fix_is_kept() -> None:
    ping = ping_of(say(message(acc="far", vel=-1, batt=250)))
    assert (ping.accuracy_m, ping.speed_m_per_s, ping.battery) == (None, None, None)
    assert ping_of(say(message(vel=0, batt=0))).battery == 0.0
