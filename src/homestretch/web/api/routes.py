"""The API's addresses. They have their own errors (problem+json), and others' pages may read them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router

from homestretch.boards import EVERYBODY, write_twin
from homestretch.errors import BusyError, HomestretchError, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web.access import GuardedMount, GuardedRoute, viewer_of
from homestretch.web.admission import take_facts
from homestretch.web.api import answers
from homestretch.web.api.document import JSON, make_document
from homestretch.web.api.operations import OPERATIONS, ROOT, Operation, read_choices
from homestretch.web.events import number_of
from homestretch.web.kept import KeptAnswers
from homestretch.web.often import DEVICES
from homestretch.web.refusals import on_fault, on_http_error, on_our_error

Endpoint = Callable[[Request], Awaitable[Response]]


class Pictures(Protocol):
    """Where the newest Pictures are found (``app.state.pictures``)."""

    def get(self, event_id: str) -> Picture:
        """The newest Picture of an event, or NotFound."""
        ...

    def list_events(self) -> list[Picture]:
        """The newest Picture of every event."""
        ...


def api_routes() -> list[BaseRoute]:
    """The API below its one address."""
    kept = KeptAnswers()
    routes: list[BaseRoute] = [
        GuardedRoute("/openapi.json", _tell_document, who=EVERYBODY),
        GuardedRoute("/health", _of_all(kept, "health"), who=EVERYBODY),
        GuardedRoute("/events", _of_all(kept, "events"), who=EVERYBODY),
        *(
            GuardedRoute(one.path, _of_one(kept, one), who=EVERYBODY, name=f"api {one.id}")
            for one in OPERATIONS
        ),
        GuardedRoute(
            "/events/{event}/facts", take_facts, who=EVERYBODY, often=DEVICES, methods=["POST"]
        ),
    ]
    handlers: dict[Any, Any] = {
        HTTPException: on_http_error,
        HomestretchError: on_our_error,
        Exception: on_fault,
    }
    return [
        GuardedMount(
            ROOT,
            Router(routes, redirect_slashes=False),
            who=EVERYBODY,
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=["*"],
                    allow_methods=["GET"],
                    allow_headers=["Authorization", "If-None-Match"],
                    expose_headers=["ETag", "Retry-After"],
                    max_age=600,
                ),
                # Inside of CORS, so that others' pages can read what went wrong as well.
                Middleware(ExceptionMiddleware, handlers=handlers),
            ],
        )
    ]


def _of_one(kept: KeptAnswers, operation: Operation) -> Endpoint:
    async def answer(request: Request) -> Response:
        path = dict(request.path_params)
        picture = _pictures(request).get(path.pop("event"))
        viewer = _find_viewer(request)
        query = read_choices(operation.choices, request.query_params)

        def make() -> bytes:
            return write_twin(operation.make(picture, viewer, path, query))

        found = kept.answer(
            request,
            (picture.event.id, operation.id, tuple(path.items()), query, viewer),
            picture.number,
            JSON,
            make,
            public=viewer.role == "public",
        )
        return _for_all_sites(found)

    return answer


def _of_all(kept: KeptAnswers, which: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        pictures = _pictures(request).list_events()
        if not pictures:
            raise BusyError("The race is being read in.", "Try again in a moment.")
        viewer = viewer_of(request)

        def make() -> bytes:
            if which == "health":
                return write_twin(answers.make_health(pictures, viewer))
            return write_twin(answers.make_events(pictures, ROOT))

        key = (which, viewer)
        number = number_of(pictures)
        return _for_all_sites(kept.answer(request, key, number, JSON, make, public=True))

    return answer


def _find_viewer(request: Request) -> Viewer:
    """Who asks. A key that has ended is refused, so that a program notices; a page would fall back to the public."""
    viewer = viewer_of(request)
    if viewer.role == "public" and "authorization" in request.headers:
        raise RefusedError(
            "This key is not known here, or has ended.",
            "Ask the race director for a new one, or send no header to see what the public sees.",
        )
    return viewer


async def _tell_document(_request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=300"}
    return _for_all_sites(Response(make_document(), media_type=JSON, headers=headers))


def _for_all_sites(response: Response) -> Response:
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _pictures(request: Request) -> Pictures:
    pictures: Pictures = request.app.state.pictures
    return pictures
