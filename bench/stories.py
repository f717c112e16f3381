"""Every sentence of every story of made-up days of 10,000 entrants: checked, made false by one digit, one name or one
unit, and how long it takes to find them all."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from bench.figure import Figure, at_least, at_most, told
from homestretch.picture import Picture
from homestretch.showing import grown
from homestretch.stories.checking import check, check_story
from homestretch.stories.finding import find_stories
from homestretch.stories.gate import shown_in_story
from homestretch.stories.values import Sentence, Story
from tests.stories.days import rehearse

SEEDS = (1, 2)
HOURS = (12.0, 14.0, 15.17, 17.0)
FIELD = (4000, 6000)
STRANGER = "Edda Amberlow"
UNITS = {
    "minutes": "seconds",
    "seconds": "minutes",
    "second": "minute",
    "mile": "kilometre",
    "finishers": "minutes",
}
FORBIDDEN = frozenset(
    [
        "couple",
        "friend",
        "friends",
        "stranger",
        "strangers",
        "hand",
        "hands",
        "help",
        "helped",
        "love",
        "hero",
        "finally",
        "brave",
        "slow",
        "tired",
        "pain",
    ]
)


def measure() -> list[Figure]:
    """Some two minutes."""
    sentences = faults = words = minors = tried = taken = first = 0
    took_s = 0.0
    days = [rehearse(seed, *FIELD) for seed in SEEDS]
    for day in days:
        for hours in HOURS:
            picture = day.picture(hours)
            find_stories(picture)
            began_s = time.process_time()
            stories = find_stories(replace(picture))
            took_s = max(took_s, time.process_time() - began_s)
            for story in stories:
                faults += len(check_story(picture, story))
                minors += sum(not _may_be_told(picture, row) for row in story.rows)
                for sentence in (story.headline, *story.sentences):
                    sentences += 1
                    words += len(_words(picture, story, sentence) & FORBIDDEN)
                    for false in _made_false(picture, story, sentence):
                        tried += 1
                        taken += not check(picture, false)
            if hours == 15.17:
                met = set(day.day.truth.meeting.bibs)
                first += {picture.state.roster.bibs[row] for row in stories[0].rows} == met
    return [
        at_least(1000, "stories: sentences checked", sentences, "sentences"),
        at_most(0, "stories: sentences that do not stand on their evidence", faults, "faults"),
        at_most(0, "stories: forbidden words", words, "words"),
        at_most(0, "stories: people hidden, under 18 or of unknown age", minors, "people"),
        told("stories: sentences made false by a digit, a name or a unit", tried, "sentences"),
        at_most(0, "stories: of these taken for true", taken, "sentences"),
        at_least(len(SEEDS), "stories: days on which the two who met stand first", first, "days"),
        told("stories: finding all of a field of 10,000", 1000 * took_s, "ms"),
    ]


def _may_be_told(picture: Picture, row: int) -> bool:
    return grown(picture, row) and not shown_in_story(picture, row).hidden


def _words(picture: Picture, story: Story, sentence: Sentence) -> set[str]:
    text = sentence.text
    for row in story.rows:
        text = text.replace(shown_in_story(picture, row).name, " ")
    return set(re.findall(r"[^\W\d_]+", text.lower()))


def _made_false(picture: Picture, story: Story, sentence: Sentence) -> Iterator[Sentence]:
    text = sentence.text
    for match in re.finditer(r"\d", text):
        digit = str((int(match[0]) + 1) % 10)
        yield _with_text(sentence, text[: match.start()] + digit + text[match.end() :])
    for row in story.rows:
        name = shown_in_story(picture, row).name
        if name in text:
            yield _with_text(sentence, text.replace(name, STRANGER))
    for unit, wrong in UNITS.items():
        if re.search(rf"\b{unit}\b", text):
            yield _with_text(sentence, re.sub(rf"\b{unit}\b", wrong, text))


def _with_text(sentence: Sentence, text: str) -> Sentence:
    return msgspec.structs.replace(sentence, text=text)
