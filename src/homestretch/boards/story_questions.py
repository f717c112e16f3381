"""What a runner is asked on their own page: the draft of a story, in which nobody else is named before they said yes."""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.picture import Picture
from homestretch.race.entrant import Person, Stories
from homestretch.stories.checking import check
from homestretch.stories.consent import Asking, answer_of, is_public, list_questions
from homestretch.stories.finding import find_story
from homestretch.stories.values import Measured, Sentence, Stand
from homestretch.stories.wording import render

SOMEBODY: Final = "another runner"
"""Who has not said yes."""


class StoryQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A story for which somebody is asked: its draft as far as they may read it, what they answered, and whether
    everybody can read it now. ``with_others``: who did not say yes so far is not named."""

    story: str
    headline: str
    sentences: tuple[str, ...]
    answer: Stories
    with_others: bool
    public: bool


def list_story_questions(picture: Picture, row: int, person: Person) -> tuple[StoryQuestion, ...]:
    """What the runner of a row is asked, ``person`` being newer than the Picture."""
    return tuple(
        _question(picture, asking, person) for asking in list_questions(picture, row, find_story)
    )


def _question(picture: Picture, asking: Asking, person: Person) -> StoryQuestion:
    story = asking.story
    sound = [one for one in story.sentences if not check(picture, one)]
    return StoryQuestion(
        story=story.id,
        headline=_masked(picture, story.headline, asking.hidden),
        sentences=tuple(_masked(picture, one, asking.hidden) for one in sound),
        answer=answer_of(person, story.id),
        with_others=bool(asking.hidden),
        public=is_public(picture, story),
    )


def _masked(picture: Picture, sentence: Sentence, hidden: tuple[int, ...]) -> str:
    stands = tuple(_mask(stand, hidden) for stand in sentence.stands)
    return render(picture, sentence.form, stands)


def _mask(stand: Stand, hidden: tuple[int, ...]) -> Stand:
    if stand.measure not in ("who", "first") or stand.of[0] not in hidden:
        return stand
    return Stand(stand.measure, stand.of, Measured(stand.found.value, "name", SOMEBODY))
