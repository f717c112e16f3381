"""`homestretch import`: entrants, chips or reads from a file into an event, while it runs or before.

What was recognised is said; rows that cannot be kept are listed, and kept as unreadable facts with their
text, so that nothing is lost. A running server finds by itself what was appended.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from homestretch.errors import PlanError
from homestretch.facts import Sighting
from homestretch.folder.columns import ABSENT, find_columns
from homestretch.folder.csv_rows import read_sheet
from homestretch.folder.entrants import Entrants, parse_entrants
from homestretch.folder.file_kinds import SAVE_AS_CSV, say_no_table
from homestretch.folder.letters import read_letters
from homestretch.folder.problem import Findings
from homestretch.intake.files import LOOKED_AT, Recognised, RefusedRow, read_file, recognise
from homestretch.intake.unknown import say_named, say_unknown_bibs
from homestretch.loading import enter, import_source, keep
from homestretch.race.clock import Moment
from homestretch.race.event import Event
from homestretch.readers import Context, Heard, list_files
from homestretch.state.places import find_points, points_by_place
from homestretch.store import TEXT_KEEP_MS
from homestretch.store.opening import Store

LARGEST_BYTES: Final = 256_000_000
MOST_LISTED: Final = 100
PERSONAL: Final = frozenset(
    ("first", "last", "name", "sex", "born", "birth_year", "age", "email", "phone", "club")
)
"""Columns that only a table of entrants has."""

Kind = Literal["entrants", "reads", "packets"]


class Imported(NamedTuple):
    """What an import did: what the file was taken for, its rows, facts that are new and that the event
    had already, rows refused, and sentences about them and about what was understood how."""

    says: str
    rows: int
    new: int
    known: int
    refused: int
    listed: tuple[str, ...]


class File(NamedTuple):
    """A file on its way in: its name, content, when it was received (UTC ms of the event), and until when
    texts of it are kept (UTC ms of the wall)."""

    name: str
    data: bytes
    received_at: int
    keep_until: int


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


def import_file(
    store: Store, event: Event, file: File, kind: Kind | None, context: Context, place: str
) -> Imported:
    """Import a file as what it is, or as what ``kind`` says it is.

    ``context``: zone and date of times that have none; ``place``: where reads were made if the file does
    not say. PlanError when nothing in it is recognised.
    """
    if what := say_no_table(file.data):
        raise PlanError(f"{file.name}: {what}", SAVE_AS_CSV)
    text = read_letters(file.data, Findings(file.name))
    recognised = _as_packets(text) if kind == "packets" else recognise(text)
    headings = _known_headings(text)
    if kind != "entrants" and recognised and (kind or not PERSONAL & headings):
        context = msgspec.structs.replace(context, place=place)
        return _import_reads(store, event, file, text, recognised, context)
    if kind != "reads" and "bib" in headings:
        return _import_entrants(store, event, file, headings)
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


def _as_packets(text: str) -> Recognised | None:
    """A file that is said to be a list of packets."""
    lines = [line for line in text.splitlines() if line.strip()]
    return Recognised(list_files()["packets"], lines[:LOOKED_AT]) if lines else None


def _known_headings(text: str) -> frozenset[str]:
    """What the heading row of a table names, in the words of the entrants' columns."""
    sheet = read_sheet(text, Findings(""))
    if sheet is None:
        return frozenset()
    found = find_columns(sheet.heading.cells, 1, Findings(""))
    named = {meaning for meaning, place in found.position.items() if place != ABSENT}
    return frozenset(named | ({"chip"} if found.chips else set()))


def _import_entrants(store: Store, event: Event, file: File, headings: frozenset[str]) -> Imported:
    wears_only = headings == {"bib", "chip"}
    # A table of who wears what says nothing about races; taken for entrants it would empty theirs.
    entrants = parse_entrants(file.data, None if wears_only else event)
    notes: list[str] = []
    if wears_only:
        entrants = msgspec.structs.replace(entrants, entrants=(), persons=(), rulings=())
        says = f"a table of who wears which chip: {say_many(len(entrants.chips), 'chip')}"
        bibs = (bib for _, bib in entrants.chips)
        notes = say_unknown_bibs(store.log.read_since(0), bibs, "their chips count")
    else:
        notes = _blanked(store, entrants)
        races = ", ".join(f"{count:,} in {race}" for race, count in entrants.counts.races.items())
        says = f"a table of entrants: {races or 'nobody'}"
    source = import_source(file.name)
    at, until = file.received_at, file.keep_until
    new = enter(store.log, store.people, None, entrants, at, source, until).facts
    problems = (
        str(msgspec.structs.replace(problem, file=file.name)) for problem in entrants.problems
    )
    return Imported(
        says=says,
        rows=entrants.counts.rows,
        new=new,
        known=len(entrants.entrants) + len(entrants.chips) + len(entrants.rulings) - new,
        refused=len(entrants.left_out),
        listed=(*problems, *notes),
    )


def _blanked(store: Store, entrants: Entrants) -> list[str]:
    """A sentence about the people whose names a table takes away, because it has none for them."""
    named = {
        person.entrant for person in store.people.list_persons() if person.first or person.last
    }
    bibs = [
        entrant.bib
        for entrant, person in zip(entrants.entrants, entrants.persons, strict=True)
        if entrant.id in named and not (person.first or person.last)
    ]
    if not bibs:
        return []
    whose = f"{'bib' if len(bibs) == 1 else 'bibs'} {say_named(bibs)}"
    mend = "Import a file with names; those in entrants.csv hold again at the next start."
    return [f"The file has no names for people who had one, now empty: {whose}. {mend}"]


def say_many(count: int, word: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def _import_reads(
    store: Store, event: Event, file: File, text: str, recognised: Recognised, context: Context
) -> Imported:
    form, place = recognised.open(context), context.place
    if not (place or form.says_places):
        raise PlanError(
            f"{file.name} is {form.says}, and does not say where these were read.",
            f"Add --place with one of: {_places(event)}.",
        )
    if place and not find_points(points_by_place(event), place):
        raise PlanError(f"The event has no mat {place!r}.", f"Its mats are: {_places(event)}.")
    found = read_file(text, recognised, context, f"file:{file.name}", file.received_at)
    read, unread = (
        [one for one in found.heard if (one.text is None) == plain] for plain in (True, False)
    )
    new, known = keep(store.log, store.people, read, file.keep_until)
    keep(store.log, store.people, unread, file.keep_until)
    seen = [one.received.fact for one in read if isinstance(one.received.fact, Sighting)]
    rows = store.log.read_since(0) if seen else None
    unknown = say_unknown_bibs(rows, (one.bib for one in seen), "they count") if rows else []
    return Imported(
        says=form.says,
        rows=found.rows,
        new=new,
        known=known,
        refused=len(found.refused),
        listed=(
            *_list_refused(file.name, found.refused),
            *_unknown_places(event, found.heard),
            *unknown,
        ),
    )


def _list_refused(name: str, refused: Sequence[RefusedRow]) -> list[str]:
    listed = [f"{name}, line {row.line}: {row.reason}" for row in refused[:MOST_LISTED]]
    if len(refused) > MOST_LISTED:
        listed.append(f"{name}: {len(refused) - MOST_LISTED:,} more rows are not listed")
    return listed


def _unknown_places(event: Event, heard: Sequence[Heard]) -> list[str]:
    """A sentence for each place that the plan does not know: such reads count once it does."""
    known = points_by_place(event)
    places: dict[str, int] = {}
    for one in heard:
        place = getattr(one.received.fact, "place", "")
        if place and one.text is None:
            places[place] = places.get(place, 0) + 1
    return [
        f"{say_many(count, 'row')} of the place {place!r}, which event.toml does not know yet: they"
        " count as soon as a point has it among its devices."
        for place, count in places.items()
        if not find_points(known, place)
    ]


def _places(event: Event) -> str:
    return ", ".join(point.id for point in event.points if point.kind == "mat")
