"""The stories of an event that everybody may read, the newest first."""

from __future__ import annotations

import msgspec

from homestretch.boards import EVERYBODY, Board, BoardKind, Choices
from homestretch.boards.frame import make_frame
from homestretch.boards.story_parts import ToldPhoto, tell
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.stories.agreed import said_publicly
from homestretch.stories.consent import is_public, said_of
from homestretch.stories.finding import find_story

PUBLIC = Viewer()
MOST = 200


class StoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A story on a list: its headline, how it begins, when it was published (UTC ms)."""

    id: str
    headline: str
    lead: str
    race: str
    published_at: int
    photo: ToldPhoto | None = None
    credit: str = ""


class StoriesBoard(Board, frozen=True, kw_only=True):
    """The newest first."""

    stories: tuple[StoryEntry, ...]


def rows(picture: Picture, _viewer: Viewer, _choices: Choices) -> StoriesBoard:
    """The list; it is the same for everybody."""
    return StoriesBoard(frame=make_frame(picture, PUBLIC), stories=list_public(picture))


def list_public(picture: Picture) -> tuple[StoryEntry, ...]:
    """Every story that everybody may read, the newest first."""
    ids = dict.fromkeys(
        word.story for word in picture.state.stories if word.kind == "story-published"
    )
    found = [entry for story_id in list(ids)[:MOST] if (entry := _entry(picture, story_id))]
    return tuple(sorted(found, key=lambda entry: (-entry.published_at, entry.id)))


def _entry(picture: Picture, story_id: str) -> StoryEntry | None:
    said, story = said_of(picture, story_id), find_story(picture, story_id)
    if story is None or said.published is None or not is_public(picture, story):
        return None
    told = tell(picture, story, said_publicly(picture, story.id, story.entrants))
    return StoryEntry(
        id=story.id,
        headline=told.headline.words,
        lead=told.sentences[0].words if told.sentences else "",
        race=told.race,
        published_at=said.published.said_at,
        photo=told.photo,
        credit=told.credit if told.photo else "",
    )


def pulse(picture: Picture, _: Choices) -> object:
    """Something was said of a story, or somebody changed what they agree to."""
    return picture.state.stories, picture.state.held, picture.names.version, picture.state.photos


BOARD = BoardKind(
    pulse=pulse,
    name="stories",
    path="/{event}/stories",
    who=EVERYBODY,
    choices=Choices,
    rows=rows,
    template="stories.html",
)
