"""The desk of stories: what was found, ranked by how rare it is, with what each sentence stands on; who was asked and
what they answered; what a person typed; and whether a story is shown."""

from __future__ import annotations

from typing import Final

import msgspec

from homestretch.boards import Board, BoardKind, Choices, Text
from homestretch.boards.asked_words import say_sent
from homestretch.boards.entering import Notice, check_may_enter, name_place
from homestretch.boards.frame import make_frame
from homestretch.boards.story_parts import Quote, Told, find_quote, find_story_photo, tell
from homestretch.boards.words import LEDGER_ROLES
from homestretch.errors import NotFound
from homestretch.facts.stories import Channel
from homestretch.picture import Picture
from homestretch.race.entrant import Person
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.showing import who_is_in
from homestretch.state.photo_values import Photo
from homestretch.stories import list_kinds
from homestretch.stories.agreed import is_empty, said_publicly, waits_for, word_key
from homestretch.stories.consent import (
    Said,
    find_answer,
    is_public,
    said_of,
    why_not_ask,
    why_not_publish,
)
from homestretch.stories.finding import find_stories
from homestretch.stories.gate import shown_in_story
from homestretch.stories.picturing import list_offered, preview, why_not_picture
from homestretch.stories.quoting import may_quote, why_not_stand
from homestretch.stories.values import Stand, Story
from homestretch.stories.waiting import may_have_code
from homestretch.stories.wording import say_stand

WHO: Final[frozenset[Role]] = frozenset(("desk", "director"))
MOST: Final = 60
ANSWERS: Final = {
    "": said("has not answered: that is no"),
    "yes": said("yes"),
    "no-photo": said("yes, without my photo"),
    "no": said("no"),
}


class EditingChoices(Choices, frozen=True, kw_only=True):
    """``story`` opens one."""

    story: Text = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A story on the desk's list. ``found`` of ``among`` says how rare such a thing is in this race."""

    id: str
    kind: str
    race: str
    headline: str
    people: tuple[Shown, ...]
    found: int
    among: int
    among_words: str
    state: str


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a sentence stands on, in words, and the positions of the log behind it."""

    words: str
    seqs: tuple[int, ...]


class Grounded(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of ours with its grounds; ``typed`` is what stands in its place."""

    key: str
    words: str
    grounds: tuple[Ground, ...]
    typed: str | None


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a story: whether they may be asked (else why not), were asked, how that went, and what they answered;
    ``by_code``: by a code at the finish, which can be shown now; ``held`` names the word that holds the entry, in a strike. ``called`` and ``pronoun`` are as they gave them; ``ways``
    by which they can be asked, ``again`` when the last one did not reach them."""

    who: Shown
    entrant: str
    why_not: str
    asked_at: int | None
    by_code: bool
    answer: str
    held: str
    called: str
    pronoun: str
    went: str
    again: bool
    ways: tuple[Channel, ...]


class OfferedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that shows somebody of a story, as everybody would see it; ``why_not`` is why it may not stand with it
    now. ``name`` stands in its address; ``witness`` is what whoever took it saw, where they may be quoted."""

    photo: str
    name: str
    aspect: float
    place: str
    taken_at: int
    people: tuple[Shown, ...]
    why_not: tuple[str, ...]
    chosen: bool
    witness: Quote | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One story on the desk. ``quote_key`` names the quote that stands there, which another one would replace;
    ``quote_why_not`` is why that of a witness is not there any more (empty: it is, or there was none)."""

    told: Told
    kind: str
    never: str
    headline: Grounded
    sentences: tuple[Grounded, ...]
    people: tuple[Answering, ...]
    why_not: tuple[str, ...]
    may_publish: bool
    public: bool
    published_at: int | None
    takedown: str | None
    opens_log: bool
    photos: tuple[OfferedPhoto, ...] = ()
    photo_why_not: tuple[str, ...] = ()
    quote_key: str = ""
    quote_why_not: tuple[str, ...] = ()


class EditingBoard(Board, frozen=True, kw_only=True):
    """``opened`` is the story that was chosen; ``gone``: what was chosen is no story any more."""

    at: int
    candidates: tuple[Candidate, ...]
    opened: Opened | None
    gone: bool = False
    notice: Notice | None = None


def rows(picture: Picture, viewer: Viewer, choices: EditingChoices) -> EditingBoard:
    """The desk's page; RefusedError for other roles."""
    check_may_enter(viewer, WHO)
    stories = find_stories(picture)
    chosen = next((one for one in stories if one.id == choices.story), None)
    if choices.story and chosen is None and not _was_told(picture, choices.story):
        raise NotFound(
            said("There is no such story."), said("Go back to the list and choose again.")
        )
    return EditingBoard(
        frame=make_frame(picture, viewer),
        at=picture.now,
        candidates=tuple(_candidate(picture, story) for story in stories[:MOST]),
        opened=_open(picture, viewer, chosen) if chosen else None,
        gone=bool(choices.story) and chosen is None,
    )


def _was_told(picture: Picture, story_id: str) -> bool:
    return any(word.story == story_id for word in picture.state.stories)


def _candidate(picture: Picture, story: Story) -> Candidate:
    about = said_of(picture, story.id)
    kind = next(kind for kind in list_kinds() if kind.name == story.kind)
    return Candidate(
        id=story.id,
        kind=kind.words,
        race=picture.event.races[story.race].name,
        headline=story.headline.text,
        people=tuple(shown_in_story(picture, row) for row in story.rows),
        found=story.rarity.found,
        among=story.rarity.among,
        among_words=story.rarity.words,
        state=_say_state(picture, story, about),
    )


def _say_state(picture: Picture, story: Story, about: Said) -> str:
    if about.takedown is not None:
        return said("somebody asked to take it down")
    if about.published is not None:
        return said("published") if is_public(picture, story) else said("published, and not shown")
    if not about.asked:
        return ""
    return said("ready to publish") if not why_not_publish(picture, story) else said("asked")


def _open(picture: Picture, viewer: Viewer, story: Story) -> Opened:
    about = said_of(picture, story.id)
    kind = next(kind for kind in list_kinds() if kind.name == story.kind)
    texts = picture.names.texts
    typed = {
        key: texts.get(word.text_ref or "", "")
        for (part, key), word in about.typed.items()
        if part in ("sentence", "headline")
    }
    return Opened(
        told=tell(picture, story, about),
        kind=kind.words,
        never=kind.never,
        headline=_grounded(picture, story.headline.key, story, typed.get("")),
        sentences=tuple(
            _grounded(picture, one.key, story, typed.get(one.key)) for one in story.sentences
        ),
        people=tuple(_answering(picture, story, about, row) for row in story.rows),
        why_not=why_not_publish(picture, story),
        may_publish=not why_not_publish(picture, story, looked_at=True),
        public=is_public(picture, story),
        published_at=about.published.said_at if about.published else None,
        takedown=texts.get(about.takedown.text_ref or "", "") if about.takedown else None,
        opens_log=viewer.role in LEDGER_ROLES,
        photos=_photos(picture, story, about),
        photo_why_not=why_no_photo(picture, story, about),
        quote_key=find_quote_key(picture, about),
        quote_why_not=_why_no_quote(picture, about),
    )


def _photos(picture: Picture, story: Story, about: Said) -> tuple[OfferedPhoto, ...]:
    chosen = about.pictured.photo if about.pictured else ""
    return tuple(
        OfferedPhoto(
            photo=one.photo.photo,
            name=preview(picture, one.photo).name,
            aspect=one.photo.aspect,
            place=name_place(picture.event, one.photo.place),
            taken_at=one.photo.taken_at,
            people=tuple(
                shown_in_story(picture, row) for row in who_is_in(picture, one.photo).rows
            ),
            why_not=one.why_not,
            chosen=one.photo.photo == chosen,
            witness=None if one.why_not else find_witness(picture, one.photo, story.id),
        )
        for one in list_offered(picture, story)
    )


def find_witness(picture: Picture, photo: Photo, story_id: str) -> Quote | None:
    """The last word of a witness that may be quoted; of one that may not nothing is told here."""
    if not may_quote(picture, photo, story_id):
        return None
    for witness in reversed(photo.witnesses):
        speaker, _, words = picture.names.texts.get(witness.text_ref, "").partition("\n")
        if witness.quoted and words.strip():
            return Quote(words.strip(), speaker.strip(), written=True)
    return None


def find_quote_key(picture: Picture, about: Said) -> str:
    """The key of the quote that was typed last; empty without one."""
    word = about.typed.get(("quote", ""))
    return word_key(word) if word is not None and find_quote(picture, about) else ""


def _why_no_quote(picture: Picture, about: Said) -> tuple[str, ...]:
    word = about.typed.get(("quote", ""))
    gone = word is None or is_empty(picture, word)
    return () if gone or word is None else why_not_stand(picture, word)


def why_no_photo(picture: Picture, story: Story, about: Said) -> tuple[str, ...]:
    """Why the picture that was chosen does not stand with the story now; empty where it does, or none was chosen."""
    if about.pictured is None:
        return ()
    if find_story_photo(picture, story, about) is not None:
        stands = said_publicly(picture, story.id, story.entrants).pictured
        waits = stands is None or stands.id != about.pictured.id
        return (said("not everybody in the story has said yes to it"),) if waits else ()
    photo = next((one for one in picture.state.photos if one.photo == about.pictured.photo), None)
    if photo is None:
        return (said("it is kept no longer"),)
    return why_not_picture(picture, story, photo) or (said("nobody wrote who took it: a credit"),)


def _grounded(picture: Picture, key: str, story: Story, typed: str | None) -> Grounded:
    sentence = next(one for one in (story.headline, *story.sentences) if one.key == key)
    return Grounded(
        key=key,
        words=sentence.text,
        grounds=tuple(_ground(picture, stand) for stand in sentence.stands),
        typed=typed,
    )


def _ground(picture: Picture, stand: Stand) -> Ground:
    return Ground(words=say_stand(picture, stand), seqs=stand.found.seqs)


def _answering(picture: Picture, story: Story, about: Said, row: int) -> Answering:
    entrant = picture.state.roster.entrants[row]
    asked, sent = about.asked.get(entrant), about.sent.get(entrant)
    person = picture.names.persons.get(entrant)
    held = next((word for word in picture.state.held if word.row == row), None)
    return Answering(
        who=shown_in_story(picture, row),
        entrant=entrant,
        why_not=why_not_ask(picture, row),
        asked_at=asked.said_at if asked else None,
        by_code=asked is not None and may_have_code(picture, story.id, row),
        answer=_say_answer(picture, story, row) if asked else said("not asked yet"),
        called=person.called if person else "",
        pronoun=person.pronoun if person else "",
        went=say_sent(asked, sent) if asked else "",
        again=(sent is not None and sent.outcome == "left") or waits_for(picture, row, story.id),
        ways=_list_ways(person),
        held=f"{held.id.number} {held.id.digest} {held.id.source}" if held else "",
    )


def _say_answer(picture: Picture, story: Story, row: int) -> str:
    answer = ANSWERS[find_answer(picture, row, story.id)]
    if not waits_for(picture, row, story.id):
        return answer
    name = shown_in_story(picture, row).name
    waits = said("waits for {name}’s yes to the new words", name=name)
    return joined((answer, waits), " · ")


def _list_ways(person: Person | None) -> tuple[Channel, ...]:
    """By which channels somebody can be asked, as far as is known of them."""
    ways: list[Channel] = ["qr"]
    ways += ["e-mail"] if person and person.email else []
    return tuple(ways + (["text"] if person and person.phone else []))


def pulse(picture: Picture, _: EditingChoices) -> object:
    """Something was said of a story, or somebody answered."""
    return picture.state.stories, picture.state.held, picture.state.photos, picture.names.version


BOARD = BoardKind(
    pulse=pulse,
    name="editing",
    path="/{event}/desk/stories",
    who=WHO,
    choices=EditingChoices,
    rows=rows,
    template="editing.html",
)
