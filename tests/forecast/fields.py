"""Made-up fields for the forecast: people of the rehearsal room, their passings, and states as of a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from homestretch.forecast.past import Edition, spread_starts
from homestretch.race.event import Event
from homestretch.rehearsal.figures import get_figures, stream
from homestretch.rehearsal.pacing import draw_people, elapsed_s
from homestretch.state.snapshot import State
from tests.state.days import MARATHON_M, Day, a_day, a_point, at, clock

MATS_M = (5000.0, 10000.0, 15000.0, 21097.5, 25000.0, 30000.0, 35000.0, 40000.0, MARATHON_M)
NAMES = ("p5k", "p10k", "p15k", "half", "p25k", "p30k", "p35k", "p40k", "finish")
POINTS = (
    a_point("start", 0.0),
    *(a_point(name.removeprefix("p"), metres) for name, metres in zip(NAMES, MATS_M, strict=True)),
    a_point("cheer", 28_000.0, kind="station"),
)
GUN = at("07:00")


@cache
def net_times(people: int, seed: int) -> np.ndarray:
    """(people, 9) net seconds at ``MATS_M`` of made-up people."""
    drawn = draw_people(stream(seed, "forecast"), people)
    metres = np.array([0.0, *MATS_M])
    return elapsed_s(drawn.log_pace, get_figures().knots_m, metres)[:, 1:]


@cache
def made_up(people: int = 4000, seed: int = 3, day: float = 0.0) -> Edition:
    """An edition of made-up people who start within half an hour, on a day that slows every leg from 25 km on
    by a share."""
    times = net_times(people, seed).copy()
    legs = np.diff(times, axis=1, prepend=0.0)
    legs[:, 5:] *= 1.0 + day
    times = legs.cumsum(axis=1)
    rng = stream(seed, "starts")
    return Edition(
        name="made up",
        sites_m=np.array(MATS_M),
        times=times,
        start_s=spread_starts(times, np.array(MATS_M)) + 60.0 * rng.random(people),
        woman=np.full(people, np.nan),
        age=np.full(people, np.nan),
        clocks=True,
    )


def a_marathon(**more: object) -> Day:
    """A day with a mat every 5 km and a station at 28 km."""
    return a_day(points=POINTS, **more)  # type: ignore[arg-type]  # settings of the event, whatever they are


def runs_evenly(day: Day, bib: str, s_per_km: float, until_m: float, start: str = "07:01") -> None:
    """Reads at every mat up to a distance, at an even pace."""
    day.read(bib, "start", start)
    for name, metres in zip(NAMES, MATS_M, strict=True):
        if metres <= until_m:
            moment = at(start) + round(metres * s_per_km)
            day.read(bib, name.removeprefix("p"), clock(moment))


@dataclass(frozen=True)
class Field:
    """Many runners as a day of facts."""

    day: Day
    edition: Edition

    @property
    def event(self) -> Event:
        return self.day.event

    def state(self, now: str | int) -> State:
        """The state of what had been received by then."""
        moment = at(now)
        known = Day(self.day.event, self.day.course)
        known.items = [item for item in self.day.items if item.received_at <= moment]
        return known.state(moment).state


@cache
def a_field(people: int = 150, seed: int = 5) -> Field:
    """Made-up people as facts; every fortieth read is missing, reads arrive up to half a minute late."""
    edition = made_up(people, seed)
    rng = stream(seed, "facts")
    day = a_marathon()
    for row in range(people):
        bib = str(row + 1)
        day.entrant(bib)
        start = GUN + round(1000 * float(edition.start_s[row]))
        day.read(bib, "start", clock(start), late_s=float(30 * rng.random()))
        for column, name in enumerate(NAMES):
            if rng.random() < 0.025:
                continue
            moment = start + round(1000 * float(edition.times[row, column]))
            day.read(bib, name.removeprefix("p"), clock(moment), late_s=float(30 * rng.random()))
    return Field(day, edition)
