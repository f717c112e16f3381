"""Who is asked, what is shown, and to whom: silence is no, and nobody is named before they said yes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from homestretch.boards import Choices, certificate, editing, write_twin
from homestretch.boards import stories as listing
from homestretch.boards import story as page
from homestretch.boards.editing import EditingBoard, EditingChoices
from homestretch.boards.people import shown_aloud
from homestretch.boards.stories import StoriesBoard
from homestretch.boards.story import StoryBoard, StoryChoices
from homestretch.boards.story_questions import list_story_questions
from homestretch.errors import NotFound, RefusedError
from homestretch.facts import FactId
from homestretch.picture import Picture
from homestretch.race.entrant import Stories
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import Status
from homestretch.state.told import HeldWord, StoryWord
from homestretch.stories.agreed import word_key
from homestretch.stories.consent import (
    answer_of,
    is_public,
    list_questions,
    may_show_photo,
    said_of,
    why_not_ask,
    why_not_publish,
)
from homestretch.stories.finding import find_stories, find_story
from homestretch.stories.gate import shown_in_story
from homestretch.stories.values import Story
from tests.stories.days import answering, picture_at, published, saying, words_of

ALL = ("story-asked", "story-published")


@pytest.fixture(scope="module")
def picture() -> Picture:
    return picture_at(7, 400, 300, 15.17)


@pytest.fixture(scope="module")
def pair(picture: Picture) -> Story:
    return find_stories(picture)[0]


def read(picture: Picture, story: Story) -> StoryBoard:
    found = page.rows(picture, Viewer(), StoryChoices(story=story.id))
    assert isinstance(found, StoryBoard)
    return found


def on_the_desk(picture: Picture, story: Story) -> EditingBoard:
    found = editing.rows(picture, Viewer("desk"), EditingChoices(story=story.id))
    assert isinstance(found, EditingBoard)
    return found


def held(picture: Picture, row: int) -> Picture:
    word = HeldWord(FactId("desk", 1, 1), row, picture.now, "key-desk", None)
    return replace(
        picture, state=replace(picture.state, held=(word,)), number=f"{picture.number}-held"
    )


def test_when_both_were_asked_and_said_yes_the_page_is_there(picture: Picture, pair: Story) -> None:
    shown = published(picture, pair)
    board = read(shown, pair)
    assert board.told.headline.words == "Four minutes apart at the half"
    assert {who.name for who in board.told.people} == {"Mara Sedgerholm", "Jo Rillenquist"}
    assert [one.id for one in listing.list_public(shown)] == [pair.id]
    assert len(board.told.lines) == 2
    first, other = (line.bends for line in board.told.lines)
    assert [bend.point for bend in first] == [bend.point for bend in other]
    assert abs(first[-1].ahead_min - other[-1].ahead_min) < 0.1
    assert abs(first[4].ahead_min - other[4].ahead_min) > 3


@pytest.mark.parametrize(
    "answers", [("yes", ""), ("", "yes"), ("", ""), ("yes", "no"), ("no", "no")]
)
def test_silence_and_no_of_either_are_no(
    picture: Picture, pair: Story, answers: tuple[Stories, Stories]
) -> None:
    asked = answering(saying(picture, *words_of(picture, pair, *ALL)), pair, *answers)
    assert not is_public(asked, pair)
    with pytest.raises(NotFound):
        read(asked, pair)
    assert listing.list_public(asked) == ()


def test_who_was_not_asked_for_this_story_is_not_told_of_by_another_yes(
    picture: Picture, pair: Story
) -> None:
    yes = answering(
        saying(picture, *words_of(picture, pair, "story-published")), pair, "yes", "yes"
    )
    assert why_not_publish(yes, pair) == (
        "Jo Rillenquist was not asked",
        "Mara Sedgerholm was not asked",
    )
    assert not is_public(yes, pair)


def test_an_answer_is_for_one_story_and_a_no_to_all_is_one_to_each(
    picture: Picture, pair: Story
) -> None:
    person = picture.names.persons[pair.entrants[0]]
    assert answer_of(person, pair.id) == ""
    one = msgspec.structs.replace(person, story_answers={"last-0": "yes"})
    assert answer_of(one, pair.id) == ""
    assert answer_of(msgspec.structs.replace(one, stories="no"), "last-0") == "no"
    assert answer_of(None, pair.id) == "no"


def test_a_page_is_gone_as_soon_as_anything_of_it_does_not_hold(
    picture: Picture, pair: Story
) -> None:
    shown = published(picture, pair)
    row, entrant = pair.rows[0], pair.entrants[0]
    persons = dict(shown.names.persons)
    for said in (
        {"display": "hidden"},
        {"companions": False},
        {"stories": "no"},
        {"not_with": (pair.entrants[1],)},
    ):
        changed = {**persons, entrant: msgspec.structs.replace(persons[entrant], **said)}
        with pytest.raises(NotFound):
            read(replace(shown, names=replace(shown.names, persons=changed)), pair)
    erased = {name: one for name, one in persons.items() if name != entrant}
    with pytest.raises(NotFound):
        read(replace(shown, names=replace(shown.names, persons=erased)), pair)
    with pytest.raises(NotFound):
        read(held(shown, row), pair)
    status = shown.state.status.copy()
    status[row] = Status.IN_CARE
    with pytest.raises(NotFound):
        read(replace(shown, state=replace(shown.state, status=status)), pair)
    withdrawn = saying(shown, *words_of(shown, pair, "story-withdrawn"))
    with pytest.raises(NotFound):
        read(withdrawn, pair)


def test_the_first_request_takes_a_story_down_and_what_the_desk_has_looked_at_waits_for_it(
    picture: Picture, pair: Story
) -> None:
    shown = published(picture, pair)
    asked = saying(shown, *words_of(shown, pair, "takedown-asked"))
    assert not is_public(asked, pair)
    assert on_the_desk(asked, pair).opened is not None
    again = saying(asked, *words_of(asked, pair, "story-published"))
    assert is_public(again, pair)
    once_more = saying(again, *words_of(again, pair, "takedown-asked"))
    assert is_public(once_more, pair)
    assert said_of(once_more, pair.id).takedown is None
    anew = saying(
        once_more,
        *words_of(once_more, pair, "story-withdrawn", "story-published", "takedown-asked"),
    )
    assert not is_public(anew, pair)


def test_nobody_is_asked_before_the_finish_in_care_in_dispute_or_while_held(
    picture: Picture, pair: Story
) -> None:
    row = pair.rows[0]
    assert why_not_ask(picture, row) == ""
    assert why_not_ask(held(picture, row), row) == "this entry is held"
    on_the_road = int(next(r for r, s in enumerate(picture.state.status) if s == Status.STARTED))
    assert why_not_ask(picture, on_the_road) == "asked only after the finish"
    for status in (Status.IN_CARE, Status.RIDING, Status.DSQ):
        changed = picture.state.status.copy()
        changed[row] = status
        off = replace(picture, state=replace(picture.state, status=changed))
        assert why_not_ask(off, row) == "asked only after the finish"
    grave = [word for word in ("care", "medical", "ill", "hurt") if word in why_not_ask(off, row)]
    assert not grave


def test_the_question_to_one_names_nobody_else_before_their_own_yes(
    picture: Picture, pair: Story
) -> None:
    row, other = pair.rows
    asked = saying(picture, *words_of(picture, pair, "story-asked"))
    (question,) = list_questions(asked, row, find_story)
    assert (question.named, question.hidden) == ((), (other,))
    yes = answering(asked, pair, "", "yes")
    (question,) = list_questions(yes, row, find_story)
    assert (question.named, question.hidden) == ((other,), ())
    assert list_questions(picture, row, find_story) == ()
    assert list_questions(held(asked, row), row, find_story) == ()


def test_the_draft_that_one_reads_has_no_name_of_who_has_not_said_yes(
    picture: Picture, pair: Story
) -> None:
    row, other = pair.rows
    person = picture.names.persons[pair.entrants[0]]
    asked = saying(picture, *words_of(picture, pair, "story-asked"))
    (question,) = list_story_questions(asked, row, person)
    name = shown_in_story(picture, other).name
    text = " ".join((question.headline, *question.sentences))
    assert (question.answer, question.with_others, question.public) == ("", True, False)
    assert name not in text
    assert name.split()[0] not in text
    assert "another runner" in text
    assert "15:05:08" in text
    (question,) = list_story_questions(answering(asked, pair, "", "yes"), row, person)
    assert name in " ".join(question.sentences)
    yes = answering(asked, pair, "yes", "yes")
    (question,) = list_story_questions(yes, row, yes.names.persons[pair.entrants[0]])
    assert question.answer == "yes"


def test_without_my_photo_is_a_yes_without_a_photo(picture: Picture, pair: Story) -> None:
    shown = answering(published(picture, pair), pair, "no-photo", "yes")
    assert is_public(shown, pair)
    assert not may_show_photo(shown, pair)
    assert may_show_photo(published(picture, pair), pair)


def test_what_a_person_typed_stands_in_its_place_and_is_marked(
    picture: Picture, pair: Story
) -> None:
    shown = published(picture, pair)
    quote, headline, gone = (
        a_word(shown, pair, number, part, sentence, ref)
        for number, (part, sentence, ref) in enumerate(
            [("quote", "", "t-quote"), ("headline", "", "t-head"), ("sentence", "sweep", None)],
            start=50,
        )
    )
    texts = {
        "t-quote": "Jo\nI only had to keep up with those shoes.",
        "t-head": "Two friends by the river",
    }
    typed = saying(shown, quote, headline, gone, *shown.state.stories, texts=texts)
    assert read(typed, pair).told.quote is None
    seen = (word_key(quote), word_key(headline))
    typed = answering(typed, pair, "yes", "yes", seen=seen)
    told = read(typed, pair).told
    assert (told.headline.words, told.headline.typed) == ("Two friends by the river", True)
    assert told.quote is not None
    assert (told.quote.speaker, told.quote.words) == (
        "Jo",
        "I only had to keep up with those shoes.",
    )
    assert [one.key for one in told.sentences] == ["apart", "closed", "line"]
    assert not any(one.typed for one in told.sentences)


def a_word(
    picture: Picture, story: Story, number: int, part: str, sentence: str, ref: str | None
) -> StoryWord:
    (word,) = words_of(picture, story, "story-written")[:1]
    return replace(
        word, id=FactId("desk", number, number), part=part, sentence=sentence, text_ref=ref
    )


def test_the_desk_is_for_its_roles_and_opens_what_each_sentence_stands_on(
    picture: Picture, pair: Story
) -> None:
    for role in ("public", "announcer", "station", "control", "medical"):
        with pytest.raises(RefusedError):
            editing.rows(picture, Viewer(role), EditingChoices())  # type: ignore[arg-type]  # a role
    board = on_the_desk(picture, pair)
    assert board.candidates[0].id == pair.id
    assert board.opened is not None
    assert not board.opened.public
    evidence = set(picture.state.evidence[list(pair.rows)].ravel().tolist())
    for one in board.opened.sentences:
        assert one.grounds
        assert {seq for ground in one.grounds for seq in ground.seqs} <= evidence
    assert any(ground.seqs for one in board.opened.sentences for ground in one.grounds)
    assert "4 minutes" in board.opened.sentences[0].words
    with pytest.raises(NotFound):
        editing.rows(picture, Viewer("desk"), EditingChoices(story="met-0000000000"))


def test_a_held_entry_is_not_called_at_the_line(picture: Picture, pair: Story) -> None:
    row = pair.rows[0]
    assert not shown_aloud(picture, row).hidden
    assert shown_aloud(held(picture, row), row).hidden


def test_a_held_entry_has_no_certificate_until_the_word_is_taken_back(
    picture: Picture, pair: Story
) -> None:
    bib = picture.state.roster.bibs[pair.rows[0]]
    choices = certificate.CertificateChoices(bib=bib)
    assert certificate.rows(picture, Viewer(), choices).finish_at
    with pytest.raises(NotFound, match="no certificate"):
        certificate.rows(held(picture, pair.rows[0]), Viewer(), choices)


def test_the_list_of_stories_is_the_same_for_everybody(picture: Picture, pair: Story) -> None:
    shown = published(picture, pair)
    boards = [
        listing.rows(shown, Viewer(role), Choices()) for role in ("public", "director", "desk")
    ]  # type: ignore[arg-type]  # roles
    assert all(isinstance(one, StoriesBoard) for one in boards)
    assert len({write_twin(one) for one in boards}) == 1
