"""The fold of 1.6 million reads against a plain dict fold by the same rules, which must find the same."""

from __future__ import annotations

from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.big_day import big_sample, end_of, rows_of
from bench.dict_fold import DictEntrant, DictFolded, DictRead, dict_fold
from bench.figure import Figure, at_least, told
from homestretch.facts import Assigned
from homestretch.race.event import Event
from homestretch.state import fold as fold_module
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.passings import Passings, find_passings
from homestretch.state.snapshot import Roster, State
from homestretch.store import Rows

ROUNDS = 5


def measure() -> list[Figure]:
    """CPU time, both in turn in one run, medians."""
    sample = big_sample()
    rows, now = rows_of(sample), end_of(sample)
    columns = Columns()
    columns.take(rows)
    fold = Fold(columns)
    given, state = _given_to_passings(fold, now)
    plan = fold.find_plan()
    assert plan is not None
    reads = _as_tuples(rows)
    carriers = _carriers(columns, state.roster)
    ours_s, dicts_s, state_s = [], [], []
    for _ in range(ROUNDS):
        began = process_time()
        passings = find_passings(*given)
        ours_s.append(process_time() - began)
        began = process_time()
        folded = dict_fold(plan.event, carriers, reads, now)
        dicts_s.append(process_time() - began)
        began = process_time()
        fold.state(now)
        state_s.append(process_time() - began)
    _compare(plan.event, state.roster, passings, folded)
    ratio = median(dicts_s) / median(ours_s)
    return [
        at_least(50, "fold: a dict fold of the same reads takes", ratio, "x as long"),
        told("fold: reads", len(reads), "reads"),
        told("fold: every passing with its evidence and reasons", 1000 * median(ours_s), "ms CPU"),
        told("fold: the same with dicts", 1000 * median(dicts_s), "ms CPU"),
        told("fold: the whole state", 1000 * median(state_s), "ms CPU"),
    ]


def _given_to_passings(fold: Fold, now: int) -> tuple[tuple[Any, ...], State]:
    """What the fold hands to the step that finds passings, and the state that comes of it."""
    with patch.object(fold_module, "find_passings", wraps=find_passings) as seen:
        state = fold.state(now)
    assert state is not None
    return seen.call_args.args, state


def _as_tuples(rows: Rows) -> list[DictRead]:
    texts = rows.symbols
    fields = ("chip", "place", "seen_at", "source", "number", "digest")
    return [
        DictRead(texts[chip], texts[place], at, texts[source], number, digest)
        for chip, place, at, source, number, digest in zip(
            *(rows.reads[field].tolist() for field in fields), strict=True
        )
    ]


def _carriers(columns: Columns, roster: Roster) -> dict[str, DictEntrant]:
    return {
        fact.chip: DictEntrant(row, int(roster.gun_at[row]))
        for _, fact in columns.of_kind(Assigned)
        for row in [roster.row_of_bib[fact.bib]]
    }


def _compare(event: Event, roster: Roster, passings: Passings, folded: DictFolded) -> None:
    winner = np.full((len(roster.race), len(event.points)), -1, np.int64)
    for (row, column), read in folded.winners.items():
        winner[row, column] = read
    assert np.array_equal(winner, passings.winner), "the dict fold finds other passings"
    assert np.array_equal(folded.reasons, passings.unused), "the dict fold finds other reasons"
    assert not passings.impossible.any()
