"""Boards with a forecast: intervals that are ahead and in order, nothing of whom nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from homestretch.boards.ahead import (
    expected_at,
    find_unseen,
    is_forecast,
    last_home_between,
    positions,
    say_basis,
)
from homestretch.boards.axis import on_road
from homestretch.boards.catching import find_behind
from homestretch.boards.clearing import find_ahead, find_clearing
from homestretch.boards.frame import make_frame
from homestretch.boards.splits import list_splits
from homestretch.forecast.ahead import Looking
from homestretch.forecast.values import NEXT, Coming
from homestretch.picture import Picture
from homestretch.race.privacy import Viewer
from homestretch.state.snapshot import Mark
from tests.boards.days import Wanted, make_picture

MINUTES = (100, 190, 250, 330)


@cache
def looked_ahead(wanted: Wanted) -> Picture:
    """A day's Picture with what is forecast from it."""
    picture = make_picture(wanted)
    ahead = Looking().look(picture.event, picture.state, chase=True)
    return replace(picture, forecast=ahead.forecast, caught=ahead.caught)


@pytest.mark.parametrize("minutes", MINUTES)
def test_times_ahead_are_never_past_and_in_the_order_of_the_points(minutes: int) -> None:
    picture = looked_ahead(Wanted(minutes=minutes))
    said = 0
    for row in on_road(picture).tolist():
        ahead = [s for s in list_splits(picture, Viewer("control"), row) if s.expected_at]
        for split in ahead:
            assert split.expected_from_at is not None
            assert split.expected_until_at is not None
            assert split.expected_at is not None
            assert picture.now <= split.expected_from_at <= split.expected_at
            assert split.expected_at <= split.expected_until_at
        middles = [split.expected_at or 0 for split in ahead]
        assert middles == sorted(middles)
        said += len(ahead)
    assert said > 0


def test_a_forecast_that_is_some_seconds_old_says_nothing_that_is_past() -> None:
    picture = looked_ahead(Wanted(minutes=190))
    later = replace(picture, now=picture.now + 1_200_000)
    for row in on_road(later).tolist():
        for split in list_splits(later, Viewer("control"), row):
            assert split.expected_from_at is None or split.expected_from_at >= later.now


def test_who_is_overdue_by_the_forecast_is_drawn_where_they_were_last_and_promised_nowhere() -> (
    None
):
    picture = looked_ahead(Wanted(minutes=250))
    forecast = picture.forecast
    assert forecast is not None
    row = int(on_road(picture)[np.isnan(forecast.position_m[on_road(picture)]).argmin()])
    coming = forecast.coming.copy()
    coming[row, NEXT] = Coming.OVERDUE
    picture = replace(picture, forecast=replace(forecast, coming=coming))
    rows = np.array([row])
    assert find_unseen(picture, rows)[0]
    assert positions(picture, rows)[0] == picture.state.last_proof_m[row]
    assert all(s.expected_at is None for s in list_splits(picture, Viewer("control"), row))


@pytest.mark.parametrize("flag", ["hold", "stopped"])
def test_while_the_race_is_held_nothing_is_said_of_times_ahead(flag: str) -> None:
    picture = looked_ahead(Wanted(minutes=190, flag=flag))
    assert not make_frame(picture, Viewer()).speaks_ahead
    for row in on_road(picture).tolist():
        for point in picture.event.points:
            assert expected_at(picture, row, point.id, 1e6) is None
    assert last_home_between(picture) is None


def test_who_said_to_stop_is_not_expected() -> None:
    picture = looked_ahead(Wanted(minutes=250))
    stops = np.flatnonzero(picture.state.marks & int(Mark.SAID_TO_WITHDRAW))
    for row in stops.tolist():
        assert all(s.expected_at is None for s in list_splits(picture, Viewer("control"), row))


def test_the_last_runner_is_home_within_an_interval_that_lies_ahead() -> None:
    picture = looked_ahead(Wanted(minutes=330))
    found = last_home_between(picture)
    assert found is not None
    from_at, until_at, minutes = found
    assert picture.now <= from_at < until_at
    assert from_at <= picture.now + 60_000 * minutes <= until_at


def test_what_times_ahead_rest_on_is_said() -> None:
    picture = looked_ahead(Wanted(minutes=190))
    row = int(on_road(picture)[0])
    assert "little is known yet" in say_basis(picture, row)  # sixty people say little
    assert "constant pace" in say_basis(replace(picture, forecast=None), row)
    assert picture.forecast is not None
    learnt = tuple(5000 for _ in picture.event.races)
    known = replace(picture, forecast=replace(picture.forecast, learnt_from=learnt))
    assert "learnt from 5,000 runners ahead" in say_basis(known, row)


def test_what_a_late_buffer_brought_the_forecast_does_not_know_whatever_its_clock_says() -> None:
    """A box file of 35K is read in after the forecast was made: its reads are older than that, by their time."""
    later = looked_ahead(Wanted(minutes=190, silent=""))
    state, forecast, caught = later.state, later.forecast, later.caught
    assert forecast is not None
    assert caught is not None
    point = next(one for one in later.event.points if one.id == "35k")
    column = state.points.ids.index("35k")
    rows = on_road(later)
    late = rows[state.last_point[rows] == column]
    assert len(late)
    before = int(state.last_proof_seq[late].min()) - 1
    stale = replace(forecast, last_seq=before, coming=forecast.coming.copy())
    stale.coming[late, NEXT] = Coming.OVERDUE
    behind = caught.behind.copy()
    behind[late] = True
    picture = replace(later, forecast=stale, caught=replace(caught, last_seq=before, behind=behind))
    assert (state.last_proof_at[late] <= stale.now).all()
    assert not is_forecast(picture, late).any()
    assert not find_unseen(picture, late).any()
    assert (positions(picture, late) > 35_000.0).all()
    assert not set(late.tolist()) & set(find_behind(picture, Viewer("control")).tolist())
    ahead = find_ahead(picture, point)
    assert ahead is not None
    before_it = on_road(later)[state.last_proof_m[on_road(later)] < 35_000.0]
    assert ahead.to_come <= len(before_it)
    finish = find_clearing(picture, next(one for one in later.event.points if one.id == "finish"))
    whole = find_clearing(later, next(one for one in later.event.points if one.id == "finish"))
    assert finish is not None
    assert whole is not None
    assert abs(finish.to_come - whole.to_come) <= len(late)
    assert finish.to_come >= len(late)
