"""The folder of the made-up event as text: event.toml, course.gpx, entrants.csv, as a director writes them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass

import numpy as np

from homestretch.rehearsal.cast import PARTS
from homestretch.rehearsal.course import HALF_M, MARATHON_M, MATS, STATIONS, Mat, write_gpx
from homestretch.rehearsal.field import Field, births, make_field, say_chip
from homestretch.rehearsal.figures import stream
from homestretch.rehearsal.officials import TRACKER, VEHICLE
from homestretch.rehearsal.schedule import (
    CLOSING_S_PER_MILE,
    DATE,
    EVENT_ID,
    EVENT_NAME,
    FINISH_CLOSES_S,
    MARATHON,
    RACE_NAMES,
    RACES,
    STARTS,
    SWEEP_LEAVES_S,
    ZONE,
    say_clock,
    sweep_s,
)

CLOSED_POINTS = ("half", "30k", "mile-25")
"""Points of the marathon with a cutoff beside the finish: the minute in which the sweep car is due."""

HEADINGS = (
    "Bib", "First Name", "Last Name", "Sex", "Date of Birth", "Race", "Wave", "Division", "Role", "Club",
    "City", "State", "Country", "Email", "Chip", "Show As", "Companions", "Photos", "Guardian", "First Marathon",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RehearsalPlan:
    """The three files of the event's folder as text, and how its day is known."""

    event_id: str
    date: dt.date
    zone: str
    event_toml: str
    course_gpx: str
    entrants_csv: str


ROADS = ("Lanternlight Avenue", "Ribbon Road", "Kindly Street", "Homeward Lane")


def plan(
    seed: int = 1,
    date: dt.date = DATE,
    *,
    marathon: int = 4000,
    half: int = 6000,
    jchip_port: int = 53135,
) -> RehearsalPlan:
    """The plan of the day with the same seed, date and sizes (PlanError when a field is too small)."""
    field = make_field(seed, marathon, half)
    return RehearsalPlan(
        event_id=EVENT_ID,
        date=date,
        zone=ZONE,
        event_toml=_event_toml(date, jchip_port),
        course_gpx=write_gpx(f"{EVENT_NAME}, invented course"),
        entrants_csv=_entrants_csv(seed, field, date),
    )


def _event_toml(date: dt.date, jchip_port: int) -> str:
    head = (
        "# A made-up race day: nobody in it exists, and no such course does.\n\n"
        f'[event]\nid = "{EVENT_ID}"\nname = "{EVENT_NAME}"\ndate = {date.isoformat()}\n'
        f'zone = "{ZONE}"\nunits = "mi"\nphone = "+1 412 555 0100"\n'
        # No number of a real service: somebody who tries Help in a rehearsal must not reach one.
        'emergency_phone = "+1 412 555 0111"\nradio_channel = "3"\n'
        'note = "This is a rehearsal: everybody in it is invented."\n'
    )
    parts = [head]
    for race, (race_id, name) in enumerate(zip(RACES, RACE_NAMES, strict=True)):
        length_m = (MARATHON_M, HALF_M)[race]
        parts.append(f'[[race]]\nid = "{race_id}"\nname = "{name}"\ndistance_m = {length_m:g}\n')
        for start in (start for start in STARTS if start.race == race):
            division = f'\ndivision = "{start.division}"' if start.division else ""
            gun = dt.time(start.gun_s // 3600, start.gun_s // 60 % 60).isoformat()
            parts.append(f'[[race.wave]]\nname = "{start.wave}"\ngun = {gun}{division}\n')
    parts.extend(_point(mat) for mat in MATS)
    for point_id, name, marathon_m, half_m in STATIONS:
        parts.append(
            f'[[point]]\nid = "{point_id}"\nname = "{name}"\nkind = "station"\n'
            f"distance_m = {_by_race(marathon_m, half_m)}\naddress = {_address(marathon_m)}\n"
        )
    pace = f"{int(CLOSING_S_PER_MILE) // 60}:{int(CLOSING_S_PER_MILE) % 60:02}/mi"
    leaves = say_clock(SWEEP_LEAVES_S)
    parts.append(
        f'[sweep]\nrace = "marathon"\npace = "{pace}"\nstarts = {leaves}:00\nvehicle = "{VEHICLE}"\n'
    )
    parts.append(f'[[vehicle]]\nname = "{VEHICLE}"\nkind = "sweep"\nids = ["{TRACKER}"]\n')
    parts.append(f'[doors]\njchip = "127.0.0.1:{jchip_port}"\n')
    return "\n".join(parts)


def _point(mat: Mat) -> str:
    devices = ", ".join(f'"{device.name}"' for device in mat.devices)
    closes_s = None
    if mat.id in CLOSED_POINTS:
        closes_s = float(sweep_s(np.array(mat.marathon_m))) // 60 * 60
    elif mat.id == "finish":
        closes_s = FINISH_CLOSES_S
    cutoff = f"cutoff = {{ marathon = {_with_seconds(closes_s)} }}\n" if closes_s else ""
    return (
        f'[[point]]\nid = "{mat.id}"\nname = "{mat.name}"\nkind = "mat"\n'
        f"distance_m = {_by_race(mat.marathon_m, mat.half_m)}\ndevices = [{devices}]\n{cutoff}"
        f"address = {_address(mat.marathon_m)}\n"
    )


def _address(marathon_m: float) -> str:
    """A street that no city has, by the way along the course."""
    return f'"{ROADS[int(marathon_m) // 1000 % len(ROADS)]}, house {100 + int(marathon_m) // 100}"'


def _with_seconds(time_s: float) -> str:
    text = say_clock(time_s)
    return text if text.count(":") == 2 else f"{text}:00"


def _by_race(marathon_m: float, half_m: float | None) -> str:
    half = "" if half_m is None else f", half = {half_m:.10g}"
    return f"{{ marathon = {marathon_m:.10g}{half} }}"


def _entrants_csv(seed: int, field: Field, date: dt.date) -> str:
    """Everybody in the order of bibs, with what each agreed to."""
    rng = stream(seed, "entries")
    n = len(field)
    born = births(rng, field.age, date)
    show = rng.choice(["name", "initials", "hidden", ""], n, p=[0.77, 0.15, 0.04, 0.04]).tolist()
    companions, photos = (rng.random(n) < 0.72).tolist(), (rng.random(n) < 0.83).tolist()
    guardian = (rng.random(n) < 0.6).tolist()
    first = ((rng.random(n) < 0.24) & (field.race == MARATHON)).tolist()
    told = (rng.random(n) < 0.3).tolist()
    for part_first, row in ((part.first_marathon, field.cast[part.key]) for part in PARTS):
        show[row], companions[row], photos[row], first[row] = "name", True, True, part_first
    names = field.names
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADINGS)
    for row in np.argsort(field.bib).tolist():
        start = STARTS[field.start[row]]
        sex = "x" if field.undisclosed[row] else "f" if field.woman[row] else "m"
        bib = int(field.bib[row])
        rows.writerow((
            bib, names.first[row], names.last[row], sex, born[row], RACES[start.race], start.wave,
            start.division, "pacer" if field.pacer[row] else "runner", names.club[row], names.town[row],
            names.region[row], names.country[row], f"bib{bib}@example.org" if told[row] else "",
            say_chip(int(field.chip[row])), show[row], _yes(companions[row]), _yes(photos[row]),
            _yes(guardian[row]) if field.age[row] < 18 else "", _yes(first[row]),
        ))  # fmt: skip
    return text.getvalue()


def _yes(said: bool) -> str:
    return "yes" if said else "no"
