"""Row by row to entrants: who can be held by the ledger, under which bib, in which race, with which chips."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final, Literal

from homestretch.facts import normal_chip
from homestretch.folder.answers import NOTHING, ROLES, STATUS_NUMBERS, STATUSES, Role, answer_key
from homestretch.folder.birth import say_order
from homestretch.folder.cells import Cells
from homestretch.folder.columns import ABSENT, find_columns
from homestretch.folder.csv_rows import Row, Sheet
from homestretch.folder.person_reading import read_age, read_person, read_sex
from homestretch.folder.problem import Findings
from homestretch.folder.race_names import RaceNames, RaceOfBib
from homestretch.folder.relays import Teams, read_leg
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Event, Race
from homestretch.race.spelling import bib_key

LONGEST_BIB = 12
LONGEST_CHIP = 64
_BIB: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_WHOLE: Final = re.compile(r"(\d+)\.0+")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+")
_ROUNDED: Final = re.compile(r"\d+(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_CHIP: Final = re.compile(r"[A-Z0-9][A-Z0-9:_-]*")
_BETWEEN_CHIPS: Final = re.compile(r"[\s;,/|]+")


class RowReading:
    """Takes the rows of one sheet; what was kept so far stands in its lists."""

    def __init__(
        self,
        sheet: Sheet,
        event: Event | None,
        findings: Findings,
        elsewhere: RaceOfBib = lambda _: "",
    ) -> None:
        self.entrants: list[Entrant] = []
        self.persons: list[Person] = []
        self.chips: dict[str, tuple[str, int]] = {}
        """chip -> (bib, line)"""
        self.rulings: list[tuple[str, Literal["dns"]]] = []
        self.repeated_headings = 0
        self._findings = findings
        self._sheet = sheet
        self._columns = find_columns(sheet.heading.cells, sheet.heading.line, findings)
        self._names = RaceNames(event, self._columns, sheet.rows, elsewhere) if event else None
        self._race_day = dt.date.fromisoformat(event.date) if event else None
        self._bibs: dict[str, tuple[str, int]] = {}
        """bib_key -> (bib, line)"""
        self._teams = Teams(findings)
        self._ids: dict[str, int] = {}
        self.has_bibs = self._columns.position["bib"] != ABSENT
        self._day_first = self._find_day_first()
        self._say_columns()

    def take(self, row: Row) -> None:
        """Keep what a row says, or say why it is left out."""
        cells = Cells(row, self._columns, self._findings)
        if not self._in_place(row, cells):
            return
        bib = read_bib(cells)
        if not bib or not self._is_new(bib, cells):
            return
        race = self._names.find_race(cells, bib) if self._names else None
        if self._names and race is None:
            return
        entrant = self._entrant_id(cells, bib)
        if not entrant:
            return
        self._bibs[bib_key(bib)] = (bib, row.line)
        self._ids[entrant] = row.line
        status = self._status(cells)
        entered = self._entrant(cells, entrant, bib, race, status)
        self.entrants.append(entered)
        if race and entered.leg is not None and status != "dns":
            self._teams.take(cells, race, entered.team, entered.leg)
        self.persons.append(read_person(cells, entrant, in_relay=bool(race and race.legs)))
        self._take_chips(cells, bib)
        if status == "dns":
            self.rulings.append((bib, "dns"))

    def without_birth(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row as they may be kept: dates and years of birth are empty."""
        births = {self._columns.position[meaning] for meaning in ("born", "birth_year")}
        return ["" if at in births else cell for at, cell in enumerate(cells)]

    @property
    def says(self) -> frozenset[str]:
        """The meanings for which the table has a column."""
        return self._columns.meanings

    def finish(self) -> None:
        """Findings about the table as a whole."""
        self._teams.finish()
        if self.has_bibs and not self._sheet.rows:
            self._findings.add(
                self._sheet.heading.line, "There are headings but no entrants below.", "", "warning"
            )

    def _say_columns(self) -> None:
        line = self._sheet.heading.line
        if not self.has_bibs:
            said = ", ".join(f'"{cell.strip()[:30]}"' for cell in self._sheet.heading.cells[:12])
            self._findings.add(
                line,
                f"No column has the bib numbers; the columns are {said}.",
                'Name the column of bib numbers "bib". Until then no entrant can be read.',
            )
        if not self._columns.chips:
            self._findings.add(
                line,
                "No column has the chips, so no read can be anybody's yet.",
                'Name the column "chip", or import the chips later.',
                "warning",
            )
        if self._names and not self._names.trusts_column and self._columns.races:
            self._findings.add(
                line,
                "The column of races names none of this event; everybody is entered in its one race.",
                "Look whether this is the right file.",
                "warning",
            )

    def _find_day_first(self) -> bool | None:
        """The order of dates of birth: by the heading, else by those that can be read one way only."""
        at = self._columns.position["born"]
        if at == ABSENT or self._columns.day_first is not None:
            return self._columns.day_first
        told = say_order(row.cells[at].strip() for row in self._sheet.rows if at < len(row.cells))
        if told is not None:
            order = "day first" if told else "month first"
            self._findings.add(
                self._sheet.heading.line,
                f"Dates of birth are read {order}, because some of them cannot be read otherwise.",
                "",
                "note",
            )
        return told

    def _in_place(self, row: Row, cells: Cells) -> bool:
        width = self._columns.width
        if row.cells == self._sheet.heading.cells:
            self.repeated_headings += 1
            cells.note("The headings stand here again.")
            return False
        if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            cells.error(
                f"The row has more cells than there are headings ({width}), so it is left out.",
                'A comma inside a text needs quotes around the text: "Hill, Dale and Company".',
            )
            return False
        if len(row.cells) < width:
            cells.warn(
                "The row has fewer cells than there are headings; the rest is taken as empty.",
                "Look whether it was broken in two.",
            )
        return True

    def _is_new(self, bib: str, cells: Cells) -> bool:
        known = self._bibs.get(bib_key(bib))
        if known is None:
            return True
        first, line = known
        otherwise = "" if bib == first else f" as {first}"
        cells.error(
            f"Bib {bib} stands in line {line} already{otherwise}; this row is left out.",
            "Give one of the two another bib."
            + (f" Runners of one relay team: {bib}-1, {bib}-2 ..." if cells.answer("leg") else ""),
        )
        return False

    def _entrant_id(self, cells: Cells, bib: str) -> str:
        entrant = cells.answer("id").replace(" ", "")[:64] or bib
        if entrant in self._ids:
            cells.error(
                f'The id "{entrant}" stands in line {self._ids[entrant]} already; this row is left out.',
                "Give each entrant an id of their own, or take the column away.",
            )
            return ""
        return entrant

    def _entrant(
        self, cells: Cells, entrant: str, bib: str, race: Race | None, status: str
    ) -> Entrant:
        wave = division = ""
        if self._names and race:
            wave = self._names.find_wave(cells, race)
            division = self._names.find_division(cells, race, wave)
            self._names.say_missing_wave(cells, race, wave, division)
        is_relay = bool(race and race.legs)
        return Entrant(
            id=entrant,
            bib=bib,
            race=race.id if race else cells.get("race"),
            wave=wave if race else cells.get("wave"),
            sex=read_sex(cells),
            age=read_age(cells, self._race_day, self._day_first),
            division=division,
            role=_role(cells, status),
            team=cells.answer("team") if is_relay else "",
            leg=read_leg(cells, race),
        )

    def _status(self, cells: Cells) -> str:
        said = cells.answer("status")
        if not said or (said.isdigit() and self._columns.holds_results):
            return ""
        status = STATUS_NUMBERS.get(said) if said.isdigit() else STATUSES.get(answer_key(said))
        if status == "result":
            cells.note("A result stands in the column status; it is not taken over.")
        elif status is None:
            cells.note(f'The status "{said[:40]}" is not used.')
        return status or ""

    def _take_chips(self, cells: Cells, bib: str) -> None:
        found = False
        for position in self._columns.chips:
            for chip in _read_chips(cells.at(position), cells):
                found = True
                other, line = self.chips.setdefault(chip, (bib, cells.line))
                if other != bib:
                    cells.error(
                        f"Chip {chip} belongs to bib {other} in line {line} already; "
                        f"bib {bib} is kept without it.",
                        "Find out who wears it and give the other one another chip.",
                    )
        if self._columns.chips and not found:
            cells.note("The row has no chip: it can be seen by people only until one is given.")


def read_bib(cells: Cells) -> str:
    """The bib of a row in capitals; empty when it has none that can be used, which is said."""
    plain = cells.answer("bib")
    if plain.isdecimal() and plain.isascii() and len(plain) <= LONGEST_BIB and plain.strip("0"):
        return plain
    said = plain.lstrip("#").replace(" ", "").upper()
    if _THOUSANDS.fullmatch(said):
        said = said.replace(",", "")
    whole = _WHOLE.fullmatch(said)
    bib = whole[1] if whole else said
    if not bib.strip("0"):
        cells.error("The row has no bib and is left out.", "Give everybody a bib before the start.")
        return ""
    if len(bib) > LONGEST_BIB or not _BIB.fullmatch(bib):
        cells.error(
            f'"{said[:30]}" cannot be a bib, so the row is left out.',
            f"A bib has up to {LONGEST_BIB} letters and digits, with hyphens between: 1234, F17, 501-2.",
        )
        return ""
    return bib


def _read_chips(cell: str, cells: Cells) -> list[str]:
    """The chips in a cell, as they are compared."""
    if cell.isascii() and cell.isalnum() and len(cell) <= LONGEST_CHIP:
        chips = [normal_chip(cell)] if cell not in NOTHING else []
    else:
        chips = [_read_chip(part, cells) for part in _BETWEEN_CHIPS.split(cell)]
    return [chip for chip in chips if chip and chip != "0"]


def _read_chip(text: str, cells: Cells) -> str:
    if text in NOTHING:
        return ""
    if _ROUNDED.fullmatch(text):
        cells.error(
            f"The chip {text} was rounded by a spreadsheet and is lost; kept without it.",
            "Export the chips again with the column formatted as text.",
        )
        return ""
    whole = _WHOLE.fullmatch(text)
    chip = normal_chip(whole[1] if whole else text)
    if len(chip) > LONGEST_CHIP or not _CHIP.fullmatch(chip):
        cells.error(
            f'"{text[:30]}" cannot be a chip; kept without it.', "Copy it from the chip file."
        )
        return ""
    return chip


def _role(cells: Cells, status: str) -> Role:
    said = cells.answer("role")
    role = ROLES.get(answer_key(said)) if said else "runner"
    if role is None:
        cells.warn(
            f'"{said[:40]}" is no role here; entered as a runner.',
            "Write runner, pacer, guide, sweeper or guest (out of competition).",
        )
        role = "runner"
    return "guest" if role == "runner" and status == "guest" else role
