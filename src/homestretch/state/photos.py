"""Pictures from their facts: the judgement that knew most of the camera's clock holds, and people before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from homestretch.facts import (
    FactId,
    PhotoAnswered,
    PhotoClaimed,
    PhotoLocked,
    PhotoLooked,
    PhotoTagged,
    PhotoTaken,
    PhotoTakenDown,
    Sighting,
)
from homestretch.race.spelling import bib_key
from homestretch.state.columns import Columns
from homestretch.state.photo_copies import with_copies
from homestretch.state.photo_values import LOCK_MS, UNKNOWN, Photo, PhotoTag, Rival
from homestretch.state.photo_words import list_holding as _holding
from homestretch.state.photo_words import with_places, with_words

OF_PHOTO: Final = "photos:"
"""How the source of a sighting begins that a picture made; its name follows."""


class _Aspect(msgspec.Struct):
    aspect: float = 1.0


class _Said(NamedTuple):
    """What was found and said, by picture; the last word of a person on a bib counts."""

    looks: dict[str, PhotoLooked]
    tags: dict[str, list[PhotoTagged]]
    answers: dict[str, dict[str, PhotoAnswered]]
    claims: dict[str, dict[str, PhotoClaimed]]
    locked: set[str]
    down: set[str]
    sightings: dict[tuple[str, str], FactId]
    """(picture, bib key) -> the sighting that its tag made"""


def list_photos(columns: Columns, void: frozenset[int], until: int) -> tuple[Photo, ...]:
    """Every picture that came in, the newest first. Answers are ordered by (seen_at, fact id)."""
    taken: dict[str, PhotoTaken] = {}
    for fact in _holding(columns, PhotoTaken, void, until):
        taken.setdefault(fact.photo, fact)
    if not taken:
        return ()
    taken = with_places(columns, void, until, taken)
    said = _listen(columns, void, until, taken)
    came = {
        fact.photo: logged.received_at for logged, fact in reversed(columns.of_kind(PhotoTaken))
    }
    photos = tuple(_photo(fact, came[fact.photo], said) for fact in taken.values())
    photos = with_words(columns, void, until, photos, taken)
    return tuple(sorted(photos, key=lambda one: (-one.taken_at, one.photo)))


def _listen(
    columns: Columns, void: frozenset[int], until: int, taken: dict[str, PhotoTaken]
) -> _Said:
    tags: dict[str, list[PhotoTagged]] = defaultdict(list)
    for tagged in _holding(columns, PhotoTagged, void, until):
        tags[tagged.photo].append(tagged)
    answers: dict[str, dict[str, PhotoAnswered]] = defaultdict(dict)
    for answered in _holding(columns, PhotoAnswered, void, until):
        answers[answered.photo][bib_key(answered.bib)] = answered
    claims: dict[str, dict[str, PhotoClaimed]] = defaultdict(dict)
    for claimed in _holding(columns, PhotoClaimed, void, until):
        claims[claimed.photo][bib_key(claimed.bib)] = claimed
    looks: dict[str, PhotoLooked] = {}
    for looked in _holding(columns, PhotoLooked, void, until):
        looks.setdefault(looked.photo, looked)
    named = {fact.photo for fact in _holding(columns, PhotoLocked, void, until)}
    locked = with_copies(_with_bursts(named, taken), taken)
    down = {fact.photo for fact in _holding(columns, PhotoTakenDown, void, until)}
    sightings = {
        (logged.id.source.removeprefix(OF_PHOTO), bib_key(fact.bib)): logged.id
        for logged, fact in columns.of_kind(Sighting)
        if logged.id.source.startswith(OF_PHOTO) and logged.seq not in void
    }
    return _Said(looks, tags, answers, claims, locked, down, sightings)


def _with_bursts(named: set[str], taken: dict[str, PhotoTaken]) -> set[str]:
    """Pictures that were named, and those of the same camera within seconds. One without a time of its own has no
    burst: many that come in together have the same moment, and are of the whole day."""
    by_camera: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    timed = {name: fact for name, fact in taken.items() if fact.timed}
    for fact in timed.values():
        by_camera[fact.place, fact.camera].append((fact.seen_at, fact.photo))
    for shots in by_camera.values():
        shots.sort()
    locked = set(named)
    for photo in named & timed.keys():
        fact = timed[photo]
        shots = by_camera[fact.place, fact.camera]
        first = bisect_left(shots, (fact.seen_at - LOCK_MS, ""))
        last = bisect_right(shots, (fact.seen_at + LOCK_MS + 1, ""))
        locked.update(other for _, other in shots[first:last])
    return locked


def _photo(fact: PhotoTaken, came_at: int, said: _Said) -> Photo:
    judged = said.tags.get(fact.photo, [])
    most = max((tag.reads for tag in judged), default=-1)
    newest = [tag for tag in judged if tag.reads == most]
    answers = said.answers.get(fact.photo, {})
    claims = said.claims.get(fact.photo, {})
    look = said.looks.get(fact.photo)
    return Photo(
        photo=fact.photo,
        place=fact.place,
        kept=fact.kept,
        camera=fact.camera,
        timed=fact.timed,
        seen_at=fact.seen_at,
        came_at=came_at,
        taken_at=max((tag.seen_at for tag in newest), default=fact.seen_at),
        likeness=fact.likeness,
        look=look.look if look else "",
        aspect=_aspect(look.look) if look else 1.0,
        failed=look.failed if look else "",
        reads=most,
        tags=_tags(newest, answers, claims, said.sightings),
        denied=_denied(answers, claims),
        claimed=frozenset(claims),
        locked=fact.photo in said.locked,
        down=fact.photo in said.down,
    )


def _aspect(look: str) -> float:
    return msgspec.json.decode(look, type=_Aspect).aspect if look else 1.0


def _rivals(tag: PhotoTagged) -> tuple[Rival, ...]:
    """The rivals with what the judgement says of each; an early one says no more than their bibs."""
    said = zip_longest(tag.rivals, tag.odds[: len(tag.rivals)], tag.due[1 : 1 + len(tag.rivals)])
    return tuple(
        Rival(bib, UNKNOWN if p is None else p, UNKNOWN if due_at is None else due_at)
        for bib, p, due_at in said
    )


def _denied(answers: dict[str, PhotoAnswered], claims: dict[str, PhotoClaimed]) -> frozenset[str]:
    """Who is not in it, as bib keys: by a word of those who look after pictures, or by their own, which is the last."""
    said = {key for key, one in answers.items() if one.answer == "not-there"}
    return frozenset(said | {key for key, one in claims.items() if one.answer == "not-me"})


def _tags(
    judged: list[PhotoTagged],
    answers: dict[str, PhotoAnswered],
    claims: dict[str, PhotoClaimed],
    sightings: dict[tuple[str, str], FactId],
) -> tuple[PhotoTag, ...]:
    found: dict[str, PhotoTag] = {}
    for tag in judged:
        key = bib_key(tag.bib)
        if tag.bib and (key not in found or tag.p > found[key].p):
            made = sightings.get((tag.photo, key))
            found[key] = PhotoTag(
                tag.bib,
                tag.p,
                tag.read,
                _rivals(tag),
                tag.box,
                False,
                made,
                next(iter(tag.due), UNKNOWN),
            )
    denied = _denied(answers, claims)
    said: dict[str, PhotoAnswered | PhotoClaimed] = {**claims, **answers}
    for key, answer in said.items():
        before = found.pop(key, PhotoTag(answer.bib, 1.0))
        if key not in denied:
            found[key] = PhotoTag(
                answer.bib, 1.0, before.read, (), before.box, True, before.sighting
            )
    return tuple(sorted(found.values(), key=lambda tag: (-tag.p, tag.bib)))
