"""Which column of an entrants file means what: headings of many systems, compared without regard to
case, blanks and signs."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from homestretch.folder.problem import Findings, all_of

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "entrantid", "entryid", "registrationid", "participantid", "athleteid", "runnerid"),
    "bib": ("bib", "bibnumber", "bibnum", "bibno", "racenumber", "raceno", "startnumber", "startno",
            "startnummer", "stnr", "dossard", "dorsal", "number", "no"),
    "first": ("first", "firstname", "fname", "givenname", "given", "forename", "vorname", "prenom",
              "prénom", "nombre"),
    "last": ("last", "lastname", "lname", "surname", "familyname", "family", "nachname", "nom",
             "apellido", "apellidos"),
    "name": ("name", "fullname", "runner", "athlete", "participant", "displayname"),
    "sex": ("sex", "gender", "geschlecht", "sexe", "sexo"),
    "born": ("dateofbirth", "dob", "birthdate", "birthday", "born", "geburtsdatum"),
    "birth_year": ("yearofbirth", "yob", "birthyear", "jahrgang"),
    "age": ("age", "ageonraceday", "raceage", "alter"),
    "race": ("race", "raceid", "racename", "event", "eventname", "contest", "contestname",
             "distance", "resultsetname", "course", "eventid", "wettbewerb"),
    "category": ("category", "class"),
    "division": ("division", "div"),
    "wave": ("wave", "startwave", "wavename", "startgroup", "corral", "pen", "startblock", "block"),
    "role": ("role", "entranttype"),
    "status": ("status",),
    "club": ("club", "clubname", "verein"),
    "team": ("team", "teamname", "relayteam", "relayteamname"),
    "leg": ("leg", "relayleg", "legnumber", "stage"),
    "town": ("city", "town", "hometown", "residence", "ort"),
    "region": ("state", "province", "region", "county", "stateprovince"),
    "country": ("country", "nation", "nationality", "nat", "countrycode"),
    "email": ("email", "emailaddress", "mail"),
    "phone": ("phone", "phonenumber", "mobile", "cell", "cellphone", "mobilephone", "telephone"),
    "display": ("display", "show", "showas", "shownas", "namedisplay", "privacy"),
    "anonymous": ("anonymous", "hidden", "private", "hide"),
    "companions": ("companions", "showcompanions", "companionsok", "withcompanions"),
    "photos": ("photos", "photo", "photosok", "photoconsent"),
    "guardian": ("guardian", "guardianok", "guardianconsent", "parentalconsent", "parentconsent"),
    "first_marathon": ("firstmarathon", "firsttimer", "firsttime", "debut"),
}  # fmt: skip
"""Meaning -> headings as they are compared; of several in one file the one named first here is used."""

MEANINGS: Final = {meaning: meaning.replace("_", " ") for meaning in HEADINGS} | {
    "first": "first name",
    "last": "last name",
    "name": "full name",
    "born": "date of birth",
    "birth_year": "year of birth",
    "category": "race or division",
    "display": "way to be shown",
    "anonymous": "wish to be hidden",
    "companions": "consent to companions",
    "photos": "consent to photos",
    "guardian": "consent of a guardian",
}
"""Meanings in words."""

CHIP: Final = re.compile(
    r"(chip|tag|transponder|transpcode|transp|rfid|epc)(id|code|no|number|num)?(\d*)"
)
ELAPSED: Final = frozenset({"clocktime", "chiptime", "official", "guntime", "nettime"})
"""Headings of elapsed times, which only results have."""
RESULTS: Final = ELAPSED | {"place", "time"}
"""Headings that show that a file holds results, where a bib and more stand beside them."""

_MEANING: Final = {heading: meaning for meaning, all_ in HEADINGS.items() for heading in all_}
_DATE_ORDER: Final = re.compile(r"(m{1,2}d{1,2}y{0,4}|d{1,2}m{1,2}y{0,4})$")

_LONGEST_HEADING: Final = 40
_MOST_NAMED: Final = 20
_MOST_COMPARED: Final = 60
ABSENT: Final = -1


@dataclass
class Columns:
    """Where each meaning stands in a row, ABSENT when nowhere. ``races`` are all columns that may name
    the race."""

    width: int
    position: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HEADINGS, ABSENT))
    races: list[int] = field(default_factory=list)
    chips: list[int] = field(default_factory=list)
    day_first: bool | None = None
    """the order of dates of birth, when the heading tells"""
    holds_results: bool = False

    @property
    def meanings(self) -> frozenset[str]:
        """The meanings for which there is a column, ``chip`` among them."""
        named = {meaning for meaning, at in self.position.items() if at != ABSENT}
        return frozenset(named | ({"chip"} if self.chips else set()))


@functools.lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading as it is compared: ``Bib #``, ``bib_num.`` and ``BIB NUM`` have one key each way."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def count_known(cells: list[str]) -> tuple[bool, int]:
    """Whether a row names a bib, and how many of its cells are headings."""
    keys = [heading_key(cell) for cell in cells]
    known = [_meaning(key)[0] or (key if CHIP.fullmatch(key) else "") for key in keys]
    return "bib" in known, len({meaning for meaning in known if meaning})


def find_columns(cells: list[str], line: int, findings: Findings) -> Columns:
    """The columns of a heading row; what is not used, misspelt or double is said."""
    columns = Columns(width=len(cells))
    found: dict[str, list[tuple[int, int]]] = {}
    unused: list[tuple[str, str]] = []
    chips: list[tuple[int, int]] = []
    for position, cell in enumerate(cells):
        key = heading_key(cell)
        meaning, day_first = _meaning(key)
        chip = CHIP.fullmatch(key)
        if meaning:
            found.setdefault(meaning, []).append((_rank(meaning, key), position))
            if meaning == "born" and day_first is not None:
                columns.day_first = day_first
        elif chip:
            chips.append((int(chip[3] or 1), position))
        elif key in RESULTS:
            columns.holds_results = True
        elif key:
            unused.append((cell.strip(), key))
    columns.chips = [position for _, position in sorted(chips)]
    for meaning, places in found.items():
        columns.position[meaning] = min(places)[1]
    columns.races = [position for _, position in sorted(found.get("race", []))]
    _say_double(cells, found, columns, line, findings)
    _say_unused(unused, set(found), line, findings)
    return columns


def _meaning(key: str) -> tuple[str, bool | None]:
    """What a heading means, and for dates whether the day comes first when it says so."""
    if key in _MEANING:
        return _MEANING[key], None
    order = _DATE_ORDER.search(key)
    if order and _MEANING.get(key[: order.start()]) == "born":
        return "born", order[1].startswith("d")
    return "", None


def _rank(meaning: str, key: str) -> int:
    return HEADINGS[meaning].index(key) if key in HEADINGS[meaning] else 0


def _say_double(
    cells: list[str],
    found: dict[str, list[tuple[int, int]]],
    columns: Columns,
    line: int,
    findings: Findings,
) -> None:
    for meaning, places in found.items():
        if meaning == "race" or len(places) == 1:
            continue
        used = cells[columns.position[meaning]].strip()
        others = [f'"{cells[at].strip()}"' for _, at in sorted(places)[1:]]
        findings.add(
            line,
            f'Several columns say {meaning.replace("_", " ")}: "{used}" is used, {all_of(others)} not.',
            "Keep the right one only, if it is another.",
            "note",
        )


def _say_unused(
    unused: list[tuple[str, str]], found: set[str], line: int, findings: Findings
) -> None:
    others = []
    for number, (cell, key) in enumerate(unused):
        likely = number < _MOST_COMPARED and 3 < len(key) <= _LONGEST_HEADING
        near = get_close_matches(key, list(_MEANING), 1, 0.8) if likely else []
        if near and _MEANING[near[0]] not in found:
            findings.add(
                line,
                f'The column "{cell}" is not known.',
                f'Did you mean "{near[0]}"? Then rename it.',
                "warning",
            )
        else:
            others.append(f'"{cell[:40]}"')
    if others:
        rest = len(others) - _MOST_NAMED
        named = ", ".join(others[:_MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
        findings.add(line, f"Columns that are not used: {named}.", "", "note")
