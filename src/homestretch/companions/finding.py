"""The whole of it, from the times of a field to who was together: learn, scan, score, measure chance, group."""

from __future__ import annotations

from typing import Final

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.groups import group
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.path import score_pairs, together_pairs
from homestretch.companions.scan import candidates
from homestretch.companions.values import Bools, Field, Floats, Found, Ints, Model, Pairs

SURE: Final = 0.5
"""From this chance on two are said to be together at a mat,"""
BESIDE_S: Final = 10.0
"""if they were so near: on a leg of a kilometre, who catches up is else as likely to have been left behind."""


def find(field: Field) -> Found:
    """Who of a field was together. The rows may come in any order; ties and holes are as they are."""
    times_s = np.ascontiguousarray(field.times_s, dtype=np.float64)
    model = learn(times_s, field.metres)
    mu_s, var_s2 = run_rows(times_s, model)
    chance = measure(times_s, mu_s, var_s2, model)
    pairs = candidates(times_s)
    scores = score_pairs(pairs, times_s, mu_s, var_s2, model)
    kept = chance.passes(pairs[:, 0], pairs[:, 1], scores)
    return describe(pairs[kept], scores[kept], times_s, (mu_s, var_s2, model), chance)


def describe(
    pairs: Ints, scores: Floats, times_s: Floats, null: tuple[Floats, Floats, Model], chance: Chance
) -> Found:
    """What is known of pairs (k, 2) that passed, the best first."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores))
    pairs, scores = np.ascontiguousarray(pairs[order]), scores[order]
    p = together_pairs(pairs, times_s, *null)
    i, j = pairs[:, 0], pairs[:, 1]
    gaps_s = times_s[j] - times_s[i]
    together = at_mats(p, gaps_s)
    pack, numbers, sizes, packs = group(i, j, scores, len(times_s))
    m = times_s.shape[1]
    described = Pairs(
        i=i, j=j, score=scores, together=together,
        since=together.argmax(axis=1), until=m - 1 - together[:, ::-1].argmax(axis=1),
        gaps_s=gaps_s, pack=pack, group=numbers, group_size=sizes,
    )  # fmt: skip
    return Found(
        pairs=described,
        threshold=chance.threshold,
        threshold_last=chance.threshold_last,
        expected_false=chance.expected_false,
        false_per_runner=chance.expected_false / max(chance.runners, 1),
        packs=packs,
    )


def at_mats(p: Floats, gaps_s: Floats) -> Bools:
    """(k, m) where pairs were together; at least where they most likely were."""
    with np.errstate(invalid="ignore"):
        beside = np.abs(gaps_s) <= BESIDE_S
    together = (p >= SURE) & beside
    none = ~together.any(axis=1)
    together[none, np.where(beside, p, -1.0)[none].argmax(axis=1)] = True
    return np.asarray(together)
