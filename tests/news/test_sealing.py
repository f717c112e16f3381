"""Sealed messages: the example of RFC 8291, any message to any phone, and who says that they send it."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from homestretch.errors import PlanError
from homestretch.news.sealing import (
    LARGEST,
    make_private,
    public_of,
    seal,
    seal_with,
    sign,
    to_bytes,
    to_text,
)
from tests.news.phone import Phone, read_token

# RFC 8291, section 5 and appendix A.
WORDS = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
    "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc_is_sealed_byte_for_byte() -> None:
    once = ec.derive_private_key(int.from_bytes(to_bytes(SENDER), "big"), ec.SECP256R1())
    assert to_text(seal_with(once, to_bytes(SALT), WORDS, BROWSER, AUTH)) == SEALED


@given(content=st.binary(max_size=LARGEST).filter(lambda it: not it.endswith((b"\x00", b"\x02"))))
def test_a_phone_reads_what_was_sealed_for_it_and_nobody_else_does(content: bytes) -> None:
    phone = Phone()
    sealed = seal(content, phone.p256dh, phone.auth)
    assert phone.open(sealed) == content
    assert len(sealed) <= 4096
    assert sealed != seal(content, phone.p256dh, phone.auth)
    with pytest.raises(InvalidTag):
        Phone(private=phone.private, secret=bytes(16)).open(sealed)


def test_who_sends_is_signed_for_one_push_service_and_for_half_a_day() -> None:
    private = make_private()
    header = sign(private, "mailto:race@example.org", "https://push.example:444/a/b", 1000)
    claims, key = read_token(header)
    assert key == public_of(private)
    assert claims == {
        "aud": "https://push.example:444",
        "exp": 1000 + 12 * 3600,
        "sub": "mailto:race@example.org",
    }


def test_what_is_no_key_and_what_is_too_large_is_refused() -> None:
    phone = Phone()
    with pytest.raises(ValueError, match="too large"):
        seal(bytes(LARGEST + 1), phone.p256dh, phone.auth)
    with pytest.raises(ValueError):  # noqa: PT011  # the library's words
        seal(b"", to_text(b"\x04" + bytes(64)), phone.auth)
    with pytest.raises(PlanError, match="cannot be read"):
        public_of("AAAA")
