"""Every story of a Picture, ranked by how rare its kind is in its race: first the one of each kind that is furthest
out, then the second ones, and so on, so that a race with many pairs is more than pairs."""

from __future__ import annotations

from homestretch.picture import Picture
from homestretch.sharing import once_a_picture
from homestretch.stories import list_kinds
from homestretch.stories.values import Story, StoryKind


@once_a_picture
def find_stories(picture: Picture) -> tuple[Story, ...]:
    """Candidates of all kinds and races, the rarest first."""
    found = [story for kind in list_kinds() for story in kind.find(picture)]
    return tuple(
        sorted(
            found, key=lambda story: (story.rarity.rank, story.rarity.share, story.behind, story.id)
        )
    )


def find_story(picture: Picture, story_id: str) -> Story | None:
    """The story with this id, as the facts tell it now; only its own kind is looked at."""
    kind = _kind_of(story_id)
    return next((one for one in kind.find(picture) if one.id == story_id), None) if kind else None


def is_looked_for(picture: Picture, story_id: str) -> bool:
    """Whether nobody can say yet whether there is this story: it is one of a pair, and pairs are not found so far."""
    kind = _kind_of(story_id)
    return kind is not None and kind.of_pairs and picture.companions is None


def _kind_of(story_id: str) -> StoryKind | None:
    name = story_id.rpartition("-")[0]
    return next((kind for kind in list_kinds() if kind.name == name), None)
