"""Whether a text names somebody: what an erasure looks for in everything that people and devices wrote.

It errs on the side of erasing. Letters are compared without regard to case and accents; a word counts where
no other letter touches it, in scripts without small letters (which often write no blanks) wherever it stands.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from homestretch.race.entrant import Person

SHORTEST_ALONE: Final = 4
"""A last name with fewer letters names nobody by itself."""
SHORTEST_NUMBER: Final = 6
ENDING: Final = 8
"""Digits at the end of a phone number that are the same with and without the prefix of a country."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"\d[\d\s()./-]*")
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


class Words(NamedTuple):
    """What names a person: all words of one of ``together``; or ``alone``, a last name that nobody else of
    the field has, written with its capitals; or an address; or the end of a phone number."""

    together: tuple[frozenset[str], ...] = ()
    alone: frozenset[str] = frozenset()
    address: str = ""
    number: str = ""


def words_of(person: Person, others: Iterable[Person]) -> Words:
    """What names a person of a field; ``others`` are the rest of it."""
    first, last = _words(person.first), _words(person.last)
    namesakes = any(_words(one.last) == last for one in others)
    surname = frozenset(_LETTERS.findall(_plain(person.last or person.first)))
    long_enough = sum(map(len, surname)) >= SHORTEST_ALONE
    digits = re.sub(r"\D", "", person.phone)
    return Words(
        together=tuple(frozenset((word, *last)) for word in sorted(first)) if last else (),
        alone=surname if long_enough and not namesakes else frozenset(),
        address=_fold(person.email),
        number=digits[-ENDING:] if len(digits) >= SHORTEST_NUMBER else "",
    )


def words_of_name(name: str) -> Words:
    """What names somebody of whom the name alone is known: all of its words."""
    words = _words(name)
    return Words(together=(words,) if words else ())


def names(content: bytes, words: Words, *, in_full: bool = False) -> bool:
    """Whether a text or raw bytes name the person; ``in_full``: not by the last name alone."""
    text = _plain(_read(content))
    folded, written = _fold(text), set(_LETTERS.findall(text))
    if words.address and words.address in folded:
        return True
    if words.number and any(
        words.number in re.sub(r"\D", "", run) for run in _NUMBER.findall(text)
    ):
        return True
    there = set(_LETTERS.findall(folded))
    if any(all(_stands(word, there, folded) for word in all_of) for all_of in words.together):
        return True
    if in_full or not words.alone:
        return False
    return all({word, word.upper()} & written or _is_uncased(word, text) for word in words.alone)


def _stands(word: str, there: set[str], text: str) -> bool:
    return word in there or _is_uncased(word, text)


def _is_uncased(word: str, text: str) -> bool:
    """Whether a word of a script without small letters stands anywhere in a text."""
    return word.lower() == word.upper() and word in text


def _words(name: str) -> frozenset[str]:
    return frozenset(_LETTERS.findall(_fold(_plain(name))))


def _plain(text: str) -> str:
    """A text without accents: letters that are composed are taken apart, and their marks away."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _fold(text: str) -> str:
    return _plain(text.casefold())


def _read(content: bytes) -> str:
    """Bytes as every text that they may be: as UTF-8 (also where a station passed its bytes on as letters),
    with the letters that JSON escapes, as the letters of Windows, and as UTF-16."""
    text = content.decode("utf-8", "replace")
    readings = [text]
    with contextlib.suppress(UnicodeEncodeError):
        readings.append(text.encode("latin-1").decode("utf-8", "replace"))
    if "\\u" in text:
        readings.append(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    if "\ufffd" in text:
        readings.append(content.decode("cp1252", "replace"))
    if b"\0" in content:
        readings += [content.decode(form, "replace") for form in ("utf-16-le", "utf-16-be")]
    return "\n".join(readings)
