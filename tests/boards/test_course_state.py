"""The state of the course stands on every page at once, with its time and words, and times ahead know it."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from homestretch.boards import EVERYBODY, list_boards, write_twin
from homestretch.boards.announcer import BOARD as ANNOUNCER
from homestretch.boards.control import BOARD as CONTROL
from homestretch.boards.home import BOARD as HOME
from homestretch.errors import NotFound, RefusedError
from homestretch.facts import FlagState
from homestretch.race.privacy import Role, Viewer
from homestretch.state.flag import ENDED, QUIET
from homestretch.web.render import board_key, make_board, render_page
from tests.boards.days import INSTRUCTION, Wanted, make_picture
from tests.boards.kinds import CHOICES, list_keys

SAID = [state for state in get_args(FlagState) if state != "open"]


def a_day(state: str, minutes: int = 200) -> Wanted:
    return Wanted(marathon=80, half=40, minutes=minutes, flag=state)


@pytest.mark.parametrize("state", SAID)
def test_it_stands_on_every_page_of_everybody_with_its_words(state: FlagState) -> None:
    picture = make_picture(a_day(state))
    seen = set()
    for key in list_keys():
        role: Role = "director" if "director" in key.kind.who else "control"
        viewer = Viewer() if key.kind.who == EVERYBODY else Viewer(role)
        try:
            board = make_board(key, picture, viewer)
        except (NotFound, RefusedError):
            continue
        (banner,) = board.frame.banners
        assert (banner.state, banner.instruction) == (state, INSTRUCTION)
        page = render_page(key, board, viewer)
        assert banner.words in page, key
        assert INSTRUCTION in page, key
        seen.add(key.name)
    # Nobody has finished yet, and nothing is told.
    assert seen | {"certificate", "story"} == {kind.name for kind in list_boards()} == set(CHOICES)


@pytest.mark.parametrize("state", SAID)
def test_times_ahead_and_overdue_know_it(state: FlagState) -> None:
    picture, quiet = make_picture(a_day(state, 420)), state in QUIET
    home = HOME.rows(picture, Viewer("control"), HOME.choices())
    control = CONTROL.rows(picture, Viewer("control"), CONTROL.choices())
    assert home.frame.speaks_ahead == (not quiet)
    announced = ANNOUNCER.rows(picture, Viewer(), ANNOUNCER.choices())
    said = msgspec.json.decode(write_twin((control, announced)))
    assert bool(said[0]["no_risk"]) >= quiet
    if quiet:
        assert said[0]["overdue"] == []
        assert said[1]["coming"] == []
        assert said[1]["silent"].startswith("Nothing is said of times while")
        assert {point["may_close_at"] for point in said[0]["points"]} == {None}


@pytest.mark.parametrize("state", ["sheltering", *ENDED])
def test_the_list_of_who_is_not_accounted_for_opens_by_itself(state: FlagState) -> None:
    picture = make_picture(a_day(state))
    board = make_board(board_key("home", {}), picture, Viewer("control"))
    ledger = msgspec.json.decode(write_twin(board))["ledger"]
    assert ledger["opened"] == "open"
    assert ledger["people"]
