"""What somebody names that the event does not know: it is kept all the same, and never without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np

from homestretch.facts import (
    AnyFact,
    Assigned,
    Collected,
    Corrected,
    Declared,
    Entered,
    Flag,
    Gun,
    MatLifted,
    Moved,
    Ping,
    PlaceShared,
    Protested,
    Read,
    RoadOpened,
    Ruled,
    Sighting,
    Struck,
    TakenOver,
    Withdrawn,
)
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key, place_key
from homestretch.race.vehicles import find_vehicle, list_vehicles
from homestretch.readers.json_fields import meant
from homestretch.state.places import find_points, points_by_place
from homestretch.state.roster import GUN_TOLERANCE_MS
from homestretch.state.said import EVERYBODY
from homestretch.store import Log, Rows

MOST_NAMED: Final = 12
_QUESTION: Final = "it is kept and stands as a question"
_WAITS: Final = "it is kept and counts once somebody has it"


def list_unknown(log: Log, event: Event, fact: AnyFact) -> list[str]:
    """A sentence for each bib, place, race, wave and source of a fact that the event does not know."""
    rows = log.read_since(0)
    found = [*_bibs(rows, fact), *_races(event, fact), _source(rows, fact)]
    mats_only = isinstance(fact, Read | MatLifted | RoadOpened)
    for place in _places(fact):
        if not place or _is_place(event, place, mats_only):
            continue
        listed = [point.id for point in event.points if point.kind == "mat" or not mats_only]
        what = "mat" if mats_only else "point"
        found.append(
            f"The event has no {what} {place!r}: it is kept and changes nothing until event.toml"
            f" has it. {meant(place, listed) or f'There are: {say_named(listed)}.'}"
        )
    if isinstance(fact, Ping) and find_vehicle(event, fact.vehicle) is None:
        vehicles = [vehicle.name for vehicle in list_vehicles(event)]
        there = meant(fact.vehicle, vehicles) or f"There are: {say_named(vehicles) or 'none'}."
        found.append(f"The event has no vehicle {fact.vehicle!r}: it is kept. {there}")
    return [sentence for sentence in found if sentence]


def list_bibs(rows: Rows) -> set[str]:
    """The keys of all bibs that entrants have: of each entrant the one said last."""
    latest: dict[str, Entered] = {}
    for logged in rows.others:
        if isinstance(fact := logged.fact, Entered):
            before = latest.get(fact.entrant)
            if before is None or fact.seen_at >= before.seen_at:
                latest[fact.entrant] = fact
    return {bib_key(fact.bib) for fact in latest.values()}


def say_unknown_bibs(rows: Rows, bibs: Iterable[str], what: str) -> list[str]:
    """One sentence for those bibs of a file that nobody has; ``what`` counts once somebody has them."""
    known = list_bibs(rows)
    unknown = sorted({bib for bib in bibs if not _has(known, bib)})
    if not unknown:
        return []
    return [f"Nobody has these bibs yet, {what} once somebody has: {say_named(unknown)}."]


def _has(known: Collection[str], bib: str) -> bool:
    """Whether somebody has a bib; of one with digits that could not be read, whether somebody may."""
    key = bib_key(bib)
    if "*" not in key:
        return key in known
    return any(
        len(one) == len(key) and all(a in ("*", b) for a, b in zip(key, one, strict=True))
        for one in known
    )


def _bibs(rows: Rows, fact: AnyFact) -> list[str]:
    if not isinstance(fact, PlaceShared):
        return [_bib(rows, fact)]
    known = list_bibs(rows)
    return [f"Nobody has bib {bib}: {_WAITS}." for bib in fact.bibs if bib_key(bib) not in known]


def _bib(rows: Rows, fact: AnyFact) -> str:
    if not isinstance(
        fact, Sighting | Withdrawn | TakenOver | Ruled | Assigned | Collected | Moved | Protested
    ):
        return ""
    everybody = isinstance(fact, Ruled) and fact.bib == EVERYBODY
    if everybody or not fact.bib or _has(list_bibs(rows), fact.bib):
        return ""
    asked = isinstance(fact, Withdrawn | TakenOver | Ruled)
    return f"Nobody has bib {fact.bib}: {_QUESTION if asked else _WAITS}."


def _places(fact: AnyFact) -> tuple[str, ...]:
    if isinstance(fact, RoadOpened):
        return fact.from_place, fact.to_place
    return (getattr(fact, "place", ""),)


def _is_place(event: Event, place: str, mats_only: bool) -> bool:
    if find_points(points_by_place(event), place):
        return True
    names = {place_key(name) for point in event.points for name in (point.id, point.name)}
    return not mats_only and place_key(place) in names


def _races(event: Event, fact: AnyFact) -> list[str]:
    races = {race.id: race for race in event.races}
    said = (
        [fact.race]
        if isinstance(fact, Gun | Moved | Declared)
        else fact.races
        if isinstance(fact, Flag)
        else ()
    )
    found = [
        f"There is no race {race!r}: it is kept and changes nothing there."
        f" {meant(race, races) or f'The races are: {say_named(list(races))}.'}"
        for race in said
        if race not in races
    ]
    if isinstance(fact, Gun) and fact.race in races:
        waves = {wave.name: wave for wave in races[fact.race].waves}
        wave = {name.casefold(): wave for name, wave in waves.items()}.get(fact.wave.casefold())
        if wave is None:
            found.append(
                f"{fact.race} has no wave {fact.wave!r}: it is kept and changes nothing."
                f" Its waves are: {say_named(list(waves))}."
            )
        elif abs(fact.seen_at - wave.gun_at) > GUN_TOLERANCE_MS:
            found.append("That is more than a day from the planned gun: it is kept and not used.")
    return found


def _source(rows: Rows, fact: AnyFact) -> str:
    if isinstance(fact, Corrected):
        sources = {rows.symbols[symbol] for symbol in np.unique(rows.reads["source"])}
        if fact.of in sources:
            return ""
        hint = meant(fact.of, sources) or (
            f"Reads have come from: {say_named(sorted(sources))}." if sources else ""
        )
        return (
            f"No read has come from {fact.of!r} yet: it is kept and holds once one does. {hint}"
        ).rstrip()
    if isinstance(fact, Struck) and not _stands(rows, fact):
        return (
            "No fact with this source, number and digest is in the log: it is kept and strikes"
            " nothing."
        )
    return ""


def _stands(rows: Rows, struck: Struck) -> bool:
    sought = (struck.source, struck.number, struck.digest)
    if any(logged.id == sought for logged in rows.others):
        return True
    if struck.source not in rows.symbols:
        return False
    reads = rows.reads[rows.reads["source"] == rows.symbols.index(struck.source)]
    return bool(((reads["number"] == struck.number) & (reads["digest"] == struck.digest)).any())


def say_named(words: Sequence[str]) -> str:
    """Words with commas, of many the first ones and how many more there are."""
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED:,} more"
    return ", ".join(words)
