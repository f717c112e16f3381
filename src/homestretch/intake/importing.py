"""`homestretch import`: entrants, chips or reads from a file into an event, while it runs or before.

What was recognised is said; rows that cannot be kept are listed, and kept as unreadable facts with their
text, so that nothing is lost. A running server finds by itself what was appended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from homestretch.facts import Read, Ruled, Sighting, TakenOver, Withdrawn
from homestretch.folder.entrants import Entrants
from homestretch.intake.asking import Told, count_outside, say_hours
from homestretch.intake.files import RefusedRow
from homestretch.intake.looking import File, Kind, Reads, Table, look, say_many
from homestretch.intake.unknown import say_named, say_unknown_bibs
from homestretch.loading import enter, import_source, keep, name_of, say_renamed
from homestretch.merging import Known, list_known
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key
from homestretch.readers import Heard
from homestretch.state.places import find_points, points_by_place
from homestretch.store.opening import Store

MOST_LISTED: Final = 100


class Imported(NamedTuple):
    """What an import did: what the file was taken for, its rows, facts that are new and that the event
    had already, rows refused, and sentences about them and about what was understood how."""

    says: str
    rows: int
    new: int
    known: int
    refused: int
    listed: tuple[str, ...]


def import_file(store: Store, event: Event, file: File, kind: Kind | None, told: Told) -> Imported:
    """Import a file as what it is, or as what ``kind`` says it is.

    PlanError when nothing in it is recognised, and when zone, date or place must be told and were not.
    """
    known = list_known(store.log.read_since(0).others, store.people.list_persons())
    found = look(event, file, kind, told, known)
    if isinstance(found, Table):
        return _import_entrants(store, file, found, known)
    return _import_reads(store, event, file, found)


def _import_entrants(store: Store, file: File, table: Table, known: Known) -> Imported:
    entrants = table.entrants
    if table.wears_only:
        bibs = (bib for _, bib in entrants.chips)
        notes = say_unknown_bibs(store.log.read_since(0), bibs, "their chips count")
    else:
        notes = [
            *_blanked(known, entrants),
            *say_renamed(entrants.persons, known),
            *_twins(known, entrants),
            *_renumbered(store, known, entrants),
        ]
    source = import_source(file.name)
    at, until = file.received_at, file.keep_until
    done = enter(store.log, store.people, None, entrants, at, source, until)
    new = done.facts
    return Imported(
        says=table.says,
        rows=entrants.counts.rows,
        new=new,
        known=max(0, len(entrants.entrants) + len(entrants.chips) + len(entrants.rulings) - new),
        refused=len(entrants.left_out),
        listed=(*map(str, entrants.problems), *done.decided, *notes),
    )


def _blanked(known: Known, entrants: Entrants) -> list[str]:
    """A sentence about the people whose names a table takes away, because it has none for them."""
    named = {person.entrant for person in known.persons.values() if person.first or person.last}
    bibs = [
        entrant.bib
        for entrant, person in zip(entrants.entrants, entrants.persons, strict=True)
        if entrant.id in named and not (person.first or person.last)
    ]
    if not bibs:
        return []
    whose = f"{'bib' if len(bibs) == 1 else 'bibs'} {say_named(bibs)}"
    mend = "Import a file with names, or one without columns for them."
    return [f"The file has no names for people who had one, now empty: {whose}. {mend}"]


def _twins(known: Known, entrants: Entrants) -> list[str]:
    """A sentence about people who are new and have the name of somebody who is entered and not in this file."""
    there = {row.id for row in entrants.entrants}
    bibs = {
        name_of(person): known.entered[person.entrant].bib
        for person in known.persons.values()
        if person.entrant in known.entered and person.entrant not in there
    }
    found = [
        f"{row.bib} (as {bibs[name_of(person)]})"
        for row, person in zip(entrants.entrants, entrants.persons, strict=True)
        if row.id not in known.entered and name_of(person) and name_of(person) in bibs
    ]
    if not found:
        return []
    rule = "If it is one person with a new bib, rule on the old one: homestretch say DIR ruled bib=... verdict=dns"
    return [
        f"New entrants with the name of somebody who is entered already: {say_named(found)}. {rule}"
    ]


def _renumbered(store: Store, known: Known, entrants: Entrants) -> list[str]:
    """A sentence about bibs that change hands though something was said of them: words are about bibs."""
    changed = {
        bib_key(known.entered[row.id].bib): row.bib
        for row in entrants.entrants
        if row.id in known.entered and bib_key(known.entered[row.id].bib) != bib_key(row.bib)
    }
    spoken = {
        bib_key(one.fact.bib): one.fact.bib
        for one in store.log.read_since(0).others
        if isinstance(one.fact, Sighting | Withdrawn | TakenOver | Ruled) and changed
    }
    found = [
        f"{spoken[old]} (now {changed[old]})" for old in sorted(changed.keys() & spoken.keys())
    ]
    if not found:
        return []
    stays = "What was said stays with the old bib: say it of the new one, and strike the old word"
    return [
        f"Bibs that changed after something was said of them: {say_named(found)}. {stays} if need be."
    ]


def _import_reads(store: Store, event: Event, file: File, reads: Reads) -> Imported:
    if reads.question is not None:
        raise reads.question
    found = reads.found
    read, unread = (
        [one for one in found.heard if (one.text is None) == plain] for plain in (True, False)
    )
    new, known = keep(store.log, store.people, read, file.keep_until)
    keep(store.log, store.people, unread, file.keep_until)
    seen = [one.received.fact for one in read if isinstance(one.received.fact, Sighting)]
    rows = store.log.read_since(0) if seen else None
    unknown = say_unknown_bibs(rows, (one.bib for one in seen), "they count") if rows else []
    return Imported(
        says=reads.form.says,
        rows=found.rows,
        new=new,
        known=known,
        refused=len(found.refused),
        listed=(
            *list_refused(file.name, found.refused),
            *list_strange(event, found.heard),
            *unknown,
        ),
    )


def list_refused(name: str, refused: Sequence[RefusedRow]) -> list[str]:
    """The rows that cannot be kept, each with its line and the reason; of many the first ones."""
    listed = [f"{name}, line {row.line}: {row.reason}" for row in refused[:MOST_LISTED]]
    if len(refused) > MOST_LISTED:
        listed.append(f"{name}: {len(refused) - MOST_LISTED:,} more rows are not listed")
    return listed


def list_strange(event: Event, heard: Sequence[Heard]) -> list[str]:
    """A sentence for each place that the plan does not know: such reads count once it does. And one about reads
    that are of another day, of which nothing comes."""
    known = points_by_place(event)
    places: dict[str, int] = {}
    for one in heard:
        place = getattr(one.received.fact, "place", "")
        if place and one.text is None:
            places[place] = places.get(place, 0) + 1
    unknown = [
        f"{say_many(count, 'row')} of the place {place!r}, which event.toml does not know yet: they"
        " count as soon as a point has it among its devices."
        for place, count in places.items()
        if not find_points(known, place)
    ]
    return [*unknown, *_say_outside(event, heard)]


def _say_outside(event: Event, heard: Sequence[Heard]) -> list[str]:
    facts = [one.received.fact for one in heard if one.text is None]
    moments = np.array(
        [fact.seen_at for fact in facts if isinstance(fact, Read | Sighting)], np.int64
    )
    outside = count_outside(event, moments)
    if 2 * outside <= len(moments):
        return []
    of = f"{outside:,} of {say_many(len(moments), 'row')}"
    return [
        f"{of} are not within the hours of the event, {say_hours(event)}: is it the right file?"
    ]
