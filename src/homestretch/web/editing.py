"""The forms of the desk of stories: asking, typing, holding, publishing and taking back, each a fact of its own."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from homestretch.boards import editing
from homestretch.boards.editing import EditingChoices, find_quote_key, find_witness
from homestretch.boards.entering import Notice
from homestretch.boards.story_parts import find_quote
from homestretch.boards.words import list_words
from homestretch.errors import FactError
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.stories.consent import said_of, why_not_ask, why_not_publish
from homestretch.stories.finding import find_story
from homestretch.stories.picturing import list_offered
from homestretch.stories.values import Story
from homestretch.web.access import GuardedRoute, viewer_of
from homestretch.web.forms import Form, caught_up, enter, read_form, show, take_back
from homestretch.web.render import board_key

PAGE: Final = editing.BOARD.name
PARTS: Final = ("headline", "sentence", "quote", "caption", "credit")
DONE: Final = {
    "ask": said("Asked. They answer on their own page; until they do, it is no."),
    "write": said("Kept, and marked as written by the desk."),
    "hold": said("Held: nothing more is asked of this entry, and nothing told."),
    "picture": said("Chosen: it stands with the story once everybody in it has agreed."),
    "no-picture": said("No picture stands with the story."),
    "publish": said("Published: everybody can read it within a second."),
    "withdraw": said(
        "Taken back: it is gone from here. What others have taken cannot be called back."
    ),
}


def editing_routes() -> list[BaseRoute]:
    """The address to which the desk's forms are sent."""
    kind = editing.BOARD
    return [
        GuardedRoute(kind.path, _take_form, who=kind.who, methods=["POST"], name="editing-form")
    ]


async def _take_form(request: Request) -> Response:
    picture: Picture = request.app.state.pictures.get(request.path_params["event"])
    form = await read_form(request)
    if form.get("do") in ("take-back", "release"):
        notice = await take_back(request, PAGE, form, picture)
    else:
        notice = await _say(request, form, picture)
    notice = await caught_up(request, notice)
    picture = request.app.state.pictures.get(request.path_params["event"])
    key = board_key(PAGE, {"story": form.get("story")})
    assert isinstance(key.choices, EditingChoices)
    viewer = viewer_of(request)
    board = key.kind.rows(picture, viewer, key.choices)
    return show(key, msgspec.structs.replace(board, notice=notice), viewer)


async def _say(request: Request, form: Form, picture: Picture) -> Notice:
    do, at = form.get("do"), form.moment(picture.now)
    item, trouble = make_item(form, picture)
    if trouble:
        return Notice(trouble, done=False)
    notice = await enter(request, PAGE, at, [{"seen_at": at, **item}])
    return Notice(DONE[do], done=True) if notice.done else notice


def make_item(form: Form, picture: Picture) -> tuple[dict[str, Any], str]:
    """The fact that a form means, or why it cannot be one now."""
    do, story_id = form.get("do"), form.get("story")
    story = find_story(picture, story_id)
    if story is None and do not in ("withdraw", "hold", "no-picture"):
        return {}, said("Nothing was done: this is no story any more.")
    told = {"story": story_id}
    match do:
        case "ask":
            return _asking(form, picture, told)
        case "hold":
            item = {"kind": "held", "entrant": form.get("entrant")}
            return item | _text(form.get("text")), ""
        case "write" if form.get("part") == "quote" and form.get("photo"):
            return _quoting(form, picture, story, told)
        case "write" if form.get("part") in PARTS:
            return _typing(form, told), ""
        case "picture":
            return _picturing(form, picture, story, told)
        case "no-picture":
            return {"kind": "story-pictured", **told, "photo": ""}, ""
        case "publish":
            assert story is not None
            # A request to take it down is what this word decides; everything else must be settled.
            reasons = why_not_publish(picture, story, looked_at=True)
            why = list_words(list(reasons))
            return (
                {"kind": "story-published", **told},
                said("Not published: {why}.", why=why) if reasons else "",
            )
        case "withdraw":
            return {"kind": "story-withdrawn", **told, **_text(form.get("text"))}, ""
    raise FactError(said("The desk knows no such form."), said("Open the page again."))


def _asking(form: Form, picture: Picture, told: dict[str, Any]) -> tuple[dict[str, Any], str]:
    entrants = picture.state.roster.entrants
    entrant = form.get("entrant")
    row = entrants.index(entrant) if entrant in entrants else None
    trouble = said("nobody of this story") if row is None else why_not_ask(picture, row)
    item = {
        "kind": "story-asked",
        **told,
        "entrant": entrant,
        "channel": form.get("channel") or "qr",
    }
    return item, said("Not asked: {why}.", why=trouble) if trouble else ""


def _picturing(
    form: Form, picture: Picture, story: Story | None, told: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """A picture may be chosen while answers are still awaited: it stands there once they are given."""
    photo = form.get("photo")
    offered = list_offered(picture, story) if story is not None else ()
    if not any(one.photo.photo == photo for one in offered):
        return {}, said("Not chosen: this picture shows nobody of this story any more.")
    return {"kind": "story-pictured", **told, "photo": photo}, ""


def _quoting(
    form: Form, picture: Picture, story: Story | None, told: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """What a witness wrote of a picture, where that may stand with the story; it replaces a quote only when asked to."""
    offered = list_offered(picture, story) if story is not None else ()
    found = next((one for one in offered if one.photo.photo == form.get("photo")), None)
    may = found is not None and story is not None and not found.why_not
    witness = find_witness(picture, found.photo, story.id) if may and found and story else None
    if story is None or found is None or witness is None:
        return {}, said("Not taken: this picture may not stand with the story, nor its words.")
    about = said_of(picture, story.id)
    if (key := find_quote_key(picture, about)) and form.get("replaces") != key:
        quote = find_quote(picture, about)
        name = quote.speaker if quote and quote.speaker else said("somebody")
        return {}, said("Not taken: it replaces what {name} said. Say so with the box.", name=name)
    item = {"kind": "story-written", **told, "part": "quote", "photo": found.photo.photo}
    return item | _text(f"{witness.speaker}\n{witness.words}"), ""


def _typing(form: Form, told: dict[str, Any]) -> dict[str, Any]:
    part, text = form.get("part"), form.get("text")
    item = {"kind": "story-written", **told, "part": part}
    if part == "quote":
        return item | _text(f"{form.get('speaker')}\n{text}" if text else "")
    return item | ({"sentence": form.get("sentence")} if part == "sentence" else {}) | _text(text)


def _text(text: str) -> dict[str, str]:
    return {"text": text} if text else {}
