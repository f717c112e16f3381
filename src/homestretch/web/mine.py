"""The pages of private links: each entrant sees what is stored of them, and changes what is shown, by their own hand.

A link is swapped for a session of its own in a cookie of its own, so that a phone may hold the links of a family,
and a key of the staff beside them. What holds is asked of the keeper each time: it is a phone, not a wall.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY, write_twin
from homestretch.boards.entering import Notice
from homestretch.boards.frame import make_frame
from homestretch.boards.mine import Own, show_own
from homestretch.boards.rolls import DESK_ROLES
from homestretch.errors import HomestretchError, NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, said, say_again
from homestretch.server.front import Front
from homestretch.server.own import HELD
from homestretch.server.questions import Mine, NameLooked, Opened, OpenLink, OwnRow
from homestretch.store.keys import token_hash
from homestretch.web.access import GuardedRoute
from homestretch.web.admission import check_often, find_token, list_sessions, own_cookie_name
from homestretch.web.certificates import answer_sheet
from homestretch.web.forms import caught_up, read_form
from homestretch.web.mine_forms import read_said
from homestretch.web.often import CROWD
from homestretch.web.own_photos import own_photo_routes, say_own_photo
from homestretch.web.render import render_plain
from homestretch.web.spoken import find_speech, speech_of, spoken_in, wanted_by

HEADERS: Final = {"Cache-Control": "private, no-store"}
COOKIE_S: Final = 400 * 86_400
"""As long as browsers keep a cookie; each session ends by itself before."""


class MineTwin(msgspec.Struct, frozen=True, kw_only=True):
    """The twin of the page: all that is stored of each entrant whose link is open."""

    event: str
    now: int
    entrants: tuple[Own, ...]


def mine_routes() -> list[BaseRoute]:
    """The page, its twin, the address of its forms, and that of the links: who may see whom is told by the links
    that the browser has opened, so the addresses are everybody's."""
    return [
        GuardedRoute("/{event}/me.json", show_mine, who=EVERYBODY),
        GuardedRoute("/{event}/me", show_mine, who=EVERYBODY),
        GuardedRoute(
            "/{event}/me", _say, who=EVERYBODY, methods=["POST"], often=CROWD, name="me-form"
        ),
        *own_photo_routes(),
        GuardedRoute("/{event}/me/{token}", _open, who=EVERYBODY),
        GuardedRoute("/{event}/me/{bib}/certificate.pdf", _show_certificate, who=EVERYBODY),
        GuardedRoute("/{event}/names", _look, who=DESK_ROLES, methods=["POST"], name="names-form"),
    ]


async def find_own(request: Request) -> tuple[OwnRow, ...]:
    """The entrants whose private links are open in this browser, with what is stored of them."""
    front: Front = request.app.state.front
    event = request.path_params["event"]
    front.get(event)
    held = [token_hash(one) for one in list_sessions(request)]
    if not held:
        return ()
    check_often(request, CROWD)
    answer = await front.ask(Mine(front.next_number(), event, held))
    rows = msgspec.json.decode(answer, type=tuple[OwnRow, ...])
    if len(rows) == len(held):
        for one in held:
            request.app.state.often.remember(one)
    return rows


def viewer_of_own(row: OwnRow) -> Viewer:
    """The viewer that a private link makes: sees its own entrant, and everybody else as the public does."""
    return Viewer(role="runner", entrant=row.entrant)


async def show_mine(request: Request) -> Response:
    """``/{event}/me``: all that is stored of the entrants whose links are open here."""
    return _answer(request, await find_own(request))


async def _show_certificate(request: Request) -> Response:
    """``/{event}/me/{bib}/certificate.pdf``: the certificate of an entrant whose link is open here, hidden or not."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    bib = request.path_params["bib"]
    row = picture.state.roster.find_row(bib)
    for own in await find_own(request):
        if row is not None and picture.state.roster.entrants[row] == own.entrant:
            sheet = await answer_sheet(request, picture, viewer_of_own(own))
            sheet.headers.update(HEADERS)
            return sheet
    raise NotFound(
        said("This private link is not open here."), said("Open yours again, and look there.")
    )


async def _open(request: Request) -> Response:
    """``/{event}/me/{token}``: swap the link for a session's cookie, beside those that are there."""
    event = request.path_params["event"]
    front: Front = request.app.state.front
    front.get(event)
    if request.method == "HEAD":  # a preview of the link, perhaps: nobody has opened it yet
        return Response(headers=HEADERS)
    check_often(request, CROWD)
    sessions = list_sessions(request)
    hashes = {token_hash(one): one for one in sessions[: HELD - 1]}
    question = OpenLink(
        front.next_number(), event, token_hash(request.path_params["token"]), list(hashes)
    )
    opened = msgspec.json.decode(await front.ask(question), type=Opened)
    for known in (question.link_hash, token_hash(opened.token)):
        request.app.state.often.remember(known)
    response = RedirectResponse(f"/{quote(event, safe='')}/me", status_code=303, headers=HEADERS)
    tokens = [opened.token, *(hashes[one] for one in opened.held if one in hashes)]
    _set_cookie(request, response, ".".join(tokens))
    return response


async def _say(request: Request) -> Response:
    """``POST /{event}/me``: what a form says holds once this is answered; every page follows within a second."""
    front: Front = request.app.state.front
    event = request.path_params["event"]
    picture, form = front.get(event), await read_form(request)
    held = [token_hash(one) for one in list_sessions(request)]
    question = Mine(front.next_number(), event, held, form.get("entrant"))
    if form.get("do") == "leave":
        await front.ask(msgspec.structs.replace(question, leave=True))
        response = RedirectResponse(f"/{quote(event, safe='')}", status_code=303, headers=HEADERS)
        _set_cookie(request, response, "")
        return response
    if not held:
        raise RefusedError(said("No private link is open here."), said("Open yours again."))
    try:
        if form.get("photo"):
            words = await say_own_photo(request, form, held)
            notice = await caught_up(request, Notice(words, done=True))
            return _answer(request, await find_own(request), notice)
        told, words = read_said(form, picture)
        answer = await front.ask(msgspec.structs.replace(question, said=told))
    except HomestretchError as error:
        return _answer(
            request,
            await find_own(request),
            Notice(
                said("Not changed: {why}", why=joined((error.what, error.hint), " ")), done=False
            ),
        )
    rows = msgspec.json.decode(answer, type=tuple[OwnRow, ...])
    return _answer(request, rows, await caught_up(request, Notice(words, done=True)))


async def _look(request: Request) -> Response:
    """``POST /{event}/names``: the desk has looked at a name that a runner asks for."""
    form, token = await read_form(request), find_token(request)
    front: Front = request.app.state.front
    event = request.path_params["event"]
    front.get(event)
    if not token:
        raise RefusedError(said("A key is needed."), said("Open your own link."))
    taken, named = form.get("do") == "take", (form.get("entrant"), form.get("asked"))
    await front.ask(NameLooked(front.next_number(), event, *named, taken, token_hash(token)))
    return RedirectResponse(f"/{quote(event, safe='')}/desk", status_code=303, headers=HEADERS)


def _answer(request: Request, rows: tuple[OwnRow, ...], notice: Notice | None = None) -> Response:
    """The page, or its twin when that was asked for."""
    picture: Picture = request.app.state.front.get(request.path_params["event"])
    shown = (show_own(picture, row.person, row.hand) for row in rows)
    entrants = tuple(one for one in shown if one is not None)
    if request.url.path.endswith(".json"):
        twin = MineTwin(event=picture.event.id, now=picture.now, entrants=entrants)
        content = write_twin(say_again(twin, find_speech(spoken_in(request.query_params).language)))
        return Response(content, media_type="application/json", headers=HEADERS)
    frame, spoken = make_frame(picture, Viewer()), wanted_by(request)
    address = f"/{quote(picture.event.id, safe='')}"
    page = render_plain(
        "mine.html",
        speech_of(spoken, frame.event),
        frame=frame,
        spoken=spoken,
        here_as=lambda spoken: f"{address}/me?{urlencode(spoken.query)}",
        entrants=entrants,
        notice=notice,
        event_address=address,
        json_address=f"{address}/me.json",
        runner_address=lambda bib: f"{address}/runners/{quote(bib, safe='')}",
    )
    return Response(page, media_type="text/html", headers=HEADERS)


def _set_cookie(request: Request, response: Response, value: str) -> None:
    response.set_cookie(
        own_cookie_name(request),
        value,
        max_age=COOKIE_S if value else 0,
        path="/",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )
