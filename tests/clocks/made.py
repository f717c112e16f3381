"""Made-up fields with one clock at each mat: small, seeded, and as wrong as a test wants them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from homestretch.clocks import Reads, Watched
from homestretch.rehearsal.course import MATS
from homestretch.rehearsal.crossings import make_crossings, mats_m
from homestretch.rehearsal.field import make_field
from homestretch.rehearsal.happenings import make_fates
from homestretch.rehearsal.mats import DEVICES, make_reads
from homestretch.state.snapshot import NEVER, Floats, Ints

METRES = np.array([0.0, 5000.0, 10000.0, 15000.0, 21097.5, 25000.0, 30000.0, 35000.0, 42195.0])
NAMES = ("Start", "5K", "10K", "15K", "Half", "25K", "30K", "35K", "Finish")
GUN_AT = 1_700_000_000_000
FINISH = len(NAMES) - 1


@dataclass(frozen=True)
class Made:
    """A day: (n, m) seconds after the gun."""

    time_s: Floats

    def watched(self, reads: Reads | None = None) -> Watched:
        """As the check sees it: device 10 + k at mat k."""
        n, m = self.time_s.shape
        known = ~np.isnan(self.time_s)
        at = np.where(known, GUN_AT + np.rint(1000 * np.where(known, self.time_s, 0.0)), NEVER)
        source: Ints = np.where(known, 10 + np.arange(m), NEVER)
        race: Ints = np.zeros(n, np.int64)
        names = tuple(f"box {number}" for number in range(40))
        return Watched(at.astype(np.int64), source, METRES[None, :], race, reads, NAMES, names)

    def moment(self, mat: int, share: float) -> float:
        """When a share of the field has passed a mat."""
        return float(np.nanquantile(self.time_s[:, mat], share))

    def shifted(self, mat: int, by_s: float, from_s: float = -np.inf) -> Made:
        """One mat's clock jumps (without ``from_s``: it is wrong from the start)."""
        time_s = self.time_s.copy()
        time_s[time_s[:, mat] >= from_s, mat] += by_s
        return Made(time_s)

    def until(self, now_s: float) -> Made:
        """What is known at a moment."""
        return Made(np.where(self.time_s <= now_s, self.time_s, np.nan))


def a_field(seed: int = 1, n: int = 4000, hill: float = 0.04) -> Made:
    """Two waves of runners who tire, each leg with its hill and everybody with their own moods."""
    rng = np.random.default_rng(seed)
    pace = np.sort(np.exp(rng.normal(np.log(0.36), 0.18, n)))
    start = np.where(np.arange(n) < n // 2, 0.0, 900.0) + rng.uniform(0.0, 400.0, n)
    tiring = np.abs(rng.normal(0.0, 0.04, n))
    hills = rng.normal(0.0, hill, len(METRES) - 1)
    late = np.linspace(-0.5, 1.0, len(METRES) - 1)
    mood = 0.02 * rng.standard_t(4, (n, len(METRES) - 1))
    legs = np.diff(METRES) * pace[:, None] * np.exp(hills + np.outer(tiring, late) + mood)
    time_s = start[:, None] + np.concatenate([np.zeros((n, 1)), np.cumsum(legs, axis=1)], axis=1)
    time_s[rng.random(time_s.shape) < 0.01] = np.nan
    return Made(time_s[rng.permutation(n)])


def reads_of(rows: Ints, mat: int, source: int, at_s: Floats) -> Reads:
    """Reads of one device."""
    at = np.rint(GUN_AT + 1000 * at_s).astype(np.int64)
    return Reads(rows, np.full(len(rows), mat), np.full(len(rows), source), at)


def joined(*parts: Reads) -> Reads:
    """Reads of several devices together."""
    fields = ("row", "point", "source", "at")
    return Reads(*(np.concatenate([getattr(part, field) for part in parts]) for field in fields))


def rehearsed(seed: int = 1, marathon: int = 4000, half: int = 6000) -> Watched:
    """The made-up day of the demo, with all reads of all its devices (milliseconds after midnight)."""
    field = make_field(seed, marathon, half)
    fates = make_fates(seed, field)
    crossings = make_crossings(seed, field, fates)
    seen = make_reads(seed, field, fates, crossings, 2.0)
    owner = {int(chip): row for row, chip in enumerate(seen.worn)}
    row = np.array([owner.get(int(chip), NEVER) for chip in seen.reads.chip])
    point_of = np.repeat(np.arange(len(MATS)), [len(mat.devices) for mat in MATS])
    known = row != NEVER
    device = seen.reads.device[known].astype(np.int64)
    reads = Reads(row[known], point_of[device], device, seen.reads.seen_ms[known])
    first_device = np.array([int(np.flatnonzero(point_of == k)[0]) for k in range(len(MATS))])
    source: Ints = np.where(seen.read_ms != NEVER, first_device, NEVER)
    return Watched(
        passed_at=seen.read_ms,
        source=source,
        metres=np.array([mats_m(0), mats_m(1)]),
        race=field.race.astype(np.int64),
        reads=reads,
        points=tuple(mat.name for mat in MATS),
        sources=tuple(device.name for device in DEVICES),
    )


def heard_until(watched: Watched, now: int, silent: tuple[int, int, int] | None = None) -> Watched:
    """What has arrived by ``now`` when mat, from and until of ``silent`` kept its reads to itself."""

    def arrived(at: Ints, point: Ints) -> np.ndarray:
        here = at <= now
        if silent is not None:
            mat, from_at, until_at = silent
            here &= ~((point == mat) & (at >= from_at) & (now < until_at))
        return here

    m = watched.passed_at.shape[1]
    there = arrived(watched.passed_at, np.broadcast_to(np.arange(m), watched.passed_at.shape))
    reads = watched.reads
    if reads is not None:
        kept = arrived(reads.at, reads.point)
        reads = Reads(reads.row[kept], reads.point[kept], reads.source[kept], reads.at[kept])
    return replace(
        watched,
        passed_at=np.where(there, watched.passed_at, NEVER),
        source=np.where(there, watched.source, NEVER),
        reads=reads,
    )
