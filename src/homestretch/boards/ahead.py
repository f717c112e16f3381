"""What may be said of times ahead: the forecast, or constant pace until it is made; nothing while the event
is stopped, and nothing of whom a point has not read although they were clearly due there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from homestretch.boards.words import say_count
from homestretch.forecast.last import last_within
from homestretch.forecast.values import FINISH, MEDIAN, NEXT, Caught, Coming, Forecast
from homestretch.picture import Picture
from homestretch.race.saying import joined, said
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, Bools, Floats, Ints, Mark, Status
from homestretch.state.where import GONE_MS, GONE_SHARE

SPREAD = 0.05
SPREAD_MS = 60_000
LATE_MS = 5 * 60_000
"""somebody who waits that long before a mat has stopped, or the mat missed them: nothing is promised"""
UNSEEN_SHARE, UNSEEN_MS = 0.2, LATE_MS
"""Clearly due: later by five minutes and a fifth of the way. In rehearsed days a mat has missed nine of
ten of these, and one of fifty comes after all."""
LAST_SPREAD = 0.15
"""of the time that is left until the last runner is home, on both sides"""
LAST_M = 1_000.0
"""from there on the pace of the whole way says something"""

FEW_AHEAD = 200
"""runners from whom a course is learnt well enough to say so"""
FOUR_FIFTHS = (2, 6)
"""between these ``LEVELS`` of the forecast four of five come"""

NO_TELLING = int(Mark.OVERDUE | Mark.SAID_TO_WITHDRAW)


class Expected(NamedTuple):
    """When somebody comes to a place: an interval and about its middle (UTC ms). ``soon``: so soon, or so late
    already, that minutes say nothing."""

    from_at: int
    until_at: int
    about_at: int
    soon: bool = False


def speaks_ahead(picture: Picture, row: int) -> bool:
    """Whether boards may speak of times ahead of an entrant: not while the race is stopped, on hold or
    delayed."""
    return not picture.state.quiet[picture.state.roster.race[row]]


def is_forecast(picture: Picture, rows: Ints) -> Bools:
    """(rows,) whose newest proof of life the forecast knows. It is made beside the fold: for a moment after a
    read, longer on a busy computer, it speaks of where somebody was before."""
    return _is_known_to(picture, picture.forecast, rows)


def is_caught_known(picture: Picture, rows: Ints) -> Bools:
    """(rows,) of whom the chase by the sweep knows the newest proof of life."""
    return _is_known_to(picture, picture.caught, rows)


def _is_known_to(picture: Picture, made: Forecast | Caught | None, rows: Ints) -> Bools:
    """By the time of the proof, and by its place in the log: a read of a box file or of a phone that comes back
    from no signal is older than what was made without it."""
    if made is None:
        return np.zeros(len(rows), np.bool_)
    state = picture.state
    known: Bools = state.last_proof_at[rows] <= made.now
    known &= state.last_proof_seq[rows] <= made.last_seq
    return known


def is_forecast_of(picture: Picture, row: int) -> bool:
    """The same of one entrant."""
    return bool(is_forecast(picture, np.array([row]))[0])


def find_unseen(picture: Picture, rows: Ints) -> Bools:
    """(rows,) on the road, and clearly due at a point that has not read them: by the forecast when 99 of 100
    would have come."""
    late = _is_late(picture, rows, UNSEEN_SHARE, UNSEEN_MS)
    if picture.forecast is None:
        return late
    overdue: Bools = picture.forecast.coming[rows, NEXT] == Coming.OVERDUE
    due: Bools = overdue & (picture.state.due_at[rows] != NEVER) & ~_stays(picture, rows)
    return np.where(is_forecast(picture, rows), due, late)


def find_gone(picture: Picture, rows: Ints) -> Bools:
    """(rows,) on the road, and so late at their next point that nobody expects them there any more."""
    gone: Bools = _is_late(picture, rows, GONE_SHARE, GONE_MS) & find_unseen(picture, rows)
    return gone


def _stays(picture: Picture, rows: Ints) -> Bools:
    """(rows,) said to stop, or of whom nothing is said of times ahead."""
    state = picture.state
    stop = (state.marks[rows] & int(Mark.SAID_TO_WITHDRAW)) != 0
    stays: Bools = stop | state.quiet[state.roster.race[rows]]
    return stays


def _is_late(picture: Picture, rows: Ints, share: float, more_ms: int) -> Bools:
    state = picture.state
    due_at, since = state.due_at[rows], state.last_proof_at[rows]
    late = picture.now - due_at > share * (due_at - since) + more_ms
    found: Bools = late & (due_at != NEVER) & ~_stays(picture, rows)
    return found


def positions(picture: Picture, rows: Ints) -> Floats:
    """(rows,) metres along the own course: now; at the last proof of who is unseen and while nothing is said
    of times ahead. NaN where unknown."""
    state = picture.state
    along = state.position_m[rows]
    if picture.forecast is not None:
        forecast = picture.forecast.position_m[rows]
        unsaid = np.isnan(forecast) | np.isnan(along) | ~is_forecast(picture, rows)
        along = np.where(unsaid, along, forecast)
    stay = state.quiet[state.roster.race[rows]] | find_unseen(picture, rows)
    return np.where(stay & ~np.isnan(along), state.last_proof_m[rows], along)


def expected_at(picture: Picture, row: int, point: str, at_m: float) -> Expected | None:
    """When the entrant reaches a point, ``at_m`` along the own course.

    None when nobody can say: not on the road, overdue, about to stop, waiting before a mat, or the race is
    stopped.
    """
    forecast = picture.forecast
    if not _may_say(picture, row):
        return None
    if forecast is None or not is_forecast_of(picture, row):
        return _at_constant_pace(picture, row, at_m)
    return (
        _from_forecast(picture, row, forecast.places.index(point))
        if point in forecast.places
        else None
    )


def expected_home(picture: Picture, row: int) -> Expected | None:
    """When the entrant comes to the end of the own course; None when nobody can say."""
    if not _may_say(picture, row):
        return None
    if is_forecast_of(picture, row):
        return _from_forecast(picture, row, FINISH)
    return _at_constant_pace(picture, row, float(end_m(picture, np.array([row]))[0]))


def _may_say(picture: Picture, row: int) -> bool:
    return speaks_ahead(picture, row) and not int(picture.state.marks[row]) & NO_TELLING


def _from_forecast(picture: Picture, row: int, place: int) -> Expected | None:
    forecast = picture.forecast
    assert forecast is not None  # asked for only with a forecast
    arrivals = forecast.arrivals_at(row, place)
    if arrivals is None or forecast.coming[row, NEXT] == Coming.OVERDUE:
        return None
    if forecast.coming[row, place] not in (Coming.DUE, Coming.ANY_MINUTE):
        return None
    early, late = (max(arrivals[level], picture.now) for level in FOUR_FIFTHS)
    soon = bool(forecast.coming[row, place] == Coming.ANY_MINUTE)
    return Expected(early, late, max(arrivals[MEDIAN], picture.now), soon)


def say_basis(picture: Picture, row: int) -> str:
    """What the times ahead of an entrant rest on, in a sentence."""
    forecast = picture.forecast
    if forecast is None:
        return said("Times ahead are at constant pace until the forecast is made.")
    learnt = forecast.learnt_from[int(picture.state.roster.race[row])]
    known = (
        said(
            "Four of five come within the times ahead; this course and day are learnt from {count}"
            " runners ahead.",
            count=say_count(learnt),
        )
        if learnt >= FEW_AHEAD
        else said(
            "Four of five come within the times ahead; of this course and day little is known yet,"
            " so they are wide."
        )
    )
    rare = said("For a race like this one they are borrowed from marathons.")
    return joined((known, rare), " ") if forecast.borrowed[row] else known


def _at_constant_pace(picture: Picture, row: int, at_m: float) -> Expected | None:
    state = picture.state
    position_m, pace = float(state.position_m[row]), float(state.pace_s_per_km[row])
    if np.isnan(position_m) or np.isnan(pace) or position_m > at_m:
        return None
    if picture.now - int(state.due_at[row]) > LATE_MS:
        return None
    left_ms = (at_m - position_m) * pace
    early = picture.now + left_ms * (1 - SPREAD)
    late = picture.now + left_ms * (1 + SPREAD) + SPREAD_MS
    return Expected(int(early), int(late), int(picture.now + left_ms))


def last_home_between(picture: Picture) -> tuple[int, int, float] | None:
    """When the last runner who is still expected comes home: an interval (UTC ms), and the minutes to its
    middle. None while nobody can say.

    Of everybody on the road, not of one person. Without a forecast each at the pace of the last leg and at
    that of the whole way, whichever is sooner and whichever is later: who is last in either sense gives the ends.
    """
    state = picture.state
    runs = (state.status == Status.STARTED) & state.roster.competes & ~np.isnan(state.position_m)
    rows = np.flatnonzero(runs & ((state.marks & NO_TELLING) == 0))
    rows = rows[~find_gone(picture, rows)]
    if not len(rows) or state.quiet[state.roster.race[rows]].any():
        return None
    known = is_forecast(picture, rows)
    parts = (
        _last_forecast(picture, rows[known]) if known.any() else None,
        _last_by_pace(picture, rows[~known]) if not known.all() else None,
    )
    ends = [part for part in parts if part is not None]
    if not ends:
        return None
    early, late, about = (max(values) for values in zip(*ends, strict=True))
    return int(early), int(late), about


def _last_by_pace(picture: Picture, rows: Ints) -> tuple[int, int, float]:
    state = picture.state
    left_m = end_m(picture, rows) - state.position_m[rows]
    last, whole = state.pace_s_per_km[rows], _whole_pace(picture, rows)
    early_ms = float((left_m * np.minimum(last, whole)).max())
    late_ms = float((left_m * np.maximum(last, whole)).max())
    from_at = picture.now + early_ms * (1 - LAST_SPREAD)
    until_at = picture.now + late_ms * (1 + LAST_SPREAD) + SPREAD_MS
    return int(from_at), int(until_at), (early_ms + late_ms) / 2 / 60_000


def _last_forecast(picture: Picture, rows: Ints) -> tuple[int, int, float] | None:
    assert picture.forecast is not None
    found = last_within(picture.forecast, FINISH, rows, (0.1, 0.5, 0.9))
    if found is None:
        return None
    early, about, late = (max(picture.now, picture.forecast.now + 1000 * s) for s in found)
    return early, late, (about - picture.now) / 60_000


def first_home_at(picture: Picture, rows: Ints) -> int | None:
    """About when the first of these comes home (UTC ms); None when nobody can say, as before the first point
    behind the start."""
    state = picture.state
    runs = state.roster.competes[rows] & ~np.isnan(state.position_m[rows])
    runs &= ((state.marks[rows] & NO_TELLING) == 0) & ~find_unseen(picture, rows)
    runs &= ~state.quiet[state.roster.race[rows]] & (state.last_proof_m[rows] > LAST_M)
    rows = rows[runs]
    if not len(rows):
        return None
    left_ms = (end_m(picture, rows) - state.position_m[rows]) * state.pace_s_per_km[rows]
    home_at = picture.now + left_ms
    if picture.forecast is not None:
        in_s = picture.forecast.in_s[rows, FINISH, MEDIAN].astype(np.float64)
        forecast_at = np.maximum(picture.now, picture.forecast.now + 1000 * in_s)
        known = is_forecast(picture, rows)
        if (in_s[known] >= 0).any():
            forecast_at[in_s < 0] = np.inf
            home_at = np.where(known, forecast_at, home_at)
    return int(home_at.min())


def is_running(picture: Picture, of_race: Bools) -> bool:
    """Whether somebody of a race (entrants as a mask) is on the road or still to start."""
    state = picture.state
    out = np.isin(state.status, ON_THE_ROAD)
    waits = (state.status == Status.ENTERED) & (state.roster.gun_at > picture.now)
    return bool((of_race & (out | waits)).any())


def _whole_pace(picture: Picture, rows: Ints) -> Floats:
    """(rows,) seconds a km from the own start to the last proof; that of the last leg near the start."""
    state = picture.state
    run_m, run_ms = state.last_proof_m[rows], state.last_proof_at[rows] - state.start_at[rows]
    known = (run_m > LAST_M) & (run_ms > 0)
    return np.where(known, run_ms / np.where(known, run_m, 1.0), state.pace_s_per_km[rows])


def end_m(picture: Picture, rows: Ints) -> Floats:
    """(rows,) metres of the end of the own course: of the race, or of the relay leg."""
    roster = picture.state.roster
    race, column = roster.race[rows], roster.end_point[rows]
    length = np.array([race.distance_m for race in picture.event.races])[race]
    there = picture.state.points.distance_m[race, np.maximum(column, 0)]
    return np.where(column >= 0, there, length)


def find_next_start(picture: Picture) -> tuple[bool, int | None]:
    """Whether somebody is still to start, and the next gun (UTC ms; None while a start is delayed)."""
    state = picture.state
    waits = state.status == Status.ENTERED
    delayed = [flag.races for flag in state.flags if flag.state == "delayed"]
    held = {
        number
        for number, race in enumerate(picture.event.races)
        if any(not races or race.id in races for races in delayed)
    }
    of_held = np.isin(state.roster.race, list(held))
    guns = state.roster.gun_at[waits & ~of_held]
    guns = guns[guns > picture.now]
    if len(guns):
        return True, int(guns.min())
    return bool((waits & of_held).any()), None
