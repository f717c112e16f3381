"""The sweep's board as a form: an official says that a road is open, or takes that back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import sweep
from homestretch.boards.entering import Notice, name_place
from homestretch.boards.roads import find_zone
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.web.forms import Form, enter, noticing_route

PAGE = sweep.BOARD.name


def opening_routes() -> list[BaseRoute]:
    """The address to which the forms of the sweep's board are sent."""
    return [noticing_route(sweep.BOARD, sweep.OPENING_ROLES, _open)]


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
