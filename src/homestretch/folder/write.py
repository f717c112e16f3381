"""The three files of a folder written from values: what the readers of this room read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from homestretch.folder.event_toml import ONLY_WAVE
from homestretch.folder.moments import Day, say_moment
from homestretch.folder.problem import WrongError
from homestretch.folder.values import PACE
from homestretch.race.clock import say_pace
from homestretch.race.course import Course
from homestretch.race.entrant import Entrant, Person
from homestretch.race.event import Awards, Event, Point, Race, Vehicle

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_RACE = Race(id="", name="", distance_m=0, waves=())
_ANY_DAY = Day(dt.date(2026, 1, 1), ZoneInfo("UTC"))

ENTRANT_HEADINGS = (
    "id", "bib", "first", "last", "race", "wave", "division", "role", "sex", "age", "club", "team",
    "leg", "town", "region", "country", "email", "phone", "display", "companions", "photos",
    "guardian", "first marathon",
)  # fmt: skip


def event_toml_text(event: Event, comment: str = "") -> str:
    """event.toml of an event; read again it gives the same event. ``comment`` stands at its top."""
    day = Day(dt.date.fromisoformat(event.date), event.zone_info)
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += ["[event]", _set("id", event.id), _set("name", event.name), f"date = {event.date}"]
    lines += [_set("zone", event.zone), _set("units", event.units)]
    lines += [_set("language", event.language)] if event.language != "en" else []
    lines += [_set("phone", event.phone)] if event.phone else []
    for name in ("emergency_phone", "radio_channel", "note"):
        lines += [_set(name, said)] if (said := getattr(event, name)) else []
    lines += [f"dead_time_s = {_number(event.dead_time_s)}"]
    for race in event.races:
        lines += _race_lines(race, day)
    for point in event.points:
        lines += _point_lines(point, day)
    if event.sweep:
        lines += ["", "[sweep]", _set("race", event.sweep.race)]
        lines += [f"pace = {_pace(event.sweep.pace_s_per_km)}"]
        lines += [f"starts = {say_moment(event.sweep.start_at, day)}"]
        lines += [_set("vehicle", event.sweep.vehicle)]
    for vehicle in event.vehicles:
        lines += _vehicle_lines(vehicle)
    lines += ["", "[privacy]", _set("unless_told", event.privacy.unless_told)]
    if event.privacy.minimum_age is not None:
        lines += [f"minimum_age = {_number(event.privacy.minimum_age)}"]
    if event.awards != Awards():
        lines += ["", "[awards]", f"podium = {event.awards.podium}"]
        lines += [f"protest_min = {_number(event.awards.protest_min)}"]
    if event.doors:
        addresses: dict[str, list[str]] = {}
        for door in event.doors:
            host = f"[{door.host}]" if ":" in door.host else door.host
            place = f"{door.place}@" if door.place else ""
            addresses.setdefault(door.reader, []).append(f"{place}{host}:{door.port}")
        lines += ["", "[doors]"]
        lines += [f"{_key(reader)} = {_texts(listed)}" for reader, listed in addresses.items()]
    return "\n".join(lines) + "\n"


def course_gpx_text(course: Course, name: str) -> str:
    """A GPX 1.1 file with the line as one track; elevations to 0.1 m, positions to some centimetres."""
    points = "\n".join(
        f'      <trkpt lat="{lat:.7f}" lon="{lon:.7f}"><ele>{ele_m:.1f}</ele></trkpt>'
        for lat, lon, ele_m in zip(course.lat, course.lon, course.ele_m, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Homestretch" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"  <trk>\n    <name>{escape(name)}</name>\n    <trkseg>\n{points}\n"
        "    </trkseg>\n  </trk>\n</gpx>\n"
    )


def entrants_csv_text(
    entrants: Iterable[Entrant], persons: Iterable[Person], chips: Iterable[tuple[str, str]]
) -> str:
    """entrants.csv with one row for each entrant; ``chips`` are (chip, bib)."""
    person_of = {person.entrant: person for person in persons}
    chips_of: dict[str, list[str]] = {}
    for chip, bib in chips:
        chips_of.setdefault(bib, []).append(chip)
    most = max((len(listed) for listed in chips_of.values()), default=1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*ENTRANT_HEADINGS, *(f"chip{number}" for number in range(1, most + 1))])
    for entrant in entrants:
        person = person_of.get(entrant.id, Person(entrant=entrant.id))
        worn = chips_of.get(entrant.bib, [])
        writer.writerow([*_entrant_cells(entrant, person), *worn, *[""] * (most - len(worn))])
    return text.getvalue()


def _entrant_cells(entrant: Entrant, person: Person) -> list[str]:
    yes = [person.companions, person.photos, person.guardian, person.first_marathon]
    return [
        entrant.id, entrant.bib, person.first, person.last, entrant.race, entrant.wave,
        entrant.division, entrant.role, entrant.sex or "", _or_nothing(entrant.age), person.club,
        entrant.team, _or_nothing(entrant.leg), person.town, person.region, person.country,
        person.email, person.phone, person.display or "", *("yes" if word else "no" for word in yes),
    ]  # fmt: skip


def _or_nothing(number: int | None) -> str:
    return "" if number is None else str(number)


def _race_lines(race: Race, day: Day) -> list[str]:
    lines = ["", "[[race]]", _set("id", race.id), _set("name", race.name)]
    lines += [f"distance_m = {_number(race.distance_m)}", _set("places_by", race.places_by)]
    lines += [_set("groups_by", race.groups_by)] if race.groups_by else []
    lines += [f"aliases = [{', '.join(map(_text, race.aliases))}]"] if race.aliases else []
    lines += [f"legs = [{', '.join(map(_text, race.legs))}]"] if race.legs else []
    if race.start_open_min != _RACE.start_open_min:
        lines += [f"start_open_min = {_number(race.start_open_min)}"]
    if race.fastest_s_per_km != _RACE.fastest_s_per_km:
        lines += [f"fastest_pace = {_pace(race.fastest_s_per_km)}"]
    if len(race.waves) == 1 and race.waves[0].name == ONLY_WAVE and not race.waves[0].division:
        return [*lines, f"gun = {say_moment(race.waves[0].gun_at, day)}"]
    for wave in race.waves:
        lines += ["  [[race.wave]]", f"  {_set('name', wave.name)}"]
        lines += [f"  gun = {say_moment(wave.gun_at, day)}"]
        lines += [f"  {_set('division', wave.division)}"] if wave.division else []
    return lines


def _point_lines(point: Point, day: Day) -> list[str]:
    lines = ["", "[[point]]", _set("id", point.id), _set("name", point.name)]
    lines += [_set("kind", point.kind)] if point.kind != "mat" else []
    distances = {race: _number(metres) for race, metres in point.distance_m.items()}
    lines += [f"distance_m = {_by_race(distances)}"]
    if point.cutoff_at:
        moments = {race: say_moment(at, day) for race, at in point.cutoff_at.items()}
        lines += [f"cutoff = {_by_race(moments)}"]
    lines += [f"devices = [{', '.join(map(_text, point.devices))}]"] if point.devices else []
    lines += [_set("address", point.address)] if point.address else []
    return lines


def _vehicle_lines(vehicle: Vehicle) -> list[str]:
    lines = ["", "[[vehicle]]", _set("name", vehicle.name), _set("kind", vehicle.kind)]
    lines += [f"ids = [{', '.join(map(_text, vehicle.ids))}]"] if vehicle.ids else []
    return lines + ([_set("race", vehicle.race)] if vehicle.race else [])


def _set(key: str, value: str) -> str:
    return f"{key} = {_text(value)}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: list[str]) -> str:
    return _text(values[0]) if len(values) == 1 else f"[{', '.join(map(_text, values))}]"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _by_race(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(race)} = {value}" for race, value in values.items()) + " }"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _pace(s_per_km: float) -> str:
    """A pace as people write it when that is exact, else seconds a kilometre."""
    for units in ("mi", "km"):
        said = say_pace(s_per_km, units)
        try:
            if PACE.read(said, _ANY_DAY) == s_per_km:
                return _text(said)
        except WrongError:
            continue
    return repr(float(s_per_km))
