"""What really happened on the made-up day: hidden from the system, and what tests and benches check it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from homestretch.rehearsal.cast import LAST_HOME, MEET_M, STRANGERS
from homestretch.rehearsal.course import MATS
from homestretch.rehearsal.crossings import FINISH_MAT, NEVER, Crossings
from homestretch.rehearsal.field import Field, say_chip
from homestretch.rehearsal.figures import Floats, Ints
from homestretch.rehearsal.happenings import Fates, Outcome
from homestretch.rehearsal.mats import SPARE_CHIP, STOOD_READS, STRANGE_CHIP, Seen
from homestretch.rehearsal.schedule import RACES
from homestretch.rehearsal.sending import REPEATS, SILENCES


class Meeting(NamedTuple):
    """Two strangers meet at ``met_m`` and are together from the point ``since`` to the finish."""

    bibs: tuple[str, str]
    met_m: float
    since: str


class Quiet(NamedTuple):
    """A device whose connection was broken in between (UTC milliseconds)."""

    device: str
    from_at: int
    until_at: int


class NewChip(NamedTuple):
    """A chip given out before the start; ``told_late``: control heard of it hours after the start."""

    bib: str
    old: str
    new: str
    told_late: bool


class Standing(NamedTuple):
    """Somebody who stayed on a mat, and how many reads that made."""

    bib: str
    device: str
    reads: int


@dataclass(frozen=True, slots=True)
class Truth:
    """n entrants in the order of ``bibs``, p timing points in the order of ``points``; times in UTC ms."""

    bibs: tuple[str, ...]
    race: tuple[str, ...]
    points: tuple[str, ...]
    gun_at: Ints
    """(n,) when the gun really went off"""
    crossed_at: Ints
    """(n, p) when somebody crossed, whether or not anything read it; NEVER where nobody did"""
    read_at: Ints
    """(n, p) the read that counts: the last at the start, the first elsewhere; NEVER where all missed"""
    outcome: tuple[Outcome, ...]
    caught_m: Floats
    """(n,) metres of the own race where the sweep car passed somebody; infinite: nowhere"""
    pacers: frozenset[str]
    wheelchairs: frozenset[str]
    pairs: tuple[tuple[str, str], ...]
    """who ran side by side from start to finish"""
    meeting: Meeting
    last_home: str
    """bib of the last finisher"""
    silences: tuple[Quiet, ...]
    """the first is the mat that went silent, the second a connection that broke"""
    sent_again: tuple[str, ...]
    """devices that sent a part of their reads twice"""
    swapped: tuple[tuple[str, str], ...]
    """who wear each other's chips"""
    new_chips: tuple[NewChip, ...]
    dead_chips: tuple[str, ...]
    """whose chips no mat reads after 25 km; a marshal sees them finish"""
    standing: Standing
    warmed_up: tuple[str, ...]
    """who were read at the start mat before their gun"""
    strange_chips: frozenset[str]
    """chips of nobody in this event"""

    def row_of(self, bib: str) -> int:
        """The row of a bib; ValueError when there is none."""
        return self.bibs.index(bib)

    def with_outcome(self, outcome: Outcome) -> list[str]:
        """The bibs whose day ended like this."""
        return [bib for bib, ended in zip(self.bibs, self.outcome, strict=True) if ended == outcome]


def make_truth(
    field: Field, fates: Fates, crossings: Crossings, seen: Seen, midnight: int
) -> Truth:
    """The truth about a day, in words and UTC times."""
    bibs = tuple(map(str, field.bib.tolist()))
    warmed = [row for row in fates.warming_up.tolist() if crossings.started_ms[row] != NEVER]
    mara, jo = (bibs[field.cast[key]] for key in STRANGERS)
    return Truth(
        bibs=bibs,
        race=tuple(RACES[race] for race in field.race.tolist()),
        points=tuple(mat.id for mat in MATS),
        gun_at=crossings.gun_ms[field.start] + midnight,
        crossed_at=_moments(crossings.crossed_ms, midnight),
        read_at=_moments(seen.read_ms, midnight),
        outcome=tuple(fates.outcome),
        caught_m=fates.caught_m,
        pacers=frozenset(bibs[row] for row in np.flatnonzero(field.pacer).tolist()),
        wheelchairs=frozenset(bibs[row] for row in np.flatnonzero(field.wheelchair).tolist()),
        pairs=tuple((bibs[lead], bibs[follow]) for lead, follow in field.pairs.tolist()),
        meeting=Meeting((mara, jo), MEET_M, "25k"),
        last_home=bibs[field.cast[LAST_HOME]],
        silences=_silences(midnight),
        sent_again=tuple(repeat.device for repeat in REPEATS),
        swapped=tuple((bibs[one], bibs[other]) for one, other in fates.swapped),
        new_chips=_new_chips(field, fates, seen, bibs),
        dead_chips=tuple(bibs[row] for row in fates.dead_chips.tolist()),
        standing=Standing(bibs[fates.standing], "FINISH-2", STOOD_READS),
        warmed_up=tuple(bibs[row] for row in warmed),
        strange_chips=_strange_chips(seen),
    )


def _moments(ms: Ints, midnight: int) -> Ints:
    return np.asarray(np.where(ms == NEVER, NEVER, ms + midnight))


def _silences(midnight: int) -> tuple[Quiet, ...]:
    return tuple(
        Quiet(
            quiet.device,
            midnight + round(1000 * quiet.from_s),
            midnight + round(1000 * quiet.until_s),
        )
        for quiet in SILENCES
    )


def _new_chips(
    field: Field, fates: Fates, seen: Seen, bibs: tuple[str, ...]
) -> tuple[NewChip, ...]:
    given = zip(fates.replaced.tolist(), seen.spares.tolist(), strict=True)
    return tuple(
        NewChip(bibs[row], say_chip(int(field.chip[row])), say_chip(spare), row == fates.told_late)
        for row, spare in given
    )


def _strange_chips(seen: Seen) -> frozenset[str]:
    strange = seen.reads.chip[(seen.reads.chip >= STRANGE_CHIP) & (seen.reads.chip <= SPARE_CHIP)]
    return frozenset(say_chip(chip) for chip in np.setdiff1d(strange, seen.spares).tolist())


def last_finish_at(truth: Truth) -> int:
    """When the last one came home (UTC milliseconds)."""
    return int(truth.crossed_at[:, FINISH_MAT].max())
