"""Rows of a table saved as text: commas, semicolons, tabs or bars, quotes, line breaks in cells.

The standard library's csv reads a quote that is never closed to the end of the file; here only the line
with the quote suffers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final, NamedTuple

from homestretch.folder.columns import count_known
from homestretch.folder.problem import Findings

DELIMITER_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DELIMITERS: Final = tuple(DELIMITER_NAMES)
MOST_LINES_OF_A_ROW: Final = 10
_HEADING_WITHIN: Final = 15


class Row(NamedTuple):
    """Cells as they stand there, and the line in which the row begins."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table: its heading row, its other rows and its delimiter."""

    heading: Row
    rows: list[Row]
    delimiter: str


class _RunawayError(Exception):
    """A row has taken more lines than a row has."""


def read_sheet(text: str, findings: Findings) -> Sheet | None:
    """The table in a text; None, with a finding, when no row of its first lines is a heading row."""
    lines = list(io.StringIO(text, newline=""))
    heading = _find_heading(lines)
    if heading is None:
        first = next((index for index, line in enumerate(lines) if line.strip()), None)
        if first is None:
            findings.add(
                0, "The file is empty.", "Its first line names the columns: bib, name, race ..."
            )
        else:
            findings.add(
                first + 1,
                f"No heading of a column is known here: {lines[first].strip()[:80]}",
                "The first line must name the columns, such as: bib,first,last,race,wave,chip",
            )
        return None
    index, delimiter = heading
    above = [number for number, line in enumerate(lines[:index], 1) if line.strip(" \r\n\t,;|")]
    if above and not lines[above[0] - 1].lower().startswith("sep="):
        findings.add(above[0], "What stands above the headings is not read.", "", "note")
    rows = _rows(lines, index, delimiter, findings)
    first_row = next(rows)
    return Sheet(first_row, list(rows), delimiter)


def _find_heading(lines: list[str]) -> tuple[int, str] | None:
    """Line and delimiter of the first row that names a bib, else of the one with most headings."""
    best: tuple[int, int, str] | None = None
    seen = 0
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        seen += 1
        if seen > _HEADING_WITHIN:
            break
        names_bib, known, delimiter = max(
            (*count_known(_cells(line, delimiter)), delimiter) for delimiter in DELIMITERS
        )
        if names_bib and (known > 1 or best is None):
            return index, delimiter
        if known > 1 and (best is None or known > best[0]):
            best = (known, index, delimiter)
    return best and (best[1], best[2])


def _rows(lines: list[str], start: int, delimiter: str, findings: Findings) -> Iterator[Row]:
    """Rows from a line on; rows without any content are left out."""
    width = 0
    while start < len(lines):
        feed = _Feed(lines, start)
        reader = csv.reader(feed, delimiter=delimiter)
        try:
            for cells in reader:
                if feed.next - feed.row_start > 1 or feed.next == len(lines):
                    _refuse_swallowed(cells, lines[feed.row_start : feed.next], delimiter, width)
                if any(cell.strip() for cell in cells):
                    width = width or len(cells)
                    yield Row(feed.row_start + 1, cells)
                feed.row_start = feed.next
            return
        except (_RunawayError, csv.Error):
            line = lines[feed.row_start]
            findings.gather(
                feed.row_start + 1,
                "A quote in this line is opened and not closed, so the line was read without quotes.",
                'Close the quote, or write a quote inside a text twice: "".',
                "warning",
            )
            yield Row(feed.row_start + 1, [cell.strip(' "\r\n') for cell in line.split(delimiter)])
            start = feed.row_start + 1


class _Feed(Iterator[str]):
    """Lines for csv.reader, which stops when one row wants too many of them."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self.next = start
        self.row_start = start

    def __next__(self) -> str:
        if self.next - self.row_start >= MOST_LINES_OF_A_ROW:
            raise _RunawayError
        if self.next >= len(self._lines):
            raise StopIteration
        self.next += 1
        return self._lines[self.next - 1]


def _refuse_swallowed(cells: list[str], lines: list[str], delimiter: str, width: int) -> None:
    """Raise when a quote was left open, so that a cell holds the end of this row and the next ones."""
    breaks = [cell for cell in cells if "\n" in cell or "\r" in cell]
    if len(lines) == 1:
        runaway = bool(breaks)  # a quote was open when the file ended
    elif "".join(lines).count('"') % 2:
        runaway = True
    else:
        runaway = any(cell.count(delimiter) >= max(width - 1, 2) for cell in breaks)
    if runaway:
        raise _RunawayError


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
