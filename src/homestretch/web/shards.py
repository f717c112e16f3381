"""Shards of runners as JSON, with what a CDN needs to answer for us: five seconds fresh, half a minute while it asks."""

from __future__ import annotations

import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY, write_twin
from homestretch.boards.shards import make_shard
from homestretch.picture import Picture
from homestretch.web.access import GuardedRoute

CACHE: Final = "public, max-age=0, s-maxage=5, stale-while-revalidate=30"


def shard_routes() -> list[BaseRoute]:
    """The addresses of shards."""
    return [GuardedRoute("/{event}/shards/{number:int}.json", _show, who=EVERYBODY)]


async def _show(request: Request) -> Response:
    """``/{event}/shards/{number}.json``: the same for everybody; its ETag is that of what it says."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    body = write_twin(make_shard(picture, int(request.path_params["number"])))
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": CACHE}
    if request.headers.get("if-none-match", "").removeprefix("W/") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
