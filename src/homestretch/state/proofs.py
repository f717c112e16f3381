"""The newest proof that somebody was on the course, from mats and from people, and who is at the finish.

A sighting is an observation with an error of its own: one that no person can have made (before the gun,
faster than anybody runs from the last mat, while somebody carried the runner) proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from homestretch.facts import Sighting
from homestretch.race.event import Event
from homestretch.race.spelling import place_key
from homestretch.state.places import find_points, points_by_place
from homestretch.state.roster import fastest_s_per_km
from homestretch.state.said import Said, Spans, is_carried
from homestretch.state.snapshot import NEVER, Bools, Floats, Ints, Points, Roster
from homestretch.store import Logged


@dataclass(slots=True)
class Proofs:
    """(n,) the newest proof that a row was on the course: when, where, at which mat, by which fact; the
    finish; and which rows a person saw, or saw while somebody was said to carry them."""

    at: Ints
    metres: Floats
    column: Ints
    seq: Ints
    finish_at: Ints
    finish_seq: Ints
    seen_by_a_person: Bools
    seen_while_carried: Bools


def find_proofs(
    event: Event,
    roster: Roster,
    points: Points,
    passed_at: Ints,
    evidence: Ints,
    said: dict[int, Said],
    carried: Spans,
    planned_to_m: Floats,
) -> Proofs:
    """Proofs from passings and sightings; a person who saw a bib at its finish proves that it is home.

    ``planned_to_m`` (races,): what lies behind it may have been left out, so nobody is too fast there.
    """
    proofs = _from_mats(roster, points, passed_at, evidence)
    places = _Places(event, planned_to_m)
    for row, words in said.items():
        for logged, sighting in words.seen:
            if is_carried(carried, row, sighting.seen_at):
                proofs.seen_while_carried[row] = True
            else:
                _take_sighting(proofs, roster, points, places, row, logged, sighting)
    return proofs


def _from_mats(roster: Roster, points: Points, passed_at: Ints, evidence: Ints) -> Proofs:
    n = len(roster.race)
    rows = np.arange(n)
    finish, finish_seq = np.full((2, n), NEVER, np.int64)
    no = np.zeros(n, np.bool_)
    if not n or not passed_at.shape[1]:
        never = np.full(n, NEVER, np.int64)
        column, seq = never.copy(), never.copy()
        return Proofs(never, np.zeros(n), column, seq, finish, finish_seq, no, no.copy())
    column = passed_at.argmax(axis=1)
    at = passed_at[rows, column]
    metres = np.where(at >= 0, np.nan_to_num(points.distance_m[roster.race, column]), 0.0)
    seq = evidence[rows, column]
    column = np.where(at >= 0, column, NEVER)
    ends = np.flatnonzero(roster.end_point >= 0)
    finish[ends] = passed_at[ends, roster.end_point[ends]]
    finish_seq[ends] = evidence[ends, roster.end_point[ends]]
    return Proofs(at, metres, column, seq, finish, finish_seq, no, no.copy())


class _Places:
    """What a place means to a person: columns of mats, and metres along each race."""

    def __init__(self, event: Event, planned_to_m: Floats) -> None:
        self._planned_to_m = planned_to_m
        self._known = points_by_place(event)
        self._points = {place_key(point.name): point for point in event.points}
        self._points |= {place_key(point.id): point for point in event.points}
        self._mats = [point for point in event.points if point.kind == "mat"]
        self.races = event.races

    def columns(self, place: str) -> list[int]:
        return find_points(self._known, place)

    def find_metres(self, place: str, race: int) -> list[float]:
        """Metres of every point of this race that the place can mean, in the order of the course."""
        named = self._points.get(place_key(place))
        points = [named] if named is not None else [self._mats[c] for c in self.columns(place)]
        race_id = self.races[race].id
        return sorted(p.distance_m[race_id] for p in points if race_id in p.distance_m)

    def run_m(self, metres: float, race: int) -> float:
        """How far somebody must have run who is at these metres of this race."""
        return min(metres, float(self._planned_to_m[race]))


def _take_sighting(
    proofs: Proofs,
    roster: Roster,
    points: Points,
    places: _Places,
    row: int,
    logged: Logged,
    sighting: Sighting,
) -> None:
    race, at = int(roster.race[row]), sighting.seen_at
    pace = fastest_s_per_km(places.races[race], roster.division[row])
    start, end = int(roster.start_point[row]), int(roster.end_point[row])
    start_m = float(points.distance_m[race, start]) if start >= 0 else 0.0
    before_m = float(proofs.metres[row]) if proofs.at[row] >= 0 else start_m
    since_at = max(int(roster.gun_at[row]), int(proofs.at[row]))
    metres = places.find_metres(sighting.place, race)
    run_m = places.run_m(before_m, race)
    possible = [m for m in metres if (places.run_m(m, race) - run_m) * pace <= at - since_at]
    if at <= since_at and proofs.at[row] >= 0:
        proofs.seen_by_a_person[row] |= at >= roster.gun_at[row]
        return
    if at < roster.gun_at[row] or (metres and not possible):
        return
    proofs.seen_by_a_person[row] = True
    proofs.at[row], proofs.seq[row] = at, logged.seq
    ahead = [m for m in possible if m >= before_m]
    if ahead:
        proofs.metres[row] = ahead[0]
    if end < 0 or proofs.finish_at[row] >= 0 or end not in places.columns(sighting.place):
        return
    if points.distance_m[race, end] in possible:
        proofs.metres[row] = points.distance_m[race, end]
        proofs.finish_at[row], proofs.finish_seq[row] = at, logged.seq
