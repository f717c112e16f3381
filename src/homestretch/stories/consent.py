"""Who may be asked, what was answered, and what may be published: a story is shown when everybody in it was asked and
said yes, and as long as nobody of them is held, hidden, or has said no. Silence is no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from homestretch.picture import Picture
from homestretch.race.entrant import Person, Stories
from homestretch.race.saying import joined, said
from homestretch.showing import grown
from homestretch.state.snapshot import FINISHERS, Status
from homestretch.state.told import StoryWord
from homestretch.stories.gate import may_tell, shown_in_story
from homestretch.stories.values import Story

YES: Final[tuple[Stories, ...]] = ("yes", "no-photo")


class Said(NamedTuple):
    """What was said of one story, the word said last of each: who was asked when, how that went since, what was typed,
    whether the desk publishes it, since when somebody asks that it be taken down (-1: nobody does), and the picture that
    was chosen."""

    asked: dict[str, StoryWord]
    sent: dict[str, StoryWord]
    typed: dict[tuple[str, str], StoryWord]
    published: StoryWord | None
    takedown: StoryWord | None
    pictured: StoryWord | None = None


def said_of(picture: Picture, story_id: str) -> Said:
    """What was said of a story, word by word. A request to take it down holds until the desk publishes it again;
    where the desk has done so, a further one waits for it, or anybody could take down for good what people agreed to.
    """
    about = Said({}, {}, {}, None, None)
    published: StoryWord | None = None
    takedown: StoryWord | None = None
    pictured: StoryWord | None = None
    is_reviewed = False
    for word in reversed(picture.state.stories):  # the newest last
        if word.story != story_id:
            continue
        match word.kind:
            case "story-asked":
                about.asked[word.entrant] = word
                about.sent.pop(word.entrant, None)
            case "ask-sent":
                about.sent[word.entrant] = word
            case "story-written":
                about.typed[word.part, word.sentence] = word
            case "story-published":
                is_reviewed = is_reviewed or takedown is not None
                published, takedown = word, None
            case "story-withdrawn":
                published, takedown, is_reviewed = None, None, False
            case "story-pictured":
                pictured = word if word.photo else None
            case "takedown-asked":
                takedown = takedown if is_reviewed else word
    return about._replace(published=published, takedown=takedown, pictured=pictured)


def answer_of(person: Person | None, story_id: str) -> Stories:
    """What somebody answered for a story: what they said of this one, else of stories as such; a no to all is one to
    each. Empty while they have said nothing, which is no as well."""
    if person is None or person.stories == "no" or person.taken_down:
        return "no"
    return person.story_answers.get(story_id, person.stories)


def find_answer(picture: Picture, row: int, story_id: str) -> Stories:
    """``answer_of`` whoever runs in a row."""
    entrant = picture.state.roster.entrants[row]
    return answer_of(picture.names.persons.get(entrant), story_id)


def why_not_ask(picture: Picture, row: int) -> str:
    """Why somebody is not asked now, in words of the desk that tell nothing of anybody's health; empty: they may be."""
    status = Status(int(picture.state.status[row]))
    if picture.state.is_held(row):
        return said("this entry is held")
    if status not in FINISHERS:
        return said("asked only after the finish")
    if not grown(picture, row):
        return said("under 18, or of unknown age")
    if shown_in_story(picture, row).hidden:
        return said("not shown in public")
    if not may_tell(picture)[row]:
        return said("something about this entry is still to be settled")
    if find_answer(picture, row, "") == "no":
        return said("wants to be in no story")
    return ""


def why_not_publish(picture: Picture, story: Story, *, looked_at: bool = False) -> tuple[str, ...]:
    """Why a story is not shown now, in words of the desk; empty: it may be. ``looked_at``: the desk has looked at what
    somebody asked, and decides now."""
    about = said_of(picture, story.id)
    reasons: list[str] = []
    for row in story.rows:
        name, entrant = shown_in_story(picture, row).name, picture.state.roster.entrants[row]
        answer = find_answer(picture, row, story.id)
        if reason := why_not_ask(picture, row):
            reasons.append(joined((name, reason), ": "))
        elif entrant not in about.asked:
            reasons.append(said("{name} was not asked", name=name))
        elif answer == "no":
            reasons.append(said("{name} said no", name=name))
        elif answer not in YES:
            reasons.append(said("{name} has not answered", name=name))
    if about.takedown is not None and not looked_at:
        reasons.append(said("somebody asked to take it down"))
    return tuple(reasons)


def is_public(picture: Picture, story: Story) -> bool:
    """Whether a story is shown to everybody now."""
    return said_of(picture, story.id).published is not None and not why_not_publish(picture, story)


def was_taken_away(picture: Picture, story_id: str) -> bool:
    """Whether everybody could read a story once, and somebody took it away: who asked that it be taken down, the desk, or
    somebody in it with a no. What hides it for a while (an entry that is held, a question that is open) does not count.
    """
    words = [word for word in picture.state.stories if word.story == story_id]
    if not any(word.kind == "story-published" for word in words):
        return False
    about = said_of(picture, story_id)
    persons = (picture.names.persons.get(entrant) for entrant in about.asked)
    said_no = any(answer_of(person, story_id) == "no" for person in persons)
    return about.published is None or about.takedown is not None or said_no


def may_show_in_photo(picture: Picture, row: int, story_id: str) -> bool:
    """Whether a photo that shows the runner of a row may stand with a story: they did not say "without my photo", and
    agreed to photos."""
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    return answer_of(person, story_id) == "yes" and person is not None and person.photos


def may_show_photo(picture: Picture, story: Story) -> bool:
    """Whether a photo of everybody in a story may stand with it."""
    return all(may_show_in_photo(picture, row, story.id) for row in story.rows)


class Asking(NamedTuple):
    """A question to somebody: which story, and whom of the others it may already name."""

    story: Story
    named: tuple[int, ...]
    hidden: tuple[int, ...]


def list_questions(
    picture: Picture, row: int, find: Callable[[Picture, str], Story | None]
) -> tuple[Asking, ...]:
    """What somebody is asked: each story of theirs for which they were asked. Nobody else in it is shown before they
    themselves said yes."""
    entrant = picture.state.roster.entrants[row]
    ids = dict.fromkeys(
        word.story
        for word in picture.state.stories
        if word.kind == "story-asked" and word.entrant == entrant
    )
    if not ids or why_not_ask(picture, row):
        return ()
    found = []
    for story in (find(picture, story_id) for story_id in ids):
        if story is not None and row in story.rows:
            others = [other for other in story.rows if other != row]
            named = tuple(one for one in others if find_answer(picture, one, story.id) in YES)
            hidden = tuple(one for one in others if one not in named)
            found.append(Asking(story, named, hidden))
    return tuple(found)
