"""The lines of a story: which side of the road is ahead is said where anybody was behind, on the page and on the card."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import pytest

from homestretch.boards.frame import make_frame
from homestretch.boards.story import PUBLIC, StoryBoard
from homestretch.boards.story_parts import tell
from homestretch.picture import Picture
from homestretch.stories.consent import said_of
from homestretch.stories.finding import find_stories
from homestretch.web.render import board_key, render_page
from homestretch.web.story_card import draw_card
from homestretch.web.story_drawing import draw_story
from tests.stories.days import picture_at


@cache
def told_of(kind: str, race: int = 0, language: str = "en") -> StoryBoard:
    picture = picture_at(7, 400, 300, 17.0)
    event = msgspec.structs.replace(picture.event, language=language)
    shown: Picture = replace(picture, event=event, number=f"{picture.number}-{language}")
    story = next(one for one in find_stories(shown) if (one.kind, one.race) == (kind, race))
    told = tell(shown, story, said_of(shown, story.id))
    return StoryBoard(frame=make_frame(shown, PUBLIC), told=told, published_at=shown.now)


def page_of(board: StoryBoard) -> str:
    return render_page(board_key("story", {"story": board.told.id}), board, PUBLIC)


def test_who_went_on_behind_the_car_is_drawn_behind_and_it_is_said_so() -> None:
    board = told_of("went-on")
    drawn = draw_story(board.told)
    assert drawn.behind
    assert min(bend.ahead_min for line in board.told.lines for bend in line.bends) < -0.5
    heights = {is_ahead: [float(y.removesuffix("em")) for y, _, is_ahead_ in drawn.minutes if is_ahead_ == is_ahead] for is_ahead in (True, False)}  # fmt: skip
    road = float(drawn.road_y.removesuffix("em"))
    assert all(y < road for y in heights[True])
    assert all(y > road for y in heights[False])
    page, card = page_of(board), draw_card(board)
    assert "below it: minutes behind" in page
    assert ">behind</text>" in page
    assert ">behind</text>" in card


def test_who_was_never_behind_is_drawn_without_words_for_it() -> None:
    board = told_of("met")
    assert not draw_story(board.told).behind
    assert ">behind</text>" not in page_of(board) + draw_card(board)


def test_without_a_sweep_the_last_one_home_begins_and_ends_on_the_even_pace() -> None:
    """Whatever wave they started in: a late gun is not being behind."""
    (line,) = told_of("last", 1).told.lines
    assert line.bends[0].ahead_min == pytest.approx(0.0, abs=0.02)
    assert line.bends[-1].ahead_min == pytest.approx(0.0, abs=0.02)


def test_in_a_german_event_the_card_is_german_and_our_sentences_are_marked_as_english() -> None:
    board = told_of("went-on", language="de")
    assert "Minuten vor dem Plan des Besenwagens" in draw_card(board)
    page = page_of(board)
    assert '<html lang="de"' in page
    assert f'<h1 lang="en">{board.told.headline.words}</h1>' in page
    assert '<p class="lead" lang="en">' in page
    assert ' lang="en">' not in page_of(told_of("went-on")).partition("<body>")[2]
