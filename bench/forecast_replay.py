"""A replay at 200 times real speed with forecasts on: how old they are when they are issued, in the busiest hour.

One core of CPU time stands for the forecaster's time; as live it rests as long as it worked, drops the Pictures
that it has no time for, and follows the sweep when its turn comes. Reads never wait for it.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from time import process_time

import numpy as np

from bench.big_day import plan_of, rows_of
from bench.figure import Figure, told
from bench.forecast import HOURS, RUNNERS, with_sweep
from homestretch.forecast.ahead import Looking
from homestretch.rehearsal.sample import sample_reads
from homestretch.server.forecasting import CHASE_REST, CHASE_S, REST
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.state.snapshot import NEVER, SweepTrack
from homestretch.store import Rows

SPEED, LASTS_S = 200, 3600
TICK_S = 1.0
"""A Picture is made once a second, however fast the day goes."""


def measure() -> list[Figure]:
    """Race seconds between the Picture that a forecast was made from and the forecast."""
    sample = sample_reads(RUNNERS)
    rows = rows_of(sample)
    event = with_sweep(plan_of(sample).event, int(sample.gun_at.max()))
    columns, looking = Columns(), Looking()
    fold = Fold(columns)
    received = rows.reads["received_at"]
    begin = int(sample.gun_at.min() + HOURS * 3_600_000)
    now, first, others = begin, 0, rows.others
    wall_s, chase_due_s = 0.0, CHASE_S
    ages_s: list[float] = []
    while now < begin + LASTS_S * 1000:
        last = int(np.searchsorted(received, now, side="right"))
        part = Rows(rows.reads[first:last], others, rows.symbols, int(rows.reads["seq"][last - 1]))
        columns.take(part)
        first, others = last, []
        state = fold.state(now)
        assert state is not None
        state = replace(state, sweep=SweepTrack(NEVER, 0.0, 0.0, 0))
        chase = wall_s >= chase_due_s
        began = process_time()
        looking.look(event, state, chase=chase)
        took_s = process_time() - began
        ages_s.append(SPEED * took_s)
        step_s = max(took_s * (1.0 + REST), TICK_S)
        wall_s += step_s
        if chase:
            chase_due_s = wall_s + max(CHASE_S, CHASE_REST * took_s)
        now += round(1000 * SPEED * step_s)
    return [
        told(
            "forecast at 200 times speed: age when issued, median", median(ages_s) / 60, "race min"
        ),
        told("forecast at 200 times speed: age when issued, most", max(ages_s) / 60, "race min"),
        told("forecast at 200 times speed: forecasts in an hour", len(ages_s), "forecasts"),
    ]
