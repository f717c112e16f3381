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
    kept = chance.passes(pairs[:, 0], pairs[:, 1], scores)
    return describe(pairs[kept], scores[kept], times_s, (mu_s, var_s2, model), chance, seen)


def describe(
    pairs: Ints, scores: Floats, times_s: Floats, null: tuple[Floats, Floats, Model], chance: Chance,
    seen: Seen,
) -> Found:  # fmt: skip
    """What is known of pairs (k, 2) that passed, the best first."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores))
    pairs, scores = np.ascontiguousarray(pairs[order]), scores[order]
    where = together_pairs(pairs, times_s, *null, seen)
    i, j = pairs[:, 0], pairs[:, 1]
    gaps_s = times_s[j] - times_s[i]
    together = at_mats(where.at_mats, gaps_s)
    anywhere = together.any(axis=1)
    pack, numbers, sizes, packs = group(i, j, scores, len(times_s))
    m = times_s.shape[1]
    described = Pairs(
        i=i, j=j, score=scores, together=together,
        since=np.where(anywhere, together.argmax(axis=1), NOWHERE),
        until=np.where(anywhere, m - 1 - together[:, ::-1].argmax(axis=1), NOWHERE),
        gaps_s=gaps_s, pack=pack, group=numbers, group_size=sizes, beside=_beside(where),
    )  # fmt: skip
    return Found(
        pairs=described,
        threshold=chance.threshold,
        threshold_last=chance.threshold_last,
        expected_false=chance.expected_false,
        false_per_runner=chance.expected_false / max(chance.runners, 1),
        packs=packs,
    )


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
