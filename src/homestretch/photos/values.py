"""What was seen in a picture, and what follows from it, as plain frozen values."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import msgspec


class Box(NamedTuple):
    """A place in a picture, in shares of its width and height; the origin is at the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Share of the picture."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def shared(self, other: Box) -> float:
        """Share of the picture that both cover."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def holds(self, other: Box) -> bool:
        """Whether the middle of another place lies within this one."""
        x, y = other.x + other.width / 2, other.y + other.height / 2
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


class SeenNumber(msgspec.Struct, frozen=True):
    """One number in a picture: where, and what it may say. ``strings`` are digits with their probability
        by the recogniser alone, the likeliest first; they sum to at most 1. Before digit ``gap`` of the likeliest string one seems to be hidden (0: nowhere).
        ``corners`` are x and y of the line's four corners, clockwise from where it begins at the top (none: it
        does not lean), ``margins`` how much paper stands at its left and right, in digits' widths (none: unknown), ``beside``
        how many other characters its line has, ``sheet`` how far the paper goes at its left and right beyond what may hide one
    digit (none: unknown)."""

    box: Box
    strings: tuple[tuple[str, float], ...]
    gap: int = 0
    corners: tuple[float, ...] = ()
    margins: tuple[float, ...] = ()
    beside: int = 0
    sheet: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return self.strings[0][0]

    @property
    def p_text(self) -> float:
        """Probability of the likeliest reading, by the recogniser alone."""
        return self.strings[0][1]


class Look(msgspec.Struct, frozen=True):
    """Everything that one picture showed: the result of the slow work, kept as a fact.

    ``sizes`` are the longest sides (pixels) at which the whole was read, ``closer`` how many people were
    looked at once more from nearer, ``cpu_s`` what it took.
    """

    seen: tuple[SeenNumber, ...]
    faces: tuple[Box, ...] = ()
    sizes: tuple[int, ...] = ()
    closer: int = 0
    cpu_s: float = 0.0
    aspect: float = 1.0
    """width by height"""


@lru_cache(maxsize=4096)
def look_from(text: str) -> Look:
    """The look that a fact keeps as JSON; what is asked for again and again is decoded once."""
    return msgspec.json.decode(text, type=Look)
