"""What of a story may stand in public: a yes is to what stood before somebody when they said it. A typed word or a picture
that anybody in it has not had before them at their newest yes waits, and what all have agreed to goes on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from homestretch.picture import Picture
from homestretch.state.told import StoryWord
from homestretch.stories.consent import YES, Said, answer_of, find_answer, said_of
from homestretch.stories.quoting import may_stand
from homestretch.stories.values import Story

_LETTERS: Final = 16
CHOSEN: Final = ("story-written", "story-pictured")
"""Kinds of words that put something before readers."""


def word_key(word: StoryWord) -> str:
    """What a word is called in an answer to it: hexadecimal, and nothing can be read from it."""
    return sha256(repr(tuple(word.id)).encode()).hexdigest()[:_LETTERS]


def list_keys(picture: Picture, story_id: str) -> frozenset[str]:
    """Of all that was ever typed or chosen for a story, and not taken back."""
    found = (word for word in picture.state.stories if word.story == story_id)
    return frozenset(word_key(word) for word in found if word.kind in CHOSEN)


def said_publicly(picture: Picture, story_id: str, entrants: Iterable[str]) -> Said:
    """What was said of a story, and of what was typed and chosen the newest that all of these entrants had before them at
    their newest yes. What the desk left empty is nothing to agree to, and holds at once."""
    seen = seen_by_all(picture, story_id, entrants)
    stands: dict[tuple[str, str], StoryWord] = {}
    for word in picture.state.stories:  # the newest first
        if word.story != story_id or word.kind not in CHOSEN or not may_stand(picture, word):
            continue
        if is_empty(picture, word) or word_key(word) in seen:
            stands.setdefault(_place(word), word)
    pictured = stands.pop(_PICTURE, None)
    return said_of(picture, story_id)._replace(
        typed=stands, pictured=pictured if pictured and pictured.photo else None
    )


def list_chosen(picture: Picture, story: Story) -> tuple[str, ...]:
    """The pictures that a question about a story has: the one that was chosen last, and the one that stands there now."""
    abouts = said_of(picture, story.id), said_publicly(picture, story.id, story.entrants)
    found = (about.pictured.photo for about in abouts if about.pictured is not None)
    return tuple(dict.fromkeys(found))


def seen_by_all(picture: Picture, story_id: str, entrants: Iterable[str]) -> frozenset[str]:
    """The keys of what every one of these entrants had before them at their newest yes; none where one said none."""
    found: frozenset[str] | None = None
    for entrant in entrants:
        person = picture.names.persons.get(entrant)
        yes = person is not None and answer_of(person, story_id) in YES
        seen = frozenset(person.story_seen.get(story_id, ()) if person and yes else ())
        found = seen if found is None else found & seen
    return found or frozenset()


def waits_for(picture: Picture, row: int, story_id: str) -> bool:
    """Whether somebody said yes, and something that is newer than their yes waits for the next one."""
    if find_answer(picture, row, story_id) not in YES:
        return False
    about = said_of(picture, story_id)
    newest = {word_key(word) for word in list_newest(picture, about)}
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    return not newest <= set(person.story_seen.get(story_id, ()) if person else ())


def list_newest(picture: Picture, about: Said) -> tuple[StoryWord, ...]:
    """The words and the picture that the desk would have there now."""
    words = (*about.typed.values(), *((about.pictured,) if about.pictured else ()))
    return tuple(word for word in words if not is_empty(picture, word) and may_stand(picture, word))


def is_empty(picture: Picture, word: StoryWord) -> bool:
    """Whether a word leaves its place empty: it has no text (any more), or chooses no picture."""
    if word.kind == "story-pictured":
        return not word.photo
    return not picture.names.texts.get(word.text_ref or "", "").strip()


_PICTURE: Final = ("picture", "")


def _place(word: StoryWord) -> tuple[str, str]:
    return _PICTURE if word.kind == "story-pictured" else (word.part, word.sentence)
