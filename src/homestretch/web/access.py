"""Who may use which address: every route declares it, and nothing is reached without it. Whatever may change
something comes from our own pages alone, and not too often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from homestretch.errors import RefusedError
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said
from homestretch.web.admission import check_often, check_same_site
from homestretch.web.often import FORMS, Allowance

Answer = Callable[[Request], Awaitable[Response]]


SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods by which a browser only looks."""


class GuardedRoute(Route):
    """A route that only viewers with one of the roles ``who`` reach; others get a RefusedError. What is sent to it
    by other methods than those that look comes from our own site, and ``often`` enough for one sender: else it is
    refused before its body is read."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        who: Iterable[Role],
        often: Allowance = FORMS,
        **more: Any,
    ) -> None:
        super().__init__(path, endpoint, **more)
        self.who, self.often = frozenset(who), often

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the viewer in, or raises RefusedError, or BusyError for who sends too much."""
        connection = HTTPConnection(scope)
        check(viewer_of(connection), self.who)
        is_taken = self.methods is None or scope["method"] in self.methods
        if is_taken and scope["method"] not in SAFE:
            check_often(connection, self.often)
            check_same_site(connection)
        await super().handle(scope, receive, send)


class GuardedMount(Mount):
    """An application below a path that only viewers with one of the roles ``who`` reach."""

    def __init__(self, path: str, app: ASGIApp, *, who: Iterable[Role], **more: Any) -> None:
        super().__init__(path, app=app, **more)
        self.who = frozenset(who)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the viewer in, or raises RefusedError."""
        check(viewer_of(HTTPConnection(scope)), self.who)
        await super().handle(scope, receive, send)


def viewer_of(connection: HTTPConnection) -> Viewer:
    """Who asks, as the application's ``state.viewer_of`` says; the public without one."""
    find = getattr(connection.app.state, "viewer_of", None)
    return find(connection) if find is not None else Viewer()


def check(viewer: Viewer, who: frozenset[Role]) -> None:
    """RefusedError unless the viewer's role is among those."""
    if viewer.role not in who:
        raise RefusedError(
            said("This page is for other roles.")
            if viewer.role != "public"
            else said("This page needs a key."),
            said(
                "Open the link that the race director made for you. If it has expired or was taken back, ask for a new one."
            ),
        )


def list_unguarded(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Addresses of routes that do not declare who may use them, those below a mount included."""
    for route in routes:
        who = getattr(route, "who", None)
        if not isinstance(who, frozenset) or not who:
            yield getattr(route, "path", repr(route))
        below = getattr(route, "routes", None)
        if below:
            yield from list_unguarded(below)
