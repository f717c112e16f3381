"""The web application of a front: pages, streams, keys and facts, each address with who may use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.errors import HomestretchError
from homestretch.web.access import GuardedRoute, list_unguarded
from homestretch.web.admission import find_viewer, knock, open_link, take_facts
from homestretch.web.api.routes import api_routes
from homestretch.web.audit import audit_routes
from homestretch.web.certificates import certificate_routes
from homestretch.web.cheering import cheering_routes
from homestretch.web.controlling import controlling_routes
from homestretch.web.correcting import correcting_routes
from homestretch.web.editing import editing_routes
from homestretch.web.embedding import embedding_routes
from homestretch.web.entering import entering_routes
from homestretch.web.evidence import WHO as LOG_READERS
from homestretch.web.evidence import list_reads, show_evidence
from homestretch.web.finding import finding_routes
from homestretch.web.finish_codes import finish_code_routes
from homestretch.web.following import following_routes
from homestretch.web.headers import SecurityHeaders
from homestretch.web.hiding import hiding_routes
from homestretch.web.holding import holding_routes
from homestretch.web.mine import mine_routes
from homestretch.web.newsstand import Newsstand
from homestretch.web.officiating import officiating_routes
from homestretch.web.often import DEVICES, Often
from homestretch.web.opening import opening_routes
from homestretch.web.pages import page_routes
from homestretch.web.photos import photo_routes
from homestretch.web.refusals import on_fault, on_http_error, on_our_error
from homestretch.web.sending import sending_routes
from homestretch.web.shards import shard_routes
from homestretch.web.stories import story_routes
from homestretch.web.streams import stream, stream_events
from homestretch.web.uploads import upload_routes

ROUTES: Final[tuple[Callable[[], list[BaseRoute]], ...]] = (
    entering_routes,
    cheering_routes,
    correcting_routes,
    opening_routes,
    controlling_routes,
    officiating_routes,
    audit_routes,
    hiding_routes,
    holding_routes,
    editing_routes,
    finish_code_routes,
    story_routes,
    finding_routes,
    following_routes,
    photo_routes,
    upload_routes,
    sending_routes,
    shard_routes,
    mine_routes,
    embedding_routes,
    certificate_routes,
)
"""What lists the addresses of each page's forms and files, in the order in which they are tried."""


def make_application() -> Starlette:
    """The application; before it is served, ``state.front``, ``state.pictures`` and ``state.streams``
    must be set. ``state.viewer_of`` says who asks."""
    application = Starlette(
        routes=list_routes(),
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={
            HTTPException: on_http_error,
            HomestretchError: on_our_error,
            Exception: on_fault,
        },
    )
    application.state.viewer_of = find_viewer
    application.state.often = Often()
    application.state.newsstand = Newsstand()

    application.state.push_keys = {}
    application.state.uploads = {}
    application.state.busy_uploads = set()
    # It would send whoever asks for .../key/TOKEN/ on to the host that they named, with the token.
    application.router.redirect_slashes = False
    return application


def list_routes() -> list[BaseRoute]:
    """Every address of the application. RuntimeError when one does not declare who may use it."""
    fixed: list[BaseRoute] = []
    boards: list[BaseRoute] = []
    for route in page_routes():
        (boards if getattr(route, "path", "").startswith("/{event}") else fixed).append(route)
    routes = [
        *fixed,
        *api_routes(),
        GuardedRoute("/events/stream", stream_events, who=EVERYBODY),
        GuardedRoute("/{event}/stream", stream, who=EVERYBODY),
        GuardedRoute("/{event}/key/{token}", open_link, who=EVERYBODY),
        *_doors(),
        *_log_pages(),
        *(route for list_some in ROUTES for route in list_some()),
        *boards,
    ]
    unguarded = list(list_unguarded(routes))
    if unguarded:
        raise RuntimeError(
            f"These addresses do not declare who may use them: {', '.join(unguarded)}"
        )
    return routes


def _doors() -> list[BaseRoute]:
    """Where facts are sent to."""
    # Some apps put "/?id=..." behind the address that they were given.
    doors = ("/{event}/doors/{door}", "/{event}/doors/{door}/{token}")
    paths = [path for door in doors for path in (door, f"{door}/")]
    return [
        # The keeper checks the key of each batch against the kinds of fact that its role may send.
        GuardedRoute("/{event}/facts", take_facts, who=EVERYBODY, often=DEVICES, methods=["POST"]),
        *(
            GuardedRoute(path, knock, who=EVERYBODY, often=DEVICES, methods=["GET", "POST"])
            for path in paths
        ),
    ]


def _log_pages() -> list[BaseRoute]:
    """Where the log can be looked into."""
    return [
        GuardedRoute(path + suffix, endpoint, who=LOG_READERS)
        for path, endpoint in (
            ("/{event}/evidence/{seq}", show_evidence),
            ("/{event}/reads/{reason}", list_reads),
        )
        for suffix in (".json", "")
    ]
