"""The sweep's board as a form: an official says that a road is open, a driver takes people on board and lets them
off; each word can be taken back."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import sweep
from homestretch.boards.driving import DRIVERS, riders_of
from homestretch.boards.entering import Notice, find_bib, find_place, name_place, sweep_source
from homestretch.boards.roads import find_zone
from homestretch.boards.words import list_words
from homestretch.errors import FactError, RefusedError
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.privacy import Viewer
from homestretch.race.saying import joined, said
from homestretch.race.vehicles import find_vehicle
from homestretch.state.snapshot import NEVER
from homestretch.web.access import viewer_of
from homestretch.web.forms import Form, enter, noticing_route

PAGE = sweep.BOARD.name
MOST = 100
"""People whom one form hands over."""


def opening_routes() -> list[BaseRoute]:
    """The address to which the forms of the sweep's board are sent."""
    return [noticing_route(sweep.BOARD, sweep.OPENING_ROLES | DRIVERS, _say)]


async def _say(request: Request, form: Form, picture: Picture) -> Notice:
    viewer = viewer_of(request)
    if viewer.role in DRIVERS:
        return await _drive(request, form, picture, viewer)
    return await _open(request, form, picture)


async def _drive(request: Request, form: Form, picture: Picture, viewer: Viewer) -> Notice:
    """Whom a driver takes on board, or lets off where: one tap each."""
    vehicle = find_vehicle(picture.event, viewer.station)
    if vehicle is None:
        raise RefusedError(
            said("This key was made for no vehicle."), said("Ask the race director for one.")
        )
    bibs = list(dict.fromkeys(find_bib(code, picture.event) for code in form.list("bib")))[:MOST]
    if not bibs:
        return Notice(said("No bib was typed."), done=False)
    at, way = form.moment(picture.now), form.get("do")
    about, words = _hand(picture, vehicle.name, way, form.get("other"))
    if doubt := _doubt(form, picture, vehicle.name, bibs):
        return doubt
    items = [{"kind": "taken-over", "seen_at": at, "bib": bib, **about} for bib in bibs]
    notice = await enter(request, sweep_source(vehicle.name), at, items)
    if not notice.done:
        return notice
    nobody = [bib for bib in bibs if picture.state.roster.find_row(bib) is None]
    done = said("{bibs}: {what}.", bibs=list_words(bibs), what=words)
    asks = said("Nobody has bib {bibs}: course control looks for it.", bibs=list_words(nobody))
    return Notice(joined((done, asks), " ") if nobody else done, done=True)


def _doubt(form: Form, picture: Picture, vehicle: str, bibs: list[str]) -> Notice | None:
    """What speaks against it: a vehicle lets off whom it has, and who is home rides only when that is meant."""
    state = picture.state
    known = {bib: row for bib in bibs if (row := state.roster.find_row(bib)) is not None}
    if form.get("do") != "aboard":
        aboard = riders_of(picture, vehicle)
        others = [bib for bib in bibs if known.get(bib) not in aboard]
        if not others:
            return None
        return Notice(
            said(
                "Not entered: {bibs} not on board of {vehicle}, as far as is known. Take them on board first.",
                bibs=list_words(others),
                vehicle=vehicle,
            ),
            done=False,
        )
    home = [bib for bib, row in known.items() if state.finish_at[row] != NEVER]
    if not home or form.is_meant:
        return None
    latest = max(int(state.finish_at[known[bib]]) for bib in home)
    words = said(
        "Not entered yet: {bibs} crossed the line already, {time}. Look at the bib again.",
        bibs=list_words(home),
        time=say_time(latest, picture.event.zone_info),
    )
    return Notice(words, done=False, ask=form.ask(said("They ride with us all the same")))


def _hand(picture: Picture, vehicle: str, way: str, other: str) -> tuple[dict[str, Any], str]:
    """What is said of somebody on board of a vehicle, and the same in words."""
    finish = find_place(picture.event, "finish")
    ways: dict[str, tuple[dict[str, Any], str]] = {
        "aboard": (
            {"taken_by": "bus", "keeper": vehicle},
            said("on board of {vehicle}", vehicle=vehicle),
        ),
        "off-finish": ({"taken_by": "home", "place": finish}, said("let off at the finish")),
        "off-medical": ({"taken_by": "care", "keeper": "medical"}, said("handed to medical")),
        "off-road": ({"taken_by": "road"}, said("let off, goes on")),
    }
    if way in ways:
        return ways[way]
    to = find_vehicle(picture.event, other) if way == "off-bus" else None
    if to is None or to.name == vehicle:
        raise FactError(said("Nobody can be handed over so."), said("Open the page again."))
    return {"taken_by": "bus", "keeper": to.name}, said("handed to {vehicle}", vehicle=to.name)


async def _open(request: Request, form: Form, picture: Picture) -> Notice:
    """One zone, as the page offered it."""
    start, end, at = form.get("from"), form.get("to"), form.moment(picture.now)
    if find_zone(picture, start, end) is None:
        raise FactError(said("This names no road of the course."), said("Open the page again."))
    about = {"kind": "road-opened", "seen_at": at, "from_place": start, "to_place": end}
    if why := form.get("why"):
        about["text"] = why
    notice = await enter(request, PAGE, at, [about])
    names = {"start": name_place(picture.event, start), "end": name_place(picture.event, end)}
    words = said("Said: the road from {start} to {end} is open.", **names)
    return Notice(words, done=True) if notice.done else notice
