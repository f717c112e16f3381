"""Facts that were struck out. A Struck is a fact, so it can itself be struck out."""

from __future__ import annotations

from collections import Counter

import numpy as np

from homestretch.facts import FactId, Struck
from homestretch.state.columns import Columns


def struck_ids(columns: Columns, until: int) -> frozenset[FactId]:
    """Identities of the facts that no longer hold: those struck, up to ``until``, by a Struck that itself
    holds.

    Each Struck has one target, so the strikes form trees, and what holds is settled from their leaves on.
    """
    target_of = {
        logged.id: FactId(fact.source, fact.number, fact.digest)
        for logged, fact in columns.of_kind(Struck)
        if fact.seen_at <= until
    }
    waits = Counter(target_of.values())
    settled = [striker for striker in target_of if striker not in waits]
    struck: set[FactId] = set()
    while settled:
        striker = settled.pop()
        if striker not in target_of:
            continue
        target = target_of[striker]
        if striker not in struck:
            struck.add(target)
        waits[target] -= 1
        if not waits[target]:
            settled.append(target)
    return frozenset(struck)


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


class StruckReads:
    """Which reads are struck; each read is looked at once."""

    def __init__(self, struck: frozenset[FactId]) -> None:
        self._struck = struck
        digests = [fact_id.digest for fact_id in struck if abs(fact_id.digest) < 2**63]
        self._digests = np.array(digests, np.int64)
        self._found: list[int] = []
        self._done = 0

    def find(self, columns: Columns) -> list[int]:
        """Positions of the struck reads among the reads."""
        count = len(columns.read("seq"))
        if self._struck and count > self._done:
            new = slice(self._done, count)
            alike = np.isin(columns.read("digest")[new], self._digests)
            for read in np.flatnonzero(alike) + self._done:
                number, digest = columns.read("number")[read], columns.read("digest")[read]
                source = columns.symbols[columns.read("source")[read]]
                if FactId(source, int(number), int(digest)) in self._struck:
                    self._found.append(int(read))
        self._done = count
        return self._found
