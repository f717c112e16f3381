"""A yes is to what stood there then: whatever is written, chosen and answered in whatever order, nothing that somebody typed
stands on a public page unless everybody in it had it before them at their newest yes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.boards import editing
from homestretch.boards.editing import EditingBoard, EditingChoices
from homestretch.boards.story_parts import tell
from homestretch.boards.story_questions import StoryQuestion, list_story_questions
from homestretch.facts import FactId
from homestretch.picture import Picture
from homestretch.race.consent import Said, say
from homestretch.race.entrant import Stories
from homestretch.race.privacy import Viewer
from homestretch.stories.agreed import said_publicly
from homestretch.stories.consent import is_public
from homestretch.stories.finding import find_stories
from homestretch.stories.values import Story
from tests.stories.days import picture_at, published, saying, words_of

PARTS = ("headline", "quote", "caption", "credit")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(PARTS), st.booleans()),
    st.tuples(st.just("answer"), st.integers(0, 1), st.sampled_from(("yes", "no-photo", "no"))),
    st.tuples(st.just("look"), st.integers(0, 1), st.none()),
)


def home() -> tuple[Picture, Story]:
    picture = picture_at(7, 400, 300, 15.17)
    story = find_stories(picture)[0]
    return published(picture, story), story


def written(picture: Picture, story: Story, part: str, text: str) -> Picture:
    number = len(picture.state.stories) + 1
    word = replace(
        words_of(picture, story, "story-written")[0],
        id=FactId("desk", number, number),
        part=part,
        text_ref=f"t-{number}",
    )
    texts = {f"t-{number}": text} if text else {}
    return saying(picture, word, *picture.state.stories, texts=texts)


def asked(picture: Picture, story: Story, who: int) -> StoryQuestion:
    person = picture.names.persons[story.entrants[who]]
    row = picture.state.roster.find_entrant(person.entrant)
    assert row is not None
    (found,) = [one for one in list_story_questions(picture, row, person) if one.story == story.id]
    return found


def answered(
    picture: Picture, story: Story, who: int, answer: Stories, seen: tuple[str, ...]
) -> Picture:
    persons = dict(picture.names.persons)
    entrant = story.entrants[who]
    told = Said(story=story.id, answer=answer, seen=seen)
    persons[entrant] = say(persons[entrant], told, "own", minor=False, unless_told="name")
    version = picture.names.version + 1
    names = replace(picture.names, persons=persons, version=version)
    return replace(picture, names=names, number=f"{picture.number}-v{version}")


def texts_of(question: StoryQuestion) -> set[str]:
    quote = question.quote.words if question.quote else ""
    last = {one.rpartition("\n")[2] for one in question.until_then}
    return {question.headline, quote, question.caption, question.credit} | last


def public_texts(picture: Picture, story: Story) -> set[str]:
    if not is_public(picture, story):
        return set()
    told = tell(picture, story, said_publicly(picture, story.id, story.entrants))
    quote = told.quote.words if told.quote else ""
    typed = {told.headline.words if told.headline.typed else "", quote, told.caption, told.credit}
    return typed - {""}


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_whatever_the_order_nothing_typed_is_public_that_anybody_in_it_had_not_before_them(
    steps: list[tuple[str, object, object]],
) -> None:
    picture, story = home()
    looked = [asked(picture, story, who) for who in (0, 1)]
    had: list[set[str]] = [set(), set()]
    for number, (do, what, how) in enumerate(steps):
        if do == "write":
            text = f"Typed words {number}." if how else ""
            text = f"Somebody\n{text}" if text and what == "quote" else text
            picture = written(picture, story, str(what), text)
        else:
            assert isinstance(what, int)
            if do == "look":
                looked[what] = asked(picture, story, what)
                continue
            answer: Stories = how  # type: ignore[assignment]  # one of the three
            picture = answered(picture, story, what, answer, looked[what].seen)
            had[what] = texts_of(looked[what]) if answer != "no" else set()
        assert public_texts(picture, story) <= had[0] & had[1]


def test_new_words_wait_for_the_next_yes_and_the_page_goes_on_with_the_earlier_ones() -> None:
    picture, story = home()
    picture = written(picture, story, "headline", "Two by the river")
    assert public_texts(picture, story) == set()
    for who in (0, 1):
        assert asked(picture, story, who).newer
        picture = answered(picture, story, who, "yes", asked(picture, story, who).seen)
    assert public_texts(picture, story) == {"Two by the river"}
    picture = written(picture, story, "headline", "Dead last, and proud")
    assert public_texts(picture, story) == {"Two by the river"}
    picture = answered(picture, story, 0, "yes", asked(picture, story, 0).seen)
    question = asked(picture, story, 1)
    assert (question.headline, question.newer) == ("Dead last, and proud", True)
    assert question.until_then == ("Two by the river",)
    board = editing.rows(picture, Viewer("desk"), EditingChoices(story=story.id))
    assert isinstance(board, EditingBoard)
    assert board.opened is not None
    waits = {one.entrant: (one.again, "yes to the new words" in one.answer) for one in board.opened.people}  # fmt: skip
    assert waits == {story.entrants[0]: (False, False), story.entrants[1]: (True, True)}
    assert public_texts(picture, story) == {"Two by the river"}
    picture = answered(picture, story, 1, "yes", question.seen)
    assert public_texts(picture, story) == {"Dead last, and proud"}


def test_what_the_desk_takes_away_is_gone_without_anybody_being_asked() -> None:
    picture, story = home()
    picture = written(picture, story, "caption", "A mile to go.")
    for who in (0, 1):
        picture = answered(picture, story, who, "yes", asked(picture, story, who).seen)
    assert public_texts(picture, story) == {"A mile to go."}
    assert public_texts(written(picture, story, "caption", ""), story) == set()


def test_the_question_has_what_was_typed_without_the_name_of_who_has_not_said_yes() -> None:
    picture, story = home()
    other = picture.names.persons[story.entrants[1]]
    picture = answered(picture, story, 1, "no", ())
    picture = written(picture, story, "quote", f"{other.first}, at the finish\n{other.last}, you!")
    quote = asked(picture, story, 0).quote
    assert quote is not None
    assert quote.speaker == "another runner, at the finish"
    assert quote.words == "another runner, you!"
    told = msgspec.json.encode(asked(picture, story, 0)).decode()
    assert other.last not in told
