"""The pages of stories, the same for whoever asks: the story, its card, feeds, the answer for those who embed it, the
press kit, and the form by which anybody has it taken down."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from anyio import to_thread
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.boards.frame import make_frame
from homestretch.boards.stories import list_public
from homestretch.boards.story import BOARD, PUBLIC, StoryBoard, StoryChoices
from homestretch.errors import NotFound
from homestretch.photos.developing import PRESS_PX
from homestretch.picture import Picture
from homestretch.server.front import Front
from homestretch.server.questions import TakeDown
from homestretch.web.access import GuardedRoute
from homestretch.web.forms import read_form
from homestretch.web.newsstand import HOST, Newsstand, Place, Printed, headers_of
from homestretch.web.press_kit import make_kit
from homestretch.web.render import board_key, render_page, render_plain
from homestretch.web.story_card import HEIGHT, WIDTH, can_paint, draw_card, paint
from homestretch.web.story_feeds import json_feed, oembed, rss
from homestretch.web.story_photos import desk_photo_routes, get_story_photo

LONGEST_WORDS: Final = 1000
HTML: Final = "text/html; charset=utf-8"


class Told(NamedTuple):
    """What a page of a story is made of: the newest Picture, where it is asked for, and the story in the path."""

    picture: Picture
    place: Place
    story: str = ""
    photo: str = ""
    front: Front | None = None

    @property
    def event_address(self) -> str:
        """The absolute address of the event's pages."""
        return f"{self.place.origin}/{quote(self.picture.event.id, safe='')}"

    def board(self) -> StoryBoard:
        """The board of the story; NotFound unless everybody may read it."""
        return get_board(self.picture, self.story)


def get_board(picture: Picture, story: str) -> StoryBoard:
    """The board of a story that everybody may read, else NotFound."""
    found = BOARD.rows(picture, PUBLIC, StoryChoices(story=story[:80]))
    assert isinstance(found, StoryBoard)
    return found


Make = Callable[[Told], Awaitable[tuple[str, bytes]]]
"""Gives the media type and the body."""


class _Slug(Convertor[str]):
    """A name without a dot: what has one is the twin of a page."""

    regex = "[A-Za-z0-9-]+"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("slug", _Slug())


def story_routes() -> list[BaseRoute]:
    """The addresses of stories, before those of boards."""
    stories = "/{event}/stories"
    made: list[tuple[str, Make]] = [
        (f"{stories}/feed.xml", _rss),
        (f"{stories}/feed.json", _json_feed),
        (f"{stories}/{{story}}/card.svg", _card_svg),
        (f"{stories}/{{story}}/card.png", _card_png),
        (f"{stories}/{{story}}/press-kit.zip", _press_kit),
        (f"{stories}/{{story}}/photo-{{photo}}.jpg", _photo),
    ]
    return [
        *(GuardedRoute(path, _printed(make), who=EVERYBODY) for path, make in made),
        *desk_photo_routes(),
        GuardedRoute("/{event}/oembed", _oembed, who=EVERYBODY),
        GuardedRoute(f"{stories}/{{story}}/takedown", _ask_why, who=EVERYBODY),
        GuardedRoute(f"{stories}/{{story}}/takedown", _take_down, who=EVERYBODY, methods=["POST"]),
        # The twin is the board's own; everything without it is the page.
        GuardedRoute(f"{stories}/{{story:slug}}", _printed(_page), who=EVERYBODY),
    ]


def _printed(make: Make) -> Callable[[Request], Awaitable[Response]]:
    printing: dict[tuple[Place, str], asyncio.Task[Printed]] = {}

    async def show(request: Request) -> Response:
        stand: Newsstand = request.app.state.newsstand
        told = _told(request)
        found = stand.find(told.place)
        if found is None:
            # However many ask while it is printed, it is printed once; a newer Picture prints anew.
            key = told.place, told.picture.number
            task = printing.get(key)
            if task is None:
                task = printing[key] = asyncio.create_task(_print(stand, make, told))
                task.add_done_callback(lambda done: _forget(printing, key, done))
            found = await asyncio.shield(task)
        headers = headers_of(found.etag, found.media_type)
        known = request.headers.get("if-none-match", "")
        if known.strip() == "*" or found.etag.decode() in known:
            return Response(status_code=304, headers=headers)
        return Response(found.plain, headers=headers)

    return show


def _forget(
    printing: dict[tuple[Place, str], asyncio.Task[Printed]],
    key: tuple[Place, str],
    done: asyncio.Task[Printed],
) -> None:
    """It is printed; what it raised was for who waited, if anybody still does."""
    printing.pop(key, None)
    if not done.cancelled():
        done.exception()


async def _print(stand: Newsstand, make: Make, told: Told) -> Printed:
    media_type, body = await make(told)
    return stand.put(told.place, told.picture, media_type, body)


def _told(request: Request) -> Told:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        raise NotFound("This server is not called so.", "Look at the address.")
    place = Place(request.url.scheme, host, request.url.path)
    params, front = request.path_params, getattr(request.app.state, "front", None)
    return Told(picture, place, str(params.get("story", "")), str(params.get("photo", "")), front)


async def _page(told: Told) -> tuple[str, bytes]:
    return HTML, render_story(told)


def render_story(told: Told, **more: Any) -> bytes:
    """The page of a story, with what others need to show it; ``more`` is for its template alone."""
    board = told.board()
    key = board_key("story", {"story": board.told.id})
    return render_page(key, board, PUBLIC, **_shared(told, board), **more).encode()


def _shared(told: Told, board: StoryBoard) -> dict[str, Any]:
    """What those need to know who show the page elsewhere: absolute addresses, and the article as data."""
    page = f"{told.event_address}/stories/{board.told.id}"
    card = f"{page}/card.png" if can_paint() else ""
    return {
        "page_url": page,
        "card_url": card,
        "event_url": told.event_address,
        "oembed_url": f"{told.event_address}/oembed?url={quote(page, safe='')}",
        "article": _article(told, board, page, card),
    }


def _article(told: Told, board: StoryBoard, page: str, card: str) -> str:
    """The article as JSON-LD (schema.org/NewsArticle); ``</`` in it would end the script element."""
    when = board.published_at
    event = told.picture.event
    stamp = _stamp(when, event.zone)
    images = [*_photos(page, board), *([card] if card else [])]
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": board.told.headline.words[:110],
        "datePublished": stamp,
        "dateModified": _stamp(board.changed_at or when, event.zone),
        "inLanguage": "en",
        "description": board.told.sentences[0].words if board.told.sentences else "",
        "mainEntityOfPage": page,
        "isAccessibleForFree": True,
        "author": {"@type": "Organization", "name": event.name, "url": told.event_address},
        "publisher": {"@type": "Organization", "name": event.name, "url": told.event_address},
        "about": {"@type": "SportsEvent", "name": event.name, "startDate": event.date},
    } | ({"image": images} if images else {})
    text = msgspec.json.encode(said).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _photos(page: str, board: StoryBoard) -> list[dict[str, Any]]:
    """The picture with who took it (schema.org/ImageObject)."""
    photo = board.told.photo
    if photo is None:
        return []
    address, (width, height) = f"{page}/photo-{photo.name}-{PRESS_PX}.jpg", photo.size(PRESS_PX)
    said = {"url": address, "contentUrl": address, "width": width, "height": height}
    credit = {"creditText": board.told.credit, "caption": board.told.caption}
    return [{"@type": "ImageObject"} | said | {key: text for key, text in credit.items() if text}]


def _stamp(at: int, zone: str) -> str:
    return dt.datetime.fromtimestamp(at // 1000, ZoneInfo(zone)).isoformat()


async def _card_svg(told: Told) -> tuple[str, bytes]:
    return "image/svg+xml", draw_card(told.board()).encode()


async def _card_png(told: Told) -> tuple[str, bytes]:
    drawn = draw_card(told.board())
    return "image/png", await to_thread.run_sync(paint, drawn)


async def _photo(told: Told) -> tuple[str, bytes]:
    assert told.front is not None
    return "image/jpeg", await get_story_photo(told.front, told.picture, told.story, told.photo)


async def _rss(told: Told) -> tuple[str, bytes]:
    entries = list_public(told.picture)
    return "application/rss+xml; charset=utf-8", rss(told.picture, entries, told.event_address)


async def _json_feed(told: Told) -> tuple[str, bytes]:
    entries = list_public(told.picture)
    return "application/feed+json", json_feed(told.picture, entries, told.event_address)


async def _press_kit(told: Told) -> tuple[str, bytes]:
    board = told.board()
    page = f"{told.event_address}/stories/{board.told.id}"
    photo = b""
    if board.told.photo is not None and told.front is not None:
        name = f"{board.told.photo.name}-{PRESS_PX}"
        photo = await get_story_photo(told.front, told.picture, told.story, name)
    kit = await to_thread.run_sync(make_kit, told.picture, board, page, photo)
    return "application/zip", kit


async def _oembed(request: Request) -> Response:
    """``/{event}/oembed?url=``: what a page that links to a story shows of it (oembed.com, type link)."""
    told = _told(request)
    path = urlsplit(request.query_params.get("url", "")).path
    begin = f"/{quote(told.picture.event.id, safe='')}/stories/"
    if request.query_params.get("format", "json") != "json":
        return Response("This server answers in JSON alone.", 501, media_type="text/plain")
    if not path.startswith(begin):
        raise NotFound("This is no address of a story here.", "Give the page's address as url.")
    board = get_board(told.picture, path.removeprefix(begin))
    page = f"{told.event_address}/stories/{board.told.id}"
    card = f"{page}/card.png" if can_paint() and _has_room(request) else ""
    body = oembed(told.picture, board, page, card)
    headers = {"Cache-Control": "public, max-age=30", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/json", headers=headers)


def _has_room(request: Request) -> bool:
    """Whether a card is not larger than whoever asks has room for (``maxwidth`` and ``maxheight``, pixels)."""
    for name, px in (("maxwidth", WIDTH), ("maxheight", HEIGHT)):
        most = request.query_params.get(name, "")
        if most.isascii() and most.isdigit() and int(most[:9]) < px:
            return False
    return True


async def _ask_why(request: Request) -> Response:
    """The form; it does not say whether there is such a story, which the page itself says."""
    return _form_page(request, done=False)


async def _take_down(request: Request) -> Response:
    """``POST .../takedown``: gone once this answers."""
    form = await read_form(request)
    told = _told(request)
    front: Front = request.app.state.front
    who, why = form.get("who")[:200], form.get("text")[:LONGEST_WORDS]
    text = f"{who}\n{why}" if who else why
    story = str(request.path_params["story"])[:80]
    question = TakeDown(front.next_number(), told.picture.event.id, story, text)
    await front.ask(question)
    return _form_page(request, done=True)


def _form_page(request: Request, *, done: bool) -> Response:
    told = _told(request)
    page = render_plain(
        "takedown.html",
        frame=make_frame(told.picture, PUBLIC),
        event_address=f"/{quote(told.picture.event.id, safe='')}",
        story=str(request.path_params["story"])[:80],
        done=done,
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-store"})
