"""What a file is, and what it says, before anything of it is entered: ``import`` and its preview see the same."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec
import numpy as np

from homestretch.errors import PlanError
from homestretch.facts import Collected
from homestretch.folder.columns import ELAPSED, Columns, find_columns, heading_key
from homestretch.folder.csv_rows import Sheet, read_sheet
from homestretch.folder.entrants import Entrants, parse_entrants
from homestretch.folder.file_kinds import SAVE_AS_CSV, say_no_table
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import Findings
from homestretch.intake.asking import Open, Told, find_open, find_question
from homestretch.intake.files import LOOKED_AT, FileOfReads, Recognised, read_file, recognise
from homestretch.merging import (
    NOBODY_KNOWN,
    Known,
    leave_held,
    with_known_ids,
    with_what_is_known,
)
from homestretch.race.clock import Moment
from homestretch.race.event import Event
from homestretch.readers import FileReader, list_files
from homestretch.state.places import find_points, points_by_place
from homestretch.store import TEXT_KEEP_MS

LARGEST_BYTES: Final = 256_000_000
PERSONAL: Final = frozenset(
    ("first", "last", "name", "sex", "born", "birth_year", "age", "email", "phone", "club")
)
"""Columns that only a table of entrants has."""

Kind: TypeAlias = Literal["entrants", "reads", "packets"]


class File(NamedTuple):
    """A file on its way in: its name, content, when it was received (UTC ms of the event), and until when
    texts of it are kept (UTC ms of the wall)."""

    name: str
    data: bytes
    received_at: int
    keep_until: int


class Table(NamedTuple):
    """A file that is a table of entrants, or (``wears_only``) of who wears which chip."""

    says: str
    entrants: Entrants
    wears_only: bool
    sheet: Sheet
    columns: Columns


class Reads(NamedTuple):
    """A file of reads: which reader reads it, what it said, what its times leave open, and what must be asked
    before it can be imported."""

    reader: str
    form: FileReader
    found: FileOfReads
    leaves: Open
    question: PlanError | None


def open_file(path: Path, now: Moment) -> File:
    """The file at a path; PlanError when it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise PlanError(f"{path.name} is far too large.", "Is it the right file?")
        return File(path.name, path.read_bytes(), now.event_at, now.wall_at + TEXT_KEEP_MS)
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read: {error.strerror}.", "Is its name right?"
        ) from error


def look(
    event: Event, file: File, kind: Kind | None, told: Told, known: Known = NOBODY_KNOWN
) -> Table | Reads:
    """The file as what it is, or as what ``kind`` says it is, merged with what is ``known`` of its entrants.

    PlanError when nothing in it is recognised, or when nobody says where its reads were made.
    """
    if what := say_no_table(file.data):
        raise PlanError(f"{file.name}: {what}", SAVE_AS_CSV)
    text = read_letters(file.data, Findings(file.name))
    recognised = _as_packets(text) if kind == "packets" else recognise(text)
    sheet = read_sheet(text, Findings(""))
    columns = find_columns(sheet.heading.cells, 1, Findings("")) if sheet else Columns(0)
    headings = columns.meanings
    of_people = bool(PERSONAL & headings) or _holds_results(sheet)
    if kind != "entrants" and recognised and (kind or not of_people):
        return _look_at_reads(event, file, text, recognised, told)
    if kind != "reads" and sheet and "bib" in headings:
        return _look_at_entrants(event, file, sheet, columns, told, known)
    if kind == "reads":
        raise PlanError(
            f"{file.name} is not recognised as a file of reads.",
            "It needs columns of chips and times (headings: chip, time), or the lines of a JChip file.",
        )
    raise PlanError(
        f"{file.name} is not recognised{' as a table of entrants' if kind else ''}.",
        "Entrants need a first line that names the columns, one of them bib;"
        " reads need columns of chips and times, or the lines of a JChip file.",
    )


def say_many(count: int, word: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def _as_packets(text: str) -> Recognised | None:
    """A file that is said to be a list of packets."""
    lines = [line for line in text.splitlines() if line.strip()]
    return Recognised(list_files()["packets"], lines[:LOOKED_AT]) if lines else None


def _holds_results(sheet: Sheet | None) -> bool:
    """Whether a table holds elapsed times of a race that is over: nobody was seen at that time of day."""
    return sheet is not None and any(heading_key(cell) in ELAPSED for cell in sheet.heading.cells)


def _look_at_entrants(
    event: Event, file: File, sheet: Sheet, columns: Columns, told: Told, known: Known
) -> Table:
    wears_only = columns.meanings == {"bib", "chip"}
    # A table of who wears what says nothing about races; taken for entrants it would empty theirs.
    entrants = parse_entrants(
        file.data,
        None if wears_only else event,
        file.name,
        lambda bib: told.race or known.find_race(bib),
    )
    entrants = leave_held(with_known_ids(entrants, known), known, file.name)
    entrants = with_what_is_known(entrants, known)
    if wears_only:
        entrants = msgspec.structs.replace(
            entrants, entrants=(), lines=(), persons=(), cells=(), rulings=()
        )
        says = f"a table of who wears which chip: {say_many(len(entrants.chips), 'chip')}"
    else:
        races = ", ".join(f"{count:,} in {race}" for race, count in entrants.counts.races.items())
        says = f"a table of entrants: {races or 'nobody'}"
    return Table(says, entrants, wears_only, sheet, columns)


def _look_at_reads(
    event: Event, file: File, text: str, recognised: Recognised, told: Told
) -> Reads:
    context = told.context(event)
    form, place = recognised.open(context), context.place
    if not (place or form.says_places):
        raise PlanError(
            f"{file.name} is {form.says}, and does not say where these were read.",
            f"Add --place with one of: {_places(event)}.",
        )
    if place and not find_points(points_by_place(event), place):
        raise PlanError(f"The event has no mat {place!r}.", f"Its mats are: {_places(event)}.")
    found = read_file(text, recognised, context, f"file:{file.name}", file.received_at)
    leaves = find_open(recognised, context)
    facts = (one.received.fact for one in found.heard if one.text is None)
    # A packet may have been handed out days before, at any hour.
    moments = [fact.seen_at for fact in facts if not isinstance(fact, Collected)]
    question = find_question(event, file.name, np.array(moments, np.int64), told, leaves)
    return Reads(recognised.kind.name, form, found, leaves, question)


def _places(event: Event) -> str:
    return ", ".join(point.id for point in event.points if point.kind == "mat")
