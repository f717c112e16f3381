"""`homestretch import --preview`: how a file is understood, in words, and nothing entered."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from homestretch.errors import PlanError
from homestretch.facts import AnyFact, Collected, Marker, Read, Sighting
from homestretch.folder.columns import ABSENT, MEANINGS, Columns
from homestretch.folder.csv_rows import DELIMITER_NAMES, Sheet
from homestretch.folder.entrants import Entrants
from homestretch.folder.moments import say_date
from homestretch.intake.asking import Told
from homestretch.intake.importing import list_refused, list_strange
from homestretch.intake.looking import File, Kind, Reads, Table, look, say_many
from homestretch.loading import say_renamed
from homestretch.merging import Known
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Event

FIRST_ROWS: Final = 5
NOTHING_ENTERED: Final = "This is a preview: nothing was entered."


class Preview(NamedTuple):
    """What is shown of a file, line by line; how many of its rows would be refused, and what must be told
    before it can be imported."""

    lines: tuple[str, ...]
    refused: int
    question: PlanError | None = None


def preview_file(event: Event, file: File, kind: Kind | None, told: Told, known: Known) -> Preview:
    """What the file was taken for, its columns or reader, its first rows as understood, and the refused ones.

    PlanError as for an import, but for the zone and date of its times: these are asked behind what is shown.
    """
    found = look(event, file, kind, told, known)
    if isinstance(found, Table):
        return _show_entrants(file, found, known)
    return _show_reads(event, file, found, told)


def _show_entrants(file: File, table: Table, known: Known) -> Preview:
    entrants, sheet = table.entrants, table.sheet
    refused = len(entrants.left_out)
    first = _list_chips(entrants) if table.wears_only else _list_entrants(entrants)
    lines = [
        f"{file.name} is {table.says}.",
        f"Read as entrants: {DELIMITER_NAMES[sheet.delimiter]}, headings in line {sheet.heading.line}.",
        _say_columns(sheet, table.columns),
        *_say_first(first),
        *(f"  {problem}" for problem in entrants.problems),
        *(f"  {note}" for note in say_renamed(entrants.persons, known)),
        _say_counts(entrants.counts.rows, refused),
    ]
    return Preview(tuple(lines), refused)


def _say_columns(sheet: Sheet, columns: Columns) -> str:
    """What each column was taken for; those that are not used are named among the problems."""
    taken = {at: MEANINGS[meaning] for meaning, at in columns.position.items() if at != ABSENT}
    taken |= dict.fromkeys(columns.races, MEANINGS["race"]) | dict.fromkeys(columns.chips, "chip")
    names = [cell.strip() for cell in sheet.heading.cells]
    known = [f'"{name}" is the {taken[at]}' for at, name in enumerate(names) if at in taken]
    return f"Columns: {', '.join(known)}."


def _list_entrants(entrants: Entrants) -> list[str]:
    chips: dict[str, list[str]] = {}
    for chip, bib in entrants.chips:
        chips.setdefault(bib, []).append(chip)
    away = {bib for bib, _ in entrants.rulings}
    rows = zip(entrants.lines, entrants.entrants, entrants.persons, strict=True)
    return [
        f"line {line}: {_say_entrant(entrant, person, chips.get(entrant.bib, []), entrant.bib in away)}"
        for line, entrant, person in list(rows)[:FIRST_ROWS]
    ]


def _say_entrant(entrant: Entrant, person: Person, chips: list[str], away: bool) -> str:
    said = [
        f"bib {entrant.bib}",
        f"{person.first} {person.last}".strip() or "no name",
        entrant.race,
        f"wave {entrant.wave}" if entrant.wave else "",
        entrant.division,
        entrant.role if entrant.role != "runner" else "",
        f"{entrant.team}, leg {entrant.leg}" if entrant.leg else "",
        entrant.sex or "",
        "" if entrant.age is None else f"{entrant.age} years",
        person.club,
        ", ".join(part for part in (person.town, person.region, person.country) if part),
        f"{'chip' if len(chips) == 1 else 'chips'} {' and '.join(chips)}" if chips else "no chip",
        "does not come" if away else "",
    ]
    return ", ".join(part for part in said if part)


def _list_chips(entrants: Entrants) -> list[str]:
    return [f"bib {bib} wears chip {chip}" for chip, bib in entrants.chips[:FIRST_ROWS]]


def _show_reads(event: Event, file: File, reads: Reads, told: Told) -> Preview:
    found = reads.found
    kept = [
        (line, one.received.fact)
        for line, one in zip(found.lines, found.heard, strict=True)
        if one.text is None
    ]
    first = [f"line {line}: {_say_fact(fact, event, told)}" for line, fact in kept[:FIRST_ROWS]]
    lines = [
        f"{file.name} is {reads.form.says}.",
        f"Read by the reader {reads.reader}. {_say_times(event, reads, told)}",
        *_say_first(first),
        *(f"  {said}" for said in list_refused(file.name, found.refused)),
        *(f"  {said}" for said in list_strange(event, found.heard)),
        _say_counts(found.rows, len(found.refused)),
    ]
    return Preview(tuple(lines), len(found.refused), reads.question)


def _say_times(event: Event, reads: Reads, told: Told) -> str:
    """Which zone and date its times have, and who said so."""
    whose = {True: "as told", False: "the event's"}
    zone = (told.zone or event.zone_info).key
    said = [
        f"Times are of the zone {zone} ({whose[told.zone is not None]})."
        if reads.leaves.zone
        else "Times say their own zone.",
        f"Their date is {told.date or event.date} ({whose[bool(told.date)]})."
        if reads.leaves.date
        else "They say their own date.",
    ]
    if told.place:
        facts = [one.received.fact for one in reads.found.heard if one.text is None]
        others = {getattr(fact, "place", told.place) for fact in facts} - {told.place}
        said.append(
            "Rows say themselves where they were read."
            if others
            else f"They were read at {told.place}."
        )
    return " ".join(said)


def _say_counts(rows: int, refused: int) -> str:
    kept = f"{rows - refused:,} can be kept, {refused:,} refused"
    return f"{say_many(rows, 'row')}: {kept}. {NOTHING_ENTERED}"


def _say_first(rows: list[str]) -> list[str]:
    return ["First rows, as understood:", *(f"  {row}" for row in rows)] if rows else []


def _say_fact(fact: AnyFact, event: Event, told: Told) -> str:
    zone = told.zone or event.zone_info
    local = dt.datetime.fromtimestamp(fact.seen_at // 1000, zone)
    when = f"{local:%H:%M:%S}.{fact.seen_at % 1000:03} on {say_date(local.date())} {local.year}"
    match fact:
        case Read():
            return f"chip {fact.chip} at {fact.place}, {when}"
        case Sighting():
            return f"bib {fact.bib} seen at {fact.place}, {when}"
        case Collected():
            return f"the packet of bib {fact.bib} was handed out, {when}"
        case Marker():
            return f"{fact.label or 'a marked moment'} at {fact.place}, {when}"
    return f"{type(fact).__name__}, {when}"
