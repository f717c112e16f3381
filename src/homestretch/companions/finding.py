"""The whole of it, from the times of a field to who was together: learn, scan, score, measure chance, group."""

from __future__ import annotations

from typing import Final

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.groups import group
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.path import Where, score_pairs, together_pairs
from homestretch.companions.scan import NEAR_S, candidates
from homestretch.companions.seen import Seen, nobody_seen, seen_candidates
from homestretch.companions.values import (
    Bools,
    Field,
    Floats,
    Found,
    Ints,
    Maybe,
    Model,
    Pairs,
    SeenBeside,
)

SURE: Final = 0.5
"""From this chance on two are said to be together at a mat,"""
BESIDE_S: Final = 10.0
"""if they were so near: on a leg of a kilometre, who catches up is else as likely to have been left behind."""

NOWHERE: Final = -1
"""No mat at which they were together: people alone saw them."""


def find(field: Field, seen: Seen | None = None) -> Found:
    """Who of a field was together, by its mats and what people saw of it. The rows may come in any order; ties and
    holes are as they are."""
    times_s = np.ascontiguousarray(field.times_s, dtype=np.float64)
    model = learn(times_s, field.metres)
    mu_s, var_s2 = run_rows(times_s, model)
    seen = nobody_seen(len(times_s)) if seen is None else seen
    chance = measure(times_s, mu_s, var_s2, model, seen=seen)
    pairs = np.concatenate([candidates(times_s), seen_candidates(times_s, seen, NEAR_S)])
    scores = score_pairs(pairs, times_s, mu_s, var_s2, model, seen)
    return describe(pairs, scores, times_s, (mu_s, var_s2, model), chance, seen)


def describe(
    pairs: Ints, scores: Floats, times_s: Floats, null: tuple[Floats, Floats, Model], chance: Chance,
    seen: Seen,
) -> Found:  # fmt: skip
    """What is known of candidates (k, 2): of those that passed, the best first, and who may be asked."""
    asked = chance.asks(pairs[:, 0], pairs[:, 1], scores)
    passed = chance.passes(pairs[:, 0], pairs[:, 1], scores)
    described, packs = _describe(*_best_first(pairs[passed], scores[passed]), times_s, null, seen)
    maybe = _best_first(pairs[asked], scores[asked])[0]
    return Found(
        pairs=described,
        threshold=chance.threshold,
        threshold_last=chance.threshold_last,
        expected_false=chance.expected_false,
        false_per_runner=chance.expected_false / max(chance.runners, 1),
        packs=packs,
        maybe=_maybe(maybe, times_s, null, seen),
    )


def _best_first(pairs: Ints, scores: Floats) -> tuple[Ints, Floats]:
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores))
    return np.ascontiguousarray(pairs[order]), scores[order]


def _describe(
    pairs: Ints, scores: Floats, times_s: Floats, null: tuple[Floats, Floats, Model], seen: Seen
) -> tuple[Pairs, int]:
    """Pairs, and how many packs there are."""
    where = together_pairs(pairs, times_s, *null, seen)
    i, j = pairs[:, 0], pairs[:, 1]
    gaps_s = times_s[j] - times_s[i]
    together = at_mats(where.at_mats, gaps_s)
    pack, numbers, sizes, packs = group(i, j, scores, len(times_s))
    since, until = _ends(together)
    described = Pairs(
        i=i, j=j, score=scores, together=together, since=since, until=until,
        gaps_s=gaps_s, pack=pack, group=numbers, group_size=sizes, beside=_beside(where),
    )  # fmt: skip
    return described, packs


def _ends(together: Bools) -> tuple[Ints, Ints]:
    """(k,) the first and the last mat together of each."""
    anywhere, m = together.any(axis=1), together.shape[1]
    since = np.where(anywhere, together.argmax(axis=1), NOWHERE)
    return since, np.where(anywhere, m - 1 - together[:, ::-1].argmax(axis=1), NOWHERE)


def _maybe(pairs: Ints, times_s: Floats, null: tuple[Floats, Floats, Model], seen: Seen) -> Maybe:
    """Pairs that timing is less sure of, where mats saw them beside each other."""
    gaps_s = times_s[pairs[:, 1]] - times_s[pairs[:, 0]]
    since, until = _ends(at_mats(together_pairs(pairs, times_s, *null, seen).at_mats, gaps_s))
    known = since != NOWHERE
    return Maybe(pairs[known, 0], pairs[known, 1], since[known], until[known])


def _beside(where: Where) -> SeenBeside:
    """Of the places where people saw both, those where they were together."""
    kept = (where.p >= SURE) & (np.abs(where.gap_s) <= BESIDE_S)
    return SeenBeside(
        where.pair[kept], where.leg[kept], where.part[kept], where.gap_s[kept], where.a[kept],
        where.b[kept],
    )  # fmt: skip


def at_mats(p: Floats, gaps_s: Floats) -> Bools:
    """(k, m) where pairs were together; at least where they most likely were, if mats saw them beside each other at
    all."""
    with np.errstate(invalid="ignore"):
        beside = np.abs(gaps_s) <= BESIDE_S
    together = (p >= SURE) & beside
    none = ~together.any(axis=1) & beside.any(axis=1)
    together[none, np.where(beside, p, -1.0)[none].argmax(axis=1)] = True
    return np.asarray(together)
