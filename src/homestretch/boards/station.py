"""A point of the course, for a cheer station to hang on a wall: how many come when, who is next, and when it
may close; for its crew, who needs us most. In public nobody is called alone, slow or walking, and no long list
says who is where."""

from __future__ import annotations

import msgspec
import numpy as np

from homestretch.boards import EVERYBODY, Board, BoardKind, Text
from homestretch.boards.ahead import NO_TELLING, Expected, expected_at, is_forecast
from homestretch.boards.clearing import (
    MINUTE_MS,
    MINUTES,
    Clearing,
    find_ahead,
    find_clearing,
    is_quiet,
    on_the_way,
)
from homestretch.boards.crew import (
    Comers,
    Crew,
    CrewChoices,
    Post,
    is_own,
    make_crew,
    make_post,
)
from homestretch.boards.entering import EntryForm, Notice, list_entry_forms
from homestretch.boards.frame import make_frame
from homestretch.boards.needing import NeedRow, list_needs
from homestretch.boards.picturing import Staying, find_staying
from homestretch.boards.together import Together, list_together
from homestretch.boards.words import say_count, say_holding
from homestretch.errors import NotFound
from homestretch.forecast.stations import StationAhead
from homestretch.forecast.values import MEDIAN, NEXT, Coming
from homestretch.picture import Picture
from homestretch.race.event import Point
from homestretch.race.privacy import Role, Shown, Viewer
from homestretch.race.saying import joined, said
from homestretch.showing import shown
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools

NEXT_PEOPLE, NEEDY = 20, 10
NEXT_IN_PUBLIC = 5
CREW: frozenset[Role] = frozenset(("station", "control", "director", "medical"))
"""who is told of everybody who comes, and who needs us most"""
PICTURING: frozenset[Role] = CREW | {"photographer"}
"""who is told how many have no picture yet, and until when to stay for them"""
SPANS = ((0, 10, said("in the next 10 minutes")), (10, 20, said("in the 10 after that")), (20, 30, said("in the 10 after those")))  # fmt: skip
FEW = 0.5


class StationChoices(CrewChoices, frozen=True, kw_only=True):
    """``point``: which point of the plan, by its id."""

    point: Text


class Arrivals(msgspec.Struct, frozen=True):
    """Expected arrivals in each of the next minutes, from ``from_at`` (UTC ms) on, and in words. ``somebody``:
    anybody is expected in them."""

    from_at: int
    per_minute: tuple[float, ...]
    words: str
    somebody: bool


class NextRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who comes next: between two moments (UTC ms) in four cases of five, or any minute now."""

    who: Shown
    race: str
    any_minute: bool
    from_at: int
    until_at: int
    together: tuple[Together, ...]
    """who is beside them, when both agreed"""


class StationBoard(Board, frozen=True, kw_only=True):
    """``silent`` says why nothing is said of times, empty otherwise; ``on_the_road`` counts who is on the road
    before this point by what has been seen of them, whoever may come of these. ``clearing`` has the numbers
    behind "when may we close". ``staying`` is for staff who take pictures, ``crew`` is for its crew, ``post`` and ``forms`` for the point's own key."""

    point: str
    name: str
    distances_m: tuple[tuple[str, float], ...]
    silent: str
    on_the_road: int
    arrivals: Arrivals | None
    clearing: Clearing | None
    next: tuple[NextRow, ...]
    needs: tuple[NeedRow, ...]
    crew: Crew | None = None
    post: Post | None = None
    forms: tuple[EntryForm, ...] = ()
    notice: Notice | None = None
    staying: Staying | None = None


def rows(picture: Picture, viewer: Viewer, choices: StationChoices) -> StationBoard:
    """The board of a point; NotFound for one that the plan does not have."""
    point = picture.event.find_point(choices.point)
    if point is None:
        known = ", ".join(one.id for one in picture.event.points)
        raise NotFound(
            said("There is no point {point}.", point=repr(choices.point)),
            said("The points are: {points}.", points=known),
        )
    silent = _say_silent(picture, point)
    ahead = None if silent else find_ahead(picture, point)
    coming = Comers(np.zeros(0, np.int64), 0) if ahead is None else _find_coming(picture, point)
    among_us = viewer.role in CREW and not choices.wall  # a wall is read by whoever passes
    most = NEXT_PEOPLE if among_us else NEXT_IN_PUBLIC
    own = is_own(viewer, point.id) and not choices.wall
    return StationBoard(
        frame=make_frame(picture, viewer),
        point=point.id,
        name=point.name,
        distances_m=tuple(point.distance_m.items()),
        silent=silent,
        on_the_road=int(_before(picture, point).sum()),
        arrivals=None if ahead is None else _arrivals(picture, ahead),
        clearing=None if ahead is None else find_clearing(picture, point, ahead),
        next=tuple(_next(picture, viewer, point, row) for row in coming.rows[:most].tolist()),
        needs=list_needs(picture, viewer, coming.near, NEEDY) if among_us else (),
        crew=make_crew(picture, viewer, point, coming, choices) if among_us else None,
        post=make_post(picture, viewer, point) if own else None,
        forms=list_entry_forms(picture, viewer, "station") if own else (),
        staying=_find_staying(picture, viewer, point) if not (silent or choices.wall) else None,
    )


def _find_staying(picture: Picture, viewer: Viewer, point: Point) -> Staying | None:
    """For staff, and once there are pictures of the day at all."""
    if viewer.role not in PICTURING or not picture.state.photos:
        return None
    return find_staying(picture, point)


def _say_silent(picture: Picture, point: Point) -> str:
    if picture.state.over:
        return said("Nobody is on the road any more.")
    if is_quiet(picture, point):
        why = say_holding([flag.state for flag in picture.state.flags])
        return said("Nothing is said of times {why}.", why=why)
    if picture.forecast is None or point.id not in picture.forecast.places[2:]:
        return said("The forecast is being made. It appears here by itself.")
    return ""


def _before(picture: Picture, point: Point) -> Bools:
    """(n,) on the road, and last seen before this point of the own course."""
    state = picture.state
    metres = np.array([point.distance_m.get(race.id, -np.inf) for race in picture.event.races])
    seen_m = np.nan_to_num(state.last_proof_m)
    found: Bools = np.isin(state.status, ON_THE_ROAD) & (seen_m < metres[state.roster.race])
    return found


def _place(picture: Picture, point: Point) -> int:
    assert picture.forecast is not None  # asked for only with a forecast
    return 2 + picture.forecast.places[2:].index(point.id)


def _find_coming(picture: Picture, point: Point) -> Comers:
    """Those who are expected here, in the order in which they are shown to come: by the middle of their arrivals,
    of who was read since the forecast by their pace."""
    forecast, place = picture.forecast, _place(picture, point)
    assert forecast is not None
    expected = np.isin(forecast.coming[:, place], (Coming.DUE, Coming.ANY_MINUTE))
    expected &= forecast.coming[:, NEXT] != Coming.OVERDUE
    expected |= ~is_forecast(picture, np.arange(len(expected)))
    expected &= (picture.state.marks & NO_TELLING) == 0
    found = np.flatnonzero(expected & on_the_way(picture) & _before(picture, point))
    about_at = forecast.now + 1000.0 * forecast.in_s[found, place, MEDIAN]
    for at in np.flatnonzero(~is_forecast(picture, found)).tolist():
        by_pace = _expected(picture, point, int(found[at]))
        about_at[at] = np.nan if by_pace is None else by_pace.about_at
    known = ~np.isnan(about_at)
    found, about_at = found[known], about_at[known]
    in_time = int((about_at <= picture.now + MINUTES * MINUTE_MS).sum())
    return Comers(found[np.lexsort((found, about_at))], in_time)


def _expected(picture: Picture, point: Point, row: int) -> Expected | None:
    race = picture.event.races[int(picture.state.roster.race[row])]
    return expected_at(picture, row, point.id, point.distance_m[race.id])


def _next(picture: Picture, viewer: Viewer, point: Point, row: int) -> NextRow:
    race = picture.event.races[int(picture.state.roster.race[row])]
    expected = _expected(picture, point, row)
    assert expected is not None  # they are among those who come
    return NextRow(
        who=shown(picture, viewer, row),
        race=race.name,
        any_minute=expected.soon,
        from_at=expected.from_at,
        until_at=expected.until_at,
        together=tuple(one for one in list_together(picture, viewer, row) if one.still),
    )


def _arrivals(picture: Picture, ahead: StationAhead) -> Arrivals:
    assert picture.forecast is not None
    per_minute = tuple(round(float(count), 2) for count in ahead.per_minute[:MINUTES])
    sums = [(sum(per_minute[start:end]), words) for start, end, words in SPANS]
    somebody = sum(count for count, _ in sums) >= FEW
    if not somebody:
        words = said("Nobody is expected in the next 30 minutes.")
    else:
        parts = [joined((_say_expected(count), when), " ") for count, when in sums]
        words = said("Expected: {parts}.", parts=joined(parts, ", "))
    return Arrivals(picture.forecast.now, per_minute, words, somebody)


def _say_expected(count: float) -> str:
    if count < FEW:
        return said("nobody")
    return said("about {count}", count=say_count(round(count)))


def pulse(picture: Picture, choices: StationChoices) -> object:
    """Control said something, somebody passed this point, or somebody there said or asked something."""
    points = picture.state.points
    column = points.ids.index(choices.point) if choices.point in points.ids else NEVER
    passed = None if column == NEVER else int(points.passed[column])
    said = [one for one in picture.state.entries if one.place == choices.point]
    calls = [one for one in picture.state.calls if one.place == choices.point]
    return picture.state.flags, passed, said, calls


BOARD = BoardKind(
    pulse=pulse,
    name="station",
    path="/{event}/stations/{point}",
    who=EVERYBODY,
    choices=StationChoices,
    rows=rows,
    template="station.html",
)
