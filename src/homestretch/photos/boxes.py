"""The same number seen twice: at two sizes, or from nearer. What overlaps is one number, before anything
is concluded from it; counted twice, it would be its own witness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from homestretch.photos.lattice import KEPT, LONGEST
from homestretch.photos.quads import Quad, area_of, as_quad, bounds_of, in_frame, shared_area
from homestretch.photos.values import Box, SeenNumber

SAME_SHARE = 0.5
"""Overlap, as a share of the smaller place, from which two readings are of one number."""
SAME_LINE, SAME_HEIGHT = 0.6, 1.6
"""Parts of one number share so much of their height, and are at most so many times as high."""
NEAREST, FARTHEST = -0.5, 2.2
"""Between two parts of one number there are so many digits' widths."""
HIDDEN_FROM: Final = 0.3
"""From so many digits' widths on one digit is hidden there."""


def list_joined(seen: tuple[SeenNumber, ...]) -> list[SeenNumber]:
    """Numbers that a hand or a fold may have cut in two: every pair of neighbours in one line, as one."""
    joined = []
    for left in seen:
        for right in seen:
            apart = _apart(left, right)
            if apart is not None:
                joined.append(_join(left, right, apart))
    return joined


def quad_of(one: SeenNumber) -> Quad:
    """Where a number stands, as it leans."""
    if len(one.corners) != 8:
        return as_quad(one.box)
    ax, ay, bx, by, cx, cy, dx, dy = one.corners
    return (ax, ay), (bx, by), (cx, cy), (dx, dy)


def _apart(left: SeenNumber, right: SeenNumber) -> float | None:
    """Digits' widths between two parts of one line, measured along the left one; None where they are no two
    parts of one number."""
    one, other = Box(0.0, 0.0, 1.0, 1.0), in_frame(quad_of(right), quad_of(left))
    low, high = sorted((one.height, other.height))
    if one.x >= other.x or high > SAME_HEIGHT * low or len(left.text + right.text) >= LONGEST:
        return None
    shared = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    digit = (one.width + other.width) / len(left.text + right.text)
    apart = (other.x - one.x - one.width) / digit
    return apart if shared >= SAME_LINE * low and NEAREST <= apart <= FARTHEST else None


def _join(left: SeenNumber, right: SeenNumber, apart: float) -> SeenNumber:
    pairs = [(a + b, p * q) for a, p in left.strings for b, q in right.strings]
    best = sorted(pairs, key=lambda item: (-item[1], item[0]))[:KEPT]
    (top_left, _, _, low_left), (_, top_right, low_right, _) = quad_of(left), quad_of(right)
    quad = (top_left, top_right, low_right, low_left)
    box = bounds_of([*quad_of(left), *quad_of(right)])
    gap = len(left.text) if apart >= HIDDEN_FROM else 0
    corners = tuple(value for point in quad for value in point)
    margins = (left.margins[0], right.margins[1]) if left.margins and right.margins else ()
    sheet = (left.sheet[0], right.sheet[1]) if left.sheet and right.sheet else ()
    # Of one line, each stands beside the other: its digits are no words.
    beside = max(left.beside - len(right.text), right.beside - len(left.text), 0)
    return SeenNumber(box, tuple(best), gap, corners, margins, beside, sheet)


def merge_seen(seen: Iterable[SeenNumber]) -> tuple[SeenNumber, ...]:
    """Each number once, from left to right. Readings of one number are mixed by how sure and how long each
    is: a short one that is part of a longer one says less."""
    groups: list[list[SeenNumber]] = []
    for one in sorted(seen, key=_strength, reverse=True):
        for group in groups:
            if is_same_place(one, group[0]):
                group.append(one)
                break
        else:
            groups.append([one])
    merged = (_mix(group) for group in groups)
    return tuple(sorted(merged, key=lambda one: (one.box.x, one.box.y)))


def _strength(one: SeenNumber) -> float:
    return sum(p * len(text) for text, p in one.strings)


def is_same_place(one: SeenNumber, other: SeenNumber) -> bool:
    """Whether two readings are of one number. Lines that lean are compared as they lean: upright boxes around
    them overlap with the line above, which is another one."""
    if one.box.shared(other.box) <= 0:
        return False
    quad, second = quad_of(one), quad_of(other)
    smaller = min(area_of(quad), area_of(second))
    return smaller > 0 and shared_area(quad, second) >= SAME_SHARE * smaller


def _mix(group: list[SeenNumber]) -> SeenNumber:
    if len(group) == 1:
        return group[0]
    weights = [_strength(one) ** 2 for one in group]
    total = sum(weights)
    mixed: dict[str, float] = defaultdict(float)
    for one, weight in zip(group, weights, strict=True):
        for text, p in one.strings:
            mixed[text] += p * weight / total
    best = sorted(mixed.items(), key=lambda item: (-item[1], item[0]))
    gap = group[0].gap if best[0][0] == group[0].text else 0
    alike = next((one for one in group if one.text == best[0][0]), group[0])
    return SeenNumber(
        group[0].box, tuple(best[:KEPT]), gap, group[0].corners, alike.margins, group[0].beside,
        alike.sheet,
    )  # fmt: skip
