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
from homestretch.photos.developing import PRESS_PX, Order, develop
from homestretch.picture import Picture
from homestretch.store.pictures import Pictures
from homestretch.stories.agreed import said_publicly

Developing = Callable[[Sequence[Order]], Mapping[str, Mapping[int, bytes]]]
"""Makes what is ordered: name of the order → longest side (pixels) → JPEG. What cannot be made is left out."""
ONE_WORKER: Final = partial(open_executor, workers=1)


def no_developing(_: Sequence[Order]) -> Mapping[str, Mapping[int, bytes]]:
    """Where no picture can be made, no story has one."""
    return {}


def developing_from(url: str) -> Developing:
    """Makes pictures from the originals that are kept there, in another process."""

    def make(orders: Sequence[Order]) -> Mapping[str, Mapping[int, bytes]]:
        done = work(partial(_develop, url), orders, ONE_WORKER) if orders else ()
        return {one.thing.name: one.found for one in done if one.found is not None}

    return make


def _develop(url: str, order: Order) -> dict[int, bytes]:
    return develop(Pictures(url).get(order.kept), order)


class SitePhotos:
    """The pictures of a site's stories. A file that lies in ``out`` under a picture's name is that picture: its name is
    made of all that makes it."""

    def __init__(self, picture: Picture, out: Path, developing: Developing) -> None:
        self._folder, self._developing = out / picture.event.id / "stories", developing
        found = {entry.id: _order(picture, entry.id) for entry in list_public(picture)}
        self._orders = {story: order for story, order in found.items() if order is not None}
        self._made: dict[str, bytes] = {}

    def list_names(self, story: str) -> list[str]:
        """What the picture of a story is called beside its page, in all its sizes; empty without one."""
        order = self._orders.get(story)
        return [_name(order, px) for px in order.sizes] if order is not None else []

    def get(self, name: str) -> bytes:
        """The JPEG of a name, once ``make`` was called."""
        return self._made[name]

    def find_largest(self, story: str) -> bytes:
        """The largest picture of a story; empty without one."""
        order = self._orders.get(story)
        return self._made.get(_name(order, PRESS_PX), b"") if order is not None else b""

    def make(self) -> frozenset[str]:
        """Make what does not lie there; the stories whose picture cannot be made, which have none from now on."""
        missing = [order for story, order in self._orders.items() if not self._take(story)]
        for name, sizes in self._developing(missing).items():
            order = next(one for one in missing if one.name == name)
            self._made |= {_name(order, px): data for px, data in sizes.items()}
        failed = frozenset(
            story
            for story, order in self._orders.items()
            if not all(_name(order, px) in self._made for px in order.sizes)
        )
        for story in failed:
            del self._orders[story]
        return failed

    def _take(self, story: str) -> bool:
        """Take what an earlier run wrote."""
        files = [self._folder / story / name for name in self.list_names(story)]
        if not all(file.is_file() for file in files):
            return False
        self._made |= {file.name: file.read_bytes() for file in files}
        return True


def without_photos(picture: Picture, stories: frozenset[str]) -> Picture:
    """The Picture in which nobody chose pictures for these stories."""
    words = tuple(
        word
        for word in picture.state.stories
        if word.kind != "story-pictured" or word.story not in stories
    )
    return replace(picture, state=replace(picture.state, stories=words))


def _order(picture: Picture, story_id: str) -> Order | None:
    story, _ = get_public(picture, story_id)
    found = find_story_photo(picture, story, said_publicly(picture, story_id, story.entrants))
    return found.order if found is not None else None


def _name(order: Order, px: int) -> str:
    return f"photo-{order.name}-{px}.jpg"
