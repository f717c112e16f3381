"""What people say beside a picture: what they saw when they took it, and where that was."""

from __future__ import annotations

from homestretch.facts.identity import Fact


class PhotoWitnessed(Fact, frozen=True, kw_only=True, tag="photo-witnessed", omit_defaults=True):
    """Whoever took a picture says what they saw. The text is erasable: its first line is their name (it may be
    empty), the second what they saw. ``quoted``: they may be quoted; ``bib`` is whom they meant to take."""

    photo: str
    quoted: bool = False
    bib: str = ""
    by: str = ""
    text_ref: str | None = None


class PhotoPlaced(Fact, frozen=True, kw_only=True, tag="photo-placed", omit_defaults=True):
    """A person says at which point of the plan a picture was taken; the last word holds, before what its upload
    or its position said."""

    photo: str
    place: str
    by: str = ""
