"""entrants.csv to entrants, people and chips: every row that can be kept is kept, the others are listed.

A row is left out only when the ledger could not hold it (no bib, a bib or id that another row has, no
such race, cells out of place). Whatever else is wrong, the person is entered and the finding says what
was not understood. Of a date of birth nothing is kept but the age on race day.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from homestretch.folder.csv_rows import Sheet, read_sheet
from homestretch.folder.file_kinds import SAVE_AS_CSV, say_no_table
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import ENTRANTS, Findings, Problem
from homestretch.folder.race_names import RaceOfBib
from homestretch.folder.row_reading import RowReading
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Event

LARGEST_BYTES = 64_000_000


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows there were and what became of them; ``races`` by race id."""

    rows: int = 0
    kept: int = 0
    left_out: int = 0
    chips: int = 0
    races: dict[str, int] = {}


class Entrants(msgspec.Struct, frozen=True, kw_only=True):
    """What an entrants file says. ``persons`` has one person for each entrant, in the same order, and
    ``lines`` the line in which each stands; ``left_out`` are lines that were not kept, with their cells."""

    entrants: tuple[Entrant, ...] = ()
    lines: tuple[int, ...] = ()
    persons: tuple[Person, ...] = ()
    cells: tuple[str, ...] = ()
    """what stands in each of these lines, but for births"""
    chips: tuple[tuple[str, str], ...] = ()
    """(chip, bib), for the whole day"""
    rulings: tuple[tuple[str, Literal["dns"]], ...] = ()
    """(bib, verdict) of those who said that they do not come"""
    left_out: tuple[tuple[int, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Counts = Counts()
    says: frozenset[str] = frozenset()
    """the meanings for which the file has a column (docs/event-folder.md)"""


def parse_entrants(
    data: bytes,
    event: Event | None,
    file: str = ENTRANTS,
    elsewhere: RaceOfBib = lambda _: "",
) -> Entrants:
    """The entrants in a file in any of the forms of docs/event-folder.md; never raises.

    ``file`` is how findings call it; ``elsewhere`` gives the race of a bib whose row names none (its id, empty
    when nobody knows). Without an event (its file being unreadable) races, waves and ages are not checked or known.
    """
    findings = Findings(file)
    if len(data) > LARGEST_BYTES:
        findings.add(
            0,
            f"The file has {len(data) / 1e6:,.0f} MB; a hundred thousand entrants have some 20.",
            "Is this the right file?",
        )
        return Entrants(problems=findings.list_problems())
    if what := say_no_table(data):
        findings.add(0, what, SAVE_AS_CSV)
        return Entrants(problems=findings.list_problems())
    sheet = read_sheet(read_letters(data, findings), findings)
    if sheet is None:
        return Entrants(problems=findings.list_problems())
    reading = RowReading(sheet, event, findings, elsewhere)
    return _take_all(reading, sheet, findings)


def _take_all(reading: RowReading, sheet: Sheet, findings: Findings) -> Entrants:
    """Everything that the rows of a sheet say."""
    kept, left_out = _take_rows(reading, sheet)
    races: dict[str, int] = {}
    for entrant in reading.entrants:
        races[entrant.race] = races.get(entrant.race, 0) + 1
    return Entrants(
        entrants=tuple(reading.entrants),
        lines=tuple(line for line, _ in kept),
        persons=tuple(reading.persons),
        cells=tuple(cells for _, cells in kept),
        chips=tuple((chip, bib) for chip, (bib, _) in reading.chips.items()),
        rulings=tuple(reading.rulings),
        left_out=left_out,
        problems=findings.list_problems(),
        counts=Counts(
            rows=len(sheet.rows),
            kept=len(reading.entrants),
            left_out=len(sheet.rows) - len(reading.entrants) - reading.repeated_headings,
            chips=len(reading.chips),
            races=races,
        ),
        says=reading.says,
    )


def _take_rows(
    reading: RowReading, sheet: Sheet
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """Take every row; lines and cells of those that were kept, and of those left out."""
    taken: list[tuple[int, str]] = []
    left_out: list[tuple[int, str]] = []
    for row in sheet.rows:
        kept, repeated = len(reading.entrants), reading.repeated_headings
        if reading.has_bibs:
            reading.take(row)
        if len(reading.entrants) > kept:
            taken.append((row.line, sheet.delimiter.join(reading.without_birth(row.cells))))
        elif reading.repeated_headings == repeated:
            left_out.append((row.line, sheet.delimiter.join(row.cells)))
    reading.finish()
    return tuple(taken), tuple(left_out)
