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

from homestretch.errors import BusyError, FactError, Gone, HomestretchError, NotFound, RefusedError
from homestretch.race.event import Event
from homestretch.race.saying import Speech, said
from homestretch.web.headers import HEADERS
from homestretch.web.render import render_plain
from homestretch.web.spoken import find_speech, speech_of, spoken_in, wanted_by

RETRY_S = "3"
REDACTED = "***"
SHORTEST_KEY = 8
API, PROBLEM = "/api/v1", "application/problem+json"
"""Where errors are told as RFC 9457 has them, and as what."""
_KEY_IN_PATH = re.compile(r"^(/[^/]*/(?:key|me|doors/[^/]*)/)(.+)", re.DOTALL)
"""What follows a key's link, a private link, or a door, in an address."""

logger = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[HomestretchError], HTTPStatus], ...] = (
    (Gone, HTTPStatus.GONE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (RefusedError, HTTPStatus.FORBIDDEN),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (FactError, HTTPStatus.BAD_REQUEST),
)
"""Kinds of error whose words are for whoever asked. What others say (a file's path) is for our log."""
_TITLES = {
    HTTPStatus.NOT_FOUND: said("Not here"),
    HTTPStatus.GONE: said("Gone from here"),
    HTTPStatus.FORBIDDEN: said("Not for this key"),
    HTTPStatus.METHOD_NOT_ALLOWED: said("This cannot be done here"),
    HTTPStatus.SERVICE_UNAVAILABLE: said("Busy right now"),
    HTTPStatus.BAD_REQUEST: said("This was not understood"),
    HTTPStatus.INTERNAL_SERVER_ERROR: said("Something broke on our side"),
}
_HINTS = {
    HTTPStatus.NOT_FOUND: (
        said("There is no page at this address."),
        said("Check it, or start from the day."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        said("This address does not take that."),
        said("Open it as a page."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        said(
            "The page could not be made. The race is kept all the same, and the fault is in our log."
        ),
        said("Try again in a moment."),
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
    if request.url.path.startswith(API):
        problem = {
            "type": "about:blank",
            "title": _TITLES.get(status, status.phrase),
            "status": int(status),
            "detail": what,
            "hint": hint,
        }
        return JSONResponse(problem, int(status), headers=headers, media_type=PROBLEM)
    if _wants_json(request):
        speech = find_speech(spoken_in(request.query_params).language)
        what, hint = speech.again(what), speech.again(hint)
        return JSONResponse({"error": what, "hint": hint}, int(status), headers=headers)
    event = request.path_params.get("event") if status != HTTPStatus.NOT_FOUND else None
    page = render_plain(
        "sorry.html",
        speech_for(request),
        title=_TITLES.get(status, status.phrase),
        what=what,
        hint=hint,
        home=f"/{quote(event, safe='')}" if event else "/",
    )
    return HTMLResponse(page, int(status), headers=headers)


def speech_for(request: Request) -> Speech:
    """How whoever asks wants to be spoken to, by what a page would be."""
    return speech_of(wanted_by(request), _find_event(request))


def _find_event(request: Request) -> Event | None:
    """The event that was asked for, when it is here: its language is the page's."""
    pictures = getattr(request.app.state, "pictures", None)
    try:
        return pictures.get(request.path_params["event"]).event if pictures else None
    except (HomestretchError, KeyError):  # the race is being read in, perhaps: that is what is said
        return None


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
