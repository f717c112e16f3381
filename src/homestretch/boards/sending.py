"""Where pictures are sent from: a phone at a point, or a photographer's laptop with a card full of them."""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.boards import Board, BoardKind, Choices, Text
from homestretch.boards.entering import Notice, check_may_enter
from homestretch.boards.frame import make_frame
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer

WHO: Final[frozenset[Role]] = frozenset({"station", "photographer", "control", "director"})


class SendingChoices(Choices, frozen=True, kw_only=True):
    """``point``: where the pictures were taken, by its id."""

    point: Text = ""


class Place(msgspec.Struct, frozen=True):
    """A point of the plan at which pictures may have been taken."""

    id: str
    name: str


class SendingBoard(Board, frozen=True, kw_only=True):
    """``own`` is the one point for which this key speaks (None: it may say any of ``places``, ``point`` is the one that
    was chosen). ``came``: pictures that came in, from the own point where there is one; ``waiting``: of these so
    many were not looked at yet."""

    own: Place | None
    point: str
    places: tuple[Place, ...]
    came: int
    waiting: int
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: SendingChoices) -> SendingBoard:
    """The page; RefusedError for other roles."""
    check_may_enter(viewer, WHO)
    places = tuple(Place(point.id, point.name) for point in picture.event.points)
    own = next((place for place in places if viewer.station and place.id == viewer.station), None)
    photos = [
        photo
        for photo in picture.state.photos
        if photo.usable and (own is None or photo.place == own.id)
    ]
    return SendingBoard(
        frame=make_frame(picture, viewer),
        own=own,
        point=choices.point if any(place.id == choices.point for place in places) else "",
        places=places,
        came=len(photos),
        waiting=sum(not photo.look and not photo.failed for photo in photos),
    )


BOARD = BoardKind(
    name="sending",
    path="/{event}/sending",
    who=WHO,
    choices=SendingChoices,
    rows=rows,
    template="sending.html",
)
