"""How a message is signed, and where it may go."""

from __future__ import annotations

import base64
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from homestretch.folder.hooks import find_fault, say_reach
from homestretch.herald.posting import post
from homestretch.herald.signing import sign
from homestretch.race.hooks import Hook
from tests.herald.receiver import Receiver, fits

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    found.start()
    yield found
    found.stop()


def hook(url: str, *, private_net: bool = True) -> Hook:
    return Hook(name="site", url=url, private_net=private_net)


def test_a_message_is_signed_as_the_example_of_standard_webhooks_is() -> None:
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    headers = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert fits(SECRET, headers, b'{"test": 2432232314}')
    assert not fits(SECRET, headers, b'{"test": 2432232315}')


def test_a_message_arrives_with_its_headers_and_its_query(receiver: Receiver) -> None:
    outcome = post(hook(receiver.url), {"webhook-id": "msg_1"}, b"{}")
    assert outcome.taken
    ((headers, body),) = receiver.got
    assert body == b"{}"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "msg_1"


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 429, 500, 503])
def test_whatever_is_no_yes_is_tried_again_and_no_redirect_is_followed(
    receiver: Receiver, status: int
) -> None:
    receiver.status = status
    receiver.more = {"Location": receiver.url, "Retry-After": "120"}
    outcome = post(hook(receiver.url), {}, b"{}")
    assert (outcome.taken, outcome.reason, outcome.wait_s) == (False, f"it answers {status}", 120.0)
    assert receiver.got == []


def test_a_receiver_that_asks_to_wait_for_ever_is_asked_again_within_the_hour(
    receiver: Receiver,
) -> None:
    receiver.status, receiver.more = 503, {"Retry-After": "99999999"}
    assert post(hook(receiver.url), {}, b"{}").wait_s == 3600


def test_nobody_there_is_an_outcome(receiver: Receiver) -> None:
    receiver.stop()
    assert post(hook(receiver.url), {}, b"{}").reason == "it cannot be reached"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "::1", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_a_private_net_is_reached_only_where_that_is_meant(address: str) -> None:
    found = ipaddress.ip_address(address)
    assert "private_net" in say_reach(found, private_net=False)
    if address != "100.64.0.1":
        assert say_reach(found, private_net=True) == ""


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "::ffff:169.254.169.254"])  # fmt: skip
def test_where_clouds_keep_their_passwords_nobody_is_told_whatever_is_meant(address: str) -> None:
    assert say_reach(ipaddress.ip_address(address), private_net=True)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_the_world_is_reached(address: str) -> None:
    assert say_reach(ipaddress.ip_address(address), private_net=False) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://club.example/hook", "Over http"),
        ("https://una:secret@club.example/", "user"),
        ("https://club.example/#part", "#"),
        ("ftp://club.example/", "not an address"),
        ("https://", "not an address"),
        ("https://club.example:0/", "not an address"),
        ("https://club.example:99999/", "not an address"),
        ("https://[::1/", "not an address"),
        ("https://10.0.0.1/", "private net"),
        ("https://169.254.169.254/latest/meta-data", "nobody's address"),
    ],
)
def test_an_address_to_which_nothing_may_be_sent_is_refused_before_the_day(
    url: str, why: str
) -> None:
    assert why in find_fault(url, private_net=False)
    assert not post(hook(url, private_net=False), {}, b"{}").taken


def test_a_name_that_leads_into_a_private_net_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(_host: str, port: int, **_: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("93.184.216.34", port)), (*kind, ("127.0.0.1", receiver.port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    outcome = post(hook("https://rebound.example/", private_net=False), {}, b"{}")
    assert outcome.reason == "the address leads where no message may go"
    assert receiver.got == []
