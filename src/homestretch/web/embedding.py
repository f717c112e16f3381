"""``/{event}/results/{race}/embed``: results as a plain page within other sites' pages.

It is the one page that may stand in another site's frame: it has no script, no form and no key, and shows what the
public may see, whoever asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import EVERYBODY
from homestretch.boards.result_row import ResultRow
from homestretch.boards.results import ResultsBoard
from homestretch.picture import Picture
from homestretch.race.clock import say_elapsed
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.web.access import GuardedRoute
from homestretch.web.headers import HEADERS
from homestretch.web.kept import KeptAnswers
from homestretch.web.render import BoardKey, board_key, make_board, render_plain
from homestretch.web.spoken import speech_of

POLICY: Final = HEADERS["Content-Security-Policy"].replace(
    "frame-ancestors 'none'", "frame-ancestors *"
)
CHOICES: Final = ("page", "table", "version")
THEMES: Final = ("dark", "light")


class EmbedRow(NamedTuple):
    """A finisher in words; what is not known or not told is empty. ``time`` is the one by which the race is ranked,
    ``other`` the other of net and gun."""

    place: str
    bib: str
    name: str
    club: str
    time: str
    other: str
    under_protest: bool


class EmbedTable(NamedTuple):
    """The field (without a name), or a table beside it."""

    name: str
    rows: Sequence[EmbedRow]


def embedding_routes() -> list[BaseRoute]:
    """The page's address."""
    kept = KeptAnswers()

    async def show(request: Request) -> Response:
        path = request.path_params
        picture: Picture = request.app.state.pictures.get(path["event"])
        chosen = {
            name: request.query_params[name]
            for name in (*CHOICES, "lang")
            if name in request.query_params
        }
        key = board_key("results", {**chosen, "race": path["race"]})
        theme = request.query_params.get("theme", "")
        theme = theme if theme in THEMES else ""
        answer = kept.answer(
            request,
            ("embed", picture.event.id, key, theme),
            picture.number,
            "text/html",
            lambda: _render(picture, key, theme).encode(),
            public=True,
        )
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    return [GuardedRoute("/{event}/results/{race}/embed", show, who=EVERYBODY)]


def _render(picture: Picture, key: BoardKey, theme: str) -> str:
    board = make_board(key, picture, Viewer())
    assert isinstance(board, ResultsBoard)
    opened = next((table for table in board.tables if table.id == board.opened), None)
    rows = opened.rows if opened else board.rows
    name = opened.name if opened else ""
    return render_plain(
        "embed.html",
        speech_of(key.spoken, board.frame.event),
        theme=theme,
        event_name=picture.event.name,
        race_name=board.race_name,
        as_of=f"{dt.datetime.fromtimestamp(picture.now // 1000, picture.event.zone_info):%Y-%m-%d %H:%M}",
        official=board.standing.words if board.standing.official else "",
        reason=board.standing.reason,
        by_net=board.places_by == "net",
        tables=[EmbedTable(name, [_row(row, board.places_by) for row in rows])] if rows else [],
        links=_list_links(picture, board, key, theme),
    )


def _list_links(
    picture: Picture, board: ResultsBoard, key: BoardKey, theme: str
) -> list[tuple[str, str]]:
    """Other pages of what is open, and what else there is."""
    choices, spoken = board.chosen, key.spoken.query
    here = f"/{quote(picture.event.id, safe='')}/results/{quote(board.race, safe='')}/embed"

    def address(**given: str | int) -> str:
        query = urlencode(
            {name: value for name, value in (given | {"theme": theme} | spoken).items() if value}
        )
        return f"{here}?{query}" if query else here

    found: list[tuple[str, str]] = []
    if choices.page > 1:
        found.append((address(table=board.opened, page=choices.page - 1), said("Earlier places")))
    if choices.page < board.pages:
        found.append((address(table=board.opened, page=choices.page + 1), said("Later places")))
    if board.opened:
        found.append((address(), said("The field")))
    found += [
        (address(table=table.id), table.name) for table in board.tables if table.id != board.opened
    ]
    return found


def _row(row: ResultRow, places_by: str) -> EmbedRow:
    gun, net = (say_elapsed(ms) if ms != NEVER else "" for ms in (row.gun_ms, row.net_ms))
    time, other = (net, gun) if places_by == "net" else (gun, net)
    who, place = row.who, str(row.place or "")
    return EmbedRow(place, who.bib, who.name, who.club, time, other, row.under_protest)
