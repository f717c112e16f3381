"""Whether what a witness wrote of a picture may stand in a story: as long as the picture may, and nobody who was asked for
the story says that it does not show them."""

from __future__ import annotations

from homestretch.picture import Picture
from homestretch.race.spelling import bib_key
from homestretch.showing import who_is_in, why_not_publish_photo
from homestretch.state.photo_values import Photo
from homestretch.state.told import StoryWord
from homestretch.stories.consent import find_answer, said_of


def may_quote(picture: Picture, photo: Photo, story_id: str) -> bool:
    """Whether the witness of a picture may be quoted in a story, now."""
    if why_not_publish_photo(picture, photo) or not any(one.quoted for one in photo.witnesses):
        return False
    roster, asked = picture.state.roster, said_of(picture, story_id).asked
    rows = who_is_in(picture, photo).rows
    if not any(roster.entrants[row] in asked for row in rows):
        return False
    if any(find_answer(picture, row, story_id) in ("no", "no-photo") for row in rows):
        return False
    denied = {bib_key(bib) for bib in photo.denied}
    mine = (roster.find_entrant(entrant) for entrant in asked)
    return not any(row is not None and bib_key(roster.bibs[row]) in denied for row in mine)


def may_stand(picture: Picture, word: StoryWord) -> bool:
    """Whether a typed word is the desk's own, or that of a witness who may be quoted now."""
    if word.kind != "story-written" or not word.photo:
        return True
    photo = next((one for one in picture.state.photos if one.photo == word.photo), None)
    return photo is not None and may_quote(picture, photo, word.story)
