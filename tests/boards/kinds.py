"""What the contract of boards is tried with: choices for each board, and the viewers from whom the ledger is kept."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import get_args

from homestretch.boards import list_boards
from homestretch.boards.words import LEDGER_ROLES
from homestretch.picture import Picture
from homestretch.race.privacy import Role, Viewer
from homestretch.showing import shown
from homestretch.web.render import BoardKey, board_key

OUTSIDE_THE_LEDGER = [Viewer(role) for role in get_args(Role) if role not in LEDGER_ROLES]

CHOICES: dict[str, list[dict[str, str]]] = {
    "announcer": [{}, {"wall": "1"}],
    "home": [{}, {"wall": ""}],
    "results": [
        {"race": "marathon"},
        {"race": "half", "order": "latest"},
        {"race": "marathon", "sex": "f", "group": "30-34"},
        {"race": "marathon", "division": "wheelchair"},
        {"race": "marathon", "table": "out-of-competition"},
        {"race": "marathon", "q": "canary"},
        {"race": "half", "q": "amber"},
        {"race": "marathon", "club": "a"},
        {"race": "marathon", "wall": "1"},
    ],
    "calls": [{}],
    "control": [
        {},
        {"list": "decide"},
        {"list": "overdue"},
        {"bib": "101"},
        {"bib": "nobody"},
        {"wall": "1"},
    ],
    "calibration": [{"race": "marathon"}, {"race": "half", "wall": "1"}, {"race": "nowhere"}],
    "desk": [{}, {"list": "no-packet"}, {"list": "call", "page": "2"}],
    "devices": [{}],
    "editing": [{}, {"story": "met-1f0c9a77e2"}],
    "paper": [
        {"list": "start-list"},
        {"list": "by-name"},
        {"list": "no-packet"},
        {"list": "call"},
        {"list": "road"},
        {"list": "bus"},
        {"list": "care"},
        {"list": "radio-sheet"},
        {"list": "bus-sheet"},
        {"list": "chute-sheet"},
    ],
    "photos": [{}],
    "sending": [{}, {"point": "10k"}],
    "certificate": [{"bib": "101"}, {"bib": "102"}, {"bib": "501"}, {"bib": "nobody"}],
    "podiums": [{}, {"race": "half"}, {"category": "marathon/f/30-34"}, {"wall": "1"}],
    "radio": [{}],
    "station": [
        {"point": "10k"},
        {"point": "finish"},
        {"point": "mile-25", "wall": "1"},
        {"point": "10k", "order": "need", "club": "Millrace Runners"},
        {"point": "nowhere"},
    ],
    "stories": [{}],
    "story": [{"story": "met-1f0c9a77e2"}],
    "sweep": [{}, {"list": "risk"}, {"list": "behind", "page": "2"}, {"wall": "1"}],
    "towns": [{}, {"town": "Millbrook"}, {"town": "nowhere"}],
    "takeover": [{}, {"bib": "101"}, {"bib": "104", "keeper": "bus-2"}, {"bib": "nobody"}],
    "runner": [{"bib": "101"}, {"bib": "102"}, {"bib": "105", "wall": "1"}, {"bib": "118"}],
}
"""A new board adds its own; the contract fails for one without choices to try."""


def list_keys() -> list[BoardKey]:
    """Every board with every one of its choices to try."""
    return [board_key(kind.name, given) for kind in list_boards() for given in CHOICES[kind.name]]


def hidden_rows(picture: Picture, viewer: Viewer) -> list[int]:
    """Rows of the entrants whom the gate hides from a viewer."""
    rows = range(len(picture.state.roster.entrants))
    return [row for row in rows if shown(picture, viewer, row).hidden]


VOID = frozenset(("meta", "link", "input", "br", "hr", "img"))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser gives it
        self._attributes(attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.faults += [f"{name} at {self.getpos()}" for name in names if _is_forbidden(name)]
        if len(names) != len(set(names)):
            self.faults.append(f"an attribute twice at {self.getpos()}")


def _is_forbidden(name: str) -> bool:
    """What a strict Content-Security-Policy would block."""
    return name == "style" or name.startswith("on")


def list_faults(html: str) -> Iterator[str]:
    """What is not well formed in some HTML, twice the same id, and what the pages' policy forbids."""
    tags = _Tags()
    tags.feed(html)
    tags.close()
    yield from tags.faults
    yield from (f"<{tag}> is not closed" for tag in tags.open)
    yield from (
        f"id {name} twice" for name in {name for name in tags.ids if tags.ids.count(name) > 1}
    )
    if "<style" in html or "<script>" in html:
        yield "inline style or script"
