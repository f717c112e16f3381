"""``/{event}/find?q=``: from a bib, or from the words of a name, to the page of that one runner.

A family finds somebody who is still on the road here. It never answers with a list, and of whoever is hidden it says
what it says of a bib that nobody has.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

import numpy as np
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.boards.entering import find_bib
from homestretch.boards.frame import make_frame
from homestretch.boards.search import find_people
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.race.spelling import name_key
from homestretch.showing import shown
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.render import render_plain
from homestretch.web.spoken import speech_of, wanted_by

LONGEST: Final = 80
KEPT: Final = ("lang", "unit", "theme")
"""What an address says of how a page is shown goes along."""


def finding_routes() -> list[BaseRoute]:
    """The address to which the field "Find a runner" leads."""
    return [GuardedRoute("/{event}/find", lead_to_runner, who=EVERYBODY, name="find")]


async def lead_to_runner(request: Request) -> Response:
    """To the page of the one runner who is meant; when that is nobody, or more than one, a page that says so and asks
    again."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    given = request.query_params.get("q", "")[:LONGEST]
    try:
        bib = find_runner(picture, viewer_of(request), find_bib(given, picture.event))
    except NotFound as error:
        return _ask_again(request, picture, given, error if given else None)
    shown_as = {name: request.query_params[name] for name in KEPT if name in request.query_params}
    address = f"/{quote(picture.event.id, safe='')}/runners/{quote(bib, safe='')}"
    where = f"{address}?{urlencode(shown_as)}" if shown_as else address
    return RedirectResponse(where, status_code=303, headers={"Cache-Control": "no-store"})


def _ask_again(
    request: Request, picture: Picture, asked: str, trouble: NotFound | None
) -> Response:
    spoken = wanted_by(request)
    page = render_plain(
        "find.html",
        speech_of(spoken, picture.event),
        frame=make_frame(picture, Viewer()),
        spoken=spoken,
        asked=asked,
        trouble=trouble and {"what": trouble.what, "hint": trouble.hint},
        event_address=f"/{quote(picture.event.id, safe='')}",
    )
    headers = {"Cache-Control": "no-store"}
    return Response(page, 404 if trouble else 200, headers, "text/html")


def find_runner(picture: Picture, viewer: Viewer, asked: str) -> str:
    """The bib of the one runner who is asked for: by that bib, or by whole words of the name as it is shown to this
    viewer."""
    if not asked:
        raise NotFound(said("Nobody was asked for."), said("Write a bib, or a name in full."))
    rows = find_people(picture, viewer, np.arange(len(picture.state.roster.bibs)), asked)
    words = set(name_key(asked).split())
    found = [
        row
        for row in rows.tolist()
        if row == picture.state.roster.find_row(asked)
        or words <= set(name_key(shown(picture, viewer, row).name).split())
    ]
    if len(found) > 1:
        raise NotFound(
            said("{count} people are called that.", count=len(found)),
            said("Write the bib, or more of the name."),
        )
    if not found:
        raise NotFound(
            said("Nobody is found by that."),
            said(
                "Write the bib as it stands on the chest, or first and last name in full. Who asked not to be shown is not found here."
            ),
        )
    row: int = found[0]
    return picture.state.roster.bibs[row]
