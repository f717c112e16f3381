"""Keys at the web's edge: a link becomes a cookie, a device shows its key, facts are handed to the keeper."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from homestretch.errors import FactError, RefusedError
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import said
from homestretch.readers import Request as DoorRequest
from homestretch.server.front import Front
from homestretch.server.questions import Deposit, Knock, Knocked, Redeem
from homestretch.store.keys import token_hash
from homestretch.web.often import CROWD, Allowance, Often, net_of

LARGEST_BODY = 1024 * 1024
BODY_S = 30.0
PAGE_OF: Final[Mapping[Role, str]] = {
    "announcer": "/announcer",
    "control": "/control",
    "desk": "/desk",
    "medical": "/calls",
    "photographer": "/sending",
    "sweep": "/sweep",
}
"""Where the link of a role leads; all others see the day."""
SECRET_HEADERS = frozenset({"authorization", "cookie"})
"""What no reader needs to see."""


def find_viewer(connection: HTTPConnection) -> Viewer:
    """Who asks: by the key in the Authorization header, else by the session's cookie, else the public."""
    event = str(connection.path_params.get("event", ""))
    front: Front = connection.app.state.front
    for token in (
        _bearer(connection.headers),
        connection.cookies.get(cookie_name(connection, event)),
    ):
        if token and (key := front.find_key(event, token_hash(token), wall_now())):
            return Viewer(role=key.role, station=key.station)
    return Viewer()


def cookie_name(connection: HTTPConnection, event: str) -> str:
    """The session's cookie of an event; over HTTPS it is bound to this host."""
    prefix = "__Host-" if connection.scope["scheme"] in ("https", "wss") else ""
    return f"{prefix}homestretch-{event}"


def find_token(request: Request) -> str | None:
    """The key that was shown: in the Authorization header, else the session's cookie."""
    event = str(request.path_params.get("event", ""))
    return _bearer(request.headers) or request.cookies.get(cookie_name(request, event))


async def open_link(request: Request) -> Response:
    """``/{event}/key/{token}``: swap the key in a link for a session's cookie, so that it stays nowhere."""
    event = request.path_params["event"]
    front: Front = request.app.state.front
    front.get(event)
    if request.method == "HEAD":  # a preview of the link, perhaps: nobody has opened it yet
        return Response(headers={"Cache-Control": "no-store"})
    check_often(request, CROWD)
    question = Redeem(front.next_number(), event, token_hash(request.path_params["token"]))
    session = msgspec.json.decode(await front.ask(question))
    page = f"/{quote(event, safe='')}{_page_of(session['role'], session['station'])}"
    response = RedirectResponse(page, status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        cookie_name(request, event),
        session["token"],
        max_age=max(0, (session["expires_at"] - wall_now()) // 1000),
        path="/",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def _page_of(role: Role, station: str) -> str:
    """Below an event, the page for which a key is made: whoever opens the link at their post is there."""
    if role == "station" and station:
        return f"/stations/{quote(station, safe='')}"
    return PAGE_OF.get(role, "")


async def take_facts(request: Request) -> Response:
    """``POST /{event}/facts``: a batch of facts, answered once it is durable."""
    event = request.path_params["event"]
    front: Front = request.app.state.front
    front.get(event)
    token = find_token(request)
    if not token:
        raise RefusedError("A key is needed.", "Send the header Authorization: Bearer KEY.")
    body = await read_body(request)
    answer = await front.ask(Deposit(front.next_number(), event, body, token_hash(token)))
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


async def knock(request: Request) -> Response:
    """``/{event}/doors/{door}``: a request as a timing system or a phone app makes it, answered in its own
    words once what it said is durable. The key comes as a Bearer token, as the password of Basic
    authentication, or, for apps that can send nothing but an address, as the last part of the path."""
    event = request.path_params["event"]
    front: Front = request.app.state.front
    front.get(event)
    token = _bearer(request.headers) or _password(request.headers)
    token = token or request.path_params.get("token", "")
    body = await read_body(request)
    headers = {name: value for name, value in request.headers.items() if name not in SECRET_HEADERS}
    said = DoorRequest(request.method, dict(request.query_params), headers, body)
    hashed = token_hash(token) if token else ""
    question = Knock(front.next_number(), event, request.path_params["door"], said, hashed)
    answer = msgspec.msgpack.decode(await front.ask(question), type=Knocked)
    return Response(
        answer.body,
        answer.status,
        media_type=answer.media_type,
        headers={"Cache-Control": "no-store"},
    )


def list_tokens(connection: HTTPConnection) -> list[str]:
    """Every key that came with a request, wherever it stood."""
    event = str(connection.path_params.get("event", ""))
    headers = connection.headers
    found = (
        _bearer(headers),
        _password(headers),
        connection.path_params.get("token"),
        connection.cookies.get(cookie_name(connection, event)),
    )
    return [token for token in found if token]


def list_sessions(connection: HTTPConnection) -> list[str]:
    """The sessions of private links that a browser holds, the newest first."""
    return [
        one for one in connection.cookies.get(own_cookie_name(connection), "").split(".") if one
    ]


def own_cookie_name(connection: HTTPConnection) -> str:
    """The cookie of private links, beside the one of a key; over HTTPS it is bound to this host."""
    prefix = "__Host-" if connection.scope["scheme"] in ("https", "wss") else ""
    return f"{prefix}homestretch.me-{connection.path_params.get('event', '')}"


def check_often(connection: HTTPConnection, allowed: Allowance) -> None:
    """BusyError when a key that holds, or without one an address, has sent more than is allowed."""
    front: Front | None = getattr(connection.app.state, "front", None)
    event = str(connection.path_params.get("event", ""))
    host = connection.client.host if connection.client else ""
    sender = net_of(host)
    often: Often = connection.app.state.often
    for token in (*list_tokens(connection), *list_sessions(connection)):
        hashed = token_hash(token)
        if often.knows(hashed):
            sender = hashed
        if front is not None and front.find_key(event, hashed, wall_now()) is not None:
            sender = hashed
    often.check(sender, None, allowed)


def check_same_site(request: HTTPConnection) -> None:
    """RefusedError when a browser sends this from another site's page. Whoever shows a key in a header themselves
    sends it from where they like, unless the browser says that it is another site's page."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise RefusedError(
            said("Another site's page sent this."), said("Open our own page and try again.")
        )
    if _bearer(request.headers):
        return
    if site is None and origin is not None and _host_of(origin) != request.headers.get("host"):
        raise RefusedError(
            said("Another site's page sent this."), said("Open our own page and try again.")
        )


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


async def read_body(request: Request) -> bytes:
    """The body of a request, bounded in size and time; FactError when it is too large or too slow."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise FactError(
                        "The batch is larger than 1 MiB.", "Send it in smaller batches."
                    )
                chunks.append(chunk)
    except TimeoutError as error:
        raise FactError(
            "The batch came too slowly.", "Send it again in smaller batches."
        ) from error
    return b"".join(chunks)


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _password(headers: Headers) -> str | None:
    """The password of Basic authentication, whatever the user is called."""
    scheme, _, coded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        said = base64.b64decode(coded.strip(), validate=True).decode()
    except ValueError:
        return None
    return said.partition(":")[2] or None


def wall_now() -> int:
    """The wall's time (UTC ms), by which keys live."""
    return time.time_ns() // 1_000_000
