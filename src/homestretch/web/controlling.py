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
from homestretch.race.saying import joined, said, said_in
from homestretch.web.doubting import doubt_end, doubt_gun, find_trouble
from homestretch.web.forms import Form, enter, noticing_route

PAGE: Final = control.BOARD.name
RULINGS: Final[dict[str, str]] = {
    "dns": said("did not start"),
    "dnf": said("did not finish"),
    "dsq": said("disqualified"),
    "reinstated": said("the result stands"),
    "count-after-stop": said("the finish after the stop counts"),
    "other-course-settled": said("the reads on the other course are settled"),
}
TAKEN: Final[dict[str, str]] = {
    "bus": said("on a bus"),
    "care": said("in care"),
    "self": said("left on their own"),
    "home": said_in("status", "home"),
    "vehicle": said("carried ahead, going on"),
    "road": said("on the road"),
}
WITH_A_KEEPER: Final = ("bus", "care")


class Saying(NamedTuple):
    """What a form says: items of the JSON door, and the same in words; or what is missing, and nothing is said."""

    items: list[dict[str, Any]]
    words: str = ""
    trouble: str = ""
    doubt: str = ""
    """why it is said only once somebody was asked whether it is meant"""


def controlling_routes() -> list[BaseRoute]:
    """The address to which the forms of course control are sent."""
    return [noticing_route(control.BOARD, control.DECIDERS, _decide)]


async def _decide(request: Request, form: Form, picture: Picture) -> Notice:
    at, way = form.moment(picture.now), form.get("do")
    saying = make_saying(form, way, picture, at)
    if saying.trouble:
        return Notice(said("Not said: {trouble}", trouble=saying.trouble), done=False)
    if saying.doubt and not form.is_meant:
        words = said("Not said yet. {doubt}", doubt=saying.doubt)
        return Notice(
            words, done=False, ask=form.ask(said("It is meant: {words}", words=saying.words))
        )
    if why := form.get("why"):
        saying.items[0]["text"] = why
    notice = await enter(request, PAGE, at, saying.items)
    return Notice(said("Said: {words}.", words=saying.words), done=True) if notice.done else notice


def make_saying(form: Form, way: str, picture: Picture, at: int) -> Saying:
    """What the form of one button says at ``at`` (UTC ms); FactError for a button that is none of ours."""
    if way == "flag":
        return _flag(form, picture, at)
    if way == "gun":
        return _gun(form, picture, at)
    if way == "strike":
        return _strike(form, at)
    bib = find_bib(form.get("bib"), picture.event)
    if way == "whose":
        return _whose(form, picture, at, bib)
    if not bib:
        return Saying([], trouble=said("no bib was typed."))
    seen_at = moment_of(picture, form.get("time"), at)
    if seen_at is None:
        return Saying([], trouble=said("the time is no time of day that is past."))
    about = {"seen_at": seen_at, "bib": bib}
    if way in get_args(Verdict):
        return _with_a_reason(
            form, about | {"kind": "ruled", "verdict": way}, joined((bib, RULINGS[way]), " ")
        )
    if way in get_args(TakenBy):
        return _taken(form, about, way, picture)
    if way == "withdrawn":
        place = find_place(picture.event, form.get("place"))
        about |= {"kind": "withdrawn", "place": place}
        return Saying([about], said("{bib} stops; nobody has taken over yet", bib=bib))
    if way == "moved":
        return _moved(form, about, picture)
    if way == "chip":
        return _chip(form, about)
    raise FactError(said("This is nothing that can be said here."), said("Open the page again."))


def _with_a_reason(form: Form, item: dict[str, Any], words: str) -> Saying:
    if not form.get("why"):
        return Saying([], trouble=said("say why, for whoever asks after the race."))
    return Saying([item], words)


def _taken(form: Form, about: dict[str, Any], way: str, picture: Picture) -> Saying:
    keeper = form.get("keeper") if way in (*WITH_A_KEEPER, "vehicle") else ""
    if way in WITH_A_KEEPER and not keeper:
        return Saying([], trouble=said("say which bus or tent has them."))
    place = find_place(picture.event, form.get("place"))
    item = about | {"kind": "taken-over", "taken_by": way, "keeper": keeper, "place": place}
    words = joined((about["bib"], TAKEN[way]), " ")
    return Saying([item], joined((words, keeper), ", ") if keeper else words)


def _moved(form: Form, about: dict[str, Any], picture: Picture) -> Saying:
    race = next((race for race in picture.event.races if race.id == form.get("race")), None)
    if race is None:
        return Saying([], trouble=said("choose the race."))
    item = about | {"kind": "moved", "race": race.id}
    words = said("{bib} is moved to {race}", bib=about["bib"], race=race.name)
    return _with_a_reason(form, item, words)


def _chip(form: Form, about: dict[str, Any]) -> Saying:
    """A chip that somebody else wears from now on, or all day where no time is said for it."""
    chip = form.get("chip")
    if not chip:
        return Saying([], trouble=said("type the chip."))
    item = about | {"kind": "assigned", "chip": chip}
    if form.get("since") == "now":
        item["since_at"] = about["seen_at"]
    words = said("chip {chip} is worn by {bib}", chip=chip, bib=about["bib"])
    return _with_a_reason(form, item, words)


def _gun(form: Form, picture: Picture, at: int) -> Saying:
    race_id, _, wave = form.get("wave").partition(" ")
    known = [
        (race, one) for race in picture.event.races for one in race.waves
        if (race.id, one.name) == (race_id, wave)
    ]  # fmt: skip
    if not known:
        return Saying([], trouble=said("choose the wave."))
    if not form.get("time"):
        return Saying([], trouble=said("say when its gun went off."))
    seen_at = moment_of(picture, form.get("time"), at)
    if seen_at is None:
        return Saying([], trouble=said("the time is no time of day that is past."))
    ((race, one),) = known
    item = {"kind": "gun", "seen_at": seen_at, "race": race.id, "wave": one.name}
    words = said("the gun of {race}, wave {wave}, went off then", race=race.name, wave=one.name)
    saying = _with_a_reason(form, item, words)
    return saying._replace(doubt=doubt_gun(picture, race.id, one.name, seen_at))


def _flag(form: Form, picture: Picture, at: int) -> Saying:
    """The state of the course, for all races or some, with the words that stand on every page."""
    state = next((word for word in FLAG_WORDS if word == form.get("state")), None)
    if state is None:
        return Saying([], trouble=said("choose the state of the course."))
    known = [race.id for race in picture.event.races]
    races = [race for race in form.list("races") if race in known]
    item: dict[str, Any] = {"kind": "flag", "seen_at": at, "state": state, "races": races}
    if len(races) == len(known):
        item["races"] = []
    if from_ := form.get("from"):
        try:
            item["from_m"] = float(from_.replace(",", ".")) * _metres_of_a_unit(form, picture)
        except ValueError:
            return Saying([], trouble=said("the distance is no number."))
    concerned = [race for race in picture.event.races if race.id in (races or known)]
    if trouble := find_trouble(state, item.get("from_m"), concerned, picture.event.units):
        return Saying([], trouble=trouble)
    doubt = doubt_end(picture, state, concerned, has_words=bool(form.get("why")))
    return Saying([item], FLAG_WORDS[state], doubt=doubt)


def _metres_of_a_unit(form: Form, picture: Picture) -> float:
    """Metres of the unit in which the page asked, which its reader may have chosen."""
    return METRES_OF.get(form.get("units"), METRES_OF[picture.event.units])


def _whose(form: Form, picture: Picture, at: int, bib: str) -> Saying:
    """A bib that was written down wrongly: that word is struck, and the same is said of who was there."""
    item = _struck(form, at)
    named = (item["source"], item["number"], item["digest"])
    doubted = next((one for one in picture.state.doubted if tuple(one.id) == named), None)
    if doubted is None:
        return Saying([], trouble=said("this is no question any more."))
    if not bib:
        return Saying([], trouble=said("no bib was typed."))
    if picture.state.roster.find_row(bib) is None:
        return Saying([], trouble=said("nobody has bib {bib}.", bib=bib[:40]))
    seen = {"kind": "sighting", "seen_at": doubted.seen_at, "bib": bib, "place": doubted.place}
    words = said("{wrong} was {bib}", wrong=doubted.bib, bib=bib)
    return Saying([item, seen], words)


def _strike(form: Form, at: int) -> Saying:
    """One fact that shall not hold: a read that cannot be, a word that was wrong."""
    return _with_a_reason(form, _struck(form, at), said("it no longer holds"))


def _struck(form: Form, at: int) -> dict[str, Any]:
    number, _, rest = form.get("fact").partition(" ")
    digest, _, source = rest.partition(" ")
    try:
        named = {"source": source, "number": int(number), "digest": int(digest)}
    except ValueError as error:
        raise FactError(said("This names no fact."), said("Open the page again.")) from error
    return {"kind": "struck", "seen_at": at, **named}
