"""The pictures on the page of a private link: each entrant's own, the others' faces blurred, kept by no cache."""

from __future__ import annotations

from typing import Final, Literal, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.errors import FactError, NotFound
from homestretch.photos.developing import ORIGINAL_PX, PAGE_PX
from homestretch.race.saying import said
from homestretch.server.darkroom import Wanted
from homestretch.server.front import Front
from homestretch.server.questions import OwnPhotoWord, ShownPhoto
from homestretch.store.keys import token_hash
from homestretch.web.access import GuardedRoute
from homestretch.web.admission import list_sessions
from homestretch.web.forms import Form

HEADERS: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
SIZES: Final = {"page": PAGE_PX, "whole": ORIGINAL_PX}
SAID: Final = {
    "me": said("Kept: that is you."),
    "not-me": said("Kept: that is not you, and it is not among your pictures any more."),
    "down": said("Taken down: it is gone from here, for everybody, and does not come in again."),
}


def own_photo_routes() -> list[BaseRoute]:
    """Each picture on the page, and as large as it was taken."""
    path = "/{event}/me/{entrant}/photos/{photo}-{size}.jpg"
    return [GuardedRoute(path, _show, who=EVERYBODY)]


async def _show(request: Request) -> Response:
    front: Front = request.app.state.front
    params = request.path_params
    front.get(params["event"])
    held = [token_hash(one) for one in list_sessions(request)]
    if not held or params["size"] not in SIZES:
        raise NotFound(said("There is no such picture here."), said("Open your own page again."))
    wanted = Wanted(params["photo"], entrant=params["entrant"])
    number, px = front.next_number(), SIZES[params["size"]]
    data = await front.see(ShownPhoto(number, params["event"], wanted, px, held=held))
    return Response(data, media_type="image/jpeg", headers=HEADERS)


async def say_own_photo(request: Request, form: Form, held: list[str]) -> str:
    """What somebody says of a picture of theirs, once it holds; in words what became of it."""
    answer, front = form.get("do"), cast(Front, request.app.state.front)
    if answer not in SAID:
        raise FactError(said("This is no button of ours."), said("Open the page again."))
    word = cast(Literal["me", "not-me", "down"], answer)
    named = (form.get("entrant"), form.get("photo"))
    event = request.path_params["event"]
    await front.ask(OwnPhotoWord(front.next_number(), event, held, *named, word))
    return SAID[answer]
