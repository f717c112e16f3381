"""Every route of the application, those below a mount included, each with its whole path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Mount

from homestretch.web.access import GuardedRoute
from homestretch.web.application import list_routes


def list_guarded_routes() -> Iterator[tuple[str, GuardedRoute]]:
    """(path, route) of every address that there is."""
    yield from _below("", list_routes())


def _below(path: str, routes: Iterable[BaseRoute]) -> Iterator[tuple[str, GuardedRoute]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _below(path + route.path, route.routes)
        else:
            assert isinstance(route, GuardedRoute)
            yield re.sub(r"{(\w+):\w+}", r"{\1}", path + route.path), route
