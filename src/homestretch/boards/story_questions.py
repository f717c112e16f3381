"""What a runner is asked on their own page: a story as its page would have it, with all that the desk typed and the picture
that it chose. Nobody else is named before they said yes."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from homestretch.boards.story_parts import Quote, find_quote, typed_words
from homestretch.picture import Picture
from homestretch.race.entrant import Person, Stories
from homestretch.stories.agreed import list_newest, said_publicly, waits_for, word_key
from homestretch.stories.checking import check
from homestretch.stories.consent import Asking, Said, answer_of, is_public, list_questions, said_of
from homestretch.stories.finding import find_story
from homestretch.stories.gate import shown_in_story
from homestretch.stories.values import Measured, Sentence, Stand
from homestretch.stories.wording import render

SOMEBODY: Final = "another runner"
"""Who has not said yes."""


class AskedPhoto(msgspec.Struct, frozen=True):
    """The picture that was chosen for a story; the faces of others are blurred in it. ``aspect`` is its width by its
    height."""

    photo: str
    aspect: float


class StoryQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A story for which somebody is asked, as far as they may read it: its draft with what the desk typed (``typed``
    are those of its sentences), what they answered, and whether everybody can read it now. ``seen`` are the keys of
    what stands here, which the answer gives back; ``newer``: something came after their yes, ``until_then`` is what
    the page goes on with. ``with_others``: who did not say yes so far is not named."""

    story: str
    headline: str
    sentences: tuple[str, ...]
    typed: tuple[str, ...]
    quote: Quote | None
    caption: str
    credit: str
    photo: AskedPhoto | None
    seen: tuple[str, ...]
    newer: bool
    until_then: tuple[str, ...]
    answer: Stories
    with_others: bool
    public: bool


def list_story_questions(picture: Picture, row: int, person: Person) -> tuple[StoryQuestion, ...]:
    """What the runner of a row is asked, ``person`` being newer than the Picture."""
    return tuple(
        _question(picture, asking, row, person)
        for asking in list_questions(picture, row, find_story)
    )


def _question(picture: Picture, asking: Asking, row: int, person: Person) -> StoryQuestion:
    story, about = asking.story, said_of(picture, asking.story.id)
    stands = said_publicly(picture, story.id, story.entrants)
    sentences = _list_sentences(picture, asking, about)
    headline = _typed(picture, asking, about, "headline")
    quote, mask = find_quote(picture, about), _Mask(picture, asking)
    photo = _find_photo(picture, about)
    return StoryQuestion(
        story=story.id,
        headline=headline or _masked(picture, story.headline, asking.hidden),
        sentences=tuple(words for words, _ in sentences),
        typed=(*((headline,) if headline else ()), *(words for words, own in sentences if own)),
        quote=Quote(mask(quote.words), mask(quote.speaker), quote.written) if quote else None,
        caption=_typed(picture, asking, about, "caption"),
        credit=_typed(picture, asking, about, "credit"),
        photo=photo,
        seen=_list_seen(picture, about, stands, photo),
        newer=waits_for(picture, row, story.id),
        until_then=_until_then(picture, asking, about, stands),
        answer=answer_of(person, story.id),
        with_others=bool(asking.hidden),
        public=is_public(picture, story),
    )


def _list_seen(
    picture: Picture, about: Said, stands: Said, photo: AskedPhoto | None
) -> tuple[str, ...]:
    """The keys of what is shown: a picture that is not (any more) is none of it."""
    words = list_newest(picture, about) + list_newest(picture, stands._replace(pictured=None))
    shown = (word for word in words if word.kind != "story-pictured" or photo is not None)
    return tuple(dict.fromkeys(word_key(word) for word in shown))


def _until_then(picture: Picture, asking: Asking, about: Said, stands: Said) -> tuple[str, ...]:
    """Typed words that stand on the page as long as the newer ones wait."""
    return tuple(
        _typed(picture, asking, stands, *place)
        for place, word in stands.typed.items()
        if word != about.typed.get(place) and typed_words(picture, stands, *place)
    )


def _find_photo(picture: Picture, about: Said) -> AskedPhoto | None:
    if about.pictured is None:
        return None
    name = about.pictured.photo
    found = next((one for one in picture.state.photos if one.photo == name), None)
    may_be_seen = found is not None and found.usable and found.kept
    return AskedPhoto(found.photo, found.aspect) if found and may_be_seen else None


def _list_sentences(picture: Picture, asking: Asking, about: Said) -> list[tuple[str, bool]]:
    """Each sentence, and whether the desk typed it."""
    found = []
    for one in asking.story.sentences:
        if ("sentence", one.key) in about.typed:
            found.append((_typed(picture, asking, about, "sentence", one.key), True))
        elif not check(picture, one):
            found.append((_masked(picture, one, asking.hidden), False))
    found.append((_typed(picture, asking, about, "sentence", "more"), True))
    return [one for one in found if one[0]]


def _typed(picture: Picture, asking: Asking, about: Said, part: str, sentence: str = "") -> str:
    return _Mask(picture, asking)(typed_words(picture, about, part, sentence))


class _Mask:
    """Takes the names of those who have not said yes out of what somebody typed."""

    def __init__(self, picture: Picture, asking: Asking) -> None:
        names: set[str] = set()
        for row in asking.hidden:
            person = picture.names.persons.get(picture.state.roster.entrants[row])
            names.add(shown_in_story(picture, row).name)
            if person is not None:
                full = f"{person.first} {person.last}"
                names |= {full, person.first, person.last, person.called, *full.split()}
        longest = sorted((re.escape(name) for name in names if name.strip()), key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(longest) or '(?!)'})(?!\w)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        return self._names.sub(SOMEBODY, text)


def _masked(picture: Picture, sentence: Sentence, hidden: tuple[int, ...]) -> str:
    stands = tuple(_mask(stand, hidden) for stand in sentence.stands)
    return render(picture, sentence.form, stands)


def _mask(stand: Stand, hidden: tuple[int, ...]) -> Stand:
    if stand.measure not in ("who", "first") or stand.of[0] not in hidden:
        return stand
    return Stand(stand.measure, stand.of, Measured(stand.found.value, "name", SOMEBODY))
