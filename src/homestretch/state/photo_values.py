"""A picture as the facts know it: whose it may be, and what people said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from homestretch.facts import FactId

LOCK_MS = 3_000
"""A picture that is never to be used takes those of its camera with it that were taken so near."""


SAME_BITS: Final = 6
"""So many of the 64 bits of a likeness may differ between two files of one picture."""
UNKNOWN: Final = -1
"""Neither odds nor a moment."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another bib that may have been meant: its posterior, and when it was expected there (UTC ms); ``UNKNOWN`` where
    the judgement does not say so."""

    bib: str
    p: float = UNKNOWN
    due_at: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class PhotoTag:
    """A bib that may be in a picture. ``p`` is the posterior, ``read`` what stood there, ``box`` where (shares
    of the picture: x, y, width, height); ``answered``: a person said that it is so. ``due_at`` (UTC ms) is when the bib
    was expected there, as the judgement knew it."""

    bib: str
    p: float
    read: str = ""
    rivals: tuple[Rival, ...] = ()
    box: tuple[float, ...] = ()
    answered: bool = False
    sighting: FactId | None = None
    """the fact that this made"""
    due_at: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class Witness:
    """What whoever took a picture says they saw: ``text_ref`` names their words (a line with their name, a line with
    what they saw), ``bib`` whom they meant to take, ``quoted``: they may be quoted. ``by`` signs."""

    text_ref: str
    quoted: bool
    bib: str
    by: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture. ``seen_at`` is its camera's clock where ``timed``, else when it came; ``came_at`` when it came in,
    ``taken_at`` the event's time as far as it is known (all UTC ms), ``aspect`` its width by its height. ``look`` is what
    was found in it (JSON, "" before), ``reads`` from how many reads its camera's clock was known when ``tags`` were
    judged (-1: they were not). ``denied`` are bibs that a person says are not there, ``claimed`` those whose runners said
    whether it is them; ``locked``: never to be used; ``down``: somebody wants it away."""

    photo: str
    place: str
    kept: str
    camera: str
    timed: bool
    seen_at: int
    came_at: int
    taken_at: int
    likeness: str
    look: str
    aspect: float
    failed: str
    reads: int
    tags: tuple[PhotoTag, ...]
    denied: frozenset[str]
    locked: bool
    down: bool
    claimed: frozenset[str] = frozenset()
    by: str = ""
    """who sent it"""
    witnesses: tuple[Witness, ...] = ()
    """in the order of (seen_at, fact id)"""
    placed: bool = False
    """a person said where it was taken"""

    @property
    def usable(self) -> bool:
        """Whether any list may name it."""
        return not (self.locked or self.down)
