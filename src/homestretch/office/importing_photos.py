"""`homestretch photos import`: pictures of a folder into an event, while it runs or after.

::

    files ─► kept, PhotoTaken ─► looked at in other processes, PhotoLooked ─► judged, PhotoTagged, Sighting

Each step is durable before the next: broken off and started again, no picture is kept twice, looked at twice
or lost. What was looked at is judged anew each time, since a camera's clock may be known by now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from homestretch.errors import HomestretchError, PlanError
from homestretch.facts import (
    PhotoLooked,
    PhotoTaken,
    received,
)
from homestretch.jobs import WorkerDied, open_executor, work
from homestretch.office.judging_photos import SOURCE, judge_pictures, state_of
from homestretch.office.picture_turns import Turn
from homestretch.photos.camera import CameraClock
from homestretch.photos.deciding import AUTO
from homestretch.photos.likeness import is_alike, likeness_of
from homestretch.photos.looking import look_at, warm_up
from homestretch.photos.opening import Origin, PhotoRefused, open_photo, small_jpeg
from homestretch.race.event import Event
from homestretch.race.saying import said
from homestretch.race.spelling import place_key
from homestretch.state.photo_values import Photo
from homestretch.store.opening import Store
from homestretch.store.pictures import Pictures, name_of

AT_ONCE: Final = max(8, 2 * (os.cpu_count() or 1))
"""Pictures that are looked at before those that came meanwhile have their turn: some seconds' worth."""
TURN_S: Final = 10.0
"""So long pictures are kept before others who want to have their turn."""
SHARE: Final = 10
"""Looking takes at least so many times as long as judging in between."""
SMALL_PX: Final = 960
"""Longest side of the small one that people work with."""


class Told(NamedTuple):
    """Pictures that were imported: how many are new and were known before; (name, why) of those refused."""

    new: int
    known: int
    refused: tuple[tuple[str, str], ...]


class Seen(NamedTuple):
    """What came of the looks and of the judging: pictures looked at, (picture, why) of those that failed,
    tags made, questions for a person, pictures of nobody, and each camera's clock."""

    looked: int
    failed: tuple[tuple[str, str], ...]
    tagged: int
    questions: int
    nobody: int
    clocks: Mapping[str, CameraClock]


def find_place(event: Event, name: str) -> str:
    """The id of the point that is meant by ``--at``; PlanError with those there are."""
    for point in event.points:
        if place_key(name) in (place_key(point.id), place_key(point.name)):
            return point.id
    known = ", ".join(point.id for point in event.points)
    raise PlanError(f"The plan has no point {name!r}.", f"Take one of: {known}.")


def take_pictures(
    store: Store,
    pictures: Pictures,
    event: Event,
    files: Iterable[Path],
    place: str,
    now: int,
    turn: Turn = nullcontext,
) -> Told:
    """Keep the pictures among these files and say so in the log. What is no picture is refused with a reason;
    what was taken down before does not come in again. A large card takes more than one ``turn``."""
    left, told = deque(files), Told(0, 0, ())
    while left:
        with turn():
            some = _take_some(store, pictures, event, left, place, now)
        told = Told(told.new + some.new, told.known + some.known, told.refused + some.refused)
    return told


def _take_some(
    store: Store, pictures: Pictures, event: Event, files: deque[Path], place: str, now: int
) -> Told:
    """Take files away from the left for as long as a turn lasts."""
    state = state_of(store, now)
    known = {one.photo for one in state.photos}
    down = [one.likeness for one in state.photos if one.down]
    new = again = 0
    refused: list[tuple[str, str]] = []
    began_s = time.monotonic()
    while files and time.monotonic() - began_s < TURN_S:
        file = files.popleft()
        try:
            data = file.read_bytes()
            photo = name_of(data)
            if photo in known:
                again += 1
                continue
            fact = keep_picture(pictures, event, data, place, now, down)
        except (OSError, HomestretchError) as error:
            refused.append((file.name, str(error)))
            continue
        store.log.append([received(fact, SOURCE, now, number_of(photo))])
        known.add(photo)
        new += 1
    return Told(new, again, tuple(refused))


def keep_picture(
    pictures: Pictures,
    event: Event,
    data: bytes,
    place: str,
    now: int,
    down: Sequence[str],
    find_place: Callable[[Origin, int], str] | None = None,
    by: str = "",
) -> PhotoTaken:
    """Keep a picture and its small one; the fact of it. Without a ``place`` it is what ``find_place`` makes of where it
    says it was taken, and when (UTC ms). PhotoRefused for what is no picture, and for what looks like
    one that was taken down (``down``: their likenesses)."""
    photo = name_of(data)
    opened = open_photo(data, SMALL_PX)
    likeness = likeness_of(opened.pixels)
    if any(is_alike(likeness, other) for other in down):
        raise taken_down()
    kept = pictures.keep(photo, opened.format, data)
    pictures.keep_small(photo, small_jpeg(opened.pixels))
    at = camera_time(opened.origin, event)
    if not place and find_place is not None:
        place = find_place(opened.origin, now if at is None else at)
    return PhotoTaken(
        seen_at=now if at is None else at, photo=photo, place=place, kept=kept,
        camera=_camera_name(opened.origin.camera, by), timed=at is not None, likeness=likeness, by=by,
    )  # fmt: skip


def taken_down() -> PhotoRefused:
    """Why a picture that was taken down is refused, whether its bytes are the same or it only looks alike."""
    return PhotoRefused(said("This picture was taken down."), said("It does not come in again."))


def _camera_name(camera: str, by: str) -> str:
    """Tells cameras apart without the serial number: that names somebody's property for ever. Phones say no more than
    their model, so whose key sent the picture (``by``) is part of what makes two cameras one."""
    if not camera:
        return ""
    named = f"{camera}\0{by}" if by else camera
    return hashlib.sha256(named.encode()).hexdigest()[:8]


def camera_time(origin: Origin, event: Event) -> int | None:
    """The camera's own time, UTC ms; read in the event's zone where it names none. None where it has none."""
    try:
        shown = dt.datetime.strptime(origin.taken, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone follows
    except ValueError:
        return None
    zone: dt.tzinfo = event.zone_info
    if origin.offset:
        try:
            zone = dt.datetime.strptime(origin.offset.replace(":", ""), "%z").tzinfo or zone
        except ValueError:
            zone = event.zone_info
    at = int(shown.replace(tzinfo=zone).timestamp()) * 1000
    return at if at > 0 else None


def see_pictures(
    store: Store,
    url: str,
    event: Event,
    now: Callable[[], int],
    open_: Callable[[], Executor] = open_executor,
    *,
    before_round: Callable[[], None] = lambda: None,
    at_once: int = AT_ONCE,
    turn: Turn = nullcontext,
) -> Seen:
    """Look at every picture that nobody has looked at, ``at_once`` at a time and the newest to come first, so that one
    sent by a phone waits for no photographer's card; in between, and at the end, judge all of them. What comes in
    meanwhile has its turn: ``before_round`` may let in more. Each round is a ``turn``, and sees what others did before."""
    looked, failed, took_s, judged_s = 0, dict[str, str](), 0.0, -math.inf
    while True:
        with turn():
            before_round()
            photos = [one for one in state_of(store, now()).photos if _waits(one)]
            photos = [one for one in photos if one.photo not in failed]
            if not photos:
                judged, clocks = judge_pictures(store, event, now())
                break
            photos.sort(key=lambda one: (-one.came_at, one.photo))
            for photo, why in _look(store, url, photos[:at_once], now, open_):
                if why:
                    failed[photo] = why
                else:
                    looked += 1
            began_s = time.monotonic()
            if began_s - judged_s >= SHARE * took_s:
                judge_pictures(store, event, now())
                judged_s = time.monotonic()
                took_s = judged_s - began_s
    tagged = sum(one.p >= AUTO for j in judged for one in j.candidates)
    asked = sum(one.p < AUTO for j in judged for one in j.candidates)
    nobody = sum(not j.candidates for j in judged)
    return Seen(looked, tuple(failed.items()), tagged, asked, nobody, clocks)


def _look(
    store: Store,
    url: str,
    photos: Sequence[Photo],
    now: Callable[[], int],
    open_: Callable[[], Executor],
) -> Iterator[tuple[str, str]]:
    """(picture, why it could not be looked at) as they are done, each in the log by then."""
    waiting = {one.kept: one.photo for one in photos}
    for done in work(partial(_look_at_kept, url), list(waiting), open_):
        photo, why = waiting[done.thing], "" if done.error is None else str(done.error)
        if not isinstance(done.error, WorkerDied):  # else it waits for another time
            fact = PhotoLooked(seen_at=now(), photo=photo, look=done.found or "", failed=why)
            store.log.append([received(fact, SOURCE, now(), number_of(photo))])
        yield photo, why


def _waits(one: Photo) -> bool:
    return one.usable and not one.look and not one.failed


def _look_at_kept(url: str, kept: str) -> str:
    """The slow work, in whatever process: a pure function of the bytes that are kept. Its look as the fact keeps it:
    one that cannot be kept is an error of this picture alone, and holds up no other."""
    warm_up()
    return msgspec.json.encode(look_at(Pictures(url).get(kept))).decode()


def number_of(photo: str) -> int:
    """A number of the picture's own: what is said of it once has one identity."""
    return int(photo[:15], 16)
