"""What the mats see of it: several reads of a chip, some chips missed, some seen that mean nothing.

How many reads a chip gives and how many chips a line misses are what real lines of one marathon weekend
showed: six reads a chip and line in the median, hundreds of one who stood there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from homestretch.rehearsal.course import MATS, Mat
from homestretch.rehearsal.crossings import FINISH_MAT, NEVER, Crossings
from homestretch.rehearsal.field import Field
from homestretch.rehearsal.figures import Bools, Ints, stream
from homestretch.rehearsal.happenings import Fates
from homestretch.rehearsal.schedule import clock_s, sweep_s

MEDIAN_READS = 6.0
"""of one chip at one line, all its readers together; doors over HTTP thin them out themselves"""
HTTP_READS = 2.0
STOOD_READS = 674
STRANGE_CHIP = 0x3A0000
SPARE_CHIP = 0x3AFFFF
LIFTED_AFTER_S = 480.0
"""A mat is taken away eight minutes after the sweep car is due."""
DEVICES = tuple(device for mat in MATS for device in mat.devices)


@dataclass(frozen=True, slots=True)
class Reads:
    """r reads: position in ``DEVICES``, chip, milliseconds after midnight."""

    device: Ints
    chip: Ints
    seen_ms: Ints


class Seen(NamedTuple):
    """Everything that the mats saw, and what a reader of it should find."""

    reads: Reads
    read_ms: Ints
    """(n, p) the read that counts: the last at the start, the first elsewhere; NEVER when all missed"""
    worn: Ints
    """(n,) the chip that somebody really wears"""
    spares: Ints
    """(k,) the chips that the desk gave to ``Fates.replaced``"""


def lifted_ms(mat: int) -> int:
    """When the mats of a timing point are taken away (milliseconds after midnight)."""
    if mat == FINISH_MAT:
        return round(1000 * clock_s(15, 45))
    return round(1000 * (float(sweep_s(np.array(MATS[mat].marathon_m))) + LIFTED_AFTER_S))


def make_reads(
    seed: int, field: Field, fates: Fates, crossings: Crossings, median_reads: float
) -> Seen:
    """What the mats saw on the day."""
    rng = stream(seed, "mats")
    worn, spares = _worn(field, fates)
    cast = np.zeros(len(field), dtype=bool)
    cast[list(field.cast.values())] = True
    read_ms = np.full(crossings.crossed_ms.shape, NEVER, dtype=np.int64)
    parts: list[Reads] = []
    first_device = 0
    for column, mat in enumerate(MATS):
        crossed_ms = crossings.crossed_ms[:, column]
        there = (crossed_ms != NEVER) & (crossed_ms < lifted_ms(column))
        if mat.marathon_m > 25000.0:
            there[fates.dead_chips] = False
        for place, missed in enumerate(_missed(rng, mat, cast)):
            rows = np.flatnonzero(there & ~missed)
            median = (
                HTTP_READS if mat.devices[place].door == "http" else median_reads / len(mat.devices)
            )
            owner, seen_ms = passing_reads(
                rng, crossed_ms[rows], median, last=column == 0, behind=place > 0
            )
            device = np.full(len(seen_ms), first_device + place)
            parts.append(Reads(device, worn[rows][owner], seen_ms))
            _note(read_ms[:, column], rows[owner], seen_ms, last=column == 0)
        first_device += len(mat.devices)
    parts.extend(_beside_the_race(rng, field, fates, crossings, worn))
    return Seen(_joined(parts), read_ms, worn, spares)


def _worn(field: Field, fates: Fates) -> tuple[Ints, Ints]:
    worn = field.chip.copy()
    for one, other in fates.swapped:
        worn[one], worn[other] = field.chip[other], field.chip[one]
    spares = STRANGE_CHIP + 0x8000 + np.arange(len(fates.replaced))
    worn[fates.replaced] = spares
    return worn, spares


def _missed(rng: np.random.Generator, mat: Mat, never: Bools) -> list[Bools]:
    """For each reader of the mat: whose chips it misses. What one misses, the other sees, but for a few."""
    luck = rng.random(len(never))
    missed = []
    from_p = mat.p_missed
    for device in mat.devices:
        alone = (luck >= from_p) & (luck < from_p + device.p_missed - mat.p_missed)
        missed.append(((luck < mat.p_missed) | alone) & ~never)
        from_p += device.p_missed - mat.p_missed
    return missed


def passing_reads(
    rng: np.random.Generator, crossed_ms: Ints, median: float, *, last: bool, behind: bool
) -> tuple[Ints, Ints]:
    """The reads (owner, time) of passings (n,): ``owner`` is the position of the passing.

    The last read (``last``, as at a start) or the first one is the crossing; a reader ``behind`` the
    line of the other one sees chips up to 0.4 s away from it.
    """
    count = np.maximum(
        1, np.round(median * np.exp(0.45 * rng.standard_normal(len(crossed_ms)))).astype(np.int64)
    )
    owner = np.repeat(np.arange(len(crossed_ms)), count)
    step_ms = 40 + rng.exponential(150.0, len(owner)).astype(np.int64)
    walked_ms = np.cumsum(step_ms)
    ends = np.cumsum(count) - 1
    edge = ends if last else ends - count + 1
    offset_ms = walked_ms - walked_ms[edge][owner]
    if behind:
        away_ms = rng.integers(20, 400, len(crossed_ms))
        offset_ms += (-away_ms if last else away_ms)[owner]
    return owner, crossed_ms[owner] + offset_ms


def _note(read_ms: Ints, rows: Ints, seen_ms: Ints, last: bool) -> None:
    if last:
        np.maximum.at(read_ms, rows, seen_ms)
        return
    read_ms[read_ms == NEVER] = np.iinfo(np.int64).max
    np.minimum.at(read_ms, rows, seen_ms)
    read_ms[read_ms == np.iinfo(np.int64).max] = NEVER


def _beside_the_race(
    rng: np.random.Generator, field: Field, fates: Fates, crossings: Crossings, worn: Ints
) -> list[Reads]:
    """Reads that are nobody's passing: warming up, standing on a mat, chips of other races."""
    names = [device.name for device in DEVICES]
    starts = [row for row in fates.warming_up.tolist() if crossings.started_ms[row] != NEVER]
    gun_ms = crossings.gun_ms[field.start[starts]]
    before_ms = gun_ms - rng.integers(150_000, 2_400_000, len(starts))
    owner, warm_ms = passing_reads(rng, before_ms, 2.0, last=True, behind=False)
    warm = Reads(np.full(len(owner), names.index("START-1")), worn[starts][owner], warm_ms)

    arrived_ms = crossings.crossed_ms[fates.standing, FINISH_MAT]
    stood_ms = (
        arrived_ms + 2000 + np.cumsum(100 + rng.exponential(450.0, STOOD_READS).astype(np.int64))
    )
    chip = np.full(STOOD_READS, worn[fates.standing])
    stood = Reads(np.full(STOOD_READS, names.index("FINISH-2")), chip, stood_ms)

    strangers = 8 + len(field) // 600
    at = rng.integers(0, len(DEVICES), strangers)
    around_ms = rng.integers(round(1000 * clock_s(7, 30)), round(1000 * clock_s(8, 20)), strangers)
    owner, strange_ms = passing_reads(rng, around_ms, 3.0, last=False, behind=False)
    strange = Reads(at[owner], STRANGE_CHIP + owner, strange_ms)

    # A box with one spare chip stands beside the 10K mat for a while.
    spare_ms = round(1000 * clock_s(8, 31)) + np.cumsum(rng.integers(9_000, 31_000, 60))
    spare = Reads(np.full(60, names.index("10K")), np.full(60, SPARE_CHIP), spare_ms)
    return [warm, stood, strange, spare]


def _joined(parts: Sequence[Reads]) -> Reads:
    return Reads(
        device=np.concatenate([part.device for part in parts]).astype(np.int64),
        chip=np.concatenate([part.chip for part in parts]).astype(np.int64),
        seen_ms=np.concatenate([part.seen_ms for part in parts]).astype(np.int64),
    )
