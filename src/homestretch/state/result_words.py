"""What officials said of results: versions declared, podiums cleared and posted, protests, places shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from homestretch.facts import (
    Declared,
    FactId,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
    Ruled,
)
from homestretch.state.columns import Columns
from homestretch.state.declared import (
    CategoryWord,
    Declaration,
    Protest,
    ResultWords,
    RulingWord,
)
from homestretch.state.ledger import FINAL
from homestretch.state.snapshot import NEVER, Roster
from homestretch.store import Logged


def list_shared(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> list[list[int]]:
    """The rows that are ruled to share a place, ruling by ruling in the order of the law."""
    found = []
    for logged, fact in columns.of_kind(PlaceShared):
        if logged.seq not in void and fact.seen_at <= until:
            rows = {roster.find_row(bib) for bib in fact.bibs}
            found.append(sorted(row for row in rows if row is not None))
    return [rows for rows in found if len(rows) > 1]


def list_result_words(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> ResultWords:
    """Every word on results that holds up to ``until`` (UTC ms)."""
    return ResultWords(
        declared=tuple(_list_declared(columns, void, until)),
        cleared=_list_category_words(columns, PodiumCleared, void, until),
        posted=_list_category_words(columns, ResultsPosted, void, until),
        protests=tuple(_list_protests(columns, roster, void, until)),
        rulings=tuple(_list_rulings(columns, roster, void, until)),
        shared=tuple(
            logged.id
            for logged, fact in columns.of_kind(PlaceShared)
            if logged.seq not in void and fact.seen_at <= until
        ),
    )


def _list_rulings(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> Iterator[RulingWord]:
    for logged, fact in columns.of_kind(Ruled):
        row = roster.find_row(fact.bib)
        holds = logged.seq not in void and fact.seen_at <= until
        if holds and row is not None and fact.verdict in FINAL:
            yield RulingWord(logged.id, row, fact.seen_at)


def _list_declared(columns: Columns, void: frozenset[int], until: int) -> Iterator[Declaration]:
    """In the order in which they were said. A version that is taken back keeps its number for good."""
    numbers: Counter[str] = Counter()
    for logged, fact in columns.of_kind(Declared):
        if fact.seen_at > until:
            continue
        numbers[fact.race] += 1
        if logged.seq not in void:
            yield Declaration(
                id=logged.id,
                race=fact.race,
                number=numbers[fact.race],
                declared_at=fact.seen_at,
                received_at=logged.received_at,
                by=fact.by,
                text_ref=fact.text_ref,
            )


def _list_category_words(
    columns: Columns,
    kind: type[PodiumCleared] | type[ResultsPosted],
    void: frozenset[int],
    until: int,
) -> tuple[CategoryWord, ...]:
    """Of each category the word that was said first."""
    found: dict[str, CategoryWord] = {}
    for logged, fact in columns.of_kind(kind):
        if logged.seq not in void and fact.seen_at <= until:
            word = CategoryWord(logged.id, fact.category, fact.seen_at, fact.by, fact.text_ref)
            found.setdefault(fact.category, word)
    return tuple(found.values())


def _list_protests(
    columns: Columns, roster: Roster, void: frozenset[int], until: int
) -> Iterator[Protest]:
    """In the order in which they were made; of several decisions on one the last holds."""
    decided: dict[FactId, tuple[Logged, ProtestDecided]] = {
        FactId(fact.source, fact.number, fact.digest): (logged, fact)
        for logged, fact in columns.of_kind(ProtestDecided)
        if logged.seq not in void and fact.seen_at <= until
    }
    for logged, fact in columns.of_kind(Protested):
        if logged.seq in void or fact.seen_at > until:
            continue
        row, said = roster.find_row(fact.bib), decided.get(logged.id)
        yield Protest(
            id=logged.id,
            bib=fact.bib,
            row=NEVER if row is None else row,
            made_at=fact.seen_at,
            by=fact.by,
            text_ref=fact.text_ref,
            decision=said[1].decision if said else "",
            decided_at=said[1].seen_at if said else NEVER,
            decided_by=said[1].by if said else "",
            decided_ref=said[1].text_ref if said else None,
        )
