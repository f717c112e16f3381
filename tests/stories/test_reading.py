"""What an editor would stop at: differences that do not add up, counts that are said to grow, headlines that blame."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from homestretch.state.snapshot import NEVER, Status
from homestretch.stories.finding import find_stories
from homestretch.stories.measures import sweep_due
from homestretch.stories.values import Measured, Story
from homestretch.stories.wording import MANNERS
from tests.stories.days import picture_at

DAY = 7, 400, 300


@pytest.fixture(scope="module")
def stories() -> tuple[Story, ...]:
    return find_stories(picture_at(*DAY, 17.0))


def clock_s(text: str) -> int:
    """Seconds since midnight of the first time in a text."""
    hours, minutes, seconds = map(int, re.findall(r"(\d\d):(\d\d):(\d\d)", text)[0])
    return 3600 * hours + 60 * minutes + seconds


def of_kind(stories: tuple[Story, ...], kind: str) -> list[Story]:
    return [one for one in stories if one.kind == kind]


def test_who_takes_one_clock_time_from_the_other_finds_the_seconds_that_are_said(
    stories: tuple[Story, ...],
) -> None:
    tried = 0
    for story in of_kind(stories, "ahead"):
        line, sweep = (one.text for one in story.sentences[:2])
        home_s, due_s = (clock_s(text) for text in (line, sweep))
        said = re.search(r"(?:(\d+) minutes?)?(?: and )?(?:(\d+) seconds?)? later", sweep)
        assert said is not None
        apart_s = due_s - home_s
        if said[2]:
            assert apart_s == 60 * int(said[1] or 0) + int(said[2])
            tried += 1
        else:
            assert abs(apart_s - 60 * int(said[1])) <= 30
    assert tried


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute and 1 second"),
        (119, "1 minute and 59 seconds"),
        (120, "2 minutes"),
        (149, "2 minutes"),
        (151, "3 minutes"),
    ],
)
def test_a_minute_and_some_seconds_are_said_as_people_say_them(seconds: int, words: str) -> None:
    picture = picture_at(*DAY, 17.0)
    assert MANNERS["s"](picture, Measured(float(seconds), "s"), "") == words


def test_somebody_home_after_the_finish_closed_has_a_story_that_says_when_it_closed(
    stories: tuple[Story, ...],
) -> None:
    picture = picture_at(*DAY, 17.0)
    found = [one for one in of_kind(stories, "went-on") if "closed at" in one.sentences[0].text]
    assert found
    for story in found:
        assert picture.state.status[story.rows[0]] == Status.FINISHED_LATE
        assert "The finish closed at 15:10:15" in story.sentences[0].text
        end = int(picture.state.roster.end_point[story.rows[0]])
        assert picture.state.passed_at[story.rows[0], end] > sweep_due(picture)[end] != NEVER


def test_a_count_is_said_to_grow_only_while_somebody_of_that_race_is_on_the_road() -> None:
    picture = picture_at(*DAY, 15.17)
    assert not picture.state.over
    texts: dict[int, str] = {0: "", 1: ""}
    for story in find_stories(picture):
        texts[story.race] += " ".join(one.text for one in story.sentences)
    assert "so far" in texts[0]
    assert "so far" not in texts[1]


def test_a_first_marathon_is_told_of_no_shorter_race() -> None:
    picture = picture_at(*DAY, 17.0)
    persons = {
        entrant: msgspec.structs.replace(one, first_marathon=True)
        for entrant, one in picture.names.persons.items()
    }
    everybody = replace(picture, names=replace(picture.names, persons=persons, version=2))
    assert {one.race for one in of_kind(find_stories(everybody), "first")} == {0}


def test_no_story_of_somebody_repeats_a_sentence_or_its_headline(
    stories: tuple[Story, ...],
) -> None:
    for story in stories:
        texts = [story.headline.text, *(one.text for one in story.sentences)]
        assert all(one != other for one, other in pairwise(sorted(texts)))
        assert not any(story.headline.text.lower() in text.lower() for text in texts[1:])
