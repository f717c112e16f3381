"""The columns as a day grows: what a batch costs does not grow with what is there."""

from __future__ import annotations

import random
import time

from homestretch.facts import AnyFact, Ping, Unreadable, received
from homestretch.state.columns import Columns
from homestretch.state.fold import Fold
from homestretch.store.memory import MemoryLog
from tests.state.days import a_day, at

NOW = at("12:00")
BATCH, BATCHES = 1000, 200


def cpu_s(work: object) -> float:
    """Seconds of this thread that a call takes, the least of three."""
    assert callable(work)
    took = []
    for _ in range(3):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return min(took)


def test_ticks_stay_fast_with_200000_records_that_nobody_could_read() -> None:
    day, log, columns = a_day(), MemoryLog(), Columns()
    log.append(day.items)
    columns.take(log.read_since(0))
    fold = Fold(columns)
    empty_s = cpu_s(lambda: fold.state(NOW))

    def take(first: int) -> None:
        facts = [
            received(Unreadable(seen_at=0, reason="no read", text_ref=f"{n}"), "jchip:A", NOW, n)
            for n in range(first, first + BATCH)
        ]
        log.append(facts)

    for batch in range(BATCHES):
        take(batch * BATCH)
    columns.take(log.read_since(columns.last_seq))
    began = time.thread_time()
    for batch in range(BATCHES, BATCHES + 3):
        take(batch * BATCH)
        rows = log.read_since(columns.last_seq)
        mark = time.thread_time()
        columns.take(rows)
        assert time.thread_time() - mark < 0.05
    assert time.thread_time() - began < 5
    assert columns.unreadable["jchip:A", "no read"] == (BATCHES + 3) * BATCH
    assert cpu_s(lambda: fold.state(NOW)) < empty_s + 0.05


def test_facts_that_come_in_any_order_stand_in_the_order_of_the_law() -> None:
    facts: list[AnyFact] = [
        Ping(seen_at=NOW + number // 2, vehicle=f"v{number}", lat=40.0, lon=-80.0)
        for number in range(400)
    ]
    items = [received(fact, "phone", NOW) for fact in facts]
    expected = sorted(item.id for item in items)
    for seed in range(20):
        draw = random.Random(seed)
        arriving = draw.sample(items, len(items))
        log, columns = MemoryLog(), Columns()
        while arriving:
            count = draw.randint(1, 60)
            log.append(arriving[:count])
            del arriving[:count]
            columns.take(log.read_since(columns.last_seq))
        found = columns.of_kind(Ping)
        assert [logged.id for logged, _ in found] == expected
