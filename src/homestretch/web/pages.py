"""The pages: every board at its address with its JSON twin, the list of events, and the proof of life."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import quote

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY, BoardKind, list_boards, write_twin
from homestretch.picture import Picture
from homestretch.race.saying import say_again
from homestretch.web.access import GuardedMount, GuardedRoute, viewer_of
from homestretch.web.assets import STATIC, Assets
from homestretch.web.events import make_list, number_of, render_list
from homestretch.web.kept import KeptAnswers
from homestretch.web.render import board_key, make_board, page_address, render_page, respoken
from homestretch.web.spoken import (
    CHOOSE,
    NO_EVENT,
    choose,
    find_better_address,
    speech_of,
    spoken_in,
)
from homestretch.web.station_words import WORDS_PATH, send_words

THEMES = ("dark", "light")


class Pictures(Protocol):
    """Where pages find the newest Pictures (``app.state.pictures``)."""

    def get(self, event_id: str) -> Picture:
        """The newest Picture of an event, or NotFound."""
        ...

    def list_events(self) -> list[Picture]:
        """The newest Picture of every event."""
        ...


def page_routes() -> list[BaseRoute]:
    """Routes of all pages, what is fixed before what holds an event's name."""
    kept = KeptAnswers()
    boards: list[BaseRoute] = []
    for kind in list_boards():
        for suffix in (".json", ""):
            endpoint = _board_endpoint(kind, kept, as_json=bool(suffix))
            name = f"{kind.name}{suffix}"
            boards.append(GuardedRoute(kind.path + suffix, endpoint, who=kind.who, name=name))
    return [
        *(
            GuardedRoute(path, _events_endpoint(kept, as_json=as_json), who=EVERYBODY)
            for path, as_json in (("/", False), ("/events.json", True))
        ),
        GuardedRoute(CHOOSE, choose, who=EVERYBODY),
        GuardedRoute("/healthz", say_health, who=EVERYBODY),
        GuardedRoute(WORDS_PATH, send_words, who=EVERYBODY),
        GuardedMount(
            "/static", GZipMiddleware(Assets(directory=STATIC), minimum_size=500), who=EVERYBODY
        ),
        # A slash that somebody typed; other addresses with one too many stay unknown, as they may hold a key.
        GuardedRoute("/{event}/", _without_slash, who=EVERYBODY),
        *boards,
    ]


async def _without_slash(request: Request) -> Response:
    """``/{event}/`` leads to ``/{event}``, on whatever host we are called by; NotFound for an event that is not here."""
    event = _pictures(request).get(request.path_params["event"]).event.id
    asked = request.url.query
    return _elsewhere(f"/{quote(event, safe='')}{f'?{asked}' if asked else ''}")


def _board_endpoint(
    kind: BoardKind, kept: KeptAnswers, *, as_json: bool
) -> Callable[[Request], Awaitable[Response]]:
    async def show_board(request: Request) -> Response:
        given = {**request.query_params, **request.path_params}
        picture = _pictures(request).get(given.pop("event"))
        key, viewer = board_key(kind.name, given), viewer_of(request)
        theme = _theme(request)
        if not as_json and (address := find_better_address(request, picture.event)):
            return _elsewhere(address)

        def make() -> bytes:
            board = make_board(key, picture, viewer)
            if as_json:
                return write_twin(respoken(board, speech_of(key.spoken)))
            return render_page(key, board, viewer, theme).encode()

        return kept.answer(
            request,
            (picture.event.id, key, viewer, theme, as_json),
            picture.number,
            "application/json" if as_json else "text/html",
            make,
            public=viewer.role == "public",
            is_settled=as_json or bool(key.spoken.language),
        )

    return show_board


def _events_endpoint(
    kept: KeptAnswers, *, as_json: bool
) -> Callable[[Request], Awaitable[Response]]:
    """``/`` and ``/events.json``: the events that are served here."""

    async def list_events(request: Request) -> Response:
        pictures = _pictures(request).list_events()
        theme, spoken = _theme(request), spoken_in(request.query_params)
        wall = "wall" in request.query_params
        if not as_json and (address := find_better_address(request, NO_EVENT)):
            return _elsewhere(address)
        if wall and not as_json and len(pictures) == 1:
            # A wall in front of one event shows its day, live.
            key = board_key("home", {"wall": "1"} | spoken.query)
            address = page_address(key, pictures[0].event.id)
            return RedirectResponse(f"{address}&theme={theme}" if theme else address, 303)

        def make() -> bytes:
            listed = make_list(pictures)
            if as_json:
                return write_twin(say_again(listed, speech_of(spoken)))
            return render_list(listed, theme, spoken, wall=wall).encode()

        return kept.answer(
            request,
            ("events", theme, wall, as_json, spoken),
            number_of(pictures),
            "application/json" if as_json else "text/html",
            make,
            public=True,
            is_settled=as_json or bool(spoken.language),
        )

    return list_events


def _elsewhere(address: str) -> Response:
    """The same page at the address of its language: which one is right depends on who asks, so nobody keeps it."""
    headers = {"Cache-Control": "private, no-store", "Vary": "Accept-Language, Cookie"}
    return RedirectResponse(address, 303, headers=headers)


def _theme(request: Request) -> str:
    theme = request.query_params.get("theme", "")
    return theme if theme in THEMES else ""


async def say_health(request: Request) -> Response:
    """``/healthz``: 200 once there is a Picture of an event, with the number of each; else 503."""
    pictures = _pictures(request).list_events()
    events = {
        picture.event.id: {"number": picture.number, "now": picture.now} for picture in pictures
    }
    headers = {"Cache-Control": "no-store"}
    return JSONResponse({"events": events}, 200 if events else 503, headers=headers)


def _pictures(request: Request) -> Pictures:
    pictures: Pictures = request.app.state.pictures
    return pictures
