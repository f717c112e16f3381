"""Companions of an event as its day goes on: one state after the other, read by read, beside the fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.together import Companions, OfRace
from homestretch.companions.updating import Watch
from homestretch.companions.values import Bools, Floats, Found, Ints, Pairs
from homestretch.race.event import Event
from homestretch.state.snapshot import NEVER, Mark, State

SHIFTS: Final = 40
"""Small fields are not shifted as often while they run as afterwards."""
DOUBLED_S: Final = 0.15
"""Two chips on one person keep their distance so exactly, at that many mats and more."""
DOUBLED_MATS: Final = 5
BESIDE_S: Final = 1.0
WHOLE_MS: Final = 60_000


@dataclass(slots=True)
class _Race:
    """One race as it was learnt last, and what was read since."""

    watch: Watch
    chance: Chance
    learnt_at: int
    learnt_of: tuple[int, bool]
    """log position, and whether all that had been read by then was long enough ago to be a whole"""


class Following:
    """Follows one event; another plan or other entrants begin anew."""

    def __init__(self) -> None:
        self._of: tuple[Event, str] | None = None
        self._races: dict[int, _Race] = {}

    def look(self, event: Event, state: State, *, anew: bool) -> Companions:
        """Who is together by now. ``anew``: paces, density and chance are learnt again, which takes longest; with
        all reads in, it is then exactly what the whole day gives at once."""
        if self._of is None or self._of[0] is not event or self._of[1] != state.roster.key:
            self._of, self._races = (event, state.roster.key), {}
        parts: list[tuple[Ints, Ints, Found]] = []
        races: list[OfRace | None] = []
        for race in range(len(event.races)):
            rows, columns = rows_and_mats(state, race)
            found = self._follow(state, race, rows, columns, anew)
            races.append(self._say(race, len(rows), found) if found else None)
            if found:
                parts.append((rows, columns, found))
        return _joined(state, parts, tuple(races))

    def _follow(
        self, state: State, race: int, rows: Ints, columns: Ints, anew: bool
    ) -> Found | None:
        if len(rows) < 2 or len(columns) < 2:
            return None
        first_s = float(state.roster.gun_at[rows].min() // 1000 - 3600)
        times_s = times_of(state, rows, columns, first_s)
        known = self._races.get(race)
        of = state.last_seq, _is_whole(state, rows)
        if known is None or (anew and known.learnt_of != of):
            model_and_chance = _learn(state, race, columns, times_s, first_s)
            known = self._races[race] = _Race(*model_and_chance, state.now, of)
        else:
            old_s = known.watch.times_s
            changed = ~((old_s == times_s) | (np.isnan(old_s) & np.isnan(times_s)))
            at = np.nonzero(changed)
            known.watch.take_all(at[0], at[1], times_s[changed])
        return known.watch.found(known.chance)

    def _say(self, race: int, runners: int, found: Found) -> OfRace:
        return OfRace(
            runners=runners, pairs=len(found.pairs.i), packs=found.packs,
            expected_false=found.expected_false, threshold=found.threshold,
            threshold_last=found.threshold_last, learnt_at=self._races[race].learnt_at,
        )  # fmt: skip


def rows_and_mats(state: State, race: int) -> tuple[Ints, Ints]:
    """The rows of a race, and its mats in the order of its course: one for each place."""
    distances = state.points.distance_m[race]
    order = [int(column) for column in np.argsort(distances) if np.isfinite(distances[column])]
    kept = [c for at, c in enumerate(order) if not at or distances[c] > distances[order[at - 1]]]
    return np.flatnonzero(state.roster.race == race), np.array(kept, dtype=np.int64)


def times_of(state: State, rows: Ints, columns: Ints, first_s: float) -> Floats:
    """(n, m) seconds after ``first_s`` (s since 1970). Nothing of who was carried ahead by a vehicle counts."""
    passed_at = state.passed_at[np.ix_(rows, columns)]
    times_s = np.where(passed_at == NEVER, np.nan, passed_at / 1000.0 - first_s)
    times_s[(state.marks[rows] & Mark.MOVED_UP) != 0] = np.nan
    return np.ascontiguousarray(times_s)


def _is_whole(state: State, rows: Ints) -> bool:
    """Whether nobody of a race was read in the last minute: how dense it was beside each read is known then."""
    return state.now - int(state.passed_at[rows].max(initial=NEVER)) >= WHOLE_MS


def _learn(
    state: State, race: int, columns: Ints, times_s: Floats, first_s: float
) -> tuple[Watch, Chance]:
    until_s = state.now / 1000.0 - first_s
    model = learn(times_s, state.points.distance_m[race][columns], until_s=until_s)
    chance = measure(times_s, *run_rows(times_s, model), model, most_shifts=SHIFTS)
    return Watch.begin(model, times_s, 0.0), chance


def _joined(
    state: State, parts: list[tuple[Ints, Ints, Found]], races: tuple[OfRace | None, ...]
) -> Companions:
    """The pairs of all races, in rows of the roster and columns of the state."""
    mats = state.passed_at.shape[1]
    count = sum(len(found.pairs.i) for _, _, found in parts)
    together, gaps_s = np.zeros((count, mats), bool), np.full((count, mats), np.nan, np.float32)
    first = 0
    for _, columns, found in parts:
        last = first + len(found.pairs.i)
        together[first:last, columns] = found.pairs.together
        gaps_s[first:last, columns] = found.pairs.gaps_s
        first = last
    nobody = [np.zeros(0, np.int64)]
    i = np.concatenate(nobody + [rows[found.pairs.i] for rows, _, found in parts])
    j = np.concatenate(nobody + [rows[found.pairs.j] for rows, _, found in parts])
    doubled = np.concatenate([np.zeros(0, bool)] + [find_doubled(f.pairs) for _, _, f in parts])
    return Companions(
        entrants=state.roster.key, now=state.now, last_seq=state.last_seq, i=i, j=j,
        score=np.concatenate(nobody + [f.pairs.score for _, _, f in parts]).astype(np.float32),
        together=together, gaps_s=gaps_s,
        pack=np.concatenate([np.zeros(0, bool)] + [f.pairs.pack for _, _, f in parts]),
        group_size=np.concatenate(nobody + [f.pairs.group_size for _, _, f in parts]),
        races=races,
        doubled=tuple(zip(i[doubled].tolist(), j[doubled].tolist(), strict=True)),
    )  # fmt: skip


def find_doubled(pairs: Pairs) -> Bools:
    """(k,) pairs with the same gap, to hundredths, at every mat that read both: a matter for the timers, no story.
    Whole seconds cannot tell it."""
    gaps_s = pairs.gaps_s
    if not len(gaps_s):
        return np.zeros(0, bool)
    known = np.isfinite(gaps_s)
    enough = known.sum(axis=1) >= DOUBLED_MATS
    whole = (gaps_s == np.rint(gaps_s)) | ~known
    low = np.where(known, gaps_s, np.inf).min(axis=1)
    high = np.where(known, gaps_s, -np.inf).max(axis=1)
    near = np.maximum(np.abs(low), np.abs(high)) <= BESIDE_S
    return np.asarray(enough & near & (high - low <= DOUBLED_S) & ~whole.all(axis=1))
