"""Who is entered, in which race, with which gun: the rows of every column."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

import msgspec
import numpy as np

from homestretch.facts import Entered, Gun, Hidden, Moved
from homestretch.race.event import Event, Race
from homestretch.race.spelling import bib_key
from homestretch.state.columns import Columns
from homestretch.state.snapshot import NEVER, Ints, Points, Roster


def make_roster(
    columns: Columns, event: Event, void: frozenset[int], guns: Guns, until: int
) -> Roster:
    """The roster that follows from the plan and the facts.

    The latest Entered of an entrant that names a race of the plan holds: nobody is lost because a race
    was renamed. When two entrants hold one bib, the one who was given it last has it. Whom an official moved
    to another race up to ``until`` (UTC ms) runs there, whatever files say later.
    """
    races = {race.id: position for position, race in enumerate(event.races)}
    latest = _find_latest(columns, event, void, until)
    known = list(latest.values())
    known.sort(key=lambda fact: (races[fact.race], bib_order(fact.bib), fact.entrant))
    race_of = [event.races[races[fact.race]] for fact in known]
    mats = [point.id for point in event.points if point.kind == "mat"]
    ends_of: dict[tuple[str, int | None], tuple[int, int]] = {}
    for fact, race in zip(known, race_of, strict=True):
        if (race.id, fact.leg) not in ends_of:
            ends_of[race.id, fact.leg] = _ends(fact, race, event, mats)
    ends = [ends_of[fact.race, fact.leg] for fact in known]
    given = {fact.entrant: place for place, fact in enumerate(latest.values())}
    row_of_bib: dict[str, int] = {}
    for row in sorted(range(len(known)), key=lambda row: given[known[row].entrant]):
        row_of_bib[bib_key(known[row].bib)] = row
    in_race = _column([races[fact.race] for fact in known])
    in_wave = _column([_wave(fact, race) for fact, race in zip(known, race_of, strict=True)])
    return Roster(
        key=_key(known),
        entrants=tuple(fact.entrant for fact in known),
        bibs=tuple(fact.bib for fact in known),
        race=in_race,
        wave=in_wave,
        gun_at=start_all(event, in_race, in_wave, guns),
        sex=tuple(fact.sex or "" for fact in known),
        age=_column([NEVER if fact.age is None else fact.age for fact in known]),
        division=tuple(fact.division for fact in known),
        role=tuple(fact.role for fact in known),
        team=tuple(fact.team for fact in known),
        leg=_column([NEVER if fact.leg is None else fact.leg for fact in known]),
        start_point=_column([start for start, _ in ends]),
        end_point=_column([end for _, end in ends]),
        competes=np.array([competes(fact) for fact in known], np.bool_),
        row_of_bib=row_of_bib,
        hidden=_find_hidden(known, columns, void, until),
    )


def _find_latest(
    columns: Columns, event: Event, void: frozenset[int], until: int
) -> dict[str, Entered]:
    """The word that holds of each entrant, in the order in which bibs were given last."""
    races = {race.id for race in event.races}
    latest: dict[str, Entered] = {}
    for logged, fact in columns.of_kind(Entered):
        if logged.seq not in void and fact.race in races:
            latest.pop(fact.entrant, None)
            latest[fact.entrant] = fact
    _move(latest, columns, event, void, until)
    return latest


def _move(
    latest: dict[str, Entered],
    columns: Columns,
    event: Event,
    void: frozenset[int],
    until: int,
) -> None:
    """Put into their races whom officials moved: the word said last of each bib holds."""
    races = {race.id: race for race in event.races}
    moved = {
        bib_key(fact.bib): fact
        for logged, fact in columns.of_kind(Moved)
        if logged.seq not in void and fact.race in races and fact.seen_at <= until
    }
    if not moved:
        return
    holders = {bib_key(fact.bib): fact for fact in latest.values()}
    for key, word in moved.items():
        if (fact := holders.get(key)) is None:
            continue
        same = fact.race == word.race
        starts = {wave.division for wave in races[word.race].waves}
        latest[fact.entrant] = msgspec.structs.replace(
            fact,
            race=word.race,
            wave=word.wave or (fact.wave if same else ""),
            division=fact.division if same or fact.division in starts else "",
            team=fact.team if same else "",
            leg=fact.leg if same else None,
        )


def _find_hidden(
    known: list[Entered], columns: Columns, void: frozenset[int], until: int
) -> frozenset[int]:
    said = {
        fact.entrant
        for logged, fact in columns.of_kind(Hidden)
        if logged.seq not in void and fact.seen_at <= until
    }
    return frozenset(row for row, fact in enumerate(known) if said and fact.entrant in said)


def _key(known: list[Entered]) -> str:
    text = "\0".join(f"{fact.entrant}\1{fact.race}" for fact in known)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Guns(NamedTuple):
    """When each (race, wave) started, UTC ms, and how many guns were said that cannot be."""

    at: dict[tuple[str, int], int]
    strange: int


def find_guns(columns: Columns, event: Event, void: frozenset[int], until: int) -> Guns:
    """The planned guns, replaced by those that went off up to ``until``; the one said last holds.

    A gun more than a day away from its plan is a slip: it would make nonsense of everybody's times.
    """
    planned = {
        (race.id, position): wave.gun_at
        for race in event.races
        for position, wave in enumerate(race.waves)
    }
    names = {
        (race.id, wave.name.casefold()): position
        for race in event.races
        for position, wave in enumerate(race.waves)
    }
    at, strange = dict(planned), 0
    for logged, fact in columns.of_kind(Gun):
        position = names.get((fact.race, fact.wave.casefold()))
        if logged.seq in void or fact.seen_at > until:
            continue
        if position is None or abs(fact.seen_at - planned[fact.race, position]) > GUN_TOLERANCE_MS:
            strange += 1
        else:
            at[fact.race, position] = fact.seen_at
    return Guns(at, strange)


def start_all(event: Event, race: Ints, wave: Ints, guns: Guns) -> Ints:
    """(n,) UTC ms: when the entrants of these races and waves (n,) started."""
    ids = [race.id for race in event.races]
    pairs = zip(race.tolist(), wave.tolist(), strict=True)
    return _column([guns.at[ids[position], number] for position, number in pairs])


def list_twins(columns: Columns, roster: Roster, void: frozenset[int]) -> list[tuple[int, int]]:
    """(row, since when) of entrants whose bib another entrant holds too: nobody can say a word of them."""
    twins = [row for row, bib in enumerate(roster.bibs) if roster.find_row(bib) != row]
    said = {
        fact.entrant: fact.seen_at
        for logged, fact in (columns.of_kind(Entered) if twins else ())
        if logged.seq not in void
    }
    return [(row, said[roster.entrants[row]]) for row in twins]


def competes(fact: Entered) -> bool:
    """Ranked with the runners of the race: no pacer, guide, sweeper, relay leg or own division."""
    return fact.role == "runner" and not fact.division and fact.leg is None


def fastest_s_per_km(race: Race, division: str) -> float:
    """The fastest plausible pace of a leg; wheels roll faster than anybody runs (51 km/h downhill)."""
    return (
        min(race.fastest_s_per_km, FASTEST_WHEELS_S_PER_KM) if division else race.fastest_s_per_km
    )


FASTEST_WHEELS_S_PER_KM = 70.0
GUN_TOLERANCE_MS = 86_400_000


def bib_order(bib: str) -> tuple[str, int, str]:
    """Bibs in the order of people: by prefix, then by number."""
    match = re.match(r"^(\D*)(\d{1,18})(.*)$", bib)
    return (match[1], int(match[2]), match[3]) if match else (bib, -1, "")


def make_points(event: Event) -> Points:
    """The mats of the plan, before anything was read there."""
    mats = [point for point in event.points if point.kind == "mat"]
    races = [race.id for race in event.races]
    distances = [[mat.distance_m.get(race, np.nan) for mat in mats] for race in races]
    cutoffs = [[mat.cutoff_at.get(race, NEVER) for mat in mats] for race in races]
    count = len(mats)
    return Points(
        ids=tuple(mat.id for mat in mats),
        names=tuple(mat.name for mat in mats),
        distance_m=np.array(distances, np.float64).reshape(len(races), count),
        cutoff_at=np.array(cutoffs, np.int64).reshape(len(races), count),
        passed=np.zeros(count, np.int64),
        reads=np.zeros(count, np.int64),
        last_read_at=np.full(count, NEVER, np.int64),
        heard_at=np.full(count, NEVER, np.int64),
        lifted=np.zeros(count, np.bool_),
        silent=np.zeros(count, np.bool_),
    )


def _column(values: list[int]) -> Ints:
    return np.array(values, np.int64)


def _wave(fact: Entered, race: Race) -> int:
    """The wave by name, else the division's own, else the first that is not a division's."""
    names = [wave.name.casefold() for wave in race.waves]
    if fact.wave.casefold() in names:
        return names.index(fact.wave.casefold())
    for position, wave in enumerate(race.waves):
        if wave.division == fact.division:
            return position
    return next((position for position, wave in enumerate(race.waves) if not wave.division), 0)


def _ends(fact: Entered, race: Race, event: Event, mats: list[str]) -> tuple[int, int]:
    """Columns of the entrant's own start and end; a relay leg runs between its exchange points."""
    on_course = [point.id for point in event.list_points(race.id) if point.kind == "mat"]
    if fact.leg is not None and 1 <= fact.leg < len(race.legs):
        start, end = race.legs[fact.leg - 1], race.legs[fact.leg]
    else:
        distances = {point.id: point.distance_m[race.id] for point in event.list_points(race.id)}
        start = on_course[0] if on_course and distances[on_course[0]] == 0.0 else ""
        end = (
            on_course[-1] if on_course and distances[on_course[-1]] >= race.distance_m - 1.0 else ""
        )
    return (
        mats.index(start) if start in mats else NEVER,
        mats.index(end) if end in mats else NEVER,
    )
