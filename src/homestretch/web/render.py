"""Boards as HTML: whole pages, and the live parts of a page for its stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from markupsafe import Markup, escape

from homestretch.boards import Board, BoardKind, Choices, choices_of, get_board
from homestretch.boards.frame import Frame
from homestretch.boards.words import CARE_ROLES, LEDGER_ROLES, ROLE_WORDS, SEX_WORDS, list_words
from homestretch.photos.installed import can_read_pictures
from homestretch.picture import Picture
from homestretch.race.privacy import STAFF, Viewer
from homestretch.race.saying import ENGLISH, Speech, say_again
from homestretch.web.arrivals_drawing import draw_arrivals
from homestretch.web.assets import asset
from homestretch.web.certificate_pdf import can_make_pdf
from homestretch.web.drawing import draw_ribbon
from homestretch.web.kept_drawing import draw_kept
from homestretch.web.map_drawing import draw_map
from homestretch.web.marked import FoldedMessages, make_calls
from homestretch.web.runner_drawing import draw_finish, draw_paces
from homestretch.web.say import Say
from homestretch.web.spoken import (
    Spoken,
    choose_address,
    find_speech,
    list_languages,
    speech_of,
    spoken_in,
)
from homestretch.web.station_words import words_address
from homestretch.web.story_drawing import draw_story

B = TypeVar("B", bound=Board)

LIVE = "live_"
"""blocks of a template whose names begin so are live: block ``live_counts`` fills ``#live-counts``"""

LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class BoardKey(NamedTuple):
    """Which board with which choices, said how: what a stream is asked for, and the key of its cache."""

    name: str
    choices: Choices
    spoken: Spoken = Spoken()

    @property
    def kind(self) -> BoardKind:
        """The kind of the board."""
        return get_board(self.name)

    @property
    def is_chosen(self) -> bool:
        """Whether something was chosen beyond which board it is (and that it hangs on a wall)."""
        defaults = _defaults(type(self.choices))
        return any(
            value != defaults[name] and f"{{{name}}}" not in self.kind.path and name != "wall"
            for name, value in msgspec.structs.asdict(self.choices).items()
        )


def board_key(name: str, given: Mapping[str, str]) -> BoardKey:
    """The key for a board's name and what stands in the address; NotFound when either is unknown."""
    return BoardKey(name, choices_of(get_board(name), given), spoken_in(given))


def make_board(key: BoardKey, picture: Picture, viewer: Viewer) -> Board:
    """The rows of a board; NotFound or RefusedError as the board says."""
    return key.kind.rows(picture, viewer, key.choices)


def render_page(key: BoardKey, board: Board, viewer: Viewer, theme: str = "", **more: Any) -> str:
    """A whole page. ``theme`` is ``dark`` or ``light`` against the system's choice, or empty; ``more`` is for its
    template alone."""
    context = _context(key, board, viewer) | more
    template = environment(context["language"]).get_template(key.kind.template)
    return template.render(context, theme=theme)


def render_plain(template: str, speech: Speech = ENGLISH, **given: Any) -> str:
    """A page that is no board: the list of events, evidence, or what went wrong."""
    found = environment(speech.language).get_template(template)
    return found.render(_plain_context(speech, given))


def plain_parts(template: str, speech: Speech = ENGLISH, **given: Any) -> dict[str, str]:
    """The live parts of a page that is no board: element id -> the HTML within it."""
    return _parts(template, _plain_context(speech, given))


def _plain_context(speech: Speech, given: dict[str, Any]) -> dict[str, Any]:
    again = {name: say_again(value, speech) for name, value in given.items()}
    if isinstance(frame := again.get("frame"), Frame):
        again["frame"] = _in_units(frame, speech)
        again["say"] = Say(again["frame"], speech)
    usual: dict[str, Any] = {"theme": "", "wall": False, "spoken": Spoken(), "here_as": None}
    usual["units"] = again["frame"].event.units if "frame" in again else ""
    usual["said_in"] = _say_in(given.get("spoken", Spoken()))
    return usual | _drawings(speech) | {"language": speech.language} | again


def live_parts(key: BoardKey, board: Board, viewer: Viewer) -> dict[str, str]:
    """The live parts of a page: element id -> the HTML within it."""
    return _parts(key.kind.template, _context(key, board, viewer))


def _parts(template: str, given: dict[str, Any]) -> dict[str, str]:
    context = environment(given["language"]).get_template(template).new_context(given)
    return {
        f"{LIVE}{name}".replace("_", "-"): "".join(block(context)).strip()
        for name, block in _live_blocks(template, given["language"])
    }


def as_partials(parts: Iterable[tuple[str, str]]) -> bytes:
    """Live parts as the data of one stream message (see frontend/README.md), all in one line: whatever
    ends a line somewhere becomes a space, because a line's end would end the data."""
    message = "".join(
        f'<hx-partial hx-target="#{part}" hx-swap="innerMorph">{html}</hx-partial>'
        for part, html in parts
    )
    return LINE_ENDS.sub(" ", message).encode()


def fragments(key: BoardKey, picture: Picture, viewer: Viewer) -> bytes:
    """All live parts of a board, to be sent on a stream."""
    board = make_board(key, picture, viewer)
    return as_partials(live_parts(key, board, viewer).items())


def keep_lines(text: str) -> Markup:
    """What somebody wrote, its line ends as references: they outlive the one line of a stream's message."""
    return Markup(LINE_ENDS.sub("&#10;", str(escape(text))))  # noqa: S704 - escaped


def page_address(key: BoardKey, event_id: str, *, suffix: str = "", **changed: Any) -> str:
    """The address of a board with its choices, some of them changed; ``suffix`` is ``.json`` for the twin."""
    given: dict[str, Any] = {**msgspec.structs.asdict(key.choices), **changed}
    path = key.kind.path.replace("{event}", quote(event_id, safe=""))
    for name in list(given):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", quote(str(given.pop(name)), safe=""))
    return path + suffix + _query(key, given, **key.spoken.query)


def stream_address(key: BoardKey, event_id: str, number: str) -> str:
    """The address of the stream that keeps a page of that board up to date from ``number`` on."""
    more = {"board": key.name, "after": number} | key.spoken.query
    query = _query(key, msgspec.structs.asdict(key.choices), **more)
    return f"/{quote(event_id, safe='')}/stream{query}"


def _query(key: BoardKey, given: Mapping[str, Any], **more: str) -> str:
    defaults = _defaults(type(key.choices))
    chosen = {name: value for name, value in given.items() if value != defaults[name]}
    if chosen.get("wall"):
        chosen["wall"] = "1"
    return "?" + urlencode(more | chosen) if chosen or more else ""


@cache
def _defaults(choices: type[Choices]) -> dict[str, Any]:
    return {field.name: field.default for field in msgspec.structs.fields(choices)}


def respoken(board: B, speech: Speech) -> B:
    """A board in the language and units of a page."""
    if speech.language != ENGLISH.language or speech.units:
        board = say_again(board, speech)
    return msgspec.structs.replace(board, frame=_in_units(board.frame, speech))


def _in_units(frame: Frame, speech: Speech) -> Frame:
    if not speech.units:
        return frame
    event = msgspec.structs.replace(frame.event, units=speech.units)
    return msgspec.structs.replace(frame, event=event)


def _drawings(speech: Speech) -> dict[str, Any]:
    """The drawings that have words of their own."""
    return {
        "draw_arrivals": partial(draw_arrivals, speech=speech),
        "draw_kept": partial(draw_kept, speech=speech),
        "draw_ribbon": partial(draw_ribbon, speech=speech),
    }


def _unsearched(key: BoardKey) -> BoardKey:
    """A page without what was searched for: a search is nobody else's business, and no address of ours has it."""
    if not getattr(key.choices, "q", ""):
        return key
    return key._replace(choices=msgspec.structs.replace(key.choices, q=""))


def _say_in(spoken: Spoken) -> str:
    """What stands behind the address of a form, so that its answer speaks as its page did."""
    return f"?{urlencode(spoken.query)}" if spoken.query else ""


def _context(key: BoardKey, board: Board, viewer: Viewer) -> dict[str, Any]:
    event = board.frame.event.id
    speech = speech_of(key.spoken, board.frame.event)
    board = respoken(board, speech)
    return _drawings(speech) | {
        "board": board,
        "frame": board.frame,
        "language": speech.language,
        "spoken": key.spoken,
        "said_in": _say_in(key.spoken),
        "units": board.frame.event.units,
        "here_as": lambda spoken: page_address(_unsearched(key)._replace(spoken=spoken), event),
        "key": key,
        "viewer": viewer,
        "wall": key.choices.wall,
        "say": Say(board.frame, speech),
        "event_address": f"/{quote(event, safe='')}",
        "json_address": page_address(key, event, suffix=".json"),
        "stream": stream_address(key, event, board.number),
        "here": lambda **changed: page_address(key, event, **changed),
        "board_address": lambda name, **given: page_address(
            board_key(name, given)._replace(spoken=key.spoken), event
        ),
    }


@cache
def environment(language: str = ENGLISH.language) -> jinja2.Environment:
    """The templates in a language; a name that is not given is an error, and whatever is filled in is escaped."""
    speech = find_speech(language)
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("homestretch.web"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.policies["ext.i18n.trimmed"] = True
    found.code_generator_class = FoldedMessages
    found.globals |= make_calls(speech)
    found.globals |= {
        "asset": asset,
        "can_read_pictures": can_read_pictures,
        "certificates_as_pdf": can_make_pdf,
        "draw_finish": draw_finish,
        "draw_map": draw_map,
        "draw_paces": draw_paces,
        "draw_story": draw_story,
        "languages": list_languages(),
        "choose_address": choose_address,
        "words_address": words_address,
        "sex_words": say_again(SEX_WORDS, speech),
        "role_words": say_again(ROLE_WORDS, speech),
        "ledger_roles": LEDGER_ROLES,
        "care_roles": CARE_ROLES,
        "staff_roles": STAFF,
        "may_open": lambda name, viewer: viewer.role in get_board(name).who,
    }
    found.filters |= {
        "keep_lines": keep_lines,
        "list_words": lambda words: speech.again(list_words(words)),
    }
    found.globals["shapes"] = found.get_template("shapes.html").module
    return found


@cache
def _live_blocks(template: str, language: str) -> tuple[tuple[str, Any], ...]:
    """The live blocks of a template and of what it extends: name without its beginning, and the block."""
    found: dict[str, Any] = {}
    for name in (template, *_ancestors(template)):
        for block, render in environment(language).get_template(name).blocks.items():
            if block.startswith(LIVE):
                found.setdefault(block.removeprefix(LIVE), render)
    return tuple(found.items())


def _ancestors(template: str) -> Iterator[str]:
    found = environment()
    loader = found.loader
    assert loader is not None
    source, _, _ = loader.get_source(found, template)
    extended = [node.template for node in found.parse(source).find_all(jinja2.nodes.Extends)]
    for node in extended:
        if isinstance(node, jinja2.nodes.Const):
            yield str(node.value)
            yield from _ancestors(str(node.value))
