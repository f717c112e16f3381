"""A small race in milliseconds whose answers were worked out by hand: gun, net, rounding, ties, holes."""

from __future__ import annotations

from pathlib import Path

import pytest

from homestretch.playing.replay_check import compare
from homestretch.playing.replay_file import read_columns
from homestretch.race.clock import say_elapsed
from homestretch.rehearsal.replay_plan import find_waves
from homestretch.rehearsal.replay_times import NEVER, PastRace, read_past_race
from homestretch.state.snapshot import Mark, State, Status
from tests.replay.folding import MIDNIGHT, fold
from tests.replay.past import write_parquet

GUN_S = 7 * 3600
TIMES = {
    # bib:       1          2         3         4         5        6        7
    "c_start": [25200.250, 25201.0, 25200.0, None, 25210.0, 25220.0, 25230.5],
    "c_half": [29000.0, 29001.5, 29000.0, 29500.0, 29100.0, 29100.0, None],
    "c_finish": [32984.301, 32984.300, 32985.0, 32985.001, 33000.5, 33000.5, 43000.0],
}
GUN_TIMES = {
    "1": (7_784_301, "2:09:45"), "2": (7_784_300, "2:09:45"), "3": (7_785_000, "2:09:45"),
    "4": (7_785_001, "2:09:46"), "5": (7_800_500, "2:10:01"), "6": (7_800_500, "2:10:01"),
    "7": (17_800_000, "4:56:40"),
}  # fmt: skip
NET_TIMES = {
    "1": (7_784_051, "2:09:45"), "2": (7_783_300, "2:09:44"), "3": (7_785_000, "2:09:45"),
    "4": (7_785_001, "2:09:46"), "5": (7_790_500, "2:09:51"), "6": (7_780_500, "2:09:41"),
    "7": (17_769_500, "4:56:10"),
}  # fmt: skip


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastRace:
    file = write_parquet(tmp_path_factory.mktemp("past") / "small.parquet", TIMES)
    return read_past_race(read_columns(file))


@pytest.fixture(scope="module")
def state(past: PastRace) -> State:
    return fold(past)


def by_bib(state: State, column: str) -> dict[str, int]:
    values = getattr(state, column)
    return {bib: int(values[row]) for row, bib in enumerate(state.roster.bibs)}


def test_the_gun_is_the_whole_minute_before_the_first_start(past: PastRace) -> None:
    assert find_waves(past.clock_ms[:, 0]).gun_ms.tolist() == [GUN_S * 1000]


def test_gun_times_are_exact_and_shown_by_the_next_longer_second(state: State) -> None:
    gun = by_bib(state, "gun_ms")
    assert {bib: (ms, say_elapsed(ms)) for bib, ms in gun.items()} == GUN_TIMES


def test_net_times_are_exact_and_shown_by_the_next_longer_second(state: State) -> None:
    net = by_bib(state, "net_ms")
    assert {bib: (ms, say_elapsed(ms)) for bib, ms in net.items()} == NET_TIMES


def test_places_follow_the_line_to_the_millisecond_where_the_shown_seconds_are_equal(
    state: State,
) -> None:
    place = by_bib(state, "place")
    assert [place[bib] for bib in "2134"] == [1, 2, 3, 4]
    assert place["7"] == 7


def test_two_in_the_same_millisecond_have_two_places(state: State) -> None:
    place = by_bib(state, "place")
    assert {place["5"], place["6"]} == {5, 6}


def test_a_missing_start_read_is_said_and_the_gun_stands_in(state: State) -> None:
    marks = by_bib(state, "marks")
    assert [bib for bib, mark in marks.items() if mark & Mark.NO_START_READ] == ["4"]


def test_a_missed_mat_stays_a_hole(state: State) -> None:
    half = state.points.ids.index("half")
    row = state.roster.row_of_bib["7"]
    assert state.passed_at[row, half] == NEVER
    assert state.points.passed[half] == 6


def test_everybody_has_finished_and_the_day_is_over(state: State) -> None:
    assert state.counts[Status.FINISHED] == 7
    assert state.over


def test_nothing_differs_from_the_file(past: PastRace, state: State) -> None:
    found = compare(past, find_waves(past.clock_ms[:, 0]), state, MIDNIGHT)
    assert (found.finishers, found.differences, found.examples) == (7, 0, ())


def test_a_race_past_midnight_keeps_its_times(tmp_path: Path) -> None:
    late = {
        "c_start": [84_000.0, 84_001.0],
        "c_half": [89_000.5, None],
        "c_finish": [95_000.25, 98_000.0],
    }
    past = read_past_race(read_columns(write_parquet(tmp_path / "late.parquet", late)))
    found = compare(past, find_waves(past.clock_ms[:, 0]), fold(past), MIDNIGHT)
    assert (found.finishers, found.differences) == (2, 0)
