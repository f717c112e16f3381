"""The same number seen twice: at two sizes, or from nearer. What overlaps is one number, before anything
is concluded from it; counted twice, it would be its own witness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from homestretch.photos.lattice import KEPT, LONGEST
from homestretch.photos.values import Box, SeenNumber

SAME_SHARE = 0.5
"""Overlap, as a share of the smaller place, from which two readings are of one number."""
SAME_LINE, SAME_HEIGHT = 0.6, 1.6
"""Parts of one number share so much of their height, and are at most so many times as high."""
NEAREST, FARTHEST = -0.5, 2.2
"""Between two parts of one number there are so many digits' widths."""
HIDDEN_FROM: Final = 0.5
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


def _apart(left: SeenNumber, right: SeenNumber) -> float | None:
    """Digits' widths between two parts of one line; None where they are no two parts of one number."""
    one, other = left.box, right.box
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
    one, other = left.box, right.box
    top = min(one.y, other.y)
    bottom = max(one.y + one.height, other.y + other.height)
    box = Box(one.x, top, max(one.x + one.width, other.x + other.width) - one.x, bottom - top)
    return SeenNumber(box, tuple(best), len(left.text) if apart >= HIDDEN_FROM else 0)


def merge_seen(seen: Iterable[SeenNumber]) -> tuple[SeenNumber, ...]:
    """Each number once, from left to right. Readings of one number are mixed by how sure and how long each
    is: a short one that is part of a longer one says less."""
    groups: list[list[SeenNumber]] = []
    for one in sorted(seen, key=_strength, reverse=True):
        for group in groups:
            if is_same_place(one.box, group[0].box):
                group.append(one)
                break
        else:
            groups.append([one])
    merged = (_mix(group) for group in groups)
    return tuple(sorted(merged, key=lambda one: (one.box.x, one.box.y)))


def _strength(one: SeenNumber) -> float:
    return sum(p * len(text) for text, p in one.strings)


def is_same_place(one: Box, other: Box) -> bool:
    smaller = min(one.area, other.area)
    return smaller > 0 and one.shared(other) >= SAME_SHARE * smaller


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
    return SeenNumber(group[0].box, tuple(best[:KEPT]), gap)
