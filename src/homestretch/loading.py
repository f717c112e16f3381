"""A folder's plan and entrants into the log: only what the files say anew becomes a fact.

What was decided on the day stays: a chip swapped by control is not swapped back because entrants.csv is
read again. A fact is made only where the file itself says something else than it said last time. Rows
that had to be left out are kept as unreadable facts with their text, so that nothing is lost.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from homestretch.facts import (
    AnyFact,
    Assigned,
    DetailsChanged,
    Entered,
    FactId,
    PlanLoaded,
    Ruled,
    Struck,
    received,
)
from homestretch.facts.details import list_changed
from homestretch.folder.as_facts import list_facts
from homestretch.folder.check import MOST_SAID
from homestretch.folder.entrants import Entrants
from homestretch.folder.problem import ENTRANTS, Problem
from homestretch.merging import Known, leave_decided, leave_held, list_known, with_known_ids
from homestretch.race.entrant import FILE_SAYS, NO_FILE_SAYS, Person
from homestretch.race.event import Plan
from homestretch.race.spelling import bib_key
from homestretch.readers import Heard, unreadable
from homestretch.store import TEXT_KEEP_MS, Log, Logged, People, Text

PLAN_SOURCE, ENTRANTS_SOURCE = "event-folder", "entrants-file"
LEFT_OUT: Final = "a row of an entrants file that could not be kept"
ROWS = 5000


class Entering(NamedTuple):
    """What loading did: whether the plan is new, facts of entrants appended, persons kept, rows left out,
    who stood in entrants.csv and does no longer, and what was decided otherwise and therefore not taken over."""

    new_plan: bool
    facts: int
    persons: int
    left_out: int
    vanished: tuple[Problem, ...] = ()
    decided: tuple[str, ...] = ()


def enter(
    log: Log,
    people: People,
    plan: Plan | None,
    entrants: Entrants,
    now: int,
    source: str = ENTRANTS_SOURCE,
    keep_until: int | None = None,
) -> Entering:
    """Append what is new, said at ``now`` (UTC ms); persons who were erased stay erased, and what was decided on
    the day stays decided (``merging``).

    ``source`` is the file: what entrants.csv says is compared with what it said last, so that it does
    not take back what was imported; what another file says with what any file said last. The texts of rows
    that were left out are kept until ``keep_until`` (UTC ms of the wall; None: as long as usual from ``now``).
    """
    before = log.read_since(0).others
    known = list_known(before, people.list_persons())
    entrants = with_known_ids(entrants, known, again=source == ENTRANTS_SOURCE)
    said = _said_before(before, source)
    notes: list[str] = []
    if source == ENTRANTS_SOURCE:  # of an import that was found, and said, before
        entrants, found = _without_held(entrants, known, said)
        notes = [f"line {one.line}: {one.what} {one.do}" for one in found]
    fresh: list[tuple[str, AnyFact]] = []
    if plan is not None:
        body = msgspec.Raw(msgspec.json.encode(plan))
        if said.get(("plan", "")) != bytes(body):
            fresh.append((PLAN_SOURCE, PlanLoaded(seen_at=now, plan=body)))
    new_plan = bool(fresh)
    facts = [*list_facts(entrants, now), *_come_after_all(entrants, said, now)]
    decided = leave_decided(
        (fact for fact in facts if said.get(_said(fact)[0]) != _said(fact)[1]), known
    )
    fresh += [(source, fact) for fact in decided.facts]
    for first in range(0, len(fresh), ROWS):
        log.append([received(fact, source, now) for source, fact in fresh[first : first + ROWS]])
    changed = _list_changed(entrants.persons, known, source)
    if source == ENTRANTS_SOURCE:
        notes += say_renamed(changed, known)
    _note_changes(log, changed, known, source, now)
    kept = people.put_persons(changed)
    rows = [unreadable(cells.encode(), LEFT_OUT, source, now) for _, cells in entrants.left_out]
    keep(log, people, rows, now + TEXT_KEEP_MS if keep_until is None else keep_until)
    gone = list_vanished(before, people, entrants) if source == ENTRANTS_SOURCE else []
    new = len(fresh) - new_plan
    return Entering(new_plan, new, kept, len(rows), tuple(gone), (*decided.notes, *notes))


def _note_changes(log: Log, persons: Sequence[Person], known: Known, source: str, now: int) -> None:
    """Of whom a file changes what is kept, and in what; the content stays with the person."""
    facts = []
    for person in persons:
        before = known.persons.get(person.entrant)
        if before is None or person.entrant not in known.entered:
            continue
        changed = list_changed(before, person)
        if changed:
            facts.append(DetailsChanged(seen_at=now, entrant=person.entrant, changed=changed))
    for first in range(0, len(facts), ROWS):
        log.append([received(fact, source, now) for fact in facts[first : first + ROWS]])


def _without_held(
    entrants: Entrants, known: Known, said: dict[tuple[str, str], bytes]
) -> tuple[Entrants, list[Problem]]:
    """What entrants.csv says without what would take a bib or chip from somebody whom another file entered, and what
    that is. What it said before already takes nothing from anybody who got it since, and what it gave itself it may
    give to somebody else."""
    if leave_held(entrants, known) is entrants:
        return entrants, []
    repeated = {
        subject
        for subject, content in map(_said, list_facts(entrants, 0))
        if said.get(subject) == content
    }
    there: list[AnyFact] = [*known.entered.values(), *known.worn.values()]
    by_itself = {subject for subject, content in map(_said, there) if said.get(subject) == content}
    others = known._replace(
        holders={key: of for key, of in known.holders.items() if ("entered", of) not in by_itself},
        worn={chip: it for chip, it in known.worn.items() if ("assigned", chip) not in by_itself},
    )
    kept = leave_held(entrants, others, ENTRANTS, repeated)
    return kept, [one for one in kept.problems if one not in entrants.problems]


def list_held(before: Sequence[Logged], entrants: Entrants) -> list[Problem]:
    """What entrants.csv would take from somebody whom it does not know, so that it is not taken over."""
    known = list_known(before)
    said = _said_before(before, ENTRANTS_SOURCE)
    return _without_held(with_known_ids(entrants, known, again=True), known, said)[1]


def list_differing(before: Sequence[Logged], people: People, entrants: Entrants) -> list[Problem]:
    """What entrants.csv would take from others and does not get, and who stands no longer in it."""
    return [*list_held(before, entrants), *list_vanished(before, people, entrants)]


def say_renamed(persons: Sequence[Person], known: Known) -> list[str]:
    """A sentence about those to whom a file gives another name: a slip of the pen is mended so, and somebody else's
    row under a bib that is taken looks the same. Who has no name before or after is no such case."""
    bibs = []
    for person in persons:
        before = known.persons.get(person.entrant)
        if before is None or person.entrant not in known.entered:
            continue
        old, new = name_of(before), name_of(with_own_words(person, before))
        if old and new and old != new:
            bibs.append(known.entered[person.entrant].bib)
    if not bibs:
        return []
    more = f" and {len(bibs) - MOST_SAID:,} more" if len(bibs) > MOST_SAID else ""
    whose = f"{'bib' if len(bibs) == 1 else 'bibs'} {', '.join(bibs[:MOST_SAID])}{more}"
    return [
        (
            f"The file gives another name to {whose}, in results as well. Look whether that is the same person: somebody"
            " else needs another bib, and a file with the right name puts it back."
        )
    ]


def _come_after_all(
    entrants: Entrants, said: dict[tuple[str, str], bytes], now: int
) -> list[AnyFact]:
    """Rulings that take back what these files said before: of who would not come and stands there without a word."""
    if "status" not in entrants.says:
        return []
    away = {bib for bib, _ in entrants.rulings}
    found: list[AnyFact] = []
    for row in entrants.entrants:
        before = said.get(("ruled", row.bib))
        if row.bib not in away and before is not None:
            ruled = msgspec.json.decode(before, type=Ruled)
            if ruled.verdict == "dns":
                found.append(Ruled(seen_at=now, bib=row.bib, verdict="reinstated"))
    return found


def _list_changed(persons: Sequence[Person], known: Known, source: str) -> list[Person]:
    """The persons of a file as they are kept; of entrants.csv those about whom it says something new."""
    found = []
    for person in persons:
        before = known.persons.get(person.entrant)
        in_file = before.in_file if before else ""
        if source == ENTRANTS_SOURCE:
            digest = hashlib.blake2b(said_of(person), digest_size=8).hexdigest()
            if digest == in_file:
                continue
            in_file = digest
        found.append(msgspec.structs.replace(with_own_words(person, before), in_file=in_file))
    return found


def with_own_words(person: Person, before: Person | None) -> Person:
    """A person as a file says it, with what the runner has said by the own hand."""
    kept = {*NO_FILE_SAYS, *before.by_hand} if before else set()
    return msgspec.structs.replace(person, **{name: getattr(before, name) for name in kept})


def said_of(person: Person) -> bytes:
    """What a file can say of a person: nothing of what they say themselves, such as whom they are not to be shown
    with."""
    said = msgspec.to_builtins(person)
    return msgspec.json.encode({name: said[name] for name in FILE_SAYS})


def keep(log: Log, people: People, heard: Sequence[Heard], keep_until: int) -> tuple[int, int]:
    """Append facts, their texts first; how many were new, and how many were known."""
    new = known = 0
    for first in range(0, len(heard), ROWS):
        batch = heard[first : first + ROWS]
        texts = [
            Text(ref, one.text, keep_until)
            for one in batch
            if one.text is not None and (ref := getattr(one.received.fact, "text_ref", None))
        ]
        if texts:
            people.put_texts(texts)
        appended = log.append([one.received for one in batch])
        new, known = new + appended.new, known + appended.known
    return new, known


def list_vanished(before: Sequence[Logged], people: People, entrants: Entrants) -> list[Problem]:
    """Who stood in entrants.csv and does no longer: nothing is decided about them, so somebody must.

    ``before`` is the log. Left aside are those whom an import said since, who were erased, who stand in a
    row that was left out, and about whom an official has ruled. A file without entrants is a file that is missing, and not a field that left.
    """
    entrants = with_known_ids(entrants, list_known(before), again=True)
    latest: dict[str, Logged] = {}
    void = {
        FactId(one.fact.source, one.fact.number, one.fact.digest)
        for one in before
        if isinstance(one.fact, Struck)
    }
    ruled = set()
    for logged in before:
        if isinstance(logged.fact, Ruled):
            ruled.add(bib_key(logged.fact.bib))
        elif isinstance(logged.fact, Entered) and logged.id not in void:
            said = latest.get(logged.fact.entrant)
            if said is None or logged.fact.seen_at >= said.fact.seen_at:
                latest[logged.fact.entrant] = logged
    there = {entrant.id for entrant in entrants.entrants}
    named = {bib_key(cell) for _, row in entrants.left_out for cell in re.split(r"[,;\t|]", row)}
    aside = {*there, *people.list_erased()} if there else set(latest)
    gone = [
        (entrant, logged.fact.bib)
        for entrant, logged in latest.items()
        if isinstance(logged.fact, Entered)
        and logged.id.source == ENTRANTS_SOURCE
        and entrant not in aside
        and bib_key(logged.fact.bib) not in ruled | named
    ]
    return [_say_vanished(bib, twin) for bib, twin in _with_twins(gone, people, entrants)]


def _with_twins(
    gone: Sequence[tuple[str, str]], people: People, entrants: Entrants
) -> list[tuple[str, str]]:
    """(bib, the bib of somebody of the same name who stands in the file, or nothing)."""
    if not gone:
        return []
    names = {person.entrant: name_of(person) for person in people.list_persons()}
    bibs = {
        name_of(person): entrant.bib
        for entrant, person in zip(entrants.entrants, entrants.persons, strict=True)
        if name_of(person)
    }
    return [(bib, bibs.get(names.get(entrant, ""), "")) for entrant, bib in gone]


def name_of(person: Person) -> str:
    """A name as it is compared."""
    return " ".join(f"{person.first} {person.last}".casefold().split())


def _say_vanished(bib: str, twin: str) -> Problem:
    again = f" Bib {twin} has the same name." if twin else ""
    do = f"Put the row back, or rule on it: homestretch say DIR ruled bib={bib} verdict=dns"
    what = f"Bib {bib} stands no longer in the file, and is still entered.{again}"
    return Problem(file=ENTRANTS, line=0, what=what, do=do, severity="warning")


def say_vanished(entering: Entering, folder: Path) -> list[str]:
    """What is said when an event starts of those who vanished, and of what was decided otherwise: of many the
    first ones."""
    said = [str(problem) for problem in entering.vanished[:MOST_SAID]]
    if len(entering.vanished) > MOST_SAID:
        said.append(f"{len(entering.vanished) - MOST_SAID:,} more: homestretch check {folder}")
    said += [f"{ENTRANTS}: {note}" for note in entering.decided[:MOST_SAID]]
    return said


def _said_before(before: Sequence[Logged], source: str) -> dict[tuple[str, str], bytes]:
    """What the files that ``source`` is compared with said last of each subject."""
    imported = source != ENTRANTS_SOURCE
    latest: dict[tuple[str, str], tuple[int, bytes]] = {}
    for logged in before:
        said_by = logged.id.source
        if said_by in (PLAN_SOURCE, ENTRANTS_SOURCE) or (imported and _is_import(said_by)):
            subject, content = _said(logged.fact)
            at = logged.fact.seen_at
            if subject not in latest or at >= latest[subject][0]:
                latest[subject] = (at, content)
    return {subject: content for subject, (_, content) in latest.items()}


def import_source(file_name: str) -> str:
    """The source of entrants that are imported from a file."""
    return f"{ENTRANTS_SOURCE}:{file_name}"


def _is_import(source: str) -> bool:
    return source.startswith(f"{ENTRANTS_SOURCE}:")


def _said(fact: AnyFact) -> tuple[tuple[str, str], bytes]:
    """(subject, content without its moment) of a fact of the files."""
    if isinstance(fact, PlanLoaded):
        return ("plan", ""), bytes(fact.plan)
    content = msgspec.json.encode(msgspec.structs.replace(fact, seen_at=0))
    match fact:
        case Entered():
            return ("entered", fact.entrant), content
        case Assigned():
            return ("assigned", fact.chip), content
        case Ruled():
            return ("ruled", fact.bib), content
    return (type(fact).__name__, ""), content
