"""How names are compared, whatever keyboard they are typed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.race.spelling import name_key


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Łukasz", "lukasz"), ("Óscar", "OSCAR"), ("Inès", "ines"), ("Søren", "soren"), ("Strauß", "strauss"),
     ("Żółć", "zolc"), ("Đorđe", "dorde"), ("Æsa", "aesa"), ("Amberlow", "aMBERLOW")],
)  # fmt: skip
def test_a_name_is_found_by_what_any_keyboard_has(name: str, typed: str) -> None:
    assert name_key(name) == name_key(typed)


def test_names_in_other_letters_are_found_as_they_are_written() -> None:
    assert name_key("ΜΑΡΊΑ") == name_key("μαρια")
    assert name_key("王") == "王"


@given(st.text(max_size=40))
def test_what_is_looked_for_is_compared_by_the_same_key_however_often_it_is_made(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
