"""Facts that were struck out. A Struck is a fact, so it can itself be struck out."""

from __future__ import annotations

import numpy as np

from homestretch.facts import FactId, Struck
from homestretch.state.columns import Columns
from homestretch.state.snapshot import Bools


def struck_ids(columns: Columns) -> frozenset[FactId]:
    """Identities of the facts that no longer hold: those struck by a Struck that itself holds."""
    by_target: dict[FactId, list[FactId]] = {}
    for logged, fact in columns.of_kind(Struck):
        target = FactId(fact.source, fact.number, fact.digest)
        by_target.setdefault(target, []).append(logged.id)

    def holds(fact_id: FactId, seen: frozenset[FactId]) -> bool:
        strikers = by_target.get(fact_id, ())
        return not any(s not in seen and holds(s, seen | {s}) for s in strikers)

    return frozenset(target for target in by_target if not holds(target, frozenset({target})))


def struck_others(columns: Columns, struck: frozenset[FactId]) -> frozenset[int]:
    """Log positions of struck facts that are not reads."""
    if not struck:
        return frozenset()
    return frozenset(
        logged.seq
        for kind in columns.kinds()
        for logged, _ in columns.of_kind(kind)
        if logged.id in struck
    )


def struck_reads(columns: Columns, struck: frozenset[FactId]) -> Bools | None:
    """(reads,) which reads are struck; None when none is."""
    if not struck:
        return None
    number_of = {text: position for position, text in enumerate(columns.symbols)}
    mask: Bools = np.zeros(len(columns.read("seq")), np.bool_)
    for fact_id in struck:
        source = number_of.get(fact_id.source)
        if source is not None:
            mask |= (
                (columns.read("digest") == fact_id.digest)
                & (columns.read("number") == fact_id.number)
                & (columns.read("source") == source)
            )
    return mask
