"""What people said beside pictures: where each was taken, by whom it was sent, and what its witnesses saw."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import msgspec

from homestretch.facts import PhotoPlaced, PhotoTaken, PhotoWitnessed
from homestretch.state.columns import Columns, FactT
from homestretch.state.photo_values import Photo, Witness


def list_holding(
    columns: Columns, kind: type[FactT], void: frozenset[int], until: int
) -> list[FactT]:
    """The facts of a kind that hold. A camera whose clock is ahead is heard when its picture has come."""
    return [
        fact
        for logged, fact in columns.of_kind(kind)
        if logged.seq not in void and min(fact.seen_at, logged.received_at) <= until
    ]


def with_places(
    columns: Columns, void: frozenset[int], until: int, taken: dict[str, PhotoTaken]
) -> dict[str, PhotoTaken]:
    """Pictures with the place that a person said last, before what their upload or their position said."""
    said = {one.photo: one.place for one in list_holding(columns, PhotoPlaced, void, until)}
    return {
        photo: _at(fact, said[photo]) if photo in said else fact for photo, fact in taken.items()
    }


def _at(fact: PhotoTaken, place: str) -> PhotoTaken:
    return msgspec.structs.replace(fact, place=place)


def with_words(
    columns: Columns,
    void: frozenset[int],
    until: int,
    photos: tuple[Photo, ...],
    taken: dict[str, PhotoTaken],
) -> tuple[Photo, ...]:
    """Pictures with what stands beside them: who sent each, whether a person placed it, and its witnesses."""
    placed = {one.photo for one in list_holding(columns, PhotoPlaced, void, until)}
    seen: dict[str, list[Witness]] = defaultdict(list)
    for one in list_holding(columns, PhotoWitnessed, void, until):
        seen[one.photo].append(Witness(one.text_ref or "", one.quoted, one.bib, one.by))
    return tuple(
        replace(
            photo,
            by=taken[photo.photo].by,
            placed=photo.photo in placed,
            witnesses=tuple(seen.get(photo.photo, ())),
        )
        for photo in photos
    )
