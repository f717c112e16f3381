"""The cells of one row by meaning, cleaned of what nobody sees."""

from __future__ import annotations

import unicodedata

from homestretch.folder.answers import NOTHING
from homestretch.folder.columns import Columns
from homestretch.folder.csv_rows import Row
from homestretch.folder.problem import Findings

LONGEST_CELL = 200


class Cells:
    """One row; ``get`` gives a cell as written, ``answer`` empty for cells that say nothing."""

    __slots__ = ("_at", "_cells", "_findings", "line")

    def __init__(self, row: Row, columns: Columns, findings: Findings) -> None:
        self.line = row.line
        self._at = columns.position
        self._findings = findings
        missing = columns.width - len(row.cells)
        stripped = [cell.strip() for cell in row.cells[: columns.width]]
        together = "".join(stripped)
        if "  " in together or len(together) > LONGEST_CELL or not together.isprintable():
            stripped = [self._clean(cell) for cell in stripped]
        # One empty cell more at the end is what ABSENT columns point to.
        self._cells = [*stripped, *[""] * (missing + 1 if missing > 0 else 1)]

    def get(self, meaning: str) -> str:
        """The cell of a meaning, empty when there is none."""
        return self._cells[self._at[meaning]]

    def answer(self, meaning: str) -> str:
        """The cell of a meaning, empty also for ``n/a``, ``-`` and the like."""
        cell = self._cells[self._at[meaning]]
        return "" if cell in NOTHING else cell

    def at(self, position: int) -> str:
        """The cell at a position of the heading row."""
        return self._cells[position]

    def _clean(self, cell: str) -> str:
        if not cell.isprintable() or "  " in cell:
            cell = " ".join("".join(map(_seen, cell)).split())
        if len(cell) <= LONGEST_CELL:
            return cell
        self.warn(
            f"A cell has more than {LONGEST_CELL} characters and was cut.", "Is the row whole?"
        )
        return cell[:LONGEST_CELL]

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
