"""The pictures of stories for a published site: made once, and left as they lie while nothing about them changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from homestretch.boards.stories import list_public
from homestretch.boards.story import get_public
from homestretch.boards.story_parts import find_story_photo
from homestretch.jobs import open_executor, work
from homestretch.photos.developing import Order, develop
from homestretch.picture import Picture
from homestretch.store.pictures import Pictures
from homestretch.stories.consent import said_of

Files = Mapping[int, bytes]
"""Longest side (pixels) → JPEG."""
Developing = Callable[[Sequence[Order]], Mapping[str, Files]]
"""Makes what is ordered, by name; what cannot be made is left out."""
ONE_WORKER: Final = partial(open_executor, workers=1)


def no_developing(_: Sequence[Order]) -> Mapping[str, Files]:
    """Where no picture can be made, no story has one."""
    return {}


def developing_from(url: str) -> Developing:
    """Makes pictures from the originals that are kept there, in another process."""

    def make(orders: Sequence[Order]) -> Mapping[str, Files]:
        done = work(partial(_develop, url), orders, ONE_WORKER) if orders else ()
        return {one.thing.name: one.found for one in done if one.found is not None}

    return make


def _develop(url: str, order: Order) -> dict[int, bytes]:
    return develop(Pictures(url).get(order.kept), order)


def find_photos(
    picture: Picture, out: Path, developing: Developing
) -> tuple[Picture, dict[str, dict[str, bytes]]]:
    """(the Picture without those chosen pictures that cannot be made, story → name of a file beside its page → JPEG).
    A file that lies in ``out`` under a picture's name is that picture: its name is made of all that makes it."""
    orders = {entry.id: _order(picture, entry.id) for entry in list_public(picture)}
    wanted = {story: order for story, order in orders.items() if order is not None}
    there = {
        story: found
        for story, order in wanted.items()
        if (found := _lying(out / picture.event.id / "stories" / story, order))
    }
    made = developing([order for story, order in wanted.items() if story not in there])
    for story, order in wanted.items():
        if order.name in made:
            there[story] = {name_of_file(order, px): data for px, data in made[order.name].items()}
    words = tuple(
        word
        for word in picture.state.stories
        if word.kind != "story-pictured" or word.story in there
    )
    return replace(picture, state=replace(picture.state, stories=words)), there


def name_of_file(order: Order, px: int) -> str:
    """What a picture is called beside the page of its story."""
    return f"photo-{order.name}-{px}.jpg"


def _order(picture: Picture, story_id: str) -> Order | None:
    story, _ = get_public(picture, story_id)
    found = find_story_photo(picture, story, said_of(picture, story_id))
    return found.order if found is not None else None


def _lying(folder: Path, order: Order) -> dict[str, bytes]:
    names = [name_of_file(order, px) for px in order.sizes]
    if not all((folder / name).is_file() for name in names):
        return {}
    return {name: (folder / name).read_bytes() for name in names}
