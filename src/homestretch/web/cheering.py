"""What the crew of a point says on its own page, and what course control answers to a call for help.

With JavaScript the page keeps what is tapped on the phone and sends it to the JSON door itself
(``frontend/station/``); these are the same facts, sent as forms.
"""

from __future__ import annotations

import re

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import calls, station
from homestretch.boards.crew import is_own
from homestretch.boards.entering import Notice, find_bib
from homestretch.boards.words import HEALTH_ROLES, list_choice, list_words
from homestretch.errors import FactError, RefusedError
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, said
from homestretch.race.spelling import bib_key
from homestretch.showing import shown
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import (
    Form,
    caught_up,
    enter,
    form_key,
    noticing_route,
    read_form,
    show,
    take_back,
)

PAGE = "station"
SOMEBODY = "*"
"""The bib of somebody of whose number nothing was read."""
LONGEST_BIB, LONGEST_NOTE = 12, 300
FEW, TWO = 4, 2
CALLS_MS = 10_000
"""Two taps on one form in so long are one call."""


def cheering_routes() -> list[BaseRoute]:
    """The addresses to which the forms of a point's page and of the calls for help are sent."""
    return [
        GuardedRoute(
            station.BOARD.path,
            take_form,
            who=frozenset({"station"}),
            methods=["POST"],
            name="station-form",
        ),
        noticing_route(calls.BOARD, HEALTH_ROLES, _answer_call),
    ]


async def take_form(request: Request) -> Response:
    """One form of a point's page, with the page and a notice as the answer."""
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    viewer, point = viewer_of(request), request.path_params["point"]
    form = await read_form(request)
    if not is_own(viewer, point):
        raise RefusedError(
            said("A station's key speaks for its own place."), said("Open your own link.")
        )
    key = form_key(request, "station", {name: form.get(name) for name in ("order", "club") if form.get(name)} | {"point": point})  # fmt: skip
    notice = await caught_up(request, await _say(request, form, picture, point))
    picture = request.app.state.pictures.get(picture.event.id)
    board = key.kind.rows(picture, viewer, key.choices)
    return show(key, msgspec.structs.replace(board, notice=notice), viewer)


async def _say(request: Request, form: Form, picture: Picture, point: str) -> Notice:
    match form.get("do"):
        case "take-back":
            return await take_back(request, PAGE, form, picture)
        case "help":
            return await _call_for_help(request, form, picture, point)
        case "stops":
            return await _say_stops(request, form, picture, point)
        case _:
            return await _say_seen(request, form, picture, point)


async def _say_seen(request: Request, form: Form, picture: Picture, point: str) -> Notice:
    viewer = viewer_of(request)
    bibs, note = _bibs_of(form, picture), form.get("note")[:LONGEST_NOTE]
    if not bibs and not note:
        return Notice(said("Nothing was typed."), done=False)
    if len(bibs) > TWO:
        words = said("Not entered: two bibs at once, no more. They are who came side by side.")
        return Notice(words, done=False)
    seen = {"kind": "sighting", "place": point, "seen_at": picture.now}
    items = [seen | {"bib": bib} for bib in bibs or [SOMEBODY]]
    items[0] |= {"text": note} if note else {}
    notice = await enter(request, PAGE, picture.now, items)
    if not notice.done:
        return notice
    time = say_time(picture.now, picture.event.zone_info)
    names = list_words([_name(bib) for bib in bibs or [SOMEBODY]])
    kept = said("Kept: {bib} seen at {time}.", bib=names, time=time)
    remarks = [remark for bib in bibs if (remark := _remark(picture, viewer, bib))]
    return Notice(joined((kept, *remarks), " ") if remarks else kept, done=True)


async def _say_stops(request: Request, form: Form, picture: Picture, point: str) -> Notice:
    viewer = viewer_of(request)
    bib, reason = _bib_of(form, picture), form.get("reason")[:LONGEST_NOTE]
    if not bib or "*" in bib:
        return Notice(said("Not entered: say the whole bib of who stops."), done=False)
    item = {"kind": "withdrawn", "bib": bib, "place": point, "seen_at": picture.now}
    notice = await enter(request, PAGE, picture.now, [item | ({"text": reason} if reason else {})])
    if not notice.done:
        return notice
    parts = (
        said("Kept: {bib} stops here.", bib=bib),
        _remark(picture, viewer, bib),
        said("Who takes them over says so on the page Take over."),
    )
    return Notice(joined([part for part in parts if part], " "), done=True)


async def _call_for_help(request: Request, form: Form, picture: Picture, point: str) -> Notice:
    bib, words = _bib_of(form, picture), form.get("words")[:LONGEST_NOTE]
    at = form.moment(picture.now)
    seen_at = picture.now // CALLS_MS * CALLS_MS  # the page may have stood open for long
    item = {"kind": "help-called", "place": point, "seen_at": seen_at}
    item |= {name: said for name, said in (("bib", bib), ("text", words)) if said}
    # The form's own moment numbers it: a double tap is one call.
    notice = await enter(request, PAGE, at, [item])
    if not notice.done:
        words = said("NOT DELIVERED. It was not sent. Use the radio or the phone.")
        return Notice(words, done=False)
    words = said(
        "NOT DELIVERED yet. It stands on the pages of course control, and nobody has said that they read it. "
        "Use the radio or the phone. Below stands when somebody has read it; open this page again to see."
    )
    return Notice(words, done=False)


async def _answer_call(request: Request, form: Form, picture: Picture) -> Notice:
    """Somebody in control says with their name that they have read a call and see to it."""
    name, (number, digest, source) = form.get("name"), _split_fact(form.get("fact"))
    if not name:
        return Notice(said("Not entered: write your name, the point reads it."), done=False)
    at = form.moment(picture.now)
    about = {"kind": "help-heard", "seen_at": at, "text": name[:80]}
    named = {"source": source, "number": number, "digest": digest}
    notice = await enter(request, calls.BOARD.name, at, [about | named])
    words = said("Said: {name} has read it. The point's page says so now.", name=name[:80])
    return Notice(words, done=True) if notice.done else notice


def _split_fact(fact: str) -> tuple[int, int, str]:
    number, _, rest = fact.partition(" ")
    digest, _, source = rest.partition(" ")
    try:
        return int(number), int(digest), source
    except ValueError as error:
        raise FactError(said("This names no call."), said("Open the page again.")) from error


def _bibs_of(form: Form, picture: Picture) -> list[str]:
    """The bib of a row that was tapped, or those that were typed with + between them."""
    typed = form.get("seen") or form.get("bib")
    if "://" in typed:  # what a scanner read
        return [_bib_of(form, picture)]
    bibs = (find_bib(one, picture.event)[:LONGEST_BIB].upper() for one in re.split("[+,]", typed))
    return [bib for bib in dict.fromkeys(bibs) if bib]


def _bib_of(form: Form, picture: Picture) -> str:
    """The bib of a row that was tapped, or the one that was typed."""
    return (form.get("seen") or find_bib(form.get("bib"), picture.event))[:LONGEST_BIB].upper()


def _name(bib: str) -> str:
    return bib if bib.strip("*") else said("somebody")


def _remark(picture: Picture, viewer: Viewer, bib: str) -> str:
    """What should be looked at again: a bib that nobody has, or whom a bib with unread digits may mean."""
    if not bib.strip("*"):
        return ""
    if "*" not in bib:
        known = picture.state.roster.find_row(bib) is not None
        return "" if known else said("Nobody has bib {bib}: look again if you can.", bib=bib)
    fitting = [
        one
        for row, one in enumerate(picture.state.roster.bibs)
        if _fits(bib_key(one), bib_key(bib)) and not shown(picture, viewer, row).hidden
    ]
    if not fitting:
        return said("No bib looks like that.")
    if len(fitting) > FEW:
        return said("{count} bibs look like that.", count=len(fitting))
    return said("It may be {bibs}.", bibs=list_choice(fitting))


def _fits(bib: str, seen: str) -> bool:
    return len(bib) == len(seen) and all(s in ("*", b) for b, s in zip(bib, seen, strict=True))
