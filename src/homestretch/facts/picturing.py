"""Which picture stands with a story, and what runners say of pictures of themselves."""

from __future__ import annotations

from typing import Literal

from homestretch.facts.identity import Fact


class StoryPictured(Fact, frozen=True, kw_only=True, tag="story-pictured", omit_defaults=True):
    """The desk chooses the picture of a story; an empty ``photo`` is none. The word said last holds."""

    story: str
    photo: str
    by: str = ""


class PhotoClaimed(Fact, frozen=True, kw_only=True, tag="photo-claimed", omit_defaults=True):
    """Whoever wears this bib says by their private link whether a picture shows them. Their no is the last word; their
    yes wins over every judgement, and not over a no of those who look after pictures."""

    photo: str
    bib: str
    answer: Literal["me", "not-me"]
