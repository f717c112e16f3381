"""What names somebody: an erasure finds it in every spelling, and leaves everyday words alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from homestretch.office.naming import names, words_of, words_of_name
from homestretch.race.entrant import Person


def a_person(**fields: Any) -> Person:
    told = {"first": "Ilsabet", "last": "Quarrelholm"} | fields
    return Person(entrant="1", **told)


def named(text: str | bytes, *others: Person, in_full: bool = False, **fields: Any) -> bool:
    content = text.encode() if isinstance(text, str) else text
    return names(content, words_of(a_person(**fields), others), in_full=in_full)


@pytest.mark.parametrize(
    "text",
    [
        "Ilsabet Quarrelholm has a blister",
        "QUARRELHOLM, ILSABET; 990",
        "quarrelholm (ilsabet)'s mother called",
        "ilsabet_quarrelholm",
        "Quarrelholm sits at the bridge",
        "near QUARRELHOLM's tent",
        b"\xff\xfe990;Ilsabet;Quarrelholm",
        "990,Ilsabet,Quarrelholm".encode("utf-16"),
    ],
)
def test_a_person_is_found_in_every_spelling(text: str | bytes) -> None:
    assert named(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ilsabet waits",  # a first name is many people's
        "the quarrelholms of this town",
        "Quarrelholmstead is closed",
        "bib 101 has a blister",
    ],
)
def test_what_names_nobody_is_left_alone(text: str) -> None:
    assert not named(text)


def test_a_last_name_alone_is_nobodys_when_two_of_the_field_have_it() -> None:
    brother = Person(entrant="2", first="Tobin", last="Quarrelholm")
    assert not named("Quarrelholm stops", brother)
    assert not named("Tobin Quarrelholm stops", brother)
    assert named("Ilsabet Quarrelholm stops", brother)


def test_a_last_name_that_is_a_word_is_a_name_only_with_its_capital() -> None:
    assert not named("the ford is flooded", last="Ford")
    assert named("Ford is flooded", last="Ford")
    assert not named("Ford is flooded", last="Ford", in_full=True)
    assert named("Ilsabet Ford is safe", last="Ford", in_full=True)
    assert not named("Day of rest", last="Day")  # three letters are too few


def test_accents_make_no_difference() -> None:
    for text in ("Odon Kovesi", "O\u0308do\u0308n Ko\u0308vesi", "\u00d6D\u00d6N K\u00d6VESI"):
        assert named(text, first="Ödön", last="Kövesi")
    assert named("Ödön Kövesi".encode("cp1252"), first="Ödön", last="Kövesi")


def test_letters_that_json_escapes_are_read() -> None:
    item = json.dumps({"text": "Ödön Kövesi stops"}).encode()
    assert b"\\u00d6" in item
    assert named(item, first="Ödön", last="Kövesi")


def test_bytes_that_a_station_passed_on_as_letters_are_read() -> None:
    raw = "990;Ödön;Kövesi".encode()
    assert named(raw.decode("latin-1"), first="Ödön", last="Kövesi")


def test_any_first_name_of_several_is_enough() -> None:
    assert named("Juna O'Vexley", first="Mara Juna", last="O'Vexley", in_full=True)
    assert not named("Mara Juna stops", first="Mara Juna", last="O'Vexley")


def test_a_script_without_blanks_is_searched_letter_by_letter() -> None:
    assert named("王小明さんが転んだ", first="小明", last="王", in_full=True)
    assert not named("王さんが転んだ", first="小明", last="王")


def test_an_address_and_a_number_name_their_owner() -> None:
    reached = {"email": "Ilsa@Example.org", "phone": "+1 (412) 555-0177"}
    assert named("write to ilsa@example.org", **reached)
    assert named("call 412.555.0177 now", **reached)
    assert named("call 0014125550177", **reached)
    assert not named("call 412 555 0178", **reached)
    assert not named("bibs 412 to 555", phone="112")


def test_a_person_of_whom_nothing_is_known_is_named_nowhere() -> None:
    assert not named("", first="", last="")
    assert not named("anything at all", first="", last="")


def test_a_name_by_itself_is_found_where_all_its_words_stand() -> None:
    words = words_of_name("Ottmar Bellwether")
    assert names(b"bellwether, ottmar", words)
    assert not names(b"Ottmar", words)
    assert not names(b"Bellwether", words)
    assert not names(b"anything", words_of_name("12 - 3"))
