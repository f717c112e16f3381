"""What goes wrong, as a page (or JSON for a program) that says what happened and what to do."""

from __future__ import annotations

import re
import traceback
from http import HTTPStatus
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from homestretch.errors import BusyError, FactError, HomestretchError, NotFound, RefusedError
from homestretch.web.headers import HEADERS
from homestretch.web.render import render_plain

RETRY_S = "3"
REDACTED = "***"
SHORTEST_KEY = 8
_KEY_IN_PATH = re.compile(r"^(/[^/]*/(?:key|me|doors/[^/]*)/)(.+)", re.DOTALL)
"""What follows a key's link, a private link, or a door, in an address."""

logger = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[HomestretchError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (RefusedError, HTTPStatus.FORBIDDEN),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (FactError, HTTPStatus.BAD_REQUEST),
)
"""Kinds of error whose words are for whoever asked. What others say (a file's path) is for our log."""
_TITLES = {
    HTTPStatus.NOT_FOUND: "Not here",
    HTTPStatus.FORBIDDEN: "Not for this key",
    HTTPStatus.METHOD_NOT_ALLOWED: "This cannot be done here",
    HTTPStatus.SERVICE_UNAVAILABLE: "Busy right now",
    HTTPStatus.BAD_REQUEST: "This was not understood",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side",
}
_HINTS = {
    HTTPStatus.NOT_FOUND: ("There is no page at this address.", "Check it, or start from the day."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("This address does not take that.", "Open it as a page."),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "The page could not be made. The race is kept all the same, and the fault is in our log.",
        "Try again in a moment.",
    ),
}


async def on_our_error(request: Request, error: Exception) -> Response:
    """The answer for a HomestretchError: its own words and hint."""
    assert isinstance(error, HomestretchError)
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return say(request, status, error.what, error.hint)
    reason = _redacted(request, str(error))
    logger.error("an answer failed", path=_log_path(request), reason=reason)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return say(request, status, *_HINTS[status])


async def on_http_error(request: Request, error: Exception) -> Response:
    """The answer for an address or a method that no route knows."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    what, hint = _HINTS.get(status, (status.description or status.phrase, ""))
    answer = say(request, status, what, hint)
    answer.headers.update(error.headers or {})
    return answer


async def on_fault(request: Request, error: Exception) -> Response:
    """The answer when we made a mistake. It leaves outside of every middleware, hence the headers."""
    # Without the values of variables: they may hold names.
    trace = _redacted(request, "".join(traceback.format_exception(error)))
    logger.error("an answer failed", path=_log_path(request), trace=trace)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    answer = say(request, status, *_HINTS[status])
    answer.headers.update(HEADERS)
    return answer


def say(request: Request, status: HTTPStatus, what: str, hint: str) -> Response:
    """What went wrong: JSON for who asked for JSON or sent something, else a page."""
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_S
    if _wants_json(request):
        return JSONResponse({"error": what, "hint": hint}, int(status), headers=headers)
    event = request.path_params.get("event") if status != HTTPStatus.NOT_FOUND else None
    page = render_plain(
        "sorry.html",
        title=_TITLES.get(status, status.phrase),
        what=what,
        hint=hint,
        home=f"/{quote(event, safe='')}" if event else "/",
    )
    return HTMLResponse(page, int(status), headers=headers)


def _wants_json(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    asks = "application/json" in accepts and "text/html" not in accepts
    sends = request.method not in ("GET", "HEAD") and "text/html" not in accepts
    return asks or request.url.path.endswith(".json") or sends


def _log_path(request: Request) -> str:
    """The path as it is written to the log: without the key that may stand in it, and coded, so that nobody
    writes lines or colours of their own."""
    return quote(_KEY_IN_PATH.sub(rf"\1{REDACTED}", request.scope["path"]), safe="/*")


def _redacted(request: Request, text: str) -> str:
    """A text for the log without any key that came with the request."""
    in_path = _KEY_IN_PATH.match(request.scope["path"])
    said = [in_path[2] if in_path else "", *request.query_params.values()]
    said += (part for value in request.cookies.values() for part in (value, *value.split(".")))
    said += request.headers.get("authorization", "").split()[1:]
    for token in said:
        if len(token) >= SHORTEST_KEY:
            text = text.replace(token, REDACTED).replace(quote(token), REDACTED)
    return text
