"""The small one of a picture, from where it is kept to a page of the staff; nothing of what is locked away.

And what becomes of the bytes in the end: of a picture that was taken down they go at once, of all others when
their time is over. The fact stays, with what they looked like: so that they do not come in again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from homestretch.errors import NotFound
from homestretch.live import Live
from homestretch.race.saying import said
from homestretch.server.questions import SmallPhoto
from homestretch.store.pictures import Pictures, small_of

KEEP_MS: Final = 180 * 86_400_000
"""How long pictures are kept after they came in, by the wall's time."""


def tell_small(live: Live, url: str, question: SmallPhoto) -> bytes:
    """A JPEG; NotFound for a picture that is not there, is never to be used, or was taken down."""
    photos = live.picture.state.photos if live.picture else ()
    if not any(one.photo == question.photo and one.usable for one in photos):
        raise NotFound(said("There is no such picture."), said("It may have been taken down."))
    return _pictures(url).get(small_of(question.photo))


def erase_due(live: Live, url: str, wall_now: int) -> int:
    """Erase the bytes of pictures that were taken down, and of those whose time is over (a rehearsal's have no
    time of the wall); how many were due."""
    picture = live.picture
    if picture is None:
        return 0
    over = -1 if picture.rehearsal else wall_now - KEEP_MS
    due = [one for one in picture.state.photos if one.down or one.came_at < over]
    for one in due:
        pictures = _pictures(url)
        pictures.erase(small_of(one.photo))
        pictures.erase_shown(one.photo)
        if one.kept:
            pictures.erase(one.kept)
    return len(due)


@lru_cache(maxsize=16)
def _pictures(url: str) -> Pictures:
    return Pictures(url)
