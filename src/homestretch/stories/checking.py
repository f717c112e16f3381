"""The checker: a sentence is as good as what it stands on. Every measure is taken again, the text must be what the
form makes of them to the letter, and what is not measured must be plain words of a closed list."""

from __future__ import annotations

import re
from math import isfinite
from typing import Final

from homestretch.picture import Picture
from homestretch.stories.gate import may_tell
from homestretch.stories.measures import MEASURES
from homestretch.stories.values import Sentence, Story
from homestretch.stories.wording import PLACE, render

WORDS: Final = frozenset(
    [
        "a",
        "about",
        "after",
        "again",
        "ahead",
        "all",
        "and",
        "another",
        "apart",
        "as",
        "at",
        "away",
        "back",
        "been",
        "before",
        "behind",
        "beside",
        "between",
        "both",
        "by",
        "came",
        "car",
        "clock",
        "closed",
        "closer",
        "club",
        "course",
        "crossed",
        "cutoff",
        "day",
        "due",
        "each",
        "ended",
        "every",
        "far",
        "field",
        "finish",
        "finished",
        "finishers",
        "first",
        "for",
        "from",
        "gap",
        "had",
        "home",
        "in",
        "it",
        "kept",
        "last",
        "later",
        "line",
        "marathon",
        "more",
        "never",
        "number",
        "numbers",
        "of",
        "off",
        "on",
        "one",
        "or",
        "other",
        "others",
        "pace",
        "passed",
        "past",
        "point",
        "points",
        "read",
        "road",
        "runners",
        "same",
        "second",
        "side",
        "since",
        "so",
        "start",
        "started",
        "still",
        "sweep",
        "than",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "those",
        "time",
        "timed",
        "times",
        "timing",
        "to",
        "together",
        "told",
        "until",
        "walking",
        "was",
        "went",
        "were",
        "where",
        "who",
        "with",
        "within",
        "entry",
    ]
)
"""What a form may say beside what it stands on. Nothing in it is a number, a name, or a word for what somebody felt,
wanted, meant to somebody or did with their hands."""
_WORD: Final = re.compile(r"[^\W\d_]+", re.UNICODE)
_DIGIT: Final = re.compile(r"\d")


def check(picture: Picture, sentence: Sentence) -> list[str]:
    """What is wrong with a sentence, in words; nothing when it stands."""
    faults: list[str] = []
    stands = sentence.stands
    used = {int(match[1]) for match in PLACE.finditer(sentence.form)}
    if used != set(range(len(stands))):
        return ["The form does not say what it stands on."]
    for stand in stands:
        measure = MEASURES.get(stand.measure)
        if measure is None:
            return [f"Nothing is measured by {stand.measure!r}."]
        found = measure(picture, *stand.of)
        if found != stand.found:
            faults.append(
                f"{stand.measure} is {found.text or found.value}, not {stand.found.text or stand.found.value}."
            )
        if (
            not isfinite(found.value)
            or (found.unit == "name" and not found.text)
            or found.value < 0
        ):
            faults.append(f"{stand.measure} is not known.")
    faults += _check_form(sentence.form)
    if not faults and sentence.text != render(picture, sentence.form, stands):
        faults.append("The text is not what its evidence makes of it.")
    return faults


def _check_form(form: str) -> list[str]:
    plain = PLACE.sub(" ", form)
    faults = ["A number stands in the form itself."] if _DIGIT.search(plain) else []
    strange = [word for word in _WORD.findall(plain) if word.lower() not in WORDS]
    return faults + [f"{word!r} is no word of ours." for word in strange]


def check_story(picture: Picture, story: Story) -> list[str]:
    """What is wrong with a story: with its sentences, or with telling it of these people."""
    told = may_tell(picture)
    faults = [f"Nothing may be told of row {row}." for row in story.rows if not told[row]]
    named = {
        stand.of[0]
        for one in (story.headline, *story.sentences)
        for stand in one.stands
        if stand.measure == "who"
    }
    faults += [
        f"Row {row} is named and not in the story." for row in sorted(named - set(story.rows))
    ]
    for sentence in (story.headline, *story.sentences):
        faults += [f"{sentence.key}: {fault}" for fault in check(picture, sentence)]
    return faults
