"""The page of the devices as a form: an official accepts a correction of a clock, or takes one back."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import devices
from homestretch.boards.clocks import read_span
from homestretch.boards.entering import Notice
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import Form, enter, read_form, show, take_back
from homestretch.web.render import board_key

PAGE = devices.BOARD.name


def correcting_routes() -> list[BaseRoute]:
    """The address to which the forms of the devices' page are sent."""
    path, who = devices.BOARD.path, devices.CORRECTING_ROLES
    return [GuardedRoute(path, _take_form, who=who, methods=["POST"], name=f"{PAGE}-form")]


async def _take_form(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    viewer, form = viewer_of(request), await read_form(request)
    if form.get("do") == "take-back":
        notice = await take_back(request, PAGE, form, picture)
    else:
        notice = await _correct(request, form, picture)
    key = board_key(PAGE, {})
    board = key.kind.rows(picture, viewer, key.choices)
    return show(key, msgspec.structs.replace(board, notice=notice), viewer)


async def _correct(request: Request, form: Form, picture: Picture) -> Notice:
    """Say what the proposal said when the page was made: twice the same is once."""
    source, why, at = form.get("of"), form.get("why"), form.moment(picture.now)
    spans = [read_span(text) for text in form.list("span")]
    if not source or not spans or None in spans:
        raise FactError("This is no correction of a clock.", "Open the page again.")
    if not why:
        return Notice("Not corrected: say why, for whoever asks after the race.", done=False)
    said = {"kind": "corrected", "seen_at": at, "of": source, "text": why}
    items = [
        said | {name: value for name, value in span._asdict().items() if value is not None}
        for span in spans
        if span is not None
    ]
    notice = await enter(request, PAGE, at, items)
    words = f"Corrected: the times of {source} are shifted. The reads stay as the device said them."
    return Notice(words, done=True) if notice.done else notice
