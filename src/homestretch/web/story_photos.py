"""The picture of a story, to everybody: only while everybody in it agrees; and to the desk, as everybody would see it."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import editing
from homestretch.boards.stories import list_public
from homestretch.boards.story import get_public
from homestretch.boards.story_parts import find_story_photo
from homestretch.errors import HomestretchError, NotFound
from homestretch.photos.developing import PHONE_PX
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.server.darkroom import Wanted
from homestretch.server.front import Front
from homestretch.server.questions import ShownPhoto
from homestretch.stories.agreed import said_publicly
from homestretch.web.access import GuardedRoute

PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
GONE = said("There is no such picture here.")


def desk_photo_routes() -> list[BaseRoute]:
    """The small pictures that the desk chooses from."""
    path = "/{event}/desk/stories/photos/{photo}.jpg"
    return [GuardedRoute(path, _show_preview, who=editing.WHO)]


async def get_story_photo(front: Front, picture: Picture, story_id: str, name: str) -> bytes:
    """The JPEG called ``DIGEST-PX`` of a story that everybody may read; NotFound for any other."""
    digest, _, px = name.partition("-")
    story, _ = get_public(picture, story_id)
    found = find_story_photo(picture, story, said_publicly(picture, story.id, story.entrants))
    if found is None or found.order.name != digest or px not in map(str, found.order.sizes):
        raise NotFound(GONE, said("It may have been taken down."))
    wanted = Wanted(found.photo.photo, story=story.id, credit=found.order.credit)
    number = front.next_number()
    return await front.see(ShownPhoto(number, picture.event.id, wanted, int(px), digest))


async def _show_preview(request: Request) -> Response:
    front: Front = request.app.state.front
    event, photo = request.path_params["event"], request.path_params["photo"]
    front.get(event)
    asked = ShownPhoto(front.next_number(), event, Wanted(photo), PHONE_PX)
    return Response(await front.see(asked), media_type="image/jpeg", headers=PRIVATE)


def put_out(application: Starlette, picture: Picture) -> None:
    """A newer Picture holds: what may not be seen any more is thrown away, and pictures of stories are made before
    anybody asks for them."""
    if application.state.newsstand.on_picture(picture):
        warming = asyncio.ensure_future(_warm(application.state.front, picture))
        _warming.add(warming)
        warming.add_done_callback(_warming.discard)


async def _warm(front: Front, picture: Picture) -> None:
    for entry in list_public(picture):
        for _ in range(TRIES if entry.photo is not None else 0):
            name = f"{entry.photo.name if entry.photo else ''}-{PHONE_PX}"
            try:
                await get_story_photo(front, picture, entry.id, name)
                break
            except (
                HomestretchError
            ):  # being made, or not to be seen any more: the next Picture knows
                await asyncio.sleep(RETRY_S)


_warming: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody refers to may end early."""
TRIES: Final = 4
RETRY_S: Final = 1.0
