"""What one source may leave unread: the first of it whole, the rest counted, nothing lost silently."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import Read, Unreadable, received
from homestretch.readers import Heard, unreadable
from homestretch.readers.enough import HOUR_MS, MORE, MOST, MOST_IN_ALL, SOURCES, TOLD_MS, Enough
from homestretch.state.columns import Columns
from homestretch.store.memory import MemoryLog

AT = 1_777_808_500_000


def garbage(source: str, count: int, first: int = 0) -> list[Heard]:
    return [
        unreadable(b"%%%d" % number, "no read", source, AT)
        for number in range(first, first + count)
    ]


def a_read(number: int) -> Heard:
    fact = Read(seen_at=AT + number, chip=f"{number:X}", place="5K")
    return Heard(received(fact, "jchip:A", AT))


def count(log: MemoryLog) -> Counter[str]:
    """Source -> how many unreadable records the columns count."""
    columns = Columns()
    columns.take(log.read_since(0))
    found: Counter[str] = Counter()
    for (source, _), number in columns.unreadable.items():
        found[source] += number
    return found


def test_the_first_of_it_is_kept_and_the_rest_told_in_one_fact_a_minute() -> None:
    enough, log = Enough(), MemoryLog()
    for minute in range(10):
        at = AT + minute * TOLD_MS
        for part in range(10):
            kept = enough.sift(garbage("jchip:A", 1000, 10_000 * minute + 1000 * part), at)
            log.append([item.received for item in [*kept, *enough.take_due(at)]])
    log.append([item.received for item in enough.take_due(AT + 10 * TOLD_MS)])
    facts = [logged.fact for logged in log.read_since(0).others]
    assert len(facts) == MOST + 11
    assert sum(isinstance(fact, Unreadable) and fact.reason == MORE for fact in facts) == 11
    assert count(log) == {"jchip:A": 100_000}


def test_reads_are_kept_however_much_garbage_comes_between_them() -> None:
    enough = Enough()
    kept = 0
    for number in range(0, 20_000, 10):
        heard = [*garbage("jchip:A", 9, number), a_read(number)]
        kept += sum(
            isinstance(item.received.fact, Read) for item in enough.sift(heard, AT + number)
        )
    assert kept == 2000


def test_after_an_hour_a_source_begins_anew() -> None:
    enough = Enough()
    assert len(enough.sift(garbage("jchip:A", MOST + 500), AT)) == MOST
    assert not enough.sift(garbage("jchip:A", 10), AT + HOUR_MS - 1)
    assert len(enough.sift(garbage("jchip:A", 10), AT + HOUR_MS)) == 10


def test_a_device_that_takes_ever_new_names_is_held_to_what_all_may_leave_together() -> None:
    enough, log = Enough(), MemoryLog()
    for number in range(1500):
        kept = enough.sift(garbage(f"jchip:{number}", 20), AT)
        log.append([item.received for item in kept])
    due = enough.take_due(AT)
    log.append([item.received for item in due])
    assert len(log.read_since(0).others) <= MOST_IN_ALL
    assert len(due) <= SOURCES + 1
    assert sum(count(log).values()) == 30_000


def test_the_devices_of_a_station_are_counted_as_its_key_is() -> None:
    enough = Enough()
    kept = [
        item
        for number in range(100)
        for item in enough.sift(garbage(f"http:hill/box-{number}", 100), AT)
    ]
    assert len(kept) == MOST


def test_what_is_told_in_one_fact_is_no_record_that_a_device_could_be_asked_for() -> None:
    columns, log = Columns(), MemoryLog()
    enough = Enough()
    numbered = [
        unreadable(b"%d" % number, "bad", "mylaps:X", AT, number=number)
        for number in range(MOST + 5)
    ]
    log.append([item.received for item in [*enough.sift(numbered, AT), *enough.take_due(AT)]])
    columns.take(log.read_since(0))
    assert sorted(columns.numbers_of("mylaps:X").tolist()) == list(range(MOST))


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 3000), st.integers(0, TOLD_MS)),
        max_size=12,
    )
)
def test_nothing_is_lost_whoever_sends_how_much_when(steps: list[tuple[str, int, int]]) -> None:
    enough, log = Enough(), MemoryLog()
    at, sent = AT, Counter[str]()
    for source, number, later in steps:
        at += later
        kept = enough.sift(garbage(source, number, sent[source]), at)
        sent[source] += number
        log.append([item.received for item in [*kept, *enough.take_due(at)]])
    log.append([item.received for item in enough.take_due(at + TOLD_MS)])
    assert count(log) == +sent
