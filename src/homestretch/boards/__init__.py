"""Boards: what people see of a race day, as values. A board is a pure function of a Picture and a viewer.

In: a ``Picture``, a ``Viewer``, the viewer's choices. Out: a frozen ``Board``; its JSON is the page's twin.
Never: a socket, a disk, a clock, a name that did not go through ``race.privacy.show``.

A board is a module here with ``BOARD = BoardKind(...)``; it is found by its presence.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, get_args

import msgspec

from homestretch.boards.frame import Frame
from homestretch.errors import NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.race.saying import Said, said

EVERYBODY: frozenset[Role] = frozenset(get_args(Role))
"""Who may see a public page: also those who hold a key."""

Text = Annotated[str, msgspec.Meta(max_length=80)]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a viewer chose, from the address of the page. ``wall`` asks for a screen seen from 3 m."""

    wall: bool = False


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What every board has: its frame. Its rows are fields of its own."""

    frame: Frame

    @property
    def number(self) -> str:
        """The number of the Picture that this board was made from."""
        return self.frame.number


def write_twin(value: Any) -> bytes:
    """A board, or another page's content, as JSON. Its words are English unless it was said again."""
    return msgspec.json.encode(value, enc_hook=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, Said):
        return str(value)
    raise NotImplementedError(f"No JSON for {type(value).__name__}.")


def _no_pulse(_picture: Picture, _choices: Any) -> object:
    """A board that never has to hurry."""
    return None


class BoardKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of board: its address, who may see it, its choices, its rows, and its template.

    ``path`` starts with ``/{event}``; its other variables are fields of ``choices``. ``rows`` raises
    NotFound for what does not exist (or is hidden from this viewer) and RefusedError for what the
    viewer's role may not see.
    """

    name: str
    path: str
    who: frozenset[Role]
    choices: type[Choices]
    rows: Callable[[Picture, Viewer, Any], Board]
    template: str
    pulse: Callable[[Picture, Any], object] = _no_pulse
    """What followers must see at once when it changes; all else may wait for a free moment."""


@cache
def list_boards() -> tuple[BoardKind, ...]:
    """Every kind of board in this room, by name."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    kinds = [module.BOARD for module in modules if hasattr(module, "BOARD")]
    return tuple(sorted(kinds, key=lambda kind: str(kind.name)))


def get_board(name: str) -> BoardKind:
    """The kind of board with this name, or NotFound."""
    for kind in list_boards():
        if kind.name == name:
            return kind
    known = ", ".join(kind.name for kind in list_boards())
    raise NotFound(
        said("There is no board {board}.", board=repr(name)),
        said("The boards are: {boards}.", boards=known),
    )


def choices_of(kind: BoardKind, given: Mapping[str, str]) -> Choices:
    """The choices in an address; names that the board does not know are left aside, and blanks around
    words and several in a row count for nothing: one choice has one form.

    Raises NotFound, with the choice that cannot be read, for a value out of range.
    """
    known = kind.choices.__struct_fields__
    values: dict[str, Any] = {
        name: " ".join(value.split()) for name, value in given.items() if name in known
    }
    if "wall" in values:
        values["wall"] = values["wall"] not in ("0", "false", "no")
    try:
        return msgspec.convert(values, kind.choices, strict=False)
    except msgspec.ValidationError as error:
        raise NotFound(
            said("This page does not understand its address: {error}.", error=error),
            said("Go back to the page without choices and choose again."),
        ) from error
