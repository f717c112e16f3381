"""Companions of an event as its day goes on: one state after the other, read by read, beside the fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from homestretch.companions.chance import Chance, measure
from homestretch.companions.noticing import Noticed, notice
from homestretch.companions.pace import learn, run_rows
from homestretch.companions.riding import Ride, find_rides
from homestretch.companions.seen import Seen
from homestretch.companions.together import Companions, OfRace, SeenTogether
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
TWO: Final = 2


@dataclass(slots=True)
class _Race:
    """One race as it was learnt last, and what was read since."""

    watch: Watch
    chance: Chance
    learnt_at: int
    learnt_of: tuple[int, bool]
    """log position, and whether all that had been read by then was long enough ago to be a whole"""


class _Part(NamedTuple):
    """What was found in one race: its rows and mats in the state, and what people saw of it."""

    rows: Ints
    columns: Ints
    found: Found
    noticed: Noticed
    first_s: float


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
        parts: list[_Part] = []
        rides: list[Ride] = []
        races: list[OfRace | None] = []
        for race in range(len(event.races)):
            rows, columns = rows_and_mats(state, race)
            rides += list_rides(state, race, rows, columns)
            part = self._follow(event, state, race, rows, columns, anew)
            races.append(self._say(race, len(rows), part.found) if part else None)
            if part:
                parts.append(part)
        return _joined(state, parts, tuple(races), tuple(rides))

    def _follow(
        self, event: Event, state: State, race: int, rows: Ints, columns: Ints, anew: bool
    ) -> _Part | None:
        if len(rows) < TWO or len(columns) < TWO:
            return None
        first_s = float(state.roster.gun_at[rows].min() // 1000 - 3600)
        times_s = times_of(state, rows, columns, first_s)
        metres = state.points.distance_m[race][columns]
        noticed = notice(event, state, race, rows, metres, times_s, first_s)
        known = self._races.get(race)
        of = state.last_seq, _is_whole(state, rows)
        if known is None or (anew and known.learnt_of != of):
            model_and_chance = _learn(state, metres, times_s, noticed.seen, first_s)
            known = self._races[race] = _Race(*model_and_chance, state.now, of)
        else:
            old_s = known.watch.times_s
            changed = ~((old_s == times_s) | (np.isnan(old_s) & np.isnan(times_s)))
            at = np.nonzero(changed)
            known.watch.see(noticed.seen)
            known.watch.take_all(at[0], at[1], times_s[changed])
        return _Part(rows, columns, known.watch.found(known.chance), noticed, first_s)

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


def list_rides(state: State, race: int, rows: Ints, columns: Ints) -> list[Ride]:
    """Who of a race may have been in one vehicle, in rows of the roster and columns of the state. Nothing is said of
    a relay, in which one chip is carried by several."""
    rows = rows[state.roster.leg[rows] == NEVER]
    if len(rows) < TWO or len(columns) < TWO:
        return []
    times_s = times_of(state, rows, columns, 0.0)
    return [
        ride._replace(
            rows=tuple(rows[list(ride.rows)].tolist()),
            since=tuple(columns[list(ride.since)].tolist()),
            until=int(columns[ride.until]),
        )
        for ride in find_rides(times_s, state.points.distance_m[race][columns])
    ]


def _is_whole(state: State, rows: Ints) -> bool:
    """Whether nobody of a race was read in the last minute: how dense it was beside each read is known then."""
    return state.now - int(state.passed_at[rows].max(initial=NEVER)) >= WHOLE_MS


def _learn(
    state: State, metres: Floats, times_s: Floats, seen: Seen, first_s: float
) -> tuple[Watch, Chance]:
    until_s = state.now / 1000.0 - first_s
    model = learn(times_s, metres, until_s=until_s)
    null = *run_rows(times_s, model), model
    chance = measure(times_s, *null, most_shifts=SHIFTS, seen=seen)
    return Watch.begin(model, times_s, 0.0, seen), chance


def _joined(
    state: State, parts: list[_Part], races: tuple[OfRace | None, ...], rides: tuple[Ride, ...]
) -> Companions:
    """The pairs of all races, in rows of the roster and columns of the state."""
    mats = state.passed_at.shape[1]
    count = sum(len(part.found.pairs.i) for part in parts)
    together, gaps_s = np.zeros((count, mats), bool), np.full((count, mats), np.nan, np.float32)
    seen: list[SeenTogether] = []
    first = 0
    for part in parts:
        last = first + len(part.found.pairs.i)
        together[first:last, part.columns] = part.found.pairs.together
        gaps_s[first:last, part.columns] = part.found.pairs.gaps_s
        seen += _list_seen(part, first)
        first = last
    nobody = [np.zeros(0, np.int64)]
    pairs = [part.found.pairs for part in parts]
    i = np.concatenate(nobody + [part.rows[part.found.pairs.i] for part in parts])
    j = np.concatenate(nobody + [part.rows[part.found.pairs.j] for part in parts])
    doubled = np.concatenate([np.zeros(0, bool)] + [find_doubled(one) for one in pairs])
    return Companions(
        entrants=state.roster.key, now=state.now, last_seq=state.last_seq, i=i, j=j,
        score=np.concatenate(nobody + [one.score for one in pairs]).astype(np.float32),
        together=together, gaps_s=gaps_s,
        pack=np.concatenate([np.zeros(0, bool)] + [one.pack for one in pairs]),
        group_size=np.concatenate(nobody + [one.group_size for one in pairs]),
        seen=tuple(seen),
        maybe=_list_maybe(parts),
        races=races,
        rides=rides,
        doubled=tuple(zip(i[doubled].tolist(), j[doubled].tolist(), strict=True)),
    )  # fmt: skip


def _list_maybe(parts: list[_Part]) -> Ints:
    """(q, 4) rows and columns of who may be asked, the best of each race first."""
    found = [np.zeros((0, 4), np.int64)]
    for part in parts:
        maybe, rows, columns = part.found.maybe, part.rows, part.columns
        found.append(np.column_stack([
            rows[maybe.i], rows[maybe.j], columns[maybe.since], columns[maybe.until]
        ]))  # fmt: skip
    return np.concatenate(found)


def _list_seen(part: _Part, first: int) -> list[SeenTogether]:
    """Where people saw the pairs of one race, which are numbered from ``first`` on."""
    beside, noticed = part.found.pairs.beside, part.noticed
    found = []
    for pair, gap_s, *both in zip(beside.pair, beside.gap_s, beside.a, beside.b, strict=True):
        told = [int(one) for one in both if one >= 0]
        at_s = [float(noticed.seen.at_s[one]) for one in told]
        found.append(SeenTogether(
            pair=first + int(pair), point=int(noticed.point[told[0]]),
            at=round(1000.0 * (part.first_s + min(at_s))), gap_s=float(gap_s),
            evidence=tuple(int(noticed.seq[one]) for one in told),
        ))  # fmt: skip
    return found


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
