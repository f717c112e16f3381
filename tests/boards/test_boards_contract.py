"""What holds for every board that is found, whatever it shows."""

from __future__ import annotations

import json

import msgspec
import pytest

from homestretch.boards import Board, list_boards, write_twin
from homestretch.errors import NotFound, RefusedError
from homestretch.picture import Picture
from homestretch.race.privacy import PRIVATE, Viewer
from homestretch.web.render import BoardKey, fragments, live_parts, make_board, render_page
from tests.boards.days import ALL, CANARY, CANARY_OVER, Wanted, at_number, make_picture
from tests.boards.kinds import (
    CHOICES,
    OUTSIDE_THE_LEDGER,
    hidden_rows,
    list_faults,
    list_keys,
)

KEYS = [
    pytest.param(key, id=f"{key.name} {msgspec.to_builtins(key.choices)}") for key in list_keys()
]
DAYS = [pytest.param(wanted, id=name) for name, wanted in ALL.items()]


def find_board(key: BoardKey, picture: Picture, viewer: Viewer) -> Board | None:
    try:
        return make_board(key, picture, viewer)
    except (NotFound, RefusedError):
        return None


def test_every_board_has_choices_to_try() -> None:
    assert {kind.name for kind in list_boards()} == set(CHOICES)
    assert {"home", "results", "runner"} <= set(CHOICES)


@pytest.mark.parametrize("wanted", DAYS)
@pytest.mark.parametrize("key", KEYS)
def test_a_board_renders_at_every_moment_of_the_day_for_everybody(
    key: BoardKey, wanted: Wanted
) -> None:
    picture = make_picture(wanted)
    for viewer in (Viewer(), Viewer("station"), Viewer("director")):
        board = find_board(key, picture, viewer)
        if board is None:
            continue
        page = render_page(key, board, viewer)
        assert list(list_faults(page)) == []
        assert board.frame.lantern.words in page
        for part, html in live_parts(key, board, viewer).items():
            assert list(list_faults(html)) == [], part


@pytest.mark.parametrize("key", KEYS)
def test_the_json_twin_says_the_number_and_the_moment(key: BoardKey) -> None:
    picture = make_picture(ALL["small"])
    board = find_board(key, picture, Viewer())
    if board is not None:
        twin = json.loads(write_twin(board))
        assert twin["frame"]["number"] == picture.number == board.number
        assert twin["frame"]["now"] == picture.now


@pytest.mark.parametrize("key", KEYS)
def test_a_board_depends_on_picture_viewer_and_choices_alone(key: BoardKey) -> None:
    picture = make_picture(ALL["late"])
    first, again = (find_board(key, picture, Viewer("control")) for _ in range(2))
    other = find_board(key, at_number(picture, "another"), Viewer("control"))
    assert first == again
    assert first is None or (other is not None and other != first)


@pytest.mark.parametrize("wanted", [CANARY, CANARY_OVER], ids=["during", "after"])
@pytest.mark.parametrize("key", KEYS)
def test_nothing_of_a_hidden_entrant_reaches_who_does_not_keep_the_ledger(
    key: BoardKey, wanted: Wanted
) -> None:
    picture = make_picture(wanted)
    for viewer in OUTSIDE_THE_LEDGER:
        board = find_board(key, picture, viewer)
        if board is None:
            continue
        twin = write_twin(board).decode()
        page = render_page(key, board, viewer)
        stream = fragments(key, picture, viewer).decode()
        hidden = hidden_rows(picture, viewer)
        assert len(hidden) > 10
        asked = msgspec.to_builtins(key.choices).get("q", "") == "canary"
        for text in (page.replace('value="canary"', ""), stream, twin.replace('"q":"canary"', "")):
            assert "canary" not in (text.replace("q=canary", "") if asked else text)
            for row in hidden:
                bib = picture.state.roster.bibs[row]
                assert f'bib">{bib}<' not in text
                assert f'"bib":"{bib}"' not in text
                assert f"/runners/{bib}" not in text


@pytest.mark.parametrize("viewer", OUTSIDE_THE_LEDGER, ids=lambda viewer: str(viewer.role))
def test_no_board_calls_anybody_by_more_than_withdrew(viewer: Viewer) -> None:
    picture = make_picture(ALL["small"])
    assert any(name.startswith("care") for name in picture.state.keeper.values())
    words = ("in care", "care 2", "bus 2", "on the bus", "left on their own")
    for key in list_keys():
        board = find_board(key, picture, viewer)
        if board is not None:
            page = render_page(key, board, viewer) + write_twin(board).decode()
            assert not [word for word in words if word in page]


def test_the_canary_is_seen_by_who_keeps_the_ledger() -> None:
    picture = make_picture(CANARY)
    key = next(key for key in list_keys() if key.name == "results" and not key.choices.wall)
    page = fragments(key, make_picture(CANARY_OVER), Viewer("director")).decode()
    assert "canary" in page
    public = fragments(key, make_picture(CANARY_OVER), Viewer()).decode()
    assert PRIVATE in public
    assert hidden_rows(picture, Viewer("director")) == []


@pytest.mark.parametrize("viewer", OUTSIDE_THE_LEDGER, ids=lambda viewer: str(viewer.role))
def test_a_hidden_entrant_has_no_page(viewer: Viewer) -> None:
    picture = make_picture(CANARY)
    kind = next(kind for kind in list_boards() if kind.name == "runner")
    for row in hidden_rows(picture, viewer):
        bib = picture.state.roster.bibs[row]
        with pytest.raises(NotFound, match="no runner's page"):
            kind.rows(picture, viewer, kind.choices(bib=bib))  # type: ignore[call-arg]  # of this board


def test_a_list_of_the_ledger_is_refused_to_everybody_else() -> None:
    picture = make_picture(ALL["small"])
    kind = next(kind for kind in list_boards() if kind.name == "home")
    for viewer in OUTSIDE_THE_LEDGER:
        with pytest.raises(RefusedError):
            kind.rows(picture, viewer, kind.choices(list="road"))  # type: ignore[call-arg]  # of this board
