"""Every picture of an event that was looked at, judged by what is known now; what is new of it is kept as facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np

from homestretch.errors import PlanError
from homestretch.facts import AnyFact, PhotoTagged, Received, Sighting, received
from homestretch.photos.camera import CameraClock, Due
from homestretch.photos.deciding import AUTO, Candidate
from homestretch.photos.expecting import list_due
from homestretch.photos.judging import Judged, Shot, judge, list_clocks
from homestretch.photos.values import Look
from homestretch.race.event import Event
from homestretch.race.spelling import bib_key
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.photo_values import Photo
from homestretch.state.snapshot import State
from homestretch.store.opening import Store

SOURCE: Final = "photos"
BY: Final = "photos"
"""Who signs for a sighting that a picture made."""


def judge_pictures(
    store: Store, event: Event, now: int
) -> tuple[list[Judged], dict[str, CameraClock]]:
    """Judge every picture with what is known now, and keep what is new of it."""
    state = state_of(store, now)
    # Of a picture whose place nobody knows it is not known who was due there.
    photos = {one.photo: one for one in state.photos if one.look and one.usable and one.place}
    shots = [_shot(one) for one in photos.values()]
    places = {shot.place for shot in shots}
    due = {place: due_at(state, event, place) for place in places}
    judged = judge(shots, due)
    facts = [
        fact
        for one in judged
        for fact in _facts_of(one, photos[one.photo], due[photos[one.photo].place], now)
    ]
    if facts:
        store.log.append(facts)
    return judged, list_clocks(shots, due)


def due_at(state: State, event: Event, place: str) -> dict[str, Due]:
    """When everybody is at a point of the plan."""
    point = next((one for one in event.points if one.id == place), None)
    metres = {} if point is None else point.distance_m
    return list_due(state, np.array([metres.get(race.id, np.nan) for race in event.races]))


def _shot(one: Photo) -> Shot:
    look = msgspec.json.decode(one.look, type=Look)
    return Shot(one.photo, one.place, one.camera, one.seen_at if one.timed else None, look.seen)


def _facts_of(judged: Judged, before: Photo, due: Mapping[str, Due], now: int) -> list[Received]:
    """The judgement of a picture where it says something new, and a sighting for each bib that tags itself."""
    likely = [one for one in judged.candidates if bib_key(one.bib) not in before.denied]
    as_before = {tag.bib: round(tag.p, 2) for tag in before.tags if not tag.answered}
    answered = {bib_key(tag.bib) for tag in before.tags if tag.answered}
    if before.reads >= judged.clock.known_from or (
        before.reads >= 0
        and as_before
        == {one.bib: round(one.p, 2) for one in likely if bib_key(one.bib) not in answered}
    ):
        return []
    at = before.seen_at if judged.taken_at is None else judged.taken_at
    facts: list[AnyFact] = [
        PhotoTagged(
            seen_at=at, photo=judged.photo, bib=one.bib, p=round(one.p, 4), reads=judged.clock.known_from,
            read=one.read, rivals=tuple(rival.bib for rival in one.rivals),
            odds=tuple(round(rival.p, 4) for rival in one.rivals),
            due=_moments(one, due) if judged.taken_at is not None else (),
            box=tuple(round(value, 4) for value in one.box),
        )
        for one in likely
    ] or [PhotoTagged(seen_at=at, photo=judged.photo, reads=judged.clock.known_from)]  # fmt: skip
    seen = {tag.bib for tag in before.tags if tag.p >= AUTO}
    facts += [
        Sighting(seen_at=at, bib=one.bib, place=before.place, by=BY)
        for one in likely
        if one.p >= AUTO and judged.taken_at is not None and one.bib not in seen
    ]
    return [received(fact, f"{SOURCE}:{judged.photo}", now) for fact in facts]


def _moments(one: Candidate, due: Mapping[str, Due]) -> tuple[int, ...]:
    """When a candidate, and then each rival, is at the place of the picture; all of them are somewhere."""
    return tuple(due[bib].at for bib in (one.bib, *(rival.bib for rival in one.rivals)))


def state_of(store: Store, now: int) -> State:
    columns = Columns()
    columns.take(store.log.read_since(0))
    state = Fold(columns).state(now)
    if state is None:
        raise PlanError("This event was never started.", "Start it once: homestretch run DIR")
    return state
