"""The whole clock check on one screen: two devices at one point, steps of the day, offsets since the start."""

from __future__ import annotations

from typing import Final

from homestretch.clocks.expected import INNER
from homestretch.clocks.explaining import all_beside, find_steps
from homestretch.clocks.finding import ClockFinding
from homestretch.clocks.hours import find_hours
from homestretch.clocks.offsets import find_offsets, pace_differences
from homestretch.clocks.pairs import Apart, list_apart
from homestretch.clocks.shape import Shape
from homestretch.clocks.watched import Watched, list_lines, make_sheet
from homestretch.clocks.words import say_apart, say_offset, say_step

PLAIN_STEP_S: Final = 60.0
PLAIN_OFFSET_S: Final = 600.0
"""So large, the mats around would speak against the main device if it were the wrong one."""


def check_clocks(watched: Watched, earlier: Shape | None = None) -> tuple[ClockFinding, ...]:
    """Which clocks seem wrong. What it finds is proposed; nothing is changed.

    ``earlier``: ``course_shape`` of an earlier edition, for the columns of today (``fit_shape``): it tells
    hills from clocks. The order of rows, reads and races decides nothing.
    """
    lines = list_lines(watched)
    sheet = make_sheet(watched, lines)
    offsets = find_offsets(
        sheet, earlier, only_hours=True
    )  # they spoil what the others are held to
    steps = find_hours(sheet)
    steps += find_steps(sheet, [step.point for step in steps])
    offsets += find_offsets(sheet, earlier)
    ranks = {one.point: one.rank for of_race in all_beside(sheet) for one in of_race}
    again = earlier is not None
    found = [say_step(watched, sheet, step, ranks.get(step.point, INNER)) for step in steps]
    found += [say_offset(watched, sheet, offset, again) for offset in offsets]
    for apart in list_apart(lines):
        found = _with_apart(watched, found, apart)
    return tuple(sorted(found, key=lambda one: (one.point, one.source, one.since_at or 0)))


def course_shape(watched: Watched) -> Shape:
    """What hills and measuring do to each mat: the difference of pace between its way in and its way out.
    To be kept for the next edition of the same course."""
    sheet = make_sheet(watched, list_lines(watched))
    return pace_differences(sheet, all_beside(sheet))


def _with_apart(watched: Watched, found: list[ClockFinding], apart: Apart) -> list[ClockFinding]:
    """The findings with a pair that is apart. What the pair explains of its main device stands once: the
    pair knows the size better, the other points know which device is wrong."""
    own = [one for one in found if (one.point, one.source) == (apart.line.point, apart.line.source)]
    same = [
        one
        for one in own
        if abs(one.offset_ms / 1000 - apart.size_s) <= 3 * (one.error_ms / 1000 + apart.error_s)
    ]
    if same:
        rest = [one for one in found if one not in same]
        return [*rest, say_apart(watched, apart, apart.line.source)]
    enough_s = PLAIN_STEP_S if apart.since_at is not None else PLAIN_OFFSET_S
    clear = abs(apart.size_s) > enough_s and not own
    return [*found, say_apart(watched, apart, apart.other.source if clear else None)]
