"""Made-up race days as Pictures: facts through the fold, with invented names."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import msgspec
import numpy as np

from homestretch.facts import (
    AnyFact,
    Assigned,
    Entered,
    FactId,
    Flag,
    MatLifted,
    Ping,
    PlanLoaded,
    TakenOver,
    Withdrawn,
    digest,
)
from homestretch.forecast.ahead import Looking
from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.values import NOTHING, Ahead
from homestretch.picture import Names, Picture
from homestretch.race.course import Course
from homestretch.race.entrant import Person
from homestretch.race.event import Event, Plan, Point, Race, Sweep, Vehicle, Wave
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, State
from homestretch.store import READ_COLUMNS, Logged, Rows

GUN_AT = 1_777_806_000_000
"""07:00 on Sunday 3 May 2026 in New York."""
MINUTE_MS = 60_000
MARATHON_M, HALF_M = 42_195.0, 21_097.5
LEAD_S_PER_KM = 200.0
INSTRUCTION = "Lightning near the bridge. Walk to the nearest shelter."

POINTS = (
    ("start", "Start", 0.0, 0.0),
    ("10k", "10K", 10_000.0, 10_000.0),
    ("15k", "15K", 15_000.0, 15_000.0),
    ("half", "Half", HALF_M, None),
    ("30k", "30K", 30_000.0, None),
    ("35k", "35K", 35_000.0, None),
    ("mile-25", "Mile 25", 40_234.0, None),
    ("finish", "Finish", MARATHON_M, HALF_M),
)

FIRST = (
    "Ada",
    "Bela",
    "Cleo",
    "Dario",
    "Edda",
    "Falk",
    "Gwen",
    "Hugo",
    "Ines",
    "Joos",
    "Kira",
    "Lev",
)
LAST = ("Amberlow", "Brightwater", "Coldwell", "Dunmarsh", "Eastlake", "Fernhollow", "Greyfield")
CLUBS = ("Steel Valley Striders", "Millrace Runners", "", "Harbour Harriers", "")


@cache
def make_event() -> Event:
    """A marathon and a half marathon that share a road, with a sweep."""
    return Event(
        id="three-rivers",
        name="Three Rivers Marathon",
        date="2026-05-03",
        zone="America/New_York",
        units="mi",
        phone="+1 412 555 0100",
        races=(
            Race(
                id="marathon",
                name="Marathon",
                distance_m=MARATHON_M,
                waves=(
                    Wave(name="A", gun_at=GUN_AT),
                    Wave(name="B", gun_at=GUN_AT + 10 * MINUTE_MS),
                    Wave(name="Wheelchairs", gun_at=GUN_AT - 10 * MINUTE_MS, division="wheelchair"),
                ),
            ),
            Race(
                id="half",
                name="Half marathon",
                distance_m=HALF_M,
                waves=(Wave(name="C", gun_at=GUN_AT + 30 * MINUTE_MS),),
                places_by="net",
            ),
        ),
        points=tuple(
            Point(
                id=id_,
                name=name,
                devices=(id_,),
                distance_m={"marathon": full_m} | ({"half": half_m} if half_m is not None else {}),
            )
            for id_, name, full_m, half_m in POINTS
        ),
        sweep=Sweep(race="marathon", start_at=GUN_AT + 20 * MINUTE_MS, pace_s_per_km=589.0),
        vehicles=(
            Vehicle(name="lead-car", kind="lead", race="marathon"),
            Vehicle(name="bus-1", kind="bus"),
            Vehicle(name="bike-7", kind="marshal"),
        ),
    )


@cache
def make_course() -> Course:
    """A winding loop of the marathon's length."""
    turn = np.linspace(0.0, 2 * math.pi, 1500)
    radius = 0.045 + 0.012 * np.sin(5 * turn) + 0.004 * np.sin(17 * turn)
    lat, lon = 40.44 + radius * np.sin(turn), -79.99 + 1.6 * radius * np.cos(turn)
    step = np.hypot(np.diff(lat), np.diff(lon) * math.cos(math.radians(40.44)))
    along = np.concatenate([[0.0], np.cumsum(step)])
    return Course(
        lat=tuple(lat.tolist()),
        lon=tuple(lon.tolist()),
        ele_m=tuple([0.0] * len(turn)),
        distance_m=tuple((along * MARATHON_M / along[-1]).tolist()),
    )


@dataclass(frozen=True)
class Wanted:
    """What a made-up day shall be like; ``minutes`` after the first gun."""

    marathon: int = 60
    half: int = 60
    minutes: int = 150
    seed: int = 1
    flag: str = "open"
    flag_races: tuple[str, ...] = ()
    canary: str = ""
    lifted: tuple[str, ...] = ()
    silent: str = ""
    straggler: bool = True
    chase: bool = True
    """Whether the chances of being caught are reckoned, half of what a Picture costs."""


@cache
def make_picture(wanted: Wanted) -> Picture:
    """A race day at one moment."""
    event, course = make_event(), make_course()
    field = _Field(wanted)
    now = GUN_AT + wanted.minutes * MINUTE_MS
    facts: list[AnyFact] = [
        PlanLoaded(
            seen_at=GUN_AT - 100 * MINUTE_MS,
            plan=msgspec.Raw(msgspec.json.encode(Plan(event=event, course=course))),
        ),
        *field.entered,
        *(fact for fact in (*field.happenings, *_pings(course, event, now)) if fact.seen_at <= now),
    ]
    if wanted.flag != "open":
        facts.append(
            Flag(
                seen_at=now - 5 * MINUTE_MS,
                state=wanted.flag,  # type: ignore[arg-type]  # a word of the test
                races=wanted.flag_races,
                text_ref="flag-1",
            )
        )
    facts += [MatLifted(seen_at=now - MINUTE_MS, place=place) for place in wanted.lifted]
    state = fold(facts, field.reads(now), field.symbols, now)
    ahead = _look(event, state, chase=wanted.chase)
    return Picture(
        number=f"{state.last_seq}-{now}",
        now=now,
        event=event,
        course=course,
        state=state,
        names=Names(version=1, persons=field.persons, texts={"flag-1": INSTRUCTION}),
        rehearsal="A rehearsal: everybody here is invented.",
        forecast=ahead.forecast,
        caught=ahead.caught,
        hindsight=ahead.hindsight,
    )


def fold(
    facts: list[AnyFact], reads: list[tuple[int, int, int]], symbols: list[str], now: int
) -> State:
    """A state from facts and from reads as (chip symbol, place symbol, seen_at)."""
    columns = Columns()
    others = [
        Logged(seq, FactId("made-up", seq, digest(fact)), fact.seen_at, fact)
        for seq, fact in enumerate(facts, start=1)
    ]
    array = np.zeros(len(reads), READ_COLUMNS)
    array["seq"] = np.arange(len(facts) + 1, len(facts) + len(reads) + 1)
    array["number"] = array["seq"]
    if reads:
        array["chip"], array["place"], array["seen_at"] = np.array(reads, np.int64).T
        array["received_at"] = array["seen_at"]
    columns.take(Rows(array, others, symbols, len(facts) + len(reads)))
    state = Fold(columns).state(now)
    assert state is not None
    return state


def _look(event: Event, state: State, *, chase: bool) -> Ahead:
    """What is ahead; without the chase the arrivals alone."""
    if chase:
        return Looking().look(event, state, chase=True)
    arrivals = Forecaster(event, stations=[point.id for point in event.points]).make(state)
    return Ahead(state.roster.key, arrivals, NOTHING.caught)


def at_number(picture: Picture, number: str) -> Picture:
    """The same Picture under another number."""
    return replace(picture, number=number)


class _Field:
    """Entrants, their chips and when each crosses each mat."""

    def __init__(self, wanted: Wanted) -> None:
        random = np.random.default_rng(wanted.seed)
        self.wanted = wanted
        self.persons: dict[str, Person] = {}
        self.entered: list[AnyFact] = []
        self.happenings: list[AnyFact] = []
        self.symbols = ["made-up", *(point[0] for point in POINTS)]
        self._crossings: list[tuple[int, int, int]] = []
        for number in range(wanted.marathon + wanted.half):
            self._enter(number, random)

    def reads(self, now: int) -> list[tuple[int, int, int]]:
        """Reads up to now, in the order of time."""
        return sorted(
            (read for read in self._crossings if read[2] <= now), key=lambda read: read[2]
        )

    def _enter(self, number: int, random: np.random.Generator) -> None:
        full = number < self.wanted.marathon
        bib = str(101 + number) if full else str(5001 + number - self.wanted.marathon)
        wheels, pacer = full and number % 40 == 17, number % 50 == 23
        age = int(random.integers(16, 84)) if number % 11 else None
        entrant = f"e{number}"
        self.entered += [
            Entered(
                seen_at=GUN_AT - 90 * MINUTE_MS,
                entrant=entrant,
                bib=bib,
                race="marathon" if full else "half",
                wave="Wheelchairs" if wheels else "AB"[number % 2] if full else "C",
                sex=("f", "m", "f", "m", "x", None)[number % 6],
                age=age,
                division="wheelchair" if wheels else "",
                role="pacer" if pacer else "runner",
            ),
            Assigned(seen_at=GUN_AT - 90 * MINUTE_MS, chip=f"C{number}", bib=bib),
        ]
        if number % 29 != 7:
            self.persons[entrant] = self._person(number, entrant)
        if number % 31 != 3:
            self._run(number, bib, full, wheels, random)

    def _person(self, number: int, entrant: str) -> Person:
        mark = self.wanted.canary
        first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
        display = ("name", "name", "initials", "hidden", "name", None)[number % 6]
        secret = display == "hidden"
        return Person(
            entrant=entrant,
            first=f"{mark}{number}first" if mark and secret else first,
            last=f"{mark}{number}last" if mark and secret else last,
            club=f"{mark}{number}club" if mark and secret else CLUBS[number % len(CLUBS)],
            town=f"{mark}{number}town" if mark and secret else "Millbrook",
            email=f"{mark or 'runner'}{number}@example.org",
            phone=f"{mark}{number}phone" if mark else "",
            display=display,  # type: ignore[arg-type]  # words of the plan
            guardian=number % 2 == 0,
        )

    def _run(
        self, number: int, bib: str, full: bool, wheels: bool, random: np.random.Generator
    ) -> None:
        last_of_all = full and number == self.wanted.marathon - 1 and self.wanted.straggler
        pace = 540.0 if last_of_all else float(np.clip(random.lognormal(5.86, 0.16), 230.0, 545.0))
        pace = 160.0 if wheels else pace
        gun_at = GUN_AT + (-10 if wheels else 10 * (number % 2) if full else 30) * MINUTE_MS
        start_at = gun_at + int(random.integers(1_000, 240_000))
        stops_at_m = float(random.uniform(8_000, 19_000)) if number % 17 == 5 else float("inf")
        self.symbols.append(f"C{number}")
        chip = len(self.symbols) - 1
        for place, (id_, _, full_m, half_m) in enumerate(POINTS, start=1):
            at_m = full_m if full else half_m
            missed = id_ == self.wanted.silent or (id_ != "finish" and random.random() < 0.02)
            if at_m is None or at_m > stops_at_m or missed:
                continue
            slowing = 1.0 + 0.12 * (at_m / MARATHON_M) ** 2
            self._crossings.append((chip, place, start_at + int(at_m * pace * slowing)))
        if math.isfinite(stops_at_m):
            self._stop(number, bib, start_at + int(stops_at_m * pace))

    def _stop(self, number: int, bib: str, at: int) -> None:
        who = ("bus", "care", "self", "care")[number // 17 % 4]
        if number % 2:
            self.happenings.append(Withdrawn(seen_at=at, bib=bib, place="half"))
        self.happenings += [
            TakenOver(seen_at=at + 4 * MINUTE_MS, bib=bib, taken_by=who, keeper=f"{who} 2"),  # type: ignore[arg-type]  # words of the fact
            TakenOver(seen_at=at + 90 * MINUTE_MS, bib=bib, taken_by="home"),
        ]


def _pings(course: Course, event: Event, now: int) -> list[AnyFact]:
    """Phones, once a minute along the line: the sweep car at the closing pace, the lead car at 3:20/km. A bus
    stands a kilometre from the course; the marshal's phone is never heard."""
    assert event.sweep is not None
    pings: list[AnyFact] = []
    cars = (
        ("sweep", event.sweep.start_at, event.sweep.pace_s_per_km),
        ("lead-car", GUN_AT, LEAD_S_PER_KM),
    )
    for vehicle, start_at, pace_s_per_km in cars:
        seen = np.arange(start_at, now, MINUTE_MS)
        at_m = np.minimum((seen - start_at) / pace_s_per_km, MARATHON_M)
        lat = np.interp(at_m, course.distance_m, course.lat).tolist()
        lon = np.interp(at_m, course.distance_m, course.lon).tolist()
        pings += [
            Ping(seen_at=at, vehicle=vehicle, lat=one_lat, lon=one_lon, accuracy_m=8.0)
            for at, one_lat, one_lon in zip(seen.tolist(), lat, lon, strict=True)
        ]
    place = {"lat": course.lat[0], "lon": course.lon[0] + 0.012}
    pings.append(Ping(seen_at=GUN_AT, vehicle="bus-1", battery=0.31, **place))
    return pings


EMPTY = Wanted(marathon=0, half=0, minutes=-30)
BEFORE = Wanted(minutes=-10)
SMALL = Wanted(minutes=150, silent="15k")
LATE = Wanted(minutes=400)
STOPPED = Wanted(minutes=160, flag="stopped")
OVER = Wanted(minutes=900, lifted=("finish",))
CANARY = Wanted(minutes=150, canary="canary")
CANARY_OVER = Wanted(minutes=900, canary="canary")
ALL = {
    "empty": EMPTY,
    "before the gun": BEFORE,
    "small": SMALL,
    "late": LATE,
    "stopped": STOPPED,
    "finished": OVER,
}

__all__ = ["ALL", "NEVER", "Wanted", "at_number", "fold", "make_event", "make_picture"]
