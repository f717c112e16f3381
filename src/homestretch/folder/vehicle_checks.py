"""What is wrong between vehicles: their names, the ids of their phones, their races."""

from __future__ import annotations

from difflib import get_close_matches

from homestretch.folder.draft import Draft
from homestretch.folder.tables import Table
from homestretch.race.event import USUAL_SWEEP
from homestretch.race.spelling import place_key


def check_vehicles(draft: Draft) -> None:
    """Report what is wrong with and between the vehicles of a draft."""
    points = {
        place_key(word): point
        for point in draft.points
        for word in (point.find("id"), point.find("name"))
        if word
    }
    named: dict[str, Table] = {}
    phones: dict[str, Table] = {}
    for vehicle in draft.vehicles:
        _check_name(vehicle, named, points)
        _check_ids(vehicle, phones)
        _check_race(vehicle, draft)
        _check_kind(vehicle, draft)


def _check_name(vehicle: Table, named: dict[str, Table], points: dict[str, Table]) -> None:
    name = vehicle.find("name")
    if name is None:
        return
    key = place_key(name)
    if key in named:
        vehicle.say(
            f'Two vehicles have the name "{name}"; the first stands in line {named[key].line}.',
            "Give each its own name.",
            "name",
        )
    elif key in points:
        vehicle.say(
            f'"{name}" is also what a point is called (line {points[key].line}).',
            "Call the vehicle something else: a key is made for a point or for a vehicle.",
            "name",
        )
    named.setdefault(key, vehicle)


def _check_ids(vehicle: Table, phones: dict[str, Table]) -> None:
    """A phone is in one vehicle; one that is called like its vehicle needs no id."""
    name = vehicle.find("name")
    for phone in (*([name] if name else []), *(vehicle.find("ids") or ())):
        other = phones.setdefault(phone.casefold(), vehicle)
        if other is not vehicle and phone != name:
            vehicle.say(
                f'The phone "{phone}" also belongs to "{other.find("name")}" (line {other.line}).',
                "A phone is in one vehicle: give each an id of its own.",
                "ids",
            )


def _check_race(vehicle: Table, draft: Draft) -> None:
    race_id = vehicle.find("race")
    known = [race.find("id") for race in draft.races if race.find("id")]
    if race_id is None or race_id in known or not known:
        return
    near = get_close_matches(race_id, known, 1, 0.4)
    hint = f'Did you mean "{near[0]}"?' if near else f"The races are: {', '.join(known)}."
    vehicle.say(f'There is no race "{race_id}".', hint, "race")


def _check_kind(vehicle: Table, draft: Draft) -> None:
    """The sweep is the vehicle that [sweep] names, and that one is nothing else."""
    name, kind = vehicle.find("name"), vehicle.find("kind")
    if name is None or kind is None:
        return
    closes = "" if draft.sweep is None else draft.sweep.find("vehicle") or USUAL_SWEEP
    is_sweep = place_key(name) == place_key(closes)
    if is_sweep and kind != "sweep":
        vehicle.say(
            f'"{name}" closes the course as [sweep] says, but its kind is "{kind}".',
            'Write kind = "sweep", or give it another name.',
            "kind",
        )
    if kind == "sweep" and not is_sweep:
        closing = f'"{closes}" alone' if closes else "no vehicle, because there is no [sweep]"
        vehicle.say(
            f"It is shown as a sweep, but the course is closed by {closing}.",
            "If it closes the course, name it as the vehicle of [sweep].",
            "kind",
            severity="note",
        )
