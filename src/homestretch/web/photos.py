"""The page of pictures as a form, and the small pictures on it: for those who decide, and kept by no cache."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import photos
from homestretch.boards.entering import Notice, find_bib
from homestretch.errors import FactError
from homestretch.photos.camera import ENOUGH
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.race.spelling import bib_key
from homestretch.server.front import Front
from homestretch.server.questions import SmallPhoto
from homestretch.state.photo_values import Photo
from homestretch.web.access import GuardedRoute
from homestretch.web.forms import Form, enter, noticing_route

PAGE: Final = photos.BOARD.name
HEADERS: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def photo_routes() -> list[BaseRoute]:
    """The small pictures, and the address to which the forms of the page are sent."""
    return [
        GuardedRoute("/{event}/photos/{photo}.jpg", _show_small, who=photos.WHO),
        noticing_route(photos.BOARD, photos.WHO, _answer),
    ]


async def _show_small(request: Request) -> Response:
    front: Front = request.app.state.front
    event, photo = request.path_params["event"], request.path_params["photo"]
    front.get(event)
    small = await front.ask(SmallPhoto(front.next_number(), event, photo))
    return Response(small, media_type="image/jpeg", headers=HEADERS)


async def _answer(request: Request, form: Form, picture: Picture) -> Notice:
    at, name, way = form.moment(picture.now), form.get("photo"), form.get("do")
    found = next((one for one in picture.state.photos if one.photo == name and one.usable), None)
    if found is None:
        return Notice(said("Not said: this picture is in no list any more."), done=False)
    if way in ("lock", "down"):
        kind = "photo-locked" if way == "lock" else "photo-taken-down"
        words = (
            said("Said: never to be used, with its burst.")
            if way == "lock"
            else said("Said: taken down, and hidden at once.")
        )
        items: list[dict[str, Any]] = [{"kind": kind, "seen_at": at, "photo": name}]
    elif way in ("there", "not-there"):
        bib = find_bib(form.get("bib"), picture.event)
        if not bib:
            return Notice(said("Not said: no bib was typed."), done=False)
        if way == "there" and picture.state.roster.find_row(bib) is None:
            return Notice(said("Not said: nobody in this event has {bib}.", bib=bib), done=False)
        items = _items(found, bib, way, at)
        words = (
            said("Said: {bib} is in the picture.", bib=bib)
            if way == "there"
            else said("Said: {bib} is not in the picture.", bib=bib)
        )
    elif way == "place":
        point = picture.event.find_point(form.get("place"))
        if point is None:
            return Notice(said("Not said: no point was chosen."), done=False)
        items = [{"kind": "photo-placed", "seen_at": at, "photo": name, "place": point.id}]
        words = said("Said: it was taken at {point}.", point=point.name)
    else:
        raise FactError(said("This is no button of ours."), said("Open the page again."))
    notice = await enter(request, PAGE, at, items)
    return Notice(words, done=True) if notice.done else notice


def _items(photo: Photo, bib: str, way: str, at: int) -> list[dict[str, Any]]:
    """The answer; with a yes, the sighting that follows where the time of the picture is known, and with a no,
    that the sighting which the picture had made does not hold."""
    answer = {
        "kind": "photo-answered",
        "seen_at": at,
        "photo": photo.photo,
        "bib": bib,
        "answer": way,
    }
    made = next(
        (tag.sighting for tag in photo.tags if bib_key(tag.bib) == bib_key(bib) and tag.sighting),
        None,
    )
    if way == "there" and made is None and photo.reads >= ENOUGH:
        seen = {"kind": "sighting", "seen_at": photo.taken_at, "bib": bib, "place": photo.place}
        return [answer, seen]
    if way == "not-there" and made is not None:
        struck = {"source": made.source, "number": made.number, "digest": made.digest}
        return [answer, {"kind": "struck", "seen_at": at, **struck}]
    return [answer]
