"""A file of entrants meets what is known: it says what is new in it, and takes nothing back that was decided.

Registration goes on while the day runs, and its newer files come from people who do not know what control has said
meanwhile. So a chip that control gave somebody else stays theirs, what an official ruled stays ruled, and what a file
has no column for stays as it was. A bib and a chip that somebody has who does not stand in the file stay theirs as
well. What was not taken over is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from homestretch.facts import AnyFact, Assigned, Entered, FactId, Ruled, Struck
from homestretch.folder.entrants import Counts, Entrants
from homestretch.folder.problem import ENTRANTS, Problem, in_order
from homestretch.race.entrant import Entrant, Person
from homestretch.race.spelling import bib_key
from homestretch.store import Logged

FILE_SOURCES: Final = ("entrants-file", "event-folder")
"""How the sources of what a file said begin; everything else was said by somebody."""
_OF_ENTRANT: Final[dict[str, frozenset[str]]] = {
    "sex": frozenset(("sex",)),
    "age": frozenset(("age", "born", "birth_year")),
    "role": frozenset(("role", "status")),
    "wave": frozenset(("wave",)),
    "division": frozenset(("division", "category", "wave")),
    "team": frozenset(("team",)),
    "leg": frozenset(("leg",)),
    "file_id": frozenset(("id",)),
}
"""Field of an entrant -> columns that say something about it."""
_OF_A_RACE: Final = frozenset(("wave", "division", "team", "leg"))
"""Fields that say nothing any more when the race is another."""
_OF_PERSON: Final[dict[str, frozenset[str]]] = {
    "first": frozenset(("first", "last", "name")),
    "last": frozenset(("first", "last", "name")),
    "club": frozenset(("club", "team")),
    "town": frozenset(("town",)),
    "region": frozenset(("region",)),
    "country": frozenset(("country",)),
    "email": frozenset(("email",)),
    "phone": frozenset(("phone",)),
    "display": frozenset(("display", "anonymous")),
    "companions": frozenset(("companions",)),
    "not_with": frozenset(("not_with",)),
    "photos": frozenset(("photos",)),
    "guardian": frozenset(("guardian",)),
    "first_marathon": frozenset(("first_marathon",)),
}

T = TypeVar("T", Entrant, Person)
F = TypeVar("F", Entered, Ruled, Assigned)


class Known(NamedTuple):
    """What is known before a file is read: entrants by id as said last, whom files know by another id, who holds
    each bib (by its key), which
    chip officials gave to whom for the whole day, how they ruled (by the key of the bib), persons by entrant,
    which chip files gave to whom last, and whom entrants.csv has entered with the bib as the id."""

    entered: dict[str, Entered]
    file_ids: dict[str, str]
    holders: dict[str, str]
    chips: dict[str, Assigned]
    ruled: dict[str, Ruled]
    persons: dict[str, Person]
    worn: dict[str, Assigned]
    by_own_bib: set[str]

    def find_race(self, bib: str) -> str:
        """The race of whoever holds a bib; empty when nobody does."""
        entrant = self.holders.get(bib_key(bib))
        return self.entered[entrant].race if entrant else ""


NOBODY_KNOWN: Final = Known({}, {}, {}, {}, {}, {}, {}, set())


def list_known(others: Sequence[Logged], persons: Iterable[Person] = ()) -> Known:
    """What the facts of a log that are no reads say; ties go to the one logged last."""
    void = {
        FactId(one.fact.source, one.fact.number, one.fact.digest)
        for one in others
        if isinstance(one.fact, Struck)
    }
    known = Known({}, {}, {}, {}, {}, {person.entrant: person for person in persons}, {}, set())
    for logged in others:
        fact = logged.fact
        if logged.id in void:
            continue
        by_file = logged.id.source.startswith(FILE_SOURCES)
        if isinstance(fact, Entered):
            _keep_latest(known.entered, fact.entrant, fact)
            if logged.id.source == FILE_SOURCES[0] and fact.entrant == fact.bib:
                known.by_own_bib.add(fact.entrant)
            known.file_ids.update({fact.file_id: fact.entrant} if fact.file_id else {})
        elif isinstance(fact, Ruled) and not by_file:
            _keep_latest(known.ruled, bib_key(fact.bib), fact)
        elif isinstance(fact, Assigned) and fact.since_at is None:
            _keep_latest(known.worn if by_file else known.chips, fact.chip, fact)
    for entrant, entered in sorted(known.entered.items(), key=lambda item: item[1].seen_at):
        known.holders[bib_key(entered.bib)] = entrant
    return known


def _keep_latest(found: dict[str, F], key: str, fact: F) -> None:
    before = found.get(key)
    if before is None or fact.seen_at >= before.seen_at:
        found[key] = fact


def with_known_ids(entrants: Entrants, known: Known, *, again: bool = False) -> Entrants:
    """The entrants of a file under the ids by which they are known.

    A file without ids names people by their bibs: whoever holds the bib is meant. One that has ids for people
    who were known by their bibs alone means the same people. Else everybody would be entered twice.
    Read ``again`` (entrants.csv) it means whom it has entered under the bib, whoever holds that meanwhile.
    """
    taken = {row.id for row in entrants.entrants}
    by_bib_alone = set(known.entered) - set(known.file_ids.values())
    ids: dict[str, str] = {}
    for row in entrants.entrants:
        if again and not _has_id(row) and row.id in known.by_own_bib:
            continue
        entrant = _find_entrant(row, known, by_bib_alone)
        if entrant not in (row.id, "") and entrant not in taken:
            ids[row.id] = entrant
            taken.add(entrant)
    if not ids:
        return entrants
    return msgspec.structs.replace(
        entrants,
        entrants=tuple(
            msgspec.structs.replace(row, id=ids[row.id], file_id=row.id if _has_id(row) else "")
            if row.id in ids
            else row
            for row in entrants.entrants
        ),
        persons=tuple(
            msgspec.structs.replace(row, entrant=ids.get(row.entrant, row.entrant))
            for row in entrants.persons
        ),
    )


def _has_id(row: Entrant) -> bool:
    """Whether the file gave the row an id: else its bib is its id."""
    return row.id != row.bib


def _find_entrant(row: Entrant, known: Known, by_bib_alone: set[str]) -> str:
    """The entrant whom a row is about, by the id under which the log has them; empty when nobody is meant."""
    holder = known.holders.get(bib_key(row.bib), "")
    if not _has_id(row):
        return holder or row.id
    if row.id in known.file_ids or row.id in known.entered:
        return known.file_ids.get(row.id, row.id)
    return holder if holder in by_bib_alone and bib_key(holder) == bib_key(row.bib) else ""


def with_what_is_known(entrants: Entrants, known: Known) -> Entrants:
    """The entrants of a file, with what is known of them where the file has no column for it."""
    missing = {name for name, said in _OF_ENTRANT.items() if not said & entrants.says}
    silent = {name for name, said in _OF_PERSON.items() if not said & entrants.says}
    rows = []
    for row in entrants.entrants:
        before = known.entered.get(row.id)
        if before is not None:
            kept = missing if before.race == row.race else missing - _OF_A_RACE
            row = _with(row, before, kept)
        rows.append(row)
    people = (
        _with(row, known.persons[row.entrant], silent) if row.entrant in known.persons else row
        for row in entrants.persons
    )
    return msgspec.structs.replace(entrants, entrants=tuple(rows), persons=tuple(people))


def _with(row: T, before: Entered | Person, names: Iterable[str]) -> T:
    return msgspec.structs.replace(row, **{name: getattr(before, name) for name in names})


def leave_held(
    entrants: Entrants,
    known: Known,
    file: str = ENTRANTS,
    repeated: Collection[tuple[str, str]] = frozenset(),
) -> Entrants:
    """The entrants of a file under their known ids, without rows whose bib, and chips that, somebody has who does
    not stand in the file: who of the two is meant only people can find out. Each is a finding.

    Where the file has a row for the holder too it knows of both, and what it says holds. ``repeated`` are
    ("entered", id) and ("assigned", chip) of which the file says what it said last time, so nothing anew.
    """
    held = _find_held(entrants, known, repeated)
    there = {row.id for row in entrants.entrants} - held
    worn = _find_worn(entrants, known, there, repeated)
    if not (held or worn):
        return entrants
    return _without(entrants, known, file, held, worn)


def _without(
    entrants: Entrants, known: Known, file: str, held: set[str], worn: list[tuple[str, str]]
) -> Entrants:
    """The entrants of a file without the rows of these ids and without these chips, and a finding for each."""
    rows = [
        (line, row, person)
        for line, row, person in zip(
            entrants.lines, entrants.entrants, entrants.persons, strict=True
        )
        if row.id not in held
    ]
    bibs = {row.bib for row in entrants.entrants if row.id in held}
    lines = {row.bib: line for line, row in zip(entrants.lines, entrants.entrants, strict=True)}
    found = [_say_held(file, lines[bib], bib, known) for bib in sorted(bibs)]
    found += [
        _say_worn(file, lines.get(bib, 0), chip, bib, known)
        for chip, bib in worn
        if bib not in bibs
    ]
    cells = dict(zip(entrants.lines, entrants.cells, strict=True))
    return msgspec.structs.replace(
        entrants,
        lines=tuple(line for line, _, _ in rows),
        entrants=tuple(row for _, row, _ in rows),
        persons=tuple(person for _, _, person in rows),
        cells=tuple(cells[line] for line, _, _ in rows),
        chips=tuple(pair for pair in entrants.chips if pair not in worn and pair[1] not in bibs),
        rulings=tuple(one for one in entrants.rulings if one[0] not in bibs),
        left_out=tuple(
            sorted(entrants.left_out + tuple((lines[bib], cells[lines[bib]]) for bib in bibs))
        ),
        problems=in_order((*entrants.problems, *found)),
        counts=_count_again(entrants.counts, [row for _, row, _ in rows], len(bibs)),
    )


def _find_held(entrants: Entrants, known: Known, repeated: Collection[tuple[str, str]]) -> set[str]:
    """Ids of rows whose bib somebody keeps. Whoever is refused a new bib keeps the old one, so nobody else gets it."""
    claims = {
        row.id: holder
        for row in entrants.entrants
        if ("entered", row.id) not in repeated
        and (holder := known.holders.get(bib_key(row.bib), row.id)) != row.id
        and not _has_bib(known, row)
    }
    moving = {row.id for row in entrants.entrants if ("entered", row.id) not in repeated}
    held: set[str] = set()
    while refused := {
        entrant
        for entrant, holder in claims.items()
        if entrant not in held and holder not in moving
    }:
        held |= refused
        moving -= refused
    return held


def _has_bib(known: Known, row: Entrant) -> bool:
    before = known.entered.get(row.id)
    return before is not None and bib_key(before.bib) == bib_key(row.bib)


def _find_worn(
    entrants: Entrants, known: Known, there: set[str], repeated: Collection[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(chip, bib) of a file that would take a chip from somebody who has no row there."""
    moved = {known.entered[entrant].bib for entrant in there & known.entered.keys()}
    vacated = {bib_key(bib) for bib in moved}
    found = []
    for chip, bib in entrants.chips:
        before = known.worn.get(chip)
        if before is None or chip in known.chips or ("assigned", chip) in repeated:
            continue
        wearer = bib_key(before.bib)
        if wearer != bib_key(bib) and wearer in known.holders and wearer not in vacated:
            found.append((chip, bib))
    return found


def _say_held(file: str, line: int, bib: str, known: Known) -> Problem:
    holder = known.holders[bib_key(bib)]
    whose = "" if holder == bib else f" (id {holder})"
    return Problem(
        file=file,
        line=line,
        what=f"Bib {bib} is somebody else's already{whose}; this row is left out.",
        do="Give one of the two another bib. If it has changed hands, one file must say it of both.",
    )


def _say_worn(file: str, line: int, chip: str, bib: str, known: Known) -> Problem:
    return Problem(
        file=file,
        line=line,
        what=f"Chip {chip} belongs to bib {known.worn[chip].bib} already; bib {bib} is kept without it.",
        do="Find out who wears it and give the other one another chip. If the file is right:"
        f" homestretch say DIR assigned chip={chip} bib={bib}",
    )


def _count_again(counts: Counts, rows: Sequence[Entrant], refused: int) -> Counts:
    races: dict[str, int] = {}
    for row in rows:
        races[row.race] = races.get(row.race, 0) + 1
    return msgspec.structs.replace(
        counts,
        kept=counts.kept - refused,
        left_out=counts.left_out + refused,
        races=races,
    )


class Decided(NamedTuple):
    """Facts of a file that say nothing against what was decided, and a sentence about each that does."""

    facts: list[AnyFact]
    notes: list[str]


def leave_decided(facts: Iterable[AnyFact], known: Known) -> Decided:
    """What a file says anew, without what control has decided otherwise: who wears a chip, and rulings."""
    kept: list[AnyFact] = []
    notes: list[str] = []
    for fact in facts:
        if isinstance(fact, Assigned) and (said := known.chips.get(fact.chip)):
            if bib_key(said.bib) != bib_key(fact.bib):
                holds = f"bib {said.bib}" if said.bib else "nobody"
                notes.append(
                    f"Chip {fact.chip} stays with {holds}, as control said; the file gives it to bib"
                    f" {fact.bib}. If the file is right: homestretch say DIR assigned"
                    f" chip={fact.chip} bib={fact.bib}"
                )
            continue
        if isinstance(fact, Ruled) and (ruled := known.ruled.get(bib_key(fact.bib))):
            if ruled.verdict != fact.verdict:
                notes.append(
                    f"Bib {fact.bib} stays ruled {ruled.verdict}, as an official said; the file says"
                    f" {fact.verdict}."
                )
            continue
        kept.append(fact)
    return Decided(kept, notes)
