"""The page of podiums as a form: what the director says of results, and protests, each as one fact."""

from __future__ import annotations

from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import podiums
from homestretch.boards.entering import Notice, find_bib
from homestretch.boards.said_words import say_category
from homestretch.errors import FactError
from homestretch.facts import Decision
from homestretch.picture import Picture
from homestretch.web.forms import Form, enter, noticing_route

PAGE: Final = podiums.BOARD.name
MOST_BIBS: Final = 20


def officiating_routes() -> list[BaseRoute]:
    """The address to which the forms of the page of podiums are sent."""
    return [noticing_route(podiums.BOARD, podiums.WHO, _say)]


async def _say(request: Request, form: Form, picture: Picture) -> Notice:
    at = form.moment(picture.now)
    item, words, trouble = make_word(form, form.get("do"), picture)
    if trouble:
        return Notice(f"Not said: {trouble}", done=False)
    said = {"seen_at": at, **item}
    if why := form.get("why"):
        said["text"] = why
    notice = await enter(request, PAGE, at, [said])
    return Notice(f"Said: {words}.", done=True) if notice.done else notice


def make_word(form: Form, way: str, picture: Picture) -> tuple[dict[str, Any], str, str]:
    """(item of the JSON door, the same in words, what is missing) of one button; FactError for none of ours."""
    if way == "declare":
        race = picture.event.get_race(form.get("race"))
        return {"kind": "declared", "race": race.id}, f"the results of {race.name} are official", ""
    if way in ("clear", "post"):
        key = form.get("category")
        kind = "podium-cleared" if way == "clear" else "results-posted"
        words = "the podium is cleared" if way == "clear" else "the results are posted"
        return {"kind": kind, "category": key}, f"{words}: {say_category(picture.event, key)}", ""
    if way == "protest":
        return _protest(form, picture)
    if way in get_args(Decision):
        return _decide(form, way)
    if way == "share":
        return _share(form, picture)
    if way == "absent":
        item = {"kind": "ruled", "bib": "*", "verdict": "dns"}
        return item, "whoever was not seen since their start closed did not start", ""
    raise FactError("This is nothing that can be said here.", "Open the page again.")


def _protest(form: Form, picture: Picture) -> tuple[dict[str, Any], str, str]:
    bib = find_bib(form.get("bib"), picture.event)
    if picture.state.roster.find_row(bib) is None:
        return {}, "", f"nobody has bib {bib[:40] or '(none was typed)'}."
    if not form.get("why"):
        return {}, "", "write down the protest: officials alone read it."
    return {"kind": "protested", "bib": bib}, f"a protest against the result of {bib}", ""


def _decide(form: Form, decision: str) -> tuple[dict[str, Any], str, str]:
    number, _, rest = form.get("fact").partition(" ")
    digest, _, source = rest.partition(" ")
    if not form.get("why"):
        return {}, "", "say why, for whoever asks after the race."
    try:
        named = {"source": source, "number": int(number), "digest": int(digest)}
    except ValueError as error:
        raise FactError("This names no protest.", "Open the page again.") from error
    item = {"kind": "protest-decided", **named, "decision": decision}
    return item, f"the protest is {decision}; what follows for the result is a ruling", ""


def _share(form: Form, picture: Picture) -> tuple[dict[str, Any], str, str]:
    bibs = form.get("bibs").replace(",", " ").split()[:MOST_BIBS]
    unknown = [bib for bib in bibs if picture.state.roster.find_row(bib) is None]
    if unknown or len(bibs) < 2:
        return {}, "", f"nobody has bib {unknown[0]}." if unknown else "type two bibs or more."
    if not form.get("why"):
        return {}, "", "say why, for whoever asks after the race."
    return {"kind": "place-shared", "bibs": bibs}, f"{', '.join(bibs)} share a place", ""
