"""The kinds of value a setting can have: how each is read and how a wrong one is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, NamedTuple

from homestretch.folder.moments import FIRST_YEAR, LAST_YEAR, Day, list_zones
from homestretch.folder.problem import WrongError, one_of
from homestretch.race.clock import KM_PER_MILE


class Form(NamedTuple):
    """A kind of value: ``says`` what it must be; ``read`` gives the value meant, or raises WrongError."""

    says: str
    read: Callable[[object, Day], Any]
    by_race: bool = False


_LONGEST_NUMBER = 10**15
_SHORTEST_CITY = 4
"""Of EST and the like no city is spelt alike."""


def show(value: object) -> str:
    """A value as it stands in the file, cut when it is long."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a table"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > _LONGEST_NUMBER:
        return "a number of many digits"
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def plain(value: float) -> str:
    """A number as people write it: ``42,195`` or ``21,097.5``."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def as_typed(value: float) -> str:
    """A number as it is typed into the file: ``42195`` or ``21097.5``."""
    return plain(value).replace(",", "")


def describe(value: object) -> str:
    """A value and its kind in words: ``"abc" (a text)``."""
    kinds: list[tuple[type, str]] = [
        (bool, "yes or no"), (str, "a text"), (int, "a number"), (float, "a number"),
        (dt.datetime, "a date with time"), (dt.date, "a date"), (dt.time, "a time"),
    ]  # fmt: skip
    kind = next((word for known, word in kinds if isinstance(value, known)), "")
    return f"{show(value)} ({kind})" if kind else show(value)


def _text(value: object, _: Day) -> str:
    if not isinstance(value, str):
        raise WrongError("", 'Put it into quotes: "...".')
    text = " ".join(value.split())
    if not text:
        raise WrongError("is empty")
    return text


def _optional_text(value: object, day: Day) -> str:
    return "" if value == "" else _text(value, day)


_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_ID = 40


def _id(value: object, day: Day) -> str:
    text = _text(value, day)
    if not _ID.fullmatch(text) or len(text) > LONGEST_ID:
        better = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-")
        raise WrongError(
            "has capitals, blanks or other characters that an address cannot have",
            f'Write "{better}".' if better else 'Write small letters, such as "marathon".',
        )
    return text


def number(least: float, most: float, unit: str) -> Form:
    """A number with a unit within bounds."""

    def read(value: object, _: Day) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise WrongError("", "Write the number without quotes or unit.")
        if not least <= value <= most:  # also when it is no number at all (nan)
            raise WrongError(f"is not between {plain(least)} and {plain(most)}")
        return float(value)

    return Form(f"a number of {unit}", read)


def choice(*words: str) -> Form:
    """One of a few words."""

    def read(value: object, _: Day) -> str:
        text = value.strip().lower() if isinstance(value, str) else ""
        if text not in words:
            near = get_close_matches(text, words, 1)
            raise WrongError("", f'Did you mean "{near[0]}"?' if near else "")
        return text

    return Form(one_of(f'"{word}"' for word in words), read)


LANGUAGE = choice("en", *sorted(it.name for it in (files("homestretch") / "locale").iterdir()))
"""A language of the pages: each that ships has a folder of its own."""


def _date(value: object, _: Day) -> dt.date:
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value.strip())
        except ValueError:
            raise WrongError("is not a date", "Write year-month-day: 2026-05-03.") from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise WrongError("", "Write year-month-day: 2026-05-03.")
    if not FIRST_YEAR < value.year < LAST_YEAR:
        raise WrongError("is in a year that cannot be meant", "Write the date of the event.")
    return value


def _near_zones(text: str, zones: frozenset[str]) -> list[str]:
    """Zones that may be meant: of the same city, of a city that is spelt alike, then of a like name."""
    city = text.replace(" ", "_").lower().rsplit("/", 1)[-1]
    cities = {zone.lower().rsplit("/", 1)[-1]: zone for zone in sorted(zones, reverse=True)}
    if city in cities:
        return [cities[city]]
    alike = get_close_matches(city, cities, 1, 0.8) if len(city) >= _SHORTEST_CITY else []
    return [cities[one] for one in alike] or get_close_matches(text, zones, 1, 0.75)


def _zone(value: object, day: Day) -> str:
    text = _text(value, day)
    zones = list_zones()
    if text in zones:
        return text
    near = _near_zones(text, zones)
    if near:
        raise WrongError("is not a place's time zone", f'Did you mean "{near[0]}"?')
    raise WrongError(
        "is not a place's time zone",
        'Write continent and city, such as "America/New_York" or "Europe/Berlin": '
        "they know when the clocks change.",
    )


_PACE = re.compile(
    r"(\d{1,2}):([0-5]\d(?:\.\d+)?)\s*(?:min)?\s*(?:/|per)\s*(mi|mile|km|k)\.?", re.I
)
_SLOWEST_S_PER_KM, _FASTEST_S_PER_KM = 3600.0, 30.0


def _pace(value: object, _: Day) -> float:
    how = 'Write minutes:seconds and the unit: "15:48/mi" or "9:49/km".'
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        pace = float(value) if value < _LONGEST_NUMBER else 0.0
    else:
        match = _PACE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise WrongError("is not a pace" if isinstance(value, str) else "", how)
        pace = int(match[1]) * 60 + float(match[2])
        pace = pace / KM_PER_MILE if match[3].lower().startswith("mi") else pace
    if not _FASTEST_S_PER_KM <= pace <= _SLOWEST_S_PER_KM:
        raise WrongError("is not a pace that anybody moves at", how)
    return pace


def _moment(value: object, day: Day) -> int:
    return day.moment(value)


def _names(value: object, day: Day) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) and item.strip() for item in values):
        raise WrongError("", 'Write the names in quotes: ["10K-1", "10K-2"].')
    return tuple(dict.fromkeys(_text(item, day) for item in values))


def _yes_or_no(value: object, _: Day) -> bool:
    if not isinstance(value, bool):
        raise WrongError("", "Write true or false, without quotes.")
    return value


def by_race(form: Form) -> Form:
    """One value that holds for every race, or a table with a value for each race."""
    return Form(f"{form.says}, or a table with one for each race", form.read, by_race=True)


TEXT = Form("a text in quotes", _text)
OPTIONAL_TEXT = Form("a text in quotes", _optional_text)
ID = Form("a short text of small letters, digits and hyphens", _id)
DATE = Form("a date", _date)
ZONE = Form("a time zone", _zone)
PACE = Form("a pace", _pace)
MOMENT = Form("a time", _moment)
NAMES = Form("a list of texts", _names)
YES_OR_NO = Form("true or false", _yes_or_no)
DISTANCE = number(0, 1_000_000, "metres")
