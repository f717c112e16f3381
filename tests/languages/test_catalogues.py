"""The catalogues hold every string that people read, and say it with the same places to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from homestretch.race.saying import ENGLISH
from homestretch.web.spoken import find_speech, list_languages
from scripts.catalogues import as_text, list_catalogues, list_missing, merge, read, updated

CATALOGUES = [pytest.param(path, id=path.parts[-3]) for path in list_catalogues()]
FILLED = re.compile(r"%\(\w+\)s|\{\w*\}|%%|</?\w+[^>]*>")
"""What is filled in, a per cent sign, a tag."""


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation beside the English that it stands for: of several the last."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string]


def test_german_ships() -> None:
    assert list_languages() == {"en": "English", "de": "Deutsch"}


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_catalogue_has_every_string_and_no_other(path: Path) -> None:
    """Otherwise: .venv/bin/python scripts/catalogues.py, then translate what it left empty."""
    assert as_text(updated(path)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CATALOGUES)
def test_every_string_is_translated(path: Path) -> None:
    assert [message.id for message in list_missing(read(path))] == []


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_translation_fills_in_the_same_and_has_the_same_tags(path: Path) -> None:
    wrong = [
        (english, said)
        for message in read(path)
        if message.id
        for english, said in forms(message)
        if sorted(FILLED.findall(english)) != sorted(FILLED.findall(said))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES)
def test_what_is_compiled_says_what_the_catalogue_says(path: Path) -> None:
    speech = find_speech(path.parts[-3])
    for message in read(path):
        if isinstance(message.id, str) and message.id:
            context = message.context
            found = speech.pgettext(context, message.id) if context else speech.gettext(message.id)
            assert found == message.string


def test_a_language_that_is_not_here_is_english() -> None:
    assert find_speech("xx") == ENGLISH


def test_two_peoples_translations_are_joined(tmp_path: Path) -> None:
    (path, *_) = list_catalogues()
    known = read(path)
    sides = []
    for name, kept in (("ours", "on the road"), ("theirs", "{count} person")):
        side = read(path)
        for message in list(side):
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key and key != kept:
                side.delete(message.id, message.context)
        sides.append(tmp_path / f"{name}.po")
        sides[-1].write_text(as_text(side), encoding="utf-8")
    merge(*sides)
    with sides[0].open("rb") as file:
        joined = read_po(file)
    assert {str(it.id) for it in joined if it.id} == {
        "on the road",
        "('{count} person', '{count} people')",
    }
    for message in joined:
        if message.id:
            there = known.get(message.id, message.context)
            assert there is not None
            assert message.string == there.string
