"""Whether what a witness wrote of a picture may stand in a story: as long as the picture may, and nobody who was asked for
the story says that it does not show them."""

from __future__ import annotations

from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.race.spelling import bib_key
from homestretch.showing import who_is_in, why_not_publish_photo
from homestretch.state.photo_values import Photo
from homestretch.state.told import StoryWord
from homestretch.stories.consent import find_answer, said_of


def may_quote(picture: Picture, photo: Photo, story_id: str) -> bool:
    """Whether the witness of a picture may be quoted in a story, now."""
    return not _why_not_quote(picture, photo, story_id)


def may_stand(picture: Picture, word: StoryWord) -> bool:
    """Whether a typed word is the desk's own, or that of a witness who may be quoted now."""
    return not why_not_stand(picture, word)


def why_not_stand(picture: Picture, word: StoryWord) -> tuple[str, ...]:
    """Why the words of a witness may not stand in a story now, in words of the desk; empty: they may."""
    if word.kind != "story-written" or not word.photo:
        return ()
    photo = next((one for one in picture.state.photos if one.photo == word.photo), None)
    if photo is None:
        return (said("the picture is kept no longer"),)
    return _why_not_quote(picture, photo, word.story)


def _why_not_quote(picture: Picture, photo: Photo, story_id: str) -> tuple[str, ...]:
    if reasons := why_not_publish_photo(picture, photo):
        return reasons
    if not any(one.quoted for one in photo.witnesses):
        return (said("whoever took the picture does not agree to be quoted"),)
    roster, asked = picture.state.roster, said_of(picture, story_id).asked
    rows = who_is_in(picture, photo).rows
    if not any(roster.entrants[row] in asked for row in rows):
        return (said("nobody in the picture was asked for this story"),)
    if any(find_answer(picture, row, story_id) in ("no", "no-photo") for row in rows):
        return (said("somebody in the picture did not say yes with a photo"),)
    denied = {bib_key(bib) for bib in photo.denied}
    mine = (roster.find_entrant(entrant) for entrant in asked)
    if any(row is not None and bib_key(roster.bibs[row]) in denied for row in mine):
        return (said("somebody of this story says that the picture does not show them"),)
    return ()
