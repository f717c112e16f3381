"""Is what the server understood what the file says? Compared person by person, point by point."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from homestretch.race.clock import say_elapsed
from homestretch.rehearsal.replay_plan import Waves, bib_of
from homestretch.rehearsal.replay_times import NEVER, PastRace
from homestretch.state.snapshot import FINISHERS, Bools, Ints, State

NAMED: Final = 5


class Comparison(msgspec.Struct, frozen=True):
    """Who finished according to the server, how often it differs from the file, and the first few
    differences in words."""

    finishers: int
    differences: int
    examples: tuple[str, ...]


class _Found:
    def __init__(self) -> None:
        self.count = 0
        self.examples: list[str] = []

    def add(self, rows: Ints, what: str) -> None:
        self.count += len(rows)
        for row in rows[: NAMED - len(self.examples)].tolist():
            self.examples.append(f"bib {bib_of(row)}: {what}")


def compare(past: PastRace, waves: Waves, state: State, midnight: int) -> Comparison:
    """What differs between a file and the state that its reads made.

    Counted are: people who are missing or too many, finishers who are missing or too many, every point
    of everybody where the time is not the file's (a time where the file has none included), every net
    time that is not the file's, and every place that contradicts the clock.
    """
    found = _Found()
    n = len(past.clock_ms)
    row_of_bib = state.roster.row_of_bib
    row = np.array([row_of_bib.get(bib_of(place), NEVER) for place in range(n)], np.int64)
    there = np.flatnonzero(row != NEVER)
    found.add(np.flatnonzero(row == NEVER), "not in the field")
    found.count += len(state.roster.bibs) - len(there)
    row = row[there]
    home = _home(state)[row]
    found.add(there[past.finished[there] & ~home], "not among the finishers")
    found.add(there[~past.finished[there] & home], "among the finishers without a finish")
    clock_at = np.where(past.clock_ms == NEVER, NEVER, past.clock_ms + midnight)[there]
    for place, point in enumerate(past.points):
        passed_at = state.passed_at[row, state.points.ids.index(point.id)]
        found.add(there[clock_at[:, place] != passed_at], f"another time at {point.name}")
    gun_at = waves.gun_ms[waves.of_row][there] + midnight
    started = np.where(clock_at[:, 0] == NEVER, gun_at, clock_at[:, 0])
    net_ms = np.where(past.finished[there], clock_at[:, -1] - started, NEVER)
    wrong = np.flatnonzero(net_ms != state.net_ms[row])
    if len(wrong):
        said = f"net time {say_elapsed(int(state.net_ms[row[wrong[0]]]))}, or another that is wrong"
        found.add(there[wrong], said)
    _check_order(found, there, clock_at[:, -1], gun_at, state.place[row])
    return Comparison(int(_home(state).sum()), found.count, tuple(found.examples))


def _home(state: State) -> Bools:
    return np.asarray((state.finish_at != NEVER) & np.isin(state.status, FINISHERS))


def _check_order(found: _Found, there: Ints, finish_at: Ints, gun_at: Ints, place: Ints) -> None:
    """Places count up from 1; nobody is placed before somebody of the same wave who was at the line
    earlier, nor before anybody with a shorter gun time."""
    placed = np.flatnonzero(place != NEVER)
    placed = placed[np.argsort(place[placed], kind="stable")]
    found.add(there[placed[place[placed] != np.arange(1, len(placed) + 1)]], "a place held twice")
    gun_ms = (finish_at - gun_at)[placed]
    found.add(there[placed[1:][np.diff(gun_ms) < 0]], "placed behind somebody slower")
    for gun in np.unique(gun_at[placed]):
        of_wave = placed[gun_at[placed] == gun]
        late = of_wave[1:][np.diff(finish_at[of_wave]) < 0]
        found.add(there[late], "placed behind somebody who was at the line later")
