"""The one switch on an entry: nothing more is asked of somebody and nothing told, at once, until it is taken back."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.words import HOLDER_ROLES
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.web.access import GuardedRoute
from homestretch.web.forms import Form, enter, read_form, take_back
from homestretch.web.render import render_plain
from homestretch.web.spoken import speech_of, wanted_by

PAGE = "holding"


def holding_routes() -> list[BaseRoute]:
    """The address to which the switch on a runner's page is sent."""
    return [GuardedRoute("/{event}/hold", _take_form, who=HOLDER_ROLES, methods=["POST"])]


async def _take_form(request: Request) -> Response:
    """``POST /{event}/hold``: ``do=hold`` with a bib and perhaps why, or ``do=release``."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    form = await read_form(request)
    bib, entrant = form.entrant(picture)
    notice = await _say(request, form, picture, entrant)
    page = render_plain(
        "held.html",
        speech_of(wanted_by(request), picture.event),
        frame=make_frame(picture, Viewer()),
        bib=bib,
        held=form.get("do") == "hold",
        trouble="" if notice.done else notice.words,
        event_address=f"/{quote(picture.event.id, safe='')}",
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-store"})


async def _say(request: Request, form: Form, picture: Picture, entrant: str) -> Notice:
    match form.get("do"):
        case "hold":
            at = form.moment(picture.now)
            item = {"kind": "held", "seen_at": at, "entrant": entrant}
            why = {"text": form.get("text")} if form.get("text") else {}
            return await enter(request, PAGE, at, [item | why])
        case "release":
            return await take_back(request, PAGE, form, picture)
    raise FactError(said("This form says nothing."), said("Open the page again."))
