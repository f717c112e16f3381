"""Pictures: whose they may be, to be answered with one tap; which cameras' clocks are known; who has none yet."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from homestretch.boards import Board, BoardKind, Choices
from homestretch.boards.entering import Notice, check_may_enter, name_place
from homestretch.boards.finishers import CROSSED
from homestretch.boards.frame import make_frame
from homestretch.boards.pictured import LOOKS_AFTER
from homestretch.boards.picturing import Staying, find_pictured, list_staying
from homestretch.boards.witnesses import WitnessRow, list_witnesses
from homestretch.photos.deciding import AUTO
from homestretch.photos.judging import list_known_clocks
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import said
from homestretch.race.spelling import bib_key
from homestretch.showing import shown
from homestretch.state.photo_values import UNKNOWN, Photo, PhotoTag, Rival
from homestretch.state.snapshot import NEVER, Status

WHO: Final = LOOKS_AFTER
SHOWN: Final = 30
AROUND: Final = 1.2
"""So much of a number's own size is shown around it."""
ON_COURSE: Final = (Status.STARTED, Status.MOVED_UP, Status.FINISHED, Status.FINISHED_LATE)


class Crop(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a picture to look at: x, y, width, height in heights of the picture, ``aspect`` is its width."""

    x: float
    y: float
    width: float
    height: float
    aspect: float


class MayBe(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be in a picture: the posterior ``p`` in percent, and when they were expected there (``due_at``,
    UTC ms); None where nobody knows. Not ``known``: nobody in this event has that bib, so it answers nothing."""

    who: Shown
    known: bool
    p: int | None = None
    due_at: int | None = None


class PhotoRow(msgspec.Struct, frozen=True, kw_only=True):
    """A picture and a bib that may be in it. ``read`` is what stood there, ``p`` the posterior in percent,
    ``candidates`` that bib, and who else it may be; ``taken_at`` UTC ms, ``timed``: by a clock that is known."""

    photo: str
    place: str
    taken_at: int
    timed: bool
    who: Shown
    read: str
    p: int
    candidates: tuple[MayBe, ...]
    crop: Crop
    answered: bool
    witnesses: tuple[WitnessRow, ...] = ()


class ToldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to look at as a whole: one beside which somebody said what they saw, or of which nobody knows where it
    was taken. ``taken_at`` UTC ms."""

    photo: str
    place: str
    taken_at: int
    crop: Crop
    witnesses: tuple[WitnessRow, ...]


class PhotosBoard(Board, frozen=True, kw_only=True):
    """``questions``: what a person should answer, the likeliest first; ``tagged``: the newest tags. ``cameras``
    say their clock; ``staying``: until when each place of pictures is worth it; ``without``: who came home in no
    picture, the first by bib. ``unplaced``: pictures of which nobody knows at which of the ``places`` (id, name) they
    were taken. ``told``: those beside which somebody said what they saw, the newest first. ``at`` (UTC ms) names the
    forms."""

    at: int
    photos: int
    waiting: int
    failed: int
    pictured: int
    unpictured: int
    asked: int
    questions: tuple[PhotoRow, ...]
    tagged: tuple[PhotoRow, ...]
    cameras: tuple[str, ...]
    staying: tuple[Staying, ...]
    without: tuple[Shown, ...]
    unplaced: tuple[ToldRow, ...] = ()
    told: tuple[ToldRow, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, _: Choices) -> PhotosBoard:
    """The page; RefusedError for other roles."""
    check_may_enter(viewer, WHO)
    usable = [photo for photo in picture.state.photos if photo.usable]
    pairs = [(photo, tag) for photo in usable for tag in (*photo.tags, *_meant(photo))]
    questions = [pair for pair in pairs if _is_question(pair[1])]
    tagged = [pair for pair in pairs if not _is_question(pair[1])]
    questions.sort(key=lambda pair: (-pair[1].p, pair[0].photo))
    pictured = find_pictured(picture)
    there = np.isin(picture.state.status, [int(status) for status in ON_COURSE])
    return PhotosBoard(
        frame=make_frame(picture, viewer),
        at=picture.now,
        photos=len(usable),
        waiting=sum(not photo.look and not photo.failed for photo in usable),
        failed=sum(bool(photo.failed) for photo in usable),
        pictured=int((there & pictured).sum()),
        unpictured=int((there & ~pictured).sum()),
        asked=len(questions),
        questions=tuple(_row(picture, viewer, *pair) for pair in questions[:SHOWN]),
        tagged=tuple(_row(picture, viewer, *pair) for pair in tagged[:SHOWN]),
        cameras=list_known_clocks(usable),
        unplaced=_told(picture, [photo for photo in usable if not photo.place]),
        told=_told(picture, [photo for photo in usable if photo.witnesses]),
        places=tuple((point.id, point.name) for point in picture.event.points),
        staying=list_staying(picture, viewer),
        without=_list_without(picture, viewer),
    )


def _meant(photo: Photo) -> tuple[PhotoTag, ...]:
    """Whom a witness meant to take, of whom nothing was read and nothing answered: a question, never a tag."""
    known = {bib_key(tag.bib) for tag in photo.tags} | photo.denied
    bibs = dict.fromkeys(one.bib for one in photo.witnesses if one.bib)
    return tuple(PhotoTag(bib, 0.0) for bib in bibs if bib_key(bib) not in known)


def _told(picture: Picture, photos: list[Photo]) -> tuple[ToldRow, ...]:
    return tuple(
        ToldRow(
            photo=photo.photo, place=name_place(picture.event, photo.place), taken_at=photo.taken_at,
            crop=_crop(photo.aspect, ()), witnesses=list_witnesses(picture, photo),
        )
        for photo in photos[:SHOWN]
    )  # fmt: skip


def _list_without(picture: Picture, viewer: Viewer) -> tuple[Shown, ...]:
    # Who needed care or a ride behind the line has finished like everybody.
    home = np.isin(picture.state.status, CROSSED) & (picture.state.gun_ms != NEVER)
    rows = np.flatnonzero(home & ~find_pictured(picture)).tolist()
    bibs = picture.state.roster.bibs
    rows.sort(key=lambda row: (len(bibs[row]), bibs[row]))
    return tuple(shown(picture, viewer, row) for row in rows[:SHOWN])


def _is_question(tag: PhotoTag) -> bool:
    return not tag.answered and tag.p < AUTO


def _row(picture: Picture, viewer: Viewer, photo: Photo, tag: PhotoTag) -> PhotoRow:
    tagged = Rival(tag.bib, UNKNOWN if tag.answered or not tag.read else tag.p, tag.due_at)
    candidates = tuple(_may_be(picture, viewer, one) for one in (tagged, *tag.rivals))
    return PhotoRow(
        photo=photo.photo,
        place=name_place(picture.event, photo.place),
        taken_at=photo.taken_at,
        timed=photo.timed and photo.taken_at != photo.seen_at,
        who=candidates[0].who,
        read=tag.read,
        p=round(100 * tag.p),
        candidates=candidates,
        crop=_crop(photo.aspect, tag.box),
        answered=tag.answered,
        witnesses=list_witnesses(picture, photo),
    )


def _may_be(picture: Picture, viewer: Viewer, one: Rival) -> MayBe:
    row = picture.state.roster.find_row(one.bib)
    nobody = Shown(name=said("nobody has this bib"), bib=one.bib)
    return MayBe(
        who=nobody if row is None else shown(picture, viewer, row),
        known=row is not None,
        p=None if one.p == UNKNOWN else round(100 * one.p),
        due_at=None if one.due_at == UNKNOWN else one.due_at,
    )


def _crop(aspect: float, box: tuple[float, ...]) -> Crop:
    """The number with what is around it; the whole picture where no place is known."""
    if len(box) != 4:
        return Crop(x=0.0, y=0.0, width=aspect, height=1.0, aspect=aspect)
    x, y, width, height = box[0] * aspect, box[1], box[2] * aspect, box[3]
    more_x, more_y = AROUND * width, 2 * AROUND * height
    return Crop(
        x=round(x - more_x, 4), y=round(y - more_y, 4), width=round(width + 2 * more_x, 4),
        height=round(height + 2 * more_y, 4), aspect=round(aspect, 4),
    )  # fmt: skip


def pulse(picture: Picture, _: Choices) -> object:
    """A picture came, was judged or answered."""
    return picture.state.photos


BOARD = BoardKind(
    pulse=pulse,
    name="photos",
    path="/{event}/photos",
    who=WHO,
    choices=Choices,
    rows=rows,
    template="photos.html",
)
