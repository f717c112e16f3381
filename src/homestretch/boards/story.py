"""One story, as everybody may read it: only while everybody in it agrees. The same page for whoever looks."""

from __future__ import annotations

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices, Text
from homestretch.boards.frame import make_frame
from homestretch.boards.story_parts import Told, tell
from homestretch.errors import BusyError, Gone, NotFound
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.state.told import StoryWord
from homestretch.stories.agreed import said_publicly
from homestretch.stories.consent import is_public, said_of, was_taken_away
from homestretch.stories.finding import find_story, is_looked_for
from homestretch.stories.values import Story

PUBLIC = Viewer()


class StoryChoices(Choices, frozen=True, kw_only=True):
    """Which story."""

    story: Text


class StoryBoard(Board, frozen=True, kw_only=True):
    """``published_at`` (UTC ms) is when the desk said so last; ``changed_at`` when a word or picture that stands there now
    was said after that (0: none was)."""

    told: Told
    published_at: int
    changed_at: int = 0


def rows(picture: Picture, _viewer: Viewer, choices: StoryChoices) -> StoryBoard:
    """The page of one story; NotFound unless it is published and everybody in it agrees."""
    story, word = get_public(picture, choices.story)
    about = said_publicly(picture, story.id, story.entrants)
    words = [*about.typed.values(), *((about.pictured,) if about.pictured else ())]
    newest = max((one.said_at for one in words), default=0)
    return StoryBoard(
        frame=make_frame(picture, PUBLIC),
        told=tell(picture, story, about),
        published_at=word.said_at,
        changed_at=newest if newest > word.said_at else 0,
    )


def get_public(picture: Picture, story_id: str) -> tuple[Story, StoryWord]:
    """A story that everybody may read, and the word that published it. Gone for one that was taken down, taken back or
    said no to; BusyError for one of a pair as long as pairs are looked for; NotFound for any other."""
    about = said_of(picture, story_id)
    story = find_story(picture, story_id) if about.published else None
    if story is not None and about.published is not None and is_public(picture, story):
        return story, about.published
    if was_taken_away(picture, story_id):
        raise Gone(
            said("This story is not here any more."),
            said("It was taken down. What others have copied is theirs to remove."),
        )
    if about.published is not None and is_looked_for(picture, story_id):
        raise BusyError(said("Stories are being looked for."), said("Look again in a moment."))
    raise NotFound(
        said("There is no such story here."),
        said("It may have been taken down. The list of stories has those that are there."),
    )


BOARD = BoardKind(
    name="story",
    path="/{event}/stories/{story}",
    who=EVERYBODY,
    choices=StoryChoices,
    rows=rows,
    template="story.html",
)
