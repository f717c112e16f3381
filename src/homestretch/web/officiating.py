"""The page of podiums as a form: what the director says of results, and protests, each as one fact."""

from __future__ import annotations

from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import podiums
from homestretch.boards.entering import Notice, find_bib
from homestretch.boards.said_words import say_category
from homestretch.boards.words import list_words
from homestretch.errors import FactError
from homestretch.facts import Decision
from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER
from homestretch.web.forms import Form, enter, noticing_route

PAGE: Final = podiums.BOARD.name
MOST_BIBS: Final = 20


DECIDED: Final[dict[str, str]] = {
    "upheld": said("the protest is upheld; what follows for the result is a ruling"),
    "dismissed": said("the protest is dismissed; what follows for the result is a ruling"),
}


def officiating_routes() -> list[BaseRoute]:
    """The address to which the forms of the page of podiums are sent."""
    return [noticing_route(podiums.BOARD, podiums.WHO, _say)]


async def _say(request: Request, form: Form, picture: Picture) -> Notice:
    at = form.moment(picture.now)
    item, words, trouble = make_word(form, form.get("do"), picture)
    if trouble:
        return Notice(said("Not said: {trouble}", trouble=trouble), done=False)
    about = {"seen_at": at, **item}
    if why := form.get("why"):
        about["text"] = why
    notice = await enter(request, PAGE, at, [about])
    return Notice(said("Said: {words}.", words=words), done=True) if notice.done else notice


def make_word(form: Form, way: str, picture: Picture) -> tuple[dict[str, Any], str, str]:
    """(item of the JSON door, the same in words, what is missing) of one button; FactError for none of ours."""
    if way == "declare":
        return _declare(form, picture)
    if way in ("clear", "post"):
        key = form.get("category")
        kind = "podium-cleared" if way == "clear" else "results-posted"
        category = say_category(picture.event, key)
        words = said("the results are posted: {category}", category=category)
        if way == "clear":
            words = said("the podium is cleared: {category}", category=category)
        return {"kind": kind, "category": key}, words, ""
    if way == "protest":
        return _protest(form, picture)
    if way in get_args(Decision):
        return _decide(form, way)
    if way == "share":
        return _share(form, picture)
    if way == "absent":
        item = {"kind": "ruled", "bib": "*", "verdict": "dns"}
        return item, said("whoever was not seen since their start closed did not start"), ""
    raise FactError(said("This is nothing that can be said here."), said("Open the page again."))


def _declare(form: Form, picture: Picture) -> tuple[dict[str, Any], str, str]:
    """While a protest clock runs the director is asked; it is theirs to say that nobody will protest any more."""
    race = picture.event.get_race(form.get("race"))
    until_at = podiums.find_clock(picture, race)
    if until_at != NEVER and not form.get("anyway"):
        time = say_time(until_at, picture.event.zone_info)
        return {}, "", said("the time for protests runs until {time}.", time=time)
    return (
        {"kind": "declared", "race": race.id},
        said("the results of {race} are official", race=race.name),
        "",
    )


def _protest(form: Form, picture: Picture) -> tuple[dict[str, Any], str, str]:
    bib = find_bib(form.get("bib"), picture.event)
    if picture.state.roster.find_row(bib) is None:
        return (
            {},
            "",
            said("nobody has bib {bib}.", bib=bib[:40]) if bib else said("no bib was typed."),
        )
    if not form.get("why"):
        return {}, "", said("write down the protest: officials alone read it.")
    return (
        {"kind": "protested", "bib": bib},
        said("a protest against the result of {bib}", bib=bib),
        "",
    )


def _decide(form: Form, decision: str) -> tuple[dict[str, Any], str, str]:
    number, _, rest = form.get("fact").partition(" ")
    digest, _, source = rest.partition(" ")
    if not form.get("why"):
        return {}, "", said("say why, for whoever asks after the race.")
    try:
        named = {"source": source, "number": int(number), "digest": int(digest)}
    except ValueError as error:
        raise FactError(said("This names no protest."), said("Open the page again.")) from error
    item = {"kind": "protest-decided", **named, "decision": decision}
    return item, DECIDED[decision], ""


def _share(form: Form, picture: Picture) -> tuple[dict[str, Any], str, str]:
    bibs = form.get("bibs").replace(",", " ").split()[:MOST_BIBS]
    unknown = [bib for bib in bibs if picture.state.roster.find_row(bib) is None]
    if unknown or len(bibs) < 2:
        return (
            {},
            "",
            said("nobody has bib {bib}.", bib=unknown[0])
            if unknown
            else said("type two bibs or more."),
        )
    if not form.get("why"):
        return {}, "", said("say why, for whoever asks after the race.")
    return (
        {"kind": "place-shared", "bibs": bibs},
        said("{bibs} share a place", bibs=list_words(bibs)),
        "",
    )
