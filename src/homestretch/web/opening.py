"""The sweep's board as a form: an official says that a road is open, or takes that back."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import sweep
from homestretch.boards.entering import Notice, name_place
from homestretch.boards.roads import find_zone
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import Form, enter, read_form, show, take_back
from homestretch.web.render import board_key

PAGE = sweep.BOARD.name


def opening_routes() -> list[BaseRoute]:
    """The address to which the forms of the sweep's board are sent."""
    path, who = sweep.BOARD.path, sweep.OPENING_ROLES
    return [GuardedRoute(path, _take_form, who=who, methods=["POST"], name=f"{PAGE}-form")]


async def _take_form(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    viewer, form = viewer_of(request), await read_form(request)
    if form.get("do") == "take-back":
        notice = await take_back(request, PAGE, form, picture)
    else:
        notice = await _open(request, form, picture)
    key = board_key(PAGE, {})
    board = key.kind.rows(picture, viewer, key.choices)
    return show(key, msgspec.structs.replace(board, notice=notice), viewer)


async def _open(request: Request, form: Form, picture: Picture) -> Notice:
    """One zone, as the page offered it."""
    start, end, at = form.get("from"), form.get("to"), form.moment(picture.now)
    if find_zone(picture, start, end) is None:
        raise FactError("This names no road of the course.", "Open the page again.")
    said = {"kind": "road-opened", "seen_at": at, "from_place": start, "to_place": end}
    if why := form.get("why"):
        said["text"] = why
    notice = await enter(request, PAGE, at, [said])
    names = f"{name_place(picture.event, start)} to {name_place(picture.event, end)}"
    return Notice(f"Said: the road from {names} is open.", done=True) if notice.done else notice
