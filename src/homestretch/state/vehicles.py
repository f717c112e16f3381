"""Vehicles by their phones: which fixes count, and where along the course each vehicle is.

Fixes count in the order of their own times, however late they came. One that is too inexact, that repeats
the position before it (a heartbeat of a phone that no longer knows where it is), or that no vehicle could
have reached, is left out and counted.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np

from homestretch.facts import Ping
from homestretch.race.event import Plan, Vehicle
from homestretch.race.spelling import place_key
from homestretch.race.vehicles import list_vehicles
from homestretch.state.columns import Columns
from homestretch.state.course_line import CourseLine, list_pieces
from homestretch.state.snapshot import NEVER, Bools, Floats, SweepTrack
from homestretch.state.sweep import (
    FASTEST_M_PER_S,
    FIRST_FIX_M,
    FIRST_FIX_SHARE,
    OFF_COURSE_M,
    SLACK_M,
    WORST_ACCURACY_M,
)
from homestretch.state.vehicle_track import FIX_HOLDS_MS, VehicleTrack

ONWARD = ("sweep", "lead")
"""Kinds that go along the course once: their distance never runs backwards. All others may turn round."""
FASTEST_ON_ROADS_M_PER_S = 45.0
"""What a bus or a marshal may do between the places where they are seen."""
SLACK_BACK_MS = 60_000
"""After so long a fix may again be ``SLACK_M`` off."""
MOST_UNKNOWN = 20
TOLERANCE_MS = 60_000
"""Clocks differ: so far into the future a fix is believed."""


class Fix(NamedTuple):
    """A ping with its place among all pings (its time, its fact id) and its arrival."""

    order: tuple[int, str, int, int]
    received_at: int
    ping: Ping


class Step(NamedTuple):
    """A track after one ping: the last fix that counts and where it puts the vehicle (``metres`` of its
    race, as of ``placed_at``; None before the first), and what was left out so far. ``floor_m`` is the least of
    its places less what the fastest vehicle drives until then, ``spare_m`` what a next fix may be off."""

    fix: Fix | None = None
    metres: float | None = None
    placed_at: int = NEVER
    floor_m: float = np.inf
    spare_m: float = SLACK_M
    fixes: int = 0
    repeated: int = 0
    jumped: int = 0
    inexact: int = 0
    heard_at: int = NEVER
    battery: float | None = None


class Track:
    """One vehicle on the course of its race. Each ping is looked at once; the track is read off at any now."""

    def __init__(
        self,
        vehicle: Vehicle,
        line: CourseLine,
        begins_at: int,
        pace_s_per_km: float,
        closes: bool = False,
    ) -> None:
        """``begins_at`` (UTC ms) and ``pace_s_per_km``: nobody goes along the course before or faster. Where
        the vehicle is that ``closes`` the course is ``state.sweep``'s to say."""
        self.vehicle, self.closes = vehicle, closes
        self._line = line
        self._begins_at, self._pace_s_per_km = begins_at, pace_s_per_km
        self._onward = vehicle.kind in ONWARD and not closes
        self._fixes: list[Fix] = []
        self._steps: list[Step] = []

    def forget(self) -> None:
        """As if nothing had come yet."""
        self._fixes.clear()
        self._steps.clear()

    def take(self, fix: Fix) -> None:
        """One more ping, to its place by time; what was found from there on is found again."""
        place = bisect_right(self._fixes, fix.order, key=lambda other: other.order)
        self._fixes.insert(place, fix)
        del self._steps[place:]

    def follow(self, until: int) -> Step:
        """The track after all pings up to a moment (UTC ms)."""
        known = bisect_right(self._fixes, until, key=lambda fix: fix.ping.seen_at)
        del self._steps[known:]
        for fix in islice(self._fixes, len(self._steps), known):
            before = self._steps[-1] if self._steps else Step()
            self._steps.append(self._step(before, fix))
        return self._steps[-1] if self._steps else Step()

    def place(self, step: Step) -> tuple[float | None, int, float | None]:
        """Metres of the race, the moment of that fix, and how far off the line the last fix is; None and
        NEVER where nothing is known."""
        if step.fix is None:
            return None, NEVER, None
        along, off = self._line.near(step.fix.ping.lat, step.fix.ping.lon)
        nearest = int(off.argmin())
        off_m = float(off[nearest])
        if self._onward:
            return step.metres, step.placed_at, off_m
        if off_m > OFF_COURSE_M:
            return None, NEVER, off_m
        return float(along[nearest]), step.fix.ping.seen_at, off_m

    def _step(self, before: Step, fix: Fix) -> Step:
        ping, last = fix.ping, before.fix
        step = before._replace(
            heard_at=max(before.heard_at, fix.received_at),
            battery=before.battery if ping.battery is None else ping.battery,
        )
        if ping.accuracy_m is not None and ping.accuracy_m > WORST_ACCURACY_M:
            return step._replace(inexact=before.inexact + 1)
        if last is not None and (ping.lat, ping.lon) == (last.ping.lat, last.ping.lon):
            return step._replace(repeated=before.repeated + 1)
        spare_m = SLACK_M if last is None else self._spare_m(before.spare_m, last.ping, ping)
        if spare_m < 0:
            return step._replace(jumped=before.jumped + 1)
        step = step._replace(fix=fix, fixes=before.fixes + 1, spare_m=spare_m)
        return self._moved_on(step, ping) if self._onward else step

    def _spare_m(self, spare_m: float, last: Ping, ping: Ping) -> float:
        """What is left of the slack after a fix; below zero, it jumps. It grows back with time, so that many
        fixes in a moment carry nobody away."""
        after_ms = ping.seen_at - last.seen_at
        apart_m = self._line.apart_m((last.lat, last.lon), (ping.lat, ping.lon))
        too_far_m = max(0.0, apart_m - after_ms / 1000.0 * FASTEST_ON_ROADS_M_PER_S)
        return min(SLACK_M, spare_m + SLACK_M * after_ms / SLACK_BACK_MS) - too_far_m

    def _moved_on(self, step: Step, ping: Ping) -> Step:
        """The nearest place on the line that the vehicle can have reached, never backwards."""
        along, off = self._line.near(ping.lat, ping.lon)
        possible = self._possible(step, ping, along) & (off < OFF_COURSE_M)
        if not possible.any():
            return step
        best = float(along[int(np.where(possible, off, np.inf).argmin())])
        metres = best if step.metres is None else max(step.metres, best)
        floor_m = min(step.floor_m, metres - self._driven_m(ping))
        return step._replace(metres=metres, placed_at=ping.seen_at, floor_m=floor_m)

    def _driven_m(self, ping: Ping) -> float:
        """Metres of the fastest vehicle on the course between the race's first gun and a fix."""
        return (ping.seen_at - self._begins_at) / 1000.0 * FASTEST_M_PER_S

    def _possible(self, step: Step, ping: Ping, along: Floats) -> Bools:
        if step.metres is None:
            ahead_m = max(0, ping.seen_at - self._begins_at) / self._pace_s_per_km
            return np.asarray(along <= FIRST_FIX_M + FIRST_FIX_SHARE * ahead_m)
        reach_m = step.floor_m + self._driven_m(ping) + SLACK_M
        return np.asarray((along >= step.metres - SLACK_M) & (along <= reach_m))


class Tracks:
    """The tracks of all vehicles of a plan."""

    def __init__(self, plan: Plan) -> None:
        vehicles = list_vehicles(plan.event)
        tracks = list(_make_tracks(plan, vehicles)) if len(plan.course.lat) > 1 else []
        self._tracks = {place_key(track.vehicle.name): track for track in tracks}
        self._planned = {place_key(vehicle.name) for vehicle in vehicles}
        self._unknown: dict[str, list[int]] = {}
        """times of the pings of each vehicle that the plan does not have"""
        self._void: frozenset[int] = frozenset()
        self._last_seq = 0

    def follow(
        self, columns: Columns, void: frozenset[int], sweep: SweepTrack | None, now: int
    ) -> tuple[VehicleTrack, ...]:
        """Every vehicle at ``now`` (UTC ms), in the order of the plan. The vehicle that closes the course is
        where ``sweep`` says."""
        self._take(columns, void)
        return tuple(
            _at(track, track.follow(now + TOLERANCE_MS), sweep if track.closes else None, now)
            for track in self._tracks.values()
        )

    def count_unknown(self, now: int) -> dict[str, int]:
        """Pings up to ``now`` of vehicles that the plan does not have, by the name that they give; of very
        many names those with most."""
        counts = [(-bisect_right(times, now), name) for name, times in self._unknown.items()]
        return {name: -count for count, name in sorted(counts)[:MOST_UNKNOWN] if count}

    def _take(self, columns: Columns, void: frozenset[int]) -> None:
        """The pings that came since; all of them again when others were struck out."""
        if void != self._void:
            self._void, self._last_seq = void, 0
            self._unknown.clear()
            for each in self._tracks.values():
                each.forget()
        if columns.last_seq == self._last_seq:
            return
        for logged, ping in columns.newer(Ping, self._last_seq):
            key = place_key(ping.vehicle)
            track = self._tracks.get(key)
            if logged.seq in void:
                continue
            if track is not None:
                track.take(Fix((ping.seen_at, *logged.id), logged.received_at, ping))
            elif key not in self._planned:
                insort(self._unknown.setdefault(ping.vehicle, []), ping.seen_at)
        self._last_seq = columns.last_seq


def _make_tracks(plan: Plan, vehicles: tuple[Vehicle, ...]) -> Iterator[Track]:
    """A track for each vehicle, on the course of its race."""
    event = plan.event
    longest = max(event.races, key=lambda race: race.distance_m)
    for vehicle in vehicles:
        race = next((race for race in event.races if race.id == vehicle.race), longest)
        line = CourseLine(plan.course, list_pieces(event, race))
        begins_at, pace = min(wave.gun_at for wave in race.waves), race.fastest_s_per_km
        if vehicle.kind == "sweep" and event.sweep is not None:
            begins_at, pace = event.sweep.start_at, event.sweep.pace_s_per_km
        on_it = msgspec.structs.replace(vehicle, race=race.id)
        closes = event.sweep is not None and vehicle.name == event.sweep.vehicle
        yield Track(on_it, line, begins_at, pace, closes)


def _at(track: Track, step: Step, sweep: SweepTrack | None, now: int) -> VehicleTrack:
    vehicle, ping = track.vehicle, step.fix.ping if step.fix else None
    metres, placed_at, off_m = track.place(step)
    if sweep is not None:
        metres, placed_at = (sweep.distance_m, sweep.seen_at) if sweep.fixes else (None, NEVER)
    seen_at = ping.seen_at if ping else NEVER
    return VehicleTrack(
        name=vehicle.name,
        kind=vehicle.kind,
        race=vehicle.race,
        seen_at=seen_at,
        received_at=step.fix.received_at if step.fix else NEVER,
        heard_at=step.heard_at,
        lat=ping.lat if ping else None,
        lon=ping.lon if ping else None,
        distance_m=metres,
        placed_at=placed_at,
        off_m=off_m,
        battery=step.battery,
        stale=ping is None or now - seen_at > FIX_HOLDS_MS,
        fixes=step.fixes,
        repeated=step.repeated,
        jumped=step.jumped,
        inexact=step.inexact,
    )
