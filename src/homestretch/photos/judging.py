"""All pictures of a day, judged together: cameras' clocks from what is read whole, then whose each picture is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from homestretch.photos.camera import (
    CameraClock,
    Due,
    Sample,
    expect,
    find_clock,
    known_without,
    list_samples,
)
from homestretch.photos.deciding import REVIEW, Candidate, Expected, decide
from homestretch.photos.values import SeenNumber
from homestretch.state.photo_values import Photo

BURST_MS: Final = 3_000
"""Pictures of one camera so near in time are one burst: they do not tell the clock for each other."""
MOST_SAMPLES: Final = 200
"""A clock is told by so many reads near a picture: a camera may be set in between."""


class Shot(NamedTuple):
    """A picture that was looked at. ``taken_at`` is the camera's clock (UTC ms), None where it says none."""

    photo: str
    place: str
    camera: str
    taken_at: int | None
    seen: tuple[SeenNumber, ...]


class Judged(NamedTuple):
    """Whose a picture may be. ``taken_at`` is the event's time of it where the clock is known."""

    photo: str
    candidates: tuple[Candidate, ...]
    taken_at: int | None
    clock: CameraClock


def judge(shots: Sequence[Shot], due: Mapping[str, Mapping[str, Due]]) -> list[Judged]:
    """Judge all pictures. ``due`` is, by place, when everybody is there; everybody in it may be in a picture."""
    samples = _samples(shots, due)
    clocks = {camera: find_clock(known) for camera, known in samples.items()}
    judged = []
    for shot in shots:
        there = due.get(shot.place, {})
        clock = _clock_of(shot, samples.get(_camera(shot), []), clocks.get(_camera(shot)))
        found = decide(shot.seen, expect(there, shot.taken_at, clock, known=False))
        likely = tuple(one for one in found if one.p >= REVIEW)
        at = shot.taken_at
        known = at is not None and clock.is_known
        corrected = at + round(clock.behind_s * 1000) if at is not None and known else None
        judged.append(Judged(shot.photo, likely, corrected, clock))
    return judged


def list_clocks(
    shots: Sequence[Shot], due: Mapping[str, Mapping[str, Due]]
) -> dict[str, CameraClock]:
    """Camera → its clock, from all of its pictures."""
    samples = _samples(shots, due)
    cameras = {_camera(shot) for shot in shots if shot.taken_at is not None}
    return {camera: find_clock(samples.get(camera, [])) for camera in sorted(cameras)}


def _camera(shot: Shot) -> str:
    """A picture whose camera is unknown tells the clock of no other place."""
    return shot.camera or f"a camera at {shot.place}"


def _samples(
    shots: Sequence[Shot], due: Mapping[str, Mapping[str, Due]]
) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for shot in shots:
        there = due.get(shot.place, {})
        untimed = decide(shot.seen, Expected({}, frozenset(there)))
        found[_camera(shot)] += list_samples(shot.photo, shot.taken_at, untimed, there)
    return dict(found)


def _clock_of(shot: Shot, samples: list[Sample], whole: CameraClock | None) -> CameraClock:
    """The clock of a picture's camera, told by the pictures outside its burst, the nearest in time."""
    if shot.taken_at is None or whole is None:
        return find_clock([])
    at = shot.taken_at
    burst = {one.photo for one in samples if abs(one.taken_at - at) <= BURST_MS}
    if not burst and len(samples) <= MOST_SAMPLES:
        return whole
    near = sorted(samples, key=lambda one: abs(one.taken_at - at))[:MOST_SAMPLES]
    return known_without(near, burst)


def list_known_clocks(photos: Sequence[Photo]) -> tuple[str, ...]:
    """What is known of each camera's clock, in a sentence, from the judgements that hold."""
    newest: dict[str, Photo] = {}
    for photo in photos:
        if photo.timed and photo.reads > newest.get(photo.camera, photo).reads - 1:
            newest[photo.camera] = photo
    return tuple(
        CameraClock(
            (one.taken_at - one.seen_at) / 1000, max(one.reads, 0), 0.0, max(one.reads, 0)
        ).say()
        for _, one in sorted(newest.items())
    )
