"""What private links ask of pictures: to see those with the own bib in them, and to say whether it is them."""

from __future__ import annotations

from homestretch.errors import BusyError, NotFound
from homestretch.facts import AnyFact, PhotoClaimed, PhotoTakenDown, Struck, received
from homestretch.live import Live
from homestretch.readers import Heard
from homestretch.server.darkroom import Darkroom, Wanted, check_own
from homestretch.server.own import list_held_entrants
from homestretch.server.questions import OwnPhotoWord, ShownPhoto
from homestretch.state.entries import A_FORM
from homestretch.store import People

SOURCE = "page/me"


async def show_photo(
    darkroom: Darkroom, people: People, question: ShownPhoto, wall_now: int
) -> bytes:
    """A JPEG; RefusedError for somebody else's own picture, NotFound for what may not be seen."""
    check_own(list_held_entrants(people, question.held, wall_now), question.wanted)
    return await darkroom.show(question.wanted, question.px, question.name)


async def say_own_photo(
    live: Live, people: People, question: OwnPhotoWord, now: tuple[int, int]
) -> bytes:
    """It holds once this returns. ``now``: the event's time and the wall's. RefusedError without the link, NotFound for
    a picture in which nobody expects them."""
    at, wall_now = now
    held = list_held_entrants(people, question.held, wall_now)
    check_own(held, Wanted(photo=question.photo, entrant=question.entrant))
    picture = live.picture
    if picture is None:
        raise BusyError("The race is being read in.", "Try again in a moment.")
    roster = picture.state.roster
    row = roster.find_entrant(question.entrant)
    photo = next(
        (one for one in picture.state.photos if one.photo == question.photo and one.usable), None
    )
    tags = photo.tags if photo is not None else ()
    tag = next((one for one in tags if roster.find_row(one.bib) == row), None)
    if row is None or tag is None:
        raise NotFound("This picture is not among yours any more.", "Open the page again.")
    facts: list[AnyFact] = []
    if question.answer == "down":
        facts.append(PhotoTakenDown(seen_at=at, photo=question.photo))
    else:
        facts.append(
            PhotoClaimed(seen_at=at, photo=question.photo, bib=tag.bib, answer=question.answer)
        )
    if question.answer == "not-me" and tag.sighting is not None:
        made = tag.sighting
        facts.append(Struck(seen_at=at, source=made.source, number=made.number, digest=made.digest))
    await live.keep(
        [Heard(received(fact, SOURCE, at, at * A_FORM + n), None) for n, fact in enumerate(facts)]
    )
    return b"true"
