"""Every sentence of every story stands on what was measured; a sentence made false by one digit, name or unit does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.picture import Picture
from homestretch.race.clock import say_time
from homestretch.stories.checking import WORDS, check, check_story
from homestretch.stories.finding import find_stories
from homestretch.stories.gate import shown_in_story
from homestretch.stories.measures import take
from homestretch.stories.values import Sentence, Stand, Story
from tests.stories.days import picture_at

SEED, MARATHON, HALF = 7, 400, 300
FORBIDDEN = [
    "couple",
    "friend",
    "friends",
    "friendship",
    "stranger",
    "strangers",
    "hand",
    "hands",
    "held",
    "help",
    "helped",
    "helping",
    "love",
    "loved",
    "hero",
    "heroic",
    "struggle",
    "struggled",
    "battle",
    "battled",
    "finally",
    "brave",
    "inspiring",
    "slow",
    "slowly",
    "tired",
    "pain",
    "injured",
    "sick",
    "fat",
    "old",
]
NUMBER = re.compile(r"\d[\d,:]*")


@pytest.fixture(scope="module")
def picture() -> Picture:
    """The day a little after everybody was home."""
    return picture_at(SEED, MARATHON, HALF, 17.0)


@pytest.fixture(scope="module")
def stories(picture: Picture) -> tuple[Story, ...]:
    return find_stories(picture)


def sentences(story: Story) -> Iterator[Sentence]:
    yield story.headline
    yield from story.sentences


def test_every_sentence_of_a_rehearsed_day_stands(
    picture: Picture, stories: tuple[Story, ...]
) -> None:
    assert len(stories) > 15
    assert {fault for story in stories for fault in check_story(picture, story)} == set()


def test_every_kind_of_a_day_is_found(stories: tuple[Story, ...]) -> None:
    assert {"met", "beside", "last", "ahead", "went-on", "from-last", "first"} <= {
        one.kind for one in stories
    }


def test_no_word_that_only_people_know_stands_in_a_sentence_nor_among_our_words(
    picture: Picture, stories: tuple[Story, ...]
) -> None:
    assert not WORDS & set(FORBIDDEN)
    for story in stories:
        names = {
            part for row in story.rows for part in shown_in_story(picture, row).name.lower().split()
        }
        for sentence in sentences(story):
            said = set(re.findall(r"[^\W\d_]+", sentence.text.lower())) - names
            assert not said & set(FORBIDDEN)


def test_each_time_in_a_sentence_is_that_of_a_read_in_the_log(
    picture: Picture, stories: tuple[Story, ...]
) -> None:
    """The numbers are read back out of the text, and looked for in the columns, beside the checker."""
    zone = picture.event.zone_info
    due = {
        say_time(int(s.found.value), zone, seconds=True)
        for story in stories
        for one in sentences(story)
        for s in one.stands
        if s.measure == "sweep_time"
    }
    for story in stories:
        rows = picture.state.passed_at[list(story.rows)]
        read = {say_time(int(at), zone, seconds=True) for at in rows[rows >= 0].tolist()}
        for sentence in sentences(story):
            clocks = [
                word
                for word in NUMBER.findall(sentence.text)
                if re.fullmatch(r"\d\d:\d\d:\d\d", word)
            ]
            assert set(clocks) <= read | due


def _with_text(sentence: Sentence, text: str) -> Sentence:
    return msgspec.structs.replace(sentence, text=text)


def test_a_text_with_another_digit_name_or_unit_is_refused(
    picture: Picture, stories: tuple[Story, ...]
) -> None:
    units = {
        "minutes": "seconds",
        "seconds": "minutes",
        "second": "minute",
        "mile": "kilometre",
        "finishers": "minutes",
    }
    other = "Edda Amberlow"
    tried = 0
    for story in stories:
        names = {shown_in_story(picture, row).name for row in story.rows}
        for sentence in sentences(story):
            for place in (match.start() for match in re.finditer(r"\d", sentence.text)):
                digit = str((int(sentence.text[place]) + 1) % 10)
                changed = sentence.text[:place] + digit + sentence.text[place + 1 :]
                assert check(picture, _with_text(sentence, changed))
                tried += 1
            for name in names:
                if name in sentence.text:
                    assert check(picture, _with_text(sentence, sentence.text.replace(name, other)))
                    tried += 1
            for unit, wrong in units.items():
                if re.search(rf"\b{unit}\b", sentence.text):
                    assert check(
                        picture, _with_text(sentence, re.sub(rf"\b{unit}\b", wrong, sentence.text))
                    )
                    tried += 1
    assert tried > 300


def test_of_two_people_neither_may_stand_in_the_others_place(
    picture: Picture, stories: tuple[Story, ...]
) -> None:
    story = next(one for one in stories if one.kind == "met")
    apart = story.sentences[0]
    one, other = (shown_in_story(picture, row).name for row in story.rows)
    swapped = apart.text.replace(one, "\0").replace(other, one).replace("\0", other)
    assert swapped != apart.text
    assert check(picture, _with_text(apart, swapped))


@given(data=st.data())
def test_evidence_that_says_something_else_is_refused(
    picture: Picture, stories: tuple[Story, ...], data: st.DataObject
) -> None:
    """A number in the evidence is changed and the text with it: the measure, taken again, says no."""
    story = data.draw(st.sampled_from(stories))
    sentence = data.draw(st.sampled_from([one for one in sentences(story) if one.stands]))
    place = data.draw(st.integers(0, len(sentence.stands) - 1))
    stand = sentence.stands[place]
    off = data.draw(st.sampled_from([-1.0, 1.0, 60.0, 1000.0]))
    found = msgspec.structs.replace(stand.found, value=stand.found.value + off)
    wrong = Stand(stand.measure, stand.of, found)
    stands = (*sentence.stands[:place], wrong, *sentence.stands[place + 1 :])
    assert check(picture, msgspec.structs.replace(sentence, stands=stands))


@pytest.mark.parametrize(
    "form",
    [
        "{0} came home hand in hand",
        "{0} came home 5 minutes later",
        "{0} and Nell came home",
        "came home",
        "{0} and {1}",
    ],
)
def test_a_form_says_nothing_that_is_not_measured(
    picture: Picture, stories: tuple[Story, ...], form: str
) -> None:
    sentence = next(one for story in stories for one in story.sentences if one.key == "line")
    who = next(stand for stand in sentence.stands if stand.measure in ("who", "passed"))
    assert check(picture, Sentence("line", form, (who,), form))


def test_an_unknown_measure_and_a_missing_read_are_refused(picture: Picture) -> None:
    never = int(np.flatnonzero(picture.state.passed_at[:, -1] < 0)[0])
    stand = take(picture, "passed", never, picture.state.passed_at.shape[1] - 1)
    assert check(picture, Sentence("a", "at {0}", (stand,), "At 18:59:59"))
    assert check(
        picture, Sentence("a", "at {0}", (Stand("guess", (1,), stand.found),), "At 18:59:59")
    )
