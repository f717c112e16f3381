"""Sentences made of what they stand on: each number is written with its unit, each name as the public sees it.

A form is a sentence with ``{place:manner}`` for each thing it stands on. All else in it is plain words of a closed
list (``checking.WORDS``): no digit, no name, nothing that only people can know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import ceil
from typing import Final

from homestretch.picture import Picture
from homestretch.race.clock import KM_PER_MILE, say_elapsed, say_time
from homestretch.race.saying import said
from homestretch.stories.measures import take
from homestretch.stories.values import Measured, Sentence, Stand

PLACE: Final = re.compile(r"\{(\d+)(?::(\w+))?\}")
MINUTES_FROM_S: Final = 119.5
_SMALL: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_THE: Final = {"start": "the start", "half": "the half", "finish": "the finish"}
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def write(picture: Picture, key: str, form: str, *stands: Stand) -> Sentence:
    """The sentence that a form makes of what it stands on."""
    return Sentence(key, form, stands, render(picture, form, stands))


def stand(picture: Picture, measure: str, *of: int) -> Stand:
    """What a sentence stands on, measured now."""
    return take(picture, measure, *of)


def render(picture: Picture, form: str, stands: tuple[Stand, ...]) -> str:
    """The text of a form; its first letter is a capital."""

    def say(match: re.Match[str]) -> str:
        found = stands[int(match[1])].found
        return MANNERS[found.unit](picture, found, match[2] or "")

    text = PLACE.sub(say, form).replace("..", ".")  # initials end with a dot, too
    return text[:1].upper() + text[1:]


def _seconds(_picture: Picture, found: Measured, manner: str) -> str:
    """``4 minutes`` from two minutes on, ``1 minute and 5 seconds`` before that, else seconds; ``within`` is rounded up:
    no more than that."""
    value = found.value
    if manner == "within":
        return _many(max(1, ceil(value)), "second")
    words = manner == "words"
    if value >= MINUTES_FROM_S:
        return _many(round(value / 60), "minute", words=words)
    minutes, seconds = divmod(round(value), 60)
    said = [_many(minutes, "minute", words=words)] if minutes else []
    said += [_many(seconds, "second", words=words)] if seconds or not minutes else []
    return " and ".join(said)


def _clock(picture: Picture, found: Measured, manner: str) -> str:
    return say_time(int(found.value), picture.event.zone_info, seconds=manner != "minute")


def _elapsed(_picture: Picture, found: Measured, _manner: str) -> str:
    return say_elapsed(int(found.value))


def _count(_picture: Picture, found: Measured, manner: str) -> str:
    count = int(found.value)
    if manner == "th":
        ending = "th" if count % 100 in (11, 12, 13) else _ENDINGS.get(count % 10, "th")
        return f"{count:,}{ending}"
    return _number(count, words=manner == "words")


def _pace(picture: Picture, found: Measured, _manner: str) -> str:
    miles = picture.event.units == "mi"
    whole = round(found.value * KM_PER_MILE if miles else found.value)
    return f"{whole // 60}:{whole % 60:02} minutes a {'mile' if miles else 'kilometre'}"


def _name(_picture: Picture, found: Measured, manner: str) -> str:
    return _THE.get(found.text.casefold(), found.text) if manner == "point" else found.text


def _many(count: int, unit: str, *, words: bool = False) -> str:
    return f"{_number(count, words=words)} {unit}{'' if count == 1 else 's'}"


def _number(count: int, *, words: bool) -> str:
    return _SMALL[count] if words and 0 <= count < len(_SMALL) else f"{count:,}"


MANNERS: Final[Mapping[str, Callable[[Picture, Measured, str], str]]] = {
    "s": _seconds,
    "clock": _clock,
    "elapsed": _elapsed,
    "count": _count,
    "pace": _pace,
    "name": _name,
}


SAYS: Final[Mapping[str, Callable[[str], str]]] = {
    "who": lambda what: said("{what}, as the public sees them", what=what),
    "club": lambda what: said("the club {what}", what=what),
    "point": lambda what: said("the timing point {what}", what=what),
    "race": lambda what: said("the {what}", what=what),
    "first": lambda what: said("{what} said at entry that it is their first marathon", what=what),
    "passed": lambda what: said("read at {what}", what=what),
    "apart": lambda what: said("{what} between their reads there", what=what),
    "furthest": lambda what: said("at most {what} between their reads", what=what),
    "span": lambda what: said("{what} from the first read to the last", what=what),
    "before_sweep": lambda what: said(
        "{what} from the read to when the sweep car was due by its plan", what=what
    ),
    "behind_sweep": lambda what: said(
        "{what} from when the sweep car was due by its plan to the read", what=what
    ),
    "sweep_time": lambda what: said("the sweep car was due at {what} by its plan", what=what),
    "closing_time": lambda what: said("the point closed at {what}", what=what),
    "after_closing": lambda what: said("{what} from when the point closed to the read", what=what),
    "net": lambda what: said("{what} from the own start to the finish", what=what),
    "home": lambda what: said("number {what} of the race's reads at the line", what=what),
    "finishers": lambda what: said("{what} came home in the race", what=what),
    "order_at": lambda what: said("number {what} of those who came home, at this point", what=what),
    "read_at": lambda what: said(
        "{what} of those who came home were read at this point", what=what
    ),
    "overtaken": lambda what: said(
        "{what} were read here earlier and at the line later", what=what
    ),
    "pace": lambda what: said("{what} between the two reads", what=what),
    "points_read": lambda what: said("{what} timing points read both", what=what),
    "how_many": lambda what: said("{what} people", what=what),
}
"""What each measure is, in words of the desk."""


def say_stand(picture: Picture, stand: Stand) -> str:
    """What a sentence stands on, for the desk: the exact figure, and what it is."""
    found = stand.found
    exact = f"{found.value:.1f} s" if found.unit == "s" else MANNERS[found.unit](picture, found, "")
    return SAYS[stand.measure](exact)
