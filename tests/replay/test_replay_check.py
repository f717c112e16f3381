"""The comparison finds what is wrong: a clock that is off by a millisecond, somebody lost, somebody twice."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from homestretch.facts import Read, Received
from homestretch.playing.replay_check import Comparison, compare
from homestretch.playing.replay_file import read_columns
from homestretch.rehearsal.day import day
from homestretch.rehearsal.replay_plan import find_waves
from homestretch.rehearsal.replay_times import PastRace, read_past_race
from tests.replay.folding import MIDNIGHT, fold
from tests.replay.past import write_rehearsed

Change = Callable[[list[Received]], list[Received]]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastRace:
    made = day(7, marathon=200, half=100)
    file = write_rehearsed(tmp_path_factory.mktemp("past") / "rehearsed.parquet", made)
    return read_past_race(read_columns(file))


def compared(past: PastRace, change: Change = lambda items: items) -> Comparison:
    return compare(past, find_waves(past.clock_ms[:, 0]), fold(past, change), MIDNIGHT)


def reads_at(items: list[Received], place: str) -> list[int]:
    return [
        at for at, one in enumerate(items) if isinstance(one.fact, Read) and one.fact.place == place
    ]


def test_an_honest_replay_differs_nowhere(past: PastRace) -> None:
    found = compared(past)
    assert found == Comparison(int(past.finished.sum()), 0, ())
    assert found.finishers > 100


def test_the_file_has_ties_and_holes(past: PastRace) -> None:
    finish = past.clock_ms[:, -1]
    assert len(set(finish.tolist())) < len(finish)
    assert (past.clock_ms < 0).sum() > 20


def test_somebody_lost_is_missing_at_the_finish_in_the_net_time_and_among_the_finishers(
    past: PastRace,
) -> None:
    def lose(items: list[Received]) -> list[Received]:
        del items[reads_at(items, "FINISH")[20]]
        return items

    found = compared(past, lose)
    assert found.finishers == int(past.finished.sum()) - 1
    assert found.differences == 3
    assert found.examples[0].endswith("not among the finishers")


def test_a_read_that_is_a_millisecond_late_is_found(past: PastRace) -> None:
    def delay(items: list[Received]) -> list[Received]:
        at = reads_at(items, "15K")[7]
        fact = msgspec.structs.replace(items[at].fact, seen_at=items[at].fact.seen_at + 1)
        items[at] = msgspec.structs.replace(items[at], fact=fact)
        return items

    found = compared(past, delay)
    assert found.differences == 1
    assert found.examples[0].endswith("another time at 15K")


def test_a_time_where_the_file_has_none_is_found(past: PastRace) -> None:
    row = int((past.clock_ms[:, 4] < 0).argmax())
    between = int(past.clock_ms[row, 3] + past.clock_ms[row, 5]) // 2

    def invent(items: list[Received]) -> list[Received]:
        fact = Read(seen_at=MIDNIGHT + between, chip=f"{0x400000 + row:X}", place="half")
        return [*items, Received(fact, "test", 1, MIDNIGHT + between)]

    found = compared(past, invent)
    assert (found.differences, found.examples) == (1, (f"bib {row + 1}: another time at Half",))


def test_everything_sent_twice_changes_nothing(past: PastRace) -> None:
    assert compared(past, lambda items: [*items, *items]).differences == 0


def test_who_is_not_in_the_field_is_found(past: PastRace) -> None:
    fewer = PastRace(past.points, past.clock_ms[:-1], past.sex[:-1], past.age[:-1], False)
    waves = find_waves(past.clock_ms[:, 0])
    found = compare(past, waves, fold(fewer), MIDNIGHT)
    assert found.differences == 1
    assert found.examples == (f"bib {len(past.clock_ms)}: not in the field",)


def test_who_is_too_many_is_found(past: PastRace) -> None:
    fewer = PastRace(past.points, past.clock_ms[:-1], past.sex[:-1], past.age[:-1], False)
    found = compare(fewer, find_waves(fewer.clock_ms[:, 0]), fold(past), MIDNIGHT)
    assert found.finishers == len(past.clock_ms)
    assert found.differences >= 1


def test_a_place_that_contradicts_the_clock_is_found(past: PastRace) -> None:
    state = fold(past)
    first, second = ((state.place == place).argmax() for place in (1, 40))
    state.place[first], state.place[second] = 40, 1
    waves = find_waves(past.clock_ms[:, 0])
    assert compare(past, waves, state, MIDNIGHT).differences >= 2


def test_a_place_held_twice_is_found(past: PastRace) -> None:
    state = fold(past)
    state.place[(state.place == 3).argmax()] = 2
    waves = find_waves(past.clock_ms[:, 0])
    found = compare(past, waves, state, MIDNIGHT)
    assert any("held twice" in example for example in found.examples)
