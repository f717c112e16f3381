"""Files of reads: recognised by their content, read row by row, nothing lost.

A row that cannot be read is refused with a reason and becomes an ``Unreadable`` fact; the others are kept.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from homestretch.errors import FactError
from homestretch.facts import AnyFact, Collected, Sighting, received
from homestretch.readers import Context, FileKind, FileReader, Heard, list_files, unreadable

LOOKED_AT: Final = 50
LONGEST_LINE: Final = 1024
ENOUGH: Final = 0.4
"""A form that fits fewer of the first lines is none."""
_LINE = re.compile(r"\r\n|\r|\n")


class RefusedRow(NamedTuple):
    """A row that did not become a fact: its line, counted from 1, and why."""

    line: int
    reason: str


class FileOfReads(NamedTuple):
    """What a file said: facts (refused rows as unreadable ones among them) and the lines they stand in,
    counted from 1; rows, the refused ones."""

    heard: list[Heard]
    lines: list[int]
    rows: int
    refused: list[RefusedRow]


class Recognised(NamedTuple):
    """What a file was taken for, and the first lines by which it was."""

    kind: FileKind
    lines: list[str]

    def open(self, context: Context) -> FileReader:
        """A reading of it."""
        return self.kind.make(self.lines, context)


def recognise(text: str) -> Recognised | None:
    """What kind of file of reads this is, by its first lines; None when it is none."""
    lines = [line for line in _LINE.split(text[: LOOKED_AT * LONGEST_LINE]) if line.strip()]
    lines = lines[:LOOKED_AT]
    if not lines:
        return None
    fits = [(kind.find(lines), kind.name) for kind in list_files().values()]
    best, name = max(fits)
    return Recognised(list_files()[name], lines) if best > ENOUGH else None


def read_file(
    text: str, recognised: Recognised, context: Context, source: str, at: int
) -> FileOfReads:
    """The facts in a file, received at ``at`` (UTC ms); never raises for a row.

    ``context`` has the zone and date of times without them, and the place of reads that do not say theirs.
    The same rows make the same facts.
    """
    reading = recognised.open(context)
    heard: list[Heard] = []
    lines: list[int] = []
    refused: list[RefusedRow] = []
    for number, line in enumerate(_LINE.split(text), 1):
        if not line.strip():
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise FactError("a line of over 1,024 characters")
            row = reading.read(line)
        except FactError as error:
            refused.append(RefusedRow(number, error.what))
            heard.append(unreadable(line.encode(), error.what, source, at, context.place))
            lines.append(number)
        else:
            if row is not None:
                heard.append(Heard(received(_signed(row.fact, source), source, at, row.number)))
                lines.append(number)
    return FileOfReads(heard, lines, len(heard), refused)


def _signed(fact: AnyFact, source: str) -> AnyFact:
    """What a person noted in a file was said by whoever wrote the file."""
    if isinstance(fact, Sighting | Collected) and not fact.by:
        return msgspec.structs.replace(fact, by=source)
    return fact
