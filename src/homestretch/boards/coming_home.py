"""What one runner's page says of the way ahead as a picture: the finish as a spread of times, the pace so far."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from homestretch.boards.ahead import (
    FOUR_FIFTHS,
    NO_TELLING,
    expected_at,
    is_forecast_of,
    speaks_ahead,
)
from homestretch.boards.splits import Split
from homestretch.forecast.values import FINISH, MEDIAN, NEXT, Coming
from homestretch.picture import Picture
from homestretch.race.saying import said
from homestretch.state.snapshot import NEVER, ON_THE_ROAD

EARLIEST, HALF, LATEST = 1, (3, 5), 7
"""Of the forecast's levels: one in forty comes earlier, half of all in between, one in forty later."""
WORTH_SAYING_MS = 3 * 60_000
"""A first moment that is nearer says nothing."""


class FinishAhead(msgspec.Struct, frozen=True, kw_only=True):
    """When the runner comes to the line (UTC ms): about its middle, half and four fifths of those like them between
    two moments, 38 of 40 between the outermost."""

    about_at: int
    half: tuple[int, int]
    four_fifths: tuple[int, int]
    outermost: tuple[int, int]


class NextRead(msgspec.Struct, frozen=True):
    """The next point that hears, and the moment (UTC ms) before which hardly anybody like them is there."""

    point: str
    before_at: int


class PaceLeg(msgspec.Struct, frozen=True):
    """The pace between two reads, by metres of the own course."""

    from_m: float
    to_m: float
    pace_s_per_km: float


def find_finish(picture: Picture, row: int) -> FinishAhead | None:
    """The spread of the finish; None when nothing can be said, or nothing but a pace is known."""
    forecast = picture.forecast
    if forecast is None or not _may_say(picture, row) or not is_forecast_of(picture, row):
        return None
    levels = forecast.arrivals_at(row, FINISH)
    if levels is None or forecast.coming[row, NEXT] == Coming.OVERDUE:
        return None
    if forecast.coming[row, FINISH] not in (Coming.DUE, Coming.ANY_MINUTE):
        return None
    moments = [max(level, picture.now) for level in levels]
    return FinishAhead(
        about_at=moments[MEDIAN],
        half=(moments[HALF[0]], moments[HALF[1]]),
        four_fifths=(moments[FOUR_FIFTHS[0]], moments[FOUR_FIFTHS[1]]),
        outermost=(moments[EARLIEST], moments[LATEST]),
    )


def find_next_read(picture: Picture, row: int) -> NextRead | None:
    """Before which moment no read is expected: families who see nothing until then need not worry."""
    state, forecast = picture.state, picture.forecast
    if not _may_say(picture, row):
        return None
    if forecast is None or not is_forecast_of(picture, row):
        column = int(state.due_point[row])
        if column == NEVER:
            return None
        at_m = float(state.points.distance_m[int(state.roster.race[row]), column])
        expected = expected_at(picture, row, state.points.ids[column], at_m)
        found = None if expected is None else expected.from_at
    else:
        column = int(forecast.next_point[row])
        levels = forecast.arrivals_at(row, NEXT)
        overdue = forecast.coming[row, NEXT] == Coming.OVERDUE
        found = None if levels is None or overdue else levels[EARLIEST]
    if found is None or found - picture.now < WORTH_SAYING_MS:
        return None
    return NextRead(said("the finish") if column == NEVER else state.points.names[column], found)


def _may_say(picture: Picture, row: int) -> bool:
    state = picture.state
    return (
        state.status[row] in ON_THE_ROAD
        and speaks_ahead(picture, row)
        and not int(state.marks[row]) & NO_TELLING
    )


def list_paces(splits: Sequence[Split]) -> tuple[PaceLeg, ...]:
    """The pace of each leg between two reads, across holes too."""
    found, before_m = [], 0.0
    for split in splits:
        if split.passed_at is None:
            continue
        if split.leg_pace_s_per_km is not None and split.distance_m > before_m:
            found.append(PaceLeg(before_m, split.distance_m, split.leg_pace_s_per_km))
        before_m = split.distance_m
    return tuple(found)
