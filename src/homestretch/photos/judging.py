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
from homestretch.photos.deciding import AUTO, REVIEW, Candidate, Expected, decide
from homestretch.photos.values import SeenNumber
from homestretch.state.photo_values import Photo

BURST_MS: Final = 3_000
"""Pictures of one camera so near in time are one burst: they do not tell the clock for each other, and are mostly of
the same people."""
P_STAYS: Final = 0.8
"""Of the prior so much is for those who are surely in another picture of the burst."""
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
    there = {
        shot.photo: _expected(shot, due, samples.get(_camera(shot), []), clocks.get(_camera(shot)))
        for shot in shots
    }
    alone = {shot.photo: decide(shot.seen, there[shot.photo].expected) for shot in shots}
    together = _list_together(shots)
    judged = []
    for shot in shots:
        found, clock = alone[shot.photo], there[shot.photo].clock
        sure = _sure_in([alone[other] for other in together.get(shot.photo, ())])
        if raised := raise_sure(there[shot.photo].expected, sure):
            found = decide(shot.seen, raised)
        likely = tuple(one for one in found if one.p >= REVIEW)
        at = shot.taken_at
        known = at is not None and clock.is_known
        corrected = at + round(clock.behind_s * 1000) if at is not None and known else None
        judged.append(Judged(shot.photo, likely, corrected, clock))
    return judged


class _There(NamedTuple):
    """Who may be in a picture, by the clock of its camera."""

    expected: Expected
    clock: CameraClock


def _expected(
    shot: Shot,
    due: Mapping[str, Mapping[str, Due]],
    samples: list[Sample],
    whole: CameraClock | None,
) -> _There:
    clock = _clock_of(shot, samples, whole)
    return _There(expect(due.get(shot.place, {}), shot.taken_at, clock, known=False), clock)


def _list_together(shots: Sequence[Shot]) -> dict[str, tuple[str, ...]]:
    """Picture → the others of its burst; who stands alone is left out."""
    timed = [(_camera(shot), shot.taken_at, shot) for shot in shots if shot.taken_at is not None]
    timed.sort(key=lambda one: (one[0], one[1], one[2].photo))
    near: dict[str, list[str]] = defaultdict(list)
    for at, (camera, taken_at, shot) in enumerate(timed):
        for other_camera, later, other in timed[at + 1 :]:
            if other_camera != camera or later - taken_at > BURST_MS:
                break
            if other.place == shot.place:
                near[shot.photo].append(other.photo)
                near[other.photo].append(shot.photo)
    return {photo: tuple(others) for photo, others in near.items()}


def _sure_in(found: Sequence[Sequence[Candidate]]) -> dict[str, float]:
    """Bib → its best posterior among other pictures, of those that would be tagged by themselves there."""
    sure: dict[str, float] = {}
    for one in (one for several in found for one in several if one.p >= AUTO):
        sure[one.bib] = max(one.p, sure.get(one.bib, 0.0))
    return sure


def raise_sure(expected: Expected, sure: Mapping[str, float]) -> Expected | None:
    """Who is surely in another picture of the burst is likely in this one: together they get ``P_STAYS`` of the
    prior. None where that changes nothing. Each picture's own numbers count for itself once: what is raised comes
    from what the others showed alone."""
    there = {bib: p for bib, p in sure.items() if bib in expected.weights}
    if not there:
        return None
    total = sum(expected.weights.values()) * P_STAYS / (1 - P_STAYS)
    more = {bib: total * p / sum(there.values()) for bib, p in there.items()}
    weights = {bib: weight + more.get(bib, 0.0) for bib, weight in expected.weights.items()}
    return Expected(weights, expected.others)


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
