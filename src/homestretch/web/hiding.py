"""Any member of staff hides a runner at once: no reason is asked for, and every page follows within a second."""

from __future__ import annotations

from typing import Final, cast
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards.frame import make_frame
from homestretch.errors import RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import STAFF, Role, Viewer
from homestretch.race.saying import said
from homestretch.server.front import Front
from homestretch.server.questions import Hide
from homestretch.store.keys import token_hash
from homestretch.web.access import GuardedRoute
from homestretch.web.admission import find_token
from homestretch.web.forms import read_form
from homestretch.web.render import render_plain
from homestretch.web.spoken import speech_of, wanted_by

WHO: Final = frozenset(cast(Role, role) for role in STAFF)


def hiding_routes() -> list[BaseRoute]:
    """The address to which the form on a runner's page is sent."""
    return [GuardedRoute("/{event}/hide", _hide, who=WHO, methods=["POST"])]


async def _hide(request: Request) -> Response:
    """``POST /{event}/hide``: the answer comes once it is durable."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    form = await read_form(request)
    bib, entrant = form.entrant(picture)
    token = find_token(request)
    if not token:
        raise RefusedError(said("A key is needed."), said("Open your own link."))
    at = form.moment(picture.now)
    front: Front = request.app.state.front
    event = picture.event.id
    await front.ask(Hide(front.next_number(), event, entrant, at, token_hash(token)))
    page = render_plain(
        "hidden.html",
        speech_of(wanted_by(request), picture.event),
        frame=make_frame(picture, Viewer()),
        bib=bib,
        event_address=f"/{quote(event, safe='')}",
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-store"})
