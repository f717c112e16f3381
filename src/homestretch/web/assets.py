"""The built script, style sheet and fonts: their addresses, and how long they may be kept."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from homestretch.errors import HomestretchError

STATIC = Path(__file__).parent / "static"
WORKERS = frozenset({"worker.js", "follow-worker.js"})
"""The script that keeps a page for when there is no signal: it may do so for pages outside of its folder."""
FOREVER = "public, max-age=31536000, immutable"


@cache
def _manifest() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise HomestretchError(
            "The script and style sheet of the pages have not been built.", "Run: make assets"
        ) from error
    return found


def asset(name: str) -> str:
    """The address of a built file by its stable name, such as ``app.css``."""
    return f"/static/{_manifest()[name]}"


@cache
def assets_stamp() -> str:
    """A short text that changes whenever script or style sheet do."""
    return f"{_manifest()['app.css']}{_manifest()['app.js']}"


class Assets(StaticFiles):
    """The folder of built files. What carries its digest in its address may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the headers for its cache."""
        response = await super().get_response(path, scope)
        versioned = path.startswith("fonts/") or scope.get("query_string", b"").startswith(b"v=")
        if path in WORKERS:
            response.headers["Service-Worker-Allowed"] = "/"
        response.headers["Cache-Control"] = FOREVER if versioned else "public, max-age=300"
        return response
