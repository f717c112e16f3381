"""What a row tells of the person: names, contacts, sex, age on race day, and what they agreed to."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Final

from homestretch.folder import birth
from homestretch.folder.answers import DISPLAYS, SEXES, YES_NO, Display, Sex, answer_key
from homestretch.folder.cells import Cells
from homestretch.race.entrant import Person

_AGE: Final = re.compile(r"(\d{1,3})(?:\.0+)?")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_DOUBTS: Final = {
    birth.UNCLEAR: (
        "The date of birth cannot be read or cannot be a runner's; kept without age.",
        "Write it as year-month-day: 1980-04-12.",
    ),
    birth.TWO_WAYS: (
        "The date of birth can be read day first or month first, and the age depends on it.",
        'Say which in the heading: "Date of birth (MM/DD/YYYY)" or "Date of birth (DD/MM/YYYY)".',
    ),
    birth.YEAR_ALONE: (
        "Of the birth only the year is known and the person may still be 17; treated as 17.",
        "Give the age on race day, or the whole date of birth.",
    ),
}

_key = functools.lru_cache(maxsize=4096)(answer_key)


def read_person(cells: Cells, entrant: str, in_relay: bool) -> Person:
    """The person of a row; outside relays a team is a club."""
    first, last = cells.get("first"), cells.get("last")
    if not first and not last:
        first, last = split_name(cells.get("name"))
    return Person(
        entrant=entrant,
        first=first,
        last=last,
        club=cells.answer("club") or ("" if in_relay else cells.answer("team")),
        town=cells.answer("town"),
        region=cells.answer("region"),
        country=cells.answer("country"),
        email=_email(cells),
        phone=cells.answer("phone"),
        display=_display(cells),
        companions=_yes(cells, "companions"),
        photos=_yes(cells, "photos"),
        guardian=_yes(cells, "guardian"),
        first_marathon=_yes(cells, "first_marathon"),
    )


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a full name: ``Okafor, Ines`` or ``Ines Okafor``; one word is a first name."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return (first.strip(), last) if first else (name, "")


def read_sex(cells: Cells) -> Sex | None:
    """f, m, x or None when it was not told."""
    cell = cells.answer("sex")
    if not cell:
        return None
    key = _key(cell)
    if key not in SEXES:
        cells.warn(
            f'"{cell}" is not understood as a sex; kept without.', "Write f, m or x, or nothing."
        )
    return SEXES.get(key)


def read_age(cells: Cells, race_day: dt.date | None, day_first: bool | None) -> int | None:
    """Years on race day, by the date of birth if there is one, else by the column of ages."""
    born = cells.answer("born") or cells.answer("birth_year")
    told = _told_age(cells)
    if not born or race_day is None:
        return told
    age = birth.age_on(race_day, born, day_first)
    if age.doubt == birth.UNCLEAR and told is not None:
        return told
    if age.doubt == birth.TWO_WAYS and told is not None:
        return told
    if age.doubt:
        cells.warn(*_DOUBTS[age.doubt])
    elif told is not None and age.years is not None and abs(told - age.years) > 1:
        cells.warn(
            "The age and the date of birth contradict each other; the date is used.",
            "Look which one is right.",
        )
    return age.years


def _told_age(cells: Cells) -> int | None:
    cell = cells.answer("age")
    if not cell:
        return None
    match = _AGE.fullmatch(cell)
    if match is None or not birth.YOUNGEST <= int(match[1]) <= birth.OLDEST:
        cells.warn(
            f'"{cell[:20]}" is not a runner\'s age; kept without.',
            "Write the years on race day: 34.",
        )
        return None
    return int(match[1])


def _email(cells: Cells) -> str:
    cell = cells.answer("email")
    if cell and not _EMAIL.fullmatch(cell):
        cells.warn(
            "The e-mail address is not one and was left out.", "Write it as name@example.org."
        )
        return ""
    return cell


def _display(cells: Cells) -> Display | None:
    if _yes(cells, "anonymous"):
        return "hidden"
    cell = cells.get("display")
    if not cell:
        return None
    display = DISPLAYS.get(_key(cell))
    if display is None:
        cells.warn(
            f'"{cell[:40]}" is not a way to be shown, so the person is hidden.',
            "Write name, initials or hidden.",
        )
        return "hidden"
    return display


def _yes(cells: Cells, meaning: str) -> bool:
    cell = cells.answer(meaning)
    if not cell:
        return False
    yes = YES_NO.get(cell)
    if yes is None:
        yes = YES_NO.get(_key(cell))
    if yes is None:
        heading = meaning.replace("_", " ")
        cells.warn(
            f'"{cell[:40]}" is neither yes nor no for {heading}; taken as no.', "Write yes or no."
        )
    return bool(yes)
