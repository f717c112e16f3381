"""The picture of a story: which may be chosen, whether the chosen one may be shown now, and what is made of it.

A picture stands with a story when everybody who is in it agreed to photos (``showing``), nobody in it said no to this
story or "without my photo", and it shows somebody of the story. Everybody else's face is blurred.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from homestretch.photos.crediting import Credit
from homestretch.photos.developing import PHONE_PX, Order
from homestretch.photos.faces import find_faces, is_one_place, list_unseen_heads
from homestretch.photos.values import Box, Look, look_from
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.race.spelling import bib_key
from homestretch.showing import shown, who_is_in, why_not_publish_photo
from homestretch.state.photo_values import Photo
from homestretch.stories.consent import Said, answer_of, may_show_in_photo
from homestretch.stories.gate import PUBLIC
from homestretch.stories.values import Story

NO_CREDIT: Final = Credit()
MOST: Final = 12
"""Pictures that the desk is offered for a story, the nearest to all of its people first."""
LEAST_DIGITS: Final = 2
"""A number of so many digits that nobody wears who agreed may be another's bib."""


class Offered(NamedTuple):
    """A picture that shows somebody of a story, how many of them, and why it may not stand with it (empty: it may)."""

    photo: Photo
    people: int
    why_not: tuple[str, ...]


def list_offered(picture: Picture, story: Story) -> tuple[Offered, ...]:
    """The pictures with people of a story: those that may stand with it first, then by how many they show."""
    bibs = {bib_key(picture.state.roster.bibs[row]) for row in story.rows}
    near = [
        photo
        for photo in picture.state.photos
        if photo.usable and any(bib_key(tag.bib) in bibs for tag in photo.tags)
    ]
    found = [
        Offered(
            photo,
            len(set(story.rows) & set(who_is_in(picture, photo).rows)),
            why_not_picture(picture, story, photo),
        )
        for photo in near
    ]
    found.sort(key=lambda one: (bool(one.why_not), -one.people, one.photo.photo))
    return tuple(found[:MOST])


def why_not_picture(picture: Picture, story: Story, photo: Photo) -> tuple[str, ...]:
    """Why a picture may not stand with a story, in words of the desk; empty: it may."""
    reasons = list(why_not_publish_photo(picture, photo))
    rows = who_is_in(picture, photo).rows
    if not set(rows) & set(story.rows):
        reasons.append(said("it shows nobody of this story"))
    for row in rows:
        if row in story.rows and not may_show_in_photo(picture, row, story.id):
            name = shown(picture, PUBLIC, row).name
            reasons.append(said("{name} did not say yes with a photo", name=name))
        elif row not in story.rows and _wants_no(picture, row):
            name = shown(picture, PUBLIC, row).name
            reasons.append(said("{name} wants to be in no story", name=name))
    return tuple(dict.fromkeys(reasons))


def _wants_no(picture: Picture, row: int) -> bool:
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    return answer_of(person, "") in ("no", "no-photo")


class StoryPhoto(NamedTuple):
    """The picture of a story as it may be shown now, and the order by which it is made."""

    photo: Photo
    rows: tuple[int, ...]
    order: Order


def find_photo(picture: Picture, story: Story, about: Said, credit: Credit) -> StoryPhoto | None:
    """The picture that was chosen for a story, if everybody in it lets it stand there; whoever took it must be named.
    ``credit`` has what was typed."""
    if about.pictured is None or not credit.credit:
        return None
    name = about.pictured.photo
    photo = next((one for one in picture.state.photos if one.photo == name), None)
    if photo is None or why_not_picture(picture, story, photo):
        return None
    rows = who_is_in(picture, photo).rows
    people = tuple(shown(picture, PUBLIC, row).name for row in rows)
    credit = msgspec.structs.replace(credit, people=people)
    return StoryPhoto(photo, rows, make_order(picture, photo, rows, credit))


def make_order(
    picture: Picture,
    photo: Photo,
    rows: Iterable[int],
    credit: Credit = NO_CREDIT,
    sizes: tuple[int, ...] = (),
) -> Order:
    """What is made of a picture that shows the faces and numbers of these rows, and of nobody else."""
    look = look_from(photo.look) if photo.look else Look(())
    mine = {bib_key(picture.state.roster.bibs[row]) for row in rows}
    worn = {bib_key(tag.bib): Box(*tag.box) for tag in photo.tags if len(tag.box) == 4}
    others = [one.box for one in look.seen if len(one.text) >= LEAST_DIGITS]
    numbers = [*worn.values(), *(box for box in others if not _is_one_of(box, worn.values()))]
    faces = find_faces(look.faces, numbers, photo.aspect)
    stay = [at for at, bib in enumerate(worn) if bib in mine]
    gone = [at for at in range(len(numbers)) if at not in stay]
    mine_too = tuple(faces[at] for at in stay if at in faces)
    plain = Order(
        photo=photo.photo,
        kept=photo.kept,
        shown=mine_too,
        hidden=(
            *(face for face in look.faces if face not in mine_too),
            *(numbers[at] for at in gone),
        ),
        heads=tuple(list_unseen_heads(faces, numbers, gone, photo.aspect)),
        credit=credit,
    )
    return msgspec.structs.replace(plain, sizes=sizes) if sizes else plain


def _is_one_of(box: Box, others: Iterable[Box]) -> bool:
    return any(is_one_place(box, other) for other in others)


def preview(picture: Picture, photo: Photo) -> Order:
    """What the desk sees of a picture before it chooses it: as everybody would, small."""
    return make_order(picture, photo, who_is_in(picture, photo).rows, sizes=(PHONE_PX,))
