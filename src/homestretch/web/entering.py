"""The pages on which people enter facts: what the radio says, who takes whom over, packets handed out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import desk, radio, takeover
from homestretch.boards.entering import Notice, find_bib, find_place, moment_of, say_entry
from homestretch.boards.radio import Given
from homestretch.boards.takeover import Taker
from homestretch.boards.words import list_words
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, said
from homestretch.readers.radio import as_items
from homestretch.showing import shown
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import Form, caught_up, enter, form_key, read_form, show, take_back
from homestretch.web.render import BoardKey

NAMED = 12


def entering_routes() -> list[BaseRoute]:
    """The addresses to which forms are sent: those of their pages."""
    return [
        GuardedRoute(kind.path, endpoint, who=kind.who, methods=["POST"], name=f"{kind.name}-form")
        for kind, endpoint in (
            (radio.BOARD, _endpoint(_say_radio, "radio")),
            (takeover.BOARD, _endpoint(_take_over, "takeover")),
            (desk.BOARD, _endpoint(_hand_out, "desk")),
        )
    ]


Work = Callable[[Request, Picture, Viewer, Form], Awaitable[Response]]


def _endpoint(work: Work, page: str) -> Callable[[Request], Awaitable[Response]]:
    async def take_form(request: Request) -> Response:
        picture: Picture = request.app.state.pictures.get(request.path_params["event"])
        viewer, form = viewer_of(request), await read_form(request)
        if form.get("do") != "take-back":
            return await work(request, picture, viewer, form)
        notice = await take_back(request, page, form, picture)
        key = form_key(
            request, page, {name: form.get(name) for name in ("keeper",) if form.get(name)}
        )
        return await _answer_done(request, key, viewer, notice)

    return take_form


async def _answer_done(
    request: Request, key: BoardKey, viewer: Viewer, notice: Notice, **fields: Any
) -> Response:
    """The page once it knows what was entered."""
    notice = await caught_up(request, notice)
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    return _answer(key, picture, viewer, notice=notice, **fields)


def _answer(key: BoardKey, picture: Picture, viewer: Viewer, **fields: Any) -> Response:
    """The page with what became of a form."""
    board = key.kind.rows(picture, viewer, key.choices)
    return show(key, msgspec.structs.replace(board, **fields), viewer)


async def _say_radio(request: Request, picture: Picture, viewer: Viewer, form: Form) -> Response:
    """First a preview, then what was shown there."""
    key = form_key(request, "radio", {})
    given = Given("\n".join(form.list("line")), form.get("place"), form.get("time"))
    at = form.moment(picture.now)
    looked_at = radio.preview(picture, viewer, given, at)
    if not looked_at.lines:
        notice = Notice(said("Nothing was typed."), done=False)
        return _answer(key, picture, viewer, given=given, notice=notice)
    if form.get("do") != "enter" or not looked_at.count:
        return _answer(key, picture, viewer, given=given, preview=looked_at)
    heard = [line for line in radio.hear(picture, given, at) if line.can_enter]
    notice = await enter(request, "radio", at, [item for line in heard for item in as_items(line)])
    if not notice.done:
        return _answer(key, picture, viewer, given=given, preview=looked_at, notice=notice)
    done = Notice(said("Entered: {words}.", words=looked_at.summary), done=True)
    left = [line.text for line in looked_at.lines if line.trouble]
    still = Given("\n".join(left), given.place)
    return await _answer_done(request, key, viewer, done, given=still)


async def _take_over(request: Request, picture: Picture, viewer: Viewer, form: Form) -> Response:
    """First who it is, then who has them."""
    at, taken_by, own = form.moment(picture.now), form.get("taken_by"), form.get("from")
    keeper = form.get("keeper") if taken_by in ("bus", "care") else ""
    key = form_key(request, "takeover", {"keeper": own or form.get("keeper")})
    handing = takeover.hand_over(picture, viewer, form.list("bib")[: takeover.MOST], at)
    if not handing.people:
        return _answer(key, picture, viewer, notice=Notice(said("No bib was chosen."), done=False))
    if not taken_by:
        return _answer(key, picture, viewer, handing=handing)
    seen_at = moment_of(picture, form.get("time"), at)
    handing = msgspec.structs.replace(handing, time=form.get("time") or handing.time)
    trouble = _find_trouble(taken_by, keeper, seen_at)
    notice = Notice(trouble, done=False)
    if not trouble:
        place = viewer.station or find_place(picture.event, form.get("place"))
        about = {"kind": "taken-over", "taken_by": taken_by, "keeper": keeper, "place": place}
        items = [{**about, "seen_at": seen_at, "bib": one.typed} for one in handing.people]
        notice = await enter(request, "takeover", at, items)
    if not notice.done:
        return _answer(key, picture, viewer, handing=handing, notice=notice)
    bibs = list_words([one.typed for one in handing.people])
    words = say_entry("taken-over", taken_by, keeper, Viewer("medical"))
    entered = joined((joined((bibs, words), " "), handing.time), ", ")
    done = Notice(said("Entered: {words}.", words=entered), done=True)
    key = form_key(request, "takeover", {"keeper": own or keeper})
    return await _answer_done(request, key, viewer, done)


def _find_trouble(taken_by: str, keeper: str, seen_at: int | None) -> str:
    if taken_by not in get_args(Taker):
        raise FactError(said("Nobody can be handed over so."), said("Open the page again."))
    if taken_by in ("bus", "care") and not keeper:
        return said("Not entered: say which bus or tent has them.")
    return said("Not entered: the time is no time of day that is past.") if seen_at is None else ""


async def _hand_out(request: Request, picture: Picture, viewer: Viewer, form: Form) -> Response:
    """One packet: at once, unless nobody has the bib or it was handed out before."""
    key = form_key(request, "desk", {})
    bib, at = find_bib(form.get("bib"), picture.event), form.moment(picture.now)
    state, row = picture.state, picture.state.roster.find_row(bib) if bib else None
    if not bib:
        return _answer(key, picture, viewer, notice=Notice(said("No bib was typed."), done=False))
    if row is None and form.get("do") != "anyway":
        notice = Notice(
            said("Not entered: nobody has bib {bib}.", bib=bib[: NAMED * 4]), done=False
        )
        return _answer(key, picture, viewer, notice=notice, unknown_bib=bib)
    who = bib if row is None else _say_who(picture, viewer, row, bib)
    if row is not None and state.collected[row]:
        notice = Notice(said("{who}: this packet was handed out before.", who=who), done=True)
        return _answer(key, picture, viewer, notice=notice)
    notice = await enter(request, "desk", at, [{"kind": "collected", "seen_at": at, "bib": bib}])
    if not notice.done:
        return _answer(key, picture, viewer, notice=notice, at=at, given_bib=bib)
    done = Notice(said("{who}: packet handed out.", who=who), done=True)
    return await _answer_done(request, key, viewer, done)


def _say_who(picture: Picture, viewer: Viewer, row: int, bib: str) -> str:
    race = picture.event.races[int(picture.state.roster.race[row])].name
    return joined((bib, shown(picture, viewer, row).name, race), ", ")
