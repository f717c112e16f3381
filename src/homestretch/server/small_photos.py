"""The small one of a picture, from where it is kept to a page of the staff; nothing of what is locked away."""

from __future__ import annotations

from functools import lru_cache

from homestretch.errors import NotFound
from homestretch.live import Live
from homestretch.server.wire import SmallPhoto
from homestretch.store.pictures import Pictures, small_of


def tell_small(live: Live, url: str, question: SmallPhoto) -> bytes:
    """A JPEG; NotFound for a picture that is not there, is never to be used, or was taken down."""
    photos = live.picture.state.photos if live.picture else ()
    if not any(one.photo == question.photo and one.usable for one in photos):
        raise NotFound("There is no such picture.", "It may have been taken down.")
    return _pictures(url).get(small_of(question.photo))


@lru_cache(maxsize=16)
def _pictures(url: str) -> Pictures:
    return Pictures(url)
