"""The course map's numbers as shapes, for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from homestretch.boards.course_map import CourseMap
from homestretch.web.drawing import Text, in_em, in_percent
from homestretch.web.labels import Anchor, width_em


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """The course from above: a path in its own units, and words over it in per cent."""

    width: float
    height: float
    path: str
    dots: tuple[tuple[str, str, bool, str], ...]
    letterings: tuple[tuple[str, tuple[Text, ...]], ...]
    sweep: tuple[str, str] | None
    lantern: tuple[str, str] | None
    lantern_hollow: bool


MARGIN = 40.0
"""units of the map around the line, so that dots and names at its edge are whole"""
MAP_EM = {"narrow": 20.0, "wide": 34.0}
MAP_EDGE_EM = 1.0
"""so far a name may reach over the drawing's edge, into the room of its card"""


def draw_map(course: CourseMap) -> MapDrawing:
    """The shapes of a course map."""
    width, height = course.width + 2 * MARGIN, course.height + 2 * MARGIN
    spots = tuple(
        (spot.name, (spot.x + MARGIN) / width, (spot.y + MARGIN) / height) for spot in course.spots
    )
    line = tuple(((x + MARGIN) / width, (y + MARGIN) / height) for x, y in course.line)
    moving = {
        name: (in_percent((spot.x + MARGIN) / width), in_percent((spot.y + MARGIN) / height))
        if spot
        else None
        for name, spot in (("sweep", course.sweep), ("lantern", course.lantern))
    }
    path = " ".join(f"{x + MARGIN:.1f},{y + MARGIN:.1f}" for x, y in course.line)
    return MapDrawing(
        width=round(width, 1),
        height=round(height, 1),
        path=f"M{path}",
        dots=tuple(
            (in_percent(x), in_percent(y), spot.hollow, name)
            for (name, x, y), spot in zip(spots, course.spots, strict=True)
        ),
        letterings=tuple(
            (shape, _name_spots(spots, line, em, em * height / width))
            for shape, em in MAP_EM.items()
        ),
        sweep=moving["sweep"],
        lantern=moving["lantern"],
        lantern_hollow=course.lantern is not None and course.lantern.hollow,
    )


_AROUND: tuple[tuple[float, float, Anchor], ...] = (
    (0.7, 0.35, "start"),
    (-0.7, 0.35, "end"),
    (0.0, -0.85, "middle"),
    (0.0, 1.55, "middle"),
)


@lru_cache(maxsize=32)
def _name_spots(
    spots: tuple[tuple[str, float, float], ...],
    line: tuple[tuple[float, float], ...],
    width: float,
    height: float,
) -> tuple[Text, ...]:
    """Names beside their dots, off the line where there is room; a name without room is left out."""
    taken = [
        (x * width - 0.4, y * height - 0.4, x * width + 0.4, y * height + 0.4) for _, x, y in spots
    ]
    road = [(x * width, y * height) for x, y in line]
    found = []
    for name, x, y in spots:
        best = None
        for dx, dy, anchor in _AROUND:
            at, wide = x * width + dx, width_em(name)
            left = at - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y * height + dy - 1.0, left + wide, y * height + dy + 0.3)
            over = (-box[0], box[2] - width, -box[1], box[3] - height)
            outside = max(over) > MAP_EDGE_EM
            if outside or any(_overlap(box, other) for other in taken):
                continue
            crossed = sum(box[0] < a < box[2] and box[1] < b < box[3] for a, b in road)
            if best is None or crossed < best[0]:
                best = (
                    crossed,
                    box,
                    Text(name, in_percent(x), in_percent(y), anchor, in_em(dx), in_em(dy)),
                )
        if best is not None:
            taken.append(best[1])
            found.append(best[2])
    return tuple(found)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
