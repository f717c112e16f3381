"""Who follows: as texts that can be erased, and only at push services that are known."""

from __future__ import annotations

import msgspec
import pytest

from homestretch.errors import FactError
from homestretch.news.followers import (
    PUSH_HOSTS,
    Follower,
    check,
    decode,
    encode,
    is_of_service,
)
from tests.news.phone import Phone


def a_follower(
    endpoint: str = "https://fcm.googleapis.com/fcm/send/x", entrant: str = "e1"
) -> Follower:
    phone = Phone()
    ref = f"follows/{entrant}/00ff"
    return Follower(
        ref=ref, entrant=entrant, endpoint=endpoint, p256dh=phone.p256dh, auth=phone.auth
    )


@pytest.mark.parametrize("entrant", ["e1", "a/b", "7"])
def test_a_follower_comes_back_from_its_text_and_other_texts_are_none(entrant: str) -> None:
    one = a_follower(entrant=entrant)
    texts = [("note/1", b"knee"), (one.ref, encode(one)), ("follows/", b"{}")]
    assert list(decode(texts)) == [one]
    german = msgspec.structs.replace(one, language="de")
    assert list(decode([(one.ref, encode(german))])) == [german]
    without = encode(one).replace(b',"language":""', b"")  # as it was kept before languages
    assert list(decode([(one.ref, without)])) == [one]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://wns2-by3p.notify.windows.com/w/?token=x",
        "https://fcm.googleapis.com:443/x",
    ],
)
def test_the_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert is_of_service(endpoint, PUSH_HOSTS)
    check(a_follower(endpoint), PUSH_HOSTS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://evilfcm.googleapis.com.example/x",
        "https://notfcm.googleapis.com.evil/",
        "https://xfcm-googleapis.com/",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://127.0.0.1#@fcm.googleapis.com/x",
        "https://127.0.0.1\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/\r\nHost: x",
        "ftp://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "",
        "https://fcm.googleapis.com/" + "x" * 1000,
    ],
)
def test_nothing_else_is_ever_sent_to(endpoint: str) -> None:
    assert not is_of_service(endpoint, PUSH_HOSTS)
    with pytest.raises(FactError):
        check(a_follower(endpoint), PUSH_HOSTS)


@pytest.mark.parametrize(("name", "value"), [("p256dh", "AAAA"), ("auth", "AA"), ("p256dh", "ß")])
def test_a_key_that_is_none_is_refused_before_anything_is_kept(name: str, value: str) -> None:
    one = a_follower()
    broken = Follower(**{field: getattr(one, field) for field in one.__struct_fields__} | {name: value})  # type: ignore[arg-type]  # all are texts  # fmt: skip
    with pytest.raises(FactError):
        check(broken, PUSH_HOSTS)
