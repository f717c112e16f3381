"""What the file of a past race lacks, made up by stated rules: course, guns, names, bibs, chips.

* bib: the number of the row in the file; chip: a number made from the bib; name: ``Runner 00001``
* guns: people who start without a break of a minute share one, at the whole minute before the first
  of them; fewer than twenty people join the wave before them
* course: the invented one of the demo, scaled to the length of the race; day and zone as well
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
import numpy as np

from homestretch.race.course import Course
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Door, Event, Point, Privacy, Race, Wave
from homestretch.rehearsal.course import CROSSING, HALF_M, MARATHON_M, get_line
from homestretch.rehearsal.field import say_chip
from homestretch.rehearsal.figures import Ints
from homestretch.rehearsal.replay_times import NEVER, PastRace
from homestretch.rehearsal.schedule import DATE, ZONE, midnight_at

EVENT_ID: Final = "replay"
RACE_ID: Final = "race"
MADE_UP: Final = "A replay of past times: names, course and guns are made up."
BREAK_MS: Final = 60_000
SMALLEST_WAVE: Final = 20
MINUTE_MS: Final = 60_000
FIRST_CHIP: Final = 0x400000
SHORT_RACE_M: Final = 10_000.0
FASTEST_SHORT_S_PER_KM: Final = 130.0


class Waves(NamedTuple):
    """Guns (w,) in milliseconds after local midnight, and (n,) which of them is whose."""

    gun_ms: Ints
    of_row: Ints


def find_waves(start_ms: Ints) -> Waves:
    """Waves from start times (n,), NEVER where there was no read; those start with the first wave."""
    known = np.sort(start_ms[start_ms != NEVER])
    if not len(known):
        return Waves(np.array([0]), np.zeros(len(start_ms), np.int64))
    begins = np.flatnonzero(np.diff(known, prepend=known[0] - BREAK_MS) >= BREAK_MS)
    sizes = np.diff(begins, append=len(known))
    holds = sizes >= SMALLEST_WAVE
    holds[0] = True
    first_ms = known[begins[holds]]
    of_row = np.maximum(np.searchsorted(first_ms, start_ms, side="right") - 1, 0)
    return Waves(first_ms // MINUTE_MS * MINUTE_MS, np.asarray(of_row, dtype=np.int64))


def bib_of(row: int) -> str:
    """The bib of a row of the file."""
    return str(row + 1)


def chips_of(rows: Ints) -> Ints:
    """The chip numbers of rows of the file."""
    return rows + FIRST_CHIP


def device_of(point_id: str) -> str:
    """What the reader of a point calls itself."""
    return point_id.upper()


def make_event(past: PastRace, waves: Waves, name: str, jchip_port: int) -> Event:
    """The plan of the replay; ``name`` is what the file is called."""
    midnight = midnight_at(DATE)
    start_ms = past.clock_ms[:, 0]
    latest_ms = int(np.max(start_ms - waves.gun_ms[waves.of_row], initial=0))
    race = Race(
        id=RACE_ID,
        name=_race_name(past.distance_m),
        distance_m=past.distance_m,
        waves=tuple(
            Wave(name=f"Wave {number}", gun_at=midnight + gun_ms)
            for number, gun_ms in enumerate(waves.gun_ms.tolist(), 1)
        ),
        start_open_min=float(max(60, math.ceil(latest_ms / MINUTE_MS))),
    )
    if past.distance_m <= SHORT_RACE_M:
        race = msgspec.structs.replace(race, fastest_s_per_km=FASTEST_SHORT_S_PER_KM)
    return Event(
        id=EVENT_ID,
        name=f"Replay of {name}",
        date=DATE.isoformat(),
        zone=ZONE,
        races=(race,),
        points=tuple(
            Point(
                id=point.id,
                name=point.name,
                distance_m={RACE_ID: point.distance_m},
                devices=(device_of(point.id),),
            )
            for point in past.points
        ),
        doors=(Door(reader="jchip", port=jchip_port),),
        privacy=Privacy(unless_told="name"),
        note=MADE_UP,
    )


def make_course(distance_m: float) -> Course:
    """The invented course of the demo, scaled about its crossing to this length."""
    line, scale = get_line(), distance_m / MARATHON_M
    return Course(
        lat=tuple((CROSSING[0] + (line.lat - CROSSING[0]) * scale).tolist()),
        lon=tuple((CROSSING[1] + (line.lon - CROSSING[1]) * scale).tolist()),
        ele_m=tuple(line.ele_m.tolist()),
        distance_m=tuple((line.distance_m * scale).tolist()),
    )


def list_entrants(past: PastRace, waves: Waves) -> Iterator[tuple[Entrant, Person, str]]:
    """Everybody as an entrant, a person with a made-up name, and a chip."""
    rows = zip(past.sex, past.age.tolist(), waves.of_row.tolist(), strict=True)
    for row, (sex, age, wave) in enumerate(rows):
        bib = bib_of(row)
        entrant = Entrant(
            id=bib,
            bib=bib,
            race=RACE_ID,
            wave=f"Wave {wave + 1}",
            sex=sex,
            age=None if age == NEVER else age,
        )
        person = Person(entrant=bib, first="Runner", last=f"{row + 1:05}")
        yield entrant, person, say_chip(row + FIRST_CHIP)


def _race_name(distance_m: float) -> str:
    names = {MARATHON_M: "Marathon", HALF_M: "Half marathon"}
    return names.get(distance_m, f"{distance_m / 1000:g} km")
