"""The page of the devices as a form: an official accepts a correction of a clock, or takes one back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import devices
from homestretch.boards.clocks import read_span
from homestretch.boards.entering import Notice
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.web.forms import Form, enter, noticing_route

PAGE = devices.BOARD.name


def correcting_routes() -> list[BaseRoute]:
    """The address to which the forms of the devices' page are sent."""
    return [noticing_route(devices.BOARD, devices.CORRECTING_ROLES, _correct)]


async def _correct(request: Request, form: Form, picture: Picture) -> Notice:
    """Say what the proposal said when the page was made: twice the same is once."""
    source, why, at = form.get("of"), form.get("why"), form.moment(picture.now)
    spans = [read_span(text) for text in form.list("span")]
    if not source or not spans or None in spans:
        raise FactError(said("This is no correction of a clock."), said("Open the page again."))
    if not why:
        words = said("Not corrected: say why, for whoever asks after the race.")
        return Notice(words, done=False)
    about = {"kind": "corrected", "seen_at": at, "of": source, "text": why}
    items = [
        about | {name: value for name, value in span._asdict().items() if value is not None}
        for span in spans
        if span is not None
    ]
    notice = await enter(request, PAGE, at, items)
    words = said(
        "Corrected: the times of {device} are shifted. The reads stay as the device said them.",
        device=source,
    )
    return Notice(words, done=True) if notice.done else notice
