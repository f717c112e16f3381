"""The pictures of one runner, for themselves by their private link and for those who look after pictures."""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.boards.entering import name_place
from homestretch.picture import Picture
from homestretch.race.privacy import Role
from homestretch.race.spelling import bib_key
from homestretch.showing import is_sure

LOOKS_AFTER: Final[frozenset[Role]] = frozenset({"control", "director"})
"""Who works with pictures, and sees all that may be used."""
MOST_PHOTOS: Final = 60


class OwnPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A picture with the entrant's bib in it; ``sure``: it is theirs, else they are asked. ``said``: they said that it
    is them; ``chosen``: the desk chose it for a story. Faces of all others are blurred."""

    photo: str
    aspect: float
    place: str
    taken_at: int
    sure: bool
    said: bool
    chosen: bool


def list_own_photos(picture: Picture, row: int) -> tuple[OwnPhoto, ...]:
    """The pictures in which the runner of a row is, or may be, the newest first: theirs before those that are not sure."""
    roster = picture.state.roster
    stand = {word.photo for word in picture.state.stories if word.kind == "story-pictured"}
    found = [
        OwnPhoto(
            photo=photo.photo,
            aspect=photo.aspect,
            place=name_place(picture.event, photo.place),
            taken_at=photo.taken_at,
            sure=is_sure(tag),
            said=bib_key(tag.bib) in photo.claimed,
            chosen=photo.photo in stand,
        )
        for photo in picture.state.photos
        if photo.usable and photo.kept
        for tag in photo.tags
        if roster.find_row(tag.bib) == row
    ]
    return tuple(sorted(found, key=lambda one: not one.sure)[:MOST_PHOTOS])
