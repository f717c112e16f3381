"""Which face belongs to which number: the one above it, where there is no doubt; and where a head must be when no face
was found. Nothing is compared with another picture: a face is a place in this one, to be kept or to be blurred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from homestretch.photos.values import Box

ABOVE: Final = 3.2
"""A number is worn so many heights of the face below its middle, more or less: a tall one stands straight, one who
leans into a climb has it nearer."""
FURTHEST: Final = 3.0
"""Heights of the face from where its number should be; what is further is another's."""
CLEAR, APART = 1.6, 0.8
"""Another face that is not so many times further, and so many heights more, leaves a doubt."""

LEAST_WIDE: Final = 2.2
"""A number has so many of its heights as width, at least, where a head is looked for: one of two digits is narrow, who
wears it is not."""
HEAD_LOW, HEAD_HIGH, HEAD_ASIDE = 0.2, 2.6, 1.4
"""A head is so many widths of the number above its top, and so many to either side of its middle: generous, for one who
leans, and for a number that is worn low or was read in part."""


class Pair(NamedTuple):
    """A face and a number, by their places in the lists that were given, and how far they are from fitting."""

    away: float
    face: int
    number: int


def find_faces(faces: Sequence[Box], numbers: Sequence[Box], aspect: float) -> dict[int, Box]:
    """Number (its place in ``numbers``) → the face of who wears it. ``aspect`` is the picture's width by its height.
    A number without a face, or with two that may be its, is left out: nobody is shown by a guess."""
    pairs = sorted(
        Pair(away, f, n)
        for f, face in enumerate(faces)
        for n, number in enumerate(numbers)
        if (away := _away(face, number, aspect)) <= FURTHEST
    )
    found: dict[int, Box] = {}
    for number in range(len(numbers)):
        mine = [one for one in pairs if one.number == number]
        if not mine:
            continue
        best = mine[0]
        of_face = [one for one in pairs if one.face == best.face and one.number != number]
        clear = max(CLEAR * best.away, best.away + APART)
        if all(other.away > clear for other in (*mine[1:2], *of_face[:1])):
            found[number] = faces[best.face]
    return found


def list_numberless(faces: Sequence[Box], numbers: Sequence[Box], aspect: float) -> list[int]:
    """The faces (their places in the list) below which none of these numbers is worn: each number is at most one's, of
    the face that fits it best. ``aspect`` is the picture's width by its height."""
    pairs = sorted(
        Pair(away, f, n)
        for f, face in enumerate(faces)
        for n, number in enumerate(numbers)
        if (away := _away(face, number, aspect)) <= FURTHEST
    )
    with_one: set[int] = set()
    worn: set[int] = set()
    for pair in pairs:
        if pair.face not in with_one and pair.number not in worn:
            with_one.add(pair.face)
            worn.add(pair.number)
    return [at for at in range(len(faces)) if at not in with_one]


def find_head(number: Box, aspect: float) -> Box:
    """Where the head of who wears a number must be, face or no face; it may reach beyond the picture. ``aspect`` is the
    picture's width by its height."""
    wide = max(number.width, LEAST_WIDE * number.height / aspect)
    high = wide * aspect
    middle = number.x + number.width / 2
    top, bottom = number.y - HEAD_HIGH * high, number.y - HEAD_LOW * high
    return Box(middle - HEAD_ASIDE * wide, top, 2 * HEAD_ASIDE * wide, bottom - top)


def list_unseen_heads(
    faces: Mapping[int, Box], numbers: Sequence[Box], hidden: Iterable[int], aspect: float
) -> list[Box]:
    """Where heads must be above the ``hidden`` numbers (their places in ``numbers``) whose face (``faces``, of
    ``find_faces``) was not found, or was found where no head of theirs is."""
    heads = {at: find_head(numbers[at], aspect) for at in hidden}
    return [head for at, head in heads.items() if at not in faces or not head.holds(faces[at])]


def is_one_place(one: Box, other: Box) -> bool:
    """Whether two places are one: half of the smaller lies in the other."""
    smaller = min(area_of(one), area_of(other))
    return smaller > 0 and one.shared(other) >= 0.5 * smaller


def area_of(box: Box) -> float:
    """Share of the picture."""
    return max(box.width, 0.0) * max(box.height, 0.0)


def _away(face: Box, number: Box, aspect: float) -> float:
    """Heights of the face between a number and where that of this face should be; infinite for a number that is not
    below it."""
    height = max(face.height, 1e-6)
    across = (number.x + number.width / 2 - face.x - face.width / 2) * aspect / height
    below = (number.y + number.height / 2 - face.y - face.height / 2) / height
    if below <= 0.5:
        return float("inf")
    return max(float((across**2 + (below - ABOVE) ** 2) ** 0.5), 0.05)
