"""A big marathon for the benchmarks: its plan and entrants as facts, and its reads as columns of the log."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.facts import (
    Assigned,
    Entered,
    FactId,
    PlanLoaded,
    Read,
    Received,
    digest,
    received,
)
from homestretch.race.course import Course
from homestretch.race.event import Event, Plan, Point, Race, Wave
from homestretch.rehearsal.sample import Sample, sample_reads
from homestretch.rehearsal.schedule import ZONE
from homestretch.store import READ_COLUMNS, Logged, Rows

SAID_AT = 1_777_000_000_000
SOURCE = "entrants.csv"
END_AFTER_MS = 12 * 3_600_000


def plan_of(sample: Sample) -> Plan:
    """One race, a wave for each gun, a point for each place."""
    distances = sample.distance_m.tolist()
    points = tuple(
        Point(id=place.lower(), name=place, devices=(place,), distance_m={"m": metres})
        for place, metres in zip(sample.places, distances, strict=True)
    )
    waves = tuple(Wave(name=str(gun), gun_at=gun) for gun in guns_of(sample))
    race = Race(id="m", name="Marathon", distance_m=distances[-1], waves=waves)
    event = Event(id="big", name="Big", date="2026-05-03", zone=ZONE, races=(race,), points=points)
    return Plan(event=event, course=Course(lat=(), lon=(), ele_m=(), distance_m=()))


def guns_of(sample: Sample) -> list[int]:
    """The moments at which guns go off."""
    return sorted(set(sample.gun_at.tolist()))


def list_entering(sample: Sample) -> list[Received]:
    """The plan, and each entrant with a chip: what the folder's files would say."""
    plan = PlanLoaded(seen_at=SAID_AT, plan=msgspec.Raw(msgspec.json.encode(plan_of(sample))))
    facts = [received(plan, SOURCE, SAID_AT, 0)]
    for number, (chip, gun) in enumerate(
        zip(sample.chips, sample.gun_at.tolist(), strict=True), start=1
    ):
        entered = Entered(
            seen_at=SAID_AT, entrant=str(number), bib=str(number), race="m", wave=str(gun),
            sex=("f", "m")[number % 2], age=18 + number % 60,
        )  # fmt: skip
        assigned = Assigned(seen_at=SAID_AT, chip=chip, bib=str(number))
        facts += (received(fact, SOURCE, SAID_AT, number) for fact in (entered, assigned))
    return facts


def rows_of(sample: Sample) -> Rows:
    """The log of the day, as it is read."""
    others = [
        Logged(seq, FactId(*item.id), SAID_AT, item.fact)
        for seq, item in enumerate(list_entering(sample), start=1)
    ]
    symbols = [*sample.places, *sample.chips]
    reads = np.zeros(len(sample.seen_at), READ_COLUMNS)
    reads["seq"] = 1 + len(others) + np.arange(len(reads))
    reads["source"] = reads["place"] = sample.place
    reads["chip"] = len(sample.places) + sample.chip
    reads["number"] = np.arange(len(reads))
    reads["seen_at"], reads["received_at"] = sample.seen_at, sample.received_at
    reads["digest"] = [
        digest(Read(seen_at=seen_at, chip=sample.chips[chip], place=sample.places[place]))
        for seen_at, chip, place in zip(
            sample.seen_at.tolist(), sample.chip.tolist(), sample.place.tolist(), strict=True
        )
    ]
    return Rows(reads, others, symbols, int(reads["seq"][-1]))


def end_of(sample: Sample) -> int:
    """A moment after everything."""
    return int(sample.gun_at.max()) + END_AFTER_MS


def big_sample() -> Sample:
    """40,000 runners, 14 points, some 1.6 million reads."""
    return sample_reads()
