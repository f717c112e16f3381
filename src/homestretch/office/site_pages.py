"""The pages of a published site, each with the file in which it stands; links lead from file to file."""

from __future__ import annotations

import hashlib
import html
import posixpath
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from homestretch.boards import write_twin
from homestretch.boards.results import ResultsBoard
from homestretch.boards.stories import list_public
from homestretch.boards.towns import TownsBoard
from homestretch.office.site_photos import SitePhotos
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import Status
from homestretch.web.newsstand import KEEP_S, Place
from homestretch.web.press_kit import make_kit
from homestretch.web.render import BoardKey, board_key, make_board, page_address, render_page
from homestretch.web.stories import Told, render_story
from homestretch.web.story_card import can_paint, draw_card, paint
from homestretch.web.story_feeds import json_feed, rss

PUBLIC: Final = Viewer()
SOMEWHERE: Final = "https://results.invalid"
"""Stands for the site's address while nobody knows it; what would hold it is left out."""
HEADERS_FILE: Final = "_headers"
HEADERS_SAY: Final = f"/*\n  Cache-Control: public, max-age={KEEP_S}\n".encode()
"""What hosts that read such a file (Netlify, Cloudflare Pages) tell others, so that what is gone is gone soon."""
_LINK: Final = re.compile(
    r'(<a\b[^>]*?|<link\b[^>]*?|<script\b[^>]*?|<img\b[^>]*?)\b(href|src)="([^"]*)"'
)
_STREAM: Final = re.compile(r' hx-sse:connect="[^"]*" hx-swap="none"')
_ALTERNATE: Final = re.compile(r'<link rel="alternate"[^>]*? href="(/[^"]*)"[^>]*>\n?')
_AS_DATA: Final = re.compile(r' ?<a href="(/[^"]*\.json[^"]*)">[^<]*</a>')
_FOLLOW: Final = re.compile(r"<section\b[^>]*\bdata-follow=.*?</section>\n?", re.DOTALL)
_FORM: Final = re.compile(r"<form\b.*?</form>", re.DOTALL)
_SHARING: Final = re.compile(
    r'^<(?:meta property="og:(?:url|image)[^>]*|meta name="twitter:image"[^>]*|link rel="canonical"[^>]*'
    r'|link rel="alternate" type="application/json\+oembed"[^>]*|script type="application/ld\+json">.*</script)>\n',
    re.MULTILINE,
)


class Page(NamedTuple):
    """A page: its address on a server, its file here, and how it is made."""

    address: str
    file: str
    make: Callable[[], str]


class File(NamedTuple):
    """A file of the site, and how its content is made."""

    name: str
    make: Callable[[], bytes]


def list_files(picture: Picture, origin: str, photos: SitePhotos, *, runners: bool) -> list[File]:
    """Everything public; what tells of stories is first, because it may have to go."""
    stories = [_page(picture, board_key("stories", {})), *_stories(picture, origin)]
    pages = [*stories, *_boards(picture, runners=runners)]
    files = {page.address: page.file for page in pages}
    made = [File(page.file, partial(_page_file, page, files)) for page in pages]
    twins = [
        File(
            page_address(key, picture.event.id, suffix=".json").lstrip("/"),
            partial(_twin_file, key, picture),
        )
        for key in _plain_keys(picture)
    ]
    first = File("index.html", lambda: _first_page(picture, files).encode())
    beside = [*_beside_stories(picture, origin, photos), *twins]
    files |= {f"/{file.name}": file.name for file in beside}
    told = [*made[: len(stories)], *beside]
    return [*told, first, File(HEADERS_FILE, lambda: HEADERS_SAY), *made[len(stories) :]]


def _page_file(page: Page, files: dict[str, str]) -> bytes:
    return localise(page.make(), page.file, files).encode()


def _twin_file(key: BoardKey, picture: Picture) -> bytes:
    return write_twin(make_board(key, picture, PUBLIC))


def _plain_keys(picture: Picture) -> Iterator[BoardKey]:
    """Boards that have a twin as a file."""
    yield board_key("home", {})
    for race in picture.event.races:
        yield board_key("results", {"race": race.id})
    yield board_key("stories", {})
    yield board_key("towns", {})
    for entry in list_public(picture):
        yield board_key("story", {"story": entry.id})


def _boards(picture: Picture, *, runners: bool) -> Iterator[Page]:
    yield _page(picture, board_key("home", {}))
    for race in picture.event.races:
        yield from _results(picture, race.id)
    towns = make_board(board_key("towns", {}), picture, PUBLIC)
    assert isinstance(towns, TownsBoard)
    yield _page(picture, board_key("towns", {}))
    for one in towns.towns:
        yield _page(picture, board_key("towns", {"town": one.town}))
    if runners:
        yield from _runners(picture)


def _results(picture: Picture, race: str) -> Iterator[Page]:
    """Every page of the field, and of each table beside it."""
    first = _results_board(picture, {"race": race})
    for table in ("", *(one.id for one in first.tables)):
        given = {"race": race, "table": table}
        for number in range(1, _results_board(picture, given).pages + 1):
            yield _page(picture, board_key("results", {**given, "page": str(number)}))


def _results_board(picture: Picture, given: dict[str, str]) -> ResultsBoard:
    board = make_board(board_key("results", given), picture, PUBLIC)
    assert isinstance(board, ResultsBoard)
    return board


def _runners(picture: Picture) -> Iterator[Page]:
    """Whoever is shown in public and has started."""
    state = picture.state
    for row, bib in enumerate(state.roster.bibs):
        away = int(state.status[row]) in (Status.ENTERED, Status.DNS)
        if (
            not away
            and not shown(picture, PUBLIC, row).hidden
            and state.roster.find_row(bib) == row
        ):
            yield _page(picture, board_key("runner", {"bib": bib}))


def _page(picture: Picture, key: BoardKey) -> Page:
    address = page_address(key, picture.event.id)
    return Page(
        address,
        file_of(address),
        lambda: render_page(key, make_board(key, picture, PUBLIC), PUBLIC),
    )


def _stories(picture: Picture, origin: str) -> Iterator[Page]:
    for entry in list_public(picture):
        address = page_address(board_key("story", {"story": entry.id}), picture.event.id)
        told = _told(picture, origin, entry.id, address)

        def make(told: Told = told) -> str:
            page = render_story(told, as_file=True).decode()
            return page if origin else _SHARING.sub("", page)

        yield Page(address, file_of(address), make)


def _told(picture: Picture, origin: str, story: str, address: str) -> Told:
    scheme, _, rest = (origin or SOMEWHERE).partition("://")
    return Told(picture, Place(scheme, rest.rstrip("/"), address), story)


def _beside_stories(picture: Picture, origin: str, photos: SitePhotos) -> Iterator[File]:
    """Cards, press kits and, where the site's address is known, feeds."""
    entries = list_public(picture)
    for entry in entries:
        address = page_address(board_key("story", {"story": entry.id}), picture.event.id)
        told, folder = _told(picture, origin, entry.id, address), address.lstrip("/")
        yield File(f"{folder}/card.svg", partial(_card, told))
        if can_paint():
            yield File(f"{folder}/card.png", partial(_painted, told))
        for name in photos.list_names(entry.id):
            yield File(f"{folder}/{name}", partial(photos.get, name))
        yield File(f"{folder}/press-kit.zip", partial(_kit, told, f"{origin}{address}", photos))
    if origin:
        folder = page_address(board_key("stories", {}), picture.event.id)
        event_url = f"{origin.rstrip('/')}{folder.removesuffix('/stories')}"
        for name, feed in (("feed.xml", rss), ("feed.json", json_feed)):
            yield File(f"{folder.lstrip('/')}/{name}", partial(feed, picture, entries, event_url))


def _card(told: Told) -> bytes:
    return draw_card(told.board()).encode()


def _painted(told: Told) -> bytes:
    return paint(draw_card(told.board()))


def _kit(told: Told, page: str, photos: SitePhotos) -> bytes:
    return make_kit(told.picture, told.board(), page, photos.find_largest(told.story))


def file_of(address: str) -> str:
    """The file of an address: ``/e/results/half?page=2`` is ``e/results/half/page-2/index.html``."""
    parts = urlsplit(address)
    folder = parts.path.strip("/")
    for choice in parts.query.split("&") if parts.query else ():
        name, _, value = choice.partition("=")
        plain = re.fullmatch(r"[A-Za-z0-9-]{1,40}", value)
        said = value if plain else hashlib.blake2b(value.encode(), digest_size=6).hexdigest()
        folder += f"/{name}-{said}"
    return f"{folder}/index.html"


def localise(page: str, file: str, files: dict[str, str]) -> str:
    """A page as it lies in a file: links lead to other files, without what only a server can answer."""
    page = _FOLLOW.sub("", _FORM.sub("", _STREAM.sub("", page)))
    here = posixpath.dirname(file)

    def keep(match: re.Match[str]) -> str:
        return match[0] if _target(html.unescape(match[1]), files) is not None else ""

    page = _AS_DATA.sub(keep, _ALTERNATE.sub(keep, page))

    def link(match: re.Match[str]) -> str:
        before, name, address = match[1], match[2], html.unescape(match[3])
        target = _target(address, files)
        if target is None:
            return f"{before}" if before.startswith("<a") else match[0]
        return (
            f'{before}{name}="{html.escape(posixpath.relpath(target, here or "."))}"'
            if target
            else match[0]
        )

    return _LINK.sub(link, page)


def _target(address: str, files: dict[str, str]) -> str | None:
    """The file that an address means; empty for one that stays as it is, None for one that is not there."""
    if not address.startswith("/"):
        return ""
    address, _, _fragment = address.partition("#")
    path = urlsplit(address).path
    if path.startswith("/static/"):
        return path.lstrip("/")
    return files.get(address, files.get(path) if "." in path else None)


def _first_page(picture: Picture, files: dict[str, str]) -> str:
    """Leads to the event."""
    home = files[page_address(board_key("home", {}), picture.event.id)]
    name = html.escape(picture.event.name)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={home}">\n<title>{name}</title>\n</head>\n'
        f'<body><p><a href="{home}">{name}</a></p></body>\n</html>\n'
    )
