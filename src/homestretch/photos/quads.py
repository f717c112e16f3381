"""Places of lines of text that lean: four corners, and what two of them share.

All in shares of a picture's width and height. Shares of areas and places within another's frame are the same
in pixels: both are kept by any affine change.
"""

from __future__ import annotations

from typing import TypeAlias

from homestretch.photos.values import Box

Point: TypeAlias = tuple[float, float]
Quad: TypeAlias = tuple[Point, Point, Point, Point]
"""Clockwise from where the text begins at the top."""


def as_quad(box: Box) -> Quad:
    """A place that does not lean."""
    right, bottom = box.x + box.width, box.y + box.height
    return (box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)


def bounds_of(points: list[Point] | Quad) -> Box:
    """The upright place around these points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def area_of(points: list[Point] | Quad) -> float:
    """Area of a polygon (the shoelace formula), 0 for fewer than three points."""
    following = [*points[1:], *points[:1]]
    pairs = zip(points, following, strict=True)
    twice: float = sum(x * v - u * y for (x, y), (u, v) in pairs)
    return abs(twice) / 2


def shared_area(one: Quad, other: Quad) -> float:
    """Area that two convex places share (Sutherland and Hodgman 1974: one is cut along each edge of the other)."""
    left: list[Point] = list(one)
    for begin, end in zip(other, [*other[1:], other[0]], strict=True):
        left = _cut(left, begin, end)
    return area_of(left)


def in_frame(quad: Quad, frame: Quad) -> Box:
    """Where a place lies as seen along another line of text: that one is from 0 to 1 in both directions."""
    (x, y), (right_x, right_y), _, (down_x, down_y) = frame
    along, down = (right_x - x, right_y - y), (down_x - x, down_y - y)
    size = along[0] * down[1] - along[1] * down[0] or 1e-12
    return bounds_of([
        (((u - x) * down[1] - (v - y) * down[0]) / size,
         ((v - y) * along[0] - (u - x) * along[1]) / size)
        for u, v in quad
    ])  # fmt: skip


def _cut(points: list[Point], begin: Point, end: Point) -> list[Point]:
    """What of a polygon lies at the right of a line; down is positive, so that is the inside."""
    kept: list[Point] = []
    for one, other in zip(points, [*points[1:], *points[:1]], strict=True):
        a, b = _side(one, begin, end), _side(other, begin, end)
        if a >= 0:
            kept.append(one)
        if (a > 0 > b) or (a < 0 < b):
            share = a / (a - b)
            kept.append(
                (one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1]))
            )
    return kept


def _side(point: Point, begin: Point, end: Point) -> float:
    return (end[0] - begin[0]) * (point[1] - begin[1]) - (end[1] - begin[1]) * (point[0] - begin[0])
