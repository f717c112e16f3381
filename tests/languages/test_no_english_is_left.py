"""Every board in a made-up language: no word of a page is outside of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from homestretch.boards import list_boards
from homestretch.errors import HomestretchError
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.web import render, spoken
from homestretch.web.render import board_key, make_board, render_page
from tests.boards.days import ALL, make_picture
from tests.boards.kinds import CHOICES
from tests.languages.pseudo import LANGUAGE, data_of, list_unmarked, write_pseudo

CACHES = (
    spoken.list_languages,
    spoken.find_speech,
    spoken._catalogue,
    render.environment,
    render._live_blocks,
)
VIEWERS = (Viewer(), Viewer("station", "10k"), Viewer("director"), Viewer("sweep", "sweep"))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A language in which each message stands in brackets, in a folder of its own."""
    folder = tmp_path_factory.mktemp("locale")
    write_pseudo(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spoken, "LOCALE", Path(folder))
        for cache in CACHES:
            cache.cache_clear()
        yield LANGUAGE
    for cache in CACHES:
        cache.cache_clear()


def list_pages(picture: Picture, kind_name: str, language: str) -> Iterator[str]:
    for given in CHOICES[kind_name]:
        key = board_key(kind_name, {**given, "lang": language})
        for viewer in VIEWERS:
            try:
                board = make_board(key, picture, viewer)
            except HomestretchError:
                continue
            yield render_page(key, board, viewer)


@pytest.mark.parametrize("moment", ["empty", "small", "stopped", "finished"])
def test_no_word_of_a_board_is_outside_of_the_catalogue(made_up: str, moment: str) -> None:
    picture = make_picture(ALL[moment])
    for kind in list_boards():
        typed = {value for given in CHOICES[kind.name] for value in given.values()}
        data = data_of(picture, typed)
        found = {
            words
            for page in list_pages(picture, kind.name, made_up)
            for words in list_unmarked(page, data)
        }
        assert not found, kind.name


def test_the_made_up_language_shows_a_string_that_was_not_marked() -> None:
    data = data_of(make_picture(ALL["empty"]))
    assert list(list_unmarked("<p>⟦Nobody⟧ is here</p>", data)) == ["is here"]
    assert list(list_unmarked('<p aria-label="The list">⟦Nobody⟧ 12 km</p>', data)) == ["The list"]
    assert list(list_unmarked("<p>⟦a ⟧<b>⟦Marathon⟧</b>⟦ b⟧ Marathon</p>", data)) == []
