"""The privacy gate for the rows of a Picture: how each entrant is shown, who may be told of together, and which pictures
of them may be published. Boards and stories ask here, and nobody asks elsewhere."""

from __future__ import annotations

from typing import Final, NamedTuple

from homestretch.photos.deciding import AUTO
from homestretch.picture import Picture
from homestretch.race.privacy import Shown, Viewer, is_grown, may_photograph, show
from homestretch.race.saying import said
from homestretch.state.photo_values import Photo, PhotoTag
from homestretch.state.snapshot import NEVER

PUBLIC: Final = Viewer()


def shown(picture: Picture, viewer: Viewer, row: int) -> Shown:
    """The one form in which this viewer sees the entrant of a row."""
    roster = picture.state.roster
    age = int(roster.age[row])
    return show(
        picture.names.persons.get(roster.entrants[row]),
        roster.bibs[row],
        None if age == NEVER else age,
        viewer,
        picture.event.privacy.unless_told,
        withheld=row in roster.hidden,
    )


def grown(picture: Picture, row: int) -> bool:
    """Whether the entrant of a row counts as 18 or older: of unknown age only where the event takes nobody younger."""
    age = int(picture.state.roster.age[row])
    return is_grown(None if age == NEVER else age, picture.event.privacy.minimum_age)


def may_pair(picture: Picture, one: int, other: int) -> bool:
    """Whether two rows may be told of together: both agreed to be shown with whom they ran, neither said "not this
    person", and of neither the entry is held."""
    if picture.state.is_held(one) or picture.state.is_held(other):
        return False
    persons, entrants = picture.names.persons, picture.state.roster.entrants
    first, second = persons.get(entrants[one]), persons.get(entrants[other])
    if first is None or second is None or not (first.companions and second.companions):
        return False
    return second.entrant not in first.not_with and first.entrant not in second.not_with


def may_picture(picture: Picture, row: int) -> bool:
    """Whether a picture of the entrant of a row may be published: they said yes to photos, are grown up (a guardian's
    word is for lists of names, not for pictures), shown in public, and held by nobody."""
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    if not grown(picture, row) or picture.state.is_held(row):
        return False
    hidden = shown(picture, PUBLIC, row).hidden
    return may_photograph(person, grown=True, hidden=hidden)


class InPhoto(NamedTuple):
    """Who is in a picture: ``rows`` for certain (read so, or said by a person), ``bibs`` of nobody who is entered;
    ``open``: of a number in it nobody has said so far whose it is."""

    rows: tuple[int, ...]
    bibs: tuple[str, ...]
    open: bool


def who_is_in(picture: Picture, photo: Photo) -> InPhoto:
    """Whom a picture shows, by its tags."""
    roster = picture.state.roster
    sure = [tag.bib for tag in photo.tags if is_sure(tag)]
    rows = {bib: roster.find_row(bib) for bib in sure}
    return InPhoto(
        rows=tuple(dict.fromkeys(row for row in rows.values() if row is not None)),
        bibs=tuple(bib for bib, row in rows.items() if row is None),
        open=any(not is_sure(tag) for tag in photo.tags),
    )


def is_sure(tag: PhotoTag) -> bool:
    """Whether a picture is somebody's without a doubt."""
    return tag.answered or tag.p >= AUTO


def why_not_publish_photo(picture: Picture, photo: Photo) -> tuple[str, ...]:
    """Why a picture is for nobody but those in it and those who work with it, in words of the desk; empty: it may be
    published. Everybody who is named in it must agree, and nobody may be in doubt."""
    if not photo.usable:
        return (said("it is never to be used, or was taken down"),)
    there = who_is_in(picture, photo)
    reasons: list[str] = []
    if not there.rows:
        reasons.append(said("nobody is known to be in it"))
    if there.open or there.bibs:
        reasons.append(said("it is not settled who is in it"))
    for row in there.rows:
        if not may_picture(picture, row):
            name = shown(picture, PUBLIC, row).name
            reasons.append(said("{name} did not agree to photos", name=name))
    return tuple(reasons)
