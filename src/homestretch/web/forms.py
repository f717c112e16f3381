"""Forms on which people enter facts: what a browser sent, and the same door as everybody's for its facts.

A form has a moment (``at``, UTC ms of the event) in it, from which the numbers of its facts follow: a double
tap, or a form that is sent again because no answer came, is the same facts, and counts once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import Board, BoardKind
from homestretch.boards.entering import Ask, Notice, find_bib
from homestretch.errors import BusyError, FactError, NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import joined, said
from homestretch.server.front import Front
from homestretch.server.questions import Deposit
from homestretch.state.entries import A_FORM
from homestretch.store.keys import token_hash
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.admission import find_token, read_body
from homestretch.web.render import BoardKey, board_key, render_page
from homestretch.web.spoken import wanted_by

Saying: TypeAlias = "Callable[[Request, Form, Picture], Awaitable[Notice]]"
"""Makes facts of a form, and says what became of them."""
MOST_FIELDS: Final = 1000
LARGEST_FORM: Final = 64 * 1024
LARGEST_AT: Final = 4_102_444_800_000


class Form:
    """The fields of a form that a browser sent."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """The first value of a field that is not empty, without blanks around it; empty without one."""
        return next((value for value in self.list(name)), "")

    def list(self, name: str) -> list[str]:
        """Every value of a field that is not empty."""
        return [value.strip() for field, value in self._fields if field == name and value.strip()]

    def ask(self, words: str) -> Ask:
        """The same form once more, with a button that says that it is meant (``is_meant``)."""
        kept = tuple((name, value) for name, value in self._fields if name != "meant" and value)
        return Ask(words, kept)

    @property
    def is_meant(self) -> bool:
        """Whether somebody was asked and said so."""
        return self.get("meant") == "yes"

    def entrant(self, picture: Picture) -> tuple[str, str]:
        """The bib that the form names, and the entrant who has it; NotFound when nobody has."""
        bib = find_bib(self.get("bib"), picture.event)
        row = picture.state.roster.find_row(bib) if bib else None
        if row is None:
            raise NotFound(
                said("Nobody has bib {bib}.", bib=bib[:40]), said("Look at the bib again.")
            )
        return bib, picture.state.roster.entrants[row]

    def moment(self, usual: int) -> int:
        """The moment that names the form (UTC ms), ``usual`` where it has none."""
        text = self.get("at")
        if text.isascii() and text.isdecimal() and 0 < int(text[:14]) < LARGEST_AT:
            return int(text[:14])
        return usual


async def read_form(request: Request) -> Form:
    """The form in a request that our own page sent; FactError for another."""
    body = await read_body(request)
    if len(body) > LARGEST_FORM:
        raise FactError(said("The form is larger than 64 KiB."), said("Enter it in smaller parts."))
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise FactError(
            said("This is not a form of our pages."), said("Open the page again.")
        ) from error
    return Form(fields)


async def enter(request: Request, page: str, at: int, items: list[dict[str, Any]]) -> Notice:
    """Hand facts to the keeper, under the key of who sent the form; what became of them.

    ``done`` is said once they are durable. While the keeper cannot be reached nothing is lost: the form comes
    back as it was, and entering it again counts once.
    """
    event = request.path_params["event"]
    front: Front = request.app.state.front
    numbered = [
        {"seq": at * A_FORM + place, "device": page, **item}
        for place, item in enumerate(items[:A_FORM])
    ]
    body = msgspec.json.encode({"items": numbered})
    token = find_token(request)
    if not token:
        raise RefusedError(said("A key is needed."), said("Open your own link."))
    try:
        question = Deposit(front.next_number(), event, body, token_hash(token))
        answer, reasons = await front.deposit(question)
    except BusyError as error:
        words = said("Not entered yet. {why} Tap again: it counts once.", why=error.what)
        return Notice(words, done=False)
    refused = msgspec.json.decode(answer)["refused"]
    if refused:
        words = said("Not entered: {reasons}", reasons=joined(reasons, " "))
        return Notice(words, done=False)
    return Notice("", done=True)


async def caught_up(request: Request, notice: Notice) -> Notice:
    """The notice, once the newest Picture knows what was said; it says so while that takes longer."""
    front: Front = request.app.state.front
    if not notice.done or await front.catch_up(request.path_params["event"]):
        return notice
    later = said("This page shows it in a moment: open it again.")
    return msgspec.structs.replace(notice, words=joined((notice.words, later), " "))


async def take_back(request: Request, page: str, form: Form, picture: Picture) -> Notice:
    """Strike the facts that the form names (``fact``: number, digest and source)."""
    at = form.moment(picture.now)
    items = []
    for fact in form.list("fact"):
        number, _, rest = fact.partition(" ")
        digest, _, source = rest.partition(" ")
        try:
            struck = {"source": source, "number": int(number), "digest": int(digest)}
        except ValueError as error:
            raise FactError(said("This names no fact."), said("Open the page again.")) from error
        of_device = source.partition("/")[2]
        driven = viewer_of(request).role == "sweep" and of_device
        device = of_device if driven else page  # whoever said it takes it back
        items.append({"kind": "struck", "device": device, "seen_at": at, **struck})
    if not items:
        return Notice(said("Nothing was chosen to take back."), done=False)
    notice = await enter(request, page, at, items)
    words = said("Taken back: it no longer holds. The log keeps both words.")
    return Notice(words, done=True) if notice.done else notice


def form_key(request: Request, name: str, given: dict[str, str]) -> BoardKey:
    """The key of a board that answers a form, said as whoever sent it wants it."""
    return board_key(name, given)._replace(spoken=wanted_by(request))


def show(key: BoardKey, board: Board, viewer: Viewer) -> Response:
    """A board as the answer to a form: nobody keeps it."""
    headers = {"Cache-Control": "no-store"}
    return Response(render_page(key, board, viewer), media_type="text/html", headers=headers)


def noticing_route(kind: BoardKind, who: frozenset[Role], say: Saying) -> BaseRoute:
    """The address to which the forms of a page are sent that answers with itself and a notice: what ``say``
    made of the form, or of what was taken back."""

    async def take_form(request: Request) -> Response:
        picture: Picture = request.app.state.pictures.get(request.path_params["event"])
        viewer, form = viewer_of(request), await read_form(request)
        taken_back = form.get("do") == "take-back"
        work = (
            take_back(request, kind.name, form, picture)
            if taken_back
            else say(request, form, picture)
        )
        notice = await caught_up(request, await work)
        picture = request.app.state.pictures.get(picture.event.id)
        # What was not done comes back with whom it was about.
        kept = {} if notice.done or "bib" not in kind.choices.__struct_fields__ else ("bib",)
        key = form_key(
            request, kind.name, {name: form.get(name) for name in kept if form.get(name)}
        )
        board = kind.rows(picture, viewer, key.choices)
        return show(key, msgspec.structs.replace(board, notice=notice), viewer)

    return GuardedRoute(kind.path, take_form, who=who, methods=["POST"], name=f"{kind.name}-form")
