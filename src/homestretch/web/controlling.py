"""Course control's page as a form: each thing that is decided there becomes one fact, with who, when and why."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, get_args

from starlette.requests import Request
from starlette.routing import BaseRoute

from homestretch.boards import control
from homestretch.boards.entering import Notice, find_bib, find_place, moment_of
from homestretch.boards.words import FLAG_WORDS
from homestretch.errors import FactError
from homestretch.facts import TakenBy, Verdict
from homestretch.picture import Picture
from homestretch.race.clock import METRES_OF
from homestretch.web.forms import Form, enter, noticing_route

PAGE: Final = control.BOARD.name
RULINGS: Final[dict[str, str]] = {
    "dns": "did not start",
    "dnf": "did not finish",
    "dsq": "disqualified",
    "reinstated": "the result stands",
    "count-after-stop": "the finish after the stop counts",
    "other-course-settled": "the reads on the other course are settled",
}
TAKEN: Final[dict[str, str]] = {
    "bus": "on a bus",
    "care": "in care",
    "self": "left on their own",
    "home": "home",
    "vehicle": "carried ahead, going on",
    "road": "on the road",
}
WITH_A_KEEPER: Final = ("bus", "care")


class Saying(NamedTuple):
    """What a form says: items of the JSON door, and the same in words; or what is missing, and nothing is said."""

    items: list[dict[str, Any]]
    words: str = ""
    trouble: str = ""


def controlling_routes() -> list[BaseRoute]:
    """The address to which the forms of course control are sent."""
    return [noticing_route(control.BOARD, control.DECIDERS, _decide)]


async def _decide(request: Request, form: Form, picture: Picture) -> Notice:
    at, way = form.moment(picture.now), form.get("do")
    said = make_saying(form, way, picture, at)
    if said.trouble:
        return Notice(f"Not said: {said.trouble}", done=False)
    if why := form.get("why"):
        said.items[0]["text"] = why
    notice = await enter(request, PAGE, at, said.items)
    return Notice(f"Said: {said.words}.", done=True) if notice.done else notice


def make_saying(form: Form, way: str, picture: Picture, at: int) -> Saying:
    """What the form of one button says at ``at`` (UTC ms); FactError for a button that is none of ours."""
    if way == "flag":
        return _flag(form, picture, at)
    if way == "gun":
        return _gun(form, picture, at)
    if way == "strike":
        return _strike(form, at)
    bib = find_bib(form.get("bib"), picture.event)
    if not bib:
        return Saying([], trouble="no bib was typed.")
    seen_at = moment_of(picture, form.get("time"), at)
    if seen_at is None:
        return Saying([], trouble="the time is no time of day that is past.")
    said = {"seen_at": seen_at, "bib": bib}
    if way in get_args(Verdict):
        return _with_a_reason(
            form, said | {"kind": "ruled", "verdict": way}, f"{bib} {RULINGS[way]}"
        )
    if way in get_args(TakenBy):
        return _taken(form, said, way, picture)
    if way == "withdrawn":
        place = find_place(picture.event, form.get("place"))
        said |= {"kind": "withdrawn", "place": place}
        return Saying([said], f"{bib} stops; nobody has taken over yet")
    if way == "moved":
        return _moved(form, said, picture)
    if way == "chip":
        return _chip(form, said)
    raise FactError("This is nothing that can be said here.", "Open the page again.")


def _with_a_reason(form: Form, item: dict[str, Any], words: str) -> Saying:
    if not form.get("why"):
        return Saying([], trouble="say why, for whoever asks after the race.")
    return Saying([item], words)


def _taken(form: Form, said: dict[str, Any], way: str, picture: Picture) -> Saying:
    keeper = form.get("keeper") if way in (*WITH_A_KEEPER, "vehicle") else ""
    if way in WITH_A_KEEPER and not keeper:
        return Saying([], trouble="say which bus or tent has them.")
    place = find_place(picture.event, form.get("place"))
    item = said | {"kind": "taken-over", "taken_by": way, "keeper": keeper, "place": place}
    return Saying([item], f"{said['bib']} {TAKEN[way]}{f', {keeper}' if keeper else ''}")


def _moved(form: Form, said: dict[str, Any], picture: Picture) -> Saying:
    race = next((race for race in picture.event.races if race.id == form.get("race")), None)
    if race is None:
        return Saying([], trouble="choose the race.")
    item = said | {"kind": "moved", "race": race.id}
    return _with_a_reason(form, item, f"{said['bib']} is moved to {race.name}")


def _chip(form: Form, said: dict[str, Any]) -> Saying:
    """A chip that somebody else wears from now on, or all day where no time is said for it."""
    chip = form.get("chip")
    if not chip:
        return Saying([], trouble="type the chip.")
    item = said | {"kind": "assigned", "chip": chip}
    if form.get("since") == "now":
        item["since_at"] = said["seen_at"]
    return _with_a_reason(form, item, f"chip {chip} is worn by {said['bib']}")


def _gun(form: Form, picture: Picture, at: int) -> Saying:
    race_id, _, wave = form.get("wave").partition(" ")
    known = [
        (race, one) for race in picture.event.races for one in race.waves
        if (race.id, one.name) == (race_id, wave)
    ]  # fmt: skip
    if not known:
        return Saying([], trouble="choose the wave.")
    if not form.get("time"):
        return Saying([], trouble="say when its gun went off.")
    seen_at = moment_of(picture, form.get("time"), at)
    if seen_at is None:
        return Saying([], trouble="the time is no time of day that is past.")
    ((race, one),) = known
    item = {"kind": "gun", "seen_at": seen_at, "race": race.id, "wave": one.name}
    return _with_a_reason(form, item, f"the gun of {race.name}, wave {one.name}, went off then")


def _flag(form: Form, picture: Picture, at: int) -> Saying:
    """The state of the course, for all races or some, with the words that stand on every page."""
    state = next((word for word in FLAG_WORDS if word == form.get("state")), None)
    if state is None:
        return Saying([], trouble="choose the state of the course.")
    known = [race.id for race in picture.event.races]
    races = [race for race in form.list("races") if race in known]
    item: dict[str, Any] = {"kind": "flag", "seen_at": at, "state": state, "races": races}
    if len(races) == len(known):
        item["races"] = []
    if from_ := form.get("from"):
        try:
            item["from_m"] = float(from_.replace(",", ".")) * METRES_OF[picture.event.units]
        except ValueError:
            return Saying([], trouble="the distance is no number.")
    return Saying([item], FLAG_WORDS[state])


def _strike(form: Form, at: int) -> Saying:
    """One fact that shall not hold: a read that cannot be, a word that was wrong."""
    number, _, rest = form.get("fact").partition(" ")
    digest, _, source = rest.partition(" ")
    try:
        struck = {"source": source, "number": int(number), "digest": int(digest)}
    except ValueError as error:
        raise FactError("This names no fact.", "Open the page again.") from error
    return _with_a_reason(form, {"kind": "struck", "seen_at": at, **struck}, "it no longer holds")
