"""Legs that nobody can run: which passings of a row hold when they contradict each other.

With the fastest plausible pace f, ``u = t - d f`` never decreases along a real course (t the passing, d
the distance). Where it does, at least one read is wrong: a chip in a bag on a truck, a swapped chip, a
clock. The largest set of passings that can be true together is kept; of equal ones the earliest.
"""

from __future__ import annotations

from collections import defaultdict

from homestretch.state.snapshot import Floats, Ints

CANDIDATES_A_POINT = 4
SAME_PASSING_MS = 60_000


def longest_chains(
    row: Ints, column: Ints, at: Ints, distance_m: Floats, pace_ms: Floats
) -> dict[int, list[tuple[int, int]]]:
    """row -> [(column, time), ...]: the passings that hold of some rows, from all their reads (k,).

    ``distance_m`` (n, m) metres, ``pace_ms`` (n,) the fastest plausible pace, milliseconds a metre.
    """
    by_row: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    for r, c, t in zip(row.tolist(), column.tolist(), at.tolist(), strict=True):
        by_row[r].append((float(distance_m[r, c]), t, c))
    return {r: _longest_chain(reads, float(pace_ms[r])) for r, reads in by_row.items()}


def _longest_chain(reads: list[tuple[float, int, int]], pace_ms: float) -> list[tuple[int, int]]:
    """(column, time) of the largest set of passings that one person can have made."""
    candidates: list[tuple[float, int, int]] = []
    count: dict[int, int] = {}
    last: dict[int, int] = {}
    for metres, time, column in sorted(reads, key=lambda read: read[1]):
        if (column in last and time - last[column] < SAME_PASSING_MS) or count.get(
            column, 0
        ) == CANDIDATES_A_POINT:
            last[column] = time
            continue
        last[column] = time
        count[column] = count.get(column, 0) + 1
        candidates.append((metres, time, column))
    candidates.sort()
    best: list[tuple[int, int, int]] = []  # (length, minus the sum of times, previous)
    for i, (metres, time, _) in enumerate(candidates):
        length, total, previous = 1, -time, -1
        for j in range(i):
            fits = (
                candidates[j][0] < metres
                and time - candidates[j][1] >= (metres - candidates[j][0]) * pace_ms
            )
            if fits and (best[j][0] + 1, best[j][1] - time) > (length, total):
                length, total, previous = best[j][0] + 1, best[j][1] - time, j
        best.append((length, total, previous))
    at = max(range(len(best)), key=lambda i: best[i][:2], default=-1)
    chain = []
    while at >= 0:
        chain.append((candidates[at][2], candidates[at][1]))
        at = best[at][2]
    return chain
