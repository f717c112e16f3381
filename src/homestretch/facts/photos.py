"""Pictures: that one was taken, what could be read in it, whose it may be, and what people said of it.

The picture itself is kept apart and can be erased; ``photo`` is its name, made of its bytes.
"""

from __future__ import annotations

from typing import Literal

from homestretch.facts.identity import Fact


class PhotoTaken(Fact, frozen=True, kw_only=True, tag="photo-taken", omit_defaults=True):
    """A picture came in. ``seen_at`` is the camera's own clock where ``timed``, else when it came;
    ``camera`` tells cameras apart, ``likeness`` is its perceptual hash (16 hex digits), ``kept`` what it is
    called where it is kept, ``by`` the key of who sent it."""

    photo: str
    place: str
    kept: str = ""
    camera: str = ""
    timed: bool = False
    likeness: str = ""
    by: str = ""


class PhotoLooked(Fact, frozen=True, kw_only=True, tag="photo-looked", omit_defaults=True):
    """What the slow look at a picture found (``look``: a ``photos.values.Look`` as JSON), or why it failed.
    Nothing looks at a picture again that has one of these."""

    photo: str
    look: str = ""
    failed: str = ""


class PhotoTagged(Fact, frozen=True, kw_only=True, tag="photo-tagged", omit_defaults=True):
    """Whose picture this may be, by what was read and who was expected: ``p`` is the posterior, ``read``
    what stood there, ``rivals`` the other bibs it may be, ``odds`` the posterior of each. ``due`` (UTC ms) is when
    the bib, then each rival, was expected there; empty while the camera's clock is not known. ``seen_at`` is when it
    was taken by the event's clock. ``reads`` is how many reads the camera's clock was known from: the judgement with
    the most of them holds, and one with an empty bib says that it is nobody's."""

    photo: str
    bib: str = ""
    p: float = 0.0
    reads: int = 0
    read: str = ""
    rivals: tuple[str, ...] = ()
    odds: tuple[float, ...] = ()
    due: tuple[int, ...] = ()
    box: tuple[float, ...] = ()


class PhotoAnswered(Fact, frozen=True, kw_only=True, tag="photo-answered", omit_defaults=True):
    """A person says whether this bib is in the picture. It wins over every judgement, for good."""

    photo: str
    bib: str
    answer: Literal["there", "not-there"]
    by: str = ""


class PhotoLocked(Fact, frozen=True, kw_only=True, tag="photo-locked", omit_defaults=True):
    """Never to be used: this picture and those of the same camera within seconds are in no list any more."""

    photo: str
    by: str = ""


class PhotoTakenDown(Fact, frozen=True, kw_only=True, tag="photo-taken-down", omit_defaults=True):
    """Somebody wants this picture away. It is hidden at once, and what looks like it does not come in again."""

    photo: str
    by: str = ""
