"""The cells of one row by meaning, cleaned of what nobody sees."""

from __future__ import annotations

import unicodedata

from homestretch.folder.answers import NOTHING
from homestretch.folder.csv_rows import Row
from homestretch.folder.problem import Findings

LONGEST_CELL = 200


class Cells:
    """One row; ``get`` gives a cell as written, ``answer`` empty for cells that say nothing."""

    __slots__ = ("_at", "_cells", "_findings", "line")

    def __init__(self, row: Row, at: dict[str, int], findings: Findings) -> None:
        self.line = row.line
        self._cells = row.cells
        self._at = at
        self._findings = findings

    def get(self, meaning: str) -> str:
        """The cell of a meaning, empty when there is none."""
        at = self._at.get(meaning)
        return "" if at is None else self.at(at)

    def answer(self, meaning: str) -> str:
        """The cell of a meaning, empty also for ``n/a``, ``-`` and the like."""
        cell = self.get(meaning)
        return "" if cell.casefold() in NOTHING else cell

    def at(self, position: int) -> str:
        """The cell at a position, empty beyond the end of the row."""
        if position >= len(self._cells):
            return ""
        cell = self._cells[position].strip()
        if cell and ("  " in cell or not cell.isprintable()):
            cell = " ".join("".join(map(_seen, cell)).split())
        if len(cell) > LONGEST_CELL:
            self.warn(
                f"A cell has more than {LONGEST_CELL} characters and was cut.", "Is the row whole?"
            )
            cell = cell[:LONGEST_CELL]
        return cell

    def error(self, what: str, do: str = "") -> None:
        """Something of this row that must be put right."""
        self._findings.gather(self.line, what, do, "error")

    def warn(self, what: str, do: str = "") -> None:
        """Something of this row that is probably not what is meant."""
        self._findings.gather(self.line, what, do, "warning")

    def note(self, what: str, do: str = "") -> None:
        """How something of this row was understood."""
        self._findings.gather(self.line, what, do, "note")


def _seen(letter: str) -> str:
    """A letter; blanks for other spaces and ends of lines, nothing for marks that turn the direction
    of writing. Joiners stay: Persian and Indic names are spelt with them."""
    if letter.isprintable() or letter in "\u200c\u200d":
        return letter
    return "" if unicodedata.category(letter) == "Cf" else " "
