"""What is wrong between the settings of event.toml, each of which is right by itself: races and waves."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from homestretch.folder.columns import heading_key as race_key
from homestretch.folder.draft import Draft
from homestretch.folder.gun_checks import check_fastest_pace, check_guns
from homestretch.folder.point_checks import check_points
from homestretch.folder.sweep_checks import check_sweep
from homestretch.folder.tables import Table
from homestretch.folder.values import plain
from homestretch.folder.vehicle_checks import check_vehicles

RESERVED_IDS = frozenset({"api", "assets", "events", "healthz", "key", "keys", "metrics", "static"})
_HALF_MARATHON_M = 21_097.5
_MARATHON_M = 42_195.0


def check_draft(draft: Draft) -> None:
    """Report every contradiction in a draft to its tables."""
    event = draft.event
    if event.find("id") in RESERVED_IDS:
        event.say(
            f'The id "{event.find("id")}" is needed for pages of Homestretch itself.',
            "Choose another one.",
            "id",
        )
    if not draft.races:
        event.say("There is no [[race]].", "Write one with id, name, distance_m and gun.")
    _once(draft.races, "id", "races")
    # Who says one id twice hears that once, and nothing that follows from it.
    draft.races = list({race.find("id") or race.path: race for race in draft.races[::-1]}.values())[
        ::-1
    ]
    _check_aliases(draft.races)
    for race in draft.races:
        _check_distance(race)
        _check_waves(race, draft)
    check_points(draft)
    check_guns(draft)
    for race in draft.races:
        _check_legs(race, draft)
        check_fastest_pace(race, draft)
    if draft.sweep is not None:
        check_sweep(draft.sweep, draft)
    check_vehicles(draft)


def _once(tables: Iterable[Table], key: str, things: str) -> None:
    seen: dict[str, Table] = {}
    for table in tables:
        value = table.find(key)
        if value is None:
            continue
        if value.casefold() in seen:
            table.say(
                f'Two {things} have the {key} "{value}"; the first stands in line '
                f"{seen[value.casefold()].line}.",
                f"Give each its own {key}.",
                key,
            )
        seen.setdefault(value.casefold(), table)


def _check_aliases(races: Iterable[Table]) -> None:
    """No two races may be called alike, or nobody knows in which of them a row of entrants is."""
    called = {
        race_key(name): race
        for race in races
        for name in (race.find("id"), race.find("name"))
        if name
    }
    for race in races:
        for alias in race.find("aliases") or ():
            other = called.setdefault(race_key(alias), race)
            if other is not race:
                race.say(
                    f'"{alias}" is also what another race is called (line {other.line}).',
                    "Give each race aliases of its own.",
                    "aliases",
                )


def _check_distance(race: Table) -> None:
    distance_m = race.find("distance_m")
    if distance_m is None:
        return
    for exact, name in ((_MARATHON_M, "marathon"), (_HALF_MARATHON_M, "half marathon")):
        if distance_m != exact and abs(distance_m - exact) <= 5:
            race.say(
                f"distance_m is {plain(distance_m)}; a {name} is {plain(exact)} m.",
                f"If it is one, write distance_m = {exact:g}.",
                "distance_m",
                severity="note",
            )


def _check_waves(race: Table, draft: Draft) -> None:
    waves = draft.waves.get(race.find("id") or "", [])
    if "gun" in race.given and waves:
        race.say(
            "The race has a gun of its own and waves with guns.",
            "Take gun out of [[race]], or the [[race.wave]] tables away.",
            "gun",
        )
    if "gun" not in race.given and "wave" not in race.given and "id" in race.values:
        race.say(
            f'The race "{race.find("id")}" has no start.',
            "Write gun = 07:00:00 below it, or a [[race.wave]] with name and gun for each wave.",
        )
    _once(waves, "name", "waves")
    divisions = [wave for wave in waves if wave.find("division")]
    if waves and len(divisions) == len(waves) and "wave" in race.given:
        race.say(
            "Every wave belongs to a division, so nobody else has a start.",
            "Add a [[race.wave]] without division for the runners, if there are any.",
            severity="warning",
        )


def _check_legs(race: Table, draft: Draft) -> None:
    """Exchange points exist, lie on the course and come in its order; start and finish are added."""
    legs = race.find("legs")
    race_id = race.find("id")
    if not legs or race_id is None:
        return
    on_course = {
        point.find("id"): point.find("distance_m")[race_id]
        for point in draft.points
        if point.find("id")
        and race_id in point.find("distance_m")
        and point.find("kind") != "station"
    }
    for leg in legs:
        if leg not in on_course:
            near = get_close_matches(leg, list(on_course), 1, 0.5)
            hint = f'Did you mean "{near[0]}"?' if near else "Name mats that this race passes."
            race.say(f'There is no mat "{leg}" on the course of "{race_id}".', hint, "legs")
    known = [leg for leg in legs if leg in on_course]
    if len(known) < len(legs):
        return
    in_order = sorted(known, key=lambda leg: on_course[leg])
    if in_order != known:
        race.say(
            "The exchange points are not in the order of the course.",
            f"Write them in order: {', '.join(in_order)}.",
            "legs",
        )
    ends = sorted(on_course, key=lambda point: on_course[point])
    first, last = ends[0], ends[-1]
    if on_course[first] != 0.0:
        race.say(
            "A relay needs a mat at its start, else nobody knows when its first legs began.",
            f"Add a [[point]] at {race_id} = 0.",
            "legs",
        )
        return
    race.values["legs"] = tuple(dict.fromkeys([first, *in_order, last]))
