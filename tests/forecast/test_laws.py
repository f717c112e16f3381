"""The laws of the forecast, on made-up fields."""

from __future__ import annotations

import dataclasses
import pickle
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.forecast.forecaster import Forecaster
from homestretch.forecast.values import FINISH, NEXT, Caught, Coming, Forecast
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, ON_THE_ROAD, State
from homestretch.store.memory import MemoryLog
from tests.forecast.fields import GUN, MATS_M, a_field
from tests.state.days import Day, a_sweep

lawful = settings(max_examples=10, deadline=None)
moments = st.integers(GUN, GUN + 8 * 3_600_000)
STATIONS = ("cheer", "30k")


@cache
def state_at(now: int) -> State:
    return a_field().state(now)


@cache
def forecast_at(now: int) -> Forecast:
    return Forecaster(a_field().event, stations=STATIONS).make(state_at(now))


def same(one: Forecast | Caught, other: Forecast | Caught) -> list[str]:
    """Names of the columns that differ."""
    names = [field.name for field in dataclasses.fields(one) if field.name != "last_seq"]
    return [
        name
        for name in names
        if not np.array_equal(
            np.asarray(getattr(one, name)),
            np.asarray(getattr(other, name)),
            equal_nan=name not in ("places", "coming"),
        )
    ]


@cache
def as_issued() -> dict[int, Forecast]:
    """Forecasts of one forecaster along the whole day, from one log that grows as facts arrive."""
    field = a_field()
    items = sorted(field.day.items, key=lambda item: item.received_at)
    log, columns = MemoryLog(), Columns()
    fold, forecaster = Fold(columns), Forecaster(field.event, stations=STATIONS)
    issued, first = {}, 0
    for now in range(GUN, GUN + 7 * 3_600_000, 1_000_000):
        last = first
        while last < len(items) and items[last].received_at <= now:
            last += 1
        log.append(items[first:last])
        first = last
        columns.take(log.read_since(columns.last_seq))
        state = fold.state(now)
        assert state is not None
        issued[now] = forecaster.make(state)
    return issued


@pytest.mark.parametrize("quarter", range(0, 25, 3))
def test_a_forecast_as_issued_is_what_the_facts_received_by_then_give(quarter: int) -> None:
    """Erasing everything that was received later changes nothing of what had been issued."""
    now, found = list(as_issued().items())[quarter]
    assert same(found, forecast_at(now)) == []
    assert found.learnt_at <= now


@lawful
@given(nows=st.lists(moments, min_size=2, max_size=5))
def test_after_a_restart_the_forecast_is_the_same(nows: list[int]) -> None:
    running = Forecaster(a_field().event, stations=STATIONS)
    states = [state_at(now) for now in sorted(nows)]
    for state in states:
        found = running.make(dataclasses.replace(state, roster=states[0].roster))
    assert same(found, forecast_at(max(nows))) == []


@lawful
@given(now=moments, data=st.data())
def test_the_order_of_arrival_changes_nothing(now: int, data: st.DataObject) -> None:
    field = a_field(40)
    day = Day(field.event, field.day.course)
    items = [item for item in field.day.items if item.received_at <= now]
    day.items = data.draw(st.permutations(items))
    found = Forecaster(field.event).make(day.state(now).state)
    assert same(found, Forecaster(field.event).make(field.state(now))) == []


@lawful
@given(now=moments)
def test_nobody_is_due_in_the_past_and_chances_never_fall(now: int) -> None:
    found = forecast_at(now)
    known = found.in_s[found.in_s[:, :, 0] >= 0]
    assert (known >= 0).all()
    assert (np.diff(known, axis=1) >= 0).all()
    assert ((found.p_to_come >= 0) & (found.p_to_come <= 1)).all()


@lawful
@given(now=moments)
def test_who_is_on_the_road_has_an_arrival_and_nobody_else(now: int) -> None:
    state, found = state_at(now), forecast_at(now)
    on_road = np.isin(state.status, ON_THE_ROAD)
    assert ((found.coming[:, FINISH] != Coming.NOT) == on_road).all()
    assert ((found.in_s[:, FINISH, 0] >= 0) == on_road).all()
    assert (np.isfinite(found.position_m) == on_road).all()


@lawful
@given(now=moments)
def test_nobody_is_at_the_end_before_they_are_at_the_next_point(now: int) -> None:
    found = forecast_at(now)
    known = found.in_s[:, FINISH, 0] >= 0
    assert (found.in_s[known, NEXT] <= found.in_s[known, FINISH]).all()


@lawful
@given(now=moments)
def test_nobody_is_shown_beyond_a_mat_that_has_not_read_them(now: int) -> None:
    state, found = state_at(now), forecast_at(now)
    on_road = np.isfinite(found.position_m) & (found.next_point != NEVER)
    metres = state.points.distance_m[0][found.next_point[on_road]]
    assert (found.position_m[on_road] < metres).all()


def test_who_is_read_at_more_mats_is_known_better_on_average() -> None:
    """Not in each case: a read can be a surprise. But the field's intervals narrow from mat to mat."""
    field = a_field()
    width = {metres: [] for metres in MATS_M[:-1]}  # type: ignore[var-annotated]  # filled below
    for minutes in range(30, 300, 15):
        state, found = state_at(GUN + minutes * 60_000), forecast_at(GUN + minutes * 60_000)
        for row in np.flatnonzero(found.coming[:, FINISH] == Coming.DUE):
            metres = float(state.last_proof_m[row])
            if metres in width:
                in_s = found.in_s[row, FINISH]
                width[metres].append((in_s[6] - in_s[2]) / (in_s[4] + 1))
    assert field.edition.sites_m[-1] == MATS_M[-1]
    means = [float(np.mean(width[metres])) * (MATS_M[-1] - metres) for metres in MATS_M[1:-1]]
    assert means == sorted(means, reverse=True)


def test_a_forecast_is_cheap_to_hand_on() -> None:
    found = forecast_at(GUN + 2 * 3_600_000)
    per_runner = len(pickle.dumps(found)) / len(found.coming)
    assert per_runner < 300
    assert same(pickle.loads(pickle.dumps(found)), found) == []


@lawful
@given(now=moments)
def test_the_chance_of_being_caught_anywhere_is_not_less_than_at_any_mat(now: int) -> None:
    field = a_field()
    event = type(field.event)(
        **{
            name: getattr(field.event, name)
            for name in field.event.__struct_fields__
            if name != "sweep"
        },
        sweep=a_sweep(),
    )
    state = state_at(now)
    day = Day(event, field.day.course)
    day.items += [
        item
        for item in field.day.items
        if item.received_at <= now and item.fact.__class__.__name__ != "PlanLoaded"
    ]
    state = day.state(now).state
    caught = Forecaster(event).chase(state)
    most = np.fmax.reduce(caught.p_before, axis=1)
    there = np.isfinite(most)
    assert (caught.p_anywhere[there] >= most[there] - 1e-6).all()
    assert (np.isfinite(caught.p_anywhere) == np.isin(state.status, ON_THE_ROAD)).all()
    assert same(Forecaster(event).chase(state), caught) == []
