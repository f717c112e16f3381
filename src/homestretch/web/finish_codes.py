"""``/{event}/desk/stories/code``: a code that somebody at the finish opens with their own phone, to be shown on the desk's
screen or printed. It names nobody but them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import editing
from homestretch.boards.frame import make_frame
from homestretch.errors import NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.server.front import Front
from homestretch.server.questions import FinishCode
from homestretch.server.told_address import is_own_alone
from homestretch.store.keys import token_hash
from homestretch.stories.gate import shown_in_story
from homestretch.web.access import GuardedRoute
from homestretch.web.admission import find_token
from homestretch.web.forms import read_form
from homestretch.web.newsstand import HOST
from homestretch.web.render import render_plain
from homestretch.web.spoken import speech_of, wanted_by

PRIVATE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def finish_code_routes() -> list[BaseRoute]:
    """The address to which the desk's button is sent."""
    path = "/{event}/desk/stories/code"
    return [GuardedRoute(path, _show, who=editing.WHO, methods=["POST"], name="finish-code")]


async def _show(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    form = await read_form(request)
    front: Front = request.app.state.front
    token, event = find_token(request), picture.event.id
    if not token:
        raise RefusedError(said("A key is needed."), said("Open your own link."))
    host = request.headers.get("host", "")
    row = picture.state.roster.find_entrant(form.get("entrant"))
    if row is None or not HOST.fullmatch(host):
        raise NotFound(said("There is no such entrant."), said("Look at the bib again."))
    question = FinishCode(
        front.next_number(), event, form.get("story"), form.get("entrant"), token_hash(token)
    )
    own = (await front.ask(question)).decode()
    link = f"{request.url.scheme}://{host}/{quote(event, safe='')}/me/{own}"
    page = render_plain(
        "finish_code.html",
        speech_of(wanted_by(request), picture.event),
        frame=make_frame(picture, Viewer()),
        who=shown_in_story(picture, row),
        code=draw_code(link),
        here_alone=is_own_alone(request.url.hostname or ""),
        back=f"/{quote(event, safe='')}/desk/stories?story={quote(form.get('story'))}",
    )
    return Response(page, media_type="text/html", headers=PRIVATE)


def draw_code(link: str) -> str:
    """A link as a code (SVG), black on white also where pages are dark: cameras want it so."""
    made = segno.make(link, micro=False, error="m")
    return str(made.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))
