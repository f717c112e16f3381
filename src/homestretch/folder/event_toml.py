"""event.toml to an Event: the plan of the day as its director wrote it, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from homestretch.folder.doors import NONE_KNOWN, read_doors
from homestretch.folder.draft import SOME_DAY, Draft
from homestretch.folder.event_checks import check_draft
from homestretch.folder.event_settings import TABLES
from homestretch.folder.hooks import read_hooks
from homestretch.folder.moments import Day
from homestretch.folder.problem import EVENT, Findings, Problem
from homestretch.folder.tables import Reading, Table
from homestretch.folder.toml_text import UNREADABLE, read_tables
from homestretch.folder.values import as_typed
from homestretch.race.event import Awards, Event, Point, Privacy, Race, Sweep, Vehicle, Wave
from homestretch.race.hooks import Hook

ONLY_WAVE = "all"
"""Name of the wave of a race whose gun stands at the race itself."""


def parse_event(
    text: str, readers: Mapping[str, str] = NONE_KNOWN
) -> tuple[Event | None, list[Problem]]:
    """The event in a text and everything that is wrong with it, in the order of lines.

    ``readers`` are the names known in [doors]; none given, any name is taken. The event is what could
    be understood: with errors it serves to check the other files and must not be run. It is None when
    the date or every race is missing.
    """
    findings = Findings(EVENT)
    raw, lines = read_tables(text, findings)
    if not raw:
        if not findings.list_problems():
            findings.add(0, "The file is empty.", "Make a fresh one with: homestretch new DIR")
        return None, list(findings.list_problems())
    draft = _read(raw, Reading(findings, lines), readers)
    check_draft(draft)
    read_hooks(draft.webhooks)
    return _build(draft), list(findings.list_problems())


def parse_hooks(text: str) -> tuple[Hook, ...]:
    """The webhooks in a text of event.toml: those that could be read."""
    findings = Findings(EVENT)
    raw, lines = read_tables(text, findings)
    return read_hooks(_read(raw, Reading(findings, lines), NONE_KNOWN).webhooks) if raw else ()


def _read(raw: dict[str, Any], reading: Reading, readers: Mapping[str, str]) -> Draft:
    top = [name for name in TABLES if "." not in name]
    raw = reading.rename(raw, top, (), " as a heading")
    draft = Draft(
        event=_read_one(reading, raw, "event", SOME_DAY) or Table(reading, "event", ("event",))
    )
    if "event" not in raw:
        draft.event.say(
            "There is no [event].", "Write [event] with id, name, date and zone below it."
        )
    date, zone = draft.event.find("date"), draft.event.find("zone")
    draft.dated = date is not None and zone is not None
    draft.day = Day(date or SOME_DAY.date, ZoneInfo(zone) if zone else SOME_DAY.zone)
    for table, path in reading.list_tables(raw.get("race"), "race", ("race",)):
        race = reading.read(table, "race", path, draft.day, extra="wave")
        waves = reading.list_tables(table.get("wave"), "race.wave", (*path, "wave"))
        draft.races.append(race)
        draft.waves.setdefault(
            race.find("id") or "",
            [reading.read(wave, "race.wave", at, draft.day) for wave, at in waves],
        )
    draft.points = [
        reading.read(table, "point", path, draft.day)
        for table, path in reading.list_tables(raw.get("point"), "point", ("point",))
    ]
    draft.sweep = _read_one(reading, raw, "sweep", draft.day)
    draft.vehicles = [
        reading.read(table, "vehicle", path, draft.day)
        for table, path in reading.list_tables(raw.get("vehicle"), "vehicle", ("vehicle",))
    ]
    draft.webhooks = [
        reading.read(table, "webhook", path, draft.day)
        for table, path in reading.list_tables(raw.get("webhook"), "webhook", ("webhook",))
    ]
    draft.privacy = _read_one(reading, raw, "privacy", draft.day)
    draft.awards = _read_one(reading, raw, "awards", draft.day)
    if raw.get("doors") not in (None, UNREADABLE):
        draft.doors = read_doors(raw["doors"], Table(reading, "doors", ("doors",)), readers)
    _spread(draft)
    return draft


def _read_one(reading: Reading, raw: dict[str, Any], name: str, day: Day) -> Table | None:
    for table, path in reading.list_tables(raw.get(name), name, (name,)):
        return reading.read(table, name, path, day)
    return None


def _spread(draft: Draft) -> None:
    """Values by race for every point: one that stands for all is given to each race that passes."""
    known = list(dict.fromkeys(race.find("id") for race in draft.races if race.find("id")))
    for point in draft.points:
        distances = point.find("distance_m")
        if isinstance(distances, float):
            if len(known) > 1:
                point.say(
                    "distance_m is one number, but the event has several races.",
                    f"Write distance_m = {{ {known[0]} = {as_typed(distances)} }} with one for each that passes.",
                    "distance_m",
                )
            distances = {known[0]: distances} if len(known) == 1 else {}
        distances = dict(distances or {})
        cutoffs = point.find("cutoff")
        if cutoffs is not None and not isinstance(cutoffs, dict):
            cutoffs = dict.fromkeys((race for race in distances if race in known), cutoffs)
        by_race = {"distance_m": distances, "cutoff": dict(cutoffs or {})}
        for key, values in by_race.items():
            for race in [race for race in values if race not in known]:
                del values[race]
                if not known:
                    continue
                near = get_close_matches(race, known, 1, 0.4)
                point.say(
                    f'There is no race "{race}".',
                    f'Did you mean "{near[0]}"?' if near else f"The races are: {', '.join(known)}.",
                    key,
                    race,
                )
        point.values.update(by_race)


def _build(draft: Draft) -> Event | None:
    """The event as far as it is known; what is missing in a race or point leaves out that one alone."""
    head = {"id": "", "name": "", "zone": SOME_DAY.zone.key, **draft.event.values}
    races = _unique([_build_race(race, draft) for race in draft.races if "id" in race.values])
    if "date" not in head or not races:
        return None
    head["date"] = head["date"].isoformat()
    return Event(
        **head,
        races=races,
        points=_unique([_build_point(point) for point in draft.points if "id" in point.values]),
        sweep=_build_sweep(draft.sweep),
        vehicles=tuple(
            Vehicle(**vehicle.values)
            for vehicle in draft.vehicles
            if {"name", "kind"} <= vehicle.values.keys()
        ),
        doors=draft.doors,
        privacy=Privacy(**draft.privacy.values) if draft.privacy else Privacy(),
        awards=_build_awards(draft.awards),
    )


def _unique(built: list[Any]) -> tuple[Any, ...]:
    return tuple({item.id: item for item in reversed(built)}.values())[::-1]


def _build_race(race: Table, draft: Draft) -> Race:
    values = {"name": race.values["id"], "distance_m": 0.0, **race.values}
    start = values.pop("gun", None)
    fastest = values.pop("fastest_pace", None)
    if fastest is not None:
        values["fastest_s_per_km"] = fastest
    waves = [
        Wave(
            name=wave.find("name") or "",
            gun_at=wave.find("gun") or 0,
            division=wave.find("division") or "",
        )
        for wave in draft.waves.get(race.values["id"], [])
    ]
    if not waves:
        waves = [Wave(name=ONLY_WAVE, gun_at=start or 0)]
    return Race(**values, waves=tuple(waves))


def _build_point(point: Table) -> Point:
    values = {"name": point.values["id"], **point.values}
    values["cutoff_at"] = values.pop("cutoff", {})
    return Point(**values)


def _build_awards(awards: Table | None) -> Awards:
    values = dict(awards.values) if awards else {}
    if "podium" in values:
        values["podium"] = int(values["podium"])
    return Awards(**values)


def _build_sweep(sweep: Table | None) -> Sweep | None:
    if sweep is None or not {"race", "pace", "starts"} <= sweep.values.keys():
        return None
    values = dict(sweep.values)
    return Sweep(start_at=values.pop("starts"), pace_s_per_km=values.pop("pace"), **values)
