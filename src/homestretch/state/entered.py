"""What people entered on pages, and their calls for help, as boards read it."""

from __future__ import annotations

from dataclasses import dataclass

from homestretch.facts import FactId


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact that a person entered on a page; ``by`` signs for them, ``void``: taken back."""

    id: FactId
    page: str
    kind: str
    bib: str
    row: int
    seen_at: int
    received_at: int
    by: str
    place: str
    taken_by: str
    keeper: str
    void: bool
    text_ref: str | None = None
    """a note, or why somebody stops"""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A bib that a person wrote down of whom it can hardly be (``row`` NEVER: nobody has it). ``column`` and ``read_at``
    are the read that speaks against it; without a column ``read_at`` is the gun of their wave, and NEVER when their
    race does not pass that place."""

    id: FactId
    bib: str
    row: int
    place: str
    seen_at: int
    column: int
    read_at: int


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A call for help from a place. ``heard_at`` is when a person in control said that they have read it
    (NEVER: nobody has), ``heard_by`` signs for them, ``heard_ref`` has their name; ``void``: taken back."""

    id: FactId
    place: str
    bib: str
    row: int
    called_at: int
    received_at: int
    by: str
    text_ref: str | None
    heard_at: int
    heard_by: str
    heard_ref: str | None
    void: bool
