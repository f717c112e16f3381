"""The forecast of 48,000 runners: after a tick, from nothing, and what changes everybody; on one core."""

from __future__ import annotations

import pickle
from dataclasses import replace
from statistics import median
from time import process_time

import msgspec
import numpy as np

from bench.big_day import plan_of, rows_of
from bench.figure import Figure, at_most, told
from homestretch.forecast.forecaster import SETTLES_MS, Forecaster
from homestretch.race.event import Event, Sweep
from homestretch.rehearsal.sample import Sample, sample_reads
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, State, SweepTrack
from homestretch.store import Rows

RUNNERS, READ_IN_A_TICK, ROUNDS = 48_000, 500, 5
HOURS = 3.5


def measure() -> list[Figure]:
    """CPU time, medians; nothing else runs in the process."""
    sample = sample_reads(RUNNERS)
    rows = rows_of(sample)
    states = _ticks(sample, rows)
    event = plan_of(sample).event
    event = with_sweep(event, int(sample.gun_at.max()))
    Forecaster(event).chase(states[0])  # compiles
    ticks_s = []
    forecaster = Forecaster(event)
    forecaster.make(states[0])
    for state in states[1:]:
        began = process_time()
        found = forecaster.make(state)
        ticks_s.append(process_time() - began)
    began = process_time()
    Forecaster(event).make(states[-1])
    anew_s = process_time() - began
    learnt_s = _learn(forecaster, states[-1])
    began = process_time()
    forecaster.chase(states[-1])
    chase_s = process_time() - began
    size = len(pickle.dumps(found))
    on_road = int(np.isfinite(found.position_m).sum())
    return [
        at_most(
            150, f"forecast: a tick with {READ_IN_A_TICK} read", 1000 * median(ticks_s), "ms CPU"
        ),
        at_most(50, "forecast: one runner from nothing", 1e6 * anew_s / on_road, "us CPU"),
        told("forecast: runners on the road", on_road, "runners"),
        told("forecast: learning course and day, and all tables anew", 1000 * learnt_s, "ms CPU"),
        told("forecast: who is caught, by joint samples", 1000 * chase_s, "ms CPU"),
        told("forecast: size of what is handed on", size / 1e6, "MB"),
    ]


def _ticks(sample: Sample, rows: Rows) -> list[State]:
    """States at moments within one interval of learning, each with so many reads of runners more."""
    now = int(sample.gun_at.min() + HOURS * 3_600_000)
    now -= (now - SETTLES_MS) % 300_000 - 1000
    columns = Columns()
    reads = rows.reads
    received = reads["received_at"]
    first = int(np.searchsorted(received, now, side="right"))
    columns.take(Rows(reads[:first], rows.others, rows.symbols, int(reads["seq"][first - 1])))
    fold = Fold(columns)
    states = [_state(fold, now)]
    for _ in range(ROUNDS):
        before = states[-1]
        last = first
        while True:  # until so many runners have passed a mat
            last += 200
            now = int(received[last - 1])
            part = Rows(reads[first:last], [], rows.symbols, int(reads["seq"][last - 1]))
            columns.take(part)
            first = last
            state = _state(fold, now)
            changed = (state.passed_at != before.passed_at).any(axis=1).sum()
            if changed >= READ_IN_A_TICK:
                break
        states.append(state)
    return states


def _state(fold: Fold, now: int) -> State:
    """The state with a sweep that is where its plan has it."""
    state = fold.state(now)
    assert state is not None
    return replace(state, sweep=SweepTrack(NEVER, 0.0, 0.0, 0))


def _learn(forecaster: Forecaster, state: State) -> float:
    """A forecaster that knows everything but the interval that has closed now."""
    later = replace(state, now=state.now + 300_000)
    began = process_time()
    forecaster.make(later)
    return process_time() - began


def with_sweep(event: Event, last_gun_at: int) -> Event:
    """The event with a sweep that starts a quarter of an hour after the last gun."""
    sweep = Sweep(race=event.races[0].id, start_at=last_gun_at + 900_000, pace_s_per_km=560.0)
    return msgspec.structs.replace(event, sweep=sweep)
