"""What the desk says of stories, and the one switch on an entry. Words that people typed are texts that can be
erased; why an entry is held is such a text too."""

from __future__ import annotations

from typing import Literal, TypeAlias

from homestretch.facts.identity import Fact

Part: TypeAlias = Literal["headline", "sentence", "quote", "caption", "credit"]
"""What somebody typed: another headline, another sentence in place of one of ours (``sentence`` names which; without a
text it is left out), what somebody said (the first line of the text is who), words below the picture, whose it is."""
Channel: TypeAlias = Literal["e-mail", "text", "qr"]
"""How somebody is asked: by a letter, a message, or a code at the finish that opens the private link."""


class Held(Fact, frozen=True, kw_only=True, tag="held", omit_defaults=True):
    """Nothing more is asked of this entrant and nothing is told: no alert, story, photo, certificate, announcement.
    It is taken back by a strike."""

    entrant: str
    by: str = ""
    text_ref: str | None = None


class StoryAsked(Fact, frozen=True, kw_only=True, tag="story-asked", omit_defaults=True):
    """An entrant was asked whether a story may tell of them."""

    story: str
    entrant: str
    channel: Channel
    by: str = ""


class StoryWritten(Fact, frozen=True, kw_only=True, tag="story-written", omit_defaults=True):
    """A person typed a part of a story; the word said last of each part holds. ``photo``: it is what a witness wrote of
    this picture, and stands as long as the picture may stand with the story."""

    story: str
    part: Part
    sentence: str = ""
    photo: str = ""
    by: str = ""
    text_ref: str | None = None


class StoryPublished(Fact, frozen=True, kw_only=True, tag="story-published", omit_defaults=True):
    """The desk publishes a story; it is shown as long as everybody in it agrees and nobody of them is held."""

    story: str
    by: str = ""


class StoryWithdrawn(Fact, frozen=True, kw_only=True, tag="story-withdrawn", omit_defaults=True):
    """The desk takes a story back."""

    story: str
    by: str = ""
    text_ref: str | None = None


class TakedownAsked(Fact, frozen=True, kw_only=True, tag="takedown-asked", omit_defaults=True):
    """Somebody who read a story asks that it be taken down, or put right; who and why is the text. It is gone from
    then on, until the desk has looked and publishes it again."""

    story: str
    by: str = ""
    text_ref: str | None = None
