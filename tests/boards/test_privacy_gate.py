"""The rules of the privacy gate, over every board there is, its page, its twin and its stream."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import msgspec
import numpy as np
import pytest

from homestretch.boards import EVERYBODY, write_twin
from homestretch.errors import NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import HIDDEN, Role, Viewer
from homestretch.showing import shown
from homestretch.state.snapshot import ON_THE_ROAD
from homestretch.web.render import BoardKey, fragments, make_board, render_page
from tests.boards.days import ALL, Wanted, make_picture
from tests.boards.kinds import OUTSIDE_THE_LEDGER, list_keys

BUSY = Wanted(marathon=400, half=200, minutes=240)
ON_THE_WAY = 5
"""Names of people who are on the road that a public page may have beside the lantern."""
UNKIND = ("alone", "slow", "walking", "slowest", "exhausted", "struggling")

PUBLIC = [
    pytest.param(key, id=f"{key.name} {msgspec.to_builtins(key.choices)}")
    for key in list_keys()
    if key.kind.who == EVERYBODY
]


def texts_of(key: BoardKey, picture: Picture, viewer: Viewer) -> Iterator[str]:
    """Page, twin and stream of a board; nothing where it does not exist for this viewer."""
    try:
        board = make_board(key, picture, viewer)
    except (NotFound, RefusedError):
        return
    yield render_page(key, board, viewer)
    yield write_twin(board).decode()
    yield fragments(key, picture, viewer).decode()


@pytest.mark.parametrize("key", PUBLIC)
def test_no_public_page_calls_anybody_alone_slow_or_walking(key: BoardKey) -> None:
    for day in (BUSY, ALL["late"]):
        for text in texts_of(key, make_picture(day), Viewer()):
            words = set(re.findall(r"[a-z]+", re.sub(r"<[^>]*>", " ", text).lower()))
            assert not words & set(UNKIND)


@pytest.mark.parametrize("key", PUBLIC)
def test_no_public_page_lists_in_bulk_who_is_where(key: BoardKey) -> None:
    picture = make_picture(BUSY)
    roster = picture.state.roster
    out = np.flatnonzero(np.isin(picture.state.status, ON_THE_ROAD)).tolist()
    assert len(out) > 50
    for text in texts_of(key, picture, Viewer()):
        listed = [row for row in out if f'bib">{roster.bibs[row]}<' in text]
        listed += [row for row in out if f'"bib":"{roster.bibs[row]}"' in text]
        assert len(set(listed)) <= ON_THE_WAY + 1


def test_whom_the_staff_hides_is_on_no_board_of_anybody_who_does_not_keep_the_ledger() -> None:
    picture = make_picture(BUSY)
    roster = picture.state.roster
    named = [
        row for row in range(len(roster.bibs)) if not shown(picture, Viewer(), row).hidden
    ]  # fmt: skip
    rows = frozenset(named)
    state = replace(picture.state, roster=replace(roster, hidden=rows))
    hidden = replace(picture, state=state, number="hidden")
    names = {
        f"{person.first} {person.last}" for person in picture.names.persons.values() if person.last
    }
    for viewer in OUTSIDE_THE_LEDGER:
        assert all(shown(hidden, viewer, row) == HIDDEN for row in rows)
    for key in list_keys():
        for role in ("public", "announcer", "desk", "sweep"):
            for text in texts_of(key, hidden, Viewer(role)):
                assert not [name for name in names if name in text], (key, role)


@pytest.mark.parametrize("role", get_args(Role))
def test_an_entrant_has_one_form_for_a_role_wherever_it_is_shown(role: Role) -> None:
    picture = make_picture(BUSY)
    forms: dict[str, set[str]] = {}
    for key in list_keys():
        for text in list(texts_of(key, picture, Viewer(role)))[1:2]:
            for name, bib in re.findall(r'"name":"([^"]*)","bib":"(\d+)"', text):
                forms.setdefault(bib, set()).add(name)
    several = {bib: names for bib, names in forms.items() if len(names) > 1}
    aloud = role in (
        "director",
        "control",
        "medical",
    )  # the announcer's page shows them as it may be said
    assert aloud or not several
