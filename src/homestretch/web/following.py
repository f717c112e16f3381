"""Following a runner on a phone that sleeps: a browser subscribes without an account, and takes it back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.server.front import Front
from homestretch.server.questions import Follow, Forget
from homestretch.web.access import GuardedRoute
from homestretch.web.forms import read_form
from homestretch.web.often import CROWD
from homestretch.web.spoken import wanted_by

UNTOUCHED = {"Cache-Control": "no-store"}


def following_routes() -> list[BaseRoute]:
    """The key that a browser needs to subscribe, and where it sends its subscription."""
    return [
        GuardedRoute("/{event}/push-key", _tell_key, who=EVERYBODY),
        GuardedRoute(
            "/{event}/runners/{bib}/follow", _take, who=EVERYBODY, often=CROWD, methods=["POST"]
        ),
    ]


async def _tell_key(request: Request) -> Response:
    """``GET /{event}/push-key``: the event's public key; empty where no messages are sent."""
    event = request.path_params["event"]
    request.app.state.pictures.get(event)  # NotFound for an event that is not here
    keys: dict[str, str] = request.app.state.push_keys
    return JSONResponse({"key": keys.get(event, "")}, headers=UNTOUCHED)


async def _take(request: Request) -> Response:
    """``POST /{event}/runners/{bib}/follow``: ``do=follow`` with a subscription, or ``do=leave``. The answer comes
    once it is durable."""
    event, bib = request.path_params["event"], request.path_params["bib"]
    picture: Picture = request.app.state.pictures.get(event)
    form = await read_form(request)
    front: Front = request.app.state.front
    endpoint = form.get("endpoint")
    if not endpoint:
        raise FactError(said("This names no browser."), said("Follow on the runner's page."))
    if form.get("do") == "leave":
        row = picture.state.roster.find_row(bib)
        entrant = "" if row is None else picture.state.roster.entrants[row]
        await front.ask(Forget(front.next_number(), event, [], endpoint, entrant))
    else:
        asked_from = request.client.host if request.client else ""
        told = (endpoint, form.get("p256dh"), form.get("auth"), asked_from)
        language = wanted_by(request).language
        await front.ask(Follow(front.next_number(), event, bib, *told, language))
    return Response(status_code=204, headers=UNTOUCHED)
