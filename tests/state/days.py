"""Small race days as lists of facts: entrants, reads and what people said, then the state of a moment.

Everything goes through real parts: a log in memory, the columns, the fold. Facts can arrive in any
order, in any batches, any number of times. Moments are written as the wall of the event shows them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from homestretch.facts import (
    AnyFact,
    Assigned,
    Corrected,
    Entered,
    FactId,
    Flag,
    FlagState,
    Gun,
    MatLifted,
    PlanLoaded,
    Read,
    Received,
    Ruled,
    Sighting,
    Struck,
    TakenBy,
    TakenOver,
    Verdict,
    Withdrawn,
    received,
)
from homestretch.race.clock import say_elapsed
from homestretch.race.course import Course
from homestretch.race.event import Event, Plan, Point, Race, Sweep, Wave
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, Mark, State, Status, Unused
from homestretch.store.memory import MemoryLog

DATE = dt.date(2026, 5, 3)
ZONE = ZoneInfo("America/New_York")
MARATHON_M, HALF_M = 42_195.0, 21_097.5
END = "+1 06:00"


def at(clock: str | int) -> int:
    """UTC ms of a clock time: ``07:00``, ``07:43:12.345``, ``+1 02:00``; a number stays what it is."""
    if isinstance(clock, int):
        return clock
    day, _, time = clock.rpartition(" ")
    hours, minutes, *seconds = time.split(":")
    second, _, fraction = (seconds[0] if seconds else "0").partition(".")
    moment = dt.datetime.combine(DATE, dt.time(), ZONE) + dt.timedelta(days=int(day or 0))
    elapsed_s = int(hours) * 3600 + int(minutes) * 60 + int(second)
    return int(moment.timestamp() + elapsed_s) * 1000 + int(fraction.ljust(3, "0") or 0)


def clock(moment: int) -> str:
    """The other way round; empty for NEVER."""
    if moment == NEVER:
        return ""
    shown = dt.datetime.fromtimestamp(moment // 1000, ZONE)
    days = (shown.date() - DATE).days
    ms = f".{moment % 1000:03}".rstrip("0") if moment % 1000 else ""
    return f"{f'+{days} ' if days else ''}{shown:%H:%M:%S}{ms}"


def a_race(
    race_id: str = "marathon",
    distance_m: float = MARATHON_M,
    gun: str | dict[str, str] = "07:00",
    divisions: dict[str, str] | None = None,
    **more: Any,
) -> Race:
    """A race with one gun, or with waves and their guns; ``divisions`` wave -> division."""
    guns = gun if isinstance(gun, dict) else {"all": gun}
    waves = tuple(
        Wave(name=name, gun_at=at(time), division=(divisions or {}).get(name, ""))
        for name, time in guns.items()
    )
    return Race(id=race_id, name=race_id.title(), distance_m=distance_m, waves=waves, **more)


def a_point(
    point_id: str,
    distance_m: float | dict[str, float],
    *devices: str,
    cutoff: dict[str, str] | None = None,
    kind: Literal["mat", "station"] = "mat",
) -> Point:
    """A mat (or station); one number is its distance for the race called marathon."""
    metres = distance_m if isinstance(distance_m, dict) else {"marathon": distance_m}
    return Point(
        id=point_id,
        name=point_id.title(),
        kind=kind,
        distance_m=metres,
        cutoff_at={race: at(time) for race, time in (cutoff or {}).items()},
        devices=devices,
    )


POINTS = (
    a_point("start", 0.0),
    a_point("10k", 10_000.0),
    a_point("half", HALF_M),
    a_point("30k", 30_000.0),
    a_point("finish", MARATHON_M),
)
SHARED = (
    a_point("start", {"marathon": 0.0, "half": 0.0}),
    a_point("10k", {"marathon": 10_000.0, "half": 10_000.0}),
    a_point("30k", {"marathon": 30_000.0}),
    a_point("finish", {"marathon": MARATHON_M, "half": HALF_M}),
)
"""A marathon and a half marathon that share a road, a start and a finish."""
LINE = Course(lat=(40.0, 40.4), lon=(-80.0, -80.0), ele_m=(0.0, 0.0), distance_m=(0.0, MARATHON_M))


@dataclass
class Day:
    """Facts of one event, and the state that follows from them."""

    event: Event
    course: Course = LINE
    items: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan(self.event, "05:00")

    def add(
        self, fact: AnyFact, source: str = "control", number: int | None = None, late_s: float = 0
    ) -> FactId:
        """One more fact; returns its identity, by which it can be struck."""
        item = received(fact, source, fact.seen_at + int(late_s * 1000), number)
        self.items.append(item)
        return item.id

    def plan(self, event: Event, when: str) -> FactId:
        body = msgspec.Raw(msgspec.json.encode(Plan(event=event, course=self.course)))
        return self.add(PlanLoaded(seen_at=at(when), plan=body), "event-folder")

    def entrant(self, bib: str, race: str = "", *, when: str = "06:00", **more: Any) -> FactId:
        """An entrant who wears chip C and the bib (none with ``chip=""``)."""
        chip = more.pop("chip", f"C{bib}")
        race = race or self.event.races[0].id
        entrant = more.pop("entrant", f"e{bib}")
        if chip:
            self.chip(chip, bib, when=when)
        fact = Entered(seen_at=at(when), entrant=entrant, bib=bib, race=race, **more)
        return self.add(fact, "entrants-file")

    def chip(self, chip: str, bib: str, *, since: str | None = None, when: str = "06:00") -> FactId:
        since_at = None if since is None else at(since)
        return self.add(Assigned(seen_at=at(when), chip=chip, bib=bib, since_at=since_at))

    def read(
        self, bib: str, place: str, *times: str, source: str = "", late_s: float = 0
    ) -> FactId:
        """Reads of the chip of a bib; ``late_s`` is how much later than seen they were received."""
        return self.read_chip(f"C{bib}", place, *times, source=source, late_s=late_s)

    def read_chip(
        self, chip: str, place: str, *times: str, source: str = "", late_s: float = 0
    ) -> FactId:
        last = None
        for time in times:
            fact = Read(seen_at=at(time), chip=chip, place=place)
            last = self.add(fact, source or f"mat:{place}", late_s=late_s)
        assert last is not None
        return last

    def runs(self, bib: str, **times: str) -> None:
        """One read at each point: ``start="07:00:20"``, ``p10k=...`` for a point that begins with a digit."""
        for point, time in times.items():
            self.read(bib, point.removeprefix("p") if point[1:2].isdigit() else point, time)

    def taken(self, bib: str, by: TakenBy, when: str, keeper: str = "") -> FactId:
        return self.add(TakenOver(seen_at=at(when), bib=bib, taken_by=by, keeper=keeper))

    def withdrawn(self, bib: str, when: str, place: str = "") -> FactId:
        return self.add(Withdrawn(seen_at=at(when), bib=bib, place=place))

    def ruled(self, bib: str, verdict: Verdict, when: str = "18:00") -> FactId:
        return self.add(Ruled(seen_at=at(when), bib=bib, verdict=verdict))

    def seen(self, bib: str, place: str, when: str) -> FactId:
        return self.add(Sighting(seen_at=at(when), bib=bib, place=place), "station")

    def flag(self, state: FlagState, when: str, *races: str) -> FactId:
        return self.add(Flag(seen_at=at(when), state=state, races=races))

    def gun(self, race: str, wave: str, when: str) -> FactId:
        return self.add(Gun(seen_at=at(when), race=race, wave=wave))

    def lifted(self, place: str, when: str) -> FactId:
        return self.add(MatLifted(seen_at=at(when), place=place))

    def corrected(
        self,
        of: str,
        offset_s: float,
        *,
        by: str = "timer",
        when: str = "12:00",
        start: str | None = None,
        until: str | None = None,
    ) -> FactId:
        fact = Corrected(
            seen_at=at(when),
            of=of,
            offset_ms=round(offset_s * 1000),
            from_at=None if start is None else at(start),
            until_at=None if until is None else at(until),
            by=by,
        )
        return self.add(fact)

    def struck(self, fact_id: FactId, when: str = "19:00") -> FactId:
        source, number, digest = fact_id
        return self.add(Struck(seen_at=at(when), source=source, number=number, digest=digest))

    def state(self, now: str | int = END) -> Seen:
        """The state at a moment; everything arrives at once, in the order of this list."""
        return fold([self.items], at(now))


def a_day(*races: Race, points: Sequence[Point] = POINTS, **more: Any) -> Day:
    """A day with these races (else one marathon at 07:00) and points; more settings of the event."""
    event = Event(
        id="day",
        name="A day",
        date=DATE.isoformat(),
        zone=ZONE.key,
        races=races or (a_race(),),
        points=tuple(points),
        **more,
    )
    return Day(event)


def a_sweep(**more: Any) -> Sweep:
    return Sweep(race="marathon", start_at=at("07:30"), pace_s_per_km=600.0, **more)


def fold(batches: Iterable[Sequence[Received]], *moments: int) -> Seen:
    """The state at the last of some moments; the state is asked for at all of them, after every batch."""
    log = MemoryLog()
    columns = Columns()
    folder = Fold(columns)
    state: State | None = None
    for batch in batches:
        if log.append(batch).earlier:  # as live.py does
            columns = Columns()
            folder = Fold(columns)
        columns.take(log.read_since(columns.last_seq))
        for now in moments:
            state = folder.state(now)
    assert state is not None
    return Seen(state, log)


@dataclass(frozen=True)
class Seen:
    """A state, asked by bib, point and clock."""

    state: State
    log: MemoryLog

    def row(self, bib: str) -> int:
        return self.state.roster.row_of_bib[bib]

    def column(self, point: str) -> int:
        return self.state.points.ids.index(point)

    def status(self, bib: str) -> Status:
        return Status(int(self.state.status[self.row(bib)]))

    def marks(self, bib: str) -> Mark:
        return Mark(int(self.state.marks[self.row(bib)]))

    def passed(self, bib: str, point: str) -> str:
        return clock(int(self.state.passed_at[self.row(bib), self.column(point)]))

    def splits(self, bib: str) -> dict[str, str]:
        """point -> clock time of every passing."""
        found = {point: self.passed(bib, point) for point in self.state.points.ids}
        return {point: time for point, time in found.items() if time}

    def gun(self, bib: str) -> str:
        return self._elapsed(self.state.gun_ms, bib)

    def net(self, bib: str) -> str:
        return self._elapsed(self.state.net_ms, bib)

    def finish(self, bib: str) -> str:
        return clock(int(self.state.finish_at[self.row(bib)]))

    def place(self, bib: str) -> int:
        return int(self.state.place[self.row(bib)])

    def places(self, bib: str) -> tuple[int, int, int]:
        """In the race, in the sex, in sex and age group."""
        state, row = self.state, self.row(bib)
        return int(state.place[row]), int(state.place_sex[row]), int(state.place_group[row])

    def unused(self) -> dict[str, int]:
        """Reads by reason, those that are none of our days' business left out."""
        return {reason.name: count for reason, count in self.state.unused.items() if count}

    def reads_unused(self, reason: Unused) -> int:
        return self.state.unused[reason]

    def questions(self) -> list[tuple[str, str]]:
        """(kind, bib) of everything that is open."""
        return [(q.kind, self.state.roster.bibs[q.row]) for q in self.state.questions]

    def lantern(self) -> str:
        row = self.state.lantern
        return "" if row == NEVER else self.state.roster.bibs[row]

    def position_m(self, bib: str) -> float:
        return float(self.state.position_m[self.row(bib)])

    def due(self, bib: str) -> tuple[str, str]:
        """The next point that hears, and when they are due there."""
        column = int(self.state.due_point[self.row(bib)])
        point = "" if column == NEVER else self.state.points.ids[column]
        return point, clock(int(self.state.due_at[self.row(bib)]))

    def silent(self) -> list[str]:
        points = self.state.points
        return [name for name, silent in zip(points.ids, points.silent, strict=True) if silent]

    def counts(self) -> dict[str, int]:
        return {status.name: count for status, count in self.state.counts.items() if count}

    def _elapsed(self, column: Any, bib: str) -> str:
        elapsed_ms = int(column[self.row(bib)])
        return "" if elapsed_ms == NEVER else say_elapsed(elapsed_ms)

    def comparable(self) -> dict[str, Any]:
        """Everything in the state that must not depend on arrival, evidence by fact id."""
        state = self.state
        found = _plain(state)
        del found["last_seq"]
        for name in ("evidence", "status_seq", "last_proof_seq"):
            seqs = np.asarray(getattr(state, name)).ravel().tolist()
            found[name] = [None if seq == NEVER else self.log.get(seq).id for seq in seqs]
        found["sightings"]["seq"] = [self.log.get(seq).id for seq in state.sightings.seq.tolist()]
        return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return [None if item != item else item for item in value.ravel().tolist()]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
