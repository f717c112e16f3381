"""What sentences stand on: each measure takes rows and columns of the state and gives a number with its unit, or a
name, and the log positions of the reads behind it. The checker takes every one of them again."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import numpy as np

from homestretch.picture import Picture
from homestretch.sharing import once_a_picture
from homestretch.state.snapshot import FINISHERS, NEVER, Ints
from homestretch.stories.gate import shown_in_story
from homestretch.stories.values import Measured, Stand


def who(picture: Picture, row: int) -> Measured:
    """An entrant, as the public sees them."""
    return Measured(row, "name", shown_in_story(picture, row).name)


def club(picture: Picture, row: int) -> Measured:
    """The club of an entrant, as the public sees it."""
    return Measured(row, "name", shown_in_story(picture, row).club)


def point(picture: Picture, column: int) -> Measured:
    """A timing point."""
    return Measured(column, "name", picture.state.points.names[column])


def race(picture: Picture, position: int) -> Measured:
    """A race."""
    return Measured(position, "name", picture.event.races[position].name)


def passed(picture: Picture, row: int, column: int) -> Measured:
    """When somebody passed a point, UTC ms."""
    return Measured(
        float(picture.state.passed_at[row, column]), "clock", "", _seqs(picture, [row], [column])
    )


def apart(picture: Picture, one: int, other: int, column: int) -> Measured:
    """Seconds between two at a point."""
    return furthest(picture, one, other, column)


def furthest(picture: Picture, one: int, other: int, *columns: int) -> Measured:
    """The most seconds between two at some points."""
    at = picture.state.passed_at
    gaps = [abs(int(at[one, c]) - int(at[other, c])) / 1000.0 for c in columns]
    return Measured(max(gaps, default=nan), "s", "", _seqs(picture, [one, other], list(columns)))


def span(picture: Picture, column: int, *rows: int) -> Measured:
    """Seconds from the first to the last of some people at a point."""
    times = picture.state.passed_at[list(rows), column]
    return Measured(
        float(times.max() - times.min()) / 1000.0, "s", "", _seqs(picture, list(rows), [column])
    )


def before_sweep(picture: Picture, row: int, column: int) -> Measured:
    """Seconds at a point before the sweep car was due there by its plan; negative behind it. Taken between the whole
    seconds that clocks show, so that a reader who subtracts one time from the other finds the same."""
    due_s, passed_s = (
        int(at) // 1000 for at in (sweep_due(picture)[column], picture.state.passed_at[row, column])
    )
    return Measured(float(due_s - passed_s), "s", "", _seqs(picture, [row], [column]))


def behind_sweep(picture: Picture, row: int, column: int) -> Measured:
    """Seconds at a point after the sweep car was due there by its plan."""
    found = before_sweep(picture, row, column)
    return Measured(-found.value, "s", "", found.seqs)


def sweep_time(picture: Picture, column: int) -> Measured:
    """When the sweep car was due at a point by its plan, UTC ms."""
    return Measured(float(sweep_due(picture)[column]), "clock")


def closing_time(picture: Picture, position: int, column: int) -> Measured:
    """When a point closed for a race, UTC ms."""
    return Measured(float(picture.state.points.cutoff_at[position, column]), "clock")


def after_closing(picture: Picture, row: int, column: int) -> Measured:
    """Seconds, between those that clocks show, from when a point closed for somebody's race to their read there."""
    closed_at = picture.state.points.cutoff_at[int(picture.state.roster.race[row]), column]
    passed_at = picture.state.passed_at[row, column]
    late_s = int(passed_at) // 1000 - int(closed_at) // 1000
    return Measured(float(late_s), "s", "", _seqs(picture, [row], [column]))


def net(picture: Picture, row: int) -> Measured:
    """From the own start to the finish, ms."""
    roster = picture.state.roster
    ends = [int(c) for c in (roster.start_point[row], roster.end_point[row]) if c != NEVER]
    return Measured(float(picture.state.net_ms[row]), "elapsed", "", _seqs(picture, [row], ends))


def home(picture: Picture, row: int) -> Measured:
    """The how-manieth of the race somebody came home, by the clock at the line."""
    return Measured(float(home_order(picture)[row]), "count", "", _at_end(picture, row))


def finishers(picture: Picture, position: int) -> Measured:
    """How many of a race have come home."""
    state = picture.state
    home_now = np.isin(state.status, FINISHERS) & (state.roster.race == position)
    return Measured(float(np.count_nonzero(home_now)), "count")


def order_at(picture: Picture, row: int, column: int) -> Measured:
    """The how-manieth of the finishers of their race somebody passed a point."""
    return Measured(
        float(orders_at(picture, row, column)), "count", "", _seqs(picture, [row], [column])
    )


def read_at(picture: Picture, position: int, column: int) -> Measured:
    """How many of a race's finishers were read at a point."""
    return Measured(float(len(times_at(picture, position, column))), "count")


def overtaken(picture: Picture, row: int, column: int) -> Measured:
    """How many of the finishers who were read there passed a point before somebody and the finish after them."""
    state = picture.state
    mates = np.isin(state.status, FINISHERS) & (state.roster.race == state.roster.race[row])
    earlier = (
        mates
        & (state.passed_at[:, column] >= 0)
        & (state.passed_at[:, column] < state.passed_at[row, column])
    )
    later = state.finish_at > state.finish_at[row]
    count = np.count_nonzero(earlier & later)
    return Measured(
        float(count), "count", "", (*_seqs(picture, [row], [column]), *_at_end(picture, row))
    )


def pace(picture: Picture, row: int, start: int, end: int) -> Measured:
    """Seconds a km between two points."""
    state = picture.state
    metres = state.points.distance_m[int(state.roster.race[row])]
    took_ms = int(state.passed_at[row, end]) - int(state.passed_at[row, start])
    found = took_ms / float(metres[end] - metres[start])
    return Measured(round(found, 6), "pace", "", _seqs(picture, [row], [start, end]))


def points_read(picture: Picture, one: int, other: int, *columns: int) -> Measured:
    """How many of these points read both of two (or one of them, named twice)."""
    at = picture.state.passed_at
    read = [c for c in columns if at[one, c] != NEVER and at[other, c] != NEVER]
    people = list(dict.fromkeys((one, other)))
    return Measured(float(len(read)), "count", "", _seqs(picture, people, read))


def first(picture: Picture, row: int) -> Measured:
    """An entrant who said at entry that it is their first marathon; no name for anybody else."""
    person = picture.names.persons.get(picture.state.roster.entrants[row])
    said = person is not None and person.first_marathon
    return Measured(row, "name", shown_in_story(picture, row).name if said else "")


def how_many(_picture: Picture, *rows: int) -> Measured:
    """How many people these are."""
    return Measured(float(len(rows)), "count")


def take(picture: Picture, measure: str, *of: int) -> Stand:
    """What a sentence stands on, measured now."""
    return Stand(measure, of, MEASURES[measure](picture, *of))


@once_a_picture
def sweep_due(picture: Picture) -> Ints:
    """(m,) UTC ms at which the sweep car was due at each mat by its plan, NEVER where it does not come."""
    sweep, points = picture.event.sweep, picture.state.points
    due = np.full(len(points.ids), NEVER, np.int64)
    if sweep is None:
        return due
    metres = points.distance_m[[race.id for race in picture.event.races].index(sweep.race)]
    on_way = ~np.isnan(metres)
    due[on_way] = np.round(sweep.start_at + metres[on_way] * sweep.pace_s_per_km).astype(np.int64)
    return due


def swept_races(picture: Picture) -> tuple[int, ...]:
    """The race behind which the sweep car drives, if there is one: for others it means nothing."""
    sweep = picture.event.sweep
    return tuple(at for at, one in enumerate(picture.event.races) if sweep and one.id == sweep.race)


@once_a_picture
def home_order(picture: Picture) -> Ints:
    """(n,) from 1: the order of the race's finishers at the line by the clock, 0 for who is not home."""
    state = picture.state
    order = np.zeros(len(state.status), np.int64)
    for position in range(len(picture.event.races)):
        rows = np.flatnonzero(np.isin(state.status, FINISHERS) & (state.roster.race == position))
        order[rows[np.argsort(state.finish_at[rows], kind="stable")]] = np.arange(1, len(rows) + 1)
    return order


def times_at(picture: Picture, position: int, column: int) -> Ints:
    """When the finishers of a race passed a point, ascending."""
    state = picture.state
    mates = np.isin(state.status, FINISHERS) & (state.roster.race == position)
    times = state.passed_at[mates, column]
    return np.sort(times[times >= 0])


def orders_at(picture: Picture, row: int, column: int) -> int:
    """The how-manieth of the race's finishers a row passed a point, from 1; who passed together share it."""
    state = picture.state
    times = times_at(picture, int(state.roster.race[row]), column)
    return int(np.searchsorted(times, int(state.passed_at[row, column]))) + 1


def _seqs(picture: Picture, rows: list[int], columns: list[int]) -> tuple[int, ...]:
    evidence = picture.state.evidence
    return tuple(
        int(evidence[row, c]) for row in rows for c in columns if evidence[row, c] != NEVER
    )


def _at_end(picture: Picture, row: int) -> tuple[int, ...]:
    end = int(picture.state.roster.end_point[row])
    return () if end == NEVER else _seqs(picture, [row], [end])


MEASURES: dict[str, Callable[..., Measured]] = {
    measure.__name__: measure
    for measure in (
        who, club, point, race, passed, apart, furthest, span, before_sweep, behind_sweep, sweep_time, closing_time,
        after_closing, net, home, finishers, order_at, read_at, overtaken, pace, points_read, how_many, first,
    )
}  # fmt: skip
"""By name, as a stand names them."""
