"""Boards as HTML: whole pages, and the live parts of a page for its stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from markupsafe import Markup, escape

from homestretch.boards import Board, BoardKind, Choices, choices_of, get_board
from homestretch.boards.words import LEDGER_ROLES, ROLE_WORDS, SEX_WORDS, list_words
from homestretch.picture import Picture
from homestretch.race.privacy import STAFF, Viewer
from homestretch.web.arrivals_drawing import draw_arrivals
from homestretch.web.assets import asset
from homestretch.web.drawing import draw_ribbon
from homestretch.web.kept_drawing import draw_kept
from homestretch.web.map_drawing import draw_map
from homestretch.web.runner_drawing import draw_finish, draw_paces
from homestretch.web.say import Say
from homestretch.web.story_drawing import draw_story

LIVE = "live_"
"""blocks of a template whose names begin so are live: block ``live_counts`` fills ``#live-counts``"""

LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class BoardKey(NamedTuple):
    """Which board with which choices: what a stream is asked for, and the key of its cache."""

    name: str
    choices: Choices

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
    return BoardKey(name, choices_of(get_board(name), given))


def make_board(key: BoardKey, picture: Picture, viewer: Viewer) -> Board:
    """The rows of a board; NotFound or RefusedError as the board says."""
    return key.kind.rows(picture, viewer, key.choices)


def render_page(key: BoardKey, board: Board, viewer: Viewer, theme: str = "", **more: Any) -> str:
    """A whole page. ``theme`` is ``dark`` or ``light`` against the system's choice, or empty; ``more`` is for its
    template alone."""
    template = environment().get_template(key.kind.template)
    return template.render(_context(key, board, viewer) | more, theme=theme)


def render_plain(template: str, **given: Any) -> str:
    """A page that is no board: the list of events, evidence, or what went wrong."""
    return environment().get_template(template).render({"theme": "", "wall": False} | given)


def plain_parts(template: str, **given: Any) -> dict[str, str]:
    """The live parts of a page that is no board: element id -> the HTML within it."""
    return _parts(template, {"theme": "", "wall": False} | given)


def live_parts(key: BoardKey, board: Board, viewer: Viewer) -> dict[str, str]:
    """The live parts of a page: element id -> the HTML within it."""
    return _parts(key.kind.template, _context(key, board, viewer))


def _parts(template: str, given: dict[str, Any]) -> dict[str, str]:
    context = environment().get_template(template).new_context(given)
    return {
        f"{LIVE}{name}".replace("_", "-"): "".join(block(context)).strip()
        for name, block in _live_blocks(template)
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
    return path + suffix + _query(key, given)


def stream_address(key: BoardKey, event_id: str, number: str) -> str:
    """The address of the stream that keeps a page of that board up to date from ``number`` on."""
    query = _query(key, msgspec.structs.asdict(key.choices), board=key.name, after=number)
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


def _context(key: BoardKey, board: Board, viewer: Viewer) -> dict[str, Any]:
    event = board.frame.event.id
    return {
        "board": board,
        "frame": board.frame,
        "key": key,
        "viewer": viewer,
        "wall": key.choices.wall,
        "say": Say(board.frame),
        "event_address": f"/{quote(event, safe='')}",
        "json_address": page_address(key, event, suffix=".json"),
        "stream": stream_address(key, event, board.number),
        "here": lambda **changed: page_address(key, event, **changed),
        "board_address": lambda name, **given: page_address(board_key(name, given), event),
    }


@cache
def environment() -> jinja2.Environment:
    """The templates; a name that is not given is an error, and whatever is filled in is escaped."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("homestretch.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "asset": asset,
        "draw_arrivals": draw_arrivals,
        "draw_finish": draw_finish,
        "draw_kept": draw_kept,
        "draw_map": draw_map,
        "draw_paces": draw_paces,
        "draw_ribbon": draw_ribbon,
        "draw_story": draw_story,
        "sex_words": SEX_WORDS,
        "role_words": ROLE_WORDS,
        "ledger_roles": LEDGER_ROLES,
        "staff_roles": STAFF,
        "may_open": lambda name, viewer: viewer.role in get_board(name).who,
    }
    found.filters |= {"list_words": list_words, "keep_lines": keep_lines}
    found.globals["shapes"] = found.get_template("shapes.html").module
    return found


@cache
def _live_blocks(template: str) -> tuple[tuple[str, Any], ...]:
    """The live blocks of a template and of what it extends: name without its beginning, and the block."""
    found: dict[str, Any] = {}
    for name in (template, *_ancestors(template)):
        for block, render in environment().get_template(name).blocks.items():
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
