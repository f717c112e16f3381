"""The darkroom: pictures for others' eyes, made from originals in another process when somebody may see them, kept while
nothing about them changes, and thrown away the moment it does.

What is kept is a cache: every one of them can be made again, so that whatever is not known to be allowed goes. The gate
is asked here once more, whatever the front has found: a front talks to the world.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Final

import msgspec
import structlog

from homestretch.errors import BusyError, HomestretchError, NotFound, RefusedError
from homestretch.jobs import open_executor, work
from homestretch.photos.crediting import Credit
from homestretch.photos.developing import ORIGINAL_PX, PAGE_PX, Order, develop
from homestretch.picture import Picture
from homestretch.sharing import once_a_picture
from homestretch.showing import who_is_in, why_not_publish_photo
from homestretch.state.photo_values import Photo
from homestretch.store.pictures import Pictures, shown_of
from homestretch.stories.agreed import list_chosen, said_publicly
from homestretch.stories.consent import list_questions, may_show_in_photo, said_of
from homestretch.stories.finding import find_story
from homestretch.stories.picturing import make_order, preview

ONE_WORKER: Final = partial(open_executor, workers=1)
KEPT: Final = 400
"""Pictures that are kept made; the one that was asked for longest ago goes first."""
WAIT_S: Final = 8.0
"""So long a page waits for a picture that is being made; it is there when it is asked for again."""
LOOK_S: Final = 0.5
OWN_PX: Final = (PAGE_PX, ORIGINAL_PX)

logger = structlog.get_logger(__name__)


class Wanted(msgspec.Struct, frozen=True):
    """What somebody asks to see: of ``story`` the picture that was chosen, with its credit; of an ``entrant`` their own;
    with neither what the desk looks at before it chooses."""

    photo: str
    story: str = ""
    credit: Credit = Credit()
    entrant: str = ""


def order_of(picture: Picture, wanted: Wanted) -> Order | None:
    """What may be made of a picture for who asks, now; None: nothing."""
    photo = _by_name(picture).get(wanted.photo)
    if photo is None or not photo.usable or not photo.kept:
        return None
    if wanted.entrant:
        return _own(picture, photo, wanted.entrant)
    if wanted.story and not _may_stand(picture, photo, wanted.story):
        return None
    if wanted.story:
        return make_order(picture, photo, who_is_in(picture, photo).rows, wanted.credit)
    return preview(picture, photo)


@once_a_picture
def _by_name(picture: Picture) -> dict[str, Photo]:
    return {one.photo: one for one in picture.state.photos}


def _own(picture: Picture, photo: Photo, entrant: str) -> Order | None:
    """For who is in it, or is asked about a story for which it was chosen: the others' faces are blurred, and their own
    too while it is not sure that it is them."""
    row = picture.state.roster.find_entrant(entrant)
    if row is None:
        return None
    if not any(picture.state.roster.find_row(tag.bib) == row for tag in photo.tags):
        return (
            make_order(picture, photo, (), sizes=OWN_PX) if _is_asked(picture, photo, row) else None
        )
    mine = (row,) if row in who_is_in(picture, photo).rows else ()
    return make_order(picture, photo, mine, sizes=OWN_PX)


def _is_asked(picture: Picture, photo: Photo, row: int) -> bool:
    """Whether a question to the runner of a row has this picture."""
    return any(
        photo.photo in list_chosen(picture, asking.story)
        for asking in list_questions(picture, row, find_story)
    )


def _may_stand(picture: Picture, photo: Photo, story: str) -> bool:
    """Whether a story that is published shows this picture, as far as it can be told without telling the story."""
    about = said_of(picture, story)
    about = said_publicly(picture, story, tuple(about.asked))
    if about.published is None or about.takedown is not None or about.pictured is None:
        return False
    if about.pictured.photo != photo.photo or why_not_publish_photo(picture, photo):
        return False
    roster = picture.state.roster
    return all(
        may_show_in_photo(picture, row, story)
        for row in who_is_in(picture, photo).rows
        if roster.entrants[row] in about.asked
    )


class Darkroom:
    """Makes, keeps and throws away what is shown of an event's pictures. ``find_picture`` gives the newest Picture,
    ``open_`` opens where the work is done."""

    def __init__(
        self,
        url: str,
        find_picture: Callable[[], Picture | None],
        open_: Callable[[], Executor] = ONE_WORKER,
    ) -> None:
        self._url, self._find_picture, self._open = url, find_picture, open_
        self._made: OrderedDict[str, tuple[Wanted, Order]] = OrderedDict()
        self._making: dict[str, asyncio.Future[None]] = {}
        self._waiting: dict[str, tuple[Wanted, Order]] = {}
        self._task: asyncio.Task[None] | None = None
        self._said: object = None
        self._opened = False

    async def show(self, wanted: Wanted, px: int, name: str = "") -> bytes:
        """A JPEG; NotFound for what may not be seen (any more), or is called otherwise by now, BusyError while it is
        being made."""
        order = self._order(wanted)
        if order is None or px not in order.sizes or (name and name != order.name):
            raise NotFound("There is no such picture.", "It may have been taken down.")
        await self._open_up()
        if order.name not in self._made:
            await self._make(wanted, order)
            if self._order(wanted) != order:
                await asyncio.to_thread(_erase, self._url, [order])
                raise NotFound("There is no such picture.", "It was taken down a moment ago.")
        if order.name not in self._made:  # it was thrown away again meanwhile
            raise NotFound("There is no such picture.", "It was taken down a moment ago.")
        self._made[order.name] = wanted, order
        self._made.move_to_end(order.name)
        return await asyncio.to_thread(
            Pictures(self._url).get, shown_of(order.photo, order.name, px)
        )

    async def _open_up(self) -> None:
        """What another process left is not known to be allowed."""
        if not self._opened:
            self._opened = True
            await asyncio.to_thread(_erase_all, self._url)

    def _order(self, wanted: Wanted) -> Order | None:
        picture = self._find_picture()
        return None if picture is None else order_of(picture, wanted)

    async def _make(self, wanted: Wanted, order: Order) -> None:
        if order.name not in self._making:
            self._making[order.name] = asyncio.get_running_loop().create_future()
            self._waiting[order.name] = wanted, order
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._work())
        try:
            async with asyncio.timeout(WAIT_S):
                await asyncio.shield(self._making[order.name])
        except TimeoutError as error:
            raise BusyError("The picture is being made.", "Look again in a moment.") from error

    async def _work(self) -> None:
        """Everything that waits at once, until nothing does: what works begins only once for it."""
        while self._waiting:
            orders, self._waiting = self._waiting, {}
            failed = await asyncio.to_thread(self._develop, [order for _, order in orders.values()])
            for name, one in orders.items():
                done = self._making.pop(name)
                if name in failed:
                    done.set_exception(
                        HomestretchError("The picture cannot be made.", failed[name])
                    )
                    done.exception()  # nobody may be waiting for it any more
                else:  # known from now on, whoever waits for it: the next look judges it
                    self._made[name] = one
                    done.set_result(None)

    def _develop(self, orders: list[Order]) -> Mapping[str, str]:
        """In a thread: order by order in the other process; why those failed that did."""
        failed: dict[str, str] = {}
        for done in work(partial(_develop_kept, self._url), orders, self._open):
            if done.error is not None:
                failed[done.thing.name] = str(done.error)
                logger.warning(
                    "a picture could not be made", photo=done.thing.photo, reason=str(done.error)
                )
        return failed

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except (HomestretchError, OSError) as error:  # the next look tries again
                logger.error("shown pictures could not be erased", reason=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Throw away what may not be seen any more; called often, and does nothing while nothing has changed."""
        picture = self._find_picture()
        if picture is None:
            return
        state, photos = picture.state, _by_name(picture)
        made = [photos.get(wanted.photo) for wanted, _ in self._made.values()]
        said = (picture.names.version, state.stories, state.held, state.roster.hidden, made)
        if said == self._said:
            return
        self._said = said
        gone = [
            (name, order)
            for name, (wanted, order) in self._made.items()
            if order_of(picture, wanted) != order
        ]
        gone += list(self._made_orders())[: max(0, len(self._made) - len(gone) - KEPT)]
        for name, _ in gone:
            self._made.pop(name, None)
        if gone:
            await asyncio.to_thread(_erase, self._url, [order for _, order in gone])

    def _made_orders(self) -> Iterable[tuple[str, Order]]:
        return ((name, order) for name, (_, order) in self._made.items())


def _develop_kept(url: str, order: Order) -> None:
    """The slow work, in whatever process: from the original that is kept to what is shown of it."""
    pictures = Pictures(url)
    for px, data in develop(pictures.get(order.kept), order).items():
        pictures.keep_shown(order.photo, order.name, px, data)


def _erase(url: str, orders: Iterable[Order]) -> None:
    pictures = Pictures(url)
    for order in orders:
        for px in order.sizes:
            pictures.erase(shown_of(order.photo, order.name, px))


def _erase_all(url: str) -> None:
    Pictures(url).erase_shown()


def check_own(held: Iterable[str], wanted: Wanted) -> None:
    """RefusedError unless a private link of who asks for a picture of their own is open."""
    if wanted.entrant and wanted.entrant not in held:
        raise RefusedError("This private link is not open here.", "Open it again.")
