"""The runners of one road as columns: from a state, only what a forecast looks at. Times in s after ``base``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from homestretch.forecast.figures import COVARIATES
from homestretch.forecast.gains import SOFT_S
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Mark, Roster, State, Status

UNREAD_START_S = 120.0
"""How far a start is off that nobody read, where no start of the wave was read."""
LEAST_UNREAD_S = 60.0
NEAR_M = 1.0


@dataclass(frozen=True, slots=True)
class Runners:
    """n runners of a road with s sites."""

    base: int
    """UTC ms"""
    start_s: Floats
    """(n,) when they started, as read, or as others of their wave did after the gun"""
    start_off_s: Floats
    """(n,) how sure that is: standard deviation"""
    passed_s: Floats
    """(n, s) passings at mats, NaN where there is none"""
    seen_s: Floats
    """(n, s) when a person saw them there after their newest read, NaN likewise"""
    woman: Floats
    age: Floats
    counts: Bools
    """(n,) says something of the day: an own way from the start, nobody's wheels"""
    runs: Bools
    """(n,) has arrivals ahead: on the road, did not say to stop, the race is not quiet"""
    last_site: Ints
    """(n,) newest site that their pace is known from, -1 for none"""
    reached_site: Ints
    """(n,) newest site that they have reached, -1 for none"""
    since_s: Floats
    """(n,) from when their way ahead is counted: the start, or where somebody moved up went on"""
    from_m: Floats
    """(n,) metres from which somebody moved up went on; 0 for everybody else"""

    def seconds(self, at: int) -> float:
        """A moment (UTC ms) in seconds after the base."""
        return (at - self.base) / 1000.0

    def variables(self, rows: Ints, sites_m: Floats) -> tuple[Floats, Floats]:
        """(k, v) sex, age and log paces of some rows, and how far each is off in s (NaN: not known)."""
        times = self.passed_s[rows]
        seen = np.isfinite(self.seen_s[rows])
        times = np.where(seen, self.seen_s[rows], times) - self.start_s[rows, None]
        behind = np.arange(len(sites_m)) > self.last_site[rows, None]
        times[behind | ~(times > 0.0)] = np.nan
        off = np.where(seen, SOFT_S, 0.0) + self.start_off_s[rows, None]
        noise = np.full((len(rows), COVARIATES + len(sites_m)), np.nan)
        noise[:, COVARIATES:] = np.where(np.isfinite(times), off, np.nan)
        values = np.column_stack(
            [self.woman[rows], (self.age[rows] - 40.0) / 10.0, np.log(times / sites_m)]
        )
        noise[:, :COVARIATES] = np.where(np.isfinite(values[:, :COVARIATES]), 0.0, np.nan)
        return values, noise

    def until(self, at: int) -> Runners:
        """The same runners as they were known by their mats at a moment (UTC ms)."""
        passed_s = np.where(self.passed_s <= self.seconds(at), self.passed_s, np.nan)
        last = last_of(passed_s)
        nobody = np.full(passed_s.shape, np.nan)
        return replace(self, passed_s=passed_s, seen_s=nobody, last_site=last, reached_site=last)

    def key_of_what_it_shows(self) -> bytes:
        """Equal for runners who show the same of the day, and for no others."""
        told = blake2b(self.counts.tobytes(), digest_size=16)
        told.update(self.passed_s[self.counts].tobytes())
        told.update(self.start_s[self.counts].tobytes())
        return told.digest()

    def changed_since(self, before: Runners | None) -> Ints:
        """(k,) rows of which anything is other than before."""
        if before is None or len(before.start_s) != len(self.start_s):
            return np.arange(len(self.start_s))
        same = (self.last_site == before.last_site) & (self.start_off_s == before.start_off_s)
        for name in ("start_s", "since_s", "from_m", "woman", "age"):
            same &= _equal(getattr(self, name), getattr(before, name))
        for name in ("passed_s", "seen_s"):
            same &= _equal(getattr(self, name), getattr(before, name)).all(axis=1)
        return np.flatnonzero(~same)


def last_of(passed_s: Floats) -> Ints:
    """(n,) the last site that is known (n, s), -1 for none."""
    known = np.isfinite(passed_s)
    last = passed_s.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.where(known.any(axis=1), last, NEVER)


def _equal(a: Floats, b: Floats) -> Bools:
    same: Bools = (a == b) | (np.isnan(a) & np.isnan(b))
    return same


def find_people(roster: Roster, rows: Ints) -> tuple[Floats, Floats]:
    """(n,) 1 for women, 0 for men, NaN unknown; and (n,) years, NaN unknown."""
    of = {"f": 1.0, "m": 0.0}
    woman = np.array([of.get(roster.sex[row][:1].lower(), np.nan) for row in rows.tolist()])
    return woman, np.where(roster.age[rows] > 0, roster.age[rows], np.nan)


def make_runners(
    state: State,
    rows: Ints,
    people: tuple[Floats, Floats],
    start_m: float,
    sites_m: Floats,
    base: int,
) -> Runners:
    """The runners of a road (rows of the state) whose course begins at these metres of their race."""
    roster, race = state.roster, int(state.roster.race[rows[0]])
    own_m = state.points.distance_m[race] - start_m
    columns = np.flatnonzero((own_m > NEAR_M) & (own_m <= sites_m[-1] + NEAR_M))
    site_of = np.searchsorted(sites_m, own_m[columns] - NEAR_M)
    at = state.passed_at[np.ix_(rows, columns)]
    passed_s = np.full((len(rows), len(sites_m)), np.nan)
    passed_s[:, site_of] = np.where(at >= 0, (at - base) / 1000.0, np.nan)
    start_s, start_off_s = _starts(state, rows, base)
    last = last_of(passed_s)
    moved = (state.marks[rows] & Mark.MOVED_UP) != 0
    seen_s, seen_site = _sightings(state, rows, start_m, sites_m, base, passed_s, ~moved)
    reached = np.maximum(last, seen_site)
    since_s, from_m = start_s.copy(), np.zeros(len(rows))
    since_s[moved] = (state.last_proof_at[rows[moved]] - base) / 1000.0
    from_m[moved] = np.maximum(state.last_proof_m[rows[moved]] - start_m, 1.0)
    reached[moved] = np.searchsorted(sites_m, from_m[moved] + NEAR_M) - 1
    last = np.where(
        moved, np.where(last >= 0, np.isfinite(passed_s).argmax(axis=1), NEVER), reached
    )
    withdrawn = (state.marks[rows] & Mark.SAID_TO_WITHDRAW) != 0
    status = state.status[rows]
    on_road = (status == Status.STARTED) | (status == Status.MOVED_UP)
    return Runners(
        base=base, start_s=start_s, start_off_s=start_off_s, passed_s=passed_s, seen_s=seen_s,
        woman=people[0], age=people[1],
        counts=roster.competes[rows] & ~moved & (start_off_s == 0.0),
        runs=on_road & ~withdrawn & ~state.quiet[race],
        last_site=last, reached_site=reached, since_s=since_s, from_m=from_m,
    )  # fmt: skip


def _starts(state: State, rows: Ints, base: int) -> tuple[Floats, Floats]:
    """(n,) s after the base, and how far off. Who was not read at the start came over it as others of the
    wave did."""
    start_s = (state.start_at[rows] - base) / 1000.0
    unread = (state.marks[rows] & Mark.NO_START_READ) != 0
    off_s = np.zeros(len(rows))
    gun_s = (state.roster.gun_at[rows] - base) / 1000.0
    started = state.start_at[rows] >= 0
    start_s = np.where(started, start_s, gun_s)
    wave = state.roster.wave[rows]
    for one in np.unique(wave[unread & started]):
        mine = (wave == one) & started
        delay = (start_s - gun_s)[mine & ~unread]
        typical = float(np.median(delay)) if len(delay) else 0.0
        spread = 1.4826 * float(np.median(np.abs(delay - typical))) if len(delay) else 0.0
        late = mine & unread
        start_s[late] = gun_s[late] + typical
        least = LEAST_UNREAD_S if len(delay) else UNREAD_START_S
        off_s[late] = 30.0 * np.ceil(max(spread, least) / 30.0)
    return start_s, off_s


def _sightings(
    state: State,
    rows: Ints,
    start_m: float,
    sites_m: Floats,
    base: int,
    passed_s: Floats,
    may: Bools,
) -> tuple[Floats, Ints]:
    """(n, s) s after the base where a person saw somebody after the newest read, and (n,) that site."""
    seen_s = np.full(passed_s.shape, np.nan)
    site = np.full(len(rows), NEVER, np.int64)
    proof_m, proof_at = state.last_proof_m[rows] - start_m, state.last_proof_at[rows]
    newest = np.fmax.reduce(passed_s, axis=1, initial=-np.inf)
    proof_s = (proof_at - base) / 1000.0
    at = np.clip(np.searchsorted(sites_m, proof_m - NEAR_M), 0, len(sites_m) - 1)
    fits = (np.abs(sites_m[at] - proof_m) <= NEAR_M) & (proof_at >= 0) & may
    by_eye = np.flatnonzero(
        fits & (proof_s > newest + 0.5) & np.isnan(passed_s[np.arange(len(rows)), at])
    )
    seen_s[by_eye, at[by_eye]] = proof_s[by_eye]
    site[by_eye] = at[by_eye]
    return seen_s, site
