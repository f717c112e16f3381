"""Words that can be said again in another language and in other units.

What a board says is English text, and remembers what it was made of: the message of the catalogue and what
was filled in. A page that is read in another language says it again; nothing that makes words knows for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Literal, NamedTuple, TypeVar, get_type_hints

import msgspec

T = TypeVar("T")
Units = Literal["", "km", "mi"]
KM_M, MILE_M = 1000.0, 1609.344


class Speech(NamedTuple):
    """How a page speaks: the messages of a catalogue, and units (empty: those in which something was said).

    ``gettext``, ``ngettext`` and ``pgettext`` are those of the standard library's ``gettext``.
    """

    language: str
    units: Units
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    pgettext: Callable[[str, str], str]

    def again(self, words: Any) -> str:
        """Words as this page says them; what is no ``Said`` is somebody's own words and stays."""
        if not isinstance(words, Said):
            return str(words)
        return words if self.language == "en" and not self.units else words.again(self)

    def fill(self, message: str, given: Mapping[str, Any]) -> str:
        """A message of the catalogue with what was given filled in."""
        return message.format(**{name: self.again(value) for name, value in given.items()})

    def number(self, english: str) -> str:
        """A number that was written as in English, with the signs of this language."""
        table = {
            ",": self.pgettext("between thousands", ","),
            ".": self.pgettext("before decimals", "."),
        }
        return "".join(table.get(sign, sign) for sign in english)


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _of_context(_context: str, message: str) -> str:
    return message


def english(units: Units = "") -> Speech:
    """The language in which everything is written first."""
    return Speech("en", units, str, _plural, _of_context)


ENGLISH = english()


class Said(str):
    """Words that can be said again; as a ``str`` they are English, in the units of the event."""

    __slots__ = ("_again",)
    _again: Callable[[Speech], str]

    def __new__(cls, text: str, again: Callable[[Speech], str]) -> Said:
        """English words, and how another speech says them."""
        made = super().__new__(cls, text)
        made._again = again
        return made

    def again(self, speech: Speech) -> str:
        """The same in another speech."""
        return self._again(speech)

    @property
    def made_of(self) -> tuple[str, Mapping[str, Any]] | None:
        """The message and what was given, of what ``said`` made; None of all other words."""
        again = self._again
        is_said = isinstance(again, partial) and again.func is _again
        return (again.args[0], again.args[1]) if isinstance(again, partial) and is_said else None

    def __reduce__(self) -> tuple[type[Said], tuple[str, Callable[[Speech], str]]]:
        """The keeper sends words to fronts in a Picture: they can be said again there."""
        return Said, (str(self), self._again)


def said(message: str, **given: Any) -> Said:
    """A message of the catalogue; ``{name}`` in it is filled with what is given under that name."""
    return Said(message.format(**given) if given else message, partial(_again, message, given))


def said_n(one: str, many: str, count: int, **given: Any) -> Said:
    """``one`` or ``many`` as the language has it for a number; ``{count}`` is the number."""
    given["count"] = counted(count)
    return Said(
        _plural(one, many, count).format(**given), partial(_n_again, one, many, count, given)
    )


def said_in(context: str, message: str, **given: Any) -> Said:
    """A short message that means something else elsewhere; ``context`` tells translators where it stands."""
    text = message.format(**given) if given else message
    return Said(text, partial(_in_again, context, message, given))


def _again(message: str, given: Mapping[str, Any], speech: Speech) -> str:
    found = speech.gettext(message)
    return speech.fill(found, given) if given else found


def _n_again(one: str, many: str, count: int, given: Mapping[str, Any], speech: Speech) -> str:
    return speech.fill(speech.ngettext(one, many, count), given)


def _in_again(context: str, message: str, given: Mapping[str, Any], speech: Speech) -> str:
    found = speech.pgettext(context, message)
    return speech.fill(found, given) if given else found


def counted(count: int) -> Said:
    """A count with its thousands apart: ``4,061``."""
    return written(f"{count:,}")


def decimal(value: float, digits: int, *, sign: bool = False) -> Said:
    """A number with so many decimals: ``21.3``."""
    return written(f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}")


def written(text: str) -> Said:
    """A number that is already written as in English."""
    return Said(text, partial(_written_again, text))


def _written_again(text: str, speech: Speech) -> str:
    return speech.number(text)


def in_units(units: str, say: Callable[[str], str]) -> Said:
    """What ``say`` says in units ("km" or "mi"), which a reader may choose; ``units`` are the event's."""
    return Said(say(units), partial(_in_units_again, units, say))


def _in_units_again(units: str, say: Callable[[str], str], speech: Speech) -> str:
    return speech.again(say(speech.units or units))


def joined(words: Iterable[str], between: str) -> Said:
    """Words one after the other; ``between`` is a sign, no word."""
    parts = tuple(words)
    return Said(between.join(parts), partial(_joined_again, parts, between))


def _joined_again(parts: tuple[str, ...], between: str, speech: Speech) -> str:
    return between.join(speech.again(part) for part in parts)


def lowered(words: str) -> Said:
    """A sentence that goes on behind a colon: with a small letter in English, as it is in other languages."""
    return Said(f"{words[:1].lower()}{words[1:]}", partial(_lowered_again, words))


def _lowered_again(words: str, speech: Speech) -> str:
    found = speech.again(words)
    return f"{found[:1].lower()}{found[1:]}" if speech.language == "en" else found


def say_again(value: T, speech: Speech) -> T:
    """A board, or a part of one, with everything in it said again; what holds no words is the same object."""
    again: T = _say_again(value, speech)
    return again


def _say_again(value: Any, speech: Speech) -> Any:
    if isinstance(value, str):
        return value.again(speech) if isinstance(value, Said) else value
    if isinstance(value, msgspec.Struct):
        return _struct_again(value, speech)
    if isinstance(value, tuple | list):
        return _sequence_again(value, speech)
    if isinstance(value, dict):
        return {name: _say_again(part, speech) for name, part in value.items()}
    return value


def _struct_again(value: msgspec.Struct, speech: Speech) -> msgspec.Struct:
    changed = {}
    for name in _wordy(type(value)):
        part = getattr(value, name)
        again = _say_again(part, speech)
        if again is not part:
            changed[name] = again
    return msgspec.structs.replace(value, **changed) if changed else value


def _sequence_again(value: Any, speech: Speech) -> Any:
    if not value or isinstance(value[0], int | float):
        return value
    parts = [_say_again(part, speech) for part in value]
    if all(again is part for again, part in zip(parts, value, strict=True)):
        return value
    if isinstance(value, list):
        return parts
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


@cache
def _wordy(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Fields that may hold words: all but plain numbers."""
    numbers = (int, float, bool, int | None, float | None, bool | None)
    return tuple(name for name, hint in get_type_hints(kind).items() if hint not in numbers)
