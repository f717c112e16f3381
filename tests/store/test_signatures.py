"""Who said a fact: a reference that stays, and words that can be erased."""

from __future__ import annotations

import msgspec

from homestretch.race.privacy import Role
from homestretch.store.keys import FORGOTTEN, Key, new_key, say_signer, signature_of

DAY = 1_777_800_000_000


def a_key(role: Role, label: str = "", parent: str = "") -> Key:
    return new_key(role, created_at=DAY, expires_at=DAY + 9, label=label, parent=parent)[0]


def no_text(_ref: str) -> bytes | None:
    return None


def test_a_persons_key_signs_with_role_and_id_and_a_device_with_its_label() -> None:
    crew, box, plain = a_key("station", "Una's crew"), a_key("device", "MAT-7"), a_key("device")
    keys = [crew, box, plain]
    assert signature_of(crew, keys) == (f"http:station-{crew.id}", f"key-{crew.id}")
    assert signature_of(box, keys) == ("http:MAT-7", "MAT-7")
    assert signature_of(plain, keys) == (f"http:{plain.id}", plain.id)


def test_every_browser_that_a_link_let_in_signs_alike() -> None:
    for key in (a_key("control", "Una"), a_key("device", "MAT-7"), a_key("device")):
        browsers = [a_key(key.role, parent=key.id) for _ in range(2)]
        signed = {signature_of(one, [key, *browsers]) for one in (key, *browsers)}
        assert len(signed) == 1


def test_staff_read_the_label_of_the_key_while_it_is_kept() -> None:
    key = a_key("control", "Una Vexley")
    _, by = signature_of(key, [key])
    assert say_signer(by, [key], no_text) == "Una Vexley (control)"
    nameless = msgspec.structs.replace(key, label="")
    assert say_signer(by, [nameless], no_text) == f"control, key {key.id}"
    assert say_signer(by, [], no_text) == by


def test_staff_read_the_typed_name_while_it_is_kept() -> None:
    assert say_signer("by-1", [], {"by-1": "Ödön".encode()}.get) == "Ödön"
    assert say_signer("by-2", [], no_text) == FORGOTTEN
    assert say_signer("director", [], no_text) == "director"
    assert say_signer("", [], no_text) == ""
