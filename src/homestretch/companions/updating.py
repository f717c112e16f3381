"""Read by read: the same pairs and scores as the batch, whatever the order in which reads come or are corrected.

A read is put into its second at its mat; the pair of its runner with everybody near there is scored from both
rows. A pair that is not near there is scored when somebody asks: nothing is added up, so nothing depends on
arrival. What people saw comes as a whole, and the pairs that it alone makes are looked for when somebody asks: it is
little beside the reads. What people are measured by (the model, the thresholds) is learnt anew now and then, by the batch.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from homestretch.companions.chance import Chance
from homestretch.companions.finding import describe
from homestretch.companions.pace import TERMS, run_row, run_rows
from homestretch.companions.path import score_pair, score_pairs
from homestretch.companions.scan import NEAR_S, candidates, first_near, near_beside
from homestretch.companions.seen import Nodes, Seen, nobody_seen, room_for, seen_candidates
from homestretch.companions.values import Bools, Floats, Found, Ints, Model

SPAN_S: Final = 2 * 86_400
"""Seconds from the first one on that have a shelf of their own."""
NOBODY: Final = -1
Small = npt.NDArray[np.int32]


class Scratch(NamedTuple):
    """Where one is at work, beside what is kept: room for a row's pace, for the places of a pair, for its paths."""

    row: Floats
    nodes: Nodes
    path: Floats


class Shelves(NamedTuple):
    """What is kept of n runners and m mats. A chain begins in a head and goes on in a next; -1 ends it."""

    times_s: Floats
    mu_s: Floats
    var_s2: Floats
    first_s: float
    second_head: Small
    """(m, SPAN_S) somebody read in that second"""
    second_next: Small
    """(n, m) the next one of the same second"""
    pair_head: Small
    """(n,) a pair of this runner"""
    pair: Small
    """(p, 2) rows of a pair"""
    pair_next: Small
    """(p, 2) the next pair of each of both"""
    score: Floats
    stale: Bools
    used: Ints
    """(1,) pairs in use"""


@njit(cache=True)
def _second_of(at_s: float, first_s: float) -> int:
    return int(min(max(at_s - first_s, 0.0), SPAN_S - 1.0))


@njit(cache=True)
def _unlink(shelves: Shelves, i: int, mat: int) -> None:
    second = _second_of(shelves.times_s[i, mat], shelves.first_s)
    at = shelves.second_head[mat, second]
    if at == i:
        shelves.second_head[mat, second] = shelves.second_next[i, mat]
        return
    while shelves.second_next[at, mat] != i:
        at = shelves.second_next[at, mat]
    shelves.second_next[at, mat] = shelves.second_next[i, mat]


@njit(cache=True)
def _link(shelves: Shelves, i: int, mat: int) -> None:
    second = _second_of(shelves.times_s[i, mat], shelves.first_s)
    shelves.second_next[i, mat] = shelves.second_head[mat, second]
    shelves.second_head[mat, second] = i


@njit(cache=True)
def _find_pair(shelves: Shelves, i: int, j: int) -> int:
    at = shelves.pair_head[i]
    while at != NOBODY:
        side = 0 if shelves.pair[at, 0] == i else 1
        if shelves.pair[at, 1 - side] == j:
            return int(at)
        at = shelves.pair_next[at, side]
    return NOBODY


@njit(cache=True)
def _add_pair(shelves: Shelves, i: int, j: int) -> int:
    at = shelves.used[0]
    if at == len(shelves.pair):
        return NOBODY
    shelves.used[0] = at + 1
    for side, one in ((0, min(i, j)), (1, max(i, j))):
        shelves.pair[at, side] = one
        shelves.pair_next[at, side] = shelves.pair_head[one]
        shelves.pair_head[one] = at
    shelves.stale[at] = True
    return int(at)


@njit(cache=True, nogil=True)
def _add_pairs(shelves: Shelves, pairs: Ints) -> None:
    for k in range(len(pairs)):
        _add_pair(shelves, pairs[k, 0], pairs[k, 1])


@njit(cache=True)
def _rescore(shelves: Shelves, at: int, seen: Seen, model: Model, scratch: Scratch) -> None:
    a, b = shelves.pair[at, 0], shelves.pair[at, 1]
    shelves.stale[at] = False
    times_s, mu_s, var_s2 = shelves.times_s, shelves.mu_s, shelves.var_s2
    if first_near(times_s[a], times_s[b], NEAR_S) < 0:
        shelves.score[at] = -np.inf
        return
    shelves.score[at] = score_pair(
        a, b, times_s, mu_s, var_s2, seen, model, scratch.nodes, scratch.path
    )


@njit(cache=True)
def _mark_stale(shelves: Shelves, i: int) -> None:
    pair = shelves.pair_head[i]
    while pair != NOBODY:
        shelves.stale[pair] = True
        pair = shelves.pair_next[pair, 0 if shelves.pair[pair, 0] == i else 1]


@njit(cache=True)
def _meet(shelves: Shelves, i: int, mat: int, seen: Seen, model: Model, scratch: Scratch) -> bool:
    """Scores the pairs of a runner with everybody near at one mat; false when there is no room for one."""
    at_s = shelves.times_s[i, mat]
    first = _second_of(at_s - NEAR_S, shelves.first_s)
    last = _second_of(at_s + NEAR_S, shelves.first_s)
    for second in range(first, last + 1):
        j = shelves.second_head[mat, second]
        while j != NOBODY:
            near = j != i and abs(shelves.times_s[j, mat] - at_s) <= NEAR_S
            # Who was near at two other mats in a row is a pair already, and stale.
            if near and near_beside(shelves.times_s, i, j, mat, NEAR_S):
                at = _find_pair(shelves, i, j)
                if at == NOBODY:
                    at = _add_pair(shelves, i, j)
                if at == NOBODY:
                    return False
                _rescore(shelves, at, seen, model, scratch)
            j = shelves.second_next[j, mat]
    return True


@njit(cache=True)
def _take(
    shelves: Shelves, i: int, mat: int, at_s: float, seen: Seen, model: Model, scratch: Scratch
) -> bool:
    """Takes one read, or with NaN takes one back; false when there was no room and it must be taken again."""
    before_s = shelves.times_s[i, mat]
    if not np.isnan(before_s):
        _unlink(shelves, i, mat)
    shelves.times_s[i, mat] = at_s
    if not np.isnan(at_s):
        _link(shelves, i, mat)
    run_row(shelves.times_s[i], model, shelves.mu_s[i], shelves.var_s2[i], scratch.row)
    _mark_stale(shelves, i)
    if np.isnan(before_s):
        return bool(_meet(shelves, i, mat, seen, model, scratch))
    # A time that is gone may have stood between two mats at which somebody was near.
    room = True
    for each in range(shelves.times_s.shape[1]):
        if not np.isnan(shelves.times_s[i, each]):
            room = _meet(shelves, i, each, seen, model, scratch) and room
    return room


@njit(cache=True, nogil=True)
def _take_all(
    shelves: Shelves, rows: Ints, mats: Ints, at_s: Floats, first: int, seen: Seen, model: Model,
    scratch: Scratch,
) -> int:  # fmt: skip
    """Takes reads from one on; returns the read for which there was no room, or how many there are."""
    for k in range(first, len(rows)):
        if not _take(shelves, rows[k], mats[k], at_s[k], seen, model, scratch):
            return k
    return len(rows)


@njit(cache=True, nogil=True)
def _settle(shelves: Shelves, seen: Seen, model: Model, scratch: Scratch) -> None:
    for at in range(shelves.used[0]):
        if shelves.stale[at]:
            _rescore(shelves, at, seen, model, scratch)


@njit(cache=True, nogil=True)
def _link_all(shelves: Shelves) -> None:
    for i in range(shelves.times_s.shape[0]):
        for mat in range(shelves.times_s.shape[1]):
            if not np.isnan(shelves.times_s[i, mat]):
                _link(shelves, i, mat)


class Watch:
    """Follows n runners over the mats of a model, read by read."""

    def __init__(self, model: Model, runners: int, first_s: float) -> None:
        mats = len(model.metres)
        self._model = model
        self._seen = nobody_seen(runners)
        self._scratch = _room(mats, self._seen)
        self._shelves = _empty(runners, mats, first_s, 4 * runners + 64)
        for i in range(min(runners, 1)):
            run_row(
                np.full(mats, np.nan),
                model,
                self._shelves.mu_s[i],
                self._shelves.var_s2[i],
                self._scratch.row,
            )
            self._shelves.mu_s[:], self._shelves.var_s2[:] = (
                self._shelves.mu_s[0],
                self._shelves.var_s2[0],
            )

    @classmethod
    def begin(
        cls, model: Model, times_s: Floats, first_s: float, seen: Seen | None = None
    ) -> Watch:
        """One that knows the reads of a field (n, m) and what people saw of it, as the batch finds them."""
        watch = cls(model, 0, first_s)
        watch._keep(nobody_seen(len(times_s)) if seen is None else seen)
        pairs = candidates(times_s)
        mu_s, var_s2 = run_rows(times_s, model)
        scores = score_pairs(pairs, times_s, mu_s, var_s2, model, watch._seen)
        runners, mats = times_s.shape
        shelves = _empty(runners, mats, first_s, max(2 * len(pairs), 4 * runners) + 64)
        shelves.times_s[:], shelves.mu_s[:], shelves.var_s2[:] = times_s, mu_s, var_s2
        watch._shelves = shelves
        _link_all(shelves)
        _add_pairs(shelves, pairs)
        shelves.score[: len(pairs)], shelves.stale[: len(pairs)] = scores, False
        return watch

    @property
    def times_s(self) -> Floats:
        """(n, m) the times as they are known."""
        return self._shelves.times_s

    def take(self, row: int, mat: int, at_s: float) -> None:
        """One read of one runner; a later one of the same mat replaces it, NaN takes it back."""
        while not _take(self._shelves, row, mat, at_s, self._seen, self._model, self._scratch):
            self._grow()

    def take_all(self, rows: Ints, mats: Ints, at_s: Floats) -> None:
        """Many reads (k,), in their order."""
        done = 0
        while done < len(rows):
            done = _take_all(
                self._shelves, rows, mats, at_s, done, self._seen, self._model, self._scratch
            )
            if done < len(rows):
                self._grow()

    def see(self, seen: Seen) -> None:
        """All that people saw by now; the pairs of whom they saw otherwise before are scored anew."""
        for row in _seen_otherwise(self._seen, seen).tolist():
            _mark_stale(self._shelves, row)
        self._keep(seen)

    def _keep(self, seen: Seen) -> None:
        self._seen, self._scratch = seen, _room(len(self._model.metres), seen)

    def found(self, chance: Chance) -> Found:
        """Who is together now, by thresholds that were measured with the same model."""
        shelves = self._shelves
        _settle(shelves, self._seen, self._model, self._scratch)
        used = int(shelves.used[0])
        by_people = seen_candidates(shelves.times_s, self._seen, NEAR_S)
        null = shelves.mu_s, shelves.var_s2, self._model
        pairs = np.concatenate([shelves.pair[:used].astype(np.int64), by_people])
        scores = np.concatenate(
            [shelves.score[:used], score_pairs(by_people, shelves.times_s, *null, self._seen)]
        )
        return describe(pairs, scores, shelves.times_s, null, chance, self._seen)

    def nbytes(self) -> int:
        """Bytes of all that is kept."""
        return sum(part.nbytes for part in self._shelves if isinstance(part, np.ndarray))

    def _grow(self) -> None:
        old = self._shelves
        more = len(old.pair)
        self._shelves = old._replace(
            pair=np.concatenate([old.pair, np.full((more, 2), NOBODY, np.int32)]),
            pair_next=np.concatenate([old.pair_next, np.full((more, 2), NOBODY, np.int32)]),
            score=np.concatenate([old.score, np.full(more, -np.inf)]),
            stale=np.concatenate([old.stale, np.zeros(more, np.bool_)]),
        )


def _room(mats: int, seen: Seen) -> Scratch:
    nodes = room_for(mats, seen)
    return Scratch(np.empty((2, mats + TERMS + 3)), nodes, np.empty((2, len(nodes.leg))))


def _seen_otherwise(before: Seen, after: Seen) -> Ints:
    """(k,) rows of whom people saw something else before."""
    rows = np.arange(len(before.start) - 1)
    parts = [
        np.column_stack([np.repeat(rows, np.diff(seen.start)), *seen[1:]])
        for seen in (before, after)
    ]
    kept, times = np.unique(np.concatenate(parts), axis=0, return_counts=True)
    return np.unique(kept[times == 1, 0]).astype(np.int64)


def _empty(runners: int, mats: int, first_s: float, room: int) -> Shelves:
    return Shelves(
        times_s=np.full((runners, mats), np.nan),
        mu_s=np.empty((runners, max(mats - 1, 0))),
        var_s2=np.empty((runners, max(mats - 1, 0))),
        first_s=first_s,
        second_head=np.full((mats, SPAN_S), NOBODY, np.int32),
        second_next=np.full((runners, mats), NOBODY, np.int32),
        pair_head=np.full(runners, NOBODY, np.int32),
        pair=np.full((room, 2), NOBODY, np.int32),
        pair_next=np.full((room, 2), NOBODY, np.int32),
        score=np.full(room, -np.inf),
        stale=np.zeros(room, np.bool_),
        used=np.zeros(1, np.int64),
    )
