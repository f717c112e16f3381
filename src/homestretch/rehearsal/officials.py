"""What people and the sweep car's phone tell on the day: guns, chips, who has taken over, fixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from homestretch.rehearsal.course import MARATHON_M, MATS, STATIONS, get_line
from homestretch.rehearsal.crossings import FINISH_MAT, NEVER, Crossings, mats_m
from homestretch.rehearsal.field import Field, say_chip
from homestretch.rehearsal.figures import Ints, stream
from homestretch.rehearsal.happenings import CARRIED_FOR_S, Fates
from homestretch.rehearsal.mats import Seen, lifted_ms
from homestretch.rehearsal.schedule import (
    BUS_TRIPS_S,
    CLOSING_S_PER_M,
    MARATHON,
    RACES,
    STARTS,
    SWEEP_LEAVES_S,
    Sender,
    clock_s,
    sweep_m,
)

CONTROL = Sender("CONTROL", "http", "control")
SWEEP_CAR = Sender("SWEEP-CAR", "owntracks", "device")
CHUTE = Sender("FINISH-CHUTE", "http", "station", "finish")
MILE_18 = Sender("MILE-18-CREW", "http", "station", "mile-18")
MILE_25 = Sender("MILE-25-CREW", "http", "station", "mile-25")
PEOPLE = (CONTROL, SWEEP_CAR, CHUTE, MILE_18, MILE_25)

VEHICLE, TRACKER = "sweep", "SW"
"""The sweep car as the plan names it, and as its phone calls itself."""
BUS = "BUS-1"
PING_EVERY_S = 15.0
FIX_ERROR_M = 6.0
FULL_BATTERY, LOW_BATTERY = 98, 41
OFFLINE_S = (clock_s(12, 2), clock_s(12, 7, 30))
"""The phone has no signal in between and sends what it kept afterwards, oldest first."""
SEEN_AT_THE_END = 40
"""How many of the last runners a station writes down."""
CALL_S = clock_s(15, 48)


class Told(NamedTuple):
    """Something said: milliseconds after midnight, who says it, which fact."""

    sent_ms: int
    seen_ms: int
    sender: Sender
    kind: str
    body: dict[str, Any]


def list_told(
    seed: int, field: Field, fates: Fates, crossings: Crossings, seen: Seen, stop_at_s: float | None
) -> list[Told]:
    """Everything that was told on the day, by the time it was sent."""
    rng = stream(seed, "officials")
    told = [
        *_guns(crossings),
        *_chips(rng, field, fates, seen),
        *_stops(rng, field, fates, crossings),
        *_sightings(rng, field, fates, crossings),
        *_mats_lifted(),
        *_fixes(rng),
    ]
    if stop_at_s is not None:
        text = "Stop where you are and walk to the nearest aid station. Buses will come to you."
        told.append(_says(stop_at_s * 1000, "flag", {"state": "stopped", "text": text}))
    return sorted(told, key=lambda item: (item.sent_ms, item.seen_ms, item.sender.name))


def _says(seen_ms: float, kind: str, body: dict[str, Any], after_s: float = 0.0) -> Told:
    """Control says something ``after_s`` seconds after it was so."""
    return Told(round(seen_ms + 1000 * after_s), round(seen_ms), CONTROL, kind, body)


def _guns(crossings: Crossings) -> Iterator[Told]:
    for start, gun_ms in zip(STARTS, crossings.gun_ms.tolist(), strict=True):
        yield _says(gun_ms, "gun", {"race": RACES[start.race], "wave": start.wave}, 4.0)


def _chips(rng: np.random.Generator, field: Field, fates: Fates, seen: Seen) -> Iterator[Told]:
    """Chips given out at the desk, and chips that turn out to be worn by somebody else."""
    for row, spare in zip(fates.replaced.tolist(), seen.spares.tolist(), strict=True):
        at_ms = 1000 * (clock_s(5, 40) + rng.uniform(0, 3300))
        after_s = clock_s(9, 12) - at_ms / 1000 if row == fates.told_late else 20.0
        bib = str(field.bib[row])
        yield _says(at_ms, "assigned", {"chip": say_chip(field.chip[row]), "bib": ""}, after_s)
        yield _says(at_ms + 1, "assigned", {"chip": say_chip(spare), "bib": bib}, after_s)
    for place, (one, other) in enumerate(fates.swapped):
        at_ms = 1000 * (clock_s(12, 47) + 95 * place)
        for row, wearer in ((one, other), (other, one)):
            body = {"chip": say_chip(field.chip[row]), "bib": str(field.bib[wearer])}
            yield _says(at_ms, "assigned", body, 3.0)
            at_ms += 1


def _place_before(race: int, distance_m: float) -> str:
    metres = mats_m(race)
    return MATS[int(np.flatnonzero(metres <= max(0.0, distance_m))[-1])].id


def _stops(
    rng: np.random.Generator, field: Field, fates: Fates, crossings: Crossings
) -> Iterator[Told]:
    for row, outcome in enumerate(fates.outcome):
        left_ms = int(crossings.left_ms[row])
        if left_ms == NEVER:
            continue
        bib = {"bib": str(field.bib[row])}
        here = bib | {
            "place": _place_before(int(field.race[row]), min(fates.leave_m[row], MARATHON_M))
        }
        if outcome == "moved up":
            yield _says(
                left_ms,
                "taken-over",
                here | {"place": "30k", "taken_by": "vehicle", "keeper": BUS},
                40.0,
            )
            back_ms = left_ms + 1000 * CARRIED_FOR_S
            yield _says(back_ms, "taken-over", bib | {"taken_by": "road", "keeper": ""}, 30.0)
        elif outcome == "lost":
            yield _says(1000 * CALL_S, "withdrawn", here | {"text": "Told us by telephone."}, 5.0)
            yield _says(1000 * CALL_S + 1, "taken-over", bib | {"taken_by": "home"}, 6.0)
        else:
            yield from _taken_over(
                rng, bib, here, outcome, left_ms, swept=bool(np.isfinite(fates.caught_m[row]))
            )


def _taken_over(
    rng: np.random.Generator,
    bib: dict[str, str],
    here: dict[str, str],
    outcome: str,
    left_ms: int,
    swept: bool,
) -> Iterator[Told]:
    """Somebody stops: first it is said, then somebody takes over, then there is a closing word."""
    taken_ms = left_ms + 1000 * rng.uniform(20, 60)
    if not swept:
        yield _says(left_ms, "withdrawn", here, rng.uniform(30, 200))
        taken_ms = left_ms + 1000 * rng.uniform(240, 1300)
    if outcome == "care":
        tent = "TENT-" + str(1 + int(rng.integers(0, 4)))
        yield _says(taken_ms, "taken-over", here | {"taken_by": "care", "keeper": tent}, 15.0)
        home_ms = taken_ms + 60_000 * rng.uniform(18, 70)
        yield _says(home_ms, "taken-over", bib | {"taken_by": "home"}, 20.0)
    elif outcome == "self":
        yield _says(taken_ms, "taken-over", here | {"taken_by": "self"}, 15.0)
    else:
        yield _says(taken_ms, "taken-over", here | {"taken_by": "bus", "keeper": BUS}, 15.0)
        trips_ms = [1000 * trip for trip in BUS_TRIPS_S if 1000 * trip > taken_ms + 420_000]
        home_ms = (trips_ms[0] if trips_ms else taken_ms + 900_000) + 1000 * rng.uniform(0, 90)
        yield _says(home_ms, "taken-over", bib | {"taken_by": "home", "place": "finish"}, 10.0)


def _sightings(
    rng: np.random.Generator, field: Field, fates: Fates, crossings: Crossings
) -> Iterator[Told]:
    """A marshal at the finish writes down whose chip is silent; two stations write down the last ones."""
    for row in fates.dead_chips.tolist():
        arrived_ms = int(crossings.crossed_ms[row, FINISH_MAT])
        body = {"bib": str(field.bib[row]), "place": "finish"}
        yield Told(arrived_ms + 21_000, arrived_ms, CHUTE, "sighting", body)
    mile_25 = [mat.id for mat in MATS].index("mile-25")
    rows = np.flatnonzero((field.race == MARATHON) & ~np.isfinite(fates.leave_m))
    rows = rows[[fates.outcome[row] != "moved up" for row in rows.tolist()]]
    mile_18_m = np.array([STATIONS[1][2]])
    every_s = np.zeros(len(field))
    every_s[field.race == MARATHON] = field.elapsed_s(MARATHON, mile_18_m)[:, 0]
    at_18_ms = crossings.started_ms[rows] + np.round(1000 * every_s[rows]).astype(np.int64)
    yield from _written_down(rng, field, MILE_18, rows, at_18_ms)
    yield from _written_down(rng, field, MILE_25, rows, crossings.crossed_ms[rows, mile_25])


def _written_down(
    rng: np.random.Generator, field: Field, crew: Sender, rows: Ints, at_ms: Ints
) -> Iterator[Told]:
    """Three of four of the last runners; a digit may be hidden by an arm."""
    latest = np.argsort(at_ms)[-SEEN_AT_THE_END:]
    for place in latest[rng.random(len(latest)) < 0.75].tolist():
        bib = str(field.bib[rows[place]])
        if rng.random() < 0.1:
            hidden = int(rng.integers(0, len(bib)))
            bib = bib[:hidden] + "*" + bib[hidden + 1 :]
        seen_ms = int(at_ms[place] + rng.integers(-4000, 9000))
        yield Told(
            seen_ms + int(rng.integers(2000, 30000)),
            seen_ms,
            crew,
            "sighting",
            {"bib": bib, "place": crew.point},
        )


def _mats_lifted() -> Iterator[Told]:
    for column, mat in enumerate(MATS):
        yield _says(lifted_ms(column), "mat-lifted", {"place": mat.id}, 10.0)


def _fixes(rng: np.random.Generator) -> Iterator[Told]:
    """The sweep car keeps the closing pace to within some forty metres; its phone errs by a few more."""
    due_s = SWEEP_LEAVES_S + CLOSING_S_PER_M * MARATHON_M
    time_s = np.arange(SWEEP_LEAVES_S - 300.0, due_s + 120.0, PING_EVERY_S)
    sway_m = 25 * np.sin(time_s / 410.0) + 15 * np.sin(time_s / 97.0)
    driven_m = np.clip(sweep_m(time_s) + sway_m, 0.0, MARATHON_M)
    driven_m[time_s <= SWEEP_LEAVES_S] = 0.0
    driven_m = np.maximum.accumulate(driven_m)
    lat, lon = get_line().find_position(driven_m)
    north_m, east_m = FIX_ERROR_M * rng.standard_normal((2, len(time_s)))
    lat, lon = lat + north_m / 111_195.0, lon + east_m / (111_195.0 * np.cos(np.radians(lat)))
    accuracy_m = 6.0 + rng.exponential(4.0, len(time_s))
    speed = np.gradient(driven_m, time_s)
    kept = 0
    for k, now_s in enumerate(time_s.tolist()):
        seen_ms = round(1000 * now_s)
        sent_ms = seen_ms + 900
        if OFFLINE_S[0] <= now_s < OFFLINE_S[1]:
            sent_ms = round(1000 * OFFLINE_S[1]) + 150 * kept
            kept += 1
        body = {
            "tid": TRACKER,
            "lat": round(float(lat[k]), 6),
            "lon": round(float(lon[k]), 6),
            "acc": round(float(accuracy_m[k])),
            "vel": round(3.6 * float(speed[k])),
            "batt": round(FULL_BATTERY - k * (FULL_BATTERY - LOW_BATTERY) / len(time_s)),
        }
        yield Told(sent_ms, seen_ms, SWEEP_CAR, "ping", body)
